"""Quality metrics: finite for anything, true to what was done to the picture, the same at half size."""

from __future__ import annotations

import math

import cv2
import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.intake.model import Quality
from engine.intake.quality import measure_quality
from tests.engine.intake.degraded import blurred, grainy
from tests.engine.intake.drawn import Rgb, as_pixels, jpeg, photo, to_grey


def measure(rgb: Rgb, scale: int = 1) -> Quality:
    return measure_quality(rgb, to_grey(rgb), scale)


def step(sigma: float, angle: float = 0.0) -> Rgb:
    y, x = np.mgrid[:240, :320]
    side = (x - 160.5) * math.cos(angle) + (y - 120.5) * math.sin(angle)
    across = np.vectorize(math.erf)(side / (sigma * math.sqrt(2)))
    return as_pixels(np.repeat((125 + 65 * across)[..., None], 3, 2))


@given(
    height=st.integers(1, 90),
    width=st.integers(1, 90),
    seed=st.integers(0, 9),
    flat=st.booleans(),
    scale=st.sampled_from([1, 2]),
)
@settings(deadline=None, max_examples=80)
def test_every_size_gives_finite_numbers_in_range(height: int, width: int, seed: int, flat: bool, scale: int) -> None:
    random = np.random.default_rng(seed)
    shape = (1, 1, 3) if flat else (height, width, 3)
    rgb = np.ascontiguousarray(np.broadcast_to(random.integers(0, 256, shape), (height, width, 3)).astype(np.uint8))
    values = msgspec.structs.asdict(measure(rgb, scale))
    assert all(math.isfinite(v) and v >= 0 for v in values.values())
    shares = (
        "sharpness",
        "brightness",
        "contrast",
        "clipped_low",
        "clipped_high",
        "p01",
        "p99",
        "p999",
        "blown",
        "crushed",
    )
    assert all(values[name] <= 1 for name in shares)
    assert values["detail"] <= 8


@pytest.mark.parametrize("sigma", [1.0, 2.0, 3.0, 5.0, 8.0, 14.0])
@pytest.mark.parametrize("angle", [0.0, 0.5, math.pi / 2])
def test_blur_is_the_sigma_of_the_edge_at_any_angle(sigma: float, angle: float) -> None:
    assert measure(step(sigma, angle)).blur_px == pytest.approx(sigma, rel=0.12)


def test_blur_at_half_size_is_told_in_pixels_of_the_original() -> None:
    soft = blurred(photo(1, 1024, 1024), 4)
    half = cv2.resize(soft, (512, 512), interpolation=cv2.INTER_AREA).astype(np.uint8)
    assert measure(half, 2).blur_px == pytest.approx(measure(soft).blur_px, rel=0.15)


@pytest.mark.parametrize("seed", range(3))
def test_blur_and_sharpness_follow_the_blur(seed: int) -> None:
    found = [measure(blurred(photo(seed), sigma)) for sigma in (0.7, 1.2, 2, 3, 5, 8)]
    widths = [q.blur_px for q in found]
    assert widths == sorted(widths)
    assert [q.sharpness for q in found] == sorted((q.sharpness for q in found), reverse=True)


def test_no_edge_is_no_blur() -> None:
    assert measure(np.full((300, 300, 3), 90, np.uint8)).blur_px == 0
    assert measure(np.full((300, 300, 3), 90, np.uint8)).sharpness == 1


def test_jpeg_blocks_do_not_pass_for_sharp_edges() -> None:
    soft = blurred(photo(2), 3)
    plain = measure(soft).blur_px
    for quality in (75, 85, 95):
        assert measure(jpeg(soft, quality)).blur_px == pytest.approx(plain, rel=0.15)


@pytest.mark.parametrize("sigma", [5.0, 10.0, 20.0])
def test_noise_is_its_standard_deviation(sigma: float) -> None:
    flat = np.full((400, 400, 3), 120, np.uint8)
    grey_sigma = sigma * math.sqrt(0.299**2 + 0.587**2 + 0.114**2)
    assert measure(grainy(flat, sigma)).noise == pytest.approx(grey_sigma, rel=0.15)


def test_texture_is_not_noise() -> None:
    assert measure(photo(3)).noise < 2


def test_tones_are_read_from_the_whole_picture() -> None:
    rgb = np.zeros((400, 400, 3), np.uint8)
    rgb[:, 200:] = 255
    q = measure(rgb)
    assert q.brightness == pytest.approx(0.5, abs=0.02)
    assert q.contrast == pytest.approx(0.5, abs=0.02)
    assert q.clipped_low == pytest.approx(0.5, abs=0.02)
    assert q.clipped_high == pytest.approx(0.5, abs=0.02)
    assert (q.p01, q.p99) == (0, 1)
    assert q.detail == pytest.approx(1, abs=0.02)


def test_cast_is_the_distance_of_the_mean_from_grey() -> None:
    assert measure(np.full((64, 64, 3), 128, np.uint8)).cast < 1
    red = measure(np.full((64, 64, 3), (200, 40, 40), np.uint8)).cast
    assert red == pytest.approx(71, abs=8)


def test_arrays_that_do_not_belong_together_are_refused() -> None:
    with pytest.raises(ValueError, match="do not make an image"):
        measure_quality(np.zeros((4, 4, 3), np.uint8), np.zeros((4, 5), np.uint8), 1)
    with pytest.raises(ValueError, match="do not make an image"):
        measure_quality(np.zeros((0, 4, 3), np.uint8), np.zeros((0, 4), np.uint8), 1)
