"""How strong the sensor-like noise of an image is.

Diagonal Haar details, as in Donoho and Johnstone's estimate (Biometrika 1994), but of the smoothest tiles only. White
noise has the same variance in the second level as in the first, while texture, whose spectrum falls as 1/f, is about
twice as strong there: with v1 = noise + texture and v2 = noise + 4 texture, noise = (4 v1 - v2) / 3 leaves fabric and
foliage out.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

TILE = 16
MOST_TILES = 130
SMOOTHEST = 0.35  # share of the tiles, smoothest first, that is measured
TONES = (20.0, 235.0)  # tiles darker or brighter than this have had their noise clipped away


def noise_sigma(grey: npt.NDArray[np.uint8]) -> float:
    """Standard deviation of white noise in `grey` (H,W), in grey levels; 0.0 for images too small to tell."""
    tiles = _tiles(grey)
    if not tiles.size:
        return 0.0
    a, b, c, d = tiles[::2, ::2], tiles[::2, 1::2], tiles[1::2, ::2], tiles[1::2, 1::2]
    low = (a + b + c + d) / 2
    mean = low.mean(axis=(0, 1)) / 2
    usable = (mean > TONES[0]) & (mean < TONES[1])
    if int(usable.sum()) < max(4, len(mean) // 20):
        usable[:] = True
    first = np.abs(a - b - c + d) / 2
    second = np.abs(low[::2, ::2] - low[::2, 1::2] - low[1::2, ::2] + low[1::2, 1::2]) / 2
    v1, v2 = _variance(first[..., usable]), _variance(second[..., usable])
    smoothest = np.argsort(v1 + v2, kind="stable")[: max(1, int(len(v1) * SMOOTHEST))]
    fine, coarse = float(v1[smoothest].mean()), float(v2[smoothest].mean())
    return math.sqrt(min(max((4 * fine - coarse) / 3, 0.0), fine))


def _variance(details: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Variance of each tile's details (h,w,N) by their median, which letters and lines on plain ground do not move."""
    values = np.ascontiguousarray(details.reshape(-1, details.shape[-1]).T)
    half = values.shape[1] // 2
    middle = np.partition(values, (half - 1, half), axis=1)[:, half - 1 : half + 1].mean(axis=1)
    return np.asarray((middle / 0.6745) ** 2, np.float32)


def _tiles(grey: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Tiles (TILE, TILE, N) spread evenly over the picture, at most about MOST_TILES.

    The tiles come last so that every sum runs over a long axis: half the time of the other order.
    """
    tall, wide = grey.shape[0] // TILE, grey.shape[1] // TILE
    grid = grey[: tall * TILE, : wide * TILE].reshape(tall, TILE, wide, TILE)
    step = max(1, math.ceil(math.sqrt(tall * wide / MOST_TILES)))
    return grid[::step, :, ::step].transpose(1, 3, 0, 2).reshape(TILE, TILE, -1).astype(np.float32)
