"""What stands out without any weights: OpenCV's fine-grained saliency, sharpness, and one cut by colour.

Montabone and Soto, "Human detection using a mobile platform and novel features derived from a visual saliency
mechanism", 2010: each pixel against its surroundings at many sizes. That draws outlines and takes a blurred background
for as striking as a sharp subject; so it is gathered into patches, weighed by how much fine detail there is, and the
patches are grown to the borders of their colours: Rother et al., "GrabCut", 2004.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Float32s = npt.NDArray[np.float32]

_GATHERED, _DETAIL, _NEAR = 12.0, 6.0, 1.5  # px at a long side of 320: the spreads of blurs
_FAINT = 0.02  # less than this stands out nowhere: a plain picture has no subject
_ROUNDS = 2
_SURE = 0.3  # of the limit: below it a pixel is background whatever its colour
_LEAST = 50  # pixels of either side, from which a model of its colours can be made


def standing_out(rgb: Bytes) -> Float32s:
    """(h, w, 3) uint8 RGB, at most a few hundred px a side -> (h, w) float32, 0 to 1; from 0.5 it stands out.

    The same each time: GrabCut's start is drawn from a seed.
    """
    striking = _scaled(cv2.GaussianBlur(_fine_grained(rgb), (0, 0), _GATHERED))
    found = np.sqrt(striking * _scaled(_detail(rgb)))
    if float(found.max()) < _FAINT:
        return np.zeros(rgb.shape[:2], np.float32)
    map_ = np.asarray(np.clip(found / (2 * max(_limit(found), _FAINT)), 0, 1), np.float32)
    return _cut(rgb, map_)


def _fine_grained(rgb: Bytes) -> Float32s:
    module: Any = cv2.saliency
    good, found = module.StaticSaliencyFineGrained_create().computeSaliency(cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))
    return np.asarray(found, np.float32) if good else np.zeros(rgb.shape[:2], np.float32)


def _detail(rgb: Bytes) -> Float32s:
    """How much each pixel differs from its nearest, gathered over a few."""
    grey = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.float32)
    near = np.abs(grey - cv2.GaussianBlur(grey, (0, 0), _NEAR))
    return np.asarray(cv2.GaussianBlur(near, (0, 0), _DETAIL), np.float32)


def _scaled(values: npt.NDArray[Any]) -> Float32s:
    return np.asarray(values / max(float(values.max()), 1e-6), np.float32)


def _limit(values: Float32s) -> float:
    """The value that parts what stands out from the rest, by Otsu."""
    top = max(float(values.max()), 1e-6)
    found, _ = cv2.threshold((values / top * 255).astype(np.uint8), 0, 255, cv2.THRESH_OTSU)
    return float(found) / 255 * top


def _cut(rgb: Bytes, likely: Float32s) -> Float32s:
    """The patches of `likely`, grown or cut back to the borders of their colours, at half size for speed."""
    height, width = likely.shape
    half = (max(1, width // 2), max(1, height // 2))
    small = np.asarray(cv2.resize(rgb, half, interpolation=cv2.INTER_AREA), np.uint8)
    guess = np.asarray(cv2.resize(likely, half, interpolation=cv2.INTER_LINEAR), np.float32)
    marks = np.where(guess > 0.5, cv2.GC_PR_FGD, np.where(guess < 0.5 * _SURE, cv2.GC_BGD, cv2.GC_PR_BGD))
    marks = marks.astype(np.uint8)
    inside = int((marks == cv2.GC_PR_FGD).sum())
    if min(inside, marks.size - inside) < _LEAST:
        return likely
    cv2.setRNGSeed(1)
    cv2.grabCut(small, marks, None, np.zeros((1, 65)), np.zeros((1, 65)), _ROUNDS, cv2.GC_INIT_WITH_MASK)  # type: ignore[call-overload]
    kept = np.isin(marks, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.float32)
    return np.asarray(cv2.resize(kept, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
