"""Killed at any moment, of intake or of culling: no finished decision, no finished measurement and no file is lost."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
from draw import natural, save, variant

from engine.culling.run import cull
from engine.intake.digest import content_hash
from engine.library import journal
from engine.library.paths import LibraryPaths
from engine.library.store import Library
from engine.progress import Quiet

pytestmark = pytest.mark.kill

FAMILIES, STAGES = 50, 3
COMMAND = [sys.executable, "-m", "shell.cli"]
DECIDER = str(Path(__file__).with_name("decider.py"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """150 images, with a broken one and a companion among them."""
    place = tmp_path_factory.mktemp("images")
    for family in range(FAMILIES):
        scene = natural(family, 120, 160)
        for stage in range(1, STAGES + 1):
            save(variant(scene, stage), place / f"scene{family:02}_stage{stage}.png")
    (place / "broken.png").write_bytes((place / "scene00_stage1.png").read_bytes()[:900])
    (place / "scene00_stage1.yaml").write_text("prompt: a fox")
    return place


def digests(folder: Path) -> dict[str, tuple[str, int]]:
    return {p.name: (content_hash(p.read_bytes()), p.stat().st_mtime_ns) for p in sorted(folder.iterdir())}


def groups(library: Library) -> list[Any]:
    """Groups, members and picks, by name."""
    with library.db.read() as connection:
        return connection.execute(
            "SELECT g.key, g.label, g.position, g.review, g.reason, i.filepath, m.rank, m.decision, m.score, m.reason"
            " FROM groups g JOIN members m ON m.group_id = g.id JOIN images i ON i.id = m.image_id ORDER BY 3, 7"
        ).fetchall()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Path:
    """A library that nobody killed."""
    root = tmp_path_factory.mktemp("undisturbed")
    subprocess.run([*COMMAND, "cull", os.fspath(folder), "--library", os.fspath(root)], check=True, capture_output=True)
    return root


def kill(process: subprocess.Popen[str]) -> None:
    """kill -9, and see that its workers go too: each ends when its pipe does."""
    family = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    process.kill()
    process.wait()
    _, alive = psutil.wait_procs(family, timeout=10)
    assert alive == []


def sound(root: Path) -> None:
    """Open for reading only, so that nothing is repaired by looking."""
    if not LibraryPaths(root).database.is_file():
        return
    with Library(root, write=False) as library, library.db.read() as connection:
        assert connection.execute("PRAGMA integrity_check").get == "ok"
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def measured(root: Path) -> dict[str, bytes]:
    if not LibraryPaths(root).database.is_file() or not LibraryPaths(root).database.stat().st_size:
        return {}
    with Library(root, write=False) as library, library.db.read() as connection:
        if connection.pragma("user_version") == 0:
            return {}
        return dict(connection.execute("SELECT filepath, quality FROM features JOIN images ON id = image_id"))


def test_killed_while_taking_in(tmp_path: Path, folder: Path, undisturbed: Path) -> None:
    """Killed again and again until a run gets to its end; then once more from nothing."""
    rng, before = random.Random(20), digests(folder)
    for killed_later in (0.5, 1.0):
        root, known, kills = tmp_path / f"library{killed_later}", dict[str, bytes](), 0
        words = [*COMMAND, "cull", os.fspath(folder), "--library", os.fspath(root)]
        while True:
            process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True)
            if kills < 4:
                time.sleep(rng.uniform(0.15, killed_later))
            else:
                process.wait()
            if process.poll() == 0:
                break
            kill(process)
            kills += 1
            sound(root)
            now = measured(root)
            assert {path: now.get(path) for path in known} == known, "what was finished stays as it was"
            known = now
        assert kills >= 2
        sound(root)
        with Library(root) as library, Library(undisturbed) as other:
            assert groups(library) == groups(other)
            assert len(groups(library)) == FAMILIES * STAGES
    assert digests(folder) == before


def run_decider(root: Path, seed: int, seconds: float) -> list[dict[str, str]]:
    """The decisions that were acknowledged before it was killed."""
    process = subprocess.Popen(
        [sys.executable, DECIDER, os.fspath(root), str(seed)], stdout=subprocess.PIPE, text=True
    )  # fmt: skip
    assert process.stdout is not None
    first = process.stdout.readline()
    time.sleep(seconds)
    kill(process)
    said = [line for line in (first + process.stdout.read()).splitlines(keepends=True) if line.endswith("\n")]
    process.stdout.close()
    return [json.loads(line) for line in said]


def written(root: Path) -> list[journal.Record]:
    lines = [line for file in journal.files(root / "labels" / "sessions") for line in journal.read(file)]
    return [line.record for line in lines if line.record is not None]


def decided(library: Library) -> list[Any]:
    with library.db.read() as connection:
        return [
            connection.execute(sql).fetchall()
            for sql in (
                "SELECT image_id, verdict, tags, set_id, decided_at FROM verdicts ORDER BY 1",
                "SELECT image_id, flagged_at FROM flags ORDER BY 1",
                "SELECT id, kind, label, state FROM decisions ORDER BY seq",
                "SELECT key, status, keepers FROM groups ORDER BY 1",
            )
        ]


def test_killed_while_deciding(tmp_path: Path, folder: Path, undisturbed: Path) -> None:
    rng, before, root = random.Random(21), digests(folder), tmp_path / "library"
    subprocess.run([*COMMAND, "cull", os.fspath(folder), "--library", os.fspath(root)], check=True, capture_output=True)
    done: list[journal.Record] = []
    for seed in range(6):
        said = run_decider(root, seed, rng.uniform(0.05, 1.2))
        sound(root)
        with Library(root) as library:  # what the journal has beyond the database is replayed here
            state = decided(library)
        records = written(root)
        assert records[: len(done)] == done
        fresh = records[len(done) :]
        assert [r.kind for r in fresh[: len(said)]] == [line["kind"] for line in said]
        for record, line in zip(fresh, said, strict=False):
            assert record.kind in ("undo", "redo") or record.set_id == line["group"] or record.kind == "flag"
        assert len(fresh) - len(said) <= 1, "at most the one that was under way"
        with Library(root) as library:
            count, notices = library.rebuild()
            assert (count, notices) == (len([r for r in records if r.kind not in ("undo", "redo")]), [])
            assert decided(library) == state
        done = records
    assert len(done) > 50
    with Library(root) as library:
        library.change_setting("groups.phash_distance", 8)
        cull(library, Quiet())
        with Library(undisturbed) as other:
            assert groups(library) == groups(other)
    assert digests(folder) == before
