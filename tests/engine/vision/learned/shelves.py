"""A library of rows whose pictures were looked at and whose vectors are known: learning needs no worker there."""

from __future__ import annotations

import hashlib

import numpy as np

from engine.library.store import Library
from engine.library.tags import PART_OF
from engine.vision import checks
from engine.vision.cache import Cache
from engine.vision.embedders import LITE0
from engine.vision.learned import part_vectors
from engine.vision.learned.labels import Item
from tests import rows

VERSION = "made up"
BOX = (100.0, 200.0, 300.0, 400.0)


def fill(library: Library, families: int, size: int = 2) -> list[int]:
    """Families of looked-at pictures; answers with their ids, family after family."""
    rows.fill(library, [size] * families, blurred=0)
    library.write(
        lambda c: c.execute(
            "INSERT INTO looked SELECT id, content_hash, ?, 1, 0, 0, 0 FROM images WHERE content_hash IS NOT NULL",
            (VERSION,),
        )
    )
    rows.group(library)
    with library.db.read() as connection:
        return [image for (image,) in connection.execute("SELECT id FROM images ORDER BY id")]


def items(library: Library) -> dict[int, Item]:
    with library.db.read() as connection:
        found = connection.execute("SELECT id, content_hash, filepath FROM images ORDER BY id").fetchall()
    return {image: Item(content, path, VERSION, 1024, 1536) for image, content, path in found}


def vector(content: str, *, shows: bool) -> np.ndarray:
    """(1280,) float32 of length 1: like all the others, leaning to one side where it shows what is to be learned."""
    rng = np.random.default_rng(int(hashlib.sha256(content.encode()).hexdigest()[:8], 16))
    found = np.abs(np.random.default_rng(1).normal(size=LITE0.size)) + rng.normal(0, 0.3, LITE0.size)
    found[:40] += 0.5 * shows
    return np.asarray(found / np.linalg.norm(found), np.float32)


def embed(library: Library, tag: str, shows: dict[int, bool], *, parts: int = 2) -> None:
    """Vectors of the part that this tag is about: one of `parts` shows it, or none."""
    known = items(library)
    part = PART_OF[tag]
    entries = []
    for image, so in shows.items():
        item = known[image]
        vectors = [vector(f"{item.content}{n}", shows=so and n == 0).astype(np.float16) for n in range(parts)]
        if part == "whole":
            entries.append((item.content, vectors[0].tobytes()))
        else:
            boxes = [np.asarray(BOX, np.float32) + 10 * n for n in range(parts)]
            data = b"".join(box.tobytes() + v.tobytes() for box, v in zip(boxes, vectors, strict=True))
            entries.append((part_vectors._key(item), data))
    with Cache(library.paths.vectors) as cache:
        cache.add_vectors(LITE0.key if part == "whole" else part_vectors._kind(part), entries)


def say(library: Library, tag: str, answers: dict[int, bool]) -> None:
    for image, yes in answers.items():
        checks.answer(library, image, tag, yes=yes)
