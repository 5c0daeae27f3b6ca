"""`simulate`: what a strategy finds, before anybody has spent an afternoon on it."""

from __future__ import annotations

from typing import cast, get_args

import msgspec

from engine.errors import WrongUse
from engine.ranking.simulate import Line, Setup, run
from engine.ranking.simulated_judge import Kind
from shell.commands import common


def simulate(
    items: int, picks: int, up: int, noise: float, seeds: int, top: int, families: int, features: float, judge: str,
    learn: float, *, as_json: bool,
) -> None:  # fmt: skip
    """Play the strategies side by side and print how much of the true top each found."""
    if judge not in get_args(Kind):
        raise WrongUse(f"There is no judge {judge}.", f"Choose one of {', '.join(get_args(Kind))}.")
    setup = Setup(items, picks, up, noise, top, families, features, cast("Kind", judge), learn)
    with common.progress() as progress:
        lines = run(setup, seeds, progress)
    if as_json:
        common.answer({
            **msgspec.structs.asdict(setup), "seeds": seeds,
            "strategies": {name: msgspec.structs.asdict(line) for name, line in lines.items()},
        })  # fmt: skip
    else:
        _print(setup, seeds, lines)


def _print(setup: Setup, seeds: int, lines: dict[str, Line]) -> None:
    from rich.console import Console
    from rich.table import Table

    families = f" in families of {setup.families}" if setup.families > 1 else ""
    title = (
        f"{setup.items} images{families}, {setup.picks} picks of one from {setup.up}, noise {setup.noise:g}, "
        f"top {setup.top}, {seeds} seed{'s' if seeds > 1 else ''}, {setup.judge} judge"
    )
    grid = Table(title=title, title_justify="left")
    heads = ("strategy", "recall", "±", "it believed", "tau near the edge", "picks used", "choosing, p99")
    for head in heads:
        grid.add_column(head, justify="left" if head == "strategy" else "right")
    for name, line in lines.items():
        grid.add_row(
            name, f"{line.recall:.3f}", f"{line.recall_std:.3f}", f"{line.share:.3f}", f"{line.tau:.2f}",
            f"{line.picks:.0f}", f"{line.pick_ms_p99:.2f} ms",
        )  # fmt: skip
    Console(highlight=False, markup=False).print(grid)
