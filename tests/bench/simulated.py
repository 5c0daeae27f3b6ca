"""How much of the true top simulated judges' picks find: `.venv/bin/python -m tests.bench.simulated [--seeds 10]`.

5 000 images, 3 000 picks, Gumbel noise of 0.3 where images spread by 1, top 100, nothing known beforehand.
"""

from __future__ import annotations

import argparse

from engine.progress import Quiet
from engine.ranking.simulate import Setup
from engine.ranking.simulate import run as simulate
from tests.bench.report import Row, finish

GOALS = {
    "pairs": (Setup(up=2), 0.22),
    "fours": (Setup(up=4), 0.80),
    "nines": (Setup(up=9), 0.90),
    "fours, families of five": (Setup(up=4, families=5), 0.93),
    "fours, features that explain 60 %, learned from the picks": (Setup(up=4, learn=0.6), 0.88),
}


def run(seeds: int = 10) -> list[Row]:
    rows = []
    for name, (setup, goal) in GOALS.items():
        line = simulate(setup, seeds, Quiet(), ["default"])["default"]
        note = f"± {line.recall_std:.3f} over {seeds} seeds; it believed {line.share:.3f}"
        rows.append(Row(f"share of the true top 100 found, {name}", line.recall, "", f">= {goal}", note))
        rows.append(Row(f"believed beside found, {name}: mean difference", line.share_error, "", "< 0.05"))
    for strategy in ("spec", "random"):
        line = simulate(Setup(up=4), seeds, Quiet(), [strategy])[strategy]
        rows.append(Row(f"the same, fours, strategy {strategy}", line.recall, ""))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=10)
    finish("simulated", "Simulated", run(parser.parse_args().seeds))


if __name__ == "__main__":
    main()
