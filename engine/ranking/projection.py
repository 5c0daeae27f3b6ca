"""What matches, draws, skips and imports do to the tables: spec 5's comparisons, the ratings, the matches as shown.

Imported by name from `engine/library/history.py` when the first such decision is met. Everything here depends on the
record and on the ratings before it alone, so a replay of the journal gives the same numbers to the last bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import apsw
import msgspec

from engine.errors import LibraryDamaged, WrongUse
from engine.library import history
from engine.library.journal import Record
from engine.ranking import judges, ratings
from engine.ranking.ratings import Rating

FEWEST, MOST = 2, 9  # images of one match


class Told(NamedTuple):
    """One match or skip: image ids, the winner first unless it is a draw or a skip."""

    images: tuple[int, ...]
    draw: bool = False


def told(connection: apsw.Connection, record: Record) -> Told:
    """The match, draw or skip a record holds; an image that turned out to be another one's copy counts once.

    Raises LibraryDamaged where the record makes no sense.
    """
    if not FEWEST <= len(record.images) <= MOST or len(set(record.images)) < len(record.images):
        raise LibraryDamaged("A match needs two to nine different images.")
    images = history.image_ids(connection, record)
    if record.kind == "match":
        if record.winner not in record.images:
            raise LibraryDamaged("The winner of a match is not among its images.")
        images.insert(0, images[record.images.index(record.winner)])
    return Told(tuple(dict.fromkeys(images)), record.kind == "draw")


class _Row(NamedTuple):
    rating: Rating
    comparisons: int
    last: str


class _Board:
    """The ratings of one judge, read as they are needed and written back at the end."""

    def __init__(self, connection: apsw.Connection, record: Record) -> None:
        self._connection = connection
        self._decision = record.id
        try:
            self._judge = judges.check(record.judge)
        except WrongUse as error:
            raise LibraryDamaged(error.message) from None
        self._rows: dict[int, _Row] = {}

    def _row(self, image: int) -> _Row:
        if image not in self._rows:
            found = self._connection.execute(judges.ONE, {"image": image, "judge": self._judge}).fetchone()
            mu, sigma, comparisons, last = found or (ratings.MU, ratings.SIGMA, 0, "")
            self._rows[image] = _Row(ratings.stored(mu, sigma, comparisons), comparisons, last or "")
        return self._rows[image]

    def show(self, kind: str, images: Sequence[int], at: str) -> int:
        """Keep what was shown; answers with the match's id."""
        self._connection.execute(
            "INSERT INTO matches (decision, judge, kind, shown, at) VALUES (?, ?, ?, ?, ?)",
            (self._decision, self._judge, kind, msgspec.json.encode(images).decode(), at),
        )
        return self._connection.last_insert_rowid()

    def play(self, match: Told, at: str) -> None:
        """One match: n - 1 comparisons and n ratings."""
        images = match.images
        number = self.show("draw" if match.draw else "pick", images, at)
        self._connection.executemany(
            "INSERT INTO comparisons (winner_id, loser_id, was_draw, compared_at, match_id) VALUES (?, ?, ?, ?, ?)",
            [(images[0], other, match.draw, at, number) for other in images[1:]],
        )
        rows = [self._row(image) for image in images]
        after = ratings.rate([row.rating for row in rows], draw=match.draw)
        for image, row, rating in zip(images, rows, after, strict=True):
            self._rows[image] = _Row(rating, row.comparisons + 1, max(row.last, at))

    def save(self) -> None:
        write = judges.WRITE_OWN if not self._judge else judges.WRITE_NAMED
        self._connection.executemany(
            write,
            [
                {"judge": self._judge, "image": i, "mu": r.mu, "sigma": r.sigma, "count": count, "last": last}
                for i, (r, count, last) in self._rows.items()
            ],
        )


@history.handle("match", "draw")
def _match(connection: apsw.Connection, record: Record) -> None:
    match = told(connection, record)
    board = _Board(connection, record)
    if len(match.images) >= FEWEST:
        board.play(match, record.ts)
        board.save()


@history.handle("skip")
def _skip(connection: apsw.Connection, record: Record) -> None:
    images = told(connection, record).images
    board = _Board(connection, record)
    if len(images) >= FEWEST:
        board.show("skip", images, record.ts)


@history.handle("import")
def _import(connection: apsw.Connection, record: Record) -> None:
    """Each pair is a match of two, in the order of the record."""
    images = history.image_ids(connection, record)
    board = _Board(connection, record)
    for pair in record.pairs or []:
        if not (0 <= pair.winner < len(images) and 0 <= pair.loser < len(images)):
            raise LibraryDamaged("An import names an image that it does not list.")
        match = Told((images[pair.winner], images[pair.loser]), pair.draw)
        if match.images[0] != match.images[1]:
            board.play(match, pair.ts)
    board.save()
