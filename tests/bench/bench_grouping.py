"""Grouping at 5 000, 20 000 and 100 000 images: families as they come, and the worst that a folder can hold.

    .venv/bin/python -m tests.bench.bench_grouping [--sizes 5000 20000] [--json FILE]

Each row is one process, so that its peak memory is its own. Seconds are the median of the
runs; CPU seconds say the same on a machine that is busy with something else.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from engine.grouping.groups import group
from engine.grouping.model import Item
from engine.library.settings import Groups

_ALL = (1 << 64) - 1


def _flip(rng: random.Random, value: int, most: int) -> int:
    for bit in rng.sample(range(64), rng.randint(0, most)):
        value ^= 1 << bit
    return value


def staged(n: int, rng: random.Random) -> list[Item]:
    """Three stages an image, named with a time, one every five seconds."""
    items = []
    for k in range(n):
        family, stage = divmod(k, 3)
        look = _flip(rng, random.Random(family).getrandbits(64), 8)
        name = f"{family:06}_20250102"
        items.append(Item(k, f"/s/{name}_stage{stage}.png", look, name, stage + 1.0, family * 5.0, True, 1024, 1536))
    return items


def unnamed(n: int, rng: random.Random) -> list[Item]:
    """Look-alikes in families of one to nine, nothing in their names."""
    items: list[Item] = []
    while len(items) < n:
        base = rng.getrandbits(64)
        for _ in range(rng.randint(1, 9)):
            items.append(Item(len(items), f"/s/{len(items):06}.png", _flip(rng, base, 6), f"{len(items):06}"))
    return items[:n]


def timelapse(n: int, rng: random.Random) -> list[Item]:
    """One long drifting burst: every frame a bit from the last, ten frames a second."""
    items, value = [], rng.getrandbits(64)
    for k in range(n):
        items.append(Item(k, f"/s/{k:06}.jpg", value, f"{k:06}", timestamp=k / 10))
        value ^= 1 << rng.randrange(64)
    return items


def black(n: int, rng: random.Random) -> list[Item]:
    """Every image a black screen."""
    return [Item(k, f"/s/{k:06}.png", 0, f"{k:06}", timestamp=float(k)) for k in range(n)]


def black_stage(n: int, rng: random.Random) -> list[Item]:
    """Families of two whose second stage failed to a black screen."""
    return [
        Item(k, f"/s/{k // 2:06}_stage{k % 2}.png", 0 if k % 2 else rng.getrandbits(64), f"{k // 2:06}", 1.0 + k % 2)
        for k in range(n)
    ]


def same_first(n: int, rng: random.Random) -> list[Item]:
    """Families of two that all start from one picture."""
    base = 0x0123456789ABCDEF
    return [
        Item(
            k, f"/s/{k // 2:06}_stage{k % 2}.png", _flip(rng, base, 26) if k % 2 else base, f"{k // 2:06}", 1.0 + k % 2
        )
        for k in range(n)
    ]


def one_moment(n: int, rng: random.Random) -> list[Item]:
    """Unlike images, all taken in one second."""
    return [Item(k, f"/s/{k:06}.png", rng.getrandbits(64), f"{k:06}", timestamp=7.0) for k in range(n)]


def crowd(n: int, rng: random.Random) -> list[Item]:
    """Different hashes, every one within eight bits of every other."""
    base = rng.getrandbits(64)
    return [Item(k, f"/s/{k:06}.png", _flip(rng, base, 4), f"{k:06}", timestamp=7.0) for k in range(n)]


def one_name(n: int, rng: random.Random) -> list[Item]:
    """All images share one name."""
    return [Item(k, f"/s/{k:06}.png", rng.getrandbits(64), "image", 1.0, name_timestamp=True) for k in range(n)]


CASES: dict[str, Callable[[int, random.Random], list[Item]]] = {
    f.__name__: f for f in (staged, unnamed, timelapse, black, black_stage, same_first, one_moment, crowd, one_name)
}


def _run(case: str, n: int, repeats: int) -> dict[str, object]:
    items = CASES[case](n, random.Random(1))
    unit = 1 if sys.platform == "darwin" else 1024
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    seconds, busy, groups = [], [], []
    for _ in range(repeats):
        began, ran = time.perf_counter(), time.process_time()
        groups = group(items, Groups())
        seconds.append(time.perf_counter() - began)
        busy.append(time.process_time() - ran)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    return {
        "case": case,
        "images": n,
        "seconds": round(statistics.median(seconds), 2),
        "cpu": round(statistics.median(busy), 2),
        "groups": len(groups),
        "largest": max(len(g.members) for g in groups),
        "megabytes": round((peak - before) / 1e6),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[5_000, 20_000, 100_000])
    parser.add_argument("--cases", nargs="+", default=list(CASES), choices=list(CASES))
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    rows = []
    print(f"{'case':12} {'images':>8} {'seconds':>8} {'CPU s':>8} {'groups':>8} {'largest':>8} {'MB more':>8}")
    for case in asked.cases:
        for n in asked.sizes:
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
                row = pool.submit(_run, case, n, asked.repeats).result()
            rows.append(row)
            print(
                "{case:12} {images:8} {seconds:8} {cpu:8} {groups:8} {largest:8} {megabytes:8}".format(**row),
                flush=True,
            )
    if asked.json:
        asked.json.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
