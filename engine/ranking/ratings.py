"""OpenSkill's Plackett-Luce ratings, one match at a time, exactly as the package computes them.

Weng & Lin, A Bayesian Approximation Method for Online Ranking, JMLR 12 (2011), algorithm 4. A pick of one from n is one
match of n teams of one, the winner at rank 0 and all others tied at rank 1; in a draw all are tied.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:  # 20 ms, for those who rank
    from openskill.models import PlackettLuce


class Rating(NamedTuple):
    """The strength of one image: mean and standard deviation, on OpenSkill's scale."""

    mu: float
    sigma: float

    @property
    def score(self) -> float:
        """OpenSkill's ordinal: the strength this image has almost surely."""
        return self.mu - 3 * self.sigma


MU = 25.0
SIGMA = 25.0 / 3.0
DEFAULT = Rating(MU, SIGMA)


def stored(mu: float, sigma: float, comparisons: int) -> Rating:
    """The rating of a row. Spec 5's column begins at 8.333333, which stands for OpenSkill's 25/3."""
    return Rating(mu, sigma) if comparisons else DEFAULT


@cache
def _model() -> PlackettLuce:
    from openskill.models import PlackettLuce

    return PlackettLuce()


def rate(before: Sequence[Rating], *, draw: bool) -> list[Rating]:
    """The ratings after one match of two or more, in the same order; the first one won, unless it was a draw."""
    model = _model()
    teams = [[model.rating(mu, sigma)] for mu, sigma in before]
    ranks = [0.0 if draw else float(place > 0) for place in range(len(before))]
    return [Rating(player.mu, player.sigma) for [player] in model.rate(teams, ranks=ranks)]
