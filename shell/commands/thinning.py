"""`dupes`, `sets`, `restore`, `approve`: find copies, set them aside, put them back, send them to the Trash."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from engine.culling.run import regroup
from engine.errors import PickwiseError, WrongUse
from engine.library.store import Library
from engine.library.text import to_text
from engine.progress import Progress
from engine.staging.model import Report, Trouble
from engine.thinning import batches, decide, report, run, staged
from engine.thinning.how import how
from engine.thinning.views import BatchView, SetMatch
from engine.thinning.words import size
from shell.commands import common

_MOST_SHOWN = 20  # paths on a terminal


class Asked(NamedTuple):
    """What `dupes` was given."""

    by: str | None
    threshold: float | None
    orientations: bool | None
    keep: str | None
    folder: Path | None
    origin: tuple[str, Path] | None


def dupes(asked: Asked, library: Path | None, *, as_json: bool, apply: bool) -> None:
    if asked.origin is not None and asked.origin[0] != "czkawka":
        raise WrongUse(f"Results of {asked.origin[0]} cannot be read.", "Use --from czkawka FILE.")
    with common.opened(common.find(library)) as opened:
        wanted = how(
            opened.settings.thinning, by=asked.by, threshold=asked.threshold, orientations=asked.orientations,
            keep=asked.keep, folder=to_text(asked.folder.absolute()) if asked.folder else None,
            file=asked.origin[1].absolute() if asked.origin else "",
        )  # fmt: skip
        with common.progress() as progress:
            found = run.find(opened, wanted, progress)
            told = _told(opened) if as_json else []  # before those that go are out of sight
            done = staged.stage(opened, decide.going(opened), "_review_dupes", progress) if apply else None
            if done is not None:
                _follow(opened, progress, copies=True)
        for notice in found.notices:
            common.say(notice)
        for path in found.outside[:_MOST_SHOWN]:
            common.say(f"outside the sources, left alone: {path}")
        if len(found.outside) > _MOST_SHOWN:
            common.say(f"and {len(found.outside) - _MOST_SHOWN} more paths outside the sources")
        if as_json:
            _answer(found, told, done)
        else:
            _print(opened, found.sentence(), done, found.report)
    _fail_on(done)


def _follow(library: Library, progress: Progress, *, copies: bool = False) -> None:
    """Groups and reports without what was moved, or with it again.

    The files have moved by now, so that whoever moved them must be told of it whatever comes of this.
    """
    try:
        regroup(library, progress)
        if copies:
            with library.db.read() as connection:
                report.write(connection, library.paths.reports)
    except PickwiseError as error:
        common.say(f"{error.message} {error.hint}".strip())


def _told(library: Library) -> list[dict[str, object]]:
    with library.db.read() as connection:
        return report.told(connection)


def _answer(found: run.Found, told: list[dict[str, object]], done: Report | None) -> None:
    common.answer({
        "by": found.by, "groups": told, "bytes_freed": done.bytes if done else found.bytes_freed,
        "batch": done.batch if done and done.moved else None, "report": found.report, "outside": found.outside,
        "applied": done is not None, "troubles": [[t.path, t.reason] for t in done.troubles] if done else [],
    })  # fmt: skip


def _print(library: Library, sentence: str, done: Report | None, file: str) -> None:
    rows = [("found", sentence), ("report", file)]
    if done is None:
        rows.append(("nothing was moved", "add --apply"))
    else:
        rows += [("done", staged.sentence(done, "set aside")), *_left(done.troubles)]
        rows += [("batch", done.batch)] if done.moved else []
    common.table(rows, "Duplicates")
    if done is not None and done.moved:  # below the table, whose lines are broken where the terminal ends
        place = shlex.quote(to_text(library.paths.root))
        sys.stdout.write(common.plain(f"Take it back: pickwise restore {done.batch} --library {place} --apply") + "\n")


def _left(troubles: Sequence[Trouble]) -> list[tuple[str, str]]:
    """Rows for what was left alone, besides the first, which the sentence before them tells."""
    rows = [(f"left alone: {t.path}", t.reason) for t in troubles[1:_MOST_SHOWN]]
    more = len(troubles) - _MOST_SHOWN
    return [*rows, (f"and {more} more", "--json lists every one.")] if more > 0 else rows


def sets(library: Path | None, *, as_json: bool, apply: bool) -> None:
    from engine.thinning import sets as search
    from engine.thinning import sets_decide, sets_page

    with common.opened(common.find(library)) as opened:
        with common.progress() as progress:
            found = search.find(opened, progress)
            with opened.db.read() as connection:
                shown = sets_page.matches(connection, opened, 0, found.matches).items if as_json else []
            done = staged.stage(opened, sets_decide.going(opened), "delete_review", progress) if apply else None
            if done is not None:
                _follow(opened, progress)
        if as_json:
            common.answer({
                "sets": found.sets, "matches": [_match(m) for m in shown], "applied": done is not None,
                "bytes_freed": done.bytes if done else found.bytes_freed, "note": found.note, "report": found.report,
                "batch": done.batch if done and done.moved else None,
                "troubles": [[t.path, t.reason] for t in done.troubles] if done else [],
            })  # fmt: skip
        else:
            _print(opened, found.sentence(), done, found.report)
    _fail_on(done)


def _match(match: SetMatch) -> dict[str, object]:
    return {
        "id": match.id, "stages": match.stages, "similarity": match.similarity, "measure": match.measure,
        "metadata": match.metadata, "reason": match.reason, "keeper": [image.path for image in match.stays.images],
        "redundant": [image.path for image in match.goes.images], "bytes": match.goes.bytes,
    }  # fmt: skip


def _fail_on(done: Report | None) -> None:
    if done is not None and done.troubles:
        sys.exit(1)


def settle(
    kind: Literal["restore", "approve"], batch: str | None, library: Path | None, *, as_json: bool, apply: bool
) -> None:
    with common.opened(common.find(library)) as opened:
        wanted = batches.standing(opened, batch or "") if batch or apply else []
        if not apply:
            items = batches.read(opened).items
            _list(kind, [b for b in items if b.id in wanted or not batch], batch or "BATCH", as_json=as_json)
            return
        move = staged.restore if kind == "restore" else staged.approve
        with common.progress() as progress:
            done = staged.together([move(opened, one, progress) for one in wanted])
            _follow(opened, progress)
    words = staged.sentence(done, "put back" if kind == "restore" else "sent to the Trash")
    if as_json:
        common.answer({
            "batches": wanted, "images": len(done.moved), "bytes": done.bytes, "applied": True,
            "troubles": [[t.path, t.reason] for t in done.troubles],
        })  # fmt: skip
    else:
        common.table([("done", words), *_left(done.troubles)])
    _fail_on(done)


def _list(kind: str, items: Sequence[BatchView], batch: str, *, as_json: bool) -> None:
    """The dry run: what is staged, or this batch of it."""
    if as_json:
        common.answer({
            "batches": [b.id for b in items], "images": sum(b.images for b in items),
            "bytes": sum(b.bytes for b in items), "applied": False, "troubles": [],
        })  # fmt: skip
        return
    rows = [(b.id, f"{b.images} images in {b.files} files, {size(b.bytes)}, in {b.folder}") for b in items]
    common.table([*rows, (f"nothing was moved, {len(rows)} staged", f"add --apply: pickwise {kind} {batch} --apply")])
