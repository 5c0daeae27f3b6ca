"""What the default distances make of real images: edits of one photo, a burst, and garments that only look alike."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import imagehash
import pytest
from PIL import Image, ImageOps

from engine.grouping.groups import group
from engine.grouping.model import Item
from engine.library.settings import Groups


def items(paths: Iterable[Path], frames_a_second: float = 0.0) -> list[Item]:
    found = []
    for n, path in enumerate(sorted(paths)):
        with Image.open(path) as opened:
            picture = ImageOps.exif_transpose(opened).convert("RGB")
        taken = n / frames_a_second if frames_a_second else None
        found.append(Item(n, str(path), int(str(imagehash.phash(picture)), 16), path.stem, timestamp=taken))
    if not found:
        pytest.skip("these real images are not on this machine")
    return found


def test_edits_of_one_photo_are_one_group(shared_data: Path) -> None:
    edits = items((shared_data / "pdq_bridge" / "bridge-mods").glob("*.jpg"))
    assert len(group(edits, Groups())) == 1


def test_garments_that_look_alike_stay_apart(shared_data: Path) -> None:
    garments = items((shared_data / "clothing_cc0_small").rglob("*.jpg"))
    assert len(group(garments, Groups())) == len(garments)


def test_a_burst_is_one_group_within_its_window_and_few_without_times(shared_data: Path) -> None:
    burst = items((shared_data / "sam2_bedroom_burst").rglob("*.jpg"), frames_a_second=6.0)
    assert len(group(burst, Groups())) == 1
    still = group(burst, Groups(window_seconds=0))
    assert 2 <= len(still) <= 8
    assert max(distance for g in still for distance in g.distances) <= Groups().phash_distance
