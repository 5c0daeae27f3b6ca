"""The images a search for copies looks at, as columns: everything that is present, measured and grouped."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, NamedTuple

import apsw
import msgspec
import numpy as np
import numpy.typing as npt

from engine.culling.views import DefectView
from engine.intake.names import parse_name
from engine.library.settings import Settings

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
U64 = npt.NDArray[np.uint64]

_ROWS = """
    SELECT i.id, i.filepath, i.filename, i.content_hash, f.phash, f.width, f.height, i.size_bytes, i.mtime_ns,
        i.mu - 3 * i.sigma, i.comparison_count, m.stage, m.quality, m.defects, f.quality, f.taken_at,
        coalesce(s.path, ''), coalesce(v.verdict, '')
    FROM images i JOIN features f ON f.image_id = i.id JOIN members m ON m.image_id = i.id
    LEFT JOIN sources s ON s.id = i.source_id LEFT JOIN verdicts v ON v.image_id = i.id
    WHERE i.missing_since IS NULL AND i.quarantine IS NULL ORDER BY i.filepath
"""


class Photos(NamedTuple):
    """Every column has n entries, in the order of the paths; a place is an index into them.

    Attributes:
        ids: images.id.
        paths, names, contents, sources: text; `contents` are the hashes of the files' bytes.
        phash: (n,) uint64.
        flat: (n,) near-blank, so that its pHash is noise.
        width, height: (n,) pixels.
        bytes, modified: (n,) of the file; `modified` in ns.
        score, compared: (n,) mu - 3 sigma of the person here, and in how many matches.
        stage: (n,) nan where the name has none.
        quality: (n,) 0 to 1.
        defects: contract words of each image.
        taken: EXIF time as text, "" where there is none.
        verdict: (n,) 1 kept by a person, -1 rejected, 0 neither.
    """

    ids: Ints
    paths: list[str]
    names: list[str]
    contents: list[str]
    sources: list[str]
    phash: U64
    flat: Bools
    width: Ints
    height: Ints
    bytes: Ints
    modified: Ints
    score: Floats
    compared: Ints
    stage: Floats
    quality: Floats
    defects: list[tuple[str, ...]]
    taken: list[str]
    verdict: Ints

    def __len__(self) -> int:
        return len(self.paths)


def read(connection: apsw.Connection, settings: Settings) -> Photos:
    """All of them, as the last cull left them."""
    decode = msgspec.json.Decoder(list[DefectView]).decode
    detail = msgspec.json.Decoder(_Detail).decode
    rows: Any = connection.execute(_ROWS).fetchall()
    ids, paths, names, contents, phash, width, height, size, mtime, score, compared, stage, quality, bad, measures, \
        taken, sources, verdict = zip(*rows, strict=True) if rows else ((),) * 18  # fmt: skip
    return Photos(
        ids=np.array(ids, np.int64), paths=list(paths), names=list(names), contents=list(contents),
        sources=list(sources), phash=np.array(phash, np.int64).view(np.uint64),
        flat=np.array([detail(m).detail < settings.defects.low_detail for m in measures], np.bool_),
        width=np.array(width, np.int64), height=np.array(height, np.int64), bytes=np.array(size, np.int64),
        modified=np.array(mtime, np.int64), score=np.array(score, np.float64), compared=np.array(compared, np.int64),
        stage=np.array([np.nan if s is None else s for s in stage], np.float64),
        quality=np.array(quality, np.float64),
        defects=[() if d == b"[]" else tuple(x.name for x in decode(d)) for d in bad], taken=list(taken),
        verdict=np.array([{"keep": 1, "reject": -1}.get(v, 0) for v in verdict], np.int64),
    )  # fmt: skip


class _Detail(msgspec.Struct):
    """The one measure of `engine.intake.model.Quality` that is wanted here; the rest is skipped."""

    detail: float


def seconds(photos: Photos, pattern: re.Pattern[str]) -> Floats:
    """(n,) when each was made: from the file name, then EXIF, then the file's own time. Only differences matter."""
    return np.array([_seconds(photos, place, pattern) for place in range(len(photos))], np.float64)


def _seconds(photos: Photos, place: int, pattern: re.Pattern[str]) -> float:
    for stamp in (parse_name(photos.names[place], pattern).timestamp, photos.taken[place]):
        try:
            if stamp:
                return dt.datetime.fromisoformat(stamp).replace(tzinfo=dt.UTC).timestamp()
        except (ValueError, OverflowError):
            continue
    return float(photos.modified[place]) / 1e9
