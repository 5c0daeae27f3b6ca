"""Gates: only checks drawn by chance count, they open and close by their record, and stay shut where told to."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import WrongUse
from engine.learning import gates, records
from engine.learning.gates import Gate
from engine.learning.sequential import trust
from engine.library.settings import Learning
from engine.library.store import Library
from engine.vision import checks
from tests.engine.learning import taught

EASY = Learning(target_winner=0.9, target_crop=0.9, target_residual=0.9)


@pytest.fixture
def library(tmp_path: Path):
    with taught.library(tmp_path / "library", [2] * 60) as opened:
        yield opened


def gate(library: Library, kind: gates.Kind = "winner", settings: Learning = EASY) -> Gate:
    with library.db.read() as connection:
        return gates.gate(connection, settings, kind)


def test_without_a_check_a_gate_says_what_it_takes(library: Library) -> None:
    found = gate(library)
    assert (found.open, found.n, found.rate, found.lower95, found.target) == (False, 0, None, 0.0, 0.9)
    needed = trust([], 0.9).needed
    assert found.missing == f"{needed} more random checks that all agree"


def test_only_checks_drawn_by_chance_count(library: Library) -> None:
    taught.agreements(library, [True] * 400, checked=False)
    assert gate(library).n == 0
    taught.agreements(library, [True] * 20)
    assert gate(library).n == 20


def test_a_gate_opens_at_the_check_that_was_said_to_open_it_and_not_before(library: Library) -> None:
    needed = trust([], 0.9).needed
    taught.agreements(library, [True] * (needed - 1))
    before = gate(library)
    assert (before.open, before.missing) == (False, "1 more random check that agrees")
    assert before.lower95 >= 0.9  # looked at after every check, that bound alone would be passed sooner or later
    taught.agreements(library, [True] * needed)
    after = gate(library)
    assert (after.open, after.missing, after.good) == (True, "", needed)
    assert after.lower95 >= 0.9


def test_a_gate_closes_by_itself_where_its_record_falls(library: Library) -> None:
    taught.agreements(library, [True] * 120 + [False, True] * 50)
    found = gate(library)
    assert not found.open
    assert found.missing


def test_a_gate_that_was_shut_stays_shut_until_it_is_left_to_its_record(library: Library) -> None:
    taught.agreements(library, [True] * 120)
    assert gates.shut(library, "winner", on=True) == "Shut a gate"
    found = gate(library)
    assert (found.open, found.shut, found.missing) == (False, True, "shut by you")
    taught.agreements(library, [True] * 300)
    assert not gate(library).open
    library.undo()
    assert gate(library).open
    library.redo()
    library.rebuild()
    assert gate(library).shut
    gates.shut(library, "winner", on=False)
    assert not gate(library).shut


def test_each_gate_is_its_own(library: Library) -> None:
    taught.agreements(library, [True] * 120)
    gates.shut(library, "crop", on=True)
    with library.db.read() as connection:
        assert [(g.kind, g.open, g.shut) for g in gates.gates(connection, EASY)] == [
            ("winner", True, False), ("crop", False, True), ("residual", False, False),
        ]  # fmt: skip
    with pytest.raises(WrongUse, match="There is no gate door"):
        gates.shut(library, "door", on=True)


def test_a_pick_made_blind_counts_and_one_that_was_shown_its_answer_does_not(library: Library) -> None:
    for number, key in enumerate(taught.keys(library)[:3]):
        first, last = taught.members(library, key)
        taught.pick(library, key, last if number else first, last, checked=number < 2)
    found = gate(library)
    assert (found.n, found.good) == (2, 1)
    library.undo()
    library.undo()
    assert gate(library).n == 1


def test_a_crop_counts_where_chance_drew_it_or_it_was_decided_without_help(library: Library) -> None:
    share = EASY.random_share
    drawn = [image for image in range(1, 121) if records.crop_drawn(share, image)]
    others = [image for image in range(1, 121) if not records.crop_drawn(share, image)]
    assert 3 <= len(drawn) <= 30
    taught.crop(library, drawn[0])
    taught.crop(library, drawn[1], (0, 0, 512 - 4, 768 - 6))  # a hair beside it
    taught.crop(library, drawn[2], (200, 300, 712, 1068))
    taught.crop(library, others[0])
    assert (gate(library, "crop").n, gate(library, "crop").good) == (3, 2)
    taught.crop(library, others[1], unassisted=True)
    assert (gate(library, "crop").n, gate(library, "crop").good) == (4, 3)


def test_a_note_that_cannot_be_read_is_no_check(library: Library) -> None:
    for number, note in enumerate([b"", b"{", b"[]", b'{"choice":"best","proposed":"x"}', b"\xff"]):
        row = (number + 1, "best", 0, 0, 5, 5, "[]", note, "2026")
        library.write(lambda c, row=row: c.execute("INSERT INTO crop_answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row))
    assert gate(library, "crop", Learning(random_share=1)).n == 0


def batch(library: Library, image: int, *, checked: bool = True, reviewed: bool = True) -> None:
    """An image that a batch kept."""
    row = (image, "winner", "b", 0.97, checked, reviewed, "2026-01-01T00:00:00Z")
    taught.keep(library, image)
    library.write(lambda c: c.execute("INSERT INTO promoted VALUES (?, ?, ?, ?, ?, ?, ?)", row))


def test_what_is_left_wrong_counts_of_what_was_drawn_and_looked_at(library: Library) -> None:
    for image in range(1, 6):
        batch(library, image)
    batch(library, 7, checked=False)
    batch(library, 9, reviewed=False)
    checks.answer(library, 3, "glare", yes=True)
    checks.answer(library, 4, "glare", yes=False)
    found = gate(library, "residual")
    assert (found.n, found.good) == (5, 4)
    library.write(lambda c: c.execute("UPDATE verdicts SET verdict = 'open', decided_at = 'x' WHERE image_id = 9"))
    found = gate(library, "residual")  # going back on it is looking at it
    assert (found.n, found.good) == (6, 4)
    assert gate(library).n == 6  # and tells of the winners as well
    assert gate(library).good == 5


def test_what_a_crop_cuts_off_is_not_left(library: Library) -> None:
    batch(library, 1)
    batch(library, 2)
    for image, x in ((1, 600), (2, 500)):  # outside of BOX, and on its edge
        cue = (image, "hand_size", 0.9, x, 10, x + 90, 90, "Large hand.", "long_hand")
        library.write(lambda c, cue=cue: c.execute("INSERT INTO cues VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", cue))
        checks.answer(library, image, "long_hand", yes=True)
    assert gate(library, "residual").good == 0
    taught.crop(library, 1)
    taught.crop(library, 2)
    assert gate(library, "residual").good == 1


@given(st.floats(0, 1), st.text(), st.integers())
def test_a_draw_is_the_same_every_time_and_a_larger_share_draws_no_less(share: float, name: str, image: int) -> None:
    assert records.drawn(share, name, image) == records.drawn(share, name, image)
    assert not records.drawn(0, name, image)
    assert records.drawn(1, name, image)
    assert records.drawn(share, name, image) <= records.drawn(min(1, share + 0.1), name, image)


def test_a_share_is_drawn() -> None:
    assert 800 < sum(records.drawn(0.1, "crop", image) for image in range(10_000)) < 1200


boxes = st.tuples(*[st.integers(0, 50)] * 4).map(lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3]))


@given(boxes, boxes)
def test_an_overlap_is_a_share_and_the_same_from_both_sides(one: records.Box, other: records.Box) -> None:
    assert 0 <= records.overlap(one, other) <= 1
    assert records.overlap(one, other) == records.overlap(other, one)
    assert records.overlap(one, one) == (1 if one[0] < one[2] and one[1] < one[3] else 0)
