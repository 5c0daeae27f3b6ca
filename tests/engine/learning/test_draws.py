"""Which groups are asked blind: drawn once, by their images, and never where anybody may have seen the answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import apsw
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.culling import decide, queue
from engine.learning import draws
from engine.learning.train import train
from engine.library import migrations
from engine.library.journal import Pair, Record
from engine.library.settings import Learning
from engine.library.store import Library
from engine.progress import Quiet
from tests import likes, rows
from tests.engine.learning import taught

Groups = Sequence[tuple[str, Sequence[int]]]


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with likes.library(tmp_path / "library", 40) as made:
        yield made


def share(library: Library, value: float) -> None:
    library.settings = msgspec.structs.replace(library.settings, learning=Learning(random_share=value))


def learned(library: Library, value: float) -> dict[str, bool]:
    """Train with this share; answers with whether each group is asked blind."""
    share(library, value)
    assert train(library, Quiet()).model
    with library.db.read() as connection:
        return {key: bool(blind) for key, blind in connection.execute("SELECT group_key, checked FROM recommended")}


def drawn(library: Library, groups: Groups, value: float) -> list[bool]:
    """Draw, and remember it."""
    with library.db.read() as connection:
        found = draws.draw(connection, groups, value)
    library.write(lambda c: draws.keep(c, found.news))
    return found.blind


def taught_by(library: Library, number: int = 20) -> list[str]:
    """Decide some groups; answers with the keys of the others."""
    keys = list(likes.groups(library))
    likes.pick(library, keys[:number], likes.liked(library))
    return keys[number:]


def checks(library: Library) -> list[bool]:
    with library.db.read() as connection:
        return [bool(right) for (right,) in connection.execute("SELECT agreed FROM agreements WHERE checked")]


def without(library: Library, image: int) -> str:
    """The key of the group that is left when an image goes missing."""
    members = next(some for some in likes.groups(library).values() if image in some)
    sql = "UPDATE images SET missing_since = '2026-01-01T00:00:00Z' WHERE id = ?"
    library.write(lambda c: c.execute(sql, (image,)))
    rows.group(library)
    return next(key for key, some in likes.groups(library).items() if set(some) == {*members} - {image})


def test_new_groups_are_drawn_by_their_keys_alone(library: Library) -> None:
    taught_by(library)
    found = learned(library, 0.1)
    assert found == {key: draws.lot(key) < 0.1 for key in found}
    lots = [draws.lot(f"{number:012x}") for number in range(4000)]
    assert 320 < sum(lot < 0.1 for lot in lots) < 480
    assert all(0 <= lot < draws.TOLD for lot in lots)


def test_what_was_recommended_openly_never_becomes_a_check_whatever_the_share_is_later(library: Library) -> None:
    key = taught_by(library)[10]
    assert not any(learned(library, 0.0).values())
    with library.db.read() as connection:
        shown = queue.groups(connection, library.paths.thumbs, [key])[0].recommended
    assert shown is not None
    assert shown.image is not None
    assert not any(learned(library, 1.0).values())
    decide.pick(library, key, shown.image)
    assert checks(library) == []


def test_who_lowers_the_share_lets_groups_go_for_good_and_keeps_the_others(library: Library) -> None:
    taught_by(library)
    assert all(learned(library, 1.0).values())
    kept = learned(library, 0.4)
    assert kept == {key: draws.lot(key) < 0.4 for key in kept}
    assert set(kept.values()) == {True, False}
    assert learned(library, 1.0) == kept
    for key in kept:
        decide.pick(library, key, likes.groups(library)[key][0])
    assert len(checks(library)) == sum(kept.values())


def test_groups_formed_anew_of_the_same_images_are_not_drawn_again(library: Library) -> None:
    keys = taught_by(library)
    learned(library, 0.0)
    told = without(library, likes.groups(library)[keys[0]][2])
    assert told != keys[0]
    assert not learned(library, 1.0)[told]


def key(name: str, low: float, high: float) -> str:
    """A group's key with a lot between these."""
    return next(k for k in (f"{name}{number}" for number in range(10_000)) if low <= draws.lot(k) < high)


def test_a_drawn_group_that_is_formed_anew_stays_blind_by_the_lot_of_its_images(library: Library) -> None:
    assert drawn(library, [(key("a", 0.2, 0.3), [1, 2])], 0.5) == [True]
    assert drawn(library, [(key("b", 0.8, 0.9), [1, 2, 3])], 0.5) == [True]
    assert drawn(library, [(key("c", 0.8, 0.9), [3])], 0.3) == [True]
    assert drawn(library, [(key("d", 0.0, 0.1), [1, 3])], 0.2) == [False]
    assert drawn(library, [(key("e", 0.0, 0.1), [2])], 0.5) == [True]


def test_a_group_that_took_in_an_image_told_of_is_open_and_all_of_it_stays_so(library: Library) -> None:
    low, high = [key(name, 0.0, 0.3) for name in "abcdef"], key("z", 0.6, 1.0)
    assert drawn(library, [(low[0], [1, 2]), (low[1], [4, 5]), (high, [7, 8])], 0.5) == [True, True, False]
    assert drawn(library, [(low[2], [1, 2, 8]), (high, [4, 5, 6])], 0.5) == [False, True]
    assert drawn(library, [(low[3], [1, 2]), (low[4], [5, 6]), (low[5], [7])], 0.9) == [False, True, False]


def test_a_group_whose_members_were_compared_is_no_check_as_the_model_learned_from_that(library: Library) -> None:
    taught_by(library)
    groups = list(likes.groups(library).items())[20:]
    (ranked, one), (imported, two), (across, three), (judged, four), (_, five) = groups[:5]
    at = {image: taught.path(library, image) for _, members in groups for image in members}
    for kind, images, judge in (("match", one, ""), ("match", [three[0], five[0]], ""), ("match", four, "Ada")):
        names = [at[image] for image in images]
        record = Record(ts="", set_id="", images=names, winner=names[0], kind=kind, judge=judge)  # type: ignore[arg-type]
        library.decide(record, "Pick")
    pairs = [Pair(0, 1, draw=False, ts="2024-01-01T00:00:00.000000Z")]
    library.decide(Record(ts="", set_id="", images=[at[i] for i in two], kind="import", pairs=pairs), "import")
    found = learned(library, 1.0)
    assert [found[key] for key in (ranked, imported, across, judged)] == [False, False, True, True]
    decide.pick(library, ranked, one[0])
    decide.pick(library, imported, two[0])
    assert checks(library) == []


def test_who_answered_a_blind_group_saw_the_answer_so_it_is_asked_blind_no_more(library: Library) -> None:
    key = taught_by(library)[0]
    learned(library, 1.0)
    members = likes.groups(library)[key]
    decide.pick(library, key, members[0])
    first = checks(library)
    library.undo()
    assert not learned(library, 1.0)[key]
    decide.pick(library, key, members[1])
    assert checks(library) == first
    library.undo()
    fresh = without(library, members[2])
    assert not learned(library, 1.0)[fresh]
    decide.pick(library, fresh, members[0])
    assert len(checks(library)) <= 1


def test_a_rebuild_keeps_the_draws(library: Library) -> None:
    taught_by(library)
    before = learned(library, 0.3)
    assert set(before.values()) == {True, False}
    library.rebuild()
    assert learned(library, 0.9) == before


def test_where_the_database_was_lost_only_images_that_came_later_are_drawn(tmp_path: Path) -> None:
    root = tmp_path / "library"
    with likes.library(root, 40) as library:
        keys = taught_by(library)
        learned(library, 0.0)
        decide.pick(library, keys[0], likes.groups(library)[keys[0]][0])
        database = library.paths.database
    for file in database.parent.glob(f"{database.name}*"):
        file.unlink()
    with Library(root) as library:
        rows.write_over(library, [3] * 40, blurred=0.0)
        rows.group(library)
        likes.add_vectors(library)
        assert not any(learned(library, 1.0).values())
        assert len(learned(library, 1.0)) == 19
        rows.fill(library, [3] * 4, seed=7)
        rows.group(library)
        later = learned(library, 1.0)
        assert sorted(later.values()) == [False] * 19 + [True] * 4


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.lists(st.integers(0, 5), min_size=12, max_size=12), st.sampled_from([0.0, 0.3, 1.0])), max_size=8
    )
)
def test_however_images_are_regrouped_and_shares_change_nothing_told_is_ever_asked_blind(
    rounds: list[tuple[list[int], float]],
) -> None:
    told, blind = set[int](), dict[int, float]()  # those, with the share at which they were
    with apsw.Connection(":memory:") as connection:
        connection.execute("".join(migrations.MIGRATIONS))
        for number, (of, share) in enumerate(rounds):
            found: dict[int, list[int]] = {}
            for image, group in enumerate(of, 1):
                found.setdefault(group, []).append(image)
            settled = draws.draw(connection, [(f"{number}-{group}", some) for group, some in found.items()], share)
            draws.keep(connection, settled.news)
            for images, asked in zip(found.values(), settled.blind, strict=True):
                before = not told.isdisjoint(images)
                assert not (asked and before)
                assert asked or before or all(share < blind.get(image, 2) for image in images)
                blind.update(dict.fromkeys(images, share) if asked else {})
                told.update([] if asked else images)


def test_a_draw_asks_the_database_as_often_for_few_groups_as_for_many(library: Library) -> None:
    asked: list[str] = []

    def note(_: object, sql: str, __: object) -> bool:
        asked.append(sql)
        return True

    counts = []
    for number in (10, 4000):
        groups = [(f"k{place}", [3 * place + 1, 3 * place + 2]) for place in range(number)]
        with library.db.read() as connection:
            connection.exec_trace = note
            try:
                draws.draw(connection, groups, 0.1)
            finally:
                connection.exec_trace = None
        counts.append(len(asked))
        asked.clear()
    assert counts[0] == counts[1]
