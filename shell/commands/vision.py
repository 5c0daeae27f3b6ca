"""`vision`: look at the images that were not looked at yet."""

from __future__ import annotations

from pathlib import Path

from engine.culling.run import regroup
from engine.vision.look import Summary, look
from shell.commands import common

JSON = ("images", "hands", "faces", "poses", "flags", "abstained", "seconds", "images_per_second", "models")


def vision(library: Path | None, *, as_json: bool) -> None:
    with common.opened(common.find(library)) as opened:
        with common.progress() as progress:
            done = look(opened, progress)
            regroup(opened, progress)
        for notice in done.notices:
            common.say(notice)
        if as_json:
            common.answer({name: getattr(done, name) for name in JSON})
        else:
            _print(done)


def _print(done: Summary) -> None:
    flags = [f"{name} {number}" for name, number in done.flags.items() if number]
    rows = [
        ("images", f"{done.images} looked at"),
        ("people", f"{done.hands} hands, {done.faces} faces, {done.poses} poses"),
        ("doubts", ", ".join(flags) or "none"),
        ("not judged", f"{done.abstained} hands closed, cut off or too small"),
        ("time", f"{done.seconds:.1f} s, {done.images_per_second:.1f} images/s"),
        *((f"{what} by", model) for what, model in done.models.items()),
    ]
    common.table(rows, "Vision")
