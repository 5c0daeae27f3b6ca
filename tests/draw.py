"""Images drawn for tests: nothing here is read from disk, the same seed draws the same picture.

Every picture is a uint8 array of shape (height, width, 3), RGB, 0 to 255.
"""

from __future__ import annotations

import functools
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, PngImagePlugin

Picture = NDArray[np.uint8]


def to_picture(values: NDArray[np.floating]) -> Picture:
    """Round and clip floats of 0 to 255."""
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def natural(seed: int, width: int = 384, height: int = 512) -> Picture:
    """Photo-like: the 1/f spectrum of natural scenes, with overlapping shapes that have crisp edges."""
    return _natural(seed, width, height).copy()


@functools.lru_cache(maxsize=64)
def _natural(seed: int, width: int, height: int) -> Picture:
    rng = np.random.default_rng(seed)
    fy, fx = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None, :]
    amplitude = 1 / np.maximum(np.hypot(fy, fx), 1 / max(width, height))
    layers = []
    for _ in range(3):
        phase = np.exp(2j * np.pi * rng.random(amplitude.shape))
        layer = np.fft.irfft2(amplitude * phase, s=(height, width))
        layers.append(layer / layer.std())
    image = to_picture(np.stack(layers, axis=-1) * 28 + rng.uniform(90, 160, 3))
    for _ in range(14):
        centre = (int(rng.integers(width)), int(rng.integers(height)))
        axes = (int(rng.integers(8, width // 4)), int(rng.integers(8, height // 4)))
        colour = tuple(int(c) for c in rng.integers(20, 236, 3))
        cv2.ellipse(image, centre, axes, float(rng.uniform(0, 180)), 0, 360, colour, -1, cv2.LINE_AA)
    return to_picture(image + rng.normal(0, 1.5, image.shape))


def flat(seed: int, width: int = 384, height: int = 512) -> Picture:
    """Flat art: a few plain areas with hard edges and no texture."""
    rng = np.random.default_rng(seed)
    image = np.full((height, width, 3), rng.integers(60, 220, 3), np.uint8)
    for _ in range(6):
        corners = rng.integers(0, (width, height), (3, 2)).astype(np.int32)
        cv2.fillPoly(image, [corners], tuple(int(c) for c in rng.integers(0, 256, 3)))
    return image


def variant(picture: Picture, seed: int, strength: float = 3.0) -> Picture:
    """A near-duplicate: slightly other light and grain, the same scene."""
    rng = np.random.default_rng(seed)
    light = 1 + rng.uniform(-0.01, 0.01) * strength
    return to_picture(picture * light + rng.normal(0, strength, picture.shape))


def blurred(picture: Picture, sigma: float) -> Picture:
    """Gaussian blur of `sigma` pixels."""
    return cv2.GaussianBlur(picture, (0, 0), sigma).astype(np.uint8)


def exposed(picture: Picture, stops: float) -> Picture:
    """Exposure changed by `stops`, in linear light (sRGB)."""
    encoded = picture / 255
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    linear = np.clip(linear * 2.0**stops, 0, 1)
    return to_picture(255 * np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055))


def noisy(picture: Picture, sigma: float, seed: int = 0) -> Picture:
    """Gaussian noise of `sigma` grey levels on every channel."""
    return to_picture(picture + np.random.default_rng(seed).normal(0, sigma, picture.shape))


def save(picture: Picture, path: Path, parameters: str = "", **options: object) -> Path:
    """Write a picture in the format of the path's suffix; `parameters` becomes the PNG text chunk of that name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if parameters:
        chunks = PngImagePlugin.PngInfo()
        chunks.add_text("parameters", parameters)
        options["pnginfo"] = chunks
    if path.suffix == ".png":
        options.setdefault("compress_level", 1)  # half the time
    Image.fromarray(picture).save(path, **options)
    return path
