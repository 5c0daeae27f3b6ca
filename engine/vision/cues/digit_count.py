"""Counting fingers on an upright hand: the most ridges that lie apart, among guesses all round its knuckles.

The five chains are guesses like any other: on a hand with six fingers they lie on any five of them, or between two.
"""

from __future__ import annotations

import cv2
import numpy as np

from engine.vision.cues.digit_ridges import Ground, Ridge, trace
from engine.vision.cues.hand_crop import UNIT, Floats, HandCrop
from engine.vision.seen import FINGERS

MOST = 9  # fingers counted
APART = 0.15  # units between two fingers' middles, at least
_TURNS = (-45, -36, -28, -20, -13, 13, 20, 28, 36, 45)  # degrees about the knuckle
_SHORTEST, _LONGEST = 0.3, 1.6  # units


def fingers(crop: HandCrop) -> list[Ridge]:
    """Ridges that lie apart from one another, the likeliest fingers first, at most MOST."""
    ground = Ground(crop)
    found = [trace(ground, guess) for guess in guesses(crop.points) if _SHORTEST < _length(guess) < _LONGEST]
    kept: list[Ridge] = []
    for ridge in sorted((ridge for ridge in found if ridge.hangs), key=lambda ridge: -ridge.odds):
        if len(kept) < MOST and all(distance(ridge.path, other.path) > APART for other in kept):
            kept.append(ridge)
    return kept


def guesses(points: Floats) -> list[Floats]:
    """The five chains, (4, 2) each, and all but the thumb's turned about their knuckles."""
    chains = [points[list(chain)] for chain in FINGERS]
    turned = [
        cv2.transform(chain[None], cv2.getRotationMatrix2D((float(chain[0, 0]), float(chain[0, 1])), turn, 1.0))[0]
        for chain in chains[1:]
        for turn in _TURNS
    ]
    return chains + turned


def distance(path: Floats, other: Floats) -> float:
    """Units between two ridges' outer parts; small where one lies along a part of the other."""
    apart = np.linalg.norm(path[:, None] - other[None], axis=2)
    outer = [np.median(near[len(near) // 3 :]) for near in (apart.min(1), apart.min(0))]
    return float(min(outer)) / UNIT


def _length(chain: Floats) -> float:
    return float(np.linalg.norm(np.diff(chain, axis=0), axis=1).sum()) / UNIT
