"""Which pairs the decisions give: of picks, matches, draws, imports, threes and reviewed batches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.culling import decide
from engine.learning import labels
from engine.learning.labels import SOURCES, Labels
from engine.library.journal import Pair, Promoted, Record
from engine.library.store import Library
from engine.progress import Cancelled
from tests import likes, rows


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with rows.filled(tmp_path / "library", [3] * 8, blurred=0.0) as made:
        yield made


def read(library: Library) -> Labels:
    with library.db.read() as connection:
        return labels.read(connection)


def told(library: Library) -> set[tuple[int, int, float, str]]:
    said = read(library)
    return {
        (int(w), int(x), float(weight), SOURCES[int(source)])
        for w, x, weight, source in zip(said.winner, said.loser, said.weight, said.source, strict=True)
    }


def paths(library: Library) -> dict[int, str]:
    with library.db.read() as connection:
        return {int(image): str(path) for image, path in connection.execute("SELECT id, filepath FROM images")}


def decided(library: Library, kind: str, images: list[int], **more: object) -> Record:
    at = paths(library)
    record = Record(ts="", set_id="", images=[at[i] for i in images], kind=kind, **more)  # type: ignore[arg-type]
    return library.decide(record, "a decision")


def test_a_pick_puts_what_was_kept_before_the_rest(library: Library) -> None:
    key, members = next(iter(likes.groups(library).items()))
    decide.pick(library, key, members[1], [members[2]])
    assert told(library) == {(members[1], members[0], 1.0, "cull"), (members[2], members[0], 1.0, "cull")}
    assert read(library).families == [[members[1], members[2], members[0]]]
    assert read(library).subjects == [key]


def test_keeping_all_of_a_group_says_nothing(library: Library) -> None:
    key, members = next(iter(likes.groups(library).items()))
    decide.pick(library, key, members[0], members[1:])
    assert told(library) == set()


def test_a_three_counts_as_a_pick(library: Library) -> None:
    members = next(iter(likes.groups(library).values()))
    decided(library, "trio", members, winner=paths(library)[members[2]])
    assert told(library) == {(members[2], other, 1.0, "cull") for other in members[:2]}


def test_matches_count_and_draws_are_half_each_way(library: Library) -> None:
    decided(library, "match", [1, 2, 3], winner=paths(library)[1])
    decided(library, "draw", [4, 5])
    assert told(library) == {
        (1, 2, 1.0, "rank"), (1, 3, 1.0, "rank"), (4, 5, 0.5, "rank"), (5, 4, 0.5, "rank"),
    }  # fmt: skip
    assert read(library).choice.tolist() == [0, 0, 1, 1]
    assert read(library).families == []


def test_another_judges_picks_and_skips_say_nothing_of_this_person(library: Library) -> None:
    decided(library, "match", [1, 2], winner=paths(library)[1], judge="Ada")
    decided(library, "skip", [1, 2])
    assert told(library) == set()


def test_an_import_counts_as_what_it_is(library: Library) -> None:
    pairs = [Pair(0, 1, draw=False, ts="2024-01-01T00:00:00.000000Z")]
    decided(library, "import", [7, 8], pairs=pairs)
    assert told(library) == {(7, 8, 1.0, "import")}


def test_of_a_batch_only_what_was_reviewed_counts(library: Library) -> None:
    (one, first), (two, second) = list(likes.groups(library).items())[:2]
    batch = [Promoted(one, 0, [0, 1, 2], 0.99), Promoted(two, 3, [3, 4, 5], 0.99)]
    at = paths(library)
    library.decide(
        Record(ts="", set_id="b1", images=[at[i] for i in [*first, *second]], kind="promote", batch=batch), "a batch"
    )
    assert told(library) == set()
    decided(library, "reviewed", [second[0]], what=["winner"])
    assert told(library) == {(second[0], other, 1.0, "batch") for other in second[1:]}
    library.undo()
    assert told(library) == set()


def test_pairs_stand_in_the_order_of_their_decisions(library: Library) -> None:
    keys = list(likes.groups(library).items())
    decide.pick(library, keys[1][0], keys[1][1][0])
    decided(library, "match", [1, 2], winner=paths(library)[1])
    decide.pick(library, keys[0][0], keys[0][1][0])
    said = read(library)
    assert said.choice.tolist() == [0, 0, 1, 2, 2]
    assert said.at == sorted(said.at)


def test_a_renamed_image_keeps_what_was_said_of_it(library: Library) -> None:
    key, members = next(iter(likes.groups(library).items()))
    decide.pick(library, key, members[0])
    library.write(lambda c: c.execute("UPDATE images SET filepath = '/source/new.png' WHERE id = ?", (members[0],)))
    assert told(library) == {(members[0], other, 1.0, "cull") for other in members[1:]}


def test_members_that_are_gone_for_good_take_only_their_own_pairs_along(library: Library) -> None:
    key, members = next(iter(likes.groups(library).items()))
    decide.pick(library, key, members[0])
    gone = members[2]

    def work(connection: object) -> None:
        for table, column in (("verdicts", "image_id"), ("features", "image_id"), ("images", "id")):
            connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (gone,))  # type: ignore[attr-defined]

    library.write(work)
    assert told(library) == {(members[0], members[1], 1.0, "cull")}


def made(library: Library, images: list[int], winner: int, *, kind: str = "pick", key: str = "") -> None:
    """A decision as another tool may have written it."""
    at = paths(library)
    record = Record(ts="", set_id=key, images=[at[i] for i in images], winner=at.get(winner), kind=kind)  # type: ignore[arg-type]
    library.decide(record, "a decision")


def pairs(library: Library) -> set[tuple[int, int]]:
    return {(winner, loser) for winner, loser, _, _ in told(library)}


def regrouped_without(library: Library, image: int) -> str:
    """The key of the group that is left when an image goes missing."""
    sql = "UPDATE images SET missing_since = '2026-01-01T00:00:00Z' WHERE id = ?"
    members = next(some for some in likes.groups(library).values() if image in some)
    library.write(lambda c: c.execute(sql, (image,)))
    rows.group(library)
    return next(key for key, some in likes.groups(library).items() if set(some) == {*members} - {image})


def test_a_group_that_was_formed_anew_and_picked_otherwise_takes_the_earlier_pick_back(library: Library) -> None:
    key, (one, two, three) = next(iter(likes.groups(library).items()))
    decide.pick(library, key, one)
    assert pairs(library) == {(one, two), (one, three)}
    fresh = regrouped_without(library, three)
    assert fresh != key
    decide.pick(library, fresh, two)
    assert pairs(library) == {(two, one)}


def test_a_group_that_was_formed_anew_and_opened_again_or_rejected_teaches_nothing(library: Library) -> None:
    (first, (one, _, three)), (second, (four, _, six)) = list(likes.groups(library).items())[:2]
    decide.pick(library, first, one)
    decide.pick(library, second, four)
    decide.reopen(library, regrouped_without(library, three))
    decide.reject(library, regrouped_without(library, six), [four])
    assert pairs(library) == set()


def test_what_stays_kept_keeps_what_it_won_over_images_that_were_not_shown_again(library: Library) -> None:
    made(library, [1, 2, 3, 4, 5], 1)
    made(library, [1, 2, 3], 1, kind="trio")
    assert pairs(library) == {(1, 4), (1, 5), (1, 2), (1, 3)}
    assert len(read(library).winner) == 4
    made(library, [1, 2, 3], 2)
    assert pairs(library) == {(2, 1), (2, 3)}


def test_what_lost_and_is_kept_among_others_later_still_lost(library: Library) -> None:
    made(library, [1, 2], 1)
    made(library, [2, 3], 2)
    assert pairs(library) == {(1, 2), (2, 3)}


def test_lines_without_a_set_id_are_decisions_of_their_own(library: Library) -> None:
    for members in likes.groups(library).values():
        made(library, members[:2], members[0])
    assert len(read(library).winner) == 8
    made(library, [3], 3, kind="reject")
    assert len(read(library).winner) == 7


def test_the_latest_of_many_picks_of_the_same_images_counts(library: Library) -> None:
    for turn in range(30):
        made(library, [1, 2, 3], 1 + turn % 3, key=f"k{turn}")
    assert pairs(library) == {(3, 1), (3, 2)}


class Counting(list[str]):
    """Paths that count how often somebody asks how many they are."""

    asked = 0

    def __len__(self) -> int:
        self.asked += 1
        return super().__len__()


def test_a_batch_of_many_groups_is_gone_through_once() -> None:
    paths = Counting(f"/{number}.png" for number in range(3000))
    batch = [Promoted(f"g{place}", place, [place, place + 1, place + 2], 0.9) for place in range(0, 3000, 3)]
    record = Record(ts="", set_id="b", images=paths, kind="promote", batch=batch)
    images = {path: number for number, path in enumerate(paths, 1)}
    found = list(labels._batch(record, images, {(image, "b") for image in range(1, 3001)}))
    assert len(found) == 1000
    assert paths.asked == 1


def test_what_nobody_looked_at_is_not_even_looked_up(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    at, found = paths(library), list[Record]()
    batch = [Promoted("g", 0, [0, 1, 2], 0.99)]
    library.decide(Record(ts="", set_id="b1", images=[at[i] for i in (1, 2, 3)], kind="promote", batch=batch), "batch")

    def find(_: object, record: Record) -> dict[str, int]:
        found.append(record)
        return {}

    monkeypatch.setattr(labels.Finder, "find", find)
    assert told(library) == set()
    assert found == []


def test_reading_many_decisions_can_be_stopped(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    for members in likes.groups(library).values():
        made(library, members, members[0])
    monkeypatch.setattr(labels, "_STEP", 2)
    looks: list[int] = []

    def look() -> None:
        looks.append(1)
        if len(looks) == 3:
            raise Cancelled

    with library.db.read() as connection, pytest.raises(Cancelled):
        labels.read(connection, look)
    assert len(looks) == 3
