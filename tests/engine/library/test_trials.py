"""What chance drew and what people said of it: the first answer stands, no miss is undone, the journal tells it all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.cropping import decide as cropping
from engine.culling import decide
from engine.errors import LibraryDamaged
from engine.intake import records
from engine.learning import gates, promote, review
from engine.library import trials
from engine.library.journal import Box, Cropped, Proposed, Record
from engine.library.settings import Learning
from engine.library.store import Library
from engine.progress import Quiet
from engine.vision import checks
from tests.engine.learning import taught

OTHER = (200, 300, 712, 1068)
TABLES = ("trials", "agreements", "promoted", "verdicts", "crop_answers", "checks")


@pytest.fixture
def library(tmp_path: Path):
    with taught.library(tmp_path / "library", [3] * 8) as opened:
        opened.settings = msgspec.structs.replace(
            opened.settings, learning=Learning(target_winner=0.9, random_share=1.0)
        )
        yield opened


def blind(library: Library, number: int = 0) -> tuple[str, int, list[int]]:
    """A group that is asked blind, its recommended image and its members."""
    key = taught.keys(library)[number]
    return key, taught.recommend(library, key, checked=True), taught.members(library, key)


def tables(library: Library) -> dict[str, list[Any]]:
    with library.db.read() as connection:
        found = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in TABLES}
    return {**found, "trials": [row[1:] for row in found["trials"]]}  # numbered as they came


# ---- groups asked blind


def test_rejecting_what_was_recommended_blind_is_a_miss_and_rejecting_another_is_no_answer(library: Library) -> None:
    key, _, members = blind(library)
    decide.reject(library, key, members)
    assert taught.record(library, "winner") == [False]
    key, _, members = blind(library, 1)
    decide.reject(library, key, members[:1])
    assert taught.record(library, "winner") == [False]


def test_a_trio_on_a_group_that_is_asked_blind_is_an_answer(library: Library) -> None:
    for number, right in enumerate((True, False)):
        key, winner, members = blind(library, number)
        chosen = winner if right else members[0]
        answer = cropping.Choice(image=chosen, choice="full", box=(0, 0, 1024, 1536))
        cropping.choose(library, answer, key, [image for image in members if image != chosen])
    assert taught.record(library, "winner") == [True, False]


def test_an_answer_counts_as_right_only_where_a_batch_would_have_done_the_same(library: Library) -> None:
    key, winner, members = blind(library)
    decide.pick(library, key, winner, members[:1])
    key, winner, members = blind(library, 1)
    decide.pick(library, key, members[0], members[1:])
    key, winner, members = blind(library, 2)
    decide.pick(library, key, winner)
    assert taught.record(library, "winner") == [False, False, True]


@pytest.mark.parametrize("later", ["reject", "pick", "trio"])
def test_going_back_on_a_right_answer_makes_it_a_miss(library: Library, later: str) -> None:
    key, winner, members = blind(library)
    decide.pick(library, key, winner)
    assert taught.record(library, "winner") == [True]
    if later == "reject":
        decide.reject(library, key, [winner])
    elif later == "pick":
        decide.pick(library, key, members[0])
    else:
        answer = cropping.Choice(image=members[0], choice="full", box=(0, 0, 1024, 1536))
        cropping.choose(library, answer, key, members[1:])
    assert taught.record(library, "winner") == [False]
    library.undo()
    assert taught.record(library, "winner") == [False]


def test_the_first_blind_answer_outlives_its_undo_whatever_is_decided_then(library: Library) -> None:
    key, winner, members = blind(library)
    decide.pick(library, key, members[0])
    library.undo()
    assert taught.record(library, "winner") == [False]
    decide.reject(library, key, members[:2])
    decide.pick(library, key, winner)
    assert taught.record(library, "winner") == [False]


def test_opening_a_group_again_says_nothing_of_an_answer_of_the_persons_own(library: Library) -> None:
    key, winner, _ = blind(library)
    decide.pick(library, key, winner)
    decide.reopen(library, key)
    assert taught.record(library, "winner") == [True]


# ---- batches


def decided(library: Library) -> list[int]:
    """All groups decided in bulk, each drawn; answers with their winners."""
    taught.agreements(library, [True] * 120)
    winners = [taught.recommend(library, key) for key in taught.keys(library)]
    assert promote.promote(library, "winner", Quiet(), apply=True).checks == len(winners)
    return winners


def test_undoing_a_batch_does_not_undo_the_misses_that_were_found_in_it(library: Library) -> None:
    decided(library)
    for key in taught.keys(library):
        decide.pick(library, key, taught.members(library, key)[0])
    assert taught.record(library, "winner")[120:] == [False] * 8
    with library.db.read() as connection:
        assert not gates.gate(connection, library.settings.learning, "winner").open
    for _ in range(9):
        library.undo()
    assert tables(library)["promoted"] == []
    assert taught.record(library, "winner")[120:] == taught.record(library, "residual") == [False] * 8
    with library.db.read() as connection:
        assert not gates.gate(connection, library.settings.learning, "winner").open


def test_what_was_drawn_of_a_batch_that_was_undone_is_judged_by_what_the_person_says_next(library: Library) -> None:
    winners = decided(library)
    library.undo()
    keys = taught.keys(library)
    assert taught.record(library, "winner")[120:] == []
    decide.pick(library, keys[0], winners[0])
    decide.pick(library, keys[1], taught.members(library, keys[1])[0])
    decide.accept_recommended(library, keys[2:3])
    decide.reject(library, keys[3], [winners[3]])
    assert taught.record(library, "winner")[120:] == [True, False, True, False]
    promote.promote(library, "winner", Quiet(), apply=True)
    review.done(library, winners)
    assert taught.record(library, "winner")[120:] == [True, False, True, False, True, True, True, True]


def test_an_image_is_judged_once_however_often_it_is_decided_in_bulk(library: Library) -> None:
    winners = decided(library)
    review.done(library, winners)
    library.undo()
    library.undo()
    promote.promote(library, "winner", Quiet(), apply=True)
    review.done(library, winners)
    assert len(taught.record(library, "winner")) == 120 + len(winners)


def test_what_was_looked_at_is_of_the_keeping_or_of_the_crop(library: Library) -> None:
    taught.batch(library, "b", winners=[3])
    taught.batch(library, "b", crops=[3])
    review.done(library, [3])
    assert (taught.record(library, "winner"), taught.record(library, "crop")) == ([True], [])
    with library.db.read() as connection:
        assert [(item.image, item.kind) for item in review.waiting(connection, {}, 0, 9)] == [(3, "crop")]
    review.done(library, [], [3])
    assert taught.record(library, "crop") == [True]
    with pytest.raises(LibraryDamaged, match="what was looked at"):
        library.decide(Record(ts="", set_id="", images=[taught.path(library, 3)], kind="reviewed"), "x")


def test_what_is_found_wrong_counts_at_once_and_stays_where_the_batch_is_undone(library: Library) -> None:
    taught.batch(library, "b", winners=[1, 2, 3, 4])
    checks.answer(library, 4, "glare", yes=True)
    assert taught.record(library, "residual") == [False]
    review.done(library, [1, 2])
    checks.answer(library, 2, "glare", yes=True)
    checks.answer(library, 1, "glare", yes=False)
    decide.reopen(library, taught.keys(library)[0])
    assert taught.record(library, "residual") == [False, False, False, False], "1, 2 and 3 are of the group"
    for _ in range(5):
        library.undo()
    assert tables(library)["checks"] == []
    assert len(taught.record(library, "residual")) == 4
    assert not any(taught.record(library, "residual"))


def test_what_a_crop_leaves_out_is_not_left(library: Library) -> None:
    for image, x in ((1, 600), (2, 500)):  # outside of BOX, and on its edge
        cue = (image, "hand_size", 0.9, x, 10, x + 90, 90, "Large hand.", "long_hand")
        library.write(lambda c, cue=cue: c.execute("INSERT INTO cues VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", cue))
        checks.answer(library, image, "long_hand", yes=True)
    taught.batch(library, "b", winners=[1, 2])
    review.done(library, [1, 2])
    assert taught.record(library, "residual") == [False, False]
    taught.crop(library, 1)
    taught.crop(library, 2)
    assert taught.record(library, "residual") == [True, False]


# ---- crops


def test_the_first_answer_on_a_crop_stands_and_a_later_one_against_it_counts(library: Library) -> None:
    taught.crop(library, 1, OTHER, drawn=True)
    taught.crop(library, 1, drawn=True)
    taught.crop(library, 2, drawn=True)
    taught.crop(library, 2, OTHER, drawn=True)
    taught.crop(library, 3, drawn=True)
    library.undo()
    taught.crop(library, 3, OTHER, drawn=True)
    taught.crop(library, 4, drawn=True)
    cropping.send(library, 4, on=True)
    taught.crop(library, 5, drawn=True)
    taught.crop(library, 5, drawn=True)
    assert taught.record(library, "crop") == [False, False, False, False, True]


def test_a_crop_of_a_batch_is_right_where_its_own_box_stands(library: Library) -> None:
    taught.batch(library, "b", crops=[1, 2, 3, 4])
    best = Cropped("best", 900, 2, proposed=[OTHER])
    x1, y1, x2, y2 = OTHER
    for image, box in ((1, Box(x1, y1, x2 - x1, y2 - y1)), (2, Box(0, 0, 510, 765))):
        name = taught.path(library, image)
        record = Record(
            ts="", set_id="", images=[name], winner=name, needs_crop=True, kind="crop", crop=best, crop_box=box
        )  # fmt: skip
        library.decide(record, "Crop")
    cropping.send(library, 3, on=True)
    assert taught.record(library, "crop") == taught.record(library, "residual") == [False, True, False]


def test_a_crop_of_the_persons_own_is_drawn_when_it_is_made(library: Library) -> None:
    for image in (1, 2, 3, 4):
        taught.crop(library, image, again=image < 4)
    with library.db.read() as connection:
        assert [item.image for item in review.waiting(connection, {}, 0, 9)] == [3, 2, 1]
        assert [item.image for item in review.waiting(connection, {}, 1, 1)] == [2]
        assert review.count(connection) == 3
    cropping.send(library, 1, on=True)
    taught.crop(library, 2, OTHER)
    review.done(library, [], [1, 2, 3])
    assert taught.record(library, "residual") == [False, False, True]
    assert taught.record(library, "crop") == []


def test_an_own_crop_that_was_undone_and_made_otherwise_is_drawn_as_it_was_made(library: Library) -> None:
    taught.crop(library, 1, again=True)
    library.undo()
    taught.crop(library, 1, OTHER, again=True)
    assert taught.record(library, "residual") == []
    review.done(library, [], [1])
    assert taught.record(library, "residual") == [True]


def test_what_is_decided_here_carries_what_was_drawn(library: Library) -> None:
    taught.propose(library, 1)
    cropping.choose(library, cropping.Choice(image=1, choice="best", box=taught.BOX))
    assert taught.record(library, "crop") == [True]
    with library.db.read() as connection:
        assert review.count(connection) == 1
    library.settings = msgspec.structs.replace(library.settings, learning=Learning(random_share=0.0))
    taught.propose(library, 2)
    cropping.choose(library, cropping.Choice(image=2, choice="best", box=taught.BOX))
    taught.propose(library, 3)
    cropping.choose(library, cropping.Choice(image=3, choice="full", box=(0, 0, 1024, 1536), unassisted=True))
    assert taught.record(library, "crop") == [True, False]


# ---- the journal


def test_undo_redo_and_a_rebuild_give_the_same_evidence(library: Library) -> None:
    winners = decided(library)
    for table in ("trials WHERE subject = 'k'", "agreements"):  # which no journal tells
        library.write(lambda c, table=table: c.execute(f"DELETE FROM {table}"))
    review.done(library, winners[:3])
    library.undo()
    library.redo()
    key, _, members = blind(library, 7)
    decide.pick(library, key, members[0])
    library.undo()
    taught.crop(library, 1, drawn=True, again=True)
    cropping.send(library, 1, on=True)
    checks.answer(library, winners[1], "glare", yes=True)
    library.undo()
    before = tables(library)
    library.rebuild()
    assert tables(library) == before


def test_an_image_that_was_judged_is_not_forgotten_though_all_else_was_undone(library: Library) -> None:
    key, _, members = blind(library)
    decide.pick(library, key, members[0])
    library.undo()
    with library.db.read() as connection:
        assert [records.has_history(connection, image) for image in members] == [False, False, True]


@pytest.mark.parametrize("sure", [1e308, -5.0, 1.01])
def test_a_journal_that_is_surer_than_sure_is_refused(library: Library, sure: float) -> None:
    key, winner, members = blind(library)
    names = [taught.path(library, image) for image in members]
    for kind in ("pick", "reject", "trio"):
        said = Proposed(taught.path(library, winner), sure, "m", checked=True)
        record = Record(ts="", set_id=key, images=names, winner=names[0], kind=kind, proposed=said)  # type: ignore[arg-type]
        with pytest.raises(LibraryDamaged, match="surer than sure"):
            library.decide(record, "x")
    assert taught.record(library, "winner") == []


@pytest.mark.parametrize("how", [Cropped("full", -1), Cropped("full", 0, -5), Cropped("full", 10**12)])
def test_a_journal_with_a_time_or_actions_that_nobody_could_need_is_refused(library: Library, how: Cropped) -> None:
    name = taught.path(library, 1)
    with pytest.raises(LibraryDamaged, match="not one a person could need"):
        library.decide(Record(ts="", set_id="", images=[name], winner=name, kind="crop", crop=how), "x")


boxes = st.builds(Box, *[st.integers(0, 60)] * 4)


@given(boxes, boxes)
def test_two_boxes_are_one_from_both_sides_and_the_whole_picture_is_one_with_itself(one: Box, other: Box) -> None:
    assert trials.same(one, other) == trials.same(other, one)
    assert trials.same(trials.WHOLE, other) == (other.w == 0)
