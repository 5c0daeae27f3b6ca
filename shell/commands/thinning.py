"""`dupes`, `sets`, `restore`, `approve`: find copies, set them aside, put them back, send them to the Trash."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from engine.errors import WrongUse
from engine.library.store import Library
from engine.library.text import to_text
from engine.staging.model import Report
from engine.thinning import batches, decide, report, run, staged
from engine.thinning.how import how
from engine.thinning.views import SetMatch
from engine.thinning.words import size
from shell.commands import common

_MOST_SHOWN = 20  # groups on a terminal


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
        for notice in found.notices:
            common.say(notice)
        for path in found.outside[:_MOST_SHOWN]:
            common.say(f"outside the sources, left alone: {path}")
        if as_json:
            _answer(found, told, done)
        else:
            _print(opened, found.sentence(), done, found.report)
    _fail_on(done)


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
        rows += [("done", staged.sentence(done, "set aside")), ("batch", done.batch)]
        rows += [(f"left alone: {t.path}", t.reason) for t in done.troubles[1:_MOST_SHOWN]]
        rows.append(("take it back", f"pickwise restore {done.batch} --library {to_text(library.paths.root)}"))
    common.table(rows, "Duplicates")


def sets(library: Path | None, *, as_json: bool, apply: bool) -> None:
    from engine.thinning import sets as search
    from engine.thinning import sets_decide, sets_page

    with common.opened(common.find(library)) as opened:
        with common.progress() as progress:
            found = search.find(opened, progress)
            with opened.db.read() as connection:
                shown = sets_page.matches(connection, opened, 0, found.matches).items if as_json else []
            done = staged.stage(opened, sets_decide.going(opened), "delete_review", progress) if apply else None
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
        standing = batches.read(opened)
        if not apply:
            _list(kind, standing.items, as_json=as_json)
            return
        wanted = batches.standing(opened, batch or "")
        move = staged.restore if kind == "restore" else staged.approve
        with common.progress() as progress:
            done = staged.together([move(opened, one, progress) for one in wanted])
    words = staged.sentence(done, "put back" if kind == "restore" else "sent to the Trash")
    if as_json:
        common.answer({
            "batches": wanted, "images": len(done.moved), "bytes": done.bytes, "applied": True,
            "troubles": [[t.path, t.reason] for t in done.troubles],
        })  # fmt: skip
    else:
        common.table([("done", words), *((t.path, t.reason) for t in done.troubles[1:_MOST_SHOWN])])
    _fail_on(done)


def _list(kind: str, items: Sequence[Any], *, as_json: bool) -> None:
    """The dry run: what is staged."""
    if as_json:
        common.answer({
            "batches": [b.id for b in items], "images": sum(b.images for b in items),
            "bytes": sum(b.bytes for b in items), "applied": False, "troubles": [],
        })  # fmt: skip
        return
    rows = [(b.id, f"{b.images} images in {b.files} files, {size(b.bytes)}, in {b.folder}") for b in items]
    common.table(
        [*rows, (f"nothing was moved, {len(rows)} staged", f"add --apply, or name one: pickwise {kind} BATCH")]
    )
