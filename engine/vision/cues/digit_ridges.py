"""Finger-like ridges on an upright hand: where one may run, how it runs in the picture, and how much it is a finger's.

A guessed line is straightened into a strip, a ridge of two edges is traced along it by dynamic programming (as "live
wire" does: Mortensen and Barrett, "Intelligent scissors for image composition", 1995), and a logistic of twelve of its
measures tells fingers from whatever else has two edges.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from engine.vision.cues.hand_crop import KNUCKLES, SIZE, UNIT, Floats, HandCrop
from engine.vision.cues.silhouette import painted, palm_of, skin_odds
from engine.vision.seen import WRIST

Reals = npt.NDArray[np.float32] | npt.NDArray[np.float64]
States = npt.NDArray[np.int64]

_STEPS = 24  # along a strip
_ACROSS = np.arange(-0.34, 0.3401, 0.02)  # units to either side of the guess
_MIDDLE = len(_ACROSS) // 2
_COLOURS = np.array([1.0, 2.0, 2.0])  # an edge of colour counts for more than one of shade
# Where the ridge's middle is beside the guess, and its half-breadth, both in steps of 0.02 units.
_ASIDE, _HALF = (grid.ravel() for grid in np.meshgrid(np.arange(-5, 6), np.arange(4, 8), indexing="ij"))
_ASIDE_STEP = abs(_ASIDE[:, None] - _ASIDE)
_HALF_STEP = abs(_HALF[:, None] - _HALF)
_BEND = np.where((_ASIDE_STEP > 1) | (_HALF_STEP > 1), 9.0, 0.2 * _ASIDE_STEP + 0.15 * _HALF_STEP)

# Fitted to the tuning hands of tests.bench.digits alone (C = 0.1), in the order of the measures of `trace`.
_WEIGHTS = np.array([2.995, 1.012, 3.487, 5.455, 2.291, -1.628, 4.711, -16.887, -6.739, 2.971, 1.692, 3.958])
_BIAS = -16.39


@dataclass(frozen=True)
class Ridge:
    """A line that may be a finger: `path` (n, 2) in the crop's pixels from root to tip, `odds` the log odds that it is.

    Attributes:
        hangs: it starts at the palm and reaches out of it.
    """

    path: Floats
    odds: float
    hangs: bool


class Ground:
    """What a crop's ridges are measured against; made once for a crop."""

    def __init__(self, crop: HandCrop) -> None:
        soft = cv2.GaussianBlur(crop.rgb, (0, 0), 1.3).astype(np.float32) / 255
        lab = cv2.cvtColor(soft, cv2.COLOR_RGB2LAB)
        self.image = np.dstack([lab, skin_odds(crop)])
        slope = np.hypot(*(cv2.Sobel(lab[..., 0], cv2.CV_32F, a, 1 - a, ksize=3) / 8 for a in (0, 1)))
        self.edge = 3 * max(1.0, float(np.percentile(slope[painted(crop.points, 0.3, 0.2)], 85)))
        skin = lab[painted(crop.points, 0.04, 0.0)]
        self.skin = np.median(skin, axis=0)
        self.spread = np.maximum(1.5 * np.median(abs(skin - self.skin), axis=0), [6, 3, 3])
        palm = palm_of(crop.points, 0.02).astype(np.uint8)
        out, inward = (cv2.distanceTransform(part, cv2.DIST_L2, 5) for part in (1 - palm, palm))
        self.from_palm = (out - inward) / UNIT
        self.centre = 0.4 * crop.points[WRIST] + 0.6 * crop.points[list(KNUCKLES)].mean(0)


def trace(ground: Ground, chain: Floats) -> Ridge:
    """The ridge along a guess of four joints, (4, 2) from the knuckle to the tip in the crop's pixels."""
    line, rows = _line(chain)
    places = _places(line)
    strip = np.asarray(
        cv2.remap(ground.image, places[..., 0], places[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE),
        np.float32,
    )
    edges = _edges(strip[..., :3], ground.edge)
    skin = _skin(strip[..., :3], ground)
    left, right = edges[:, _MIDDLE + _ASIDE - _HALF], edges[:, _MIDDLE + _ASIDE + _HALF]
    weaker = np.minimum(left, right)
    centre = _MIDDLE + _ASIDE
    worth = 0.7 * weaker + 0.15 * (left + right) + 0.3 * skin[:, centre] + 0.3 * strip[:, centre, 3]
    states, value = _best((worth - 0.5 * _clutter(edges))[:rows])
    each, aside, half = np.arange(rows), _ASIDE[states], _HALF[states]
    path = _smooth(places[each, _MIDDLE + aside].astype(float))
    far = ground.from_palm[tuple(np.clip(np.round(path).astype(int), 0, SIZE - 1).T[::-1])]
    outer = each >= rows // 2
    inside = strip[each, _MIDDLE + aside, 3]
    flanks = [strip[each, np.clip(_MIDDLE + aside + s * (half + 2), 0, len(_ACROSS) - 1), 3] for s in (-1, 1)]
    tail = np.diff(strip[rows - 3 :, _MIDDLE + aside[-1], :3], axis=0)
    measures = [
        weaker[each, states].mean(),
        weaker[each, states][outer].mean(),
        skin[each, _MIDDLE + aside].mean(),
        inside.mean(),
        max((inside - flank)[outer].mean() for flank in flanks),
        min(np.sqrt((tail**2 * _COLOURS).sum(1)).max() / ground.edge, 1.0),
        np.linalg.norm(np.diff(path, axis=0), axis=1).sum() / UNIT,
        half.mean() * 0.02,
        max(0.0, far[0]),
        far[-1],
        _outward(path, ground.centre),
        value / rows,
    ]
    hangs = bool(far[0] < 0.35 and (far > 0.03).mean() > 0.5 and far[-1] > 0.2)
    return Ridge(path, float(np.dot(_WEIGHTS, measures) + _BIAS), hangs)


def _line(chain: Floats) -> tuple[Floats, int]:
    """(_STEPS, 2) from the middle of the first bone to a little beyond the tip, and how many of them reach the tip."""
    last = chain[3] - chain[2]
    beyond = chain[3] + last / (np.linalg.norm(last) + 1e-6) * 0.12 * UNIT
    joints = np.vstack([(chain[0] + chain[1]) / 2, chain[1:], beyond])
    along = np.r_[0, np.cumsum(np.linalg.norm(np.diff(joints, axis=0), axis=1) + 1e-9)]
    steps = np.linspace(0, along[-1], _STEPS)
    line = _smooth(np.column_stack([np.interp(steps, along, joints[:, i]) for i in (0, 1)]))
    return line, max(6, round(_STEPS * along[-2] / along[-1]))


def _places(line: Floats) -> Reals:
    way = np.gradient(line, axis=0)
    way /= np.linalg.norm(way, axis=1, keepdims=True) + 1e-9
    side = np.column_stack([-way[:, 1], way[:, 0]])
    return np.asarray(line[:, None] + side[:, None] * (_ACROSS * UNIT)[None, :, None], np.float32)


def _edges(lab: Reals, scale: float) -> Reals:
    """(_STEPS, across) 0..1, how much of an edge runs along the strip."""
    change = np.pad(lab[:, 2:] - lab[:, :-2], ((0, 0), (1, 1), (0, 0)))
    soft = cv2.GaussianBlur(np.sqrt((change**2 * _COLOURS).sum(2)), (3, 3), 0.7)
    return np.asarray(np.clip(soft / scale, 0, 1))


def _skin(lab: Reals, ground: Ground) -> Reals:
    apart = ((lab - ground.skin) / ground.spread) ** 2
    return np.asarray(np.exp(-0.5 * (apart[..., 0] / 9 + (apart[..., 1] + apart[..., 2]) / 6)))


def _clutter(edges: Reals) -> Reals:
    """Mean of the edges between the two of each state."""
    total = np.cumsum(np.pad(np.asarray(edges, np.float64), ((0, 0), (1, 0))), 1)
    low, high = _MIDDLE + _ASIDE - _HALF + 2, _MIDDLE + _ASIDE + _HALF - 1
    return np.asarray((total[:, high] - total[:, low]) / (2 * _HALF - 3))


def _best(worth: Reals) -> tuple[States, float]:
    """The state of each row on the path worth most (Viterbi), and its worth."""
    value, back = worth[0], []
    for row in worth[1:]:
        reached = value[None] - _BEND
        back.append(reached.argmax(1))
        value = reached.max(1) + row
    states = [int(value.argmax())]
    for came in reversed(back):
        states.append(int(came[states[-1]]))
    return np.array(states[::-1], np.int64), float(value.max())


def _smooth(line: Floats) -> Floats:
    for _ in range(2):
        line[1:-1] = 0.25 * line[:-2] + 0.5 * line[1:-1] + 0.25 * line[2:]
    return line


def _outward(path: Floats, centre: Floats) -> float:
    """Cosine between the ridge and the way out from the palm's centre."""
    way, out = path[-1] - path[0], path.mean(0) - centre
    return float(way @ out / (np.linalg.norm(way) * np.linalg.norm(out) + 1e-6))
