"""Libraries for tests of Same?: images by look alone, each given as the bits that part it from a common picture."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine.api import Engine
from engine.intake.records import signed
from engine.library.store import Library
from tests import rows

FACE = 0x0123456789ABCDEF


def flipped(bits: Sequence[int]) -> int:
    value = FACE
    for bit in bits:
        value ^= 1 << bit
    return value


def library(root: Path, looks: Sequence[Sequence[int]]) -> Path:
    """A grouped library of images 1 … n whose names say nothing of each other."""
    with Library(root) as made:
        rows.fill(made, [1] * len(looks), blurred=0)
        made.write(
            lambda c: c.executemany(
                "UPDATE features SET phash = ? WHERE image_id = ?",
                [(signed(flipped(bits)), number) for number, bits in enumerate(looks, 1)],
            )
        )
        rows.group(made)
    return root


def call(engine: Engine, name: str, **body: object) -> Any:
    return json.loads(engine.call(name, json.dumps(body)))


def settled(engine: Engine) -> None:
    end = time.monotonic() + 60
    while (job := engine.jobs.current()) is not None and job.state == "running":
        assert time.monotonic() < end
        time.sleep(0.01)
    assert job is None or job.state == "done", job.message


def families(engine: Engine) -> set[frozenset[int]]:
    """The groups as they stand, once no job runs."""
    settled(engine)
    found: dict[int, set[int]] = {}
    with engine.need().db.read() as connection:
        for image, group in connection.execute("SELECT image_id, group_id FROM members"):
            found.setdefault(group, set()).add(image)
    return {frozenset(images) for images in found.values()}
