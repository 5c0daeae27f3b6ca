"""Where an image's tones sit, and how much of it has lost its highlights or its shadows.

A white page or a black backdrop is not a fault, and neither are the pure colours of flat graphics. So pixels at the end of
the scale count as lost only outside a plain backdrop that runs round the border, and only in pictures whose other pixels
vary the way photographs do. Losing one colour channel counts: that is how most overexposure shows.
"""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

Rgb = npt.NDArray[np.uint8]
Grey = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]

WHITE, BLACK = 250, 5  # every channel beyond this is pure white, or pure black
FULL, EMPTY = 254, 1  # a single channel beyond this is clipped
BACKDROP = 0.6  # share of the border that must be pure for it to be a backdrop
NOTHING_LEFT = 0.005  # a backdrop that leaves less than this of the picture is not a backdrop
VARIES = 3  # grey levels between neighbours that flat graphics do not show
NATURAL = 0.3  # share of the remaining pixels that must vary for the picture to be photograph-like


class Exposure(msgspec.Struct, frozen=True):
    """Tones of one picture; shares and tones from 0 to 1, entropy in bits. See `model.Quality`."""

    brightness: float
    contrast: float
    p01: float
    p99: float
    p999: float
    clipped_low: float
    clipped_high: float
    blown: float
    crushed: float
    detail: float


def measure_exposure(rgb: Rgb, grey: Grey) -> Exposure:
    """Measure `rgb` (H,W,3) and its grey (H,W); give it a thinned picture, every pixel is looked at."""
    counts = np.bincount(grey.ravel(), minlength=256)
    shares = counts / counts.sum()
    tones = np.arange(256) / 255
    mean = float(shares @ tones)
    p01, p99, p999 = (np.searchsorted(np.cumsum(shares), (0.01, 0.99, 0.999)) / 255).clip(0, 1).tolist()
    most, least = rgb.max(axis=2), rgb.min(axis=2)
    white, black = least >= WHITE, most <= BLACK
    varies = _varies(grey)
    some = shares[shares > 0]
    return Exposure(
        brightness=mean,
        contrast=float(np.sqrt(max(float(shares @ tones**2) - mean**2, 0.0))),
        p01=p01,
        p99=p99,
        p999=p999,
        clipped_low=float(black.mean()),
        clipped_high=float(white.mean()),
        blown=_lost(white, most >= FULL, varies),
        crushed=_lost(black, np.zeros_like(black), varies),
        detail=max(0.0, float(-(some * np.log2(some)).sum())),
    )


def _lost(pure: Mask, partly: Mask, varies: Mask) -> float:
    """Share of the picture, outside a plain backdrop, that is pure or (where it varies) partly clipped."""
    rest = ~pure
    left = int(rest.sum())
    if left < NOTHING_LEFT * pure.size:
        return 1.0
    if int((varies & rest).sum()) < NATURAL * left:
        return 0.0
    partial = int((partly & rest & varies).sum())
    if _border_share(pure) >= BACKDROP:
        return partial / left
    return (int(pure.sum()) + partial) / pure.size


def _border_share(mask: Mask) -> float:
    edge: npt.NDArray[Any] = np.concatenate((mask[0], mask[-1], mask[:, 0], mask[:, -1]))
    return float(edge.mean())


def _varies(grey: Grey) -> Mask:
    """Where a pixel differs from the next one across or down."""
    levels = grey.astype(np.int16)
    varies = np.zeros(grey.shape, np.bool_)
    varies[:, :-1] = np.abs(levels[:, 1:] - levels[:, :-1]) >= VARIES
    varies[:-1] |= np.abs(levels[1:] - levels[:-1]) >= VARIES
    return varies
