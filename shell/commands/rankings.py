"""`rankings`: the images in the order of the picks, on the terminal, as JSON or as CSV."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from engine.errors import NotFound, WrongUse
from engine.library.store import Library
from engine.library.text import to_text
from shell.commands import common

if TYPE_CHECKING:
    from engine.export.rankings_csv import Line
    from engine.ranking.live import Standing

SHOWN = 20  # lines on a terminal where no number is given
ORDER = "The rank comes from the fit of all picks; score, OpenSkill's mu - 3 sigma, need not fall with it."
JSON = ("library", "judge", "merged", "images", "csv", "rankings")


def standing(library: Library, judge: str | None, *, merged: bool = False) -> Standing:
    """Who stands where for a judge (default: the one in the settings), who is then the library's while it is open.

    Merged it is the order of all judges together.

    Raises NotFound for a judge who never picked here, WrongUse for a judge and merged at once.
    """
    from engine.ranking import judges
    from engine.ranking.live import Live

    if merged and judge is not None:
        raise WrongUse("The merged view is of all judges, not of one.", "Give --merged or --judge NAME.")
    if judge is not None:
        with library.db.read() as connection:
            known = judges.names(connection)
        name = judges.check(judge)
        if name not in known:
            others = ", ".join(filter(None, known))
            raise NotFound(f"No judge called {name} has ranked here.", f"There are: {others}." if others else "")
        ranking = msgspec.structs.replace(library.settings.ranking, judge=name)
        library.settings = msgspec.structs.replace(library.settings, ranking=ranking)
    live = Live.load(library, everyone=merged)
    try:
        return live.standing()
    finally:
        live.close()


def rankings(
    csv: Path | None, top: int | None, judge: str | None, library: Path | None, *, merged: bool, as_json: bool
) -> None:
    from engine.export.rankings_csv import export_csv, lines

    with common.opened(common.find(library), write=False) as opened:
        here = standing(opened, judge, merged=merged)
        written = ""
        if csv is not None:
            with common.progress() as progress:
                written = to_text(export_csv(opened, here, csv.absolute(), progress, last=top)[0])
        found = list(lines(opened, here, top if as_json or top else SHOWN)) if as_json or not written else []
        values = (to_text(opened.paths.root), here.judge(opened) or "", merged, len(here.ids), written)
    if as_json:
        answer = dict(zip(JSON, (*values, [line._asdict() for line in found]), strict=True))
        common.answer(answer)
    elif written:
        common.say(f"Wrote {written}.")
    else:
        _print(found, len(here.ids))


def _print(found: list[Line], total: int) -> None:
    from rich.console import Console
    from rich.table import Table

    grid = Table(
        title=f"Rankings: the first {len(found)} of {total}",
        title_justify="left",
        caption=ORDER,
        caption_justify="left",
    )
    for name in ("rank", "image", "score", "mu", "sigma", "matches"):
        grid.add_column(name, justify="left" if name == "image" else "right", overflow="fold")
    for line in found:
        figures = (f"{line.score:.2f}", f"{line.mu:.2f}", f"{line.sigma:.2f}", str(line.comparisons))
        grid.add_row(str(line.rank), common.plain(line.filename), *figures)
    width = None if sys.stdout.isatty() else 120
    Console(highlight=False, markup=False, width=width).print(grid)
