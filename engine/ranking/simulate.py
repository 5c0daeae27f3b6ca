"""Simulated rankings: how much of the true top N each strategy finds, and in how many picks.

A strategy is given pictures it knows nothing of and a judge it knows nothing of; only the referee here knows the truth.
Utilities are N(0, 1). In a field with families each is a few near-duplicates of one picture, of which one is shown.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from engine.errors import WrongUse
from engine.progress import Progress
from engine.ranking.guess import guess
from engine.ranking.posterior import Prior
from engine.ranking.ranker import Ranker
from engine.ranking.simulated_judge import Judge, Kind

Doubles = npt.NDArray[np.float64]
Strategy = Literal["default", "spec", "random"]

STRATEGIES: tuple[Strategy, ...] = ("default", "spec", "random")
FEATURES = 16
WITHIN = 0.1  # standard deviation of near-duplicates about their family's utility


class Setup(msgspec.Struct, frozen=True):
    """What is simulated.

    Attributes:
        items, picks, top: images, answered matches, N.
        up: images a match, 2 to 9.
        noise: scale of the judge's noise, where utilities have a standard deviation of 1.
        families: images of a near-duplicate family; 1 is none.
        features: correlation of a guess made from the picture with its utility, given to the strategy as prior.
        judge: see `simulated_judge.Judge`.
        learn: share of the utilities' variance that FEATURES features explain, of whose weights nothing is known; the
            ranking learns them from its own picks (`guess`).
    """

    items: int = 5000
    picks: int = 3000
    up: int = 4
    noise: float = 0.3
    top: int = 100
    families: int = 1
    features: float = 0.0
    judge: Kind = "steady"
    learn: float = 0.0

    def check(self) -> None:
        """Raises WrongUse where there is nothing to simulate."""
        if not 2 <= self.up <= 9:
            raise WrongUse(f"{self.up} images at once cannot be shown.", "Choose 2 to 9.")
        shown = -(-self.items // max(self.families, 1))
        if self.families < 1 or shown < self.up or self.picks < 1 or not 1 <= self.top <= shown:
            raise WrongUse(
                f"{self.items} images in families of {self.families}, {self.picks} picks and a top {self.top} do not"
                " make a ranking.",
                "Ask for at least one pick, and for a top no larger than the images shown.",
            )
        if not (0 <= self.noise < float("inf") and 0 <= self.features < 1):
            raise WrongUse("Noise is a number of 0 or more, and features a correlation from 0 to below 1.")
        if not 0 <= self.learn < 1 or (self.learn and (self.features or self.families > 1)):
            raise WrongUse(
                "What is learned is a share from 0 to below 1, of images without families, and no guess beside it."
            )


class Played(NamedTuple):
    """How one simulated ranking went.

    Attributes:
        recall: share of the true top N in the shown one.
        share: what the strategy believed it to be.
        tau: Kendall's, over the images at half to twice the boundary's rank.
        picks: matches answered; fewer than asked for where nothing was left to ask.
        choose: (picks,) seconds.
    """

    recall: float
    share: float
    tau: float
    picks: int
    choose: Doubles


def play(setup: Setup, strategy: Strategy, seed: int) -> Played:
    """One ranking of a field from beginning to end."""
    rng = np.random.default_rng(seed)
    utility, asked = _field(setup, rng)
    known = _features(utility, setup.learn, rng) if setup.learn and strategy == "default" else None
    judge = Judge(utility, setup.noise, setup.judge, rng)
    prior = _guess(utility, setup.features, rng) if setup.features else None
    ranker = Ranker(setup.items, top=setup.top, strategy=strategy, seed=seed, eligible=asked, prior=prior)
    seconds = []
    for _ in range(setup.picks):
        began = time.perf_counter()
        items = ranker.choose(setup.up)
        seconds.append(time.perf_counter() - began)
        if not items:
            break
        outcome = judge.pick(items)
        ranker.add(outcome)
        if strategy == "spec":
            _rate(ranker, outcome.items, draw=outcome.draw)
        elif ranker.stale:
            ranker.refit()
            if known is not None:
                ranker.prior = guess(known, ranker) or ranker.prior
    ranker.refit()
    order = _by_score(ranker) if strategy == "spec" else ranker.order()
    return _judged(setup, utility, asked, order, ranker, np.asarray(seconds))


def _field(setup: Setup, rng: np.random.Generator) -> tuple[Doubles, npt.NDArray[np.bool_]]:
    """Utilities, and which images are shown: one of each family."""
    if setup.families == 1:
        return rng.standard_normal(setup.items), np.ones(setup.items, np.bool_)
    family = np.arange(setup.items) // setup.families
    base = rng.standard_normal(int(family[-1]) + 1)
    own = rng.standard_normal(setup.items)
    utility = np.sqrt(1 - WITHIN**2) * base[family] + WITHIN * own
    return utility, np.arange(setup.items) % setup.families == 0


def _guess(utility: Doubles, features: float, rng: np.random.Generator) -> Prior:
    """What a feature of that correlation with the utility tells of it."""
    seen = features * utility + np.sqrt(1 - features**2) * rng.standard_normal(len(utility))
    return Prior(features * seen, np.full(len(utility), 1 - features**2))


def _features(utility: Doubles, share: float, rng: np.random.Generator) -> Doubles:
    """(n, FEATURES) normal features whose best weights explain `share` of the utilities' variance.

    Drawn given the utilities: along hidden weights, features are what such a mix of them would be; across, free.
    """
    weights = rng.standard_normal(FEATURES)
    weights /= np.linalg.norm(weights)
    free = rng.standard_normal((len(utility), FEATURES))
    along = np.sqrt(share) * utility + np.sqrt(1 - share) * rng.standard_normal(len(utility))
    return np.asarray(free + np.outer(along - free @ weights, weights))


def _rate(ranker: Ranker, items: tuple[int, ...], *, draw: bool) -> None:
    from engine.ranking.ratings import Rating, rate

    at = list(items)
    for item, now in zip(at, rate([Rating(ranker.mu[i], ranker.sigma[i]) for i in at], draw=draw), strict=True):
        ranker.mu[item], ranker.sigma[item] = now


def _by_score(ranker: Ranker) -> npt.NDArray[np.int64]:
    """Spec 5's own order, so that its strategy is judged as it was written."""
    return np.asarray(np.lexsort((-(ranker.mu - 3 * ranker.sigma), ~ranker.eligible)))


def _judged(
    setup: Setup, utility: Doubles, asked: npt.NDArray[np.bool_], order: npt.NDArray[np.int64], ranker: Ranker,
    seconds: Doubles,
) -> Played:  # fmt: skip
    from scipy.stats import kendalltau

    true = np.lexsort((-utility, ~asked))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    near = true[setup.top // 2 : min(2 * setup.top, int(asked.sum()))]
    tau = float(kendalltau(-utility[near], rank[near]).statistic) if len(near) > 1 else 1.0
    found = len(np.intersect1d(true[: setup.top], order[: setup.top])) / setup.top
    return Played(found, ranker.certainty().share, tau, ranker.matches, seconds)


class Line(msgspec.Struct, frozen=True):
    """One strategy over all seeds."""

    recall: float
    recall_std: float
    pick_ms_p99: float
    share: float
    share_error: float  # mean of |share - recall|
    tau: float
    picks: float


def run(setup: Setup, seeds: int, progress: Progress, strategies: Sequence[Strategy] = STRATEGIES) -> dict[str, Line]:
    """Play every strategy with seeds 0 .. seeds-1, on all processors. Raises WrongUse, Cancelled."""
    setup.check()
    if seeds < 1:
        raise WrongUse("At least one seed is needed.")
    tasks = [(strategy, seed) for seed in range(seeds) for strategy in strategies]
    played: dict[str, list[Played]] = {strategy: [] for strategy in strategies}
    progress.phase("simulate", len(tasks))
    for done, (strategy, result) in enumerate(_all(setup, tasks), 1):
        played[strategy].append(result)
        progress.step(done, strategy)
    return {strategy: _line(results) for strategy, results in played.items()}


def _all(setup: Setup, tasks: list[tuple[Strategy, int]]) -> Any:
    """Each task's strategy with what it came to, as they end."""
    from concurrent.futures import ProcessPoolExecutor, as_completed
    from multiprocessing import get_context

    workers = min(len(tasks), os.cpu_count() or 1)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # a process a processor; threads would get in each other's way
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        running = {pool.submit(play, setup, *task): task[0] for task in tasks}
        try:
            for future in as_completed(running):
                yield running[future], future.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _line(results: list[Played]) -> Line:
    recall = np.asarray([one.recall for one in results])
    share = np.asarray([one.share for one in results])
    seconds = np.concatenate([one.choose for one in results])
    return Line(
        recall=round(float(recall.mean()), 4),
        recall_std=round(float(recall.std()), 4),
        pick_ms_p99=round(float(np.percentile(seconds, 99)) * 1000, 3),
        share=round(float(share.mean()), 4),
        share_error=round(float(np.abs(share - recall).mean()), 4),
        tau=round(float(np.mean([one.tau for one in results])), 4),
        picks=float(np.mean([one.picks for one in results])),
    )
