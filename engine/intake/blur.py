"""How wide the sharpest edges of an image are.

An edge blurred by a Gaussian of sigma s has height / steepest slope = s * sqrt(2 pi). Height is read along a short
profile through the steepest point of each of the steepest tiles, in the spirit of Marziliano et al., "A no-reference
perceptual blur metric" (ICIP 2002). Only the sharper of the steepest edges count, so a sharp subject before bokeh is
sharp; that blur is read from edges and not from the whole picture follows Zhuo and Sim, "Defocus map estimation from a
single image" (2011).
"""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[Any]

TILE = 32
MOST_TILES = 40
REACH = 18  # a profile's half length: an edge that has not ended by then is looked for again at half size
HALVINGS = 2  # so edges up to a sigma of about 33 px are told; softer ones are shading
PRESMOOTH = 0.8  # sigma that calms JPEG mosquito noise and grain before slopes are taken
TAIL = 0.1  # the edge ends where its slope falls below this share of the steepest
LEAST_HEIGHT = 20.0  # grey levels; lower steps are JPEG blocks, banding and texture
NOISE_HEIGHTS = 6.0  # ... and so are those lower than this many standard deviations of noise
SHARPEST = 25.0  # percentile of edge widths that stands for the image
FEWEST = 3  # edges needed to judge by
MARGIN = 2  # pixels round a tile that smoothing and slopes need
PATCH = TILE + 2 * MARGIN
LEAST_SIGMA = 0.2  # no sampled edge can be told to be sharper than this


def edge_sigma(grey: Grey, noise: float) -> float:
    """Gaussian sigma, in pixels of `grey` (H,W), of its sharpest edges; 0.0 where there is no edge to judge by.

    `noise` is the standard deviation of noise in grey levels: steps no higher than a few of those are not edges.
    """
    for level in range(HALVINGS + 1):
        sigma = _sigma(grey, noise)
        if sigma > 0 or min(grey.shape) < 2 * PATCH:
            return sigma * (1 << level)
        half = (grey.shape[1] // 2, grey.shape[0] // 2)
        grey, noise = np.asarray(cv2.resize(grey, half, interpolation=cv2.INTER_AREA), np.uint8), noise / 2
    return 0.0


def _sigma(grey: Grey, noise: float) -> float:
    """Sigma of the sharpest edges that are narrow enough to be told at this size; 0.0 where there are too few."""
    short = [max(PATCH - side, 0) for side in grey.shape]
    if any(short):
        grey = np.asarray(cv2.copyMakeBorder(grey, 0, short[0], 0, short[1], cv2.BORDER_REPLICATE), np.uint8)
    height, slope = _profiles(grey, *_steepest_points(grey, *_steepest_tiles(grey)))
    real = height >= max(LEAST_HEIGHT, NOISE_HEIGHTS * noise)
    if int(real.sum()) < FEWEST:
        return 0.0
    sigma = float(np.percentile(height[real] / slope[real], SHARPEST)) / math.sqrt(2 * math.pi)
    # what the smoothing and the two-pixel difference added is taken off in quadrature
    return math.sqrt(max(sigma**2 - PRESMOOTH**2 - 1 / 3, LEAST_SIGMA**2))


def _steepest_tiles(grey: Grey) -> tuple[Ints, Ints]:
    """Top left corners of the tiles that hold the steepest slopes: at most 40, and at most a third of the picture."""
    tall, wide = grey.shape[0] // TILE, grey.shape[1] // TILE
    whole = grey[: tall * TILE, : wide * TILE]
    some, cell = whole[::4], TILE // 4  # every fourth row is enough to find them, and a quarter of the work
    slope = np.zeros(some.shape, np.uint8)
    slope[:, 1:-1] = cv2.max(cv2.absdiff(some[:, 2:], some[:, :-2]), cv2.absdiff(some, whole[2::4])[:, 1:-1])
    rows = slope.reshape(tall, cell, wide * TILE)
    while rows.shape[1] > 1:  # halves over long rows: several times faster than max(axis=1)
        rows = np.maximum(*np.split(rows, 2, axis=1))
    best = rows.reshape(tall * wide, TILE).max(axis=1)
    count = min(MOST_TILES, max(24, tall * wide // 3))
    order = np.argsort(best, kind="stable")[::-1][:count]
    return order // wide * TILE, order % wide * TILE


def _steepest_points(grey: Grey, ys: Ints, xs: Ints) -> tuple[Ints, Ints]:
    """The steepest pixel, after smoothing, of each tile given by its corner."""
    ys = np.clip(ys - MARGIN, 0, grey.shape[0] - PATCH)
    xs = np.clip(xs - MARGIN, 0, grey.shape[1] - PATCH)
    # side by side, so that every sum runs over long rows
    row = np.empty((PATCH, len(ys) * PATCH), np.float32)
    for i, (y, x) in enumerate(zip(ys.tolist(), xs.tolist(), strict=True)):
        row[:, i * PATCH : (i + 1) * PATCH] = grey[y : y + PATCH, x : x + PATCH]
    smooth = np.asarray(cv2.GaussianBlur(row, (5, 5), PRESMOOTH))
    right, down = np.zeros((2, TILE, row.shape[1]), np.float32)
    right[:, 1:-1] = smooth[MARGIN:-MARGIN, 2:] - smooth[MARGIN:-MARGIN, :-2]
    down[:] = smooth[MARGIN + 1 : -MARGIN + 1] - smooth[MARGIN - 1 : -MARGIN - 1]
    steep = right * right + down * down
    best = steep.max(axis=0).reshape(-1, PATCH)[:, MARGIN:-MARGIN].argmax(axis=1)
    column = np.arange(len(ys)) * PATCH + MARGIN + best
    return ys + MARGIN + steep[:, column].argmax(axis=0), xs + MARGIN + best


def _profiles(grey: Grey, ys: Ints, xs: Ints) -> tuple[Floats, Floats]:
    """Height (grey levels, 0 where the edge does not end) and steepest slope (a pixel) of the edge at each point."""
    across, down = _slopes(grey, ys, xs, along_x=True), _slopes(grey, ys, xs, along_x=False)
    flat = np.abs(across[:, REACH]) >= np.abs(down[:, REACH])
    slopes = np.where(flat[:, None], across, down)
    peak = slopes[:, REACH]
    shape = slopes / np.where(np.abs(peak) < 1e-3, 1e-3, peak)[:, None]
    before, after = shape[:, REACH - 1], shape[:, REACH + 1]
    offset = np.clip(0.5 * (after - before) / np.maximum(2 - before - after, 1e-3), -0.5, 0.5)
    halves, ended = [], np.ones(len(peak), np.bool_)
    for side, shift in ((shape[:, REACH + 1 :], -offset), (shape[:, REACH - 1 :: -1], offset)):
        rises = np.logical_and.accumulate(side > TAIL, axis=1)
        halves.append(0.5 + shift + np.where(rises, side, 0).sum(axis=1))
        ended &= ~rises[:, -1]
    # a line's inner side ends at its ridge, half way: the outer side is the one that shows the blur
    height = np.where(ended, 2 * np.maximum(*halves) * np.abs(peak), 0)
    return height, np.maximum(np.hypot(across[:, REACH], down[:, REACH]), 1e-3)


def _slopes(grey: Grey, ys: Ints, xs: Ints, *, along_x: bool) -> Floats:
    """Smoothed slopes (N, 2 REACH + 1) on a line through each point, across or down the picture."""
    long, side = np.arange(-REACH - 3, REACH + 4), np.arange(-2, 3)
    dy, dx = (side[:, None], long[None]) if along_x else (long[None], side[:, None])
    rows = np.clip(ys[:, None, None] + dy, 0, grey.shape[0] - 1)
    columns = np.clip(xs[:, None, None] + dx, 0, grey.shape[1] - 1)
    weights = np.exp(-(side**2) / (2 * PRESMOOTH**2))
    weights /= weights.sum()
    # einsum and OpenCV, not matrix products: those wake BLAS threads, which costs more than the sums
    pixels = grey.reshape(-1).take(rows * grey.shape[1] + columns)  # one index: half the time of two
    line = np.einsum("nsl,s->nl", pixels.astype(np.float32), weights.astype(np.float32))
    kernel = np.convolve(weights, [0.5, 0.0, -0.5])
    slopes = cv2.filter2D(line, cv2.CV_32F, kernel[None, ::-1].astype(np.float32))
    return np.asarray(slopes, np.float32)[:, 3:-3]
