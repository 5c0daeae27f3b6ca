"""All cues together: nothing to say of whole people, everything of broken ones, and never a crash."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.vision.cues.anatomy import anatomy
from engine.vision.seen import WRISTS, Body, Face, Hand, People
from tests.engine.vision.cues.made_people import body, face, hand, hand_shape, standing, turn

wild = st.one_of(st.sampled_from([np.nan, np.inf, -np.inf, 1e308, -1e308, 1e-308, 0.0]), st.floats(-1e4, 1e4))
points = st.one_of(*[st.lists(st.tuples(wild, wild), min_size=n, max_size=n) for n in (0, 5, 21, 33)])
numbers = st.one_of(*[st.lists(wild, min_size=n, max_size=n) for n in (0, 21, 33)])
boxes = st.tuples(wild, wild, wild, wild)
hands = st.builds(Hand, points, numbers, st.sampled_from(["left", "right"]), wild, boxes, st.booleans())
bodies = st.builds(Body, points, numbers, boxes)
meshes = st.one_of(st.just([]), st.builds(lambda p: [p] * 478, st.tuples(wild, wild)), points)
eyes = st.one_of(st.none(), st.tuples(st.tuples(wild, wild), st.tuples(wild, wild)))
seen = st.builds(Face, boxes, wild, eyes, meshes)
crowds = st.builds(
    People,
    st.integers(-5, 5000),
    st.integers(-5, 5000),
    st.lists(hands, max_size=3),
    st.lists(seen, max_size=3),
    st.lists(bodies, max_size=2),
)
WHITE = np.full((64, 80, 3), 255, np.uint8)


def broken() -> People:
    """One person with a long arm, whose one hand is of the other side and has a long finger."""
    posture = standing()
    posture[WRISTS[0], 1] += 200
    x, y = posture[WRISTS[0], :2]
    odd = hand(hand_shape(times={3: 2.2}), at=(float(x), float(y)), size=60, rotation=turn(0, 0, 180))
    return People(2000, 2000, [odd], [face(450, 120)], [body(posture)])


def test_a_whole_person_and_nobody_at_all_are_silent() -> None:
    posture = standing()
    pair = [
        hand(
            hand_shape() * ((1 if side else -1), 1, 1),
            at=(float(posture[WRISTS[side], 0]), float(posture[WRISTS[side], 1])),
            size=50,
            rotation=turn(0, 0, 180),
            side="right" if side else "left",
        )
        for side in (0, 1)
    ]
    assert anatomy(People(2000, 2000, pair, [face(450, 120)], [body(posture)]), WHITE) == []
    assert anatomy(People(2000, 2000), None) == []


def test_all_that_is_wrong_with_somebody_is_told_strongest_first_with_numbers_and_a_box_in_the_picture() -> None:
    cues = anatomy(broken(), None)
    assert {cue.name for cue in cues} == {"hand_geometry", "handedness", "limb_length"}
    assert [cue.score for cue in cues] == sorted((cue.score for cue in cues), reverse=True)
    for cue in cues:
        assert 0 < cue.score <= 1
        assert cue.text.endswith(".")
        assert any(letter.isdigit() for letter in cue.text)
        assert 0 <= cue.box[0] < cue.box[2] <= 2000
        assert 0 <= cue.box[1] < cue.box[3] <= 2000


def test_the_same_people_say_the_same_again() -> None:
    assert anatomy(broken(), WHITE) == anatomy(broken(), WHITE)


@given(crowd=crowds, rgb=st.sampled_from([None, WHITE]))
def test_whatever_is_handed_in_nothing_breaks_and_every_cue_is_sound(crowd: People, rgb: np.ndarray | None) -> None:
    for cue in anatomy(crowd, rgb):
        assert 0 < cue.score <= 1
        assert np.isfinite(cue.box).all()


@pytest.mark.parametrize("rgb", [np.zeros((0, 0, 3), np.uint8), np.zeros((64, 80), np.uint8), WHITE[:1, :1]])
def test_pixels_that_are_none_or_of_another_shape_compare_no_faces(rgb: np.ndarray) -> None:
    assert anatomy(People(80, 64, faces=[face(0, 0, 40), face(40, 0, 40)]), rgb) == []


def test_it_loads_no_model_and_no_picture_library() -> None:
    code = "import sys, engine.vision.cues.anatomy; print({'cv2', 'mediapipe', 'torch', 'PIL'} & set(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "set()"
