"""A library with made-up vectors and a person of a known taste, for tests of what is learned from picks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.culling import decide
from engine.library.store import Library
from engine.vision.cache import Cache
from engine.vision.embedders import LITE0
from tests import rows

Floats = npt.NDArray[np.float64]
LIKED = 6  # directions of the vectors that the person cares for


def library(root: Path, families: int, *, size: int = 3, seed: int = 0) -> Library:
    """Open, grouped, every image with a vector."""
    made = rows.filled(root, [size] * families, seed=seed, blurred=0.0)
    add_vectors(made, seed)
    return made


def add_vectors(made: Library, seed: int = 0) -> None:
    """Write vectors into the cache: a family's own place, and each image's own offset from it."""
    with made.db.read() as connection:
        found = list(
            connection.execute("SELECT i.content_hash, m.group_id FROM images i JOIN members m ON m.image_id = i.id")
        )
    rng = np.random.default_rng(seed)
    shape = np.zeros(LITE0.size)
    shape[:40] = 0.9 ** np.arange(40)
    places = {group: rng.standard_normal(LITE0.size) * shape for group in sorted({row[1] for row in found})}
    with Cache(made.paths.vectors) as cache:
        written = []
        for content, group in found:
            vector = places[group] + rng.standard_normal(LITE0.size) * shape * 0.7
            written.append((str(content), (vector / np.linalg.norm(vector)).astype(np.float16).tobytes()))
        cache.add_vectors(LITE0.key, written)


def liked(made: Library, seed: int = 1) -> dict[int, float]:
    """How much the person likes each image: a weighted sum of its vector."""
    taste = np.zeros(LITE0.size)
    taste[:LIKED] = np.random.default_rng(seed).standard_normal(LIKED)
    with made.db.read() as connection:
        found = list(connection.execute("SELECT id, content_hash FROM images"))
    with Cache(made.paths.vectors) as cache:
        vectors = dict(cache.vectors(LITE0.key, [str(row[1]) for row in found]))
    return {int(row[0]): float(np.frombuffer(vectors[n], np.float16) @ taste) for n, row in enumerate(found)}


def groups(made: Library) -> dict[str, list[int]]:
    """The images of each group, in the groups' order."""
    found: dict[str, list[int]] = {}
    with made.db.read() as connection:
        for key, image in connection.execute(
            "SELECT g.key, m.image_id FROM members m JOIN groups g ON g.id = m.group_id ORDER BY g.id, m.rank"
        ):
            found.setdefault(str(key), []).append(int(image))
    return found


def pick(made: Library, keys: Sequence[str], taste: dict[int, float]) -> None:
    """Decide these groups as the person would."""
    members = groups(made)
    for key in keys:
        decide.pick(made, key, max(members[key], key=lambda image: taste[image]))
