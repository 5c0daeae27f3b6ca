"""Families of a picture as stages make them, and things erased from one of them: what siblings are compared on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from tests.bench import edits

Rgb = npt.NDArray[np.uint8]
Box = tuple[float, float, float, float]
KINDS = ("erased", "smeared")


class Variant(NamedTuple):
    """A picture and the (2, 3) map from its source's pixels to its own."""

    rgb: Rgb
    there: npt.NDArray[np.float64]


class Family(NamedTuple):
    """Pictures, which of them lost something, how, and where in its own pixels."""

    pictures: list[Rgb]
    loser: int
    kind: str
    box: Box
    share: float


def sources(data: Path) -> Iterator[tuple[str, Path, int]]:
    """Kind, file and, of a 2 x 2 grid, the corner (else -1)."""
    for folder in ("taming_photos", "human_samples", "cq100", "comfyui_examples", "creativeai_comfy"):
        for file in sorted((data / folder).rglob("*.*")):
            if file.suffix in (".jpg", ".png"):
                yield ("AI" if "comfy" in folder else "photo"), file, -1
    for place, file in enumerate(sorted((data / "supagruen_sd").rglob("*.webp"))):
        yield "AI", file, place % 4


def load(file: Path, corner: int) -> Rgb:
    """(H, W, 3), long side at most 1024; one picture of a grid."""
    rgb = np.asarray(edits.load(file))
    if corner >= 0:
        h, w = rgb.shape[0] // 2, rgb.shape[1] // 2
        rgb = rgb[corner // 2 * h :, corner % 2 * w :][:h, :w]
    return np.ascontiguousarray(rgb)


def family(rgb: Rgb, rng: np.random.Generator, kind: str, count: int = 4) -> Family | None:
    """`count` variants, one with something lost; None where the picture has nothing to lose."""
    place = _place(rgb, rng)
    if place is None:
        return None
    loser = int(rng.integers(count))
    damaged = erase(rgb, place) if kind == "erased" else smear(rgb, place, rng)
    variants = [variant(damaged if n == loser else rgb, rng) for n in range(count)]
    x1, y1, x2, y2 = place
    there = variants[loser].there
    box = (*(there @ [x1, y1, 1]), *(there @ [x2, y2, 1]))
    share = float(np.sqrt((x2 - x1) * (y2 - y1) / rgb[..., 0].size))
    return Family([one.rgb for one in variants], loser, kind, box, share)


def _place(rgb: Rgb, rng: np.random.Generator) -> tuple[int, int, int, int] | None:
    """A box of 3 to 12 % of the side among the third of places with most to lose; away from the rim."""
    gray = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    side = float(np.sqrt(gray.size))
    w, h = (max(8, round(side * share)) for share in rng.uniform(0.03, 0.12, 2))
    band = cv2.GaussianBlur(gray.astype(np.float32), (0, 0), side / 400)
    detail = cv2.blur(np.abs(band - cv2.GaussianBlur(band, (0, 0), side / 100)), (w, h))
    rim = round(side * 0.06)
    ys, xs = rng.integers(rim + h, gray.shape[0] - rim - h, 60), rng.integers(rim + w, gray.shape[1] - rim - w, 60)
    values = detail[ys, xs]
    pick = int(rng.choice(np.argsort(-values)[:20]))
    if values[pick] < 3:  # grey levels: sky, wall, paper
        return None
    x, y = int(xs[pick]) - w // 2, int(ys[pick]) - h // 2
    return x, y, x + w, y + h


def erase(rgb: Rgb, place: tuple[int, int, int, int]) -> Rgb:
    """Filled in from around (Telea)."""
    return np.asarray(cv2.inpaint(rgb, _ellipse(rgb, place), 5, cv2.INPAINT_TELEA), np.uint8)


def smear(rgb: Rgb, place: tuple[int, int, int, int], rng: np.random.Generator) -> Rgb:
    """Blurred, or its median, at a fourth of its side, with a soft rim."""
    side = min(place[2] - place[0], place[3] - place[1])
    if rng.random() < 0.5:
        soft = cv2.GaussianBlur(rgb, (0, 0), max(3.0, side / 4))
    else:
        soft = cv2.medianBlur(rgb, max(9, side // 2) | 1)
    mask = cv2.GaussianBlur(_ellipse(rgb, place), (0, 0), 2)[..., None] / 255
    return np.asarray(np.rint(rgb * (1 - mask) + soft * mask), np.uint8)


def _ellipse(rgb: Rgb, place: tuple[int, int, int, int]) -> npt.NDArray[np.uint8]:
    x1, y1, x2, y2 = place
    mask = np.zeros(rgb.shape[:2], np.uint8)
    middle, axes = ((x1 + x2) // 2, (y1 + y2) // 2), ((x2 - x1) // 2, (y2 - y1) // 2)
    cv2.ellipse(mask, middle, axes, 0, 0, 360, 255, -1)
    return mask


def variant(rgb: Rgb, rng: np.random.Generator) -> Variant:
    """Cropped, resized and warped a little; sharper or softer; toned; grained; through JPEG: most of it by chance."""
    rgb, there = _reshaped(rgb, rng)
    if rng.random() < 0.3:
        rgb = _bent(rgb, rng)
    rgb = _detailed(rgb, rng)
    look = rgb.astype(np.float32)
    if rng.random() < 0.7:
        look = 255 * (look / 255) ** rng.uniform(0.8, 1.25) * rng.uniform(0.9, 1.08) + rng.uniform(-10, 10)
    if rng.random() < 0.7:
        look *= rng.uniform(0.92, 1.08, 3)
    if rng.random() < 0.6:
        look += rng.normal(0, rng.uniform(1, 6), look.shape)
    rgb = np.clip(np.rint(look), 0, 255).astype(np.uint8)
    if rng.random() < 0.7:
        quality = [int(cv2.IMWRITE_JPEG_QUALITY), int(rng.integers(55, 95))]
        rgb = cv2.imdecode(cv2.imencode(".jpg", rgb, quality)[1], cv2.IMREAD_COLOR)
    return Variant(np.ascontiguousarray(rgb), there)


def _reshaped(rgb: Rgb, rng: np.random.Generator) -> tuple[Rgb, npt.NDArray[np.float64]]:
    height, width = rgb.shape[:2]
    left, top, right, bottom = (int(side * rng.uniform(0, 0.03)) for side in (width, height, width, height))
    rgb = rgb[top : height - bottom, left : width - right]
    factor = float(rng.choice([1.0, 1.0, 0.6, 0.8, 1.25, 1.5]))
    size = (round(rgb.shape[1] * factor), round(rgb.shape[0] * factor))
    x, y = size[0] / rgb.shape[1], size[1] / rgb.shape[0]
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    there = np.array([[x, 0, -left * x], [0, y, -top * y]])
    return np.asarray(cv2.resize(rgb, size, interpolation=method), np.uint8), there


def _bent(rgb: Rgb, rng: np.random.Generator) -> Rgb:
    """Up to half a percent of the side, smoothly."""
    height, width = rgb.shape[:2]
    reach = 0.005 * max(height, width)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    coarse = [cv2.resize(rng.uniform(-1, 1, (5, 5)).astype(np.float32), (width, height), interpolation=2) for _ in "xy"]
    return np.asarray(cv2.remap(rgb, x + reach * coarse[0], y + reach * coarse[1], 1, borderMode=cv2.BORDER_REPLICATE))


def _detailed(rgb: Rgb, rng: np.random.Generator) -> Rgb:
    """Softer, sharper, or painted smooth, as an early or a late stage is."""
    choice = rng.integers(6)
    size = max(rgb.shape) / 1024
    if choice == 0:
        return np.asarray(cv2.GaussianBlur(rgb, (0, 0), rng.uniform(0.6, 1.8) * size), np.uint8)
    if choice == 1:
        soft = cv2.GaussianBlur(rgb, (0, 0), 1.5 * size)
        return np.asarray(cv2.addWeighted(rgb, 1.7, soft, -0.7, 0), np.uint8)
    if choice == 2:
        return np.asarray(cv2.bilateralFilter(rgb, 5, 25, 3), np.uint8)
    if choice == 3:
        return _redrawn(rgb, rng, size)
    return rgb


def _redrawn(rgb: Rgb, rng: np.random.Generator, size: float) -> Rgb:
    """Every detail a pixel or two elsewhere than its neighbours, as when noise is added and taken away again."""
    height, width = rgb.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    shifts = [cv2.GaussianBlur(rng.normal(0, 1, (height, width)).astype(np.float32), (0, 0), 5 * size) for _ in "xy"]
    x, y = (at + shift * (1.2 * size / shift.std()) for at, shift in zip((x, y), shifts, strict=True))
    return np.asarray(cv2.remap(rgb, x.astype(np.float32), y.astype(np.float32), 1, borderMode=cv2.BORDER_REFLECT))
