"""Counting fingers as ridges, on drawn hands."""

from __future__ import annotations

import numpy as np
import pytest

from engine.vision.cues.digit_count import APART, distance, fingers, guesses
from engine.vision.cues.digit_ridges import Ground, trace
from engine.vision.cues.hand_crop import UNIT, cut
from engine.vision.seen import FINGERS
from tests.engine.vision.cues.drawn_hands import drawn


@pytest.mark.parametrize("ground", ["plain", "textured"])
@pytest.mark.parametrize("number", [5, 6])
def test_as_many_fingers_are_likely_as_are_drawn(number: int, ground: str) -> None:
    found = fingers(cut(*drawn(number, ground)))
    assert sum(ridge.odds > 0 for ridge in found) == number


def test_fingers_lie_apart_and_the_likeliest_come_first() -> None:
    found = fingers(cut(*drawn(6)))
    odds = [ridge.odds for ridge in found]
    assert odds == sorted(odds, reverse=True)
    pairs = [(a, b) for i, a in enumerate(found) for b in found[:i]]
    assert min(distance(a.path, b.path) for a, b in pairs) > APART


def test_a_guess_beside_a_finger_is_drawn_onto_it() -> None:
    crop = cut(*drawn(5))
    middle = crop.points[list(FINGERS[2])]
    ridge = trace(Ground(crop), middle + np.array([0.06 * UNIT, 0.0]))
    assert np.abs(ridge.path[:, 0] - np.interp(ridge.path[:, 1], *_by_height(middle))).mean() < 0.03 * UNIT


def test_what_lies_on_bare_ground_is_less_likely_a_finger_than_a_finger_is() -> None:
    crop = cut(*drawn(5))
    ground = Ground(crop)
    middle = crop.points[list(FINGERS[2])]
    assert trace(ground, middle - np.array([1.3 * UNIT, 0.0])).odds < 0 < trace(ground, middle).odds


def test_the_five_chains_are_among_the_guesses() -> None:
    points = cut(*drawn(5)).points
    for chain, guess in zip(FINGERS, guesses(points), strict=False):
        np.testing.assert_array_equal(guess, points[list(chain)])


def _by_height(chain: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    order = np.argsort(chain[:, 1])
    return chain[order, 1], chain[order, 0]
