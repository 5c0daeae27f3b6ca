"""Pictures of which a simulated person tags some: each with its family, its true answer, and its pixels.

What is tagged is none of what the network was trained to name: a glare laid over a photograph, beside the photograph
alone, each in a light and grain of its own; and pictures that a model painted, beside photographs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

Pixels = npt.NDArray[np.uint8]
LONGEST = 512  # pixels, a thumbnail's


class Tagged(NamedTuple):
    """One picture: a family's number, whether it shows what is tagged, the pixels."""

    family: int
    yes: bool
    rgb: Pixels


def glare(data: Path) -> Iterator[Tagged]:
    """Each photograph twice: one with a soft bright veil somewhere, both in a light of their own."""
    sets = ("human_samples", "clothing_cc0_small", "cq100", "taming_photos")
    for family, file in enumerate(file for name in sets for file in _files(data / name)):
        rng = np.random.default_rng(family)
        rgb = _read(file)
        yield Tagged(family, yes=False, rgb=_relit(rgb, rng))
        yield Tagged(family, yes=True, rgb=_veiled(_relit(rgb, rng), rng))


def painted(data: Path) -> Iterator[Tagged]:
    """Pictures that a model painted (yes), the quarters of a grid being one family, and photographs."""
    family = 0
    for file in _files(data / "supagruen_sd"):
        rgb = _read(file, 1024)
        high, wide = rgb.shape[0] // 2, rgb.shape[1] // 2
        for part in (rgb[:high, :wide], rgb[:high, wide:], rgb[high:, :wide], rgb[high:, wide:]):
            yield Tagged(family, yes=True, rgb=np.ascontiguousarray(part))
        family += 1
    for name in ("comfyui_examples", "creativeai_comfy"):
        for file in _files(data / name):
            yield Tagged(family := family + 1, yes=True, rgb=_read(file))
    for file in (file for name in ("human_samples", "cq100", "taming_photos") for file in _files(data / name)):
        yield Tagged(family := family + 1, yes=False, rgb=_read(file))


KINDS: dict[str, Callable[[Path], Iterator[Tagged]]] = {"glare": glare, "painted": painted}


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.suffix.lower() in {".jpg", ".jpeg", ".png", ".webp"})


def _read(file: Path, longest: int = LONGEST) -> Pixels:
    with Image.open(file) as image:
        image.draft("RGB", (longest, longest))
        turned = ImageOps.exif_transpose(image).convert("RGB")
    turned.thumbnail((longest, longest))
    return np.asarray(turned)


def _relit(rgb: Pixels, rng: np.random.Generator) -> Pixels:
    """Slightly other light and grain, so that no two variants are alike but for what is tagged."""
    noisy = rgb * rng.uniform(0.9, 1.1) + rng.uniform(-8, 8) + rng.normal(0, 3, rgb.shape)
    return np.asarray(np.clip(noisy, 0, 255), np.uint8)


def _veiled(rgb: Pixels, rng: np.random.Generator) -> Pixels:
    high, wide = rgb.shape[:2]
    across = float(rng.uniform(0.12, 0.3)) * max(high, wide)
    y, x = np.mgrid[:high, :wide]
    far = ((x - rng.uniform(0.1, 0.9) * wide) ** 2 + (y - rng.uniform(0.1, 0.9) * high) ** 2) / across**2
    veil = (float(rng.uniform(0.5, 0.9)) * np.exp(-far))[..., None]
    return np.asarray(rgb * (1 - veil) + 255 * veil, np.uint8)
