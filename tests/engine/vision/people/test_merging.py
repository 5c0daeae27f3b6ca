"""Merging, windows and filtering of made-up hands, faces and bodies."""

from __future__ import annotations

import math

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.vision.people import bodies, boxes, faces, hands, merging, windows, yunet
from engine.vision.seen import Body, Face, Hand

PICTURE = (800, 600)


def hand(x: float = 300, y: float = 300, size: float = 80, turn: float = 0.0) -> Hand:
    """A spread hand about (x, y): a wrist below and five straight fingers."""
    points = [(0.0, 0.5)]
    for finger in range(5):
        angle = math.radians(-40 + 20 * finger)
        points += [(math.sin(angle) * r, 0.5 - math.cos(angle) * r) for r in (0.45, 0.65, 0.8, 0.95)]
    place = [(x + size * (px * math.cos(turn) - py * math.sin(turn)),
              y + size * (px * math.sin(turn) + py * math.cos(turn))) for px, py in points]  # fmt: skip
    return Hand(points=place, depth=[0.0] * 21, side="left", side_score=0.9, box=boxes.around(place))


def body(x: float = 400, y: float = 300, visible: float = 0.9) -> Body:
    points = [(x, y - 150.0)] * 11 + [(x + (7 * i) % 90 - 45, y + 9.0 * i) for i in range(22)]
    return Body(points=points, visibility=[visible] * 33, box=boxes.around(points))


def test_one_hand_seen_in_two_parts_is_kept_once_and_neighbours_are_both_kept() -> None:
    first, again, beside = hand(300), hand(306), hand(420)
    assert merging.merged([first], [again, beside]) == [first, beside]
    assert not merging.same(first, beside)
    assert merging.agree(first, again)
    assert not merging.agree(first, hand(300, turn=math.pi))


def test_finds_of_one_hand_are_gathered_one_a_look_and_the_central_one_stands_for_them() -> None:
    looks = [[hand(300), hand(500)], [hand(304)], [hand(312), hand(501)]]
    groups = merging.gathered(looks)
    assert [len(group) for group in groups] == [3, 2]
    assert merging.most_central(groups[0]) == hand(304)


@given(st.permutations([hand(100), hand(103), hand(300), hand(301), hand(500)]))
def test_merging_keeps_each_hand_once_in_whatever_order(found: list[Hand]) -> None:
    assert len(merging.merged([], found)) == 3


@pytest.mark.parametrize("size", [2, 5000])
def test_specks_and_giants_are_no_hands(size: float) -> None:
    assert merging.plausible(hand(), 800)
    assert not merging.plausible(hand(size=size), 800)


def test_points_on_one_line_or_not_finite_are_no_hand() -> None:
    line = [(float(10 * i), 50.0) if i % 4 == 0 else (100.0, 50.0) for i in range(21)]
    assert not merging.plausible(msgspec.structs.replace(hand(), points=[(math.nan, 0.0)] * 21), 800)
    knot = [(100.0, 100.0)] * 18 + line[18:]
    assert not merging.plausible(msgspec.structs.replace(hand(), points=knot, box=boxes.around(knot)), 800)


@given(st.tuples(*[st.floats(-2000, 2000)] * 4), st.integers(1, 900), st.integers(1, 900))
def test_a_cut_lies_inside_the_picture_or_there_is_none(box: boxes.Box, width: int, height: int) -> None:
    window = boxes.cut(box, (width, height))
    if window is not None:
        assert 0 <= window.x1 < window.x2 <= width
        assert 0 <= window.y1 < window.y2 <= height
        assert window.place(0, 0) == (window.x1, window.y1)
        assert window.place(1, 1) == (window.x2, window.y2)


@pytest.mark.parametrize("picture", [(8, 8), (97, 2000), (1600, 900), (600, 800)])
def test_tiles_cover_the_picture(picture: tuple[int, int]) -> None:
    covered = np.zeros(picture[::-1], bool)
    found = windows.tiles(picture)
    for tile in found:
        covered[tile.y1 : tile.y2, tile.x1 : tile.x2] = True
    assert covered.all() or not found or max(picture) > 8 * min(picture)


def test_the_second_look_is_bounded_and_shows_nothing_twice() -> None:
    many = [Face(box=(x, 50.0, x + 20, 70.0), score=0.9) for x in range(0, 780, 15)]
    parts = windows.second_look(PICTURE, [hand()], [body()], many)
    assert len(parts) <= windows.MOST
    assert windows.distinct(parts) == parts


def test_an_arm_nobody_sees_is_not_looked_at() -> None:
    seen, unseen = (windows.second_look(PICTURE, [], [body(visible=v)], []) for v in (0.9, 0.1))
    assert len(seen) > len(unseen)
    assert unseen == windows.second_look(PICTURE, [], [], [])


def test_the_palm_is_looked_for_past_the_wrist() -> None:
    assert windows.beyond((0, 0), (100, 0), 0.35) == (135, 0)


def test_a_part_is_enlarged_and_never_shrunk() -> None:
    rgb = np.zeros((100, 200, 3), np.uint8)
    assert boxes.cut_out(rgb, boxes.Window(10, 10, 60, 35), 100).shape == (50, 100, 3)
    assert boxes.cut_out(rgb, boxes.Window(10, 10, 60, 35), 20).shape == (25, 50, 3)


def test_one_face_found_twice_is_the_surer_one() -> None:
    near = [Face(box=(0, 0, 100, 100), score=0.7), Face(box=(5, 5, 105, 105), score=0.9)]
    far = Face(box=(300, 0, 400, 100), score=0.8)
    assert faces.distinct([*near, far]) == [near[1], far]


def test_two_poses_of_one_person_are_one_and_a_pose_knows_its_face() -> None:
    assert bodies.same(body(400), body(405))
    assert not bodies.same(body(400), body(700))
    assert bodies.has_face(body(400), Face(box=(350, 100, 450, 200), score=1))
    assert not bodies.has_face(body(400), Face(box=(500, 100, 600, 200), score=1))


def test_sides_are_the_persons_own() -> None:
    assert (hands.own_side("Left"), hands.own_side("Right")) == ("right", "left")


def test_yunets_grid_is_read_in_pixels() -> None:
    shape = {"kind": 1, "objects": 1, "boxes": 4, "points": 10}
    answers = [np.zeros((1, 6, width), np.float32) for width in shape.values()]
    answers[0][0, 4], answers[1][0, 4] = 0.64, 1.0
    (row,) = yunet.decoded(answers, 8, 3)  # only cell 4 is sure: column 1, line 1
    assert row[0] == pytest.approx(0.8)
    assert row[1:5].tolist() == [4, 4, 12, 12]
    assert row[5:].tolist() == [8, 8, 8, 8]
