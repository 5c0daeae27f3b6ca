"""The hashes of the eight orientations are those of the turned images, to within a few bits."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from engine.intake.hashes import phash_dhash
from engine.progress import Quiet
from engine.vision.likeness import turned
from engine.vision.orientations import orientations
from tests import draw
from tests.engine.vision import shelf


def test_they_are_near_the_hashes_of_the_turned_images_and_remembered(tmp_path: Path) -> None:
    paths = shelf.library(tmp_path)
    pictures = [draw.natural(seed, 480, 640) for seed in range(2)]
    images = [shelf.put(paths, picture) for picture in pictures]
    images.append(("0" * 64, "/nowhere/gone.png"))
    found, there, notices = orientations(paths, images, Quiet())
    assert there.tolist() == [True] * 2 + [False]
    assert notices == ["1 image could not be turned, as no picture could be read."]
    for picture, hashes in zip(pictures, found, strict=False):
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.uint8)
        exact = [phash_dhash(way)[0] for way in turned(grey)]
        assert max((int(a) ^ b).bit_count() for a, b in zip(hashes, exact, strict=True)) <= 4
    heard = shelf.Stops()
    again, _, _ = orientations(paths, images[:2], heard)
    assert heard.phases == [("turn", 0)]
    assert again.tolist() == found[:2].tolist()
