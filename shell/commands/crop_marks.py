"""`mark-cropped`: an empty `.cropped` file beside every image of a folder."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

from engine.thinning.crop_marks import Marked, mark_cropped
from shell.commands import common

_SHOWN = 20  # troubles on the terminal; --json has all


def mark(folder: Path, *, as_json: bool, apply: bool) -> None:
    with common.progress() as progress:
        done = mark_cropped(folder.absolute(), apply=apply, progress=progress)
    if as_json:
        common.answer({**msgspec.structs.asdict(done), "applied": apply})
    else:
        _print(done, apply=apply)
    if done.failed:
        sys.exit(1)


def _print(done: Marked, *, apply: bool) -> None:
    rows = [
        ("images", str(done.images)),
        ("marked" if apply else "would be marked", str(done.marked)),
        ("marked before", str(done.already)),
    ]
    if not apply:
        rows.append(("nothing was written", "add --apply"))
    elif done.marked:
        rows.append(("in the window", "the badge shows after a rescan"))
    common.table(rows, "Crop marks")
    for sentence in done.failed[:_SHOWN]:
        common.say(common.plain(sentence))
    if len(done.failed) > _SHOWN:
        common.say(f"{len(done.failed) - _SHOWN} more; --json has all.")
