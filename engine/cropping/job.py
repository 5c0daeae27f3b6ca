"""Propose crops for all images that wait for one; `pickwise crop propose`.

What was proposed is kept, committed as it goes, and made again only where something it was made from has changed: so a
run that was stopped goes on where it was.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from functools import partial

import apsw
import msgspec

from engine.cropping import propose_work, proposing, queue, rows, versions
from engine.cropping.propose_work import Task
from engine.cropping.rows import Picture
from engine.errors import PickwiseError
from engine.intake import pool
from engine.library.store import Library
from engine.progress import Progress, giving_way
from engine.vision import batches

BLOCK = 4000  # images whose tasks are held at once
PAGE = 200  # images whose rows are read at once
AT_ONCE = 8  # images a worker is given
ALONE = 24  # below so many, starting workers takes longer than the work


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
        unclean = f"; for {self.no_clean_crop:,} of them no clean crop exists" if self.no_clean_crop else ""
        return " ".join([f"{some}{unclean}.", *self.notices])


def propose(
    library: Library, progress: Progress, *, images: Sequence[int] | None = None, again: bool = False, look: bool = True
) -> Summary:
    """Make the proposals that are missing or out of date.

    Args:
        images: only these; None for all that wait and those of trios.
        again: make them all anew.
        look: first look at those that were not looked at; else they get what little is known of them.

    Raises:
        Cancelled: what was made is kept.
        LibraryHeld, LibraryError.
    """
    library.need_write()
    began = time.monotonic()
    wanted = _wanted(library, images)
    notices = _look(library, wanted, progress) if look else []
    wanted = _wanted(library, images)  # a doubt may have sent a group to the person
    progress.phase("propose", len(wanted))
    run = _propose(library, wanted, progress, again=again)
    with library.db.read() as connection:
        proposed, unclean = _counts(connection, wanted)
    seconds = round(time.monotonic() - began, 3)
    return Summary(len(wanted), proposed, unclean, seconds, run.made, [*notices, *run.notices()])


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
    """Look at those of these images that were not looked at. Without models the proposals are still made."""
    unseen = {picture.content for page in _pages(library, wanted) for picture in page if not picture.look}
    if not unseen:
        return []
    from engine.culling.run import regroup
    from engine.vision.look import look_at

    try:
        notices = look_at(library, progress, unseen)
        regroup(library, progress)
    except PickwiseError as error:
        return [f"They were not looked at: {error.message}"]
    return notices


def _propose(library: Library, wanted: Sequence[int], progress: Progress, *, again: bool) -> _Run:
    """Make what is missing or out of date, a block after the other, so that memory stays bounded."""
    run = _Run(library, progress, again=again)
    for block in _parts(wanted, BLOCK):
        run.block(block)
    return run


class _Run:
    """One run.

    Attributes:
        made: how many proposals it made.
        refused: (path, reason) of images that have none because of a fault.
        passed_over: sentences about sidecars that were not believed.
    """

    def __init__(self, library: Library, progress: Progress, *, again: bool) -> None:
        self._library, self._progress, self._again = library, progress, again
        self._common, self._shared = versions.base(library), proposing.shared(library)
        self._versions: dict[int, str] = {}
        self._done = self.made = 0
        self.refused: list[tuple[str, str]] = []
        self.passed_over: list[str] = []

    def block(self, images: Sequence[int]) -> None:
        tasks = self._todo(images)
        self._done += len(images) - len(tasks)
        self._progress.step(self._done)
        if len(tasks) < ALONE:
            for task in tasks:
                giving_way.pause()
                self._keep([(task, propose_work.process(self._shared, (task,))[0])])
                self._done += 1
                self._progress.step(self._done, task.picture.path)
            return
        died = batches.run(
            partial(propose_work.process, self._shared), tasks, AT_ONCE, self._keep, _From(self._progress, self._done),
            workers=pool.processors(),
        )  # fmt: skip
        self._done += len(tasks)
        self.refused += [(task.picture.path, reason) for task, reason in died]

    def _todo(self, images: Sequence[int]) -> list[Task]:
        tasks, self._versions = list[Task](), {}
        for page in _pages(self._library, images):
            with self._library.db.read() as connection:
                now = versions.of(connection, self._common, page)
                before = rows.versions(connection, [picture.id for picture in page])
                stale = [p for p in page if self._again or before.get(p.id) != (p.content, now[p.id])]
                tasks += proposing.tasks(self._library, connection, stale)
            self._versions.update(now)
            self._progress.step(self._done)  # hears of a cancel
        return tasks

    def _keep(self, answers: list[tuple[Task, bytes]]) -> None:
        found = [(task.picture, msgspec.json.decode(data, type=propose_work.Made)) for task, data in answers]

        def work(connection: apsw.Connection) -> None:
            for picture, made in found:
                rows.put(connection, picture.id, picture.content, self._versions[picture.id], made.proposal)

        self._library.write(work)
        self.made += len(found)
        self.passed_over += [made.notice for _, made in found if made.notice]

    def notices(self) -> list[str]:
        first = self.passed_over[:1]
        if len(self.passed_over) > 1:
            first.append(f"So were the sidecars of {len(self.passed_over) - 1} more.")
        return [*batches.told(self.refused, "given a proposal"), *first]


class _From:
    """A `Progress` of a part that begins at `start`."""

    def __init__(self, progress: Progress, start: int) -> None:
        self._progress, self._start = progress, start

    def phase(self, name: str, total: int = 0) -> None:
        self._progress.phase(name, total)

    def step(self, done: int, current: str = "") -> None:
        self._progress.step(self._start + done, current)

    def cancelled(self) -> bool:
        return self._progress.cancelled()


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
