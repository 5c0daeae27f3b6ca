"""What a picture lost is found where its siblings still have it, and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from engine.vision.cues import register
from engine.vision.cues.siblings import compared, lost
from engine.vision.seen import Abstained, Cue

Rgb = npt.NDArray[np.uint8]
PLACE = (300, 200, 350, 250)


def drawn(seed: int, width: int = 420, height: int = 320) -> Rgb:
    """Discs, bars and rings of many colours on a soft ground."""
    rng = np.random.default_rng(seed)
    ground = rng.uniform(60, 190, (4, 5, 3)).astype(np.float32)
    rgb = cv2.resize(ground, (width, height), interpolation=cv2.INTER_CUBIC)
    for _ in range(150):
        x, y = (int(v) for v in rng.uniform(0, (width, height)))
        size, colour = int(rng.integers(3, 22)), tuple(float(v) for v in rng.uniform(0, 255, 3))
        if rng.random() < 0.5:
            cv2.circle(rgb, (x, y), size, colour, int(rng.choice([-1, 2, 3])), cv2.LINE_AA)
        else:
            end = (x + int(rng.integers(-30, 30)), y + int(rng.integers(-30, 30)))
            cv2.line(rgb, (x, y), end, colour, int(rng.integers(1, 5)), cv2.LINE_AA)
    return np.clip(rgb, 0, 255).astype(np.uint8)


def erased(rgb: Rgb, place: tuple[int, int, int, int] = PLACE) -> Rgb:
    mask = np.zeros(rgb.shape[:2], np.uint8)
    mask[place[1] : place[3], place[0] : place[2]] = 255
    return np.asarray(cv2.inpaint(rgb, mask, 3, cv2.INPAINT_TELEA), np.uint8)


def stages(rgb: Rgb, last: Rgb | None = None) -> list[Rgb]:
    """Softer; darker and warmer; sharper; cropped by 12 and 8 pixels, larger and grained."""
    last = rgb if last is None else last
    soft = cv2.GaussianBlur(rgb, (0, 0), 1.2)
    toned = np.clip(255 * (rgb / 255) ** 1.2 * (1.0, 0.94, 0.88), 0, 255).astype(np.uint8)
    sharp = cv2.addWeighted(rgb, 1.6, cv2.GaussianBlur(rgb, (0, 0), 1.5), -0.6, 0)
    larger = cv2.resize(last[8:, 12:], None, fx=1.25, fy=1.25, interpolation=cv2.INTER_CUBIC).astype(np.float32)
    grain = np.random.default_rng(0).normal(0, 4, larger.shape)
    return [soft, toned, sharp, np.clip(larger + grain, 0, 255).astype(np.uint8)]


def scores(found: Sequence[Cue]) -> list[float]:
    return [cue.score for cue in found if cue.score >= 0.5]


@pytest.mark.parametrize("seed", [1, 3])
def test_stages_of_one_picture_have_lost_nothing(seed: int) -> None:
    assert [scores(found) for found in lost(stages(drawn(seed)))] == [[], [], [], []]


@pytest.mark.parametrize("seed", [1, 3])
def test_what_one_stage_lost_is_found_in_its_own_pixels(seed: int) -> None:
    rgb = drawn(seed)
    found = lost(stages(rgb, erased(rgb)))
    assert [scores(one) for one in found[:3]] == [[], [], []]
    best = found[3][0]
    assert best.name == "lost_from_siblings"
    assert best.score >= 0.5
    x1, y1, x2, y2 = (1.25 * (v - off) for v, off in zip(PLACE, (12, 8, 12, 8), strict=True))
    assert x1 < (best.box[0] + best.box[2]) / 2 < x2
    assert y1 < (best.box[1] + best.box[3]) / 2 < y2
    assert (best.box[2] - best.box[0]) * (best.box[3] - best.box[1]) < 2 * (x2 - x1) * (y2 - y1)
    assert "of what most of the 3 other pictures have here is missing" in best.text


def test_the_frame_of_a_family_may_be_the_one_that_lost_something() -> None:
    rgb = drawn(4)
    found = lost([erased(rgb), *stages(rgb)])
    assert found[0][0].score >= 0.5
    assert [scores(one) for one in found[1:]] == [[], [], [], []]


def test_a_smear_is_found() -> None:
    rgb = drawn(5)
    x1, y1, x2, y2 = PLACE
    smeared = rgb.copy()
    smeared[y1:y2, x1:x2] = cv2.GaussianBlur(rgb, (0, 0), 12)[y1:y2, x1:x2]
    assert lost(stages(rgb, smeared))[3][0].score >= 0.5


def test_a_loss_of_a_twentieth_of_the_side_is_found() -> None:
    rgb = drawn(2)
    cv2.circle(rgb, (210, 160), 6, (250, 250, 20), 2, cv2.LINE_AA)
    best = lost(stages(rgb, erased(rgb, (200, 150, 220, 170))))[3][0]
    x1, y1, x2, y2 = best.box
    assert best.score >= 0.5
    assert 235 < (x1 + x2) / 2 < 260
    assert 177 < (y1 + y2) / 2 < 203
    assert max(x2 - x1, y2 - y1) < 60


def test_detail_that_only_one_picture_added_was_lost_by_none() -> None:
    rgb = drawn(6)
    x1, y1, x2, y2 = PLACE
    rgb[y1 - 15 : y2 + 15, x1 - 15 : x2 + 15] = 120
    added = rgb.copy()
    cv2.circle(added, ((x1 + x2) // 2, (y1 + y2) // 2), 12, (230, 40, 40), 3, cv2.LINE_AA)
    assert [scores(one) for one in lost([rgb, rgb.copy(), added, rgb.copy()])] == [[], [], [], []]


def test_of_two_pictures_it_scores_lower_and_says_that_no_one_can_tell() -> None:
    rgb = drawn(7)
    two, many = lost([rgb, erased(rgb)]), lost([rgb, rgb, rgb, erased(rgb)])
    assert two[0] == []
    assert 0 < two[1][0].score < 0.5 < many[3][0].score
    assert "no one can tell which is wrong" in two[1][0].text


def test_identical_pictures_have_lost_nothing() -> None:
    assert compared([drawn(8)] * 3) == [[], [], []]


def test_pictures_of_different_things_are_refused_with_a_reason() -> None:
    found = compared([drawn(9), drawn(10), drawn(11)])
    assert all(len(one) == 1 and isinstance(one[0], Abstained) for one in found)
    assert "could not be laid on the 2 other pictures of its family" in found[0][0].text


def test_a_stranger_in_a_family_is_left_out_and_the_rest_compared() -> None:
    rgb = drawn(12)
    found = compared([drawn(13), *stages(rgb, erased(rgb))])
    assert isinstance(found[0][0], Abstained)
    assert isinstance(found[4][0], Cue)
    assert found[4][0].score >= 0.5


@pytest.mark.parametrize("shape", [(1, 1, 3), (7, 900, 3), (20, 20, 3), (300, 300, 3)])
def test_tiny_and_blank_pictures_are_refused_not_judged(shape: tuple[int, int, int]) -> None:
    blank = np.full(shape, 128, np.uint8)
    found = compared([blank, blank, blank])
    assert all(isinstance(one[0], Abstained) for one in found)
    assert lost([blank, drawn(14)]) == [[], []]


def test_no_picture_and_one_picture_say_nothing() -> None:
    assert compared([]) == []
    assert compared([drawn(15)]) == [[]]


def test_the_same_pictures_give_the_same_answer() -> None:
    rgb = drawn(16)
    pictures = stages(rgb, erased(rgb))
    assert lost(pictures) == lost(pictures)


def test_every_box_lies_in_its_own_picture() -> None:
    rgb = drawn(17)
    pictures = stages(rgb, erased(rgb, (365, 270, 420, 320)))
    for picture, found in zip(pictures, lost(pictures), strict=True):
        height, width = picture.shape[:2]
        for cue in found:
            x1, y1, x2, y2 = cue.box
            assert 0 <= x1 < x2 <= width
            assert 0 <= y1 < y2 <= height
            assert 0 < cue.score <= 1


@pytest.mark.parametrize(
    ("why", "back"),
    [
        ("mirrored", [[-1, 0, 640], [0, 1, 0]]),
        ("turned", [[0.87, -0.5, 0], [0.5, 0.87, 0]]),
        ("squeezed", [[1, 0, 0], [0, 0.5, 0]]),
        ("five times as large", [[5, 0, 0], [0, 5, 0]]),
        ("elsewhere", [[1, 0, 500], [0, 1, 0]]),
        ("not a number", [[np.nan, 0, 0], [0, 1, 0]]),
    ],
)
def test_maps_that_no_stage_makes_are_refused(why: str, back: list[list[float]]) -> None:
    assert not register.sane(np.array(back, np.float64), (480, 640), (480, 640)), why


def test_a_map_that_a_stage_makes_is_taken() -> None:
    assert register.sane(np.array([[1.25, 0.01, 10], [-0.01, 1.24, -8]]), (480, 640), (600, 800))
