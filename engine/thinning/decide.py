"""What a person says of groups of copies: exceptions to the rule, images that are no copies, and what is set aside."""

from __future__ import annotations

from typing import NamedTuple

import apsw

from engine.errors import NotFound, WrongUse
from engine.library.journal import Record
from engine.library.store import Library
from engine.thinning import effects

MOST_APART = 300  # images of a group that are remembered as apart pair by pair

_MEMBERS = f"""
    SELECT c.image_id, i.filepath, coalesce(i.content_hash, ''), i.filename, {effects.STAYS}, c.stays
    FROM {effects.PRESENT} AND g.key = ? ORDER BY c.rank
"""  # noqa: S608 - fixed words


class Member(NamedTuple):
    """An image of a group that is still there."""

    id: int
    path: str
    content: str
    filename: str
    stays: int
    rule: int  # whether it stays by the rule alone


def members(connection: apsw.Connection, group: str) -> list[Member]:
    """In the rule's order. Raises NotFound where no such group is left."""
    found = [Member._make(row) for row in connection.execute(_MEMBERS, (group,))]
    if len(found) < 2:
        raise NotFound("This group is gone: it was set aside, or a later search parted it.", "Go on with the next.")
    return found


def _of(library: Library, group: str) -> list[Member]:
    with library.db.read() as connection:
        return members(connection, group)


def _one(found: list[Member], image: int) -> Member:
    for member in found:
        if member.id == image:
            return member
    raise NotFound("This image is no longer in that group.", "Go on with the next.")


def _record(kind: str, group: str, images: list[Member]) -> Record:
    return Record(
        ts="", set_id=group, images=[m.path for m in images], hashes=[m.content for m in images],
        kind=kind,  # type: ignore[arg-type]
    )  # fmt: skip


def flip(library: Library, group: str, image: int) -> str:
    """Let an image stay that would go, or the other way round; answers with the label. Raises NotFound."""
    one = _one(_of(library, group), image)
    label = f"Let {one.filename} {'go' if one.stays else 'stay'}"
    kind = "plain" if one.stays != one.rule else "go" if one.stays else "stay"
    library.decide(_record(kind, group, [one]), label)
    return label


def split(library: Library, group: str, image: int) -> str:
    """This image is no copy of the others; answers with the label. Raises NotFound."""
    found = _of(library, group)
    one = _one(found, image)
    label = f"{one.filename} is no copy"
    library.decide(_record("split", group, [one, *(m for m in found if m is not one)]), label)
    return label


def apart(library: Library, group: str) -> str:
    """None of these is a copy of another; answers with the label. Raises NotFound, WrongUse."""
    found = _of(library, group)
    if len(found) > MOST_APART:
        raise WrongUse(
            f"{len(found)} images are too many to remember pair by pair.", "Search with a smaller distance first."
        )
    label = f"{len(found)} images are not duplicates"
    library.decide(_record("apart", group, found), label)
    return label


def going(library: Library, group: str | None = None) -> list[int]:
    """Images that go, of one group or of all. Raises NotFound; WrongUse where nothing of the group would stay."""
    with library.db.read() as connection:
        if group is None:
            return [
                image
                for (image,) in connection.execute(
                    f"SELECT c.image_id FROM {effects.PRESENT} AND {effects.STAYS} = 0"  # noqa: S608
                    " AND g.going < g.present AND g.present > 1 ORDER BY g.id, c.rank"
                )
            ]
        found = members(connection, group)
    gone = [m.id for m in found if not m.stays]
    if len(gone) == len(found):
        raise WrongUse("Nothing of this group would stay.", "Let one image stay first.")
    if not gone:
        raise WrongUse("Nothing of this group goes.", "Flip an image that should go, or go on with the next.")
    return gone
