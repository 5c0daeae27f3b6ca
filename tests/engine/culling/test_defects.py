"""Defects: degraded pictures get the right name, whole ones and art get none, better variants score higher."""

from __future__ import annotations

from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from engine.culling.defects import find_defects, quality_score
from engine.intake.model import Quality
from engine.intake.quality import measure_quality
from engine.library.settings import Defects
from tests.engine.intake.degraded import WAYS, blurred, exposed, grainy
from tests.engine.intake.drawn import Rgb, art, bokeh, jpeg, night, photo, studio, to_grey

LIMITS = Defects()
WORST = {"blur_px": 20.0, "noise": 80.0, "blown": 1.0, "crushed": 1.0}


def measure(rgb: Rgb) -> Quality:
    rgb = np.ascontiguousarray(rgb)
    return measure_quality(rgb, to_grey(rgb), 1)


def names(rgb: Rgb) -> set[str]:
    return {defect.name for defect in find_defects(measure(rgb), LIMITS)}


@pytest.mark.parametrize("way", WAYS)
def test_a_degraded_picture_gets_the_right_name(way: str) -> None:
    name, degrade = WAYS[way]
    for seed, height, width in ((1, 512, 768), (2, 800, 600), (3, 300, 400)):
        assert name in names(degrade(photo(seed, height, width)))


@pytest.mark.parametrize("seed", range(6))
def test_a_sharp_picture_has_no_defect(seed: int) -> None:
    assert not names(photo(seed))
    assert not names(jpeg(photo(seed), 80))


@pytest.mark.parametrize("title", art())
def test_art_has_no_defect(title: str) -> None:
    assert not names(art()[title])
    assert not names(jpeg(art()[title], 85))


@pytest.mark.parametrize("share", [0.1, 0.2, 0.3])
@pytest.mark.parametrize("sigma", [4, 12])
def test_a_sharp_subject_before_bokeh_is_not_blurred(share: float, sigma: float) -> None:
    assert not names(bokeh(7, share, sigma))


def test_studio_and_night_pictures_have_no_defect() -> None:
    for picture in (studio(8, 255, 0.9), studio(9, 0, 0.7), studio(10, 6, 0.8), night(11)):
        assert not names(picture)


def test_a_blank_picture_has_nothing_to_see() -> None:
    assert "low_detail" in names(np.full((200, 200, 3), 128, np.uint8))


def test_the_text_says_the_value_and_the_limit() -> None:
    defect = next(d for d in find_defects(measure(blurred(photo(1), 3)), LIMITS) if d.name == "blur")
    assert defect.text == f"sharpest edges are {defect.value:.1f} px wide (limit 1.3)"
    assert defect.value > defect.limit == LIMITS.blur_px


@pytest.mark.parametrize("seed", range(3))
def test_the_truly_better_variant_scores_higher(seed: int) -> None:
    whole = photo(seed)
    best = quality_score(measure(whole))
    for worse in (blurred(whole, 1), blurred(whole, 3), grainy(whole, 10), exposed(whole, 1 / 8), exposed(whole, 8)):
        assert quality_score(measure(worse)) < best
    assert quality_score(measure(blurred(whole, 3))) < quality_score(measure(blurred(whole, 1)))


@given(
    measures=st.fixed_dictionaries({name: st.floats(0, top) for name, top in WORST.items()}),
    lit=st.floats(0, 1),
    detail=st.floats(0, 8),
    name=st.sampled_from([*WORST, "p999", "detail"]),
    change=st.floats(0, 1),
)
def test_the_score_never_rises_as_a_measure_gets_worse(
    measures: dict[str, float], lit: float, detail: float, name: str, change: float
) -> None:
    before = msgspec.structs.replace(measure(photo(1, 64, 64)), **measures, p999=lit, detail=detail)
    value = getattr(before, name)
    worse = value + (WORST[name] - value) * change if name in WORST else value * (1 - change)
    after = quality_score(msgspec.structs.replace(before, **{name: worse}))
    assert 0 <= after <= quality_score(before) + 1e-12 <= 1 + 1e-12


def _photos(shared: Path) -> list[Rgb]:
    """The ordinary photographs, at most 1100 pixels on a side."""
    folders = ("cq100", "taming_photos", "human_samples", "clothing_cc0_small")
    found = [p for f in folders for p in sorted((shared / f).rglob("*")) if p.suffix.lower() in {".jpg", ".png"}]
    images = []
    for path in found:
        with Image.open(path) as image:
            rgb = np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
        shrink = min(1.0, 1100 / max(rgb.shape))
        size = (round(rgb.shape[1] * shrink), round(rgb.shape[0] * shrink))
        images.append(rgb if shrink == 1 else cv2.resize(rgb, size, interpolation=cv2.INTER_AREA).astype(np.uint8))
    return images


def test_real_photographs_are_flagged_when_degraded_and_only_then(shared_data: Path) -> None:
    photos = _photos(shared_data)
    if len(photos) < 30:
        pytest.skip("the ordinary photographs (../shared/data) are not on this machine")
    whole = np.mean([bool(names(p)) for p in photos])
    assert whole <= 0.02, f"{whole:.1%} of the undegraded are flagged"
    for way in (
        "blur 2",
        "blur 2, q75",
        "blur 3",
        "under, linear",
        "under, naive",
        "over, linear",
        "over, naive",
        "noise 25",
    ):
        name, degrade = WAYS[way]
        share = np.mean([name in names(degrade(p)) for p in photos])
        assert share >= 0.95, f"{way}: only {share:.1%} are flagged {name}"
