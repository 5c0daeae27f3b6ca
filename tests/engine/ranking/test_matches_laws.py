"""Whatever is picked, skipped, imported, undone and redone, the ratings are those of the package over what stands."""

from __future__ import annotations

import csv
import shutil
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import rows
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from engine.errors import NotFound
from engine.library.store import Library
from engine.ranking import comparisons_csv, judges, matches, ratings
from tests.engine.ranking import stood

FAMILIES = [4, 3, 3]
IMAGES = sum(FAMILIES)
JUDGES = ["", "Anna"]
TABLES = {
    "images": "SELECT id, filepath, mu, sigma, comparison_count, last_compared_at FROM images ORDER BY id",
    "ratings": "SELECT * FROM ratings ORDER BY 1, 2",
    "matches": "SELECT * FROM matches ORDER BY id",
    "comparisons": "SELECT * FROM comparisons ORDER BY id",
    "decisions": "SELECT id, state, label FROM decisions ORDER BY seq",
}


class Answer(NamedTuple):
    """One decision: a judge's matches, winner first (none for a skip)."""

    judge: str
    told: list[tuple[tuple[int, ...], bool]]


def tables(library: Library) -> dict[str, list[Any]]:
    with library.db.read() as connection:
        return {name: connection.execute(sql).fetchall() for name, sql in TABLES.items()}


def by_the_package(judge: str, story: list[Answer]) -> dict[int, tuple[float, float, int]]:
    """What a plain run of openskill over these decisions gives, image by image."""
    from openskill.models import PlackettLuce

    model, count = PlackettLuce(), dict.fromkeys(range(1, IMAGES + 1), 0)
    rated = {image: model.rating() for image in count}
    for images, draw in (match for answer in story if answer.judge == judge for match in answer.told):
        ranks = [0 if draw else int(n > 0) for n in range(len(images))]
        for image, [after] in zip(images, model.rate([[rated[i]] for i in images], ranks=ranks), strict=True):
            rated[image] = after
            count[image] += 1
    return {image: (rated[image].mu, rated[image].sigma, count[image]) for image in count if count[image]}


shown = st.lists(st.integers(1, IMAGES), min_size=2, max_size=9, unique=True)


class Ranker(RuleBasedStateMachine):
    """Someone ranking with both hands."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="pickwise-matches-"))
        self.library = rows.filled(self.folder / "library", FAMILIES)
        self.done: list[Answer] = []
        self.undone: list[Answer] = []

    def _answered(self, judge: str, told: list[tuple[tuple[int, ...], bool]]) -> None:
        self.done.append(Answer(judge, told))
        self.undone.clear()

    @rule(images=shown, which=st.integers(0, 8), judge=st.sampled_from(JUDGES))
    def pick(self, images: list[int], which: int, judge: str) -> None:
        winner = images[which % len(images)]
        matches.record(self.library, images, winner, "match", judge)
        self._answered(judge, [((winner, *(i for i in images if i != winner)), False)])

    @rule(images=shown, judge=st.sampled_from(JUDGES))
    def draw(self, images: list[int], judge: str) -> None:
        matches.record(self.library, images, None, "draw", judge)
        self._answered(judge, [(tuple(images), True)])

    @rule(images=shown, judge=st.sampled_from(JUDGES))
    def skip(self, images: list[int], judge: str) -> None:
        matches.record(self.library, images, None, "skip", judge)
        self._answered(judge, [])

    @rule(pairs=st.lists(st.tuples(shown.map(lambda i: i[:2]), st.booleans()), min_size=1, max_size=6))
    def take_in(self, pairs: list[tuple[list[int], bool]]) -> None:
        file = self.folder / "in.csv"
        with self.library.db.read() as connection:
            paths = dict(connection.execute("SELECT id, filepath FROM images").fetchall())
        with file.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            writer.writerow(["winner", "loser", "draw"])
            writer.writerows([paths[winner], paths[loser], draw] for (winner, loser), draw in pairs)
        assert comparisons_csv.load(self.library, file, "Anna").imported == len(pairs)
        self._answered("Anna", [(tuple(images), draw) for images, draw in pairs])

    @rule(deep=st.integers(1, 5))
    def undo(self, deep: int) -> None:
        for _ in range(deep):
            if not self.done:
                with pytest.raises(NotFound):
                    self.library.undo()
                return
            self.library.undo()
            self.undone.append(self.done.pop())

    @rule(deep=st.integers(1, 5))
    def redo(self, deep: int) -> None:
        for _ in range(deep):
            if not self.undone:
                with pytest.raises(NotFound):
                    self.library.redo()
                return
            self.library.redo()
            self.done.append(self.undone.pop())

    @precondition(lambda self: self.done)
    @rule(data=st.data())
    def undo_and_redo_to_any_depth_is_nothing(self, data: st.DataObject) -> None:
        before = tables(self.library)
        deep = data.draw(st.integers(1, len(self.done)))
        for _ in range(deep):
            self.library.undo()
        for _ in range(deep):
            self.library.redo()
        assert tables(self.library) == before

    @rule()
    def restart(self) -> None:
        before = tables(self.library)
        self.library.close()
        self.library = Library(self.folder / "library")
        assert self.library.notices == []
        assert tables(self.library) == before

    @rule()
    def rebuild(self) -> None:
        before = tables(self.library)
        assert self.library.rebuild()[1] == []
        assert tables(self.library) == before

    @invariant()
    def ratings_are_the_packages_to_the_last_bit(self) -> None:
        with self.library.db.read() as connection:
            for judge in JUDGES:
                board = judges.board(connection, judge)
                found = {int(i): (m, s, int(n)) for i, m, s, n in zip(*(a.tolist() for a in board), strict=True)}
                assert found == by_the_package(judge, self.done)
                assert stood.outcomes(connection, judge) == [m for a in self.done if a.judge == judge for m in a.told]

    @invariant()
    def an_image_without_a_match_has_spec_5s_defaults(self) -> None:
        with self.library.db.read() as connection:
            assert connection.execute(
                "SELECT count(*) FROM images WHERE comparison_count = 0"
                " AND (mu IS NOT 25.0 OR sigma IS NOT 8.333333 OR last_compared_at IS NOT NULL)"
            ).get == 0  # fmt: skip

    def teardown(self) -> None:
        while self.done:
            self.undo(1)
        with self.library.db.read() as connection:
            left = connection.execute(
                "SELECT (SELECT count(*) FROM matches) + (SELECT count(*) FROM comparisons)"
                " + (SELECT count(*) FROM ratings) + (SELECT count(*) FROM images WHERE comparison_count)"
            ).get
        self.library.close()
        shutil.rmtree(self.folder)
        assert left == 0
        assert ratings.DEFAULT == (25.0, 25 / 3)


Ranker.TestCase.settings = settings(max_examples=25, stateful_step_count=15, deadline=None)
TestRanker = Ranker.TestCase
