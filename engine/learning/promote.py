"""Deciding in bulk, where a gate allows it: all groups that the model is sure of, or all crops that are sure and clean.

A batch is one line of the journal and one undo. It leaves alone what a person decided, flagged, sent to crop or said to
be wrong, and what chance drew to be asked. Of what it decides a random share is marked, by which the batch itself is
judged once a person has looked at it (see `library/trials`).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any, Literal

import apsw
import msgspec

from engine.cropping import queue
from engine.cropping.model import Proposal
from engine.errors import WrongUse
from engine.learning import gates
from engine.library import chance
from engine.library.journal import Box, Promoted, Record, new_id
from engine.library.settings import Settings
from engine.library.store import Library, describe
from engine.progress import Progress

Kind = Literal["winner", "crop"]
_STEP = 1000  # parts between two looks at whether to stop

# The few that are touched or gone are found first; looking at every member of every group takes four times as long.
_FIRST = """
    WITH gone(image_id, group_id) AS MATERIALIZED (
        SELECT m.image_id, m.group_id FROM images i CROSS JOIN members m ON m.image_id = i.id
            WHERE i.missing_since IS NOT NULL
        UNION ALL SELECT m.image_id, m.group_id FROM images i CROSS JOIN members m ON m.image_id = i.id
            WHERE i.quarantine IS NOT NULL AND i.missing_since IS NULL
    ), touched(group_id) AS MATERIALIZED (
        SELECT m.group_id FROM verdicts v CROSS JOIN members m ON m.image_id = v.image_id WHERE v.verdict != 'alternate'
        UNION SELECT m.group_id FROM flags f CROSS JOIN members m ON m.image_id = f.image_id
        UNION SELECT m.group_id FROM to_crop t CROSS JOIN members m ON m.image_id = t.image_id
        UNION SELECT m.group_id FROM checks k CROSS JOIN members m ON m.image_id = k.image_id WHERE k.yes
    )
"""
_SURE = """
    FROM recommended r CROSS JOIN groups g ON g.key = r.group_key
    WHERE +r.confidence >= :least AND NOT r.checked AND r.image_id NOT IN (SELECT image_id FROM gone)
    AND (SELECT count(*) FROM members m WHERE m.group_id = g.id)
        - CASE WHEN g.id IN (SELECT group_id FROM gone)
            THEN (SELECT count(*) FROM gone WHERE gone.group_id = g.id) ELSE 0 END >= 2
    AND g.id NOT IN (SELECT group_id FROM touched) AND g.status IN ('auto', 'review')
"""
COUNTED = 1000  # groups or crops: as many as that are counted, so that a screen need not wait
_COUNT = f"{_FIRST} SELECT count(*) FROM (SELECT 1 {_SURE} LIMIT {COUNTED})"  # noqa: S608 - our own words
_MEMBERS = f"""
    {_FIRST}, sure(id, key, winner, confidence) AS (SELECT g.id, g.key, r.image_id, r.confidence {_SURE}
        AND EXISTS (SELECT 1 FROM members m WHERE m.image_id = r.image_id AND m.group_id = g.id))
    SELECT s.key, s.winner, s.confidence, i.id, i.filepath, coalesce(i.content_hash, '')
    FROM sure s CROSS JOIN members m ON m.group_id = s.id CROSS JOIN images i ON i.id = m.image_id ORDER BY s.id, m.rank
"""  # noqa: S608 - our own words
_TOUCHED = "SELECT image_id FROM flags UNION SELECT image_id FROM checks WHERE yes"  # what is sent to crop waits there
_PROPOSAL = """
    SELECT c.proposal, i.filepath, i.content_hash FROM crops c JOIN images i ON i.id = c.image_id
    WHERE c.image_id = ? AND c.content = i.content_hash
"""


class Summary(msgspec.Struct, frozen=True):
    """What was decided, or in a dry run would be.

    Attributes:
        gate: whether the gate is open; missing: what is missing, in a sentence.
        ready: groups or crops that are sure enough, COUNTED where there are that many or more; decided: of those, now.
        batch: its name, "" where there is none; checks: how many of it are drawn to judge it by.
    """

    kind: Kind
    gate: bool
    missing: str
    ready: int
    decided: int = 0
    checks: int = 0
    batch: str = ""

    def sentence(self) -> str:
        what = "group" if self.kind == "winner" else "crop"
        more = " or more" * (self.ready >= COUNTED)
        ready = f"{self.ready:,}{more} {what}{'s are' if self.ready != 1 else ' is'} sure enough"
        if self.decided:
            return f"Decided {self.decided:,} {what}{'s' * (self.decided != 1)} at once. Look at them under Insight."
        return f"{ready}." if self.gate else f"{ready}, but the gate is shut: {self.missing}."


def ready(connection: apsw.Connection, settings: Settings, kind: Kind) -> int:
    """How many groups or crops a batch would decide; COUNTED says that or more."""
    if kind == "winner":
        return int(connection.execute(_COUNT, {"least": settings.learning.promote_from}).get or 0)
    return min(COUNTED, len(_crops_of(connection, settings)))


def promote(library: Library, kind: Kind, progress: Progress, *, apply: bool) -> Summary:
    """Decide all that the gate allows as one batch; in a dry run say what that would be.

    Raises:
        WrongUse: the gate is shut; in a dry run it only says so.
        Cancelled: nothing was decided. LibraryHeld, LibraryError.
    """
    settings = library.settings
    with library.db.read() as connection:
        gate = gates.gate(connection, settings.learning, kind)
        number = ready(connection, settings, kind)
    found = Summary(kind, gate.open, gate.missing, number)
    if not apply:
        return found
    if not gate.open:
        raise WrongUse(f"The gate is shut: {gate.missing}.", "Decide on; every random check counts.")
    batch = _Batch(new_id(), settings.learning.random_share)
    progress.phase("promote", number)
    with library.db.read() as connection:
        parts = _winners(connection, settings, batch) if kind == "winner" else _crops(connection, settings, batch)
        for done in parts:
            if done % _STEP == 0:
                progress.step(done)
    progress.step(len(batch.parts))
    if batch.parts:
        record = batch.record()
        library.decide(record, describe(record))
    checks = sum(part.checked for part in batch.parts)
    return msgspec.structs.replace(found, decided=len(batch.parts), checks=checks, batch=batch.name)


class _Batch:
    """A batch that is being put together."""

    def __init__(self, name: str, share: float) -> None:
        self.name, self._share = name, share
        self.parts: list[Promoted] = []
        self._images: list[str] = []
        self._hashes: list[str] = []

    def add(self, key: str, winner: int, members: list[tuple[int, str, str]], sure: float, box: Box | None) -> int:
        """Add a group, or a crop; `members` are id, path and content. Answers with how many there are."""
        first = len(self._images)
        self._images += [path for _, path, _ in members]
        self._hashes += [content for _, _, content in members]
        place = first + next(n for n, (image, _, _) in enumerate(members) if image == winner)
        checked = chance.drawn(self._share, self.name, winner)
        everybody = list(range(first, first + len(members)))
        self.parts.append(Promoted(key, place, everybody, min(1.0, max(0.0, sure)), box, checked))
        return len(self.parts)

    def record(self) -> Record:
        return Record(
            ts="", set_id=self.name, images=self._images, hashes=self._hashes, kind="promote", batch=self.parts
        )  # fmt: skip


def _winners(connection: apsw.Connection, settings: Settings, batch: _Batch) -> Iterator[int]:
    rows: Any = connection.execute(_MEMBERS, {"least": settings.learning.promote_from})
    for (key, winner, sure), members in groupby(rows, key=lambda row: row[:3]):
        yield batch.add(key, winner, [row[3:] for row in members], sure, None)


def _crops_of(connection: apsw.Connection, settings: Settings) -> list[tuple[int, float]]:
    """The sure and clean ones that nobody touched and chance did not draw to be asked."""
    share, least = settings.learning.random_share, settings.learning.promote_from
    touched = {int(image) for (image,) in connection.execute(_TOUCHED)}
    return [
        (image, sure)
        for image, sure in queue.surest(connection, least)
        if image not in touched
        and not chance.crop_drawn(share, image)
        and not queue.is_unassisted(settings.crop, image)
    ]


def _crops(connection: apsw.Connection, settings: Settings, batch: _Batch) -> Iterator[int]:
    for image, sure in _crops_of(connection, settings):
        row: Any = connection.execute(_PROPOSAL, (image,)).fetchone()
        found = _best(row[0]) if row else None
        if found is not None:
            yield batch.add("", image, [(image, row[1], row[2])], sure, found)


def _best(data: bytes) -> Box | None:
    """The best proposal's box, all zero for the whole picture; None where there is none."""
    try:
        proposal = msgspec.json.decode(data, type=Proposal)
    except (msgspec.MsgspecError, UnicodeError):
        return None
    if not proposal.candidates:
        return None
    x1, y1, x2, y2 = proposal.candidates[0].box
    whole = (x1, y1, x2, y2) == (0, 0, proposal.width, proposal.height)
    return Box(0, 0, 0, 0) if whole else Box(x1, y1, x2 - x1, y2 - y1)
