"""A search for stage sets of another timestamp that show the same, kept until the next one, with its two reports."""

from __future__ import annotations

from typing import Any

import apsw
import msgspec
import numpy as np

from engine.culling import form
from engine.culling.candidates import Candidate
from engine.errors import LibraryError
from engine.grouping.model import Item
from engine.grouping.set_order import Order
from engine.grouping.stage_sets import Limits, Looks, Match, match, sets_of
from engine.intake.thumbnames import thumb_path
from engine.library.store import Library, set_fact
from engine.library.text import to_text
from engine.progress import Progress
from engine.staging import moves
from engine.thinning import staged
from engine.thinning.looks import Vectors, vectors
from engine.thinning.sets_about import About
from engine.thinning.sets_made import Making
from engine.thinning.sets_report import Line, images_of, write_both
from engine.thinning.words import size


class Told(msgspec.Struct, frozen=True):
    """What a search gave, besides the matches: the fact `sets_run`."""

    sets: int
    matches: int
    bytes_freed: int
    report: str
    note: str

    def sentence(self) -> str:
        if not self.matches:
            return f"No set of {self.sets} shows the same as another. {self.note}".strip()
        goes = "set shows" if self.matches == 1 else "sets show"
        freed = f"{size(self.bytes_freed)} to free."
        return f"{self.matches} of {self.sets} {goes} the same as another; {freed} {self.note}".strip()


def find(library: Library, progress: Progress) -> Told:
    """Search, put the matches in the place of the last ones, and write reports/sets.csv and sets.md.

    Raises:
        LibraryHeld: the library is open read-only.
        LibraryError: the reports cannot be written.
        Cancelled: the matches of the last search stand.
    """
    library.need_write()
    settings = library.settings.thinning
    with library.db.read() as connection:
        items, candidates = form.read(connection, library.settings, progress)
        apart: Any = connection.execute("SELECT one, other FROM apart").fetchall()
    sets, unclear = sets_of(items)
    wanted = sorted({place for one in sets for place in one.places})
    seen = vectors(library, [_content(candidates, items[p]) for p in wanted], [items[p].path for p in wanted], progress)
    order = Order(
        np.array([candidates[item.id].quality for item in items], np.float64),
        np.array([bool(candidates[item.id].defects) for item in items], np.bool_),
    )
    limits = Limits(cosine=settings.set_similarity or seen.threshold, metadata=settings.set_metadata)
    progress.phase("sets", len(sets))
    with library.db.read() as connection:
        found = match(
            sets, order.best_first(sets), _looks(items, wanted, seen), limits,
            made=Making(connection, [item.id for item in items]), why=order.why, apart=apart, progress=progress,
        )  # fmt: skip
    notes = [*seen.notices]
    if unclear:
        notes.append(f"{unclear} families were passed over: two of their images claim one stage.")
    if found.differing:
        notes.append(f"{found.differing} pairs look alike but were made differently.")
    return _keep(library, found.matches, order, len(sets), " ".join(notes))


def _content(candidates: dict[int, Candidate], item: Item) -> str:
    return candidates[item.id].content_hash


def _looks(items: list[Item], wanted: list[int], seen: Vectors) -> Looks:
    """Of all items; only those of sets have vectors."""
    have = np.zeros(len(items), np.bool_)
    whole: Any = np.zeros((len(items), seen.vectors.shape[1]), np.float16)
    have[wanted], whole[wanted] = seen.have, seen.vectors
    return Looks(
        phash=np.array([item.phash & (1 << 64) - 1 for item in items], np.uint64),
        flat=np.array([item.flat for item in items], np.bool_), vectors=whole, have=have,
    )  # fmt: skip


def _keep(library: Library, matches: list[Match], order: Order, sets: int, note: str) -> Told:
    lines = _lines(library, images_of(matches))
    try:
        _, page = write_both(library.paths.reports, matches, lines)
    except OSError as error:
        raise LibraryError(
            f"The reports could not be written: {error.strerror or error}.",
            f"Close the files in {to_text(library.paths.reports)} elsewhere, or free space, then search again.",
        ) from None

    def weight(images: tuple[int, ...]) -> int:
        return sum(lines[image].bytes for image in images)

    freed = sum(weight(m.goes.images) for m in matches)
    told = Told(sets, len(matches), freed, to_text(page), note)
    encode = msgspec.json.Encoder().encode
    rows = [
        (
            f"{m.stays.key}-{m.goes.key}", position, encode(m.stays.images).decode(), encode(m.goes.images).decode(),
            encode(About(
                m.stays.stages, m.similarity, m.measure, m.metadata, m.reason, order.why(m.goes, m.stays),
                (m.stays.timestamp, m.goes.timestamp), (m.stays.key, m.goes.key),
                (weight(m.stays.images), weight(m.goes.images)),
            )),
        )
        for position, m in enumerate(matches)
    ]  # fmt: skip

    def work(connection: apsw.Connection) -> None:
        connection.execute("DELETE FROM set_matches")
        connection.executemany("INSERT INTO set_matches VALUES (?, ?, ?, ?, ?)", rows)
        set_fact(connection, "sets_run", encode(told).decode())

    library.write(work)
    return told


def _lines(library: Library, images: list[int]) -> dict[int, Line]:
    """What the reports say of each image; the bytes are those that staging would move."""
    plan = moves.plan(library.paths.staging, staged.units(library, images)[0], "delete_review")
    moved = {m.image: m.bytes for m in plan.moves}
    with library.db.read() as connection:
        rows: Any = connection.execute(
            "SELECT i.id, i.filepath, i.filename, i.content_hash, i.size_bytes FROM json_each(?) j"
            " JOIN images i ON i.id = j.value", (msgspec.json.encode(images).decode(),),
        ).fetchall()  # fmt: skip
    thumbs = library.paths.thumbs
    return {
        image: Line(path, name, thumb_path(thumbs, content) if content else None, moved.get(path, size_bytes))
        for image, path, name, content, size_bytes in rows
    }
