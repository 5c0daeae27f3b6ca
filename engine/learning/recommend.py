"""What the model says, as tables: of every image how much it is liked, of every open group which image it would keep.

Both tables are built aside in short transactions and swapped in together, so that no decision waits long and nobody
sees half of the old beside half of the new. A share of the groups is marked to be asked without showing the
recommendation: only these measure it (see `draws`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

import apsw
import msgspec
import numpy as np
import numpy.typing as npt

from engine.learning import draws, predict, state
from engine.learning.features import Features
from engine.learning.predict import Model
from engine.library.store import Library
from engine.progress import Progress, giving_way

Ints = npt.NDArray[np.int64]
Row = tuple[Any, ...]

_OPEN = """
    SELECT g.key, m.image_id, m.decision IN ('keeper', 'review'), v.verdict IN ('keep', 'alternate', 'reject') IS TRUE
    FROM members m JOIN groups g ON g.id = m.group_id JOIN images i ON i.id = m.image_id
    LEFT JOIN verdicts v ON v.image_id = m.image_id
    WHERE i.missing_since IS NULL AND i.quarantine IS NULL ORDER BY m.group_id, m.rank
"""
_TABLES = ("predictions", "recommended")
_ASIDE = "_next"
_AT_ONCE = 4000  # rows a transaction


class Group(NamedTuple):
    """An open group: its key, its images, and the one that the stage rule would keep, 0 for none."""

    key: str
    images: list[int]
    ruled: int


def open_groups(connection: apsw.Connection) -> list[Group]:
    """Groups of at least two present images of which no person has said anything."""
    found: dict[str, Group] = {}
    said: set[str] = set()
    for key, image, keeper, verdict in connection.execute(_OPEN):
        group = found.setdefault(key, Group(key, [], 0))
        group.images.append(int(image))
        if keeper and not group.ruled:
            found[key] = group._replace(ruled=int(image))
        if verdict:
            said.add(key)
    return [group for key, group in found.items() if key not in said and len(group.images) > 1]


def fill(library: Library, features: Features, model: Model, told: state.State, progress: Progress) -> int:
    """Say all of it anew; answers with how many groups have a recommendation.

    Raises:
        Cancelled: what stood there stands.
        LibraryHeld, LibraryError.
    """
    with library.db.read() as connection:
        groups = open_groups(connection)
    progress.phase("recommend", len(groups))
    groups = [group for group in groups if (features.known.places(np.array(group.images)) >= 0).all()]
    with library.db.read() as connection:
        drawn = draws.draw(connection, [(g.key, g.images) for g in groups], library.settings.learning.random_share)
    images = _images(features, model)
    rows = _rows(features, model, groups, drawn.blind, told.model, progress)
    for first in range(0, len(drawn.news), _AT_ONCE):
        progress.step(len(groups))
        library.write(partial(draws.keep, news=drawn.news[first : first + _AT_ONCE]))
    library.write(_begin)
    for table, lines in (("predictions", images), ("recommended", rows)):
        for first in range(0, len(lines), _AT_ONCE):
            giving_way.pause()
            progress.step(len(groups))
            library.write(partial(_add, table, lines[first : first + _AT_ONCE]))
    library.write(partial(_swap, told))
    return len(rows)


def clear(library: Library, told: state.State) -> None:
    """Say nothing any more."""
    library.write(_begin)
    library.write(partial(_swap, told))


def _images(features: Features, model: Model) -> list[Row]:
    known = features.known
    mean, variance = predict.images(model, features.x[known.present])
    return list(zip(known.ids[known.present].tolist(), mean.tolist(), variance.tolist(), strict=True))


def _rows(
    features: Features, model: Model, groups: Sequence[Group], blind: Sequence[bool], name: str, progress: Progress
) -> list[Row]:
    if not groups:
        return []
    sizes = np.array([len(group.images) for group in groups], np.int64)
    places = features.known.places(np.concatenate([np.array(group.images, np.int64) for group in groups]))
    x = features.x[places]
    found = predict.choices(model, x, sizes)
    rows, first = [], 0
    for number, group in enumerate(groups):
        if number % 500 == 0:
            giving_way.pause()
            progress.step(number)
        part = slice(first, first + len(group.images))
        first = part.stop
        told = float(found.information[number])
        rows.append(_row(model, group, x[part], found.chance[part], told, name, blind=blind[number]))
    return rows


def _row(
    model: Model, group: Group, x: npt.NDArray[np.float32], chance: npt.NDArray[np.float64], information: float,
    name: str, *, blind: bool,
) -> Row:  # fmt: skip
    best, second = np.argsort(-chance, kind="stable")[:2].tolist()
    winner = group.images[best]
    differs = group.ruled not in (0, winner)
    beside = group.images.index(group.ruled) if differs else second
    why = [
        {"name": reason.name, "text": reason.text, "weight": reason.weight}
        for reason in predict.reasons(model, x[best], x[beside])
    ]
    return (
        group.key, winner, float(chance[best]), information, differs, blind, msgspec.json.encode(why), name,
    )  # fmt: skip


def _begin(connection: apsw.Connection) -> None:
    for table in _TABLES:
        form = str(connection.execute("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?", (table,)).get)
        connection.execute(f"DROP TABLE IF EXISTS {table}{_ASIDE}")
        connection.execute(re.sub(rf'^CREATE TABLE "?{table}"?', f"CREATE TABLE {table}{_ASIDE}", form))


def _add(table: str, lines: list[Row], connection: apsw.Connection) -> None:
    marks = ", ".join("?" * len(lines[0]))
    connection.executemany(f"INSERT INTO {table}{_ASIDE} VALUES ({marks})", lines)  # noqa: S608 - our own names


def _swap(told: state.State, connection: apsw.Connection) -> None:
    for table in _TABLES:
        indexes = connection.execute(
            "SELECT sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL", (table,)
        ).fetchall()
        connection.execute(f"DROP TABLE {table}; ALTER TABLE {table}{_ASIDE} RENAME TO {table}")
        for (form,) in indexes:
            connection.execute(str(form))
    state.write(connection, told)
