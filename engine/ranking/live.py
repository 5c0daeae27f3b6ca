"""An open library's ranking, one judge's or everyone's, in memory, always as the database has it (see `state`).

A thread that waits for `_lock` holds no snapshot of the database: it takes one only once it has the lock, so no call
sees the library at an earlier moment than the call before, and who has the lock never waits for a connection.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple, Self

import apsw
import numpy as np
import numpy.typing as npt

from engine.errors import PickwiseError
from engine.library.journal import now
from engine.library.settings import Ranking
from engine.library.store import Library
from engine.ranking import judges, learned_prior
from engine.ranking.certainty import Certainty
from engine.ranking.curve import Curve
from engine.ranking.ranker import Ranker
from engine.ranking.refits import Refits
from engine.ranking.state import State
from engine.ranking.views import CurvePoint

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

SAVE_SECONDS = 10.0  # how often the curve goes to the disk
PREVIEW = 8  # images
ADVISED = (2, 4, 6, 9)  # images at once
_NO_CHAMPION = "The champion is no longer asked about: it is missing, rejected, or its group has another keeper."


class Standing(NamedTuple):
    """Who stands where, for the table and the exports: every image that is not quarantined, best first.

    Attributes:
        ids: (m,) images.id.
        strength: (m,) fitted log-odds, 0 for an average image.
        chance: (m,) of belonging to the true top N, 0 to 1.
        in_field: (m,) it is asked about.
        top: N.
        merged: of all judges together.
    """

    ids: Ints
    strength: Floats
    chance: Floats
    in_field: Mask
    top: int
    merged: bool = False

    def judge(self, library: Library) -> str | None:
        """Whose OpenSkill figures belong beside it; None is the merged ones of all judges."""
        return None if self.merged else judges.check(library.settings.ranking.judge)


class Tally(NamedTuple):
    """Where a ranking is; what is sure as of the last fit. `judge` is None for all together.

    `left` are the picks still needed, by images at once, for those of ADVISED and what the settings say; `preview` are
    the best images that were compared; `learned` is when the model was made that new images are ordered by, "" for
    none.
    """

    settings: Ranking
    judge: str | None
    field: int
    looked: int
    matches: int
    skips: int
    share: float
    low: float
    left: dict[int, int | None]
    curve: list[CurvePoint]
    preview: list[int]
    learned: str


class Live:
    """The ranking of the judge in the settings, or of all judges together. Every method may be called on any thread."""

    def __init__(
        self, library: Library, said: Callable[[], None] = lambda: None, *, fits: bool = True, everyone: bool = False
    ) -> None:
        """Read the field, the matches and the ratings; fitting begins on a thread of its own.

        Args:
            library: an open one.
            said: called on that thread when the figures have changed by themselves, at most once a second.
            fits: False leaves fitting to `settle`.
            everyone: one order from the matches of all judges, whoever is in the settings.

        Raises:
            LibraryError: the library was closed meanwhile.
        """
        self.library = library
        self._everyone = everyone
        self._lock = threading.RLock()
        self._fitting = threading.Lock()
        self._since = now()  # whatever is skipped from now on stays apart
        self._saved = time.monotonic()
        self._standing: Standing | None = None
        self._state: State | None = None
        self._advised: tuple[Certainty, Ranking] | None = None
        self._left: dict[int, int | None] = {}  # images at once -> picks still needed
        self._refits = Refits(self._work, said)
        if not fits:
            self._refits.stop()
        self._curve = Curve("", 0)
        self.follow()

    @classmethod
    def load(cls, library: Library, *, everyone: bool = False) -> Self:
        """Fitted, and without a thread: for whoever wants the order once (the command line). May take seconds."""
        live = cls(library, fits=False, everyone=everyone)
        live.settle()
        return live

    def close(self) -> None:
        """Stop fitting, without waiting for a fit under way, and keep the curve; to be called before the library's."""
        self._refits.stop()
        with suppress(PickwiseError):
            self._curve.save(self.library)

    def settle(self) -> None:
        """Fit now what there is to fit."""
        with self._true() as state:
            ranker = state.ranker
        self._inform(state)
        self._fit(ranker)

    @contextmanager
    def _true(self) -> Iterator[State]:
        """The state as the database has it now, held until the block ends."""
        with self.library.db.read() as connection, self._lock:
            settings = self.library.settings.ranking
            changed = self._follow(connection, settings)
            if self._state is None or changed is None:
                self._state = State(connection, settings, self._since, everyone=self._everyone)
                self._curve = Curve(self._state.judge, settings.top)
                self._curve.read(connection, self._state.matches)
            if changed is not False:
                self._standing = None
                self._curve.forget(self._state.matches)
                self._refits.wake()
            yield self._state

    def _follow(self, connection: apsw.Connection, settings: Ranking) -> bool | None:
        """See `State.follow`; what stops half way is read anew the next time."""
        state, self._state = self._state, None
        changed = None if state is None else state.follow(connection, settings)
        self._state = state
        return changed

    # ---- fitting, on its own thread

    def _work(self) -> bool:
        """Fit where that is worth it, else find one missing point of the curve; True where figures changed."""
        try:
            with self._true() as state:
                curve, picks = self._curve, state.matches
            self._inform(state)
        except PickwiseError:  # the library was closed meanwhile
            return False
        if self._fit(state.ranker):
            share = state.ranker.certainty().share
            self._advise(state)
        elif self._advise(state):
            return True
        elif curve.gaps:
            picks = curve.gaps[-1]
            share = self._share_after(state, picks)
        else:
            return False
        with self._lock:
            curve.put(picks, share)
        self._keep(curve)
        self._refits.wake()
        return True

    def _inform(self, state: State) -> None:
        """Take over what another model says. Reading it takes a tenth of a second: nobody else waits for that."""
        if state.model == state.informed:
            return
        told = learned_prior.NOTHING
        if state.model:
            with self.library.db.read() as connection:
                told = learned_prior.read(connection)
        with self._lock:
            state.inform(told)

    def _fit(self, ranker: Ranker) -> bool:
        """Refit if that changes something; one fit at a time."""
        with self._fitting:
            stale = ranker.stale
            if stale:
                ranker.refit()
        if stale:
            with self._lock:
                self._standing = None
        return stale

    def _advise(self, state: State) -> bool:
        """Look ahead from the last fit, which takes a tenth of a second or two; False where that is done."""
        sure, settings = state.ranker.certainty(), state.settings
        if self._advised is not None and self._advised[0] is sure and self._advised[1] == settings:
            return False
        left = {up: sure.picks_left(settings.target, up) for up in {*ADVISED, settings.up}}
        with self._lock:
            self._advised, self._left = (sure, settings), left
        return True

    def _share_after(self, state: State, picks: int) -> float:
        """The share as it was after the first so many picks."""
        with self._lock:
            outcomes, eligible = state.outcomes(picks), state.ranker.eligible.copy()
            settings = state.settings
        ranker = Ranker(len(eligible), top=settings.top, strategy=settings.strategy, eligible=eligible)
        ranker.load(outcomes)
        ranker.refit()
        return ranker.certainty().share

    def _keep(self, curve: Curve) -> None:
        if time.monotonic() - self._saved >= SAVE_SECONDS:
            self._saved = time.monotonic()
            with suppress(PickwiseError):  # closed meanwhile, or a full disk: the curve can be told again
                curve.save(self.library)

    # ---- what is asked

    def next(self, up: int, champion: int | None = None, avoid: Collection[int] = ()) -> tuple[list[int], str]:
        """Ids of the next images to choose from, and why these; none where there is nothing left to ask.

        Args:
            up: how many, 2 to 9.
            champion: an image that is to be among them, left out where it is not in the field.
            avoid: images that are on screen and not decided yet.
        """
        with self._true() as state:
            ranker, places = state.ranker, state.places
            seat = [p for p in places.find([champion] if champion is not None else []) if ranker.eligible[p]]
            chosen = ranker.choose(up, seat[0] if seat else None, places.find(avoid))
            if not chosen:
                return [], state.nothing(pinned=bool(seat), beside=len(avoid))
            return places.at(chosen), ranker.note(chosen, up) if seat or champion is None else _NO_CHAMPION

    def soon(self) -> None:
        """Catch up with what has just been decided, on the thread that fits: whoever decided need not wait."""
        self._refits.wake()

    def follow(self) -> None:
        """Catch up now with what has just been decided, rather than when the next match is asked for."""
        with self._true():
            pass

    def standing(self) -> Standing:
        """The whole ranking, best first; the same object until something changes."""
        with self._true() as state:
            if self._standing is None:
                self._standing = _standing(state)
            return self._standing

    def tally(self) -> Tally:
        with self._true() as state:
            asked, sure = state.ranker.eligible, state.ranker.certainty()
            return Tally(
                settings=state.settings,
                judge=state.judge,
                field=int(asked.sum()),
                looked=int((asked & (state.shown > 0)).sum()),
                matches=state.matches,
                skips=state.skips,
                share=min(max(float(sure.share), 0.0), 1.0),
                low=min(max(float(sure.low), 0.0), 1.0),
                left=dict(self._left),
                curve=self._curve.points(),
                preview=state.best(PREVIEW),
                learned=learned_prior.made_at(state.informed) if state.ranker.prior is not None else "",
            )


def _standing(state: State) -> Standing:
    ranker, places = state.ranker, state.places
    order = ranker.order()
    order = order[order < places.count]
    order = order[state.known[order]]
    chance, top, merged = ranker.certainty().chance[order], state.settings.top, state.judge is None
    return Standing(places.ids[order], ranker.mean[order], chance, ranker.eligible[order], top, merged)
