"""One judge's field of images: what was picked, what it says, and what to ask next. Plain arrays, no database.

Images are places 0..n-1. Everything but `refit` takes well under five milliseconds at any size: a pick only touches up
the beliefs of the images in it, and choosing looks at a pool that the last refit put forward. `refit` does the whole
again and may run on a thread of its own; the lock is held only while it takes its copy and puts its result in place.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from engine.ranking import belief, figures, posterior
from engine.ranking.certainty import Certainty, certainty
from engine.ranking.figures import Figures
from engine.ranking.met import Met
from engine.ranking.outcome import Outcome
from engine.ranking.pairing import Default, Random, Spec, Strategy, anybody
from engine.ranking.posterior import Posterior, Prior

Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

EVERY = 50  # picks after which a refit is due
GROWN = 1.25  # so much more picks, and the spread is looked for again
FEW = 30  # picks below which each one is worth a refit
FIRST_RUNG = 9  # a spread of about 2.2
STRATEGIES: dict[str, type[Default | Random]] = {"default": Default, "spec": Spec, "random": Random}


class Ranker:
    """See the module. Attributes that are arrays are (n,); `mean` and `var` are strengths in log-odds."""

    def __init__(
        self, n: int, *, top: int = 100, strategy: Literal["default", "spec", "random"] = "default", seed: int = 0,
        eligible: Bools | None = None, prior: Prior | None = None,
    ) -> None:  # fmt: skip
        self.lock = threading.RLock()
        self.top, self.prior = top, prior
        self.count: Ints = np.zeros(n, np.int64)
        self.mu: Doubles = np.full(n, 25.0)
        self.sigma: Doubles = np.full(n, 25.0 / 3)
        self.met = Met()
        self._eligible: Bools = np.ones(n, np.bool_) if eligible is None else eligible
        self._outcomes: dict[int, Outcome] = {}
        self._said: dict[int, belief.Floats] = {}
        self._serial = 0
        self._rung, self._searched = FIRST_RUNG, 0
        self._dirty = 0
        self._fitted = posterior.fit([], [], prior, self._rung, search=False)[0]
        self._row: npt.NDArray[np.int32] = np.full(n, -1, np.int32)  # of each image in the fit's beliefs
        self._logs: dict[int, belief.Floats] = {}  # beliefs that picks since the fit have touched
        self._figures = figures.figures(self._fitted, prior, self._eligible, top)
        self._certain: Certainty | None = None
        self._strategy: Strategy = STRATEGIES[strategy](self, np.random.default_rng(seed))
        self._strategy.refitted(self._strategy.pool(self._figures, self._eligible))

    # ---- what is known

    @property
    def eligible(self) -> Bools:
        """Which images are asked about."""
        return self._eligible

    @eligible.setter
    def eligible(self, mask: Bools) -> None:
        with self.lock:
            self._eligible = mask
            self._dirty += EVERY
            self._certain = None

    @property
    def matches(self) -> int:
        """Answered matches."""
        return len(self._outcomes)

    @property
    def mean(self) -> Doubles:
        return self._figures.mean

    @property
    def var(self) -> Doubles:
        return self._figures.var

    @property
    def chance(self) -> Doubles:
        return self._figures.chance

    @property
    def spread(self) -> float:
        """Standard deviation of strengths over the field, in units of the judge's noise."""
        return self._fitted.spread

    @property
    def stale(self) -> bool:
        """Whether a refit would change something worth having."""
        return self._dirty >= (EVERY if len(self._outcomes) > FEW else 1)

    def order(self) -> Ints:
        """Places, best first: by strength, then images looked at more, then by place; those not asked about last."""
        with self.lock:
            places = np.arange(len(self.count))
            return np.asarray(np.lexsort((places, -self.count, -self.mean, ~self._eligible)))

    def certainty(self) -> Certainty:
        """As of the last refit (or change of who is asked about)."""
        certain = self._certain
        if certain is None:
            now, asked = self._figures, self._eligible  # a pick meanwhile may touch a few of them: that does no harm
            count = int(asked.sum())
            top = min(self.top, count)
            shown = _highest(np.where(asked, now.mean, -np.inf), top)
            unseen = np.flatnonzero(asked & (self.count == 0))
            certain = certainty(now.chance, now.mean.copy(), np.sqrt(now.var), shown, unseen, count)
            if now is self._figures and asked is self._eligible:
                self._certain = certain
        return certain

    # ---- answers

    def load(self, outcomes: Sequence[Outcome]) -> None:
        """Everything so far, at once; call `refit` after."""
        with self.lock:
            for outcome in outcomes:
                self._enter(outcome)
            self._dirty += EVERY

    def _enter(self, outcome: Outcome) -> int:
        self._serial += 1
        self._outcomes[self._serial] = outcome
        np.add.at(self.count, list(outcome.items), 1)
        self.met.add(outcome.items)
        return self._serial

    def add(self, outcome: Outcome) -> None:
        """A pick or a draw: what it says of its images is taken in at once, of the others at the next refit."""
        with self.lock:
            serial = self._enter(outcome)
            self._said[serial] = self._tell(outcome)
            self._touch(outcome)

    def remove(self, outcome: Outcome) -> None:
        """Undo one that was added (the last such). Raises KeyError where there is none."""
        with self.lock:
            serial = next((s for s in reversed(self._outcomes) if self._outcomes[s] == outcome), None)
            if serial is None:
                raise KeyError(outcome)
            del self._outcomes[serial]
            said = self._said.pop(serial, None)
            if said is not None:
                self._untell(outcome, said)
            np.add.at(self.count, list(outcome.items), -1)
            self.met.remove(outcome.items)
            self._touch(outcome)

    def skip(self, items: Sequence[int]) -> None:
        """These images do not meet (again)."""
        with self.lock:
            self.met.add(items)

    def unskip(self, items: Sequence[int]) -> None:
        with self.lock:
            self.met.remove(items)

    def _belief(self, item: int) -> belief.Floats:
        if item in self._logs:
            return self._logs[item]
        row = int(self._row[item])
        if row >= 0:
            return np.asarray(self._fitted.logs[row])
        return np.asarray(posterior.priors(self.prior, np.asarray([item]), self._fitted.on, self._fitted.spread)[0])

    def _tell(self, outcome: Outcome) -> belief.Floats:
        """Messages of one match, and their effect on the beliefs of its images."""
        what = belief.entries([outcome])
        own = list(outcome.items)
        row = np.asarray([own.index(int(item)) for item in what.row])
        beliefs = np.stack([self._belief(item) for item in own])
        none = np.zeros((len(row), beliefs.shape[1]), np.float32)
        said = belief.messages(beliefs, none, what._replace(row=row), self._fitted.on)
        beliefs = belief.add_up(beliefs, said, row, len(own))
        self._logs.update(zip(own, beliefs, strict=True))
        return said

    def _untell(self, outcome: Outcome, said: belief.Floats) -> None:
        """Take a match's messages out of the beliefs of its images."""
        for item, line in zip(belief.entries([outcome]).row.tolist(), said, strict=True):
            self._logs[item] = self._belief(item) - line

    def _touch(self, outcome: Outcome) -> None:
        """Bring the figures of a match's images up to their beliefs."""
        own = np.asarray(outcome.items)
        beliefs = belief.softmax(np.stack([self._belief(item) for item in outcome.items]))
        now, on = self._figures, self._fitted.on
        now.mean[own], now.var[own] = figures.moments(beliefs, on)
        place = (now.cut - float(on.strengths[0])) / belief.STEP + 0.5
        now.chance[own] = np.where(self._eligible[own], figures.at_cut(figures.tails(beliefs), place), 0)
        self._strategy.touched(outcome.items)
        self._dirty += 1

    # ---- the whole again

    def refit(self) -> None:
        """Fit all picks; the spread too where there are enough new ones. 10 ms to seconds."""
        with self.lock:
            outcomes, said = dict(self._outcomes), dict(self._said)
            eligible, rung = self._eligible, self._rung
            search = len(outcomes) > FEW and len(outcomes) >= GROWN * self._searched
            dirty = self._dirty
        fitted, rung = posterior.fit(
            list(outcomes.values()), [said.get(s) for s in outcomes], self.prior, rung, search=search
        )
        found = figures.figures(fitted, self.prior, eligible, self.top)
        row = np.full(len(self.count), -1, np.int32)
        row[fitted.shown] = np.arange(len(fitted.shown))
        pool = self._strategy.pool(found, eligible)
        with self.lock:
            if search:
                self._searched = len(outcomes)
            self._dirty -= dirty
            self._strategy.refitted(pool)
            self._put(fitted, found, row, outcomes, rung)

    def _put(
        self, fitted: Posterior, found: Figures, row: npt.NDArray[np.int32], outcomes: dict[int, Outcome], rung: int
    ) -> None:  # fmt: skip
        """Take over a fit, and follow what was added and removed while it ran."""
        said = dict(zip(outcomes, fitted.said, strict=True))
        gone = [(outcome, said.pop(s)) for s, outcome in outcomes.items() if s not in self._outcomes]
        come = [s for s in self._outcomes if s not in said]
        self._fitted, self._figures, self._row, self._rung, self._said = fitted, found, row, rung, said
        self._logs = {}
        self._certain = None
        for outcome, lines in gone:
            self._untell(outcome, lines)
            self._touch(outcome)
        for serial in come:
            self._said[serial] = self._tell(self._outcomes[serial])
            self._touch(self._outcomes[serial])

    # ---- what to ask

    def choose(self, up: int, champion: int | None = None, avoid: Collection[int] = ()) -> tuple[int, ...]:
        """The next images to choose from, the champion first; () where no two are left that have not met."""
        with self.lock:
            seat = () if champion is None else (champion,)
            chosen = self._strategy.choose(up, seat, frozenset(avoid) - set(seat))
            if len(chosen) < 2:
                chosen = anybody(self, up, seat, frozenset(avoid) - set(seat))
            return chosen if len(chosen) > 1 else ()

    def note(self, items: Sequence[int], up: int = 0) -> str:
        """Why these, in a few words; `up` is how many were asked for."""
        new = int((self.count[list(items)] == 0).sum())
        if new == len(items):
            return f"First look at {new} new images"
        if new:
            return f"First look at {new} new image{'s' if new > 1 else ''}, beside known ones"
        if len(items) < up:
            return f"Only {len(items)} are left here that have not met"
        if self.top >= int(self._eligible.sum()):
            return "Comparing known images"
        return f"Near the edge of the top {self.top}"


def _highest(values: Doubles, most: int) -> Ints:
    """Places of the `most` highest values, in no order."""
    if most >= len(values):
        return np.arange(len(values))
    return np.asarray(np.argpartition(-values, most)[:most])
