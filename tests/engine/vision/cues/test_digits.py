"""The digits cue on drawn hands and made-up points."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from engine.vision.cues.digits import judge
from engine.vision.seen import Abstained, Cue
from tests.engine.vision.cues.drawn_hands import drawn, hand_of


@pytest.mark.parametrize("ground", ["plain", "textured"])
def test_six_fingers_are_told_and_shown_where_they_are(ground: str) -> None:
    rgb, hand = drawn(6, ground)
    found = judge(rgb, hand)
    assert isinstance(found, Cue)
    assert found.name == "digits"
    assert 0.5 < found.score <= 1
    assert found.text == "Six fingers on a left hand."
    assert found.box[0] > 320, "the sixth leans to the right"


@pytest.mark.parametrize("ground", ["plain", "textured"])
def test_five_fingers_are_nothing_to_speak_of(ground: str) -> None:
    assert judge(*drawn(5, ground)) is None


def test_a_mask_of_people_changes_nothing_where_it_agrees() -> None:
    rgb, hand = drawn(6)
    person = (np.abs(rgb.astype(int) - (206, 158, 128)).sum(2) < 90).astype(np.float32)
    assert isinstance(judge(rgb, hand, person), Cue)


def test_a_closed_hand_is_not_judged() -> None:
    found = judge(*drawn(5, curled=True))
    assert isinstance(found, Abstained)
    assert "closed" in found.text


def test_a_tiny_hand_is_not_judged() -> None:
    found = judge(*drawn(5, scale=0.12))
    assert isinstance(found, Abstained)
    assert "too small" in found.text


@pytest.mark.parametrize("shift", [(-260, 0), (260, 0), (0, -245), (0, 175)])
def test_a_hand_over_the_edge_is_not_judged(shift: tuple[int, int]) -> None:
    rgb, hand = drawn()
    moved = np.array(hand.points) + shift
    found = judge(rgb, hand_of(moved, hand.box))
    assert isinstance(found, Abstained)
    assert "cut" in found.text


def test_skin_on_skin_is_not_judged() -> None:
    found = judge(*drawn(5, "skin"))
    assert isinstance(found, Abstained)


@pytest.mark.parametrize("points", [np.zeros((21, 2)), np.full((21, 2), np.nan), np.zeros((3, 2))])
def test_points_that_are_no_hand_are_not_judged(points: np.ndarray) -> None:
    rgb, hand = drawn()
    assert isinstance(judge(rgb, hand_of(points, hand.box)) if len(points) == 21 else judge(rgb, _few(hand)), Abstained)


def test_the_same_hand_is_judged_the_same() -> None:
    rgb, hand = drawn(6, "textured")
    assert judge(rgb, hand) == judge(rgb, hand)


def _few(hand):  # type: ignore[no-untyped-def]
    return msgspec.structs.replace(hand, points=hand.points[:3])
