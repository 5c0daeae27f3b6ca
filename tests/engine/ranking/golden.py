"""Writes tests/data/openskill.json: what the openskill package itself makes of matches of 2, 4 and 9, draws, sequences.

    .venv/bin/python tests/engine/ranking/golden.py

Uses the package alone, nothing of Pickwise. A case is `{"name", "matches": [{"images", "draw"}], "ratings"}` with
images 0, 1, 2 …, the winner first, and `ratings` one [mu, sigma] an image.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from openskill.models import PlackettLuce

FILE = Path(__file__).resolve().parents[2] / "data" / "openskill.json"


def run(count: int, matches: list[dict[str, Any]]) -> list[list[float]]:
    """The package's ratings of `count` images after these matches."""
    model = PlackettLuce()
    ratings = [model.rating() for _ in range(count)]
    for match in matches:
        images = match["images"]
        ranks = [0] * len(images) if match["draw"] else [0] + [1] * (len(images) - 1)
        for image, [after] in zip(images, model.rate([[ratings[i]] for i in images], ranks=ranks), strict=True):
            ratings[image] = after
    return [[rating.mu, rating.sigma] for rating in ratings]


def case(name: str, count: int, matches: list[tuple[list[int], bool]]) -> dict[str, Any]:
    played = [{"images": images, "draw": draw} for images, draw in matches]
    return {"name": name, "matches": played, "ratings": run(count, played)}


def cases() -> list[dict[str, Any]]:
    made = []
    for teams in (2, 4, 9):
        everyone = list(range(teams))
        made.append(case(f"a pick of {teams}", teams, [(everyone, False)]))
        made.append(case(f"a draw of {teams}", teams, [(everyone, True)]))
        made.append(case(f"the last of {teams}, then the first", teams, [(everyone[::-1], False), (everyone, False)]))
        made.append(case(f"the same of {teams} a hundred times", teams, [(everyone, False)] * 100))
        made.append(case(f"a draw of {teams} a hundred times", teams, [(everyone, True)] * 100))
    for seed in range(4):
        rng = random.Random(seed)
        story = [(rng.sample(range(12), rng.choice([2, 4, 9])), rng.random() < 0.2) for _ in range(60)]
        made.append(case(f"sixty matches of any kind, {seed}", 12, story))
    return made


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text("[\n" + ",\n".join(json.dumps(c) for c in cases()) + "\n]\n", encoding="utf-8")
