"""How long the page waits at 100 000 images: queue, groups, keepers, status and a decision on disk, alone and mid-cull.

    .venv/bin/python -m tests.bench.bench_api [--images 100000] [--json FILE]

Every call goes through `Engine.call`, JSON in and JSON out, on the library's own disk. The last rows decide group after
group while all groups are formed and written anew, which is what a decision has to wait for.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from engine.api import Engine
from engine.library.store import Library
from tests import rows


def families(images: int) -> list[int]:
    """Three in four images in families of two to five, the rest alone."""
    sizes: list[int] = []
    while sum(sizes) < images * 3 // 4:
        sizes.append(2 + len(sizes) % 4)
    return sizes + [1] * (images - sum(sizes))


def ask(engine: Engine, name: str, **body: Any) -> Any:
    answer = json.loads(engine.call(name, json.dumps({"type": name, **body})))
    if "error" in answer:
        raise SystemExit(f"{name}: {answer['error']}")
    return answer


def timed(work: Callable[[], object], repeats: int) -> list[float]:
    """Milliseconds of each run, sorted."""
    taken = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return sorted(taken)


def row(name: str, taken: list[float]) -> dict[str, Any]:
    at = {f"p{p}": round(taken[min(len(taken) * p // 100, len(taken) - 1)], 2) for p in (50, 95, 99)}
    return {"what": name, "runs": len(taken), **at, "max": round(taken[-1], 2)}


def reads(engine: Engine, repeats: int) -> Iterator[dict[str, Any]]:
    total = ask(engine, "cull.queue", which="all", limit=0)["total"]
    keepers = ask(engine, "sweep.keepers", limit=0)["total"]
    keys = [item["id"] for item in ask(engine, "cull.queue", which="all", limit=32)["items"]]
    calls: list[tuple[str, str, dict[str, Any]]] = [
        ("status", "library.status", {}),
        ("queue, first 500 that need a person", "cull.queue", {}),
        ("queue, first 500 of all", "cull.queue", {"which": "all"}),
        ("queue, last 500 of all", "cull.queue", {"which": "all", "offset": max(total - 500, 0)}),
        ("32 groups", "cull.groups", {"ids": keys}),
        ("keepers, first 500", "sweep.keepers", {}),
        ("keepers, last 500", "sweep.keepers", {"offset": max(keepers - 500, 0)}),
    ]
    for label, name, body in calls:
        yield row(label, timed(lambda name=name, body=body: ask(engine, name, **body), repeats))  # type: ignore[misc]


class Decider:
    """Decides one group after another of those that need a person."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        items = ask(engine, "cull.queue", limit=1000)["items"]
        self.todo = [g for i in range(0, len(items), 32) for g in self._groups([x["id"] for x in items[i : i + 32]])]
        self.next = 0

    def _groups(self, keys: list[str]) -> list[tuple[str, int]]:
        return [(g["id"], g["members"][0]["id"]) for g in ask(self.engine, "cull.groups", ids=keys)["groups"]]

    def __call__(self) -> None:
        key, image = self.todo[self.next % len(self.todo)]
        self.next += 1
        ask(self.engine, "cull.pick", groupId=key, winner=image)


def while_forming(engine: Engine, decide: Decider) -> dict[str, Any]:
    library: Library = engine.need()
    taken: list[float] = []

    def work(progress: Any) -> str:
        rows.group(library, progress)
        return "done"

    engine.jobs.start("cull", work)
    while engine.jobs.running("cull"):
        taken += timed(decide, 1)
        time.sleep(0.01)
    return row("decision while all groups are written anew", sorted(taken))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine()
        engine.library = Library(Path(folder) / "library")
        rows.fill(engine.library, families(asked.images))
        results = [row("group, pick and write the tables", timed(lambda: rows.group(engine.need()), 1))]
        results += reads(engine, asked.repeats)
        decide = Decider(engine)
        results.append(row("decision on disk", timed(decide, 1000)))
        results.append(row("undo", timed(lambda: ask(engine, "history.undo"), 200)))
        results.append(while_forming(engine, decide))
        results.append(row("rebuild from the journal", timed(engine.need().rebuild, 1)))
        engine.close()
    print(f"{asked.images} images, milliseconds")
    for r in results:
        print(f"  {r['what']:46} p50 {r['p50']:9.2f}  p95 {r['p95']:9.2f}  p99 {r['p99']:9.2f}  max {r['max']:9.2f}")
    if asked.json:
        asked.json.write_text(json.dumps({"images": asked.images, "rows": results}, indent=1), "utf-8")


if __name__ == "__main__":
    main()
