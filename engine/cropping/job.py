"""Propose crops for all images that wait for one; `pickwise crop propose`.

What was proposed is kept, committed as it goes, and made again only where something it was made from has changed: so a
run that was stopped goes on where it was.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import apsw
import msgspec

from engine.cropping import proposing, queue, rows, versions
from engine.cropping.model import Proposal
from engine.cropping.rows import Picture
from engine.errors import PickwiseError
from engine.library.store import Library
from engine.progress import Progress, giving_way

PAGE = 200  # images whose rows are read at once
COMMIT_SECONDS = 0.5


class Summary(msgspec.Struct, frozen=True):
    """What a run did; the JSON of `pickwise crop propose` is of these, without the notices.

    Attributes:
        images: that proposals were asked for.
        proposed: of them, those that have one by now, made in this run or before.
        no_clean_crop: of these, those for which no clean crop exists.
        seconds: this run took; made: proposals it made.
    """

    images: int
    proposed: int
    no_clean_crop: int
    seconds: float
    made: int = 0
    notices: list[str] = []

    def sentence(self) -> str:
        some = f"{self.proposed:,} of {self.images:,} image{'s' * (self.images != 1)} have a proposed crop"
        unclean = f", {self.no_clean_crop:,} of them not without what looks wrong" if self.no_clean_crop else ""
        return " ".join([f"{some}{unclean}.", *self.notices])


def propose(
    library: Library, progress: Progress, *, images: Sequence[int] | None = None, again: bool = False, look: bool = True
) -> Summary:
    """Make the proposals that are missing or out of date.

    Args:
        images: only these; None for all that wait and those of trios.
        again: make them all anew.
        look: first look at what was not looked at yet (`pickwise vision`); else those get what little is known.

    Raises:
        Cancelled: what was made is kept.
        LibraryHeld, LibraryError.
    """
    library.need_write()
    began = time.monotonic()
    wanted = _wanted(library, images)
    notices = _look(library, wanted, progress) if look else []
    progress.phase("propose", len(wanted))
    made = _propose(library, wanted, progress, again=again)
    with library.db.read() as connection:
        proposed, unclean = _counts(connection, wanted)
    return Summary(len(wanted), proposed, unclean, round(time.monotonic() - began, 3), made, notices)


def _wanted(library: Library, images: Sequence[int] | None) -> list[int]:
    with library.db.read() as connection:
        return queue.wanted(connection) if images is None else list(dict.fromkeys(images))


def _parts(values: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    return (values[first : first + size] for first in range(0, len(values), size))


def _pages(library: Library, wanted: Sequence[int]) -> Iterator[list[Picture]]:
    for part in _parts(wanted, PAGE):
        with library.db.read() as connection:
            yield [p for p in rows.pictures(connection, part) if not p.gone and p.width and p.content]


def _look(library: Library, wanted: Sequence[int], progress: Progress) -> list[str]:
    """Look at what was not looked at, where any of these was not. Without models the proposals are still made."""
    if all(picture.look for page in _pages(library, wanted) for picture in page):
        return []
    from engine.culling.run import regroup
    from engine.vision.look import look

    try:
        done = look(library, progress)
        regroup(library, progress)  # a doubt may send a group to the person
    except PickwiseError as error:
        return [f"They were not looked at: {error.message}"]
    return done.notices


def _propose(library: Library, wanted: Sequence[int], progress: Progress, *, again: bool) -> int:
    """Make what is missing or out of date; answers with how many."""
    common, seeds, made, done = versions.base(library), proposing.seeds_of(library), 0, 0
    kept = _Kept(library)
    try:
        for page in _pages(library, wanted):
            with library.db.read() as connection:
                now = versions.of(connection, common, page)
                before = rows.versions(connection, [picture.id for picture in page])
            for picture in page:
                done += 1
                if again or before.get(picture.id) != (picture.content, now[picture.id]):
                    giving_way.pause()
                    kept.add(picture, now[picture.id], proposing.make(library, picture, seeds=seeds))
                    made += 1
                progress.step(done, picture.path)
    finally:
        kept.flush()
    return made


class _Kept:
    """Proposals that were made and not committed yet."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._rows: list[tuple[Picture, str, Proposal]] = []
        self._last = time.monotonic()

    def add(self, picture: Picture, version: str, proposal: Proposal) -> None:
        self._rows.append((picture, version, proposal))
        if time.monotonic() - self._last > COMMIT_SECONDS:
            self.flush()

    def flush(self) -> None:
        waiting, self._rows = self._rows, []
        self._last = time.monotonic()

        def work(connection: apsw.Connection) -> None:
            for picture, version, proposal in waiting:
                rows.put(connection, picture.id, picture.content, version, proposal)

        if waiting:
            self._library.write(work)


def _counts(connection: apsw.Connection, wanted: Sequence[int]) -> tuple[int, int]:
    proposed = unclean = 0
    for part in _parts(wanted, 10_000):
        found = connection.execute(
            "SELECT count(*), coalesce(sum(NOT c.clean), 0) FROM crops c JOIN images i ON i.id = c.image_id"
            " WHERE c.content = i.content_hash AND c.image_id IN (SELECT value FROM json_each(?))",
            (msgspec.json.encode(list(part)).decode(),),
        ).get
        proposed, unclean = proposed + found[0], unclean + found[1]
    return proposed, unclean
