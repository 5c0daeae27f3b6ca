"""Whether two pictures are one picture edited: lay one on the other, then look at what is left of a difference.

A copy that was made smaller, compressed, brightened, cropped or written on has the same edges in the same places. A
neighbour in a burst, a look-alike garment or another try at the same prompt has not, however alike its vector is.

1. Alignment. First edge to edge; where that does not do, ORB points (Rublee et al., 2011) and an affine map by RANSAC,
   sharpened by ECC (Evangelidis and Psarakis, 2008). Only maps an edit makes are taken: upright, hardly sheared.
2. Tones. The tones of one are brought to those of the other by rank, either way round, as brightness and contrast go
   but lost highlights do not come back.
3. Structure. The contrast and structure terms of SSIM (Wang et al., 2004) round each pixel. What stays below `ALIKE`
   has changed. One compact patch is forgiven: a caption, a logo, a retouched spot.

Only ever imported in worker processes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

SIDE = 256  # pixels of the long side compared
ALIKE = 0.7  # structure, -1 to 1; JPEG at quality 30 stays above 0.9
PATCH = 0.12  # of the picture: the largest box that is forgiven
SHARED = 0.6  # of either picture that the other must show; a crop of 8 % on all four sides shows 0.71
_TURN = 10.0  # degrees
_STRETCH = 2.2  # of the sides against each other
_SHEAR = 0.1
_SCALE = 8.0
_WINDOW = 9
_SOFT = 1.2  # sigma, px: takes compression and sharpening out before the comparison
_FLOOR = 40.0  # grey levels squared: differences below it are noise
_TEXTURE = 10.0  # variance from which on a place has something to compare
_LEAST_TEXTURE = 0.005  # of the picture; below, there is nothing to tell it by
_REACH = 27  # px: changes this near to each other are one patch
_POINTS = 250
_NEAR = 64  # bits of 256: points further apart are not of one place
_INLIERS = 12
_ECC_STEPS = 15
_HOPELESS = 0.2  # of a rough alignment; copies measured below 0.05

_orb = cv2.ORB_create(_POINTS, 1.25, 4, fastThreshold=7, edgeThreshold=15, patchSize=25)  # type: ignore[attr-defined]
_matcher = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True)


class Sketch(NamedTuple):
    """What of a picture is compared.

    Attributes:
        grey: (h, w) uint8, the long side `SIDE`.
        points: (n, 2) float32.
        marks: (n, 32) uint8 ORB descriptors, None where there are no points.
    """

    grey: Bytes
    points: Floats
    marks: Bytes | None


def sketch(grey: Bytes) -> Sketch:
    """Of a grey picture (H, W) uint8 of any size."""
    height, width = grey.shape
    share = SIDE / max(height, width)
    size = (max(16, round(width * share)), max(16, round(height * share)))
    small = np.asarray(
        cv2.resize(grey, size, interpolation=cv2.INTER_AREA if share < 1 else cv2.INTER_LINEAR), np.uint8
    )
    points, marks = _orb.detectAndCompute(small, None)
    return Sketch(small, np.array([p.pt for p in points], np.float32).reshape(-1, 2), marks)


def changed(one: Sketch, other: Sketch, enough: float) -> float:
    """How much of the picture differs beside one compact patch: 0 (a copy) to 1 (something else altogether).

    A share of the places that have anything to see; symmetric but for rounding. Stops looking for a better alignment
    once the answer is `enough` or less.
    """
    best = _edge_to_edge(one.grey, other.grey)
    if best <= enough:
        return best
    rough = _aligned(one, other)
    if rough is None or not _plausible(rough, one.grey.shape, other.grey.shape):
        return best
    best = min(best, _difference(one.grey, other.grey, rough))
    if best <= enough or best > _HOPELESS:
        return best
    fine = _sharpened(one.grey, other.grey, rough)
    if fine is None or not _plausible(fine, one.grey.shape, other.grey.shape):
        return best
    return min(best, _difference(one.grey, other.grey, fine))


def turned(picture: Bytes) -> Iterator[Bytes]:
    """A picture as it is, turned by quarters to the left, mirrored, and mirrored and turned so: eight in all."""
    for side in (picture, picture[:, ::-1]):
        for quarters in range(4):
            yield np.ascontiguousarray(np.rot90(side, quarters))


def _edge_to_edge(one: Bytes, other: Bytes) -> float:
    (h, w), (high, wide) = one.shape, other.shape
    if not 1 / _STRETCH < (w * high) / (h * wide) < _STRETCH:
        return 1.0
    onto = np.asarray(cv2.resize(other, (w, h), interpolation=cv2.INTER_AREA), np.uint8)
    seen = np.zeros(one.shape, np.bool_)
    seen[4:-4, 4:-4] = True
    return _left(one, onto, seen)


def _aligned(one: Sketch, other: Sketch) -> Doubles | None:
    """The affine map, (2, 3), that lays `other` on `one`; None where too few points agree on one."""
    if one.marks is None or other.marks is None:
        return None
    matches = [m for m in _matcher.match(one.marks, other.marks) if m.distance < _NEAR]
    if len(matches) < _INLIERS:
        return None
    here = one.points[[m.queryIdx for m in matches]]
    there = other.points[[m.trainIdx for m in matches]]
    cv2.setRNGSeed(0)
    found, agree = cv2.estimateAffine2D(there, here, method=cv2.RANSAC, ransacReprojThreshold=2.5, maxIters=800)
    if found is None or int(agree.sum()) < _INLIERS:
        return None
    return np.asarray(found, np.float64)


def _plausible(found: Doubles, one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Whether an edit maps so: upright, not mirrored, hardly sheared, and most of each picture is in the other."""
    (a, b), (c, d) = found[:, :2].tolist()
    wide, high, area = float(np.hypot(a, c)), float(np.hypot(b, d)), a * d - b * c
    if not (np.isfinite(found).all() and area > 0 and 1 / _SCALE < wide < _SCALE and 1 / _SCALE < high < _SCALE):
        return False
    turn = abs(float(np.degrees(np.arctan2(c, a))))
    shear = abs(a * b + c * d) / (wide * high)
    if turn > _TURN or shear > _SHEAR or not 1 / _STRETCH < wide / high < _STRETCH:
        return False
    h, w = one
    high_, wide_ = other
    frame = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32)
    corners = np.array([[0, 0], [wide_, 0], [wide_, high_], [0, high_]], np.float64)
    laid = (corners @ found[:, :2].T + found[:, 2]).astype(np.float32)
    shared = float(cv2.intersectConvexConvex(frame, laid)[0])
    return bool(shared >= SHARED * max(w * h, area * wide_ * high_))


def _sharpened(one: Bytes, other: Bytes, rough: Doubles) -> Doubles | None:
    start = cv2.invertAffineTransform(rough).astype(np.float32)
    steps = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, _ECC_STEPS, 1e-4)
    try:
        _, found = cv2.findTransformECC(one, other, start, cv2.MOTION_AFFINE, steps, None, 3)  # type: ignore[call-overload]
        return np.asarray(cv2.invertAffineTransform(found), np.float64)
    except cv2.error:  # they have too little in common to be drawn together
        return None


def _difference(one: Bytes, other: Bytes, onto: Doubles) -> float:
    size = (one.shape[1], one.shape[0])
    laid = cv2.warpAffine(other, onto, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    there = cv2.warpAffine(np.full(other.shape, 1, np.uint8), onto, size, flags=cv2.INTER_NEAREST)
    kernel = np.ones((17, 17), np.uint8)  # as far as softening and windows reach
    inside = cv2.erode(np.asarray(there, np.uint8), kernel, borderType=cv2.BORDER_CONSTANT, borderValue=[0])
    seen = np.asarray(inside, np.bool_)
    return _left(one, np.asarray(laid, np.uint8), seen) if seen.mean() > 0.2 else 1.0


def _left(one: Bytes, other: Bytes, seen: Bools) -> float:
    """The answer for two pictures of one size, laid on each other; what is not `seen` does not count."""
    soft = [np.asarray(cv2.GaussianBlur(p, (0, 0), _SOFT), np.uint8) for p in (one, other)]
    return min(_one_way(soft[0], soft[1], seen), _one_way(soft[1], soft[0], seen))


def _one_way(one: Bytes, other: Bytes, seen: Bools) -> float:
    structure, spread = _structure(_toned(one, other, seen), other.astype(np.float32))
    texture = float((spread > _TEXTURE)[seen].mean())
    if texture < _LEAST_TEXTURE:
        return 1.0
    off = ((structure < ALIKE) & seen).astype(np.uint8)
    total = int(seen.sum())
    return min(1.0, (int(off.sum()) - _patch(off, PATCH * total)) / total / texture)


def _toned(one: Bytes, other: Bytes, seen: Bools) -> Floats:
    """`one` with each tone taken to the tone of the same rank in `other`."""
    mine, theirs = (np.bincount(p[seen], minlength=256).astype(np.float64) for p in (one, other))
    ranks = (mine.cumsum() - mine / 2) / mine.sum()
    used = np.flatnonzero(theirs)
    table = np.interp(ranks, ((theirs.cumsum() - theirs / 2) / theirs.sum())[used], used)
    return table.astype(np.float32)[one]


def _structure(one: Floats, other: Floats) -> tuple[Floats, Floats]:
    """SSIM without its luminance term, -1 to 1, and the larger variance of the two, both round each pixel."""

    def mean(picture: Floats) -> Floats:
        return np.asarray(cv2.boxFilter(picture, cv2.CV_32F, (_WINDOW, _WINDOW)), np.float32)

    here, there = mean(one), mean(other)
    spread_here, spread_there = mean(one * one) - here * here, mean(other * other) - there * there
    together = mean(one * other) - here * there
    structure = (2 * together + _FLOOR) / (spread_here + spread_there + _FLOOR)
    return structure, np.maximum(spread_here, spread_there)


def _patch(off: Bytes, largest: float) -> int:
    """How many changed pixels the best single box of at most `largest` pixels holds."""
    if not off.any():
        return 0
    grown = cv2.dilate(off, np.ones((_REACH, _REACH), np.uint8))
    _, _, boxes, _ = cv2.connectedComponentsWithStats(grown)
    edge = _REACH // 2
    held = [
        int(off[y : y + h, x : x + w].sum())
        for x, y, w, h, _ in boxes[1:].tolist()
        if max(w - 2 * edge, 1) * max(h - 2 * edge, 1) <= largest
    ]
    return max(held, default=0)
