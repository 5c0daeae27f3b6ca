"""What chance drew to judge the recommendations by, and what the person said of it: the evidence that gates go by.

A row is pending until a person answers. The first answer stands, and a later one counts only where it goes against what
was recommended: nobody's record gets better by asking again. No undo takes a row back: what was seen was seen, and a
batch that was undone because it was bad would otherwise leave no trace. A pending row of a batch that was undone waits
for what the person says of that image in whatever way. All of it follows from the journal alone.

| kind       | drawn                                                        | right where                              |
|------------|--------------------------------------------------------------|------------------------------------------|
| `winner`   | groups asked blind; winners of a batch                       | the person kept that one and no other    |
| `crop`     | images by their number, or decided without help; crops of a  | the box is that of the best proposal,    |
|            | batch                                                        | and it was not sent back                 |
| `residual` | what a batch kept or cropped, and crops the person made,     | nothing in it is said to be wrong, and   |
|            | each looked at (again)                                       | it was not sent back                     |
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import apsw

from engine.library.journal import Box

Kind = Literal["winner", "crop", "residual"]
What = Literal["winner", "crop"]  # is judged: that the image is kept, or how it is cropped
SAME = 0.98  # overlap (intersection over union) from which two boxes are one
WHOLE = Box(0, 0, 0, 0)  # the whole picture

_NEXT = "(SELECT coalesce(max(o.place), 0) + 1 FROM trials o WHERE o.kind = trials.kind)"
_TAGS = """
    (SELECT coalesce(json_group_array(tag), '[]') FROM (
        SELECT tag FROM checks c WHERE c.image_id = trials.image_id AND c.yes
        UNION SELECT value FROM json_each(trials.tags) ORDER BY 1))
"""
_JUDGE = f"""
    UPDATE trials SET good = CASE kind WHEN 'residual' THEN :clean ELSE :good END, at = :at,
        place = coalesce(place, {_NEXT}), tags = CASE kind WHEN 'residual' THEN {_TAGS} ELSE tags END
    WHERE image_id = :image AND what = :what AND good IS NULL AND coalesce(id = :only, 1)
"""  # noqa: S608 - our own words
# A blind answer is of its group alone; what a batch decided is gone back on in any group the image came into.
_FALL = """
    UPDATE trials SET good = CASE kind WHEN 'residual' THEN good AND :clean ELSE good AND :good END
    WHERE image_id = :image AND what = :what AND good AND coalesce(id = :only, 1)
        AND (what = 'crop' OR batch != '' OR subject = :subject)
"""
_WRONG = f"""
    UPDATE trials SET tags = json_insert(tags, '$[#]', :tag), place = coalesce(place, {_NEXT}),
        at = CASE WHEN place IS NULL THEN :at ELSE at END
    WHERE kind = 'residual' AND image_id = :image
        AND NOT EXISTS (SELECT 1 FROM json_each(trials.tags) WHERE value = :tag)
"""  # noqa: S608
_KNOWN = "SELECT good IS NULL, batch FROM trials WHERE kind = ? AND what = ? AND image_id = ?"
_ADD = """
    INSERT INTO trials (kind, what, image_id, subject, batch, confidence, x, y, w, h, at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


class Drawn(NamedTuple):
    """What a batch decided of an image: `subject` its group, "" for a crop; `box` how it is cropped."""

    what: What
    image: int
    subject: str
    batch: str
    confidence: float
    box: Box
    at: str


def draw(connection: apsw.Connection, one: Drawn, *, checked: bool) -> None:
    """A batch decided this, and chance `checked` it. What was drawn before stays so until it is judged, once."""
    for kind in (one.what, "residual"):
        row: Any = connection.execute(_KNOWN, (kind, one.what, one.image)).fetchone()
        if row is None and checked:
            _add(connection, kind, one)
        elif row and row[0]:
            connection.execute(
                "UPDATE trials SET subject = ?, batch = ?, confidence = ?, x = ?, y = ?, w = ?, h = ?, at = ?"
                " WHERE kind = ? AND what = ? AND image_id = ?",
                (one.subject, one.batch, one.confidence, *_sides(one.box), one.at, kind, one.what, one.image),
            )


def own(connection: apsw.Connection, image: int, box: Box, at: str) -> None:
    """Chance drew a crop of the person's own, to be looked at again; where it was undone meanwhile, the new one."""
    row: Any = connection.execute(_KNOWN, ("residual", "crop", image)).fetchone()
    if row is None:
        _add(connection, "residual", Drawn("crop", image, "", "", 1.0, box, at))
    elif row[0] and row[1] == "":
        connection.execute(
            "UPDATE trials SET x = ?, y = ?, w = ?, h = ?, at = ? WHERE kind = 'residual' AND what = 'crop'"
            " AND image_id = ?",
            (*_sides(box), at, image),
        )


def blind(connection: apsw.Connection, one: Drawn, *, good: bool) -> None:
    """The person's answer where no recommendation was shown; only the first of a group, or of an image, is one."""
    known = connection.execute(
        "SELECT 1 FROM trials WHERE kind = ? AND (image_id = ? OR (subject = ? AND subject != ''))",
        (one.what, one.image, one.subject),
    ).get
    if known is None:
        _add(connection, one.what, one)
        row = connection.last_insert_rowid()
        connection.execute(f"UPDATE trials SET good = ?, place = {_NEXT} WHERE id = ?", (good, row))  # noqa: S608


def _add(connection: apsw.Connection, kind: str, one: Drawn) -> None:
    row = (kind, one.what, one.image, one.subject, one.batch, one.confidence, *_sides(one.box), one.at)
    connection.execute(_ADD, row)


def _sides(box: Box) -> tuple[int, int, int, int]:
    return box.x, box.y, box.w, box.h


def answered(
    connection: apsw.Connection, what: What, image: int, at: str, *, good: bool, clean: bool | None = None,
    subject: str = "", only: int | None = None,
) -> None:  # fmt: skip
    """A person said this of an image that may have been drawn.

    Args:
        good: as it was recommended; clean: it stays, so that nothing is wrong with it (where that differs).
        subject: the group it was said of; only: the row that is meant.
    """
    clean = good if clean is None else clean
    said = {"good": good, "clean": clean, "at": at, "image": image, "what": what, "only": only}
    connection.execute(_FALL, {**said, "subject": subject})
    connection.execute(_JUDGE, said)


def recropped(connection: apsw.Connection, image: int, box: Box, at: str) -> None:
    """The person said how an image is cropped: whether that is what was drawn of it."""
    standing = connection.execute("SELECT 1 FROM crop_answers WHERE image_id = ?", (image,)).get is not None
    rows: Any = connection.execute(
        "SELECT id, x, y, w, h, batch, good IS NULL FROM trials WHERE what = 'crop' AND image_id = ?", (image,)
    ).fetchall()
    for row, x, y, w, h, batch, pending in rows:
        if batch or standing or not pending:  # a crop of their own that was undone was never looked at again
            answered(connection, "crop", image, at, good=same(box, Box(x, y, w, h)), only=row)


def said_wrong(connection: apsw.Connection, image: int, tag: str, at: str) -> None:
    """The person said that something is wrong in an image; whether a crop leaves it out is seen when it is counted."""
    connection.execute(_WRONG, {"image": image, "tag": tag, "at": at})


def same(one: Box, other: Box) -> bool:
    """Whether two boxes are one; the whole picture is one with itself alone."""
    if not (one.w and other.w):
        return one.w == other.w
    corners = [(float(b.x), float(b.y), float(b.x + b.w), float(b.y + b.h)) for b in (one, other)]
    return overlap(corners[0], corners[1]) >= SAME


Corners = tuple[float, float, float, float]  # x1, y1, x2, y2


def overlap(one: Corners, other: Corners) -> float:
    """Intersection over union, 0 to 1; 0 for boxes without an area."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(0.0, wide) * max(0.0, high)
    both = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)) - shared
    return shared / both if both > 0 else 0.0
