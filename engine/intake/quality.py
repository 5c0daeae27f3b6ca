"""Quality of one decoded image: sharpness, noise, exposure and colour, each a number a person can be told.

Everything that a part can tell as well as the whole is measured on a part (steepest tiles, evenly spread tiles, thinned
pixels), so that the cost hardly grows with the picture: about 3 ms for 1024x1536 on one core.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from engine.intake.blur import edge_sigma
from engine.intake.exposure import measure_exposure
from engine.intake.model import Quality
from engine.intake.noise import noise_sigma

ENOUGH_PIXELS = 60_000  # that tones and colour are read from
BAND, ENOUGH_BANDS = 8, 6  # rows the Laplacian is taken from
CRISP, SOFT = 0.6, 3.0  # px: edges at least this sharp score 1, at least this soft 0


def measure_quality(rgb: npt.NDArray[np.uint8], grey: npt.NDArray[np.uint8], scale: int) -> Quality:
    """Measure an image of any size.

    Args:
        rgb: (H,W,3) uint8, or (H,W,4) as `pixels.padded` gives it, which is faster.
        grey: (H,W) uint8, Pillow's L of `rgb`.
        scale: how many times smaller than the original the pixels are (2 for a half-size JPEG decode); widths and noise
            are given as they are in the original.

    Raises:
        ValueError: the arrays do not belong together or are empty.
    """
    if rgb.shape[:2] != grey.shape or rgb.shape[2:] not in ((3,), (4,)) or not grey.size or scale < 1:
        raise ValueError(f"rgb {rgb.shape}, grey {grey.shape} and scale {scale} do not make an image")
    noise = noise_sigma(grey)
    blur = edge_sigma(grey, noise) * scale
    step = max(1, math.isqrt(grey.size // ENOUGH_PIXELS))
    thin = _thinned(rgb, step)
    # OpenCV's grey differs from Pillow's by a rounding here and there, and costs less than thinning that
    tones = measure_exposure(thin, np.asarray(cv2.cvtColor(thin, cv2.COLOR_RGB2GRAY), np.uint8))
    return Quality(
        laplacian=_laplacian(grey),
        blur_px=blur,
        sharpness=_sharpness(blur),
        brightness=tones.brightness,
        contrast=tones.contrast,
        clipped_low=tones.clipped_low,
        clipped_high=tones.clipped_high,
        p01=tones.p01,
        p99=tones.p99,
        noise=noise * scale,
        cast=_cast(thin),
        detail=tones.detail,
        p999=tones.p999,
        blown=tones.blown,
        crushed=tones.crushed,
    )


def _sharpness(blur_px: float) -> float:
    """1 for edges as crisp as pixels allow, 0 for soft ones, even steps of the logarithm between."""
    if blur_px <= CRISP:
        return 1.0
    return max(0.0, 1 - math.log(blur_px / CRISP) / math.log(SOFT / CRISP))


def _laplacian(grey: npt.NDArray[np.uint8]) -> float:
    """Variance of the 4-neighbour Laplacian, over evenly spread bands of rows in a tall picture."""
    if len(grey) < BAND:
        inner = cv2.Laplacian(grey, cv2.CV_16S)
    else:
        step = max(1, len(grey) // (BAND * ENOUGH_BANDS))
        bands = grey[: len(grey) // BAND * BAND].reshape(-1, BAND, grey.shape[1])[::step]
        # one call for all bands; the rows that see a neighbouring band are left out
        all_rows = cv2.Laplacian(bands.reshape(-1, grey.shape[1]), cv2.CV_16S)
        inner = all_rows.reshape(bands.shape)[:, 1:-1].reshape(-1, grey.shape[1])
    _, deviation = cv2.meanStdDev(inner)
    return float(deviation[0, 0] ** 2)


def _thinned(rgb: npt.NDArray[np.uint8], step: int) -> npt.NDArray[np.uint8]:
    """Every `step`th pixel both ways."""
    if rgb.shape[2] == 4:  # whole pixels at once: a third of the time
        thin = np.ascontiguousarray(np.ascontiguousarray(rgb).view(np.uint32)[::step, ::step, 0])
        return thin.view(np.uint8).reshape(*thin.shape, 4)
    return np.ascontiguousarray(rgb[::step, ::step])


def _cast(rgb: npt.NDArray[np.uint8]) -> float:
    """Distance of the mean colour from neutral in CIE Lab a*b*."""
    mean = np.asarray(cv2.mean(rgb)[:3], np.float32) / 255
    lab = cv2.cvtColor(mean.reshape(1, 1, 3), cv2.COLOR_RGB2Lab)[0, 0]
    return math.hypot(float(lab[1]), float(lab[2]))
