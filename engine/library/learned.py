"""What decisions about learning do to the tables.

| kind       | the record                                                         | does                         |
|------------|--------------------------------------------------------------------|------------------------------|
| `same`     | two images; `yes` that they are one family, absent: cannot say     | binds the grouping           |
| `promote`  | `batch`: winners of groups, or crops of images; `set_id` its name; | decides them, to be reviewed |
|            | `yes`: the person looked at each before                            | decides them                 |
| `reviewed` | images that were looked at, `what` of each: that it is kept, or    | they need no review any more |
|            | its crop (of a batch, or of the person's own)                      |                              |
| `gate`     | `set_id` the kind of gate; `yes` shut it, else leave it its record | shuts a gate                 |
"""

from __future__ import annotations

import apsw
import msgspec

from engine.errors import LibraryDamaged
from engine.library import history, trials
from engine.library.journal import Box, Promoted, Record
from engine.library.trials import Drawn

LARGEST = 2**31 - 1  # pixels: what a picture's side can be at most
BY_BATCH = b'{"choice":"best"}'  # how a crop of a batch was decided


@history.handle("same")
def same(connection: apsw.Connection, record: Record) -> None:
    images = sorted(history.image_ids(connection, record))
    if len(set(images)) != 2:
        raise LibraryDamaged("it is not about two images")
    said = None if record.yes is msgspec.UNSET else int(record.yes)
    connection.execute("INSERT OR REPLACE INTO links VALUES (?, ?, ?, ?)", (*images, said, record.ts))


@history.handle("promote")
def promote(connection: apsw.Connection, record: Record) -> None:
    """What a person decided meanwhile stands: such a group or crop is passed over."""
    images = history.image_ids(connection, record)
    known = _verdicts(connection, images)
    verdicts: list[tuple[int, str, str, str]] = []
    done = []
    for part in record.batch or []:
        if any(not 0 <= place < len(images) for place in (part.winner, *part.members)):
            raise LibraryDamaged("it names images that it does not hold")
        if not 0 <= part.confidence <= 1:
            raise LibraryDamaged("it is surer than sure")
        winner, box = images[part.winner], part.box
        said = None if box else _keep(known, record, part, images)
        if said or (box and _crop(connection, record, winner, box)):
            verdicts += said or []
            kind: trials.What = "crop" if box else "winner"
            yes = record.yes is True
            done.append((winner, kind, record.set_id, part.confidence, part.checked, yes, record.ts))
            if yes:
                _accepted(connection, record, part, images)
            else:
                one = Drawn(kind, winner, part.set_id, record.set_id, part.confidence, box or trials.WHOLE, record.ts)
                trials.draw(connection, one, checked=part.checked)
    connection.executemany(_SET, verdicts)
    connection.executemany("INSERT OR REPLACE INTO promoted VALUES (?, ?, ?, ?, ?, ?, ?)", done)


def _accepted(connection: apsw.Connection, record: Record, part: Promoted, images: list[int]) -> None:
    """A person looked at this group and keeps its winner: an answer on what an undone batch had decided of it."""
    for image in dict.fromkeys([images[part.winner], *(images[place] for place in part.members)]):
        right = image == images[part.winner]
        trials.answered(connection, "winner", image, record.ts, good=right, subject=part.set_id)


_SET = (
    "INSERT INTO verdicts VALUES (?, ?, '[]', ?, ?) ON CONFLICT (image_id) DO UPDATE SET verdict = excluded.verdict,"
    " tags = excluded.tags, set_id = excluded.set_id, decided_at = excluded.decided_at"
)


def _verdicts(connection: apsw.Connection, images: list[int]) -> dict[int, str]:
    rows = connection.execute(
        "SELECT image_id, verdict FROM verdicts WHERE image_id IN (SELECT value FROM json_each(?))",
        (msgspec.json.encode(images).decode(),),
    )
    return {int(image): str(verdict) for image, verdict in rows}


def _keep(
    known: dict[int, str], record: Record, part: Promoted, images: list[int]
) -> list[tuple[int, str, str, str]]:  # fmt: skip
    """The winner kept and the others alternates, but for what was rejected. Nothing where a person decided."""
    winner = images[part.winner]
    members = dict.fromkeys([winner, *(images[place] for place in part.members)])
    if known.get(winner) == "reject" or any(known.get(image) == "keep" for image in members):
        return []
    said = {image: "keep" if image == winner else "alternate" for image in members if known.get(image) != "reject"}
    known.update(said)
    return [(image, verdict, part.set_id, record.ts) for image, verdict in said.items()]


def _crop(connection: apsw.Connection, record: Record, image: int, box: Box) -> bool:
    """Accept the best proposal. False where a person answered."""
    if min(box.x, box.y, box.w, box.h) < 0 or max(box.x + box.w, box.y + box.h) > LARGEST:
        raise LibraryDamaged("its crop is no box")
    if (box.w == 0) != (box.h == 0):
        raise LibraryDamaged("its crop is no box")
    if connection.execute("SELECT 1 FROM crop_answers WHERE image_id = ?", (image,)).get is not None:
        return False
    connection.execute(
        "INSERT INTO crop_answers VALUES (?, 'best', ?, ?, ?, ?, '[]', ?, ?)",
        (image, box.x, box.y, box.w, box.h, BY_BATCH, record.ts),
    )
    return True


@history.handle("reviewed")
def reviewed(connection: apsw.Connection, record: Record) -> None:
    images = history.image_ids(connection, record)
    looked = record.what or []
    if len(looked) != len(images):
        raise LibraryDamaged("it does not say of each of its images what was looked at")
    for image, what in zip(images, looked, strict=True):
        connection.execute("UPDATE promoted SET reviewed = 1 WHERE image_id = ? AND kind = ?", (image, what))
        trials.answered(connection, what, image, record.ts, good=True)


@history.handle("gate")
def gate(connection: apsw.Connection, record: Record) -> None:
    if record.yes is True:
        connection.execute("INSERT OR REPLACE INTO shut_gates VALUES (?, ?)", (record.set_id, record.ts))
    else:
        connection.execute("DELETE FROM shut_gates WHERE kind = ?", (record.set_id,))
