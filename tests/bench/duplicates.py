"""How quickly copies are found: groups by pHash and by cosine, and an index kept up to date; beside two others.

    .venv/bin/python -m tests.bench.duplicates [--sizes 100000 1000000] [--repeats 3]

Everything is drawn from seeds. Hashes: a third are copies, up to six bits off, of the others. Vectors: 1 280 numbers
whose spread falls off like that of real embeddings, in scenes of fifty; two fifths are copies at cosines of 0.86 to
0.998, evenly over that range, so many more lie near the threshold of 0.9 than in a real folder. Each part is a process
of its own, so that its peak memory is its own. imagehash compares its objects two by two: that is timed on some and
grows with the square. imagededup is optional; it is given the hashes and compares in its own default way.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from importlib.util import find_spec
from itertools import combinations
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from engine.grouping.by_phash import by_phash
from engine.grouping.by_vectors import by_vectors
from engine.grouping.vector_index import VectorIndex
from tests.bench.report import Row, finish

RADIUS, COSINE, SIZE = 8, 0.9, 1280
_FEW = 1500  # images that imagehash compares two by two
_DEDUPED = 5000  # images that imagededup compares
_ASKED = 1000  # images whose neighbours are looked for one by one
_AT_ONCE = 10_000


def hashes(count: int) -> np.ndarray:
    """(count,) uint64, a third of them copies."""
    rng = np.random.default_rng(1)
    value = rng.integers(0, 2**64, count, dtype=np.uint64)
    copies = rng.choice(count, count // 3, replace=False)
    copied = value[rng.integers(0, count, len(copies))]
    for _ in range(6):
        flip = np.uint64(1) << rng.integers(0, 64, len(copies)).astype(np.uint64)
        copied = np.where(rng.random(len(copies)) < 0.7, copied ^ flip, copied)
    value[copies] = copied
    return value


def vectors(count: int) -> np.ndarray:
    """(count, 1280) float16, L2-normalised, as the module's docstring says."""
    rng = np.random.default_rng(2)
    spread = (np.arange(1, SIZE + 1) ** -0.5).astype(np.float32)
    spread /= np.linalg.norm(spread)
    mean = 0.6 * spread * rng.standard_normal(SIZE, np.float32)
    scenes = 0.6 * spread * rng.standard_normal((max(count // 50, 1), SIZE), np.float32)
    made = np.empty((count, SIZE), np.float16)
    for start in range(0, count, _AT_ONCE):
        some = min(_AT_ONCE, count - start)
        rows = mean + scenes[rng.integers(0, len(scenes), some)]
        rows += 0.55 * spread * rng.standard_normal((some, SIZE), np.float32)
        made[start : start + some] = _unit(rows)
    copy = rng.random(count) < 0.4
    originals, copies = np.flatnonzero(~copy), np.flatnonzero(copy)
    for start in range(0, len(copies), _AT_ONCE):
        some = copies[start : start + _AT_ONCE]
        base = made[rng.choice(originals, len(some))].astype(np.float32)
        away = spread * rng.standard_normal(base.shape, np.float32)
        away = _unit(away - (away * base).sum(1, keepdims=True) * base)
        cosine = rng.uniform(0.86, 0.998, (len(some), 1)).astype(np.float32)
        made[some] = cosine * base + np.sqrt(1 - cosine**2) * away
    return made


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _seconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _peak() -> float:
    """The most memory this process has held so far, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6


def look(count: int, repeats: int) -> dict[str, float]:
    """Groups by pHash: seconds, the memory they took, and how many images would go."""
    value, order = hashes(count), np.random.default_rng(3).permutation(count)
    flat, before, spent = np.zeros(count, bool), _peak(), []
    hub = order
    for _ in range(repeats):
        began = time.perf_counter()
        hub = by_phash(value, flat, RADIUS).gather(order)
        spent.append(time.perf_counter() - began)
    return {"seconds": statistics.median(spent), "megabytes": _peak() - before, "go": count - len(np.unique(hub))}


def embedding(count: int, repeats: int) -> dict[str, float]:
    """Groups by cosine, the index built for it; then 1 000 more images; then what it has missed."""
    every = vectors(count + 1000)
    keys = np.random.default_rng(4).permutation(len(every)) + 2**40
    order, before = np.random.default_rng(5).permutation(count), _peak()
    spent, added, saved = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(repeats):
            index = VectorIndex(Path(folder), "bench", SIZE)
            began = time.perf_counter()
            hub = by_vectors(index, keys[:count], every[:count], COSINE).gather(order)
            spent.append(time.perf_counter() - began)
            index.save()
            index = VectorIndex.open(Path(folder), "bench", SIZE)
            added.append(_seconds(lambda index=index: index.add(keys[count:], every[count:])))
            saved.append(_seconds(index.save))
        peak, size = _peak() - before, (Path(folder) / "bench.faiss").stat().st_size / 1e6
    return {
        "seconds": statistics.median(spent),
        "added": statistics.median(added),
        "saved": statistics.median(saved),
        "megabytes": peak,
        "file": size,
        "go": count - len(np.unique(hub)),
        "recall": recall(index, keys, every),
    }


def recall(index: VectorIndex, keys: np.ndarray, every: np.ndarray) -> float:
    """Of the neighbours that comparing with every vector finds, the share that the index proposes."""
    asked = np.random.default_rng(6).choice(len(every), _ASKED, replace=False)
    row, key = index.candidates(every[asked], COSINE)
    place = np.argsort(keys)[np.searchsorted(np.sort(keys), key)]
    proposed = set(zip(row.tolist(), place.tolist(), strict=True))
    true = set()
    for start in range(0, len(every), _AT_ONCE):
        near = every[asked].astype(np.float32) @ every[start : start + _AT_ONCE].astype(np.float32).T >= COSINE
        true |= {(int(a), int(b) + start) for a, b in zip(*np.nonzero(near), strict=True)}
    true -= {(k, int(place)) for k, place in enumerate(asked)}
    return len(true & proposed) / len(true)


def with_imagehash(count: int) -> dict[str, float]:
    """Seconds of comparing all pairs of some objects, and what that comes to for all of them."""
    import imagehash

    value = hashes(count)[:_FEW]
    objects = [imagehash.hex_to_hash(f"{one:016x}") for one in value.tolist()]
    spent = _seconds(lambda: sum(a - b <= RADIUS for a, b in combinations(objects, 2)))
    return {"seconds": spent, "all": spent * (count * (count - 1)) / (_FEW * (_FEW - 1))}


def with_imagededup(count: int) -> dict[str, float]:
    """Seconds of imagededup's search and of ours on the same hashes, one after the other."""
    from imagededup.methods import PHash

    value = hashes(count)
    table = {f"{k}.png": f"{one:016x}" for k, one in enumerate(value.tolist())}
    theirs = _seconds(lambda: PHash(verbose=False).find_duplicates(encoding_map=table, max_distance_threshold=RADIUS))
    order, flat = np.random.default_rng(3).permutation(count), np.zeros(count, bool)
    ours = statistics.median(_seconds(lambda: by_phash(value, flat, RADIUS).gather(order)) for _ in range(3))
    return {"seconds": theirs, "ours": ours}


def _alone(work: Callable[..., dict[str, float]], *told: int) -> dict[str, float]:
    """Run in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *told).result()


def run(sizes: tuple[int, ...] = (100_000, 1_000_000), repeats: int = 3) -> list[Row]:
    rows, first = [], {}
    for count in sizes:
        found = _alone(look, count, repeats)
        first = first or {"count": count, **found}
        goal = {100_000: "< 1.2", 1_000_000: "< 20"}.get(count, "")
        note = f"exact, gathering included; {found['go']:.0f} would go; {found['megabytes']:.0f} MB at the most"
        rows.append(Row(f"groups by pHash, Hamming <= {RADIUS}, {count} images", found["seconds"], "s", goal, note))
        rows.append(Row(f"memory of that, {count} images", found["megabytes"] * 1e6 / count, "B/image"))
    rows += _cosine_rows(int(first["count"]), repeats)
    rows += _others(int(first["count"]), first["seconds"])
    return rows


def _cosine_rows(count: int, repeats: int) -> list[Row]:
    found = _alone(embedding, count, repeats)
    note = f"index built anew; {found['go']:.0f} would go; {found['megabytes']:.0f} MB beside the vectors"
    return [
        Row(f"groups by cosine >= {COSINE}, {count} x {SIZE}", found["seconds"], "s", "< 60", note),
        Row("share of all pairs the index proposes", found["recall"], "", ">= 0.99", f"{_ASKED} images against all"),
        Row("1 000 images more in that index", found["added"], "s", "< 1", "no new cells, nothing rebuilt"),
        Row("saving it, synced", found["saved"], "s", "", f"{found['file']:.0f} MB"),
    ]


def _others(count: int, ours: float) -> list[Row]:
    other = _alone(with_imagehash, count)
    note = f"{other['all']:.0f} s at {count}, from {_FEW} objects two by two in {other['seconds']:.1f} s"
    rows = [Row(f"times as quick as imagehash, {count} images", other["all"] / ours, "x", "", note)]
    if find_spec("imagededup") is None:
        print("imagededup is not installed: no figure beside it; it is in the extra `bench`.")
        return rows
    other = _alone(with_imagededup, _DEDUPED)
    note = f"find_duplicates from its hashes {other['seconds']:.1f} s, here {other['ours']:.2f} s"
    return [
        *rows,
        Row(f"times as quick as imagededup, {_DEDUPED} images", other["seconds"] / other["ours"], "x", "", note),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--repeats", type=int, default=3)
    asked = parser.parse_args()
    finish("duplicates", "Duplicates", run(tuple(asked.sizes), asked.repeats))


if __name__ == "__main__":
    main()
