"""What a worker process does to hash the eight orientations of pictures."""

from __future__ import annotations

import cv2
import numpy as np

from engine.errors import Unreadable
from engine.intake.hashes import phash_dhash
from engine.vision.likeness import turned
from engine.vision.pictures import Picture
from engine.vision.reading import grey


def prepare() -> None:
    """What a worker does before its first batch."""
    cv2.setNumThreads(1)


def process(thumbs_dir: str, batch: tuple[Picture, ...]) -> list[bytes]:
    """Eight little-endian 64-bit hashes each, as `likeness.turned` orders them; b"" for what cannot be read."""
    answers = []
    for picture in batch:
        try:
            read = grey(picture, thumbs_dir)
            answers.append(np.array([phash_dhash(way_up)[0] for way_up in turned(read)], "<u8").tobytes())
        except Unreadable:
            answers.append(b"")
    return answers
