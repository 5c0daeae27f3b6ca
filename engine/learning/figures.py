"""The named figures of an image: what intake measured, what the detectors saw, and where it stands in its group.

Nothing here may follow from the person's own picks, or a ranker would learn from its answers: crops and the tags'
learned detectors are left out for that reason. What looks wrong counts once, as doubts: it stands among the defects of
a group's members too.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, get_args

import apsw
import msgspec
import numpy as np
import numpy.typing as npt

from engine.culling.defects import DefectName
from engine.intake.model import Quality
from engine.library.paths import LibraryPaths
from engine.vision.cache import Cache

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


class Named(NamedTuple):
    """A figure, and how an image with more and one with less of it is described."""

    name: str
    more: str
    less: str


NAMED = (
    Named("sharpness", "sharper", "softer"),
    Named("texture", "more fine detail", "less fine detail"),
    Named("detail", "richer in tones", "plainer in tones"),
    Named("noise", "noisier", "cleaner, less noise"),
    Named("brightness", "brighter", "darker"),
    Named("contrast", "more contrast", "less contrast"),
    Named("clipped", "more highlights and shadows lost", "fewer highlights and shadows lost"),
    Named("colour_cast", "stronger colour cast", "more neutral colour"),
    Named("quality", "better measured quality", "lower measured quality"),
    Named("stage", "later stage", "earlier stage"),
    Named("megapixels", "more pixels", "fewer pixels"),
    Named("crop", "cut closer than its siblings", "wider than its siblings"),
    Named("subject_size", "larger subject", "smaller subject"),
    Named("faces", "more faces", "fewer faces"),
    Named("hands", "more hands in sight", "fewer hands in sight"),
    Named("doubts", "more that looks wrong", "less that looks wrong"),
    Named("defects", "more defects", "fewer defects"),
    Named("no_vector", "its look is not known", "its look is known"),
    Named("not_looked", "not looked at for what is wrong", "looked at for what is wrong"),
)
LOOK = Named("look", "more like what you kept", "less like what you kept")
_PLACE = {named.name: place for place, named in enumerate(NAMED)}
_SUBJECT = "subject-share/1"  # kind of entry in the cache

_ROWS = """
    SELECT i.id, coalesce(i.content_hash, ''), i.missing_since IS NULL AND i.quarantine IS NULL, f.quality, f.width,
        f.height, coalesce(m.group_id, -1), m.stage, m.quality, m.defects,
        l.faces, l.hands, coalesce(c.doubts, 0), coalesce(g.prompt, '')
    FROM images i JOIN features f ON f.image_id = i.id LEFT JOIN members m ON m.image_id = i.id
    LEFT JOIN looked l ON l.image_id = i.id AND l.content = i.content_hash
    LEFT JOIN generations g ON g.image_id = i.id
    LEFT JOIN (SELECT image_id, sum(score) AS doubts FROM cues WHERE name != 'learned' AND score >= 0.2
        GROUP BY image_id) c ON c.image_id = i.id
    ORDER BY i.id
"""
_SOME = _ROWS.replace("ORDER BY", "WHERE i.id IN (SELECT value FROM json_each(?)) ORDER BY")


class Known(NamedTuple):
    """n images that were ever measured, by id.

    Attributes:
        ids, groups: (n,), a group below 0 for none; present: (n,).
        contents, prompts: n texts.
        figures: (n, len(NAMED)), NaN where not known.
    """

    ids: Ints
    groups: Ints
    present: Bools
    contents: list[str]
    prompts: list[str]
    figures: Floats

    def places(self, images: Ints) -> Ints:
        """(m,) rows of these ids, -1 for those that are not here."""
        if not len(self.ids):
            return np.full(len(images), -1)
        at = np.minimum(np.searchsorted(self.ids, images), len(self.ids) - 1)
        return np.where(self.ids[at] == images, at, -1)


def read(connection: apsw.Connection, only: Sequence[int] | None = None) -> Known:
    """Everything but the subject's size and whether there is a vector.

    Args:
        only: of these images; `crop` is then worth nothing, as their groups may not be whole.
    """
    decode = msgspec.json.Decoder(Quality).decode
    some = msgspec.json.encode(only).decode() if only is not None else None
    rows: list[Any] = connection.execute(_ROWS if some is None else _SOME, (some,) if some else ()).fetchall()
    table = np.full((len(rows), len(NAMED)), np.nan)
    for place, row in enumerate(rows):
        with contextlib.suppress(msgspec.MsgspecError):
            table[place, :8] = _measured(decode(row[3]))
    numbers = np.array([_numbers(row) for row in rows], np.float64).reshape(-1, 9)
    groups = np.array([row[6] for row in rows], np.int64)
    table[:, [_PLACE[name] for name in _FROM_ROWS]] = numbers
    table[:, _PLACE["crop"]] = _closeness(groups, numbers[:, 2])
    table[:, _PLACE["no_vector"]] = 1
    return Known(
        ids=np.array([row[0] for row in rows], np.int64), groups=groups,
        present=np.array([row[2] for row in rows], np.bool_), contents=[row[1] for row in rows],
        prompts=[row[13] for row in rows], figures=table,
    )  # fmt: skip


_FROM_ROWS = ("quality", "stage", "megapixels", "faces", "hands", "doubts", "defects", "not_looked", "crop")


def _measured(q: Quality) -> tuple[float, ...]:
    """The first eight of NAMED."""
    return (
        q.sharpness, math.log1p(max(q.laplacian, 0)), q.detail, math.log1p(max(q.noise, 0)), q.brightness, q.contrast,
        q.clipped_low + q.clipped_high, q.cast,
    )  # fmt: skip


def _numbers(row: Any) -> tuple[float, ...]:
    pixels = math.log(max(row[4] * row[5], 1))
    seen = row[10] is not None
    return (
        _number(row[8]), _number(row[7]), pixels, _number(row[10]), _number(row[11]), row[12] if seen else math.nan,
        _measurable(row[9]), float(not seen), math.nan,
    )  # fmt: skip


class _Defect(msgspec.Struct, frozen=True):
    name: str


_MEASURED = frozenset(get_args(DefectName))
_DEFECTS = msgspec.json.Decoder(list[_Defect])


def _measurable(defects: bytes | None) -> float:
    """How many of a member's defects were measured; NaN where it is of no group."""
    if defects is None:
        return math.nan
    return float(sum(defect.name in _MEASURED for defect in _DEFECTS.decode(defects)))


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _closeness(groups: Ints, pixels: Floats) -> Floats:
    """How much smaller each is than the largest of its group, as a logarithm; 0 for the largest and the single."""
    if not len(groups):
        return pixels
    largest = np.full(int(groups.max()) + 2, -np.inf)
    np.maximum.at(largest, groups, pixels)  # those without a group stand in the last place
    return np.where(groups >= 0, largest[groups] - pixels, 0.0)


def add_subjects(known: Known, paths: LibraryPaths, cache: Cache) -> None:
    """Fill in the subject's share of each picture that has a mask; read from its note once, then from the cache."""
    column = known.figures[:, _PLACE["subject_size"]]
    left = set(range(len(column)))
    for place, data in cache.vectors(_SUBJECT, known.contents):
        if len(data) == 4:
            column[place] = np.frombuffer(data, "<f4")[0]
            left.discard(place)
    fresh = _shares(paths.saliency, [known.contents[place] for place in sorted(left)])
    for place in left:
        column[place] = fresh.get(known.contents[place], np.nan)
    if fresh:
        rows = [(content, np.array([share], "<f4").tobytes()) for content, share in sorted(fresh.items())]
        cache.add_vectors(_SUBJECT, rows)


class _Note(msgspec.Struct, frozen=True):
    """What is wanted of a mask's note; see `engine.vision.saliency.store`."""

    content: str
    share: float


def _shares(folder: Path, contents: Sequence[str]) -> dict[str, float]:
    try:
        there = {file.stem for file in folder.iterdir() if file.suffix == ".json"}
    except OSError:
        return {}
    found = {}
    for content in set(contents) & there:
        with contextlib.suppress(OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            with (folder / f"{content}.json").open("rb") as file:
                note = msgspec.json.decode(file.read(4096), type=_Note)
            if note.content == content and 0 <= note.share <= 1:
                found[content] = note.share
    return found


def has_vector(known: Known, places: Ints) -> None:
    """Note that these rows have a vector."""
    known.figures[places, _PLACE["no_vector"]] = 0
