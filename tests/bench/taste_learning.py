"""What the ranker learns of simulated people, asked by BALD and by chance; how honest it is, and how quick.

    .venv/bin/python -m tests.bench.taste_learning [--seeds 30] [--first 0]

One in four families is held out whole; sets of four pictures of different other families are picked from. Accuracy is
of (winner, loser) pairs of sets of held-out pictures, against the true taste; the expected calibration error is against
picks that slip as often as those it learned from, since a chance can only mean what the person would do. It is over all
held-out pairs of the people of a taste. Beside it stand the mean of the people's own errors, in which what so few picks
cannot tell of one person is not evened out, and what the same chances would score if every pair of a person came out as
they say (`by luck`): bins of a few pairs are never even.
BALD is set against chance person by person, with the standard error of the mean. What the ranker holds to be usual was
chosen on other people, of other tastes and with other families held out; `--first 100` holds out some of those.
"""

from __future__ import annotations

import argparse
import statistics
import time
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.learning import ask, fitting, predict
from engine.learning.basis import Basis
from engine.learning.figures import NAMED
from engine.learning.fitting import Fitted, Pairs
from tests.bench import taste_users
from tests.bench.report import ROOT, Row, finish, median
from tests.bench.taste_users import Looks, Person, World

Floats = npt.NDArray[np.float64]
Float32s = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

DATA = ROOT.parent / "shared" / "data"
UP, POOL, HELD = 4, 1200, 2000  # images a set, sets to choose from, sets held out
TOLD = (50, 100, 400)  # picks after which it is looked
GOALS = {50: 0.78, 100: 0.83, 400: 0.90}
STEPS = (50, 60, 80, *range(100, 401, 50))  # picks after which it is fitted anew
SHARE = 0.1  # of what BALD asks is drawn by chance, and all of it where the model is not `ask.able`
DRIFT = 200  # picks after which the taste is another


class Seen(NamedTuple):
    """The pictures as the ranker sees them."""

    x: Float32s
    basis: Basis
    family: Ints


class Stage(NamedTuple):
    """What one person is tried on: features, sets to pick from and sets held out as rows."""

    x: Float32s
    basis: Basis
    family: Ints
    pool: Ints
    held: Ints


class Reached(NamedTuple):
    """After so many picks: pair accuracy against the truth, calibration error against picks as unsteady, by luck.

    Attributes:
        said: (n,) the chance of each held-out pair as it came out.
    """

    picks: int
    accuracy: float
    error: float
    luck: float
    said: Floats


def stage(seen: Seen, seed: int) -> Stage:
    rng = np.random.default_rng(seed)
    families = rng.permutation(np.unique(seen.family))
    out = np.isin(seen.family, families[: len(families) // 4])
    pool, held = (_sets(np.flatnonzero(rows), seen.family, n, rng) for rows, n in ((~out, POOL), (out, HELD)))
    return Stage(*seen, pool, held)


def _sets(rows: Ints, family: Ints, count: int, rng: np.random.Generator) -> Ints:
    """(count, UP) rows of different families."""
    found: list[Ints] = []
    while len(found) < count:
        some = rng.choice(rows, UP, replace=False)
        if len(set(family[some].tolist())) == UP:
            found.append(some)
    return np.array(found)


class Learner:
    """Asks, hears, fits anew."""

    def __init__(self, ready: Stage, *, bald: bool, seed: int) -> None:
        self._ready, self._bald = ready, bald
        self._rng = np.random.default_rng(seed + 1)
        self._open = list(self._rng.permutation(len(ready.pool)))
        self._asked: list[tuple[int, Ints]] = []  # winner, losers
        self.fitted: Fitted | None = None

    def ask(self, person: Person, count: int) -> None:
        for place in self._next(count):
            some = self._ready.pool[place]
            best = person.pick(some)
            self._asked.append((int(some[best]), np.delete(some, best)))

    def _next(self, count: int) -> list[int]:
        taken: list[int] = []
        order = self._open
        if self._bald and self.fitted and ask.able(len(self._asked), self.fitted.held.accuracy):
            sets = self._ready.pool[self._open]
            said = predict.choices(
                self.fitted.model, self._ready.x[sets.ravel()], np.full(len(sets), UP, np.int64)
            ).information
            order = [self._open[place] for place in np.argsort(-said, kind="stable")]
        first, chance = list(order), list(self._open)
        for _ in range(count):
            source = chance if self._rng.random() < SHARE else first
            taken.append(next(place for place in source if place not in taken))
        self._open = [place for place in self._open if place not in taken]
        return taken

    def fit(self) -> None:
        winner = np.concatenate([[won] * len(lost) for won, lost in self._asked]).astype(np.int64)
        loser = np.concatenate([lost for _, lost in self._asked])
        choice = np.repeat(np.arange(len(self._asked)), UP - 1)
        family = self._ready.family
        pairs = Pairs(winner, loser, np.ones(len(winner)), choice, family[winner], family[loser])
        self.fitted = fitting.fit(
            self._ready.x, self._ready.basis, pairs, before=self.fitted.prior if self.fitted else None
        )


def judge(ready: Stage, fitted: Fitted, person: Person, picks: int) -> Reached:
    steady = Person(person.liked, 0.0, np.random.default_rng(0))
    right, said = (_chances(ready, fitted, who) for who in (steady, person))
    luck = np.random.default_rng(1).random(len(said)) < said
    lucky = _error(np.where(luck, said, 1 - said))
    return Reached(picks, float((right > 0.5).mean()), _error(said), lucky, said)


def _error(said: Floats) -> float:
    bins = fitting.binned(said)
    return sum(one.n * abs(one.said - one.true) for one in bins) / sum(one.n for one in bins)


def _chances(ready: Stage, fitted: Fitted, person: Person) -> Floats:
    """Of every pair of the held-out sets, the chance of what this person picks."""
    best = np.array([person.pick(some) for some in ready.held])
    winner = np.repeat(ready.held[np.arange(HELD), best], UP - 1)
    loser = np.concatenate([np.delete(some, place) for some, place in zip(ready.held, best, strict=True)])
    return predict.pairs(fitted.model, ready.x[winner], ready.x[loser])


def life(
    ready: Stage, liked: Floats, slips: float, seed: int, *, bald: bool, later: Floats | None = None
) -> dict[int, Reached]:
    """One person from the first pick to the last; `later`: what is liked from DRIFT on. Chance asks without a fit."""
    person, learner = Person(liked, slips, np.random.default_rng(seed + 2)), Learner(ready, bald=bald, seed=seed)
    found, before = dict[int, Reached](), 0
    looked = {*TOLD, DRIFT, DRIFT + 50, DRIFT + 100} if later is not None else TOLD
    for picks in STEPS:
        if later is not None and before == DRIFT:
            person.liked = later
        learner.ask(person, picks - before)
        before = picks
        if bald or picks in looked:
            learner.fit()
        if picks in looked:
            assert learner.fitted is not None
            found[picks] = judge(ready, learner.fitted, person, picks)
    return found


def _mean(lives: list[dict[int, Reached]], picks: int) -> Reached:
    at = [one[picks] for one in lives]
    accuracy, error, luck = (statistics.mean(figures) for figures in zip(*(one[1:4] for one in at), strict=True))
    return Reached(picks, accuracy, error, luck, np.concatenate([one.said for one in at]))


def _beyond(lives: list[dict[int, Reached]], others: list[dict[int, Reached]], picks: int) -> tuple[float, float]:
    """By how much the ones are more accurate than the others, and the standard error of that."""
    won = np.array([one[picks].accuracy - other[picks].accuracy for one, other in zip(lives, others, strict=True)])
    return float(won.mean()), float(won.std(ddof=1) / np.sqrt(len(won))) if len(won) > 1 else 0.0


def tastes(made: World, seen: Seen, looks: Looks, seeds: range) -> list[Row]:
    rows = []
    people = (("look", 0.0), ("look", 0.1), ("look", 0.25), ("colour", 0.1))
    print("\n| taste | slips | picks | BALD | by chance | BALD less chance ", end="")
    print("| calibration error | by chance | each person's own | by luck |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for name, slips in people:
        lives: dict[bool, list[dict[int, Reached]]] = {True: [], False: []}
        for seed in seeds:
            rng, ready = np.random.default_rng(1000 + seed), stage(seen, seed)
            liked = looks.one(rng) if name == "look" else taste_users.colour(made, rng)
            for bald, some in lives.items():
                some.append(life(ready, liked, slips, seed, bald=bald))
        for picks in TOLD:
            rows += _told(lives, name, slips, picks)
    return rows


def _told(lives: dict[bool, list[dict[int, Reached]]], name: str, slips: float, picks: int) -> list[Row]:
    asked, chance = _mean(lives[True], picks), _mean(lives[False], picks)
    won, error = _beyond(lives[True], lives[False], picks)
    print(
        f"| {name} | {slips:.0%} | {picks} | {asked.accuracy:.3f} | {chance.accuracy:.3f} | {won:+.4f} ± {error:.4f} "
        f"| {_error(asked.said):.3f} | {_error(chance.said):.3f} | {asked.error:.3f}, {chance.error:.3f} "
        f"| {chance.luck:.3f} |",
        flush=True,
    )
    goal = f">= {GOALS[picks]}" if name == "look" and not slips else ""
    what = f"taste for {name}, {slips:.0%} slips, {picks} picks"
    own = f"each person's own {asked.error:.3f} and {chance.error:.3f} (mean), {chance.luck:.3f} of that by luck alone"
    beside = f"{_error(asked.said):.3f} asked by BALD; {own}"
    return [
        Row(f"{what}: pair accuracy, BALD", asked.accuracy, "", goal, "held out"),
        Row(f"{what}: BALD less by chance", won, "", ">= 0", f"standard error {error:.4f}"),
        Row(f"{what}: expected calibration error", _error(chance.said), "", "<= 0.05", beside),
    ]


def drift(seen: Seen, looks: Looks, seeds: range) -> list[Row]:
    """A taste that turns into another: before, right after, and 100 picks later, beside one who always had the new."""
    turned, fresh = [], []
    for seed in seeds:
        ready = stage(seen, seed)
        old, new = (looks.one(np.random.default_rng(n + seed)) for n in (2000, 3000))
        turned.append(life(ready, old, 0.0, seed, bald=False, later=new))
        fresh.append(life(ready, new, 0.0, seed, bald=False))
    before, after = _mean(turned, DRIFT), _mean(turned, DRIFT + 50)
    later, always = _mean(turned, DRIFT + 100), _mean(fresh, 100)
    note = f"{before.accuracy:.3f} before, {after.accuracy:.3f} after 50, {always.accuracy:.3f} with 100 picks alone"
    return [Row("a taste that changed, 100 picks later: pair accuracy", later.accuracy, "", ">= 0.80", note)]


def times() -> list[Row]:
    """Fitting 10 000 pairs, and scoring 100 000 images."""
    rng, k = np.random.default_rng(0), 32
    d = k + len(NAMED)
    x = rng.standard_normal((100_000, d)).astype(np.float32)
    basis = Basis(
        "", 0, np.zeros(0), np.zeros((0, k)), np.geomspace(1, 0.1, k), np.zeros(len(NAMED)), np.ones(len(NAMED))
    )
    one, other = rng.integers(0, 40_000, (2, 10_000))
    liked = x @ (rng.standard_normal(d) * 0.3)
    first = rng.random(10_000) < 1 / (1 + np.exp(liked[other] - liked[one]))
    winner, loser = np.where(first, one, other), np.where(first, other, one)
    pairs = Pairs(winner, loser, np.ones(10_000), np.arange(10_000), winner // 4, loser // 4)
    before = fitting.fit(x, basis, pairs)

    def refit() -> float:
        start = time.process_time()
        fitting.fit(x, basis, pairs, before=before.prior)
        return time.process_time() - start

    def score() -> float:
        start = time.process_time()
        predict.images(before.model, x)
        predict.choices(before.model, x, np.full(25_000, 4, np.int64))
        return time.process_time() - start

    return [
        Row("refit on 10,000 pairs", median(refit, 3), "s", "<= 3", "processor time, held-out figures included"),
        Row("score 100,000 images and 25,000 groups", median(score, 3), "s", "<= 2", "processor time"),
    ]


def run(seeds: int = 30, first: int = 0) -> list[Row]:
    rows = times()
    if not DATA.is_dir():
        print("The real images (../shared/data) are not on this machine: no figures of tastes.")
        return rows
    made = taste_users.world(DATA)
    print(f"\n{len(made.family)} pictures of {len(set(made.family.tolist()))} families; {seeds} people of each kind")
    seen, looks, people = Seen(*taste_users.features(made), made.family), Looks(made), range(first, first + seeds)
    return rows + tastes(made, seen, looks, people) + drift(seen, looks, people)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=30, help="people of each kind")
    parser.add_argument("--first", type=int, default=0, help="number of the first of them")
    given = parser.parse_args()
    finish("taste_learning", "Taste", run(given.seeds, given.first))


if __name__ == "__main__":
    main()
