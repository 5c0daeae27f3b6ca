"""Heads and bodies out of what the detectors saw; the figures are made up, no model runs."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.cropping import people
from engine.vision.seen import Body, Face, Hand, People, Point
from tests import seen

BOX = (100.0, 100.0, 160.0, 180.0)


def turned(face: Face, degrees: float) -> Face:
    """The eyes of a face, turned about the middle of its box."""
    assert face.eyes
    x, y = (face.box[0] + face.box[2]) / 2, (face.box[1] + face.box[3]) / 2
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))

    def turn(point: Point) -> Point:
        dx, dy = point[0] - x, point[1] - y
        return x + c * dx - s * dy, y + s * dx + c * dy

    return Face(face.box, face.score, (turn(face.eyes[0]), turn(face.eyes[1])))


UPRIGHT = Face(BOX, 0.9, ((115.0, 125.0), (145.0, 125.0)))


def test_a_head_goes_from_the_crown_to_below_the_chin_and_over_the_ears() -> None:
    x1, y1, x2, y2 = people.head_box(UPRIGHT)
    assert (x1, y1, x2, y2) == pytest.approx((91, 72, 169, 184))


@pytest.mark.parametrize(("degrees", "side"), [(0, 1), (90, 2), (180, 3), (-90, 0)])
def test_the_crown_is_across_the_eyes(degrees: float, side: int) -> None:
    head = people.head_box(turned(UPRIGHT, degrees))
    grown = [abs(h - b) for h, b in zip(head, BOX, strict=True)]
    assert grown[side] == max(grown)
    assert grown[side] > 20


@given(st.floats(-360, 360))
def test_a_head_holds_its_face_however_it_is_turned(degrees: float) -> None:
    head = people.head_box(turned(UPRIGHT, degrees))
    assert head[0] <= BOX[0]
    assert head[1] <= BOX[1]
    assert head[2] >= BOX[2]
    assert head[3] >= BOX[3]


def test_without_eyes_up_is_up_and_nobody_knows_where_it_looks() -> None:
    (head,) = people.heads(People(400, 400, faces=[Face(BOX, 0.9)]))
    assert head.box == people.head_box(UPRIGHT)
    assert (head.eyes, head.gaze) == (None, None)


@pytest.mark.parametrize(("eyes", "sign"), [((105, 130), -1), ((115, 145), 0), ((132, 158), 1)])
def test_a_face_looks_to_where_its_eyes_are_in_its_box(eyes: tuple[int, int], sign: int) -> None:
    gaze = people.gaze(Face(BOX, 0.9, ((float(eyes[0]), 125.0), (float(eyes[1]), 125.0))))
    assert gaze is not None
    assert (gaze > 0.2) - (gaze < -0.2) == sign


def test_the_mesh_tells_the_gaze_before_the_eyes() -> None:
    mesh = [(130.0, 140.0)] * 468
    mesh[234], mesh[454], mesh[1] = (104.0, 140.0), (156.0, 140.0), (150.0, 140.0)
    gaze = people.gaze(Face(BOX, 0.9, ((115.0, 125.0), (145.0, 125.0)), mesh))
    assert gaze == pytest.approx(20 / 26)


def test_a_standing_figure_has_its_joints_its_fingers_and_is_whole() -> None:
    (person,) = people.people(seen.made_up().people)[:1]
    names = [name for name, _ in person.joints]
    assert {"left_knee", "right_wrist", "left_ankle", "right_heel", "neck", "chin"} <= set(names)
    assert "left_toes" not in names  # guessed, not seen
    assert person.whole


def test_fingers_belong_to_the_nearest_wrist_or_to_nobody() -> None:
    body = Body([(0.0, 0.0)] * 33, [0.0] * 33, (0, 0, 9, 9))
    body.points[15], body.visibility[15] = (50.0, 50.0), 0.9
    near = Hand([(52.0 + i, 52.0) for i in range(21)], [0.0] * 21, "left", 0.9, (52, 50, 73, 70))
    far = Hand([(300.0 + i, 52.0) for i in range(21)], [0.0] * 21, "right", 0.9, (300, 50, 321, 70))
    own, alone = people.people(People(400, 400, [near, far], [], [body]))
    assert [name for name, _ in own.joints] == ["left_wrist"] + ["left_fingers"] * 5
    assert [name for name, _ in alone.joints] == ["right_fingers"] * 5
    assert not own.whole
    assert not alone.whole


def test_what_is_only_guessed_is_nobody() -> None:
    body = Body([(5.0, 5.0)] * 33, [0.4] * 33, (0, 0, 9, 9))
    assert people.people(People(400, 400, bodies=[body])) == ()


def test_a_face_without_size_is_no_head() -> None:
    assert people.heads(People(400, 400, faces=[Face((5, 5, 5, 5), 0.9)])) == ()
    same = Face(BOX, 0.9, ((120.0, 120.0), (120.0, 120.0)))
    assert people.heads(People(400, 400, faces=[same]))[0].eyes is None
