"""A ranking as the database has it: who is in the field, what was answered, and the ranker that knows both.

It is one judge's, or that of all judges together.

Everything that changes a ranking (answers, undo and redo, verdicts of the cull, new groups, a scan, settings) shows in
the database or the settings. One place decides what follows from it, `State.follow`: it compares a few marks and
follows what moved, whoever moved it.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import NamedTuple

import apsw
import numpy as np
import numpy.typing as npt

from engine.library.settings import Ranking
from engine.ranking import contenders, field, judges, learned_prior
from engine.ranking.followed import Culled, Entry, Followed
from engine.ranking.outcome import Outcome
from engine.ranking.places import Places
from engine.ranking.ranker import Ranker
from engine.ranking.ratings import MU, SIGMA

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

AT_ONCE = 500  # more matches than this at once (an import) and everything is read again
_MARKS = """
    SELECT (SELECT max(id) FROM images), (SELECT value FROM facts WHERE name = 'intake_serial'),
        (SELECT value FROM facts WHERE name = 'formed'), (SELECT group_concat(name || applied) FROM journal_files),
        (SELECT substr(value, 1, 64) FROM facts WHERE name = 'learned_taste')
"""


class Marks(NamedTuple):
    """What stands in the database; equal marks, equal rankings."""

    images: int | None
    serial: str | None
    formed: str | None
    journal: str | None
    learned: str | None


class State:
    """Use it under one lock.

    Attributes:
        settings: what it was read for.
        judge: whose matches; None is all judges together.
        places: which image stands where in the ranker's arrays.
        known: (room,) bool, images that are not quarantined.
        ranker: of `places.room` places.
        entries: the judge's matches and skips that stand.
        shown: (room,) in how many of them each image was.
        skips: how many of them are skips.
        informed: the model that the ranker has its prior from, or that had nothing to say; "" for none.
    """

    def __init__(self, connection: apsw.Connection, settings: Ranking, since: str, *, everyone: bool = False) -> None:
        """Read everything.

        Args:
            connection: nothing may have been read in its transaction yet that is older than the last state.
            settings: whose ranking, and how.
            since: skips from this time on (as the journal writes it) keep their images apart.
            everyone: the matches of all judges together, whoever is in the settings.

        Raises:
            WrongUse: the judge's name in the settings is no name.
        """
        self.settings = settings
        self.judge = None if everyone else judges.check(settings.judge)
        self._since = since
        self._marks = Marks(*connection.execute(_MARKS).get)
        now = field.read(connection, one_per_group=settings.one_per_group)
        self.places = Places(now.ids)
        self.known: Mask = self.places.mask(now.ids, now.known)
        self._culled = Culled()
        self._culled.changed(connection)
        self._followed = Followed(self.judge)
        _, entries = self._followed.catch_up(connection)
        self.ranker = Ranker(
            self.places.room, top=settings.top, strategy=settings.strategy, seed=len(entries),
            eligible=self.places.mask(now.ids, now.asked),
        )  # fmt: skip
        self.skips, self.informed = 0, ""
        self._load(entries)
        self._rate(connection)

    @property
    def entries(self) -> Followed:
        return self._followed

    @property
    def matches(self) -> int:
        """Picks and draws that stand."""
        return len(self.entries) - self.skips

    @property
    def _by_figures(self) -> bool:
        """OpenSkill's figures choose the matches. Nobody is asked in the name of everyone."""
        return self.settings.strategy == "spec" and self.judge is not None

    @property
    def model(self) -> str:
        """The model that the ranker should have its prior from: the person's own ranking alone has one."""
        wanted = self.judge == "" and self.settings.learned_prior
        return learned_prior.model_of(self._marks.learned) if wanted else ""

    def inform(self, told: learned_prior.Told) -> None:
        """Give the ranker what a model says; it needs a refit after."""
        self.informed = told.model
        self.ranker.inform(learned_prior.prior(told, self.places, self.ranker.eligible) if told.model else None)

    def outcomes(self, first: int) -> list[Outcome]:
        """The first so many picks and draws."""
        found = (self._outcome(entry) for entry in self.entries if entry.kind != "skip")
        return [outcome for outcome in islice(found, first) if outcome is not None]

    def best(self, most: int) -> list[int]:
        """The best images of the field that were compared, best first."""
        order = self.ranker.order()
        compared = (self.ranker.count[order] > 0) & self.ranker.eligible[order]
        return self.places.at(order[compared][:most].tolist())

    def nothing(self, *, pinned: bool, beside: int) -> str:
        """Why there is no match, and what to do about it; `beside` images are on the screen."""
        asked = int(self.ranker.eligible.sum())
        if not self.places.count:
            return "There are no images yet. Add a folder of images to begin."
        if not asked:
            return "No image can be asked about: all are missing, rejected or not looked at yet. Scan again, or reopen."
        if asked == 1 and self.settings.one_per_group and self.places.count > 1:
            return "One image has nobody to meet. Turn off “One of a group” in the settings, or add images."
        if asked == 1:
            return "One image has nobody to meet. Add more images."
        if beside:
            return "Nothing else is left to ask beside what is on the screen."
        if pinned:
            return "The champion has met everybody. Unpin it to go on."
        return "Nothing is left to ask: the images that matter have all met. See the rankings, or add images."

    def _load(self, entries: list[Entry]) -> None:
        found = [self._outcome(entry) for entry in entries]
        self.ranker.load([outcome for outcome in found if outcome is not None])
        seen = [place for entry in entries for place in self.places.find(entry.images)]
        self.shown: Ints = np.bincount(np.array(seen, np.int64), minlength=self.places.room)
        for entry in entries:
            if entry.kind == "skip":
                self.skips += 1
                if entry.at >= self._since:
                    self.ranker.skip(self.places.find(entry.images))

    def _rate(self, connection: apsw.Connection) -> None:
        """OpenSkill's figures of everybody; only the strategy `spec` looks at them."""
        self.ranker.mu = np.full(self.places.room, MU)
        self.ranker.sigma = np.full(self.places.room, SIGMA)
        if not self._by_figures:
            return
        board = judges.board(connection, self.judge or "")
        there = np.isin(board.ids, self.places.ids, assume_unique=True)
        at = np.searchsorted(self.places.ids, board.ids[there])
        self.ranker.mu[at], self.ranker.sigma[at] = board.mu[there], board.sigma[there]

    def follow(self, connection: apsw.Connection, settings: Ranking) -> bool | None:
        """Catch up with the database.

        Returns:
            True where anything changed, False where nothing did, None where it must be read anew.
        """
        if self._ranker_of(settings) != self._ranker_of(self.settings):
            return None
        marks = Marks(*connection.execute(_MARKS).get)
        before, self._marks = self._marks, marks
        refield = settings.one_per_group != self.settings.one_per_group or marks[:3] != before[:3]
        changed = settings != self.settings or marks.learned != before.learned
        self.settings = settings
        if marks.journal != before.journal:
            refield |= self._culled.changed(connection)
            if not self._answers(connection):
                return None
            changed = True
        if refield and not self._refield(connection):
            return None
        return changed or refield

    def _refield(self, connection: apsw.Connection) -> bool:
        now = field.read(connection, one_per_group=self.settings.one_per_group)
        if not self.places.take_in(now.ids):
            return False
        self.known = self.places.mask(now.ids, now.known)
        self.ranker.eligible = self.places.mask(now.ids, now.asked)
        return True

    def _answers(self, connection: apsw.Connection) -> bool:
        """Follow the judge's matches; False where there are too many."""
        went, came = self._followed.catch_up(connection)
        if len(went) + len(came) > AT_ONCE:
            return False
        for entry in went:
            self._count(entry, -1)
            outcome = self._outcome(entry)
            if outcome is not None:
                self.ranker.remove(outcome)
            elif entry.kind == "skip" and entry.at >= self._since:
                self.ranker.unskip(self.places.find(entry.images))
        for entry in came:
            if not self._enter(entry):
                return False
        if self._by_figures:
            self._rate_these(connection, {image for entry in (*went, *came) for image in entry.images})
        return True

    def _enter(self, entry: Entry) -> bool:
        """One new answer; False where it is of an image that came since the field was read."""
        if len(self.places.find(entry.images)) < len(entry.images):
            return False
        self._count(entry, 1)
        outcome = self._outcome(entry)
        if outcome is not None:
            self.ranker.add(outcome)
        else:
            self.ranker.skip(self.places.find(entry.images))
        return True

    def _outcome(self, entry: Entry) -> Outcome | None:
        """The result of a match; None for a skip, and where an image is gone from the library."""
        places = self.places.find(entry.images)
        if entry.kind == "skip" or len(places) < len(entry.images):
            return None
        return Outcome(tuple(places), entry.kind == "draw")

    def _count(self, entry: Entry, by: int) -> None:
        self.shown[self.places.find(entry.images)] += by
        self.skips += by * (entry.kind == "skip")

    def _rate_these(self, connection: apsw.Connection, images: Iterable[int]) -> None:
        for image in images:
            for place in self.places.find([image]):
                mu, sigma, _ = contenders.figures(connection, self.judge or "", image)
                self.ranker.mu[place], self.ranker.sigma[place] = mu, sigma

    def _ranker_of(self, settings: Ranking) -> tuple[str | None, int, str]:
        """What a ranker cannot change any more."""
        return settings.judge if self.judge is not None else None, settings.top, settings.strategy
