"""What a worker process does to compare the images of one group: on the thumbnails of intake's decode."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from engine.errors import Unreadable
from engine.vision.pictures import Picture
from engine.vision.seen import Cue

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Bytes = npt.NDArray[np.uint8]

MOST = 12  # images of a group that are compared with each other: of more, a window over those in a row by name


def prepare() -> None:
    """One thread a worker."""
    import cv2

    cv2.setNumThreads(1)


def process(thumbs_dir: str, batch: tuple[tuple[Picture, ...], ...]) -> list[bytes | str]:
    """For each family the JSON of a list of cues an image, in pixels of each original, or why there is none."""
    answers: list[bytes | str] = []
    for family in batch:
        try:
            answers.append(msgspec.json.encode(_compared(family, thumbs_dir)))
        except Unreadable as error:
            answers.append(error.message)
    return answers


def _compared(family: tuple[Picture, ...], thumbs_dir: str) -> list[list[Cue]]:
    from engine.vision.cues.siblings import lost

    found: list[list[Cue]] = [[] for _ in family]
    for first in range(0, len(family), MOST):
        start = max(0, min(first, len(family) - MOST))
        some = family[start : start + MOST]
        read = [_read(picture, thumbs_dir) for picture in some]
        for place, cues in enumerate(lost([rgb for rgb, _, _ in read]), start):
            _, x, y = read[place - start]
            if place >= first:
                found[place] = [_scaled(cue, x, y) for cue in cues]
    return found


def _read(picture: Picture, thumbs_dir: str) -> tuple[Bytes, float, float]:
    """(H, W, 3) RGB at the size that is compared, and how many pixels of the original one of its pixels is."""
    import cv2
    import numpy as np

    from engine.vision.cues.register import SIDE
    from engine.vision.reading import pixels

    rgb = pixels(picture, thumbs_dir)
    width, height = picture.width, picture.height
    grown = min(SIDE, max(width, height)) / max(rgb.shape[:2])
    if grown > 1:
        size = max(1, round(rgb.shape[1] * grown)), max(1, round(rgb.shape[0] * grown))
        rgb = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_CUBIC), np.uint8)
    return rgb, width / rgb.shape[1], height / rgb.shape[0]


def _scaled(cue: Cue, x: float, y: float) -> Cue:
    x1, y1, x2, y2 = cue.box
    return msgspec.structs.replace(cue, box=(round(x1 * x, 2), round(y1 * y, 2), round(x2 * x, 2), round(y2 * y, 2)))
