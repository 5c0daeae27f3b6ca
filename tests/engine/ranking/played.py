"""Fields of images with known strengths, and matches played over them."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt

from engine.ranking.outcome import Outcome
from engine.ranking.ranker import Ranker
from engine.ranking.simulated_judge import Judge

Doubles = npt.NDArray[np.float64]


def strengths(count: int, seed: int) -> Doubles:
    return np.random.default_rng(seed).standard_normal(count)


def at_random(truth: Doubles, matches: int, up: int, noise: float, seed: int) -> list[Outcome]:
    """Matches of images drawn at random, as a steady judge answers them."""
    rng = np.random.default_rng(seed)
    judge = Judge(truth, noise, "steady", rng)
    return [judge.pick(tuple(rng.choice(len(truth), up, replace=False).tolist())) for _ in range(matches)]


def play(ranker: Ranker, judge: Judge, picks: int, up: int) -> list[tuple[int, ...]]:
    """Let the ranker ask and the judge answer; what was shown."""
    shown = []
    for _ in range(picks):
        items = ranker.choose(up)
        if not items:
            break
        shown.append(items)
        ranker.add(judge.pick(items))
        if ranker.stale:
            ranker.refit()
    ranker.refit()
    return shown


def pairs(shown: list[tuple[int, ...]]) -> list[tuple[int, int]]:
    """Every pair of every match, the smaller first."""
    return [(min(a, b), max(a, b)) for items in shown for a, b in itertools.combinations(items, 2)]


def exact(outcomes: list[Outcome], count: int, spread: float, samples: int, seed: int) -> tuple[Doubles, Doubles]:
    """Posterior mean and variance of each strength by importance sampling from the prior: slow, and surely right."""
    rng = np.random.default_rng(seed)
    drawn = spread * rng.standard_normal((samples, count))
    logs = np.zeros(samples)
    for items, draw in outcomes:
        seen = drawn[:, list(items)]
        total = np.log(np.exp(seen).sum(axis=1))
        logs += (seen.mean(axis=1) if draw else seen[:, 0]) - total
    weight = np.exp(logs - logs.max())
    weight /= weight.sum()
    mean = weight @ drawn
    return mean, weight @ drawn**2 - mean**2
