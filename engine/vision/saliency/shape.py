"""How large the mask of a picture is, and what it says of the subject in two numbers. Plain numpy: cheap to import."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from engine.vision.seen import Box

SIDE = 320  # what U^2-Net sees; more would be invented
SUBJECT = 0.5  # from here a pixel is subject
_LEAST_PART = 0.05  # of the largest patch: less is a speck, and would only stretch the box


class Subject(msgspec.Struct, frozen=True):
    """The subject of a picture in numbers.

    Attributes:
        share: 0 to 1, of the picture's area that is subject.
        box: round the subject without its specks, in pixels of the original; None where there is no subject.
    """

    share: float
    box: Box | None = None


def mask_shape(width: int, height: int) -> tuple[int, int]:
    """(h, w) of the mask of a picture `width` x `height`: its long side is 320, or the picture's where that is less.

    Raises:
        ValueError: a side is below 1.
    """
    if width < 1 or height < 1:
        raise ValueError("a picture has at least one pixel")
    scale = min(1.0, SIDE / max(width, height))
    return max(1, round(height * scale)), max(1, round(width * scale))


def subject(mask: npt.NDArray[np.floating[Any]], width: int, height: int) -> Subject:
    """What a mask, (h, w) 0 to 1, says of a picture of `width` x `height` pixels."""
    import cv2

    inside = np.asarray(mask >= SUBJECT, np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(inside, connectivity=8)
    share = float(inside.mean())
    if count < 2:
        return Subject(share)
    patches = stats[1:]
    areas = patches[:, cv2.CC_STAT_AREA]
    kept = patches[areas >= areas.max() * _LEAST_PART]
    left, top = kept[:, cv2.CC_STAT_LEFT], kept[:, cv2.CC_STAT_TOP]
    right, bottom = left + kept[:, cv2.CC_STAT_WIDTH], top + kept[:, cv2.CC_STAT_HEIGHT]
    across, down = width / mask.shape[1], height / mask.shape[0]
    return Subject(
        share,
        (
            float(left.min() * across),
            float(top.min() * down),
            float(right.max() * across),
            float(bottom.max() * down),
        ),
    )
