"""`export`: the images that stay or the best of a ranking, into a folder."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from engine.errors import WrongUse
from engine.export import keepers, ranked
from engine.export.files import Link
from engine.library.store import Library
from shell.commands import common
from shell.commands.rankings import standing


class Wanted(NamedTuple):
    """What is asked for on the command line; exactly one of the first three."""

    keepers: bool
    top: int | None
    min_score: float | None
    judge: str | None
    merged: bool  # of all judges together


def export(wanted: Wanted, to: Path | None, library: Path | None, *, link: str, as_json: bool, apply: bool) -> None:
    if wanted.keepers + (wanted.top is not None) + (wanted.min_score is not None) != 1:
        raise WrongUse("Say what to export.", "One of: pickwise export --keepers, --top N, --min-score S; --to DIR")
    if wanted.keepers and (wanted.merged or wanted.judge is not None):
        raise WrongUse("The keepers are no judge's ranking.", "Give --judge or --merged with --top or --min-score.")
    if link not in ("copy", "hard", "symlink"):
        raise WrongUse(f"There is no way to link called {link}.", "Use copy, hard or symlink.")
    kind: Any = link
    with common.opened(common.find(library), write=False) as opened:
        report = _export(opened, wanted, to.absolute() if to else None, kind, dry=not apply)
    if as_json:
        common.answer({**msgspec.structs.asdict(report), "applied": apply})
    else:
        common.table([("export", report.sentence()), *([] if apply else [("nothing was written", "add --apply")])])
    if report.failed:
        sys.exit(1)


def _export(library: Library, wanted: Wanted, to: Path | None, link: Link, *, dry: bool) -> Any:
    if wanted.keepers:
        with common.progress() as progress:
            return keepers.export_keepers(library, to, link, progress, dry=dry)
    which = ranked.Wanted(wanted.top, wanted.min_score)
    which.check()
    here = standing(library, wanted.judge, merged=wanted.merged)
    with common.progress() as progress:
        return ranked.export_ranked(library, here, which, to, link, progress, dry=dry)
