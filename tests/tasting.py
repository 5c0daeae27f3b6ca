"""A person with a taste in crops, simulated: scenes drawn by chance, and answers by hidden weights of their own.

The windows of a scene are measured once, so that an answer costs a product of matrices instead of a search; what is
left out against `propose` is the last refinement to the pixel.
"""

from __future__ import annotations

import numpy as np

from engine.cropping import terms
from engine.cropping.alternates import alternates
from engine.cropping.model import TERMS, Box, Head, KeepOut, Person, Scene
from engine.cropping.propose import GAIN
from engine.cropping.search import Measured, Search, best_of, overlap
from engine.library.journal import Cropped

SIZES = ((1024, 1536), (1536, 1024), (1024, 1024), (1920, 1080))
AGREES = 0.8  # overlap with their own crop from which a proposal is as good
CELL = 16  # pixels of the original in one of a map
Weights = dict[str, float]


def hidden(start: Weights, seed: int, spread: float = 1.0) -> Weights:
    """Weights of a person: each of the start's times e to a normal number of this spread."""
    chance = np.random.default_rng(1000 + seed)
    return {term: float(np.clip(start[term] * np.exp(chance.normal(0, spread)), 0.02, 10)) for term in TERMS}


def scene(seed: int, shrink: int = 1) -> Scene:
    """A standing person somewhere in a picture, a few bright and a few busy places, at times a bad hand."""
    chance = np.random.default_rng(seed)
    width, height = (side // shrink for side in SIZES[chance.integers(4)])
    cell = CELL // shrink
    down, across = np.mgrid[0 : height // cell, 0 : width // cell].astype(np.float32) * cell
    x, top = chance.uniform(0.25, 0.75) * width, chance.uniform(0.1, 0.35) * height
    tall = chance.uniform(0.35, 0.6) * height
    wide = tall * chance.uniform(0.3, 0.5)
    away = ((across - x) / (wide / 2)) ** 2 + ((down - top - tall / 2) / (tall / 2)) ** 2
    eyes = np.exp(-0.7 * away**2)
    for _ in range(chance.integers(3)):
        at, size = chance.uniform(0, 1, 2) * (width, height), chance.uniform(0.05, 0.15) * width
        eyes = np.maximum(eyes, 0.6 * np.exp(-((across - at[0]) ** 2 + (down - at[1]) ** 2) / (2 * size**2)))
    busy = np.clip(chance.normal(0.15, 0.08, eyes.shape), 0, 1)
    for _ in range(chance.integers(1, 5)):
        row, column = chance.integers(eyes.shape[0]), chance.integers(eyes.shape[1])
        busy[max(0, row - 8) : row + 8, max(0, column - 12) : column + 12] = chance.uniform(0.5, 1)
    return Scene(
        width, height, eyes.astype(np.float32), busy.astype(np.float32),
        heads=(_head(x, top, tall, chance),), people=(_person(x, top, tall, wide, height),),
        keep_out=_bad_hand(width, height, chance),
    )  # fmt: skip


def _head(x: float, top: float, tall: float, chance: np.random.Generator) -> Head:
    size = tall * 0.2
    y = top + size * 0.6
    eyes = (x - size * 0.15, y), (x + size * 0.15, y)
    gaze = float(chance.uniform(-1, 1)) if chance.random() < 0.7 else None
    return Head((x - size * 0.4, top, x + size * 0.4, y + size * 0.5), eyes, gaze)


def _person(x: float, top: float, tall: float, wide: float, height: int) -> Person:
    places = {"shoulder": (0.35, 0.25), "elbow": (0.45, 0.42), "wrist": (0.48, 0.55), "hip": (0.2, 0.55),
              "knee": (0.22, 0.77), "ankle": (0.22, 0.97)}  # fmt: skip
    joints = tuple(
        (f"{side}_{name}", (x + sign * out * wide, top + down * tall))
        for name, (out, down) in places.items()
        for side, sign in (("left", 1), ("right", -1))
    )
    return Person(joints, (x - wide / 2, top, x + wide / 2, min(height, top + tall)), whole=top + tall < height)


def _bad_hand(width: int, height: int, chance: np.random.Generator) -> tuple[KeepOut, ...]:
    x, y, size = chance.uniform(0, 0.9) * width, chance.uniform(0, 0.9) * height, chance.uniform(0.05, 0.12) * width
    if chance.random() > 0.4:
        return ()
    region = int(x), int(y), int(min(width, x + size)), int(min(height, y + size))
    return (KeepOut("hand", region, "odd", "extra_fingers", float(chance.uniform(0.5, 1))),)


class Shown:
    """One picture before this person, its windows measured."""

    def __init__(self, picture: Scene, weights: Weights) -> None:
        self._search = Search(picture, weights, 0.1, 0.4)
        self._found = self._search.all()

    def best(self, weights: Weights) -> tuple[Measured, bool, Box]:
        """What these weights like most."""
        self._search.weights = terms.signed(weights)
        found = self._found._replace(worth=self._search.weights @ self._found.values)
        clean = bool((found.clean & found.keeps).any())
        allowed = found.clean & found.keeps if clean else found.keeps
        whole = found.worth.size - 1
        at = best_of(found.worth, allowed)
        assert at is not None
        if allowed[whole] and found.worth[at] - found.worth[whole] < GAIN:
            at = whole
        return found, clean, found.box(at)

    def proposed(self, weights: Weights) -> list[Box]:
        found, clean, box = self.best(weights)
        return [box, *(other for _, other in alternates(self._search, found, box, clean))]

    def answer(
        self, weights: Weights, own: Box, chance: np.random.Generator | None = None, noise: float = 0
    ) -> Cropped:
        """What a person whose crop is `own` does with what `weights` propose; `noise` of the time anything."""
        boxes = self.proposed(weights)
        offered = self._terms(boxes)
        alike = [float(overlap(np.array(box, np.float32)[:, None], own)[0]) for box in boxes]
        at = int(np.argmax(alike))
        if chance is not None and chance.random() < noise:
            at = int(chance.integers(len(boxes)))
        elif alike[at] < AGREES:
            return Cropped("nudged", chosen=self._terms([own])[0], offered=offered)
        return Cropped(("best", "alt1", "alt2")[at], chosen=offered[at], offered=offered)

    def _terms(self, boxes: list[Box]) -> list[Weights]:
        values = self._search.ruler.measure(np.array(boxes, np.float32).T)
        return [dict(zip(TERMS, map(float, row), strict=True)) for row in values.T]
