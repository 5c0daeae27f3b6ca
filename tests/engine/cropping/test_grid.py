"""Sizes of crops keep the picture's shape."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.cropping import grid

SIDES = st.integers(1, 300) | st.integers(1, 60_000)


@given(SIDES, SIDES)
def test_every_multiple_of_the_step_has_exactly_the_ratio(width: int, height: int) -> None:
    across, down = grid.step(width, height)
    assert Fraction(across, down) == Fraction(width, height)
    assert width % across == 0
    assert width // across == height // down == math.gcd(width, height)


@given(SIDES, SIDES, st.floats(-10, 70_000))
def test_a_fitting_size_is_inside_and_less_than_a_pixel_off(width: int, height: int, wanted: float) -> None:
    w, h, error = grid.fitting(width, height, wanted)
    assert 1 <= w <= width
    assert 1 <= h <= height
    assert abs(Fraction(w * height, width) - h) <= Fraction(1, 2)
    assert error == pytest.approx(abs(w * height / width - h), abs=1e-6)
    if grid.is_fine(width, height):
        assert error == 0
        assert w * height == h * width


@given(SIDES, SIDES, st.data())
def test_a_snapped_box_is_lawful_inside_and_stays_where_it_was(width: int, height: int, data: st.DataObject) -> None:
    w, h, _ = grid.fitting(width, height, data.draw(st.integers(1, width)))
    x, y = data.draw(st.integers(0, width - w)), data.draw(st.integers(0, height - h))
    assert grid.snapped(width, height, (x, y, x + w, y + h)) == (x, y, x + w, y + h)
    at = st.floats(-1e5, 1e5)
    x1, y1, x2, y2 = grid.snapped(width, height, data.draw(st.tuples(at, at, at, at)))
    assert 0 <= x1 < x2 <= width
    assert 0 <= y1 < y2 <= height
    assert grid.fitting(width, height, x2 - x1)[:2] == (x2 - x1, y2 - y1)


@given(SIDES, SIDES, st.floats(0.01, 1), st.integers(1, 100))
def test_widths_rise_from_the_smallest_to_the_whole(width: int, height: int, smallest: float, most: int) -> None:
    found = grid.widths(width, height, smallest, most)
    assert list(found) == sorted(set(found))
    assert found[0] >= min(smallest * width, width) - 1e-6
    assert len(found) <= most
    assert most == 1 or found[-1] == width
    assert all(grid.fitting(width, height, int(w))[0] == w for w in found)


def test_1000_by_1333_has_the_full_frame_alone_and_still_gets_sizes() -> None:
    assert grid.step(1000, 1333) == (1000, 1333)
    assert grid.fitting(1000, 1333, 600) == (600, 800, pytest.approx(0.2))


def test_1920_by_1080_keeps_to_the_exact_grid() -> None:
    assert grid.step(1920, 1080) == (16, 9)
    assert grid.fitting(1920, 1080, 1001) == (1008, 567, 0)


def test_a_picture_without_pixels_has_no_step() -> None:
    with pytest.raises(ValueError, match="one pixel"):
        grid.step(0, 4)
