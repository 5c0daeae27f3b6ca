"""What the ranker likes, in pictures: for each thing it weighs most, images that have most and least of it.

From a sample of the library that is the same every time: looking at every image would take longer than a screen may.
Of a group one image is shown: its others look the same, and would say the same once more.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import apsw
import numpy as np

from engine.learning import figures
from engine.learning.figures import LOOK, NAMED, Known

SAMPLE = 600  # images
SHOWN = 4  # at each end
MOST = 8  # things
_LEAST = 2 * SHOWN  # images that differ, below which there is nothing to show
_NOT_HERE = frozenset({"crop", "subject_size", "no_vector", "not_looked"})  # need the whole group, or are no liking


_PATH = "SELECT filepath FROM images WHERE content_hash = ? ORDER BY missing_since IS NOT NULL, id LIMIT 1"


class Like(NamedTuple):
    """One thing; `most` and `least` are contents of images, those that are liked more in `most` where weight > 0."""

    name: str
    text: str
    weight: float
    most: list[str]
    least: list[str]


class Row(NamedTuple):
    """One image at one end of a thing, as a line of a file; `end` is `most` or `least`."""

    name: str
    text: str
    weight: float
    end: str
    image: str


def rows(connection: apsw.Connection, liked: Sequence[Like]) -> list[Row]:
    """The images of each, those that have most of it first; one that is gone is left out."""
    found = []
    for like in liked:
        for end, contents in (("most", like.most), ("least", like.least)):
            for content in contents:
                path = connection.execute(_PATH, (content,)).get
                if path is not None:
                    found.append(Row(like.name, like.text, like.weight, end, str(path)))
    return found


def likes(connection: apsw.Connection, weights: dict[str, float]) -> list[Like]:
    """The heaviest first; empty where no image has a prediction."""
    wanted = [name for name, _ in sorted(weights.items(), key=lambda one: -abs(one[1])) if name not in _NOT_HERE]
    liking, groups = _sample(connection)
    if not liking or not wanted:
        return []
    known = figures.read(connection, sorted(liking))
    found = [_like(known, liking, groups, name, weights[name]) for name in wanted]
    return [one for one in found if one is not None][:MOST]


def _sample(connection: apsw.Connection) -> tuple[dict[int, float], dict[int, int]]:
    """Images and how much they are liked, and the group of each that has one."""
    number = int(connection.execute("SELECT count(*) FROM predictions").get or 0)
    rows: Any = connection.execute(
        "SELECT p.image_id, p.mean, m.group_id FROM predictions p LEFT JOIN members m ON m.image_id = p.image_id"
        " WHERE p.image_id % ? = 0 LIMIT ?",
        (max(1, number // SAMPLE), 2 * SAMPLE),
    ).fetchall()
    groups = {int(image): int(group) for image, _, group in rows if group is not None}
    return {int(image): float(liked) for image, liked, _ in rows}, groups


def _like(
    known: Known, liking: dict[int, float], groups: dict[int, int], name: str, weight: float
) -> Like | None:  # fmt: skip
    what = next((one for one in (*NAMED, LOOK) if one.name == name), None)
    if what is None or not math.isfinite(weight):
        return None
    if what is LOOK:
        values = np.array([liking.get(int(image), math.nan) for image in known.ids])
    else:
        values = known.figures[:, [one.name for one in NAMED].index(name)]
    usable = np.isfinite(values) & known.present
    places = np.flatnonzero(usable)
    if len(places) < _LEAST or values[places].min() == values[places].max():
        return None
    order = [int(place) for place in places[np.argsort(values[places], kind="stable")]]
    group_of = {place: groups.get(int(known.ids[place]), -place - 1) for place in order}
    shown = min(SHOWN, len(set(group_of.values())) // 2)
    most = _apart(order[::-1], group_of, shown, set())
    least = _apart(order, group_of, shown, {group_of[place] for place in most})
    contents = [[known.contents[place] for place in end] for end in (most, least)]
    return Like(name, what.more if weight > 0 else what.less, weight, *contents) if shown else None


def _apart(order: Sequence[int], group_of: dict[int, int], shown: int, taken: set[int]) -> list[int]:
    """The first so many, each of another group and of none that is taken."""
    found: list[int] = []
    for place in order:
        if len(found) < shown and group_of[place] not in taken:
            taken = {*taken, group_of[place]}
            found.append(place)
    return found
