"""`export`: the images that stay, into a folder."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import msgspec

from engine.errors import WrongUse
from engine.export.keepers import export_keepers
from shell.commands import common


def export(to: Path | None, library: Path | None, *, keepers: bool, link: str, as_json: bool, apply: bool) -> None:
    if not keepers:
        raise WrongUse("Say what to export.", "pickwise export --keepers --to DIR")
    if link not in ("copy", "hard", "symlink"):
        raise WrongUse(f"There is no way to link called {link}.", "Use copy, hard or symlink.")
    kind: Any = link
    with common.opened(common.find(library), write=False) as opened, common.progress() as progress:
        target = to.absolute() if to else None
        report = export_keepers(opened, target, kind, progress, dry=not apply)
    if as_json:
        common.answer({**msgspec.structs.asdict(report), "applied": apply})
    else:
        common.table([("export", report.sentence()), *([] if apply else [("nothing was written", "add --apply")])])
    if report.failed:
        sys.exit(1)
