"""Put the demo's pictures on the disk, beside nothing else and over nothing else.

A hidden file says that a folder is ours and whether it was finished. A finished folder is left as it is, whatever its
owner did in it since; an interrupted one is gone on with, and every picture appears whole under its name or not at all.
"""

from __future__ import annotations

import io
import json
import os
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from engine.demo.plan import Shot, shots, take_of
from engine.demo.take import Picture
from engine.errors import PickwiseError, WrongUse
from engine.library.text import to_text

MARK = ".pickwise-demo"
BEGUN, DONE = "begun\n", "done\n"
EPOCH = datetime(2025, 7, 5, 23, 0, tzinfo=UTC).timestamp()
NEGATIVE = "blurry, lowres, watermark"
MODEL = "paintbox-xl"


def draw(folder: Path) -> None:
    """Draw the demo's pictures and companions in `folder`, made where it is missing.

    Raises:
        WrongUse: the folder holds other things, or is no folder.
        PickwiseError: the disk refuses.
    """
    mark = folder / MARK
    try:
        if _state(folder) == DONE:
            return
        folder.mkdir(parents=True, exist_ok=True)
        mark.write_text(BEGUN, "utf-8")
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            list(pool.map(lambda numbered: _make(folder, *numbered), enumerate(shots())))
        mark.write_text(DONE, "utf-8")
    except OSError as error:
        raise PickwiseError(
            f"The demo cannot be drawn in {to_text(folder)}: {error.strerror or error}.", "Choose another folder."
        ) from None


def _state(folder: Path) -> str:
    """What the mark says; BEGUN for a folder that is empty or not there. Raises WrongUse for anybody else's."""
    if (folder / MARK).is_file():
        return DONE if (folder / MARK).read_text("utf-8", "replace") == DONE else BEGUN
    if os.path.lexists(folder) and (not folder.is_dir() or any(folder.iterdir())):
        raise WrongUse(f"{to_text(folder)} holds other things already.", "Name an empty or a new folder for the demo.")
    return BEGUN


def _make(folder: Path, number: int, shot: Shot) -> None:
    path = folder / shot.name
    when = EPOCH + 60 * number
    for name, data in _companions(shot, path):
        _write(path.with_name(name), lambda data=data: data, when)
    _write(path, lambda: _encoded(shot), when)


def _write(path: Path, contents: Any, when: float) -> None:
    """Write a file that is not there yet, whole or not at all; one that is there stays."""
    if os.path.lexists(path):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.new")
    try:
        temporary.write_bytes(contents())
        os.utime(temporary, (when, when))
        temporary.rename(path)
    finally:
        temporary.unlink(missing_ok=True)


def _encoded(shot: Shot) -> bytes:
    picture = _spoiled(shot, shot.scene(take_of(shot)))
    data = _sideways_jpeg(picture) if shot.sideways else _png(picture, _chunks(shot))
    return data[: len(data) * 2 // 5] if shot.fault == "truncated" else data


def _sideways_jpeg(picture: Picture) -> bytes:
    from PIL import Image

    exif = Image.Exif()
    exif[0x0112] = 6  # stored turned to the left: turn right to see it
    exif.get_ifd(0x8769)[0x9003] = "2025:07:06 10:02:31"
    out = io.BytesIO()
    Image.fromarray(picture).transpose(Image.Transpose.ROTATE_90).save(out, "JPEG", quality=92, exif=exif)
    return out.getvalue()


def _png(picture: Picture, text: dict[str, str]) -> bytes:
    """A PNG in a third of the time the libraries take: rows as differences, entropy coding alone."""
    height, width = picture.shape[:2]
    rows = picture.reshape(height, -1)
    filtered = np.full((height, 1 + rows.shape[1]), 2, np.uint8)  # filter 2: what changed since the row above
    filtered[0, 1:], filtered[1:, 1:] = rows[0], rows[1:] - rows[:-1]
    packer = zlib.compressobj(1, zlib.DEFLATED, 15, 9, zlib.Z_HUFFMAN_ONLY)
    parts = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))]
    parts += [(b"tEXt", key.encode("latin-1") + b"\0" + value.encode("latin-1")) for key, value in text.items()]
    parts += [(b"IDAT", packer.compress(filtered.tobytes()) + packer.flush()), (b"IEND", b"")]
    chunks = (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _spoiled(shot: Shot, picture: Picture) -> Picture:
    match shot.fault:
        case "blur":
            return np.asarray(cv2.GaussianBlur(picture, (0, 0), 3.2), np.uint8)
        case "soft":
            return np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.75), np.uint8)
        case "dark":
            return np.asarray(np.rint((picture / 255.0) ** 1.5 * 66), np.uint8)
        case "noise":
            grain = np.random.default_rng(shot.seed).normal(0, 26, picture.shape)
            return np.asarray(np.rint((picture + grain).clip(0, 255)), np.uint8)
    return picture


def _settings(shot: Shot) -> dict[str, str | int]:
    height, width = take_of(shot).canvas().pixels.shape[:2]
    return {
        "steps": 20 + 10 * shot.take, "sampler": "Euler a", "cfg": 7, "seed": 400_000 + 1000 * shot.seed + shot.take,
        "width": width, "height": height,
    }  # fmt: skip


def _chunks(shot: Shot) -> dict[str, str]:
    """PNG text: what image generators leave in their files."""
    s = _settings(shot)
    if shot.notes == "parameters":
        line = f"Steps: {s['steps']}, Sampler: {s['sampler']}, CFG scale: {s['cfg']}, Seed: {s['seed']}, "
        line += f"Size: {s['width']}x{s['height']}, Model: {MODEL}"
        return {"parameters": f"{shot.prompt}\nNegative prompt: {NEGATIVE}\n{line}"}
    if shot.notes == "comfyui":
        graph: dict[str, dict[str, Any]] = {
            "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": f"{MODEL}.safetensors"}},
            "2": {"class_type": "CLIPTextEncode", "inputs": {"text": shot.prompt, "clip": ["1", 1]}},
            "3": {"class_type": "CLIPTextEncode", "inputs": {"text": NEGATIVE, "clip": ["1", 1]}},
            "4": {
                "class_type": "EmptyLatentImage",
                "inputs": {"width": s["width"], "height": s["height"], "batch_size": 1},
            },
            "5": {
                "class_type": "KSampler",
                "inputs": {
                    "seed": s["seed"], "steps": s["steps"], "cfg": s["cfg"], "sampler_name": "euler_ancestral",
                    "scheduler": "normal", "denoise": 1.0, "model": ["1", 0], "positive": ["2", 0],
                    "negative": ["3", 0], "latent_image": ["4", 0],
                },
            },
        }  # fmt: skip
        return {"prompt": json.dumps(graph)}
    return {}


def _companions(shot: Shot, path: Path) -> list[tuple[str, bytes]]:
    if shot.notes == "yaml":
        lines = [f"prompt: {shot.prompt}", f"negative_prompt: {NEGATIVE}", f"model: {MODEL}"]
        lines += [f"{key}: {value}" for key, value in _settings(shot).items()]
        return [(f"{path.stem}.yaml", ("\n".join(lines) + "\n").encode())]
    if shot.notes == "caption":
        suffix = "caption" if shot.seed % 2 else "txt"
        return [(f"{path.stem}.{suffix}", (shot.prompt + "\n").encode())]
    return []
