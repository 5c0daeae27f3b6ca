"""The saliency of a picture: by U^2-Net where its weights are, else by contrast and the mask of people.

A mask is float32, 0 (background) to 1 (subject), in the shape of the picture at a long side of at most 320, which is
what the network sees. From 0.5 a pixel counts as subject. Only ever imported in workers.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from engine.vision.saliency import contrast
from engine.vision.saliency.shape import mask_shape
from engine.vision.saliency.store import By
from engine.vision.saliency.u2net import U2Net, WrongWeights

Bytes = npt.NDArray[np.uint8]
Float32s = npt.NDArray[np.float32]

# A person who takes this much of the picture is its subject, and what only stands out is left below 0.5.
_FULL_SHARE = 0.02
_LEFT_TO_THE_REST = 0.45


class Saliency:
    """One way to mask pictures, chosen once.

    Attributes:
        by: "u2net", or "contrast" where the network cannot be had.
        why: why not the network, in a sentence; "" where it is used.
    """

    def __init__(self, weights: Path | None = None) -> None:
        """Load the network from `weights`; where that is None or cannot be used, fall back. Never raises."""
        self.by: By = "contrast"
        self.why = "The weights of U^2-Net are not installed."
        self._network: U2Net | None = None
        if weights is None:
            return
        try:
            self._network = U2Net(weights)
        except WrongWeights as error:
            self.why = str(error)
        else:
            self.by, self.why = "u2net", ""

    def mask(self, rgb: Bytes, person: npt.NDArray[np.floating[Any]] | None = None) -> Float32s:
        """The mask of one picture, the same each time on the same machine.

        Args:
            rgb: (H, W, 3) uint8.
            person: (h, w), 0 to 1, of any size: how sure a pixel is of a person. Only the fallback uses it.

        Returns:
            (h, w) float32, finite, 0 to 1, of the shape `mask_shape(W, H)`.

        Raises:
            ValueError: `rgb` or `person` is not such an array.
        """
        if rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3 or 0 in rgb.shape:
            raise ValueError("a picture is (H, W, 3) uint8 with at least one pixel")
        if person is not None and (person.ndim != 2 or 0 in person.shape):
            raise ValueError("a mask of people is (h, w) with at least one pixel")
        height, width = mask_shape(rgb.shape[1], rgb.shape[0])
        if self._network is not None:
            found = self._network.map(rgb)
        else:
            found = contrast.standing_out(_resized(np.ascontiguousarray(rgb), width, height))
            if person is not None:
                found = joined(found, _cleaned(_resized(np.asarray(person, np.float32), width, height)))
        return _cleaned(_resized(found, width, height))


def joined(contrast_map: Float32s, person: Float32s) -> Float32s:
    """People and what stands out, both (h, w) float32 0 to 1, as one mask.

    The larger a share of the picture people take, the less the rest counts: beside a person, a bright sign is not the
    subject.
    """
    sure = min(1.0, float((person >= 0.5).mean()) / _FULL_SHARE)
    rest = contrast_map * np.float32(1 - sure * (1 - _LEFT_TO_THE_REST))
    return np.maximum(person, rest)


def _resized(values: npt.NDArray[Any], width: int, height: int) -> npt.NDArray[Any]:
    if values.shape[:2] == (height, width):
        return values
    shrinks = values.shape[0] * values.shape[1] > height * width
    way = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(values, (width, height), interpolation=way))


def _cleaned(values: npt.NDArray[Any]) -> Float32s:
    return np.clip(np.nan_to_num(np.asarray(values, np.float32), nan=0.0), 0, 1)
