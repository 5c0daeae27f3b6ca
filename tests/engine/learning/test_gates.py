"""Gates: only checks drawn by chance count, they open and close by their record, and stay shut where told to."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import WrongUse
from engine.learning import gates
from engine.learning.gates import Gate
from engine.learning.sequential import trust
from engine.library import chance, trials
from engine.library.settings import Learning
from engine.library.store import Library
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
    assert found.missing == f"{needed} more random checks that all agree would open it"


def test_only_checks_drawn_by_chance_count(library: Library) -> None:
    taught.agreements(library, [True] * 400, checked=False)
    assert gate(library).n == 0
    taught.agreements(library, [True] * 20)
    assert gate(library).n == 20


def test_a_gate_opens_at_the_check_that_was_said_to_open_it_and_not_before(library: Library) -> None:
    needed = trust([], 0.9).needed
    taught.agreements(library, [True] * (needed - 1))
    before = gate(library)
    assert not before.open
    assert before.missing.startswith("1 more random check that agrees would open it, as a record that is looked at")
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


def test_a_crop_counts_where_it_was_drawn_when_it_was_decided(library: Library) -> None:
    taught.crop(library, 1, drawn=True)
    taught.crop(library, 2, (0, 0, 512 - 4, 768 - 6))
    taught.crop(library, 3, (200, 300, 712, 1068), drawn=True)
    taught.crop(library, 4)
    taught.crop(library, 5, unassisted=True, drawn=True)
    assert (gate(library, "crop").n, gate(library, "crop").good) == (3, 2)
    for share in (0.01, 1.0):
        settings = Learning(random_share=share)
        assert gate(library, "crop", settings).n == 3, "what was drawn is drawn, whatever the share is later"


def test_crops_are_accepted_at_once_only_while_nothing_wrong_is_left_too(library: Library) -> None:
    library.write(lambda c: taught.judged(c, "crop", [True] * 120))
    found = gate(library, "crop")
    needed = trust([], 0.9).needed
    assert (found.open, found.lower95 > 0.9) == (False, True)
    assert found.missing == (
        "that nothing wrong is left has to be sure too, and "
        f"{needed} more random checks that all find nothing wrong would open it"
    )
    library.write(lambda c: taught.judged(c, "residual", [True] * 120))
    assert gate(library, "crop").open
    gates.shut(library, "residual", on=True)
    shut = gate(library, "crop")
    assert (shut.open, shut.shut) == (False, False)
    assert shut.missing == "that nothing wrong is left has to be sure too, and its gate is shut by you"
    assert gate(library, "residual").missing == "shut by you"


def test_what_is_missing_says_where_the_settings_draw_no_checks(library: Library) -> None:
    said = gate(library, settings=Learning(random_share=0.0)).missing
    assert said == "395 more random checks that all agree would open it, but the settings draw none"
    assert "draw none" not in gate(library).missing


@given(st.floats(0, 1), st.text(), st.integers())
def test_a_draw_is_the_same_every_time_and_a_larger_share_draws_no_less(share: float, name: str, image: int) -> None:
    assert chance.drawn(share, name, image) == chance.drawn(share, name, image)
    assert not chance.drawn(0, name, image)
    assert chance.drawn(1, name, image)
    assert chance.drawn(share, name, image) <= chance.drawn(min(1, share + 0.1), name, image)


def test_a_share_is_drawn() -> None:
    assert 800 < sum(chance.drawn(0.1, "crop", image) for image in range(10_000)) < 1200


boxes = st.tuples(*[st.integers(0, 50)] * 4).map(lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3]))


@given(boxes, boxes)
def test_an_overlap_is_a_share_and_the_same_from_both_sides(one: trials.Corners, other: trials.Corners) -> None:
    assert 0 <= trials.overlap(one, other) <= 1
    assert trials.overlap(one, other) == trials.overlap(other, one)
    assert trials.overlap(one, one) == (1 if one[0] < one[2] and one[1] < one[3] else 0)
