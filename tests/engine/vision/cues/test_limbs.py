"""Limbs: no pose of a human body is doubted; a limb or foot too long, and hands or feet too many, are found."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.vision.cues.limbs import limbs
from engine.vision.seen import ANKLES, ELBOWS, HEELS, HIPS, KNEES, SHOULDERS, TOES, WRISTS, People
from tests.engine.vision.cues.made_people import Floats, body, face, hand, hand_shape, standing, turn

angles = st.floats(-180, 180)
LEFT_ARM, RIGHT_ARM = ([(side[i]) for side in (SHOULDERS, ELBOWS, WRISTS)] for i in (0, 1))
LEGS = [[side[i] for side in (HIPS, KNEES, ANKLES, HEELS, TOES)] for i in (0, 1)]
HEAD = face(450, 100, 100)


def posed(points: Floats, turns: list[tuple[float, float, float]]) -> Floats:
    """The body with the rest of each limb turned about its shoulder, elbow, hip and knee."""
    points = points.copy()
    for chain, pairs in zip((LEFT_ARM, RIGHT_ARM, *LEGS), zip(turns[::2], turns[1::2], strict=True), strict=True):
        for joint, by in zip((0, 1), pairs, strict=True):
            rest = chain[joint + 1 :]
            points[rest] = (points[rest] - points[chain[joint]]) @ turn(*by).T + points[chain[joint]]
    return points


def alone(points: Floats, visibility: float = 0.99) -> People:
    return People(2000, 2000, faces=[HEAD], bodies=[body(points, visibility)])


@given(
    turns=st.lists(st.tuples(angles, angles, angles), min_size=8, max_size=8),
    whole=st.tuples(angles, angles, angles),
    height=st.floats(60, 2000),
    flip=st.booleans(),
)
def test_no_pose_of_a_human_body_is_held_against_it(
    turns: list[tuple[float, float, float]], whole: tuple[float, float, float], height: float, flip: bool
) -> None:
    points = posed(standing(height), turns) @ turn(*whole).T
    cues = limbs(alone(points * ((-1, 1, 1) if flip else (1, 1, 1))))
    assert all(cue.score < 0.5 for cue in cues)


def test_somebody_standing_is_silent() -> None:
    assert limbs(alone(standing())) == []


@pytest.mark.parametrize(
    ("name", "ends", "side"),
    [("upper arm", (11, 13), 0), ("forearm", (14, 16), 1), ("thigh", (23, 25), 0), ("shin", (26, 28), 1)],
)
def test_a_limb_of_twice_its_length_is_found(name: str, ends: tuple[int, int], side: int) -> None:
    points = standing()
    longer = points[ends[1]] - points[ends[0]]
    chain = next(c for c in (LEFT_ARM, RIGHT_ARM, *LEGS) if ends[1] in c)
    points[chain[chain.index(ends[1]) :]] += longer
    cue = limbs(alone(points))[0]
    assert (cue.name, cue.score) == ("limb_length", 1.0)
    assert cue.text.startswith(f"The {('left', 'right')[side]} {name} is 2.0 times as long as the")


def test_a_limb_that_looks_short_or_is_not_surely_seen_is_no_fault() -> None:
    short = standing()
    short[WRISTS[0]] = short[ELBOWS[0]] + (0, 20, 0)
    assert limbs(alone(short)) == []
    long = standing()
    long[WRISTS[0], 1] += 200
    assert limbs(alone(long)) != []
    assert limbs(alone(long, visibility=0.6)) == []


def test_a_foot_longer_than_the_shin_is_found_and_its_score_rises() -> None:
    def found(times: float) -> float:
        points = standing()
        points[TOES[0]] = points[HEELS[0]] + (800 * 0.152 * times, 0, 0)
        return sum(cue.score for cue in limbs(alone(points)) if cue.name == "foot_length")

    assert 0 == found(1.0) < found(1.3) < found(1.45) < found(1.7) == 1


def some_hands(count: int, size: float = 50.0) -> list[object]:
    return [hand(hand_shape(), at=(200.0 * i + 100, 800.0), size=size) for i in range(count)]


def test_a_third_and_fourth_hand_of_one_person_are_found() -> None:
    def found(count: int, **more: float) -> list[tuple[str, float]]:
        hands = some_hands(count, **more)
        return [(c.name, c.score) for c in limbs(People(1000, 1000, hands, [HEAD]))]  # type: ignore[arg-type]

    assert found(2) == []
    assert found(3) == [("too_many_limbs", 0.5)]
    assert found(4) == [("too_many_limbs", 1.0)]


def test_hands_without_anybody_seen_and_far_smaller_ones_are_not_counted() -> None:
    hands = some_hands(5)
    assert limbs(People(1000, 1000, hands)) == []  # type: ignore[arg-type]
    mixed = [*some_hands(2, size=200.0), *[hand(hand_shape(), at=(900.0, 90.0 * i + 90), size=30) for i in range(1, 4)]]
    assert limbs(People(1000, 1000, mixed, [HEAD])) == []  # type: ignore[arg-type]


def test_a_face_found_twice_is_one_person() -> None:
    twice = [HEAD, face(455, 102, 98)]
    (cue,) = limbs(People(1000, 1000, some_hands(4), twice))  # type: ignore[arg-type]
    assert cue.text == "4 hands are seen with one person."


def test_bodies_that_share_a_head_and_stand_on_different_feet_are_found() -> None:
    other = standing()
    for chain in LEGS:
        other[chain] += (300, 0, 0)
    two = People(2000, 2000, faces=[face(450, 120, 100)], bodies=[body(standing()), body(other)])
    (cue,) = limbs(two)
    assert (cue.name, cue.text) == ("too_many_limbs", "4 feet are seen with one person.")
    again = People(2000, 2000, faces=two.faces, bodies=[body(standing()), body(standing(at=(504.0, 103.0)))])
    assert limbs(again) == []


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e308])
def test_wild_bodies_say_nothing(bad: float) -> None:
    points = standing()
    points[WRISTS[0]] += (0, 400, 0)
    points[0, 0] = bad
    assert limbs(alone(points)) == []
    assert limbs(alone(standing(), visibility=bad)) == []
    assert limbs(alone(np.zeros((33, 3)))) == []
    assert limbs(alone(np.zeros((4, 3)))) == []
