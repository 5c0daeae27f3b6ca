"""Hands on arms: the right one on each is silent; swapped, doubled, huge and tiny ones are found."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest

from engine.vision.cues.arms import arms, held
from engine.vision.seen import WRISTS, Face, Hand, People
from tests.engine.vision.cues.made_people import body, face, hand, hand_shape, standing, turn

POINTS = standing()
HEAD = face(450, 120, 100)


def at_wrist(side: int, *, looks: int | None = None, size: float = 50.0, roll: float = 180.0, **more: Any) -> Hand:
    """A hand on the left (0) or right (1) arm that looks like the hand of side `looks`."""
    x, y = POINTS[WRISTS[side], :2]
    names: tuple[Any, Any] = ("left", "right")
    shape = hand_shape() * ((1, 1, 1) if side else (-1, 1, 1))
    look = names[side if looks is None else looks]
    return hand(shape, at=(float(x), float(y)), size=size, rotation=turn(0, 0, roll), side=look, **more)


def people(*hands: Hand, faces: tuple[Face, ...] = (HEAD,)) -> People:
    return People(1000, 1000, list(hands), list(faces), [body(POINTS)])


@pytest.mark.parametrize("roll", [90, 150, 180, 210, 270])
def test_each_hand_on_its_own_arm_is_silent(roll: float) -> None:
    assert arms(people(at_wrist(0, roll=roll), at_wrist(1, roll=roll))) == []


@pytest.mark.parametrize("side", [0, 1])
def test_a_hand_on_the_other_arm_is_found(side: int) -> None:
    (cue,) = arms(people(at_wrist(side, looks=1 - side)))
    assert (cue.name, cue.score) == ("handedness", 1.0)
    assert cue.text.startswith(f"A {('right', 'left')[side]} hand hangs on the {('left', 'right')[side]} arm")


def test_a_side_that_is_not_sure_counts_less_and_an_enlarged_one_less_again() -> None:
    def score(sure: float, **more: Any) -> float:
        return sum(cue.score for cue in arms(people(at_wrist(0, looks=1, side_score=sure, **more))))

    assert 0 == score(0.8) < score(0.94) < score(0.97) <= 1
    assert score(0.98, second_look=True) < 0.5 < score(0.98)


def test_a_hand_between_both_wrists_or_on_nobodys_arm_is_left_alone() -> None:
    near = POINTS.copy()
    near[WRISTS[1]] = near[WRISTS[0]] + (30, 0, 0)
    hands = [at_wrist(0, looks=1)]
    assert arms(People(1000, 1000, hands, [HEAD], [body(near)])) == []
    assert arms(People(1000, 1000, hands, [HEAD], [])) == []
    assert arms(People(1000, 1000, hands, [HEAD], [body(POINTS, visibility=0.4)])) == []


def test_two_hands_on_one_wrist_are_found_on_an_arm_and_without_one() -> None:
    pair = at_wrist(0), at_wrist(0, roll=100)
    assert [cue.name for cue in arms(people(*pair))] == ["two_hands_one_wrist"]
    assert [cue.score for cue in arms(People(1000, 1000, list(pair)))] == [1.0]


def test_clasped_hands_and_one_hand_found_twice_are_no_pair() -> None:
    clasped = at_wrist(0), msgspec.structs.replace(at_wrist(0, roll=100), side="right")
    assert arms(People(1000, 1000, list(clasped))) == []
    again = at_wrist(0, size=51.0)
    assert arms(people(at_wrist(0), again)) == []
    assert len(held(people(at_wrist(0), again))) == 1


def test_a_hand_far_too_large_or_small_for_the_face_is_found_with_its_number() -> None:
    (large,) = arms(people(at_wrist(0, size=150)))
    assert large.name == "hand_size"
    assert large.score > 0.9
    assert "3.3 times as long" in large.text
    small = face(350, 50, 300)
    assert arms(people(at_wrist(0), faces=(small,))) == [], "a third of a large face's box is a hand held back"
    (tiny,) = arms(people(at_wrist(0, size=25), faces=(small,)))
    assert (tiny.name, tiny.score > 0.9) == ("hand_size", True)


def test_the_size_of_somebody_elses_face_says_nothing() -> None:
    assert arms(people(at_wrist(0, size=150), faces=(face(50, 120, 100),))) == []


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e308])
def test_wild_points_of_hands_bodies_and_faces_say_nothing(bad: float) -> None:
    swapped = at_wrist(0, looks=1, size=150)
    spoilt = POINTS.copy()
    spoilt[WRISTS[1], 0] = bad
    broken = msgspec.structs.replace(swapped, points=[(bad, 1.0), *swapped.points[1:]])
    short = msgspec.structs.replace(swapped, depth=swapped.depth[:5])
    assert arms(people(broken, short, msgspec.structs.replace(swapped, points=[]))) == []
    assert arms(People(1000, 1000, [swapped], [HEAD], [body(spoilt)])) == []
    no_box = Face((bad, 0.0, 1.0, 1.0), 0.9)
    assert all(cue.name != "hand_size" for cue in arms(people(swapped, faces=(no_box,))))
