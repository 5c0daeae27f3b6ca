"""An edited picture is told from one that only looks like it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.vision import likeness
from engine.vision.same_picture import SAME
from tests import draw


def changed(one: draw.Picture, other: draw.Picture) -> float:
    sketches = [likeness.sketch(cv2.cvtColor(p, cv2.COLOR_RGB2GRAY).astype(np.uint8)) for p in (one, other)]
    return likeness.changed(sketches[0], sketches[1], SAME)


def compressed(picture: draw.Picture, quality: int) -> draw.Picture:
    data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return cv2.imdecode(data, cv2.IMREAD_COLOR).astype(np.uint8)


def captioned(picture: draw.Picture) -> draw.Picture:
    place = (picture.shape[1] // 20, picture.shape[0] * 19 // 20)
    return cv2.putText(picture.copy(), "Studio 2026", place, cv2.FONT_HERSHEY_SIMPLEX, 0.8, (255, 255, 255), 2)


def cropped(picture: draw.Picture, top: float, left: float, bottom: float, right: float) -> draw.Picture:
    h, w = picture.shape[:2]
    return np.ascontiguousarray(picture[int(h * top) : h - int(h * bottom), int(w * left) : w - int(w * right)])


EDITS = {
    "half size": lambda p: cv2.resize(p, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA),
    "squeezed": lambda p: cv2.resize(p, (300, 300), interpolation=cv2.INTER_AREA),
    "JPEG 30": lambda p: compressed(p, 30),
    "brighter": lambda p: draw.to_picture(p * 1.25),
    "darker": lambda p: draw.to_picture(p * 0.75),
    "grey": lambda p: cv2.cvtColor(cv2.cvtColor(p, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB),
    "blurred": lambda p: draw.blurred(p, 1.0),
    "grainy": lambda p: draw.noisy(p, 8),
    "captioned": captioned,
    "cropped 8 %": lambda p: cropped(p, 0.08, 0.08, 0.08, 0.08),
    "cropped at one corner": lambda p: cropped(p, 0.1, 0.1, 0, 0),
    "framed": lambda p: cv2.copyMakeBorder(p, 24, 24, 24, 24, cv2.BORDER_CONSTANT, value=(255, 255, 255)),
}


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("seed", range(3))
def test_an_edit_leaves_a_picture_the_same(edit: str, seed: int) -> None:
    picture = draw.natural(seed)
    assert changed(picture, EDITS[edit](picture)) <= SAME


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 1000),
    cut=st.tuples(*[st.floats(0, 0.09)] * 4),
    light=st.floats(0.75, 1.25),
    quality=st.integers(40, 95),
)
def test_a_crop_in_other_light_and_compressed_is_the_same(
    seed: int, cut: tuple[float, float, float, float], light: float, quality: int
) -> None:
    picture = draw.natural(seed)
    other = compressed(draw.to_picture(cropped(picture, *cut) * light), quality)
    assert changed(picture, other) <= SAME
    assert changed(other, picture) <= SAME


@pytest.mark.parametrize("seed", range(6))
def test_another_picture_is_not_the_same(seed: int) -> None:
    assert changed(draw.natural(seed), draw.natural(seed + 100)) > 10 * SAME


def moved(seed: int, shift: int) -> draw.Picture:
    """A room in which two figures stand `shift` pixels further."""
    room = draw.natural(seed)
    for person, x in ((1, 60), (2, 220)):
        figure = draw.natural(seed * 10 + person, 90, 260)
        room[180 : 180 + 260, x + shift : x + shift + 90] = figure
    return room


@pytest.mark.parametrize("seed", range(4))
def test_figures_that_moved_are_not_the_same(seed: int) -> None:
    assert changed(moved(seed, 0), moved(seed, 12)) > SAME


@pytest.mark.parametrize("seed", range(3))
def test_a_camera_that_moved_is_told_by_what_is_near(seed: int) -> None:
    """Parallax: near things move more than the backdrop, so no one map lays the whole on the other."""
    far, near = draw.natural(seed), draw.natural(seed + 50)
    two = [far.copy(), np.roll(far, 4, axis=1)]
    two[0][300:, 40:340], two[1][300:, 40:340] = near[300:, 40:340], np.roll(near, 14, axis=1)[300:, 40:340]
    assert changed(two[0], two[1]) > SAME


def test_a_retouched_spot_is_forgiven_and_a_retouched_half_is_not() -> None:
    picture, other = draw.natural(1), draw.natural(2)
    spot, half = picture.copy(), picture.copy()
    spot[200:280, 200:280] = other[200:280, 200:280]
    half[:, :190] = other[:, :190]
    assert changed(picture, spot) <= SAME < changed(picture, half)


def test_a_deep_crop_is_a_picture_of_its_own() -> None:
    picture = draw.natural(3)
    assert changed(picture, cropped(picture, 0.2, 0.2, 0.2, 0.2)) > SAME


@pytest.mark.parametrize("turn", range(1, 8))
def test_a_turned_or_mirrored_picture_is_not_the_same_unless_turned_back(turn: int) -> None:
    grey = cv2.cvtColor(draw.natural(4), cv2.COLOR_RGB2GRAY).astype(np.uint8)
    ways = list(likeness.turned(grey))
    whole, other = likeness.sketch(grey), ways[turn]
    assert likeness.changed(whole, likeness.sketch(other), SAME) > SAME
    assert min(likeness.changed(whole, likeness.sketch(way), SAME) for way in likeness.turned(other)) <= SAME


def test_the_eight_orientations_are_all_different() -> None:
    grey = cv2.cvtColor(draw.natural(4), cv2.COLOR_RGB2GRAY).astype(np.uint8)
    assert len({way.tobytes() for way in likeness.turned(grey)}) == 8


@pytest.mark.parametrize("size", [(1, 1), (1, 400), (400, 1), (17, 16)])
def test_a_picture_with_nothing_to_see_is_the_same_as_none(size: tuple[int, int]) -> None:
    plain = likeness.sketch(np.full(size, 90, np.uint8))
    assert likeness.changed(plain, plain, SAME) == 1
    assert likeness.changed(plain, likeness.sketch(np.zeros((300, 300), np.uint8)), SAME) == 1
