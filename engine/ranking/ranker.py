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
from engine.ranking.answers import Answers
from engine.ranking.certainty import Certainty, certainty
from engine.ranking.figures import Figures
from engine.ranking.outcome import Outcome
from engine.ranking.pairing import Default, Random, Spec, Strategy, anybody
from engine.ranking.posterior import Posterior, Prior
from engine.ranking.said import Said

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
        self._eligible: Bools = np.ones(n, np.bool_) if eligible is None else eligible
        self._answers, self._skips = Answers(), Answers()
        self._kept = 0  # answers from the first on that were there when the last fit began, and still are
        self._searched = self._dirty = 0
        self._fresh = False  # of some answers it is not known what they say
        nothing = self._answers.entries(), Said(len(belief.grid(posterior.ladder(FIRST_RUNG)).strengths))
        self._fitted, beliefs = posterior.fit(*nothing, prior, FIRST_RUNG, fresh=False, search=False)
        self._figures = figures.figures(self._fitted, beliefs, prior, self._eligible, top)
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
        return len(self._answers)

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
        return self._dirty >= (EVERY if len(self._answers) > FEW else 1)

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

    def inform(self, prior: Prior | None) -> None:
        """Another guess at the images before any pick; the next refit takes it in for all of them."""
        with self.lock:
            self.prior, self._fresh = prior, True
            self._dirty += EVERY

    # ---- answers

    def load(self, outcomes: Sequence[Outcome]) -> None:
        """Everything so far, at once; call `refit` after."""
        with self.lock:
            for outcome in outcomes:
                self._answers.push(outcome)
                self.count[list(outcome.items)] += 1
            self._fitted.said.extend(self._answers.start(len(self._answers)) - len(self._fitted.said))
            self._fresh = True
            self._dirty += EVERY

    def add(self, outcome: Outcome) -> None:
        """A pick or a draw: what it says of its images is taken in at once, of the others at the next refit."""
        with self.lock:
            self._answers.push(outcome)
            self.count[list(outcome.items)] += 1
            self._tell(outcome)

    def remove(self, outcome: Outcome) -> None:
        """Undo the last one. Raises KeyError where that was another."""
        with self.lock:
            last = len(self._answers) - 1
            if last < 0 or self._answers[last] != outcome:
                raise KeyError(outcome)
            self._answers.pop()
            self._kept = min(self._kept, last)
            self.count[list(outcome.items)] -= 1
            self._fitted.said.cut(self._answers.start(last))
            self._touch(outcome.items)

    def skip(self, items: Sequence[int]) -> None:
        """These images do not meet (again)."""
        with self.lock:
            self._skips.push(Outcome(tuple(items)))

    def unskip(self, items: Sequence[int]) -> None:
        """They may meet; nothing happens where they might before."""
        with self.lock:
            gone, others = Outcome(tuple(items)), []
            while len(self._skips) and (last := self._skips.pop()) != gone:
                others.append(last)
            for other in reversed(others):
                self._skips.push(other)

    def met(self, item: int) -> set[int]:
        """Whom it met, itself included: no pair is asked about twice, and a skipped pair does not come back."""
        return (self._answers.met(item) if self.count[item] else set()) | self._skips.met(item)

    def _beliefs(self, items: Sequence[int]) -> belief.Floats:
        """(items, g) log beliefs, by all that is said so far."""
        fitted = self._fitted
        entries = [self._answers.where(item) for item in items]
        said = np.stack([fitted.said.sum(here[here < len(fitted.said)]) for here in entries])
        return np.asarray(said + posterior.priors(self.prior, np.array(items), fitted.on, fitted.spread))

    def _tell(self, outcome: Outcome) -> None:
        """Messages of the match that follows those told, and their effect on its images."""
        what = Answers([outcome._replace(items=tuple(range(len(outcome.items))))]).entries()
        on = self._fitted.on
        none = np.zeros((len(what.row), len(on.strengths)), np.float32)
        beliefs = self._beliefs(outcome.items)
        self._fitted.said.append(belief.messages(beliefs, none, what, on))
        kept = self._fitted.said[len(self._fitted.said) - len(what.row) :]  # rounded, as it is read ever after
        np.add.at(beliefs, what.row, kept)
        self._put_beliefs(outcome.items, beliefs)

    def _touch(self, items: Sequence[int]) -> None:
        """Bring these images' figures up to what is said of them."""
        self._put_beliefs(items, self._beliefs(items))

    def _put_beliefs(self, items: Sequence[int], logs: belief.Floats) -> None:
        """Figures of these images from their (m, g) log beliefs, which are used up."""
        own = np.asarray(items)
        beliefs = belief.softmax(logs)
        now, on = self._figures, self._fitted.on
        now.mean[own], now.var[own] = figures.moments(beliefs, on)
        place = (now.cut - float(on.strengths[0])) / belief.STEP + 0.5
        now.chance[own] = np.where(self._eligible[own], figures.at_cut(figures.tails(beliefs), place), 0)
        self._strategy.touched(items)
        self._dirty += 1

    # ---- the whole again

    def refit(self) -> None:
        """Fit all picks; the spread too where there are enough new ones. 10 ms to seconds."""
        with self.lock:
            what, said = self._answers.entries(), self._fitted.said.copy()
            matches = self._kept = len(self._answers)
            eligible, rung, fresh = self._eligible, self._fitted.rung, self._fresh
            search = matches > FEW and matches >= GROWN * self._searched
            dirty, prior = self._dirty, self.prior
        fitted, beliefs = posterior.fit(what, said, prior, rung, fresh=fresh, search=search)
        found = figures.figures(fitted, beliefs, prior, eligible, self.top)
        pool = self._strategy.pool(found, eligible)
        with self.lock:
            if search:
                self._searched = matches
            self._fresh = False
            self._dirty -= dirty
            self._strategy.refitted(pool)
            self._put(fitted, found, what)

    def _put(self, fitted: Posterior, found: Figures, what: belief.Entries) -> None:
        """Take over a fit, and follow what was added and removed while it ran."""
        kept = self._answers.start(self._kept)
        gone = np.unique(what.row[kept:])
        fitted.said.cut(kept)
        self._fitted, self._figures = fitted, found
        self._certain = None
        if len(gone):
            self._touch(gone.tolist())
        for at in range(self._kept, len(self._answers)):
            self._tell(self._answers[at])

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
