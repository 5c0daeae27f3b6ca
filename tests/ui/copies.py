"""A person at the Duplicates screen: images that are copies of each other, and what is shown and on disk."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path
from typing import Any

import cv2

from engine.api import Engine
from tests import draw, scene
from tests.ui.conftest import Seat

CELL = ".copies [data-shown=true] .cell"
SIZES = {"a": 4, "b": 3, "c": 2}  # images of each group, largest first


def pictures(folder: Path) -> None:
    """Three groups of copies, each with its best in stage 3, companions, and one picture that is like none."""
    for number, (name, size) in enumerate(SIZES.items()):
        base = draw.natural(600 + number, 240, 320)
        draw.save(base, folder / f"{name}_stage3.png")
        (folder / f"{name}_stage3.yaml").write_text("seed: 7\n", "utf-8")
        small = cv2.resize(base, (120, 160), interpolation=cv2.INTER_AREA)
        draw.save(small, folder / "web" / f"{name}_small.jpg")
        (folder / "web" / f"{name}_small.caption").write_text("small\n", "utf-8")
        if size > 2:
            draw.save(base, folder / f"{name}_copy.png")
        if size > 3:
            draw.save(base, folder / f"{name}_rough.jpg", quality=30)
    draw.save(draw.natural(640, 240, 320), folder / "alone.png")


def sets(folder: Path) -> None:
    """Two sets of three stages that show the same at two times, twice."""
    for pair in range(2):
        bases = [draw.natural(660 + 10 * pair + stage, 240, 320) for stage in (1, 2, 3)]
        for clock in ("101500", "171500"):
            for stage, base in enumerate(bases, 1):
                draw.save(draw.variant(base, stage, 0.5), folder / f"2025070{pair + 1}_{clock}_stage{stage}.png")


def prepared(place: Path, make: Any, search: str = "") -> Path:
    """A folder with a culled library beside its pictures, to be laid out anew for each test: paths in it are whole.

    `search` is a call to make once for all: what it has looked at is remembered.
    """
    make(place / "now" / "pictures")
    root = scene.culled(place / "now" / "pictures", place / "now" / "library")
    if search:
        engine = Engine()
        engine.open(root)
        assert "error" not in engine.call(search, "{}")
        while (job := engine.jobs.current()) is None or job.state == "running":
            time.sleep(0.02)
        assert job.state == "done", job.message
        engine.close()
    shutil.copytree(place / "now", place / "kept")
    return place


def anew(place: Path) -> Path:
    """The prepared folder as it was, at the same place."""
    shutil.rmtree(place / "now")
    shutil.copytree(place / "kept", place / "now")
    return place / "now"


def begin(seat: Seat) -> Seat:
    seat.settled()
    seat.press("Control+7")
    seat.page.wait_for_selector(".copies")
    return seat


def ended(seat: Seat, kind: str) -> str:
    """Wait until another job of this kind has ended and been shown; answers with its sentence."""

    def over() -> bool:
        job = seat.engine.jobs.current()
        return job is not None and job.kind == kind and job.state != "running" and job.id not in seat.ended

    seat.until(over)
    job = seat.engine.jobs.current()
    assert job is not None
    seat.ended.add(job.id)
    assert job.state == "done", job.message
    seat.heard()
    seat.until(lambda: seat.page.query_selector("[data-testid=copies-running]") is None)
    seat.page.wait_for_timeout(150)
    return job.message


def search(seat: Seat) -> Seat:
    """Search, and wait until the first group is seen."""
    seat.press("f")
    ended(seat, "dupes")
    seat.page.wait_for_selector(CELL)
    return seat


def shown(seat: Seat, name: str) -> list[str]:
    """One attribute of every image of the group shown, in order."""
    return list(seat.page.eval_on_selector_all(CELL, f"es => es.map(e => e.dataset.{name})"))


def names(seat: Seat) -> list[str]:
    return list(seat.page.eval_on_selector_all(f"{CELL} .name", "es => es.map(e => e.title)"))


def group(seat: Seat) -> str:
    return str(seat.page.eval_on_selector("[data-group]", "e => e.dataset.group"))


def ask(seat: Seat, name: str, **fields: object) -> dict[str, Any]:
    answer = dict(json.loads(seat.engine.call(name, json.dumps(fields))))
    assert "error" not in answer, answer
    return answer


def files(folder: Path) -> set[str]:
    """Every file below a folder, as it lies there; what was set aside is named by its staging folder."""
    return {os.path.relpath(Path(parent) / name, folder) for parent, _, found in os.walk(folder) for name in found}


def aside(folder: Path) -> set[str]:
    return {Path(name).name for name in files(folder) if "_review_dupes" in name or "delete_review" in name}
