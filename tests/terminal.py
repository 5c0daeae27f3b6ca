"""The `pickwise` command in tests: called in this process (fast) or as a process of its own, and folders to give it."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

from draw import blurred, natural, save, variant

from engine.library.store import Library
from engine.library.text import to_path

ROOT = Path(__file__).resolve().parent.parent
COMMAND = [sys.executable, "-m", "shell.cli"]
SIZE = (160, 208)


class Said(NamedTuple):
    """How a command ended and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one object on stdout; fails where there is anything else."""
        lines = self.out.splitlines()
        assert len(lines) == 1, self
        value = json.loads(lines[0])
        assert isinstance(value, dict)
        return value


def pickwise(*arguments: object) -> Said:
    """Run a command in this process, from its arguments to its exit code."""
    from shell import cli

    out, err, code = io.StringIO(), io.StringIO(), 0
    words = ["pickwise", *(os.fspath(a) if isinstance(a, Path) else str(a) for a in arguments)]
    with mock.patch.object(sys, "argv", words), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            cli.main()
        except SystemExit as end:
            code = int(end.code or 0)
    return Said(code, out.getvalue(), err.getvalue())


def process(*arguments: object, **more: Any) -> Said:
    """Run a command as a real process."""
    words = [os.fspath(a) if isinstance(a, Path) else str(a) for a in arguments]
    done = subprocess.run([*COMMAND, *words], cwd=ROOT, capture_output=True, text=True, timeout=120, **more)
    return Said(done.returncode, done.stdout, done.stderr)


def family(folder: Path, seed: int, stages: tuple[str, ...] = ("1", "2", "3"), *, bad: str = "") -> list[Path]:
    """One family of small pictures; the stage `bad` is blurred."""
    made = []
    for number, stage in enumerate(stages):
        picture = variant(natural(seed, *SIZE), number, 0.5)
        name = f"202507{seed:02d}_120000_stage{stage}_generated.png"
        made.append(save(blurred(picture, 3) if stage == bad else picture, folder / name))
    return made


def library_of(folder: Path, place: Path) -> dict[str, Any]:
    """Cull a folder into the library `place` with one worker; answers with the JSON."""
    place.mkdir(parents=True, exist_ok=True)
    if not (place / "pickwise.toml").exists():
        (place / "pickwise.toml").write_text("[intake]\nworkers = 1\n", encoding="utf-8")
    said = pickwise("cull", folder, "--library", place, "--json")
    assert said.code == 0, said
    answer: dict[str, Any] = said.json
    return answer


@contextlib.contextmanager
def opened(place: Path) -> Iterator[Library]:
    with Library(place) as library:
        yield library


def groups(place: Path) -> dict[str, dict[str, int]]:
    """Each group's key with its images: path -> id."""
    found: dict[str, dict[str, int]] = {}
    with Library(place, write=False) as library, library.db.read() as connection:
        for key, path, image in connection.execute(
            "SELECT g.key, i.filepath, i.id FROM members m JOIN groups g ON g.id = m.group_id"
            " JOIN images i ON i.id = m.image_id ORDER BY g.position, m.rank"
        ):
            found.setdefault(key, {})[path] = image
    return found


def verdicts(place: Path) -> dict[str, str]:
    """What was decided, by the path an image has now."""
    with Library(place, write=False) as library, library.db.read() as connection:
        rows = connection.execute(
            "SELECT i.filepath, v.verdict FROM verdicts v JOIN images i ON i.id = v.image_id"
        ).fetchall()
    return {str(to_path(path)): verdict for path, verdict in rows}


def snapshot(folder: Path) -> dict[bytes, tuple[int, int, str]]:
    """Size, time and content of every file below a folder."""
    found = {}
    for path in folder.rglob("*"):
        if not path.is_dir():
            info = path.lstat()
            content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
            found[os.fsencode(path)] = (info.st_size, info.st_mtime_ns, content)
    return found
