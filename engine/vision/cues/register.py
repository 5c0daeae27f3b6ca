"""Lay the pictures of one family on each other: where does a place of one lie in another?

SIFT (Lowe 2004) with the ratio test, an affine map by RANSAC, refined by ECC (Evangelidis and Psarakis 2008), then a
smoothed dense flow (DIS, Kroeger et al. 2016) for the last pixels. What gives no sane map is refused: two compositions
of one prompt are not comparable place by place.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

Gray = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Map = npt.NDArray[np.float64]

SIDE = 640  # pixels: the long side all is compared at; 3 % of it are still 19
LEAST = 48  # pixels: a shorter side has too little to lay on anything
_FEATURES = 1200
_INLIERS = 14
_SHARE = 0.15  # of the matches that must agree on the map
_ALIKE = 0.25  # correlation of coarse structure once laid on each other
_DRIFT = 6.0  # pixels the flow may add to the map


class Small(NamedTuple):
    """A picture at the size it is compared at.

    Attributes:
        gray: (h, w) luminance, long side at most `SIDE`.
        scale: (x, y) pixels of `gray` a pixel of the picture.
        points: (k, 2) places of its features.
        described: (k, 128) what they look like.
    """

    gray: Gray
    scale: tuple[float, float]
    points: Floats
    described: Floats


class Laid(NamedTuple):
    """A picture on the frame of its reference.

    Attributes:
        gray: (h, w) luminance in the reference's frame.
        inside: (h, w) bool, where the picture reaches.
        back: (2, 3) from the frame to the picture's own `Small.gray`.
    """

    gray: Gray
    inside: npt.NDArray[np.bool_]
    back: Map


def small(rgb: npt.NDArray[np.uint8]) -> Small | None:
    """The picture with its features; None where it is too small. `rgb` is (H, W, 3)."""
    height, width = rgb.shape[:2]
    if min(height, width) < LEAST:
        return None
    gray = cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2GRAY)
    factor = min(1.0, SIDE / max(height, width))
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    if min(size) < LEAST:
        return None
    if factor < 1:
        gray = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
    clear = cv2.createCLAHE(2.0, (4, 4)).apply(gray)
    points, described = cv2.SIFT.create(_FEATURES, contrastThreshold=0.02).detectAndCompute(
        clear, np.full(clear.shape, 255, np.uint8)
    )
    if described is None:
        described = np.zeros((0, 128), np.float32)
    places = np.array([point.pt for point in points], np.float32).reshape(-1, 2)
    return Small(np.asarray(gray, np.uint8), (size[0] / width, size[1] / height), places, np.asarray(described))


def lay(moving: Small, frame: Small) -> Laid | None:
    """`moving` in the frame of `frame`; None where it does not fit there."""
    back = _rough(frame, moving)
    if back is None or not sane(back, frame.gray.shape, moving.gray.shape):
        return None
    refined = _refined(frame.gray, moving.gray, back)
    if not sane(refined, frame.gray.shape, moving.gray.shape):
        refined = back
    laid = _warped(moving.gray, frame.gray.shape, refined, None)
    if alike(laid.gray, frame.gray, laid.inside) < _ALIKE:
        return None
    return _warped(moving.gray, frame.gray.shape, refined, _flow(frame.gray, laid))


def itself(frame: Small) -> Laid:
    """The reference in its own frame."""
    return Laid(frame.gray, np.ones(frame.gray.shape, np.bool_), np.eye(2, 3))


def sane(back: Map, frame: Sequence[int], moving: Sequence[int]) -> bool:
    """Whether an affine map is one that stages make: little turn and shear, and the two cover each other by half."""
    linear = back[:, :2]
    if not np.isfinite(back).all() or np.linalg.det(linear) <= 0:
        return False
    _, stretch, _ = np.linalg.svd(linear)
    turn = abs(np.arctan2(linear[1, 0] - linear[0, 1], linear[0, 0] + linear[1, 1]))
    if stretch[0] > 3 or stretch[1] < 1 / 3 or stretch[0] / stretch[1] > 1.3 or turn > np.radians(12):
        return False
    height, width = moving[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    box = np.array([[0, 0], [frame[1], 0], [frame[1], frame[0]], [0, frame[0]]], np.float32)
    there = (box @ linear.T + back[:, 2]).astype(np.float32)
    shared, _ = cv2.intersectConvexConvex(corners, there)
    return bool(shared >= 0.5 * min(height * width, abs(cv2.contourArea(there))))


def alike(one: Gray, other: Gray, inside: npt.NDArray[np.bool_]) -> float:
    """Correlation, -1 to 1, of what is neither tone nor grain where both reach; 0 where there is nothing."""
    a, b = (cv2.GaussianBlur(x.astype(np.float32), (0, 0), 2) for x in (one, other))
    a, b = ((x - cv2.GaussianBlur(x, (0, 0), 8))[inside] for x in (a, b))
    norm = float(np.sqrt(np.dot(a, a)) * np.sqrt(np.dot(b, b)))
    return float(np.dot(a, b)) / norm if norm > 0 else 0.0


def _rough(frame: Small, moving: Small) -> Map | None:
    if min(len(frame.points), len(moving.points)) < _INLIERS:
        return None
    pairs = cv2.BFMatcher(cv2.NORM_L2).knnMatch(frame.described, moving.described, k=2)
    good = [pair[0] for pair in pairs if len(pair) == 2 and pair[0].distance < 0.8 * pair[1].distance]
    if len(good) < _INLIERS:
        return None
    source = frame.points[[match.queryIdx for match in good]]
    target = moving.points[[match.trainIdx for match in good]]
    cv2.setRNGSeed(1)  # RANSAC draws: the same pictures must give the same answer
    found, kept = cv2.estimateAffine2D(source, target, method=cv2.RANSAC, ransacReprojThreshold=4.0, maxIters=1000)
    if found is None or int(kept.sum()) < max(_INLIERS, _SHARE * len(good)):
        return None
    return np.asarray(found, np.float64)


def _refined(frame: Gray, moving: Gray, back: Map) -> Map:
    """By ECC at half the size; the map as it was where that finds nothing better."""
    half = np.diag([0.5, 0.5, 1.0])
    start = (half @ np.vstack([back, [0, 0, 1]]) @ np.linalg.inv(half))[:2].astype(np.float32)
    one, other = (cv2.resize(x, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA) for x in (frame, moving))
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 12, 1e-4)
    mask = np.full(other.shape, 255, np.uint8)
    try:
        _, better = cv2.findTransformECC(one, other, start, cv2.MOTION_AFFINE, stop, mask, 3)
    except cv2.error:  # it did not converge
        return back
    whole = np.linalg.inv(half) @ np.vstack([better.astype(np.float64), [0, 0, 1]]) @ half
    return np.asarray(whole[:2], np.float64)


def _flow(frame: Gray, laid: Laid) -> Floats:
    """(h, w, 2) pixels still to go, smooth: a thing that vanished must not pull its surroundings into its place."""
    dis = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    clahe = cv2.createCLAHE(2.0, (4, 4))
    filled = np.where(laid.inside, laid.gray, frame).astype(np.uint8)
    flow = dis.calc(clahe.apply(frame), clahe.apply(filled), np.zeros((*frame.shape, 2), np.float32))
    weight = cv2.GaussianBlur(
        cv2.morphologyEx(frame, cv2.MORPH_GRADIENT, np.ones((3, 3))).astype(np.float32), (0, 0), 2
    )
    weight = np.minimum(weight, 40) + 0.5
    spread = cv2.GaussianBlur(flow * weight[..., None], (0, 0), 16) / cv2.GaussianBlur(weight, (0, 0), 16)[..., None]
    return np.asarray(np.clip(spread, -_DRIFT, _DRIFT), np.float32)


def _warped(moving: Gray, shape: Sequence[int], back: Map, flow: Floats | None) -> Laid:
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    if flow is not None:
        x, y = x + flow[..., 0], y + flow[..., 1]
    there_x = (back[0, 0] * x + back[0, 1] * y + back[0, 2]).astype(np.float32)
    there_y = (back[1, 0] * x + back[1, 1] * y + back[1, 2]).astype(np.float32)
    gray = cv2.remap(moving, there_x, there_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    height, width = moving.shape
    inside = (there_x >= 1) & (there_x <= width - 2) & (there_y >= 1) & (there_y <= height - 2)
    return Laid(np.asarray(gray, np.uint8), inside, back)
