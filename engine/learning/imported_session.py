"""A session log (spec 4) taken over: what `session_log` reads becomes decisions here.

Picks become comparisons, boxes crops, what was sent to crop waits for one, and tags answers of the Check screen; of
each kind one decision, of tags one for each. Nothing that was decided here is changed, and no tag says afterwards that
it was wrong. What a log deleted keeps the verdict that it has here: its names may be those of other images, and what
was thrown away elsewhere is here for a reason. Its tags are taken over. What chance drew to judge recommendations by is
left to what the person says of it here: a log neither sends it to crop nor says that something is wrong in it.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import msgspec

from engine.errors import NotFound
from engine.learning import imported_crops, imported_pairs, session_log
from engine.learning.session_log import Crop, Sent, Tagged
from engine.library.journal import Record
from engine.library.store import Library, describe
from engine.progress import Progress
from engine.ranking import comparisons_csv
from engine.ranking.comparisons_csv import PassedOver

_COLUMNS = {name: place for place, name in enumerate(("image", "choice", "nudged_box", "reason_tags", "time_ms"))}

_ANSWERED = "SELECT image_id FROM crop_answers"
_PASSED = "SELECT image_id FROM verdicts WHERE verdict IN ('reject', 'alternate')"
_JUDGED = "SELECT image_id FROM verdicts WHERE verdict <> 'open'"
_CROP_DRAWN = "SELECT image_id FROM trials WHERE what = 'crop'"
_LOOKED_AT = "SELECT image_id FROM trials WHERE kind = 'residual'"


class Taken(NamedTuple):
    """What became of a log: what is new of each kind, what was known, lines that gave nothing, and sentences."""

    pairs: int
    crops: int
    sent: int
    tags: int
    known: int
    passed: list[PassedOver]
    notices: list[str]


def load(library: Library, file: Path, progress: Progress) -> Taken:
    """Take over a log.

    Raises:
        Cancelled: nothing was taken over.
        NotFound, WrongUse: as `session_log.read`.
        LibraryHeld, LibraryError: as every decision; what was decided before stands, and is known the next time.
    """
    with library.db.read() as connection:
        ours = {str(name) for (name,) in connection.execute("SELECT id FROM decisions")}
    said = session_log.read(file, ours)
    pairs = imported_pairs.plan(library, said.picks)
    stale = imported_pairs.plan(library, [*said.picks, *said.replaced]).known - pairs.known
    rest = _Rest(library, pairs.finder)
    rest.tag(said.tagged)
    crops = _crop(library, file, said.crops, progress)  # decided first: only this takes long, and may be cancelled
    pairs.carry_out(library)
    rest.send(said.sent)
    for record in rest.records:
        library.decide(record, describe(record))
    decisions = (crops.crops > 0) + bool(pairs.fresh) + len(rest.records)
    return Taken(
        len(pairs.fresh), crops.crops, rest.sent, rest.tags, pairs.known + crops.known + said.ours + rest.known,
        _once([*said.passed, *pairs.passed, *crops.passed_over, *rest.passed]),
        [*said.notices, *_stale(stale), *_undo(decisions)],
    )  # fmt: skip


def _crop(library: Library, file: Path, crops: list[Crop], progress: Progress) -> imported_crops.Taken:
    last: dict[str, Crop] = {}
    for crop in crops:
        last.pop(crop.image, None)
        if crop.choice:
            last[crop.image] = crop
    if not last:
        return imported_crops.Taken(0, 0, [])
    lines = [(crop.line, list(crop[1:])) for crop in last.values()]
    return imported_crops.load(library, file, _COLUMNS, lines, progress)


class _Rest:
    """What is said of single images: the decisions that are new, and how much was known."""

    def __init__(self, library: Library, finder: comparisons_csv._Finder) -> None:
        self._library, self._finder = library, finder
        self.records: list[Record] = []
        self.passed: list[PassedOver] = []
        self.sent = self.tags = self.known = 0

    def send(self, said: list[Sent]) -> None:
        """To be cropped, where it is not settled here already whether they are."""
        wanted = {image: one.on for one in said if (image := self._find(one.line, one.image, "cropped"))}
        settled = self._images(_ANSWERED, "SELECT image_id FROM to_crop", _PASSED, _CROP_DRAWN)
        images = [image for image, on in wanted.items() if on and image not in settled]
        self.known += sum(wanted.values()) - len(images)
        self.sent = len(images)
        if images:
            self.records.append(msgspec.structs.replace(self._record(images), kind="to_crop", needs_crop=True))

    def tag(self, said: list[Tagged]) -> None:
        """Answers to what was not answered here, of images of which nothing was decided here."""
        wanted = {
            (image, one.tag): one.yes for one in said if (image := self._find(one.line, one.image, "checked"))
        }  # fmt: skip
        decided = self._images(_ANSWERED, _JUDGED, _LOOKED_AT)
        with self._library.db.read() as connection:
            rows = connection.execute("SELECT image_id, tag FROM checks")
            checked = {(int(image), str(tag)) for image, tag in rows}
        fresh: defaultdict[tuple[str, bool], list[int]] = defaultdict(list)
        for (image, tag), yes in wanted.items():
            if image in decided or (image, tag) in checked:
                self.known += 1
            else:
                self.tags += 1
                fresh[tag, yes].append(image)
        for (tag, yes), images in fresh.items():
            record = msgspec.structs.replace(self._record(images), kind="check", anomaly_tags=[tag], yes=yes)
            self.records.append(record)

    def _images(self, *questions: str) -> set[int]:
        with self._library.db.read() as connection:
            return {int(image) for (image,) in connection.execute(" UNION ".join(questions))}

    def _find(self, line: int, name: str, wish: str) -> int:
        """The image, 0 and a sentence where it is not here."""
        try:
            return self._finder.find(name, wish)
        except NotFound as error:
            self.passed.append(PassedOver(line, error.message))
            return 0

    def _record(self, images: list[int]) -> Record:
        paths, hashes = self._finder.paths, self._finder.hashes
        return Record(ts="", set_id="", images=[paths[i] for i in images], hashes=[hashes[i] for i in images])


def _once(passed: list[PassedOver]) -> list[PassedOver]:
    """By line, and nothing twice: an image that is not here is missed by all that a line says."""
    found = {(one.line, one.reason): one for one in passed}
    return sorted(found.values(), key=lambda one: one.line)


def _stale(pairs: int) -> list[str]:
    """A journal forgets nothing: what was taken over of a shorter log stays until that is undone."""
    if not pairs:
        return []
    if pairs == 1:
        return ["1 pair taken over before stands on a line that counts no more; undo what took it over to drop it."]
    return [
        f"{pairs:,} pairs taken over before stand on lines that count no more; undo what took them over to drop them."
    ]


def _undo(decisions: int) -> list[str]:
    return [f"It became {decisions} decisions here, and each undo takes one back."] if decisions > 1 else []
