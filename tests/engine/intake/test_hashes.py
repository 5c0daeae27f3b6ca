from __future__ import annotations

import imagehash
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures import noise
from PIL import Image

from engine.intake import hashes


def reference(rgb: np.ndarray) -> tuple[int, int]:
    image = Image.fromarray(rgb)
    return int(str(imagehash.phash(image)), 16), int(str(imagehash.dhash(image)), 16)


def assert_same(rgb: np.ndarray) -> None:
    whole = np.ascontiguousarray(rgb)
    assert hashes.phash_dhash(whole) == reference(whole)


def test_grey_is_pillows_for_every_colour_of_a_cube_of_all_levels() -> None:
    levels = np.arange(256, dtype=np.uint8)
    for red in range(0, 256, 5):
        cube = np.stack(np.meshgrid(np.uint8(red), levels, levels), axis=-1).reshape(256, 256, 3)
        assert np.array_equal(hashes.to_grey(cube), np.asarray(Image.fromarray(cube).convert("L")))


SIZES = [(1, 1), (1, 700), (700, 1), (8, 9), (32, 32), (63, 64), (64, 64), (65, 200), (97, 131), (1536, 1024)]
TALL = [(640, 320), (608, 320), (606, 320), (630, 320), (632, 320), (631, 320), (900, 70), (70, 900), (2340, 1080)]


@pytest.mark.parametrize(("height", "width"), SIZES + TALL)
@pytest.mark.parametrize("soft", [True, False])
def test_hashes_are_those_of_imagehash_at_every_shape(height: int, width: int, soft: bool) -> None:
    rgb = noise(height, width, seed=height * 7 + width, soft=soft)
    assert hashes.phash_dhash(rgb) == reference(rgb)
    assert hashes.phash_dhash(hashes.to_grey(rgb)) == reference(rgb)


@pytest.mark.parametrize("level", [0, 1, 127, 128, 254, 255])
def test_hashes_of_flat_pictures_are_those_of_imagehash(level: int) -> None:
    rgb = np.full((300, 200, 3), level, np.uint8)
    assert hashes.phash_dhash(rgb) == reference(rgb)


def test_hashes_of_symmetric_pictures_are_those_of_imagehash() -> None:
    for seed in range(12):
        half = noise(256, 128, seed)
        quarter = noise(128, 128, seed)
        for rgb in (
            np.concatenate([half, half[:, ::-1]], axis=1),
            np.concatenate([half, half], axis=1),
            np.block([[[quarter], [quarter[:, ::-1]]], [[quarter[::-1]], [quarter[::-1, ::-1]]]]),
        ):
            assert_same(rgb)


def test_hashes_of_steps_and_ramps_are_those_of_imagehash() -> None:
    across = np.linspace(0, 255, 500).astype(np.uint8)
    ramp = np.repeat(np.broadcast_to(across, (400, 500))[:, :, None], 3, axis=2)
    checks = np.repeat((np.indices((400, 500)).sum(axis=0) % 2 * 255).astype(np.uint8)[:, :, None], 3, axis=2)
    for rgb in (ramp, ramp.transpose(1, 0, 2), checks, np.where(ramp > 127, 255, 0).astype(np.uint8)):
        assert_same(rgb)


@settings(max_examples=60, deadline=None)
@given(height=st.integers(1, 420), width=st.integers(1, 420), seed=st.integers(0, 2**31), soft=st.booleans())
def test_hashes_equal_imagehash_on_any_size(height: int, width: int, seed: int, soft: bool) -> None:
    rgb = noise(height, width, seed, soft)
    assert hashes.phash_dhash(rgb) == reference(rgb)


def test_the_version_names_the_pillow_whose_resampling_the_hashes_follow() -> None:
    assert hashes.HASH_VERSION.endswith(f"pillow{Image.__version__.split('.')[0]}")
