"""Our ratings are the openskill package's own, kept in spec 5's tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import rows

from engine.library.store import Library
from engine.ranking import judges, matches, ratings

GOLDEN = json.loads((Path(__file__).resolve().parents[2] / "data" / "openskill.json").read_text(encoding="utf-8"))
NAMES = [case["name"] for case in GOLDEN]


def close(found: list[tuple[float, float]], expected: list[list[float]]) -> None:
    for (mu, sigma), (golden_mu, golden_sigma) in zip(found, expected, strict=True):
        assert mu == pytest.approx(golden_mu, abs=1e-9)
        assert sigma == pytest.approx(golden_sigma, abs=1e-9)


@pytest.mark.parametrize("case", GOLDEN, ids=NAMES)
def test_a_match_rates_as_the_package_does(case: dict[str, Any]) -> None:
    found = [ratings.DEFAULT] * len(case["ratings"])
    for match in case["matches"]:
        after = ratings.rate([found[i] for i in match["images"]], draw=match["draw"])
        for image, rating in zip(match["images"], after, strict=True):
            found[image] = rating
    close(found, case["ratings"])


@pytest.mark.parametrize("judge", ["", "Anna"])
@pytest.mark.parametrize("case", GOLDEN[-2:], ids=NAMES[-2:])
def test_what_is_stored_is_what_the_package_says(tmp_path: Path, case: dict[str, Any], judge: str) -> None:
    with rows.filled(tmp_path, [len(case["ratings"])]) as library:
        for match in case["matches"]:
            images = [i + 1 for i in match["images"]]
            kind = "draw" if match["draw"] else "match"
            # shown in another order than the winner's, as on a screen
            shown = images if match["draw"] else [*images[1:], images[0]]
            matches.record(library, shown, None if match["draw"] else images[0], kind, judge)
        close(stored(library, judge, len(case["ratings"])), case["ratings"])


def stored(library: Library, judge: str, count: int) -> list[tuple[float, float]]:
    with library.db.read() as connection:
        board = judges.board(connection, judge)
    found = dict(zip(board.ids.tolist(), zip(board.mu.tolist(), board.sigma.tolist(), strict=True), strict=True))
    return [found.get(i, ratings.DEFAULT) for i in range(1, count + 1)]


def test_the_default_of_spec_5_stands_for_openskills(tmp_path: Path) -> None:
    assert ratings.stored(25.0, 8.333333, 0) == (25.0, 25 / 3)
    assert ratings.stored(25.0, 8.333333, 1) == (25.0, 8.333333)


def test_a_score_is_openskills_ordinal() -> None:
    from openskill.models import PlackettLuce

    assert ratings.Rating(31.5, 2.25).score == PlackettLuce().rating(31.5, 2.25).ordinal()
