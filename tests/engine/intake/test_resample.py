from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from engine.intake import resample

TARGETS = [(32, 32), (9, 8), (17, 5)]


def by_pillow(grey: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    return np.asarray(Image.fromarray(grey).resize(size, Image.Resampling.LANCZOS))


def assert_exact(grey: np.ndarray) -> None:
    for size, ours in zip(TARGETS, resample.reduce_exact(grey, TARGETS), strict=True):
        assert np.array_equal(ours, by_pillow(grey, size))


@settings(max_examples=80, deadline=None)
@given(
    height=st.integers(64, 700),
    width=st.integers(64, 700),
    seed=st.integers(0, 2**31),
    levels=st.sampled_from([2, 3, 17, 256]),
)
def test_every_byte_is_pillows(height: int, width: int, seed: int, levels: int) -> None:
    grey = np.random.default_rng(seed).integers(0, levels, (height, width), dtype=np.uint8) * np.uint8(255 // levels)
    assert_exact(grey)


@pytest.mark.parametrize("size", [(64, 64), (64, 3000), (3000, 64), (1000, 1001), (2049, 1023), (96, 96)])
def test_every_byte_is_pillows_at_odd_sizes(size: tuple[int, int]) -> None:
    assert_exact(np.random.default_rng(1).integers(0, 256, size, dtype=np.uint8))


@pytest.mark.parametrize("pattern", ["rows", "columns"])
def test_identical_lines_beside_a_rounding_border_are_settled_exactly(pattern: str) -> None:
    line = np.random.default_rng(2).integers(0, 256, 400, dtype=np.uint8)
    grey = np.broadcast_to(line, (300, 400))
    assert_exact(np.ascontiguousarray(grey if pattern == "rows" else grey.T))


def test_overshoot_is_clipped_as_pillow_clips_it() -> None:
    grey = np.zeros((256, 256), np.uint8)
    grey[:, 100:140] = 255
    grey[90:110] = 255
    assert_exact(grey)


def test_weights_with_numpys_sine_are_those_with_the_c_librarys() -> None:
    for size, out in ((1024, 32), (1000, 9), (777, 32), (64, 32), (1536, 8)):
        scale = size / out
        for index in range(out):
            center = (index + 0.5) * scale
            lo, hi = max(int(center - 3 * scale + 0.5), 0), min(int(center + 3 * scale + 0.5), size)
            exact = resample._as_in_c(lo, hi, center, 1.0 / scale)
            line = resample.weights(size, out).dense[:, index].astype(np.float64)
            assert np.array_equal(line[lo:hi] * 2**22, np.trunc(exact + np.where(exact < 0, -0.5, 0.5)))
            assert not line[:lo].any()
            assert not line[hi:].any()


def test_the_windows_that_settle_hold_every_weight() -> None:
    for size, out in ((1024, 32), (1000, 9), (777, 32), (64, 32), (64, 64), (1536, 8)):
        part = resample.weights(size, out)
        for index, (first, taps) in enumerate(zip(part.first, part.taps, strict=True)):
            line = np.zeros(size)
            line[first : first + len(taps)] = taps
            assert np.array_equal(line, part.dense[:, index])


def test_the_slack_covers_what_float32_really_errs() -> None:
    grey = np.random.default_rng(3).integers(0, 256, (500, 1500), dtype=np.uint8)
    for out in (32, 9):
        part = resample.weights(1500, out)
        centred = grey.astype(np.float64) - 128.0
        exact = centred @ part.dense.astype(np.float64)
        error = np.abs(centred.astype(np.float32) @ part.dense - exact).max()
        assert 0 < error < part.slack / 2


def test_the_pass_order_turns_where_pillow_turns() -> None:
    assert not resample.vertical_first((320, 608), (32, 32))
    assert resample.vertical_first((320, 609), (32, 32))
    assert not resample.vertical_first((320, 630), (9, 8))
    assert resample.vertical_first((320, 631), (9, 8))
