"""Every figure of the README's table, measured in one go: `.venv/bin/python -m tests.bench`. About an hour.

Prints each part's table as it comes, then all rows as Markdown with the machine they come from; JSON in out/bench/.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

from tests.bench import (
    anatomy,
    copies,
    crops,
    cull,
    decisions,
    digits,
    duplicates,
    insight,
    intake,
    learned,
    people,
    picks,
    ranking,
    rankings,
    rankings_page,
    saliency,
    same,
    siblings,
    simulated,
    staging,
    strangers,
    taste,
    taste_learning,
    throughput,
    window,
)
from tests.bench.report import Row, finish, markdown, save

PARTS: dict[str, Callable[[], list[Row]]] = {
    "cull": cull.run,
    "copies": copies.run,
    "decisions": decisions.run,
    "picks": picks.run,
    "ranking": ranking.run,
    "rankings": rankings.run,
    "window": window.run,
    "rankings_page": rankings_page.run,
    "simulated": simulated.run,
    "duplicates": duplicates.run,
    "people": people.run,
    "saliency": saliency.run,
    "anatomy": anatomy.run,
    "digits": digits.run,
    "same": same.run,
    "siblings": siblings.run,
    "learned": learned.run,
    "crops": crops.run,
    "taste": taste.run,
    "taste_learning": taste_learning.run,
    "throughput": throughput.run,
    "strangers": strangers.run,
    "staging": staging.run,
    "insight": insight.run,
    "intake": intake.run,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", default=list(PARTS), choices=list(PARTS))
    rows = []
    for name in parser.parse_args().only:
        found = PARTS[name]()
        finish(name, name.capitalize(), found)
        rows += found
    save("all", rows)
    print("\n" + markdown(rows))


if __name__ == "__main__":
    main()
