"""Image files for the benchmarks, made once into a cache folder: photo-like, or real photos brought to size.

Families of three: one picture of its own for each family, its members told apart by their metadata (a seed, a time).
So every file is distinct and every family has a look of its own, at a third of the encoding work.
"""

from __future__ import annotations

import io
import os
import tempfile
import zlib
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache, partial
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.intake.pool import processors

Picture = NDArray[np.uint8]
MEMBERS = 3
SLOPE = 1.3  # of the amplitude spectrum; 1 to 1.4 in photographs
CACHE = Path(os.environ.get("PICKWISE_BENCH_CACHE") or Path(tempfile.gettempdir()) / "pickwise-bench")


class Kind(NamedTuple):
    name: str
    suffix: str
    width: int
    height: int
    grain: float  # grey levels; with the slope it sets the size of the files: about 2.5 MB a PNG, 1 MB a JPEG


PNG = Kind("png", ".png", 1024, 1536, 1.8)
JPEG = Kind("jpeg", ".jpg", 3000, 2000, 1.5)


@lru_cache(maxsize=2)
def _texture(width: int, height: int) -> NDArray[np.float32]:
    """A tile of 1/f texture, as natural scenes have it."""
    rng = np.random.default_rng(7)
    fy, fx = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None, :]
    amplitude = np.maximum(np.hypot(fy, fx), 4 / max(width, height)) ** -SLOPE
    layers = [
        np.fft.irfft2(amplitude * np.exp(2j * np.pi * rng.random(amplitude.shape)), s=(height, width)) for _ in range(3)
    ]
    stacked = np.stack([layer / layer.std() for layer in layers], axis=-1)
    return stacked.astype(np.float32)


def draw(kind: Kind, seed: int) -> Picture:
    """One photo-like picture (height, width, 3)."""
    rng = np.random.default_rng(seed)
    size = (kind.width, kind.height)
    light = cv2.resize(rng.uniform(60, 200, (6, 5, 3)).astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
    shift = (int(rng.integers(kind.height)), int(rng.integers(kind.width)))
    light += np.roll(_texture(*size), shift, (0, 1)) * 22
    for _ in range(18):
        centre = (int(rng.integers(kind.width)), int(rng.integers(kind.height)))
        axes = (int(rng.integers(10, kind.width // 5)), int(rng.integers(10, kind.height // 5)))
        colour = tuple(float(c) for c in rng.uniform(20, 235, 3))
        cv2.ellipse(light, centre, axes, float(rng.uniform(0, 180)), 0, 360, colour, -1, cv2.LINE_AA)
    return _grained(light, kind, rng)


def _grained(light: NDArray[np.float32], kind: Kind, rng: np.random.Generator) -> Picture:
    grain = rng.standard_normal(light.shape[:2], np.float32)[..., None]
    return np.clip(light + grain * kind.grain + 0.5, 0, 255).astype(np.uint8)


def from_photo(kind: Kind, photo: Path, seed: int) -> Picture:
    """A real photo cropped and brought to size, with grain in place of the detail it never had."""
    with Image.open(photo) as image:
        rgb = np.asarray(image.convert("RGB"), np.float32)
    high, wide = rgb.shape[:2]
    share = min(wide / kind.width, high / kind.height)
    w, h = int(kind.width * share), int(kind.height * share)
    top, left = (high - h) // 2, (wide - w) // 2
    rgb = cv2.resize(rgb[top : top + h, left : left + w], (kind.width, kind.height), interpolation=cv2.INTER_CUBIC)
    return _grained(rgb, kind, np.random.default_rng(seed))


def _family(kind: Kind, folder: Path, photos: list[Path], number: int) -> None:
    last = folder / _name(kind, number, MEMBERS)
    if last.exists():
        return
    picture = from_photo(kind, photos[number % len(photos)], number) if photos else draw(kind, number)
    out = io.BytesIO()
    if kind.suffix == ".png":
        Image.fromarray(picture).save(out, "PNG")
    else:
        Image.fromarray(picture).save(out, "JPEG", quality=90)
    for member in range(1, MEMBERS + 1):
        data = _labelled(kind, out.getvalue(), number, member)
        part = folder / f".{number}-{member}.part"
        part.write_bytes(data)
        part.replace(folder / _name(kind, number, member))


def _name(kind: Kind, number: int, member: int) -> str:
    return f"bench{number:05}_{20250000 + number % 9999:08}_stage{member}{kind.suffix}"


def _labelled(kind: Kind, data: bytes, number: int, member: int) -> bytes:
    """The file with metadata of its own, as a generator or a camera writes it."""
    if kind.suffix == ".png":
        text = (
            "a portrait, window light, grain\nNegative prompt: blurry\nSteps: 30, Sampler: Euler a, CFG scale: 7, "
            f"Seed: {number * 10 + member}, Size: {kind.width}x{kind.height}, Model: drawn"
        )
        body = b"tEXtparameters\0" + text.encode()
        chunk = (len(body) - 4).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")
        return data[:33] + chunk + data[33:]  # after IHDR
    block = Image.Exif()
    block.get_ifd(0x8769)[36867] = f"2025:01:01 {number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}"
    body = b"Exif\0\0" + block.tobytes()[6:] + bytes([member])
    return data[:2] + b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body + data[2:]


def make(kind: Kind, count: int, photos: Path | None = None) -> list[Path]:
    """At least `count` files of a kind, in order; made where they are not there yet."""
    folder = CACHE / (f"{kind.name}-photos" if photos else kind.name)
    folder.mkdir(parents=True, exist_ok=True)
    given = sorted(p for p in photos.rglob("*") if p.suffix.lower() in (".jpg", ".jpeg", ".png")) if photos else []
    families = range(-(-count // MEMBERS))
    with ProcessPoolExecutor(processors()) as pool:
        list(pool.map(partial(_family, kind, folder, given), families, chunksize=4))
    names = [_name(kind, n, m) for n in families for m in range(1, MEMBERS + 1)]
    return [folder / name for name in names[:count]]


def small(count: int) -> Path:
    """A folder of `count` distinct PNGs of 64x64 with prompts, in families of three; made once."""
    folder = CACHE / f"small-{count}"
    done = folder / ".done"
    if done.exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(_small_pngs(count)):
        (folder / _name(PNG, number // MEMBERS, number % MEMBERS + 1)).write_bytes(data)
    done.touch()
    return folder


def _small_pngs(count: int) -> Iterator[bytes]:
    rng = np.random.default_rng(11)
    for number in range(count):
        if number % MEMBERS == 0:
            look = rng.uniform(30, 220, (5, 5, 3)).astype(np.float32)
        picture = cv2.resize(look, (64, 64), interpolation=cv2.INTER_CUBIC) + rng.normal(0, 2, (64, 64, 3))
        data = cv2.imencode(".png", np.clip(picture, 0, 255).astype(np.uint8))[1].tobytes()
        yield _labelled(PNG, data, number // MEMBERS, number % MEMBERS + 1)


__all__ = ["CACHE", "JPEG", "MEMBERS", "PNG", "Kind", "draw", "make", "small"]
