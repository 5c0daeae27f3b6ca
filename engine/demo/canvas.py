"""A small painting kit over numpy and OpenCV: gradients, glows, crisp shapes, ridges, grain.

Positions are shares of width and height (0 to 1, y down), lengths shares of the shorter side, colours "#rrggbb".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Point = tuple[float, float]
COARSE = 8  # glows and textures are smooth, so they are computed this many times smaller
FRACTION = 4  # bits below the pixel in OpenCV's coordinates


@lru_cache(maxsize=256)
def rgb(colour: str) -> Floats:
    """(3,) float32, 0 to 1."""
    return np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)], np.float32)


def mix(first: str, second: str, share: float) -> str:
    """The colour that lies `share` of the way from first to second."""
    blend = rgb(first) * (1 - share) + rgb(second) * share
    return "#" + "".join(f"{round(float(c) * 255):02x}" for c in blend.clip(0, 1))


def wander(rng: np.random.Generator, count: int, knots: int, octaves: int = 5) -> Floats:
    """A rough line of `count` heights, about -1 to 1: octaves of smooth noise, each half as high as the one before."""
    line = np.zeros(count)
    at = np.linspace(0, 1, count)
    for octave in range(octaves):
        n = knots * 2**octave + 3
        values = rng.uniform(-1, 1, n)
        x = at * (n - 2)
        cell = x.astype(int)
        t = x - cell
        t = t * t * (3 - 2 * t)
        line += (values[cell] * (1 - t) + values[cell + 1] * t) / 2**octave
    return line.astype(np.float32)


class Canvas:
    """A picture being painted; `pixels` is (height, width, 3) float32, 0 to 1."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.unit = min(width, height)
        self.pixels = np.zeros((height, width, 3), np.float32)

    def sky(self, *colours: str) -> None:
        """Fill everything with a vertical gradient, colours evenly spaced from the top."""
        stops = np.linspace(0, 1, len(colours))
        rows = np.linspace(0, 1, self.height)
        column = np.stack([np.interp(rows, stops, [rgb(c)[i] for c in colours]) for i in range(3)], axis=-1)
        self.pixels[:] = column[:, None].astype(np.float32)

    def glow(self, centre: Point, radius: float, colour: str, strength: float = 1.0, squash: float = 1.0) -> None:
        """Lighten softly round a point."""
        ys, xs = np.mgrid[0 : self.height : COARSE, 0 : self.width : COARSE].astype(np.float32)
        x, y, r = centre[0] * self.width, centre[1] * self.height, radius * self.unit
        light = strength * np.exp(-(((xs - x) / r) ** 2 + ((ys - y) / (r * squash)) ** 2))
        alpha = cv2.resize(light.astype(np.float32), (self.width, self.height), interpolation=cv2.INTER_CUBIC)
        self.pixels += (1 - self.pixels) * alpha[..., None].clip(0, 1) * rgb(colour)

    def shade(self, alpha: Floats, colour: str) -> None:
        """Blend a colour in where alpha (H,W), 0 to 1, says so."""
        self.pixels += (rgb(colour) - self.pixels) * alpha[..., None]

    def shape(self, points: Sequence[Point], top: str, bottom: str = "", alpha: float = 1.0) -> None:
        """A filled polygon with crisp edges, shaded from top to bottom colour."""
        self._ink(np.array(points, np.float64), None, top, bottom or top, alpha)

    def line(self, points: Sequence[Point], width: float, colour: str, alpha: float = 1.0) -> None:
        """A stroke through points."""
        self._ink(np.array(points, np.float64), max(1, round(width * self.unit)), colour, colour, alpha)

    def ellipse(
        self, centre: Point, rx: float, ry: float, top: str, bottom: str = "", *, turn: float = 0.0, alpha: float = 1.0
    ) -> None:
        """A filled ellipse, `turn` in radians clockwise."""
        self.shape(self.oval(centre, rx, ry, turn), top, bottom, alpha)

    def dot(self, centre: Point, radius: float, colour: str, alpha: float = 1.0) -> None:
        """A small disc; cheap, for stars by the hundred."""
        x, y, r = centre[0] * self.width, centre[1] * self.height, radius * self.unit
        x0, y0 = max(int(x - r - 1), 0), max(int(y - r - 1), 0)
        ys, xs = np.ogrid[y0 : min(int(y + r + 2), self.height), x0 : min(int(x + r + 2), self.width)]
        cover = (r + 0.5 - np.hypot(xs - x, ys - y)).clip(0, 1)[..., None] * alpha
        part = self.pixels[y0 : y0 + cover.shape[0], x0 : x0 + cover.shape[1]]
        part += (rgb(colour) - part) * cover.astype(np.float32)

    def oval(self, centre: Point, rx: float, ry: float, turn: float = 0.0, part: Point = (0.0, 1.0)) -> list[Point]:
        """Points of an ellipse, or of the part of it between two shares of the whole turn."""
        t = np.linspace(part[0], part[1], 73) * 2 * math.pi
        x, y = rx * np.cos(t), ry * np.sin(t)
        xs = centre[0] + (x * math.cos(turn) - y * math.sin(turn)) * self.unit / self.width
        ys = centre[1] + (x * math.sin(turn) + y * math.cos(turn)) * self.unit / self.height
        return list(zip(xs.tolist(), ys.tolist(), strict=True))

    def ball(self, centre: Point, radius: float, colour: str, light: Point = (-0.4, -0.45)) -> None:
        """A lit sphere: shadow side, body, highlight."""
        self.ellipse(centre, radius, radius, colour)
        x0, x1 = (round((centre[0] + s * radius * self.unit / self.width) * self.width) for s in (-1, 1))
        y0, y1 = (round((centre[1] + s * radius * self.unit / self.height) * self.height) for s in (-1, 1))
        x0, y0 = max(x0, 0), max(y0, 0)
        part = self.pixels[y0:y1, x0:x1]
        ys, xs = np.mgrid[y0 : y0 + part.shape[0], x0 : x0 + part.shape[1]].astype(np.float32)
        dx = (xs - centre[0] * self.width) / (radius * self.unit)
        dy = (ys - centre[1] * self.height) / (radius * self.unit)
        inside = ((1 - np.hypot(dx, dy)) * radius * self.unit).clip(0, 1)[..., None]
        away = np.hypot(dx - light[0], dy - light[1])
        dark = (0.62 * (away.clip(0, 1.6) / 1.6) ** 1.6)[..., None] * inside
        part *= 1 - dark
        shine = (0.75 * np.exp(-((away / 0.22) ** 2)))[..., None] * inside
        part += (1 - part) * shine

    def _ink(self, points: npt.NDArray[np.float64], width: int | None, top: str, bottom: str, alpha: float) -> None:
        xy = points * (self.width, self.height)
        pad = (width or 0) / 2 + 2
        x0, y0 = np.maximum(np.floor(xy.min(axis=0) - pad), 0).astype(int)
        x1, y1 = np.minimum(np.ceil(xy.max(axis=0) + pad), (self.width, self.height)).astype(int)
        if x1 <= x0 or y1 <= y0:
            return
        mask: Any = np.zeros((y1 - y0, x1 - x0), np.uint8)  # OpenCV's type hints want a wider array
        fine: Any = np.rint((xy - (x0, y0)) * 2**FRACTION).astype(np.int32)
        if width is None:
            cv2.fillPoly(mask, fine[None], (255,), cv2.LINE_AA, FRACTION)
        else:
            cv2.polylines(mask, fine[None], False, (255,), width, cv2.LINE_AA, FRACTION)
        span = np.linspace(0, 1, y1 - y0, dtype=np.float32)[:, None, None]
        colour = rgb(top) * (1 - span) + rgb(bottom) * span
        part = self.pixels[y0:y1, x0:x1]
        part += (colour - part) * (mask[..., None] * np.float32(alpha / 255))

    def ridge(self, heights: Floats, top: str, bottom: str, depth: float = 0.3) -> None:
        """Everything below a line of heights (one a column, shares of the height), shaded down over `depth`."""
        edge = np.asarray(heights * self.height, np.float32)
        first, solid, even = np.clip([edge.min() - 1, edge.max() + 1, edge.max() + depth * self.height + 1], 0, None)
        first, solid, even = (min(int(row), self.height) for row in (first, solid, even))
        ys = np.arange(first, even, dtype=np.float32)[:, None]
        fade = (ys - edge) * np.float32(1 / (depth * self.height))
        colour = np.clip(fade, 0, 1, out=fade)[..., None] * (rgb(bottom) - rgb(top)) + rgb(top)
        band = self.pixels[first:solid]
        band += (colour[: solid - first] - band) * (ys[: solid - first] - edge + 0.5).clip(0, 1)[..., None]
        self.pixels[solid:even] = colour[solid - first :]
        self.pixels[even:] = rgb(bottom)

    def mirror(self, horizon: float, strength: float, rng: np.random.Generator) -> None:
        """Water below the horizon: what is above it, upside down and rippled."""
        line = round(horizon * self.height)
        depth = self.height - line
        rows = np.arange(depth)
        above = np.clip(line - 1 - rows * 0.9, 0, None).astype(int)
        ripple = np.sin(rows**0.8 * 0.9) * (1 + rows / 90) + rng.uniform(-0.6, 0.6, depth)
        for y, (source, shift) in enumerate(zip(above.tolist(), ripple.tolist(), strict=True)):
            seen = np.roll(self.pixels[source], round(shift), axis=0)
            self.pixels[line + y] += (seen - self.pixels[line + y]) * strength

    def texture(self, rng: np.random.Generator, strength: float, size: float = 0.02, stretch: float = 1.0) -> None:
        """Uneven pigment: smooth spots of about `size`, wider by `stretch`."""
        cell = max(size * self.unit, 2)
        shape = (math.ceil(self.height / cell) + 1, math.ceil(self.width / (cell * stretch)) + 1)
        coarse = rng.normal(0, strength, shape).astype(np.float32)
        spots = cv2.resize(coarse, (self.width, self.height), interpolation=cv2.INTER_CUBIC)
        self.pixels *= (1 + spots)[..., None]

    def finish(self, rng: np.random.Generator, vignette: float = 0.22, grain: float = 0.006) -> npt.NDArray[np.uint8]:
        """The picture as (height, width, 3) uint8, with darker corners and a little grain."""
        y = np.linspace(-1, 1, self.height, dtype=np.float32)[:, None]
        x = np.linspace(-1, 1, self.width, dtype=np.float32)
        self.pixels *= (1 - vignette * ((x * x + y * y) / 2) ** 1.5)[..., None]
        self.pixels += (rng.standard_normal(self.pixels.shape[:2], np.float32) * np.float32(grain))[..., None]
        return np.asarray(cv2.convertScaleAbs(self.pixels, alpha=255), np.uint8)
