"""`comparisons export` and `comparisons import`: who won against whom, as CSV."""

from __future__ import annotations

from pathlib import Path

from engine.library.text import to_text
from engine.ranking import comparisons_csv
from shell.commands import common

_SHOWN = 20  # passed-over rows on the terminal; --json has all


def export(file: Path, library: Path | None, judge: str | None, *, as_json: bool) -> None:
    target = file.absolute()
    with common.opened(common.find(library), write=False) as opened:
        name = opened.settings.ranking.judge if judge is None else judge
        count = comparisons_csv.export(opened, target, name)
    if as_json:
        common.answer({"to": to_text(target), "judge": name, "comparisons": count})
    else:
        common.table([("comparisons", str(count)), ("written to", to_text(target))])


def load(file: Path, library: Path | None, judge: str | None, *, as_json: bool) -> None:
    with common.opened(common.find(library)) as opened:
        name = opened.settings.ranking.judge if judge is None else judge
        done = comparisons_csv.load(opened, file.absolute(), name)
    if as_json:
        common.answer(done)
        return
    rows = [("imported", str(done.imported)), ("here already", str(done.known))]
    rows.append(("passed over", str(len(done.passed_over))))
    rows += [(f"  line {row.line}", row.reason) for row in done.passed_over[:_SHOWN]]
    if len(done.passed_over) > _SHOWN:
        rows.append(("", "--json lists them all"))
    common.table(rows)
