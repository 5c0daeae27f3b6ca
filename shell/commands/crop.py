"""`crop propose`: proposals into the library, sidecars beside the images; `crop apply`: the cropped copies."""

from __future__ import annotations

import sys
from pathlib import Path

from engine.cropping.beside import Beside, write_beside
from engine.cropping.job import Summary
from engine.cropping.job import propose as make
from shell.commands import common

JSON = ("images", "proposed", "no_clean_crop", "seconds")


def propose(library: Path | None, *, again: bool, look: bool, as_json: bool, apply: bool) -> None:
    with common.opened(common.find(library)) as opened:
        with common.progress() as progress:
            done = make(opened, progress, again=again, look=look)
            written = write_beside(opened, progress, apply=apply)
        for notice in [*done.notices, *written.failed]:
            common.say(notice)
        if as_json:
            common.answer({name: getattr(done, name) for name in JSON})
        else:
            _print(done, written, apply=apply)


def _print(done: Summary, written: Beside, *, apply: bool) -> None:
    would = "written" if apply else "would be written (--apply)"
    rows = [
        ("images", f"{done.images:,}"),
        ("proposed", f"{done.proposed:,}, {done.made:,} of them now"),
        ("no clean crop", f"{done.no_clean_crop:,}"),
        ("sidecars", f"{written.written:,} {would}, {written.theirs:,} of other tools left alone"),
        ("time", f"{done.seconds:.1f} s"),
    ]
    common.table(rows, "Crops")


def write_copies(library: Path | None, *, as_json: bool, apply: bool) -> None:
    from engine.export.crops.run import cut_all

    with common.opened(common.find(library)) as opened:
        with common.progress() as progress, opened.files_still(wait=True):
            report = cut_all(opened, progress, dry=not apply)
        for failed in [*report.failed, *report.unmarked]:
            common.say(failed)
        if as_json:
            common.answer(
                {"images": report.images, "written": report.written, "exact": report.exact, "to": report.to,
                 "dry_run": report.dry, "failed": report.failed}
            )  # fmt: skip
        else:
            common.say(report.sentence() + (" Nothing was written: --apply does it." if report.dry else ""))
    if report.failed:
        sys.exit(1)
