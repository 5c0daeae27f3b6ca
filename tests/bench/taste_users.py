"""Simulated people over real photographs: what they like is no feature of the ranker's, and they slip and change.

Each photograph of the shared data gives itself and three windows of it, one family. A taste is a number for each
picture: `look` a random direction of the network's full vectors, which lean towards what the pictures differ in and of
which the ranker's reduced form keeps a part; `colour` a random sum of colour and composition statistics, none of which
the ranker is given.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from engine.intake.quality import measure_quality
from engine.learning import basis as reduced
from engine.learning.basis import Basis
from engine.learning.figures import NAMED, _measured
from engine.vision.embedders import LITE0, weights
from tests.bench.report import OUT

Floats = npt.NDArray[np.float64]
Float32s = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Pixels = npt.NDArray[np.uint8]

SETS = (
    "human_samples",
    "clothing_cc0_small",
    "cq100",
    "taming_photos",
    "supagruen_sd",
    "comfyui_examples",
    "immich_assets",
)
SIDE = 384  # pixels of the longer side
WINDOWS = 3


class World(NamedTuple):
    """n pictures: (n, 1280) vectors, (n, 8) measured figures, (n, s) statistics of colour, (n,) family."""

    vectors: Float32s
    figures: Floats
    colours: Floats
    family: Ints


def world(data: Path) -> World:
    """From out/bench where it was worked out before."""
    kept = OUT / "taste_world.npz"
    if kept.is_file():
        with np.load(kept, allow_pickle=False) as found:
            return World(*(found[name] for name in World._fields))
    from engine.vision.lite0 import Lite0

    file = weights(LITE0)
    assert file is not None
    network, parts = Lite0(file), list[tuple[Float32s, Floats, Floats, int]]()
    for family, pictures in enumerate(_families(data)):
        vectors = network.embed(pictures).astype(np.float16).astype(np.float32)
        for vector, rgb in zip(vectors, pictures, strict=True):
            quality = measure_quality(rgb, cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), 1)
            parts.append((vector, np.array(_measured(quality)), _colours(rgb), family))
    made = World(
        np.array([p[0] for p in parts]), np.array([p[1] for p in parts]), np.array([p[2] for p in parts]),
        np.array([p[3] for p in parts], np.int64),
    )  # fmt: skip
    OUT.mkdir(parents=True, exist_ok=True)
    np.savez(kept, **made._asdict())
    return made


def _families(data: Path) -> Iterator[list[Pixels]]:
    files = [file for name in SETS for file in sorted((data / name).rglob("*"))]
    for number, file in enumerate(f for f in files if f.suffix.lower() in {".jpg", ".jpeg", ".png", ".webp"}):
        try:
            with Image.open(file) as opened:
                rgb = ImageOps.exif_transpose(opened).convert("RGB")
                rgb.thumbnail((SIDE, SIDE))
        except OSError:
            continue
        whole, rng = np.asarray(rgb), np.random.default_rng(number)
        if min(whole.shape[:2]) >= 128:
            yield [whole, *(_window(whole, rng) for _ in range(WINDOWS))]


def _window(whole: Pixels, rng: np.random.Generator) -> Pixels:
    """A random part of the picture in its shape, six to nine tenths as wide."""
    share = rng.uniform(0.6, 0.9)
    high, wide = (int(side * share) for side in whole.shape[:2])
    top, left = (int(rng.integers(0, side - part + 1)) for side, part in zip(whole.shape, (high, wide), strict=False))
    return np.ascontiguousarray(whole[top : top + high, left : left + wide])


def _colours(rgb: Pixels) -> Floats:
    """Warmth, saturation and its spread, colourfulness, where the light is, and how the middle stands to the rim."""
    hue = cv2.cvtColor(rgb, cv2.COLOR_RGB2HSV).astype(np.float64) / 255
    red, green, blue = (rgb[..., channel].astype(np.float64) / 255 for channel in range(3))
    light = (red + green + blue) / 3
    high, wide = light.shape
    inner = (slice(high // 4, -(high // 4)), slice(wide // 4, -(wide // 4)))
    return np.array([
        (red - blue).mean(), (green - (red + blue) / 2).mean(), hue[..., 1].mean(), hue[..., 1].std(),
        np.hypot((red - green).std(), (0.5 * (red + green) - blue).std()),
        light[: high // 2].mean() - light[high // 2 :].mean(),
        light[:, : wide // 2].mean() - light[:, wide // 2 :].mean(),
        light[inner].mean() - light.mean(), hue[..., 1][inner].mean() - hue[..., 1].mean(),
    ])  # fmt: skip


def features(made: World) -> tuple[Float32s, Basis]:
    """As `engine.learning.features` makes them: vectors and measured figures; nothing else is known."""
    figures = np.full((len(made.family), len(NAMED)), np.nan)
    figures[:, : made.figures.shape[1]] = made.figures
    basis = reduced.scaled(reduced.fit(LITE0.key, made.vectors, made.family), figures)
    return np.concatenate([basis.embedded(made.vectors), basis.named(figures)], axis=1), basis


class Looks:
    """Tastes for looks, in the directions in which the vectors differ."""

    def __init__(self, made: World) -> None:
        self._centred = (made.vectors - made.vectors.mean(axis=0)).astype(np.float64)
        _, self._spread, self._axes = np.linalg.svd(self._centred, full_matrices=False)

    def one(self, rng: np.random.Generator) -> Floats:
        """(n,) how much each is liked by a consistent linear taste; spread 1."""
        return _even(self._centred @ (self._axes.T @ (self._spread * rng.standard_normal(len(self._spread)))))


def colour(made: World, rng: np.random.Generator) -> Floats:
    """(n,) how much each is liked for its colours and composition; spread 1."""
    standard = (made.colours - made.colours.mean(axis=0)) / made.colours.std(axis=0)
    return _even(standard @ rng.standard_normal(standard.shape[1]))


def _even(liked: Floats) -> Floats:
    return np.asarray((liked - liked.mean()) / liked.std(), np.float64)


class Person:
    """Picks the best of a set; `slips` of all times another of it."""

    def __init__(self, liked: Floats, slips: float, rng: np.random.Generator) -> None:
        self.liked, self._slips, self._rng = liked, slips, rng

    def pick(self, some: Ints) -> int:
        """The place of the pick in the set."""
        best = int(self.liked[some].argmax())
        if self._rng.random() < self._slips:
            return int(self._rng.choice([place for place in range(len(some)) if place != best]))
        return best
