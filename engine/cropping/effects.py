"""What decisions about crops do to the tables.

| kind      | the record                                                        | does                                 |
|-----------|-------------------------------------------------------------------|--------------------------------------|
| `to_crop` | one image; `needs_crop`: asked for, or no longer                  | it waits for a crop before others    |
| `crop`    | one image, its `winner`; `crop_box` where it is cropped           | that is its answer                   |
| `trio`    | all of a group, one the `winner`; `crop_box` as above             | a pick, and the winner's answer      |
| `crops`   | images, and in `crops` what an earlier log says of each           | their answers, where there were none |
| `uncrop`  | images                                                            | they have no answer any more         |
| `taste`   | no image                                                          | what was learned before is forgotten |
| `cut`     | images, `also` their copies in that order, then `.cropped` marks  | those copies were written            |

Whether a `.cropped` mark lies beside an image is what the disk says, not what was decided: whoever writes or moves one
tells `images.cropped`, and a scan corrects it. As a part of a decision it would stand in the way of undo.
"""

from __future__ import annotations

import apsw
import msgspec

from engine.errors import LibraryDamaged
from engine.library import history, trials, verdicts
from engine.library.journal import Box, Cropped, Earlier, Record

LARGEST = 2**31 - 1  # pixels: what a picture's side can be at most
MOST_SECONDS = 24 * 3600  # that an answer can take, and actions


@history.handle("to_crop")
def send(connection: apsw.Connection, record: Record) -> None:
    for image in history.image_ids(connection, record):
        if record.needs_crop:
            connection.execute("INSERT OR IGNORE INTO to_crop VALUES (?, ?)", (image, record.ts))
            trials.answered(connection, "crop", image, record.ts, good=False)
        else:
            connection.execute("DELETE FROM to_crop WHERE image_id = ?", (image,))


@history.handle("crop", "trio")
def crop(connection: apsw.Connection, record: Record) -> None:
    images = dict(zip(record.images, history.image_ids(connection, record), strict=True))
    if record.winner not in images:
        raise LibraryDamaged("it says of no image of its own how it is cropped")
    box = _box(record)
    how = _how(record.crop or Cropped("nudged" if record.crop_box else "full"))
    if record.kind == "trio":
        verdicts.pick(connection, record)
    image = images[record.winner]
    trials.recropped(connection, image, box, record.ts)
    if how.agreed is not msgspec.UNSET:
        trials.blind(connection, trials.Drawn("crop", image, "", "", 1.0, box, record.ts), good=how.agreed)
    if how.again:
        trials.own(connection, image, box, record.ts)
    connection.execute("DELETE FROM to_crop WHERE image_id = ?", (image,))
    connection.execute(
        "INSERT INTO crop_answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (image_id) DO UPDATE SET"
        " choice = excluded.choice, x = excluded.x, y = excluded.y, w = excluded.w, h = excluded.h,"
        " tags = excluded.tags, note = excluded.note, at = excluded.at",
        (
            image, how.choice, box.x, box.y, box.w, box.h, msgspec.json.encode(record.anomaly_tags).decode(),
            msgspec.json.encode(how), record.ts,
        ),
    )  # fmt: skip


def _box(record: Record) -> Box:
    return _kept(record.crop_box or None)


def _kept(cropped: Box | None) -> Box:
    """The box that is kept: all zero for the whole picture. A journal may hold anything."""
    box = cropped or Box(0, 0, 0, 0)
    sane = min(box.x, box.y) >= 0 and max(box.x + box.w, box.y + box.h) <= LARGEST
    if not sane or (cropped and min(box.w, box.h) < 1):
        raise LibraryDamaged("its crop is no box")
    return box


def _how(said: Cropped) -> Cropped:
    """What took longer than a person could take is refused, as it is where it is decided."""
    if not (0 <= said.time_ms <= MOST_SECONDS * 1000 and 0 <= said.actions <= MOST_SECONDS):
        raise LibraryDamaged("its time or its number of actions is not one a person could need")
    return said


@history.handle("crops")
def crops(connection: apsw.Connection, record: Record) -> None:
    """What a person answered here, or asked to see again, stands."""
    images, said = history.image_ids(connection, record), record.crops or []
    if len(said) != len(images):
        raise LibraryDamaged("it does not say of each of its images how it is cropped")
    connection.executemany(
        "INSERT INTO crop_answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (image_id) DO NOTHING",
        [(image, *_row(one), record.ts) for image, one in zip(images, said, strict=True)],
    )


def _row(one: Earlier) -> tuple[str, int, int, int, int, str, bytes]:
    how = msgspec.structs.replace(_how(one.how), earlier=True, agreed=msgspec.UNSET, again=msgspec.UNSET)
    box = _kept(one.box)
    tags = msgspec.json.encode(one.tags).decode()
    return how.choice, box.x, box.y, box.w, box.h, tags, msgspec.json.encode(how)


@history.handle("uncrop")
def uncrop(connection: apsw.Connection, record: Record) -> None:
    for image in history.image_ids(connection, record):
        connection.execute("DELETE FROM crop_answers WHERE image_id = ?", (image,))
        trials.answered(connection, "crop", image, record.ts, good=False)


@history.handle("taste")
def forget(connection: apsw.Connection, record: Record) -> None:
    connection.execute("INSERT OR IGNORE INTO taste_resets VALUES (?)", (record.ts,))


@history.handle("cut")
def cut(connection: apsw.Connection, record: Record) -> None:
    for path, image in zip(record.also, history.image_ids(connection, record), strict=False):
        connection.execute(
            "INSERT OR REPLACE INTO crop_copies VALUES (?, ?, ?, ?)", (path, image, record.set_id, record.ts)
        )
