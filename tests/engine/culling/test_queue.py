"""The queue and the sweep: pages that add up, exceptions first, however long."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
import rows

from engine.culling import decide, queue, status
from engine.library.store import Library

THUMBS = Path("/thumbs")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """Sixty families, a third of them decided one way or another."""
    rng = random.Random(2)
    with rows.filled(tmp_path_factory.mktemp("library"), [rng.randint(1, 4) for _ in range(60)]) as library:
        with library.db.read() as connection:
            members: dict[str, list[int]] = {}
            for key, image in connection.execute("SELECT key, image_id FROM groups JOIN members ON group_id = id"):
                members.setdefault(key, []).append(image)
        for number, (key, images) in enumerate(sorted(members.items())):
            if number % 6 == 0:
                decide.pick(library, key, images[0], images[1:2])
            elif number % 6 == 1:
                decide.reject(library, key, images)
            elif number % 6 == 2:
                decide.reject(library, key, images[:1], ["toes"])
        yield library


def page(library: Library, which: str, offset: int = 0, limit: int = 1000) -> queue.Queue:
    with library.db.read() as connection:
        return queue.queue(connection, THUMBS, which, offset, limit)


def keepers(library: Library, offset: int = 0, limit: int = 1000) -> queue.Keepers:
    with library.db.read() as connection:
        return queue.keepers(connection, THUMBS, offset, limit)


def test_exceptions_come_first_and_every_group_once(library: Library) -> None:
    order = {"review": 0, "auto": 1, "decided": 2, "rejected": 2}
    items = page(library, "all").items
    assert [order[i.status] for i in items] == sorted(order[i.status] for i in items)
    assert len({i.id for i in items}) == len(items) == page(library, "all").total == 60
    assert {i.status for i in items} == set(order)


def test_the_parts_add_up_to_the_whole(library: Library) -> None:
    parts = [page(library, which) for which in ("needs", "auto", "decided")]
    assert [i.id for part in parts for i in part.items] == [i.id for i in page(library, "all").items]
    assert [part.total for part in parts] == [len(part.items) for part in parts]
    assert (parts[0].needs_you, parts[0].decided) == (parts[0].total, parts[2].total)


@pytest.mark.parametrize("which", ["needs", "auto", "decided", "all"])
@pytest.mark.parametrize("size", [1, 7, 100])
def test_pages_put_together_are_the_whole(library: Library, which: str, size: int) -> None:
    whole = page(library, which)
    pages = [page(library, which, offset, size) for offset in range(0, whole.total + size, size)]
    assert [i for p in pages for i in p.items] == whole.items


@pytest.mark.parametrize("size", [1, 5, 100])
def test_pages_of_keepers_put_together_are_the_whole(library: Library, size: int) -> None:
    whole = keepers(library)
    assert len(whole.items) == whole.total
    pages = [keepers(library, offset, size) for offset in range(0, whole.total + size, size)]
    assert [k for p in pages for k in p.items] == whole.items


def test_keepers_are_what_was_kept_and_what_nobody_had_to_look_at(library: Library) -> None:
    with library.db.read() as connection:
        groups = queue.groups(connection, THUMBS, [i.id for i in page(library, "all").items])
        paths = queue.keeper_paths(connection)
    expected = set()
    for group in groups:
        if group.status == "decided":
            expected |= {m.id for m in group.members if m.verdict == "keep"}
        elif group.status == "auto":
            expected |= {m.id for m in group.members if m.decision == "keeper"}
    found = keepers(library).items
    assert {k.id for k in found} == expected
    assert len(found) == len(paths) == len(expected)
    assert [unquote(k.url.removeprefix("file://")) for k in found] == paths
    assert {k.by for k in found} == {"you", "default"}


def test_the_holdings_say_the_same_numbers(library: Library) -> None:
    held = status.holdings(library)
    assert held.keepers == keepers(library).total
    assert (held.needs_you, held.decided, held.groups) == (
        page(library, "needs").total, page(library, "decided").total, page(library, "all").total,
    )  # fmt: skip
    with library.db.read() as connection:
        assert held.images == connection.execute("SELECT count(*) FROM images").get
    assert (held.missing, held.quarantined) == (0, 0)


def test_groups_come_in_the_order_asked_for_without_those_that_are_gone(library: Library) -> None:
    keys = [i.id for i in page(library, "all").items][:5]
    asked = [keys[3], "gone", keys[0], keys[3]]
    with library.db.read() as connection:
        assert [g.id for g in queue.groups(connection, THUMBS, asked)] == [keys[3], keys[0], keys[3]]


def test_a_group_that_needs_a_person_says_why(library: Library) -> None:
    with library.db.read() as connection:
        for group in queue.groups(connection, THUMBS, [i.id for i in page(library, "needs").items]):
            assert group.reasons
            assert all(group.reasons)


def test_a_page_past_the_end_and_an_empty_library_are_empty(library: Library, tmp_path: Path) -> None:
    assert page(library, "all", 10_000).items == []
    assert keepers(library, 10_000).items == []
    with Library(tmp_path) as empty:
        assert (page(empty, "all").total, keepers(empty).total, page(empty, "needs").items) == (0, 0, [])


@pytest.mark.parametrize(
    ("sql", "index"),
    [
        (
            f"SELECT id FROM groups WHERE {queue._WHICH['needs']} ORDER BY position LIMIT 5",
            "groups_order",
        ),
        (f"SELECT id FROM groups ORDER BY {queue.ORDER}, position LIMIT 5", "groups_order"),
        ("SELECT i.id " + queue._KEEPERS.replace("?1", "5") + " LIMIT 5", "groups_keepers"),
        ("SELECT coalesce(sum(keepers), 0) FROM groups WHERE keepers", "groups_keepers"),
    ],
)
def test_pages_are_read_from_an_index_and_never_sorted(library: Library, sql: str, index: str) -> None:
    for _ in range(2):  # each forming swaps in tables whose indexes have the other name
        with library.db.read() as connection:
            plan = " / ".join(row[3] for row in connection.execute("EXPLAIN QUERY PLAN " + sql))
        assert index in plan
        assert "TEMP B-TREE" not in plan.replace("TEMP B-TREE FOR LAST TERM", "")  # that sorts one group
        rows.group(library)
