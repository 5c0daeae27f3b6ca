"""The size of a mask, and the subject's share and box."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.vision.saliency.shape import SIDE, mask_shape, subject


@given(st.integers(1, 100_000), st.integers(1, 100_000))
def test_a_mask_is_bounded_and_keeps_the_shape_of_its_picture(width: int, height: int) -> None:
    down, across = mask_shape(width, height)
    assert 1 <= down <= min(height, SIDE)
    assert 1 <= across <= min(width, SIDE)
    assert max(down, across) == min(SIDE, max(width, height))
    scale = max(width, height) / max(down, across)
    assert abs(down - max(1, height / scale)) <= 0.5
    assert abs(across - max(1, width / scale)) <= 0.5


@pytest.mark.parametrize("sides", [(0, 5), (5, 0), (-1, 3)])
def test_a_picture_without_pixels_has_no_mask(sides: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="at least one pixel"):
        mask_shape(*sides)


def test_share_and_box_are_of_the_original() -> None:
    mask = np.zeros((40, 80), np.float32)
    mask[10:30, 20:60] = 0.5
    found = subject(mask, 800, 400)
    assert found.share == pytest.approx(0.25)
    assert found.box == (200, 100, 600, 300)


def test_specks_do_not_stretch_the_box() -> None:
    mask = np.zeros((100, 100), np.float32)
    mask[40:80, 40:80] = 1
    mask[2, 2] = mask[99, 5] = 1
    assert subject(mask, 100, 100).box == (40, 40, 80, 80)


def test_two_large_patches_are_both_in_the_box() -> None:
    mask = np.zeros((100, 100), np.float32)
    mask[10:30, 10:30] = mask[60:90, 70:95] = 1
    assert subject(mask, 100, 100).box == (10, 10, 95, 90)


def test_an_empty_mask_has_no_box_and_a_full_one_the_whole_picture() -> None:
    assert subject(np.zeros((3, 4)), 400, 300).box is None
    assert subject(np.full((3, 4), 0.49), 400, 300).share == 0
    full = subject(np.ones((3, 4)), 400, 300)
    assert (full.share, full.box) == (1, (0, 0, 400, 300))
