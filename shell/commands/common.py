"""What the commands share: which library, how to print, how to show progress."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from engine.errors import NotFound
from engine.library.paths import is_library, known_libraries, locate
from engine.library.store import Library
from engine.library.text import to_text
from engine.progress import Progress, Quiet


def find(library: Path | None, folder: Path | None = None) -> Path:
    """The library to use: the one named, else the one that holds the folder (default: the current one).

    Raises:
        NotFound: the folder is no library and none holds it (only where no folder was given).
    """
    if library is not None:
        return library.absolute()
    if folder is not None:
        return locate(folder)
    here = locate(Path.cwd())
    if is_library(here):
        return here
    known = known_libraries()
    if len(known) == 1:
        return known[0]
    names = ", ".join(to_text(p) for p in known[:5])
    raise NotFound(
        "There is no library for this folder.",
        f"Name one with --library ({names})." if known else "Make one: pickwise cull FOLDER.",
    )


@contextmanager
def opened(place: Path, *, write: bool = True, make: bool = False) -> Iterator[Library]:
    """An open library, closed at the end. Raises NotFound where there is none and `make` is False."""
    if not make and not is_library(place):
        raise NotFound(f"There is no library at {to_text(place)}.", "Make one: pickwise cull FOLDER.")
    with Library(place, write=write) as library:
        for notice in library.notices:
            say(notice)
        if write:
            library.need_write()
        yield library


def say(sentence: str) -> None:
    """A sentence for the person, out of the way of what a script reads."""
    sys.stderr.write(sentence + "\n")


def answer(value: Any) -> None:
    """The one JSON object of `--json`."""
    sys.stdout.write(msgspec.json.encode(value).decode() + "\n")


def table(rows: list[tuple[str, str]], title: str = "") -> None:
    """Two columns on stdout."""
    from rich.console import Console
    from rich.table import Table

    grid = Table(title=title or None, show_header=False, title_justify="left")
    grid.add_column(style="bold")
    grid.add_column(overflow="fold")
    for name, value in rows:
        grid.add_row(name, plain(value))
    Console(highlight=False, markup=False).print(grid)


def plain(value: str) -> str:
    """File names may hold anything; control characters must not reach the terminal."""
    return "".join(c if c.isprintable() else "�" for c in value)


@contextmanager
def progress() -> Iterator[Progress]:
    """A progress bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield Quiet()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description:<8}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        yield _Bar(bars)


class _Bar:
    """A `Progress` over rich's."""

    def __init__(self, bars: Any) -> None:
        self._bars = bars
        self._task: Any = None

    def phase(self, name: str, total: int = 0) -> None:
        self._task = self._bars.add_task(name, total=total or None)

    def step(self, done: int, current: str = "") -> None:  # noqa: ARG002 - names would flicker
        self._bars.update(self._task, completed=done)

    def cancelled(self) -> bool:
        return False
