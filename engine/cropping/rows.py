"""Proposals as rows of the database, and the answers that were given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import apsw
import msgspec

from engine.cropping.model import Box, Proposal
from engine.library.journal import Cropped


class Picture(NamedTuple):
    """What the library knows of one image.

    Attributes:
        path: text form; content: its hash, "" where it was never read.
        width, height: pixels of the original; 0 where it was never read.
        look: the version it was looked at with as it is now, "" where it was not.
        gone: it is missing or cannot be read.
    """

    id: int
    path: str
    content: str
    width: int
    height: int
    format: str
    look: str
    gone: bool


class Answered(NamedTuple):
    """What was decided; `box` None for the whole picture."""

    choice: str
    box: Box | None
    tags: list[str]
    how: Cropped
    at: str


_PICTURE = """
    SELECT i.id, i.filepath, coalesce(i.content_hash, ''), coalesce(f.width, 0), coalesce(f.height, 0),
        coalesce(f.format, ''), coalesce(l.version, ''), i.missing_since IS NOT NULL OR i.quarantine IS NOT NULL
    FROM images i LEFT JOIN features f ON f.image_id = i.id
    LEFT JOIN looked l ON l.image_id = i.id AND l.content = i.content_hash
    WHERE i.id IN (SELECT value FROM json_each(?))
"""


def pictures(connection: apsw.Connection, images: Sequence[int]) -> list[Picture]:
    """These images in their order; those that are not in the library are left out."""
    rows = connection.execute(_PICTURE, (msgspec.json.encode(list(images)).decode(),))
    found = {row[0]: Picture(*row) for row in rows}
    return [found[image] for image in dict.fromkeys(images) if image in found]


def put(connection: apsw.Connection, image: int, content: str, version: str, proposal: Proposal) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO crops VALUES (?, ?, ?, ?, ?, ?)",
        (image, content, version, proposal.clean, proposal.confidence, msgspec.json.encode(proposal)),
    )


def get(connection: apsw.Connection, image: int, content: str) -> tuple[Proposal | None, str]:
    """The proposal for an image as it is now, and its version; None and "" where there is none."""
    row = connection.execute(
        "SELECT proposal, version FROM crops WHERE image_id = ? AND content = ?", (image, content)
    ).fetchone()
    if row is None:
        return None, ""
    try:
        return msgspec.json.decode(row[0], type=Proposal), str(row[1])
    except (msgspec.MsgspecError, UnicodeError):
        return None, ""


def versions(connection: apsw.Connection, images: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Content and version of the proposals of these images."""
    rows = connection.execute(
        "SELECT image_id, content, version FROM crops WHERE image_id IN (SELECT value FROM json_each(?))",
        (msgspec.json.encode(list(images)).decode(),),
    )
    return {image: (content, version) for image, content, version in rows}


def answer(connection: apsw.Connection, image: int) -> Answered | None:
    row = connection.execute(
        "SELECT choice, x, y, w, h, tags, note, at FROM crop_answers WHERE image_id = ?", (image,)
    ).fetchone()
    if row is None:
        return None
    choice, x, y, w, h, tags, note, at = row
    box = (x, y, x + w, y + h) if w else None
    how = msgspec.json.decode(note, type=Cropped)
    return Answered(choice, box, msgspec.json.decode(tags, type=list[str]), how, at)
