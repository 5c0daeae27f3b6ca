"""`cull`, `rescan` and `demo`: the main job."""

from __future__ import annotations

from pathlib import Path

from engine.culling.run import Summary, add_sources, refuse_library
from engine.culling.run import cull as run
from engine.errors import NotFound, WrongUse
from engine.library.paths import home, is_library
from engine.library.store import Library
from engine.library.text import to_text
from shell.commands import common

JSON = (
    "library", "images", "new", "missing", "quarantined", "groups", "keepers", "review", "seconds",
    "images_per_second", "reports",
)  # fmt: skip
DEMO_TOP = 3  # of its thirteen families: in a top hundred there would be nothing to choose


def cull(folders: list[Path], library: Path | None, *, recursive: bool | None, as_json: bool) -> None:
    for folder in folders:
        if folder.is_file():
            raise NotFound(f"{to_text(folder)} is a file, not a folder.", "Give the folder that holds it.")
        if not folder.is_dir():
            raise NotFound(f"There is no folder {to_text(folder)}.", "Check the name, or whether its disk is there.")
    place = common.find(library, folders[0])
    for folder in folders:
        refuse_library(folder, place)
    with common.opened(place, make=True) as opened:
        add_sources(opened, folders, recursive=recursive)
        _run(opened, as_json=as_json)


def rescan(library: Path | None, *, as_json: bool) -> None:
    with common.opened(common.find(library)) as opened:
        _run(opened, as_json=as_json)


def demo(folder: Path | None, *, as_json: bool) -> None:
    from engine.demo import draw

    place = (folder or home() / "demo").absolute()
    if place.is_dir() and {entry.name for entry in place.iterdir()} - {"images", "library"}:
        raise WrongUse(f"{to_text(place)} holds other things already.", "Name an empty or a new folder for the demo.")
    draw(place / "images")
    library = place / "library"
    if not is_library(library):
        with common.opened(library, make=True) as opened:
            opened.change_setting("ranking.top", DEMO_TOP)
    cull([place / "images"], library, recursive=True, as_json=as_json)


def _run(library: Library, *, as_json: bool) -> None:
    with common.progress() as progress:
        summary = run(library, progress)
    for notice in summary.notices:
        common.say(notice)
    if as_json:
        common.answer({name: getattr(summary, name) for name in JSON})
    else:
        _print(summary)


def _print(summary: Summary) -> None:
    rows = [
        ("library", summary.library),
        ("images", f"{summary.images} ({summary.new} new, {summary.changed} changed, {summary.moved} moved)"),
        ("missing", str(summary.missing)),
        ("quarantined", str(summary.quarantined)),
        ("groups", str(summary.groups)),
        ("keepers", str(summary.keepers)),
        ("need you", f"{summary.review} groups"),
        ("time", f"{summary.seconds:.1f} s, {summary.images_per_second:.0f} images/s measured"),
        *((f"{name}.csv", path) for name, path in summary.reports.items()),
    ]
    common.table(rows, "Pickwise")
