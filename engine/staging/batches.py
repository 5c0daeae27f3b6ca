"""The batches there are, and what each holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import cast

from engine.staging import journal
from engine.staging.batch import Entry, load
from engine.staging.lines import End, Planned, Source
from engine.staging.model import BatchState, Held, Standing, Together


def batches(home: Path) -> list[BatchState]:
    """All batches that ever held something, newest first. `home` is LIBRARY/staging."""
    looked = [(file, file.stat()) for file in journal.journal_files(home)]
    found = [state for file, info in looked if (state := _state(file, info.st_size, info.st_mtime_ns))]
    return sorted(found, key=lambda state: (state.at, state.id), reverse=True)


def held(home: Path, batch: str) -> list[Held]:
    """Every image of a batch and where it is now. Raises NotFound, StagingError."""
    known = load(journal.journal_file(home, batch))
    return [
        Held(moved, "unsettled" if entry.under_way else cast("Standing", entry.state))
        for entry in known.live()
        for moved in entry.moved()
        if entry.state != "stayed" or entry.under_way
    ]


def with_ours(home: Path, sources: Iterable[Source], units: Iterable[Planned]) -> list[Source]:
    """Sources of a new staging, with the folders that another batch made and that this one goes on using."""
    used: dict[str, set[str]] = defaultdict(set)
    for unit in units:
        for file in unit.files:
            parts = file.to.split("/")[:-1]
            used[unit.source] |= {"/".join(parts[: n + 1]) for n in range(len(parts))}
    made = _made(home)
    return [Source(s.path, s.ino, sorted({*s.made, *(made[s.path] & used[s.path])}), s.before) for s in sources]


def _made(home: Path) -> dict[str, set[str]]:
    """Folders that batches which still hold something have made."""
    found: dict[str, set[str]] = defaultdict(set)
    for file in journal.journal_files(home):
        info = file.stat()
        for path, made in _made_by(file, info.st_size, info.st_mtime_ns):
            found[path].update(made)
    return found


@lru_cache(maxsize=4096)
def _made_by(file: Path, size: int, mtime_ns: int) -> list[tuple[str, list[str]]]:  # noqa: ARG001 - as for `_state`
    last = journal.last_line(file)
    if isinstance(last, End) and not last.staged:
        return []
    return [(source.path, source.made) for source in load(file).sources.values()]


@lru_cache(maxsize=1024)
def _state(file: Path, size: int, mtime_ns: int) -> BatchState | None:  # noqa: ARG001 - what was read is good until then
    batch = load(file)
    by: dict[str, list[Entry]] = defaultdict(list)
    for entry in batch.live():
        by["staged" if entry.under_way else entry.state].append(entry)
    by.pop("stayed", None)
    if not by:
        return None
    gone = by.pop("gone", [])
    state = cast("Together", "mixed" if len(by) > 1 else next(iter(by), "approved"))
    shown = by.get("staged") or [entry for entries in by.values() for entry in entries] or gone
    files = [file for entry in shown for file in entry.planned.files]
    return BatchState(
        id=batch.id,
        folder=batch.folder,
        at=batch.at,
        state=state,
        images=sum(len(entry.planned.images) for entry in shown),
        files=len(files),
        bytes=sum(file.size for file in files),
        sources=sorted({entry.planned.source for entry in shown}),
        staged=sum(len(entry.planned.images) for entry in by.get("staged", ())),
    )
