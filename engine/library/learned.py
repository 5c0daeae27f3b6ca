"""What decisions about learning do to the tables.

| kind       | the record                                                         | does                              |
|------------|--------------------------------------------------------------------|-----------------------------------|
| `same`     | two images; `yes` that they are one family, absent: cannot say     | binds the grouping                |
| `promote`  | `batch`: who wins which group, in `images`; `set_id` its name      | keeps the winners, to be reviewed |
| `reviewed` | images of batches                                                  | they need no review any more      |
| `gate`     | `set_id` the kind of gate; `yes` shut it, else leave it its record | shuts a gate                      |
"""

from __future__ import annotations

import apsw
import msgspec

from engine.errors import LibraryDamaged
from engine.library import history
from engine.library.journal import Promoted, Record


@history.handle("same")
def same(connection: apsw.Connection, record: Record) -> None:
    images = sorted(history.image_ids(connection, record))
    if len(set(images)) != 2:
        raise LibraryDamaged("it is not about two images")
    said = None if record.yes is msgspec.UNSET else int(record.yes)
    connection.execute("INSERT OR REPLACE INTO links VALUES (?, ?, ?, ?)", (*images, said, record.ts))


@history.handle("promote")
def promote(connection: apsw.Connection, record: Record) -> None:
    images = history.image_ids(connection, record)
    for part in record.batch or []:
        _promote(connection, record, part, images)


def _promote(connection: apsw.Connection, record: Record, part: Promoted, images: list[int]) -> None:
    if not {part.winner, *part.members} <= set(range(len(images))):
        raise LibraryDamaged("it names images that it does not hold")
    winner = images[part.winner]
    kind = "winner" if part.box is None else "crop"
    if part.box is None:
        for image in {winner, *(images[place] for place in part.members)}:
            connection.execute(
                "INSERT INTO verdicts VALUES (?, ?, '[]', ?, ?) ON CONFLICT (image_id) DO UPDATE SET verdict ="
                " excluded.verdict, tags = excluded.tags, set_id = excluded.set_id, decided_at = excluded.decided_at",
                (image, "keep" if image == winner else "alternate", part.set_id, record.ts),
            )
    else:
        box = part.box
        connection.execute("DELETE FROM to_crop WHERE image_id = ?", (winner,))
        connection.execute(
            "INSERT OR REPLACE INTO crop_answers VALUES (?, 'best', ?, ?, ?, ?, '[]', ?, ?)",
            (winner, box.x, box.y, box.w, box.h, b'{"choice":"best"}', record.ts),
        )
    connection.execute(
        "INSERT OR REPLACE INTO promoted VALUES (?, ?, ?, ?, 0, ?)",
        (winner, record.set_id, kind, part.confidence, record.ts),
    )


@history.handle("reviewed")
def reviewed(connection: apsw.Connection, record: Record) -> None:
    for image in history.image_ids(connection, record):
        connection.execute("UPDATE promoted SET reviewed = 1 WHERE image_id = ?", (image,))


@history.handle("gate")
def gate(connection: apsw.Connection, record: Record) -> None:
    if record.yes is True:
        connection.execute("INSERT OR REPLACE INTO shut_gates VALUES (?, ?)", (record.set_id, record.ts))
    else:
        connection.execute("DELETE FROM shut_gates WHERE kind = ?", (record.set_id,))
