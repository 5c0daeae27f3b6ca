"""Masks of drawn pictures, by contrast alone, with people, and by a network that the test builds."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.vision.saliency.masks import Saliency, joined
from engine.vision.saliency.shape import SIDE, mask_shape, subject
from tests.draw import Picture, natural


def sharp_before_blur() -> tuple[Picture, np.ndarray]:
    """A sharp disc of one picture before another out of focus, and where it is."""
    behind = cv2.GaussianBlur(natural(3, 600, 400), (0, 0), 10)
    inside = np.zeros((400, 600), np.uint8)
    cv2.circle(inside, (380, 190), 90, 1, -1)
    noise = np.random.default_rng(1).integers(0, 256, (400, 600, 3), np.uint8)
    return np.where(inside[..., None] > 0, noise, behind).astype(np.uint8), inside > 0


def iou(mask: np.ndarray, truth: np.ndarray) -> float:
    found = cv2.resize(mask, truth.shape[::-1]) >= 0.5
    return float((found & truth).sum() / (found | truth).sum())


def test_without_weights_a_sharp_thing_before_a_blurred_ground_is_the_subject() -> None:
    picture, truth = sharp_before_blur()
    mask = Saliency(None).mask(picture)
    assert iou(mask, truth) > 0.6
    assert iou(mask, ~truth) < 0.2


def test_the_same_picture_gives_the_same_mask() -> None:
    picture, _ = sharp_before_blur()
    first = Saliency(None).mask(picture)
    cv2.setRNGSeed(77)
    cv2.randu(np.zeros((5, 5), np.uint8), 0, 255)
    np.testing.assert_array_equal(Saliency(None).mask(picture), first)


def test_a_plain_picture_has_no_subject() -> None:
    mask = Saliency(None).mask(np.full((300, 200, 3), 128, np.uint8))
    assert subject(mask, 200, 300) == subject(np.zeros((2, 2)), 200, 300)


def test_beside_a_person_what_stands_out_is_not_the_subject() -> None:
    picture, elsewhere = sharp_before_blur()
    person = np.zeros((40, 60), np.float32)
    person[10:35, 5:20] = 1
    mask = Saliency(None).mask(picture, person)
    assert iou(mask, cv2.resize(person, (600, 400)) > 0.5) > 0.9
    assert iou(mask, elsewhere) == 0


def test_a_person_of_no_pixels_leaves_what_stands_out_as_it_is() -> None:
    picture, _ = sharp_before_blur()
    plain = Saliency(None)
    np.testing.assert_array_equal(plain.mask(picture, np.zeros((40, 60), np.float32)), plain.mask(picture))


def test_the_rest_fades_as_the_person_grows() -> None:
    rest = np.ones((100, 100), np.float32)
    kept = []
    for rows in (0, 1, 2, 50):
        person = np.zeros((100, 100), np.float32)
        person[:rows] = 1
        kept.append(float(joined(rest, person)[-1, -1]))
    assert kept[0] == 1
    assert kept == sorted(kept, reverse=True)
    assert kept[2] == pytest.approx(kept[3])
    assert kept[3] < 0.5


def test_a_person_mask_that_is_not_numbers_counts_as_nobody() -> None:
    picture, _ = sharp_before_blur()
    person = np.full((40, 60), np.nan, np.float32)
    assert np.isfinite(Saliency(None).mask(picture, person)).all()


@settings(deadline=None, max_examples=12)
@given(st.integers(1, 420), st.integers(1, 420), st.integers(0, 9))
def test_masks_have_their_shape_and_range_whatever_the_picture(width: int, height: int, seed: int) -> None:
    picture = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    mask = Saliency(None).mask(picture)
    assert (mask.shape, mask.dtype) == (mask_shape(width, height), np.float32)
    assert np.isfinite(mask).all()
    assert 0 <= mask.min() <= mask.max() <= 1


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((5, 5), np.uint8),
        np.zeros((5, 5, 4), np.uint8),
        np.zeros((5, 5, 3), np.float32),
        np.zeros((0, 5, 3), np.uint8),
    ],
)
def test_what_is_no_picture_is_refused(picture: np.ndarray) -> None:
    with pytest.raises(ValueError, match="a picture is"):
        Saliency(None).mask(picture)


def test_what_is_no_mask_of_people_is_refused() -> None:
    with pytest.raises(ValueError, match="a mask of people"):
        Saliency(None).mask(np.zeros((5, 5, 3), np.uint8), np.zeros((5, 5, 1), np.float32))


@pytest.mark.parametrize("content", [None, b"", b"not a model", b"\x08\x07" + b"\x00" * 500])
def test_weights_that_cannot_be_used_leave_the_fallback_and_say_why(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "u2netp.onnx"
    if content is not None:
        file.write_bytes(content)
    saliency = Saliency(file)
    picture, truth = sharp_before_blur()
    assert saliency.by == "contrast"
    assert saliency.why.startswith("u2netp.onnx ")
    assert iou(saliency.mask(picture), truth) > 0.6


def test_a_folder_for_weights_leaves_the_fallback(tmp_path: Path) -> None:
    assert (Saliency(tmp_path).by, Saliency(None).by) == ("contrast", "contrast")


def test_without_weights_the_reason_says_so() -> None:
    assert "not installed" in Saliency(None).why


class TestU2Net:
    """The real network; skipped where its weights are not on this machine."""

    @pytest.fixture
    def network(self, shared_data: Path) -> Saliency:
        file = shared_data.parent / "models" / "u2netp.onnx"
        if not file.is_file():
            pytest.skip("u2netp.onnx is not on this machine")
        return Saliency(file)

    def test_it_is_used_and_finds_the_subject(self, network: Saliency) -> None:
        picture, truth = sharp_before_blur()
        mask = network.mask(picture)
        assert (network.by, network.why) == ("u2net", "")
        assert iou(mask, truth) > 0.8
        np.testing.assert_array_equal(network.mask(picture), mask)

    def test_it_takes_any_shape_and_a_black_picture(self, network: Saliency) -> None:
        for height, width in ((1, 700), (2, 2), (40, 30)):
            mask = network.mask(np.zeros((height, width, 3), np.uint8))
            assert mask.shape == mask_shape(width, height)
            assert max(mask.shape) <= SIDE
            assert np.isfinite(mask).all()
            assert 0 <= mask.min() <= mask.max() <= 1
