"""Fingers: human ones are never doubted however the hand is held; too long, too short and broken ones are found."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.vision.cues.hand_geometry import hand_geometry
from tests.engine.vision.cues.made_people import hand, hand_shape, turn

angles = st.floats(-180, 180)


@given(bends=st.floats(0, 80), angles=st.tuples(angles, angles, angles), size=st.floats(40, 900), flip=st.booleans())
def test_a_human_hand_is_silent_however_it_is_turned_scaled_and_mirrored(
    bends: float, angles: tuple[float, float, float], size: float, flip: bool
) -> None:
    shape = hand_shape(bends) * ((-1, 1, 1) if flip else (1, 1, 1))
    assert hand_geometry(hand(shape, size=size, rotation=turn(*angles))) is None


@given(bends=st.floats(0, 60), pitch=st.floats(-60, 60), roll=angles, depth=st.floats(0.7, 1.4))
def test_depth_that_the_model_got_wrong_makes_no_fault(bends: float, pitch: float, roll: float, depth: float) -> None:
    shape = (hand_shape(bends) @ turn(pitch, 20, roll).T) * (1, 1, depth)
    cue = hand_geometry(hand(shape))
    assert cue is None or cue.score < 0.5


@given(finger=st.integers(1, 4), roll=angles, size=st.floats(40, 900), flip=st.booleans())
def test_a_finger_twice_as_long_is_found(finger: int, roll: float, size: float, flip: bool) -> None:
    shape = hand_shape(times={finger: 2.1}) * ((-1, 1, 1) if flip else (1, 1, 1))
    cue = hand_geometry(hand(shape, size=size, rotation=turn(0, 0, roll)))
    assert cue is not None
    assert cue.score >= 0.8
    assert "times as long as the rest of the hand allows" in cue.text


@given(finger=st.integers(1, 4), roll=angles)
def test_a_finger_of_a_third_of_its_length_is_found(finger: int, roll: float) -> None:
    cue = hand_geometry(hand(hand_shape(0, times={finger: 0.35}), rotation=turn(0, 0, roll)))
    assert cue is not None
    assert cue.score >= 0.8
    assert "only" in cue.text


@given(finger=st.integers(1, 4), joint=st.integers(1, 2), roll=angles)
def test_a_joint_bent_backwards_is_found_from_the_side(finger: int, joint: int, roll: float) -> None:
    shape = hand_shape(15, odd_joint=(finger, joint), backwards=70)
    cue = hand_geometry(hand(shape, rotation=turn(0, 0, roll) @ turn(0, 80, 0)))
    assert cue is not None
    assert cue.score >= 0.8
    assert "backwards" in cue.text


@given(finger=st.integers(1, 4), aside=st.sampled_from([-60.0, 60.0]), roll=angles)
def test_a_joint_bent_sideways_is_found(finger: int, aside: float, roll: float) -> None:
    cue = hand_geometry(hand(hand_shape(5, odd_joint=(finger, 1), sideways=aside), rotation=turn(0, 0, roll)))
    assert cue is not None
    assert cue.score >= 0.8
    assert "sideways" in cue.text


def test_the_score_rises_with_the_length_and_the_box_lies_on_the_finger() -> None:
    cues = [hand_geometry(hand(hand_shape(0, times={2: times}))) for times in (1.5, 1.7, 1.9)]
    scores = [cue.score for cue in cues if cue is not None]
    assert len(scores) == 3
    assert 0 < scores[0] < scores[1] < scores[2] <= 1
    assert cues[2] is not None
    x1, y1, x2, y2 = cues[2].box
    tip = hand(hand_shape(0, times={2: 1.9})).points[12]
    assert x1 <= tip[0] <= x2
    assert y1 <= tip[1] <= y2


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e308])
def test_wild_points_say_nothing(bad: float) -> None:
    shape = hand_shape(times={2: 2.5})
    shape[7, 1] = bad
    assert hand_geometry(hand(shape, size=1.0)) is None


def test_a_tiny_hand_and_one_of_a_single_place_say_nothing() -> None:
    assert hand_geometry(hand(hand_shape(times={2: 2.5}), size=3)) is None
    assert hand_geometry(hand(np.zeros((21, 3)))) is None
