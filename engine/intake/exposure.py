"""Where an image's tones sit, and how much of it has lost its highlights or its shadows.

A white page or a black backdrop is not a fault, and neither are the pure colours of flat graphics. So the ends of the
scale count as lost only in pictures whose other pixels vary the way photographs do, and not where they are a plain
backdrop round a well exposed subject. Losing one colour channel counts: that is how most overexposure shows. Lost
highlights are set against the lit part of the picture, so that a burnt face before black is seen.
"""

from __future__ import annotations

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

Rgb = npt.NDArray[np.uint8]
Grey = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]

WHITE, BLACK = 250, 5  # every channel beyond this is pure white, or pure black
FULL = 252  # a single channel beyond this is clipped,
GLOW = 128  # ... where the pixel is bright too: a pure red is a colour, not a highlight,
COLOR = 240  # ... and another channel is not: the ringing of a JPEG on white paper is none either
BACKDROP = 0.8  # share of the border that must be pure for it to be a backdrop
NOTHING_LEFT = 0.005  # a backdrop that leaves less than this of the picture is not a backdrop
VARIES = 1  # grey levels between neighbours that flat graphics do not show
JUMPS = 80  # ... and letters and drawn lines exceed
NATURAL = 0.2  # share of the remaining pixels that must vary for the picture to be photograph-like
SUBJECT_WHOLE, SUBJECT_BURNT = 0.003, 0.05  # partly clipped share of a subject that is well, or not well, exposed
SUBJECT_SHADOWS = 64  # a subject between the two is well exposed if a twentieth of it is darker than this
LIT, LEAST_LIT = 89, 0.25  # what counts as lit, and the least lit share that lost highlights are set against


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
    """Measure `rgb` (H,W,3 or, `padded`, 4) and its grey (H,W); give it a thinned picture, every pixel is looked at."""
    counts = np.asarray(cv2.calcHist([grey], [0], None, [256], [0, 256]), np.float64).ravel()
    shares = counts / counts.sum()
    tones = np.arange(256) / 255
    mean = float(shares @ tones)
    p01, p99, p999 = (np.searchsorted(np.cumsum(shares), (0.01, 0.99, 0.999)) / 255).clip(0, 1).tolist()
    red, green, blue = cv2.split(rgb)[:3]
    most, least = cv2.max(cv2.max(red, green), blue), cv2.min(cv2.min(red, green), blue)
    white, black = least >= WHITE, most <= BLACK
    full = (most >= FULL) & (least <= COLOR) & (grey >= GLOW)
    varies = _varies(grey)
    some = shares[shares > 0]
    return Exposure(
        brightness=mean,
        contrast=float(np.sqrt(max(float(shares @ tones**2) - mean**2, 0.0))),
        p01=p01,
        p99=p99,
        p999=p999,
        clipped_low=_share(black),
        clipped_high=_share(white),
        blown=_blown(grey, white, full, varies) if full.any() or white.any() else 0.0,
        crushed=_crushed(black, varies) if black.any() else 0.0,
        detail=max(0.0, float(-(some * np.log2(some)).sum())),
    )


def _blown(grey: Grey, white: Mask, full: Mask, varies: Mask) -> float:
    """Share of the lit picture whose highlights are lost in some channel; 0 to 1."""
    rest = ~white
    left = np.count_nonzero(rest)
    if left < NOTHING_LEFT * white.size:
        return 1.0
    if not _is_natural(rest, varies):
        return 0.0
    partly = np.count_nonzero(full & rest & varies)
    if _border_share(white) >= BACKDROP:
        share = partly / left
        dark = share < SUBJECT_BURNT and float(np.percentile(grey[rest], 5)) < SUBJECT_SHADOWS
        if share < SUBJECT_WHOLE or dark:
            return share
    lit = _share(np.asarray(grey >= LIT))
    return min(1.0, (white.size - left + partly) / white.size / max(lit, LEAST_LIT))


def _crushed(black: Mask, varies: Mask) -> float:
    """Share of the picture at pure black, unless that is a backdrop or the picture is flat art; 0 to 1."""
    if _border_share(black) >= BACKDROP or not _is_natural(~black, varies):
        return 0.0
    return _share(black)


def _is_natural(rest: Mask, varies: Mask) -> bool:
    return np.count_nonzero(varies & rest) >= NATURAL * max(np.count_nonzero(rest), 1)


def _share(mask: Mask) -> float:
    return np.count_nonzero(mask) / mask.size


def _border_share(mask: Mask) -> float:
    return _share(np.concatenate((mask[0], mask[-1], mask[:, 0], mask[:, -1])))


def _varies(grey: Grey) -> Mask:
    """Where a pixel differs from the next one across or down, but not as wildly as letters and lines do."""
    change = np.zeros(grey.shape, np.uint8)
    if min(grey.shape) > 1:  # OpenCV has no empty arrays
        change[:, :-1] = cv2.absdiff(grey[:, 1:], grey[:, :-1])
        change[:-1] = cv2.max(change[:-1], cv2.absdiff(grey[1:], grey[:-1]))
    return np.asarray((change >= VARIES) & (change <= JUMPS))
