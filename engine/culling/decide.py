"""What a person decides about a group, written as journal records."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import apsw
import msgspec

from engine.culling import recommended
from engine.errors import NotFound, WrongUse
from engine.library.journal import Kind, Promoted, Proposed, Record
from engine.library.store import Library, describe
from engine.library.tags import TAGS


def _members(connection: apsw.Connection, key: str) -> dict[int, tuple[str, str]]:
    """A group's images in keeper order: id -> (path, content hash). Raises NotFound."""
    rows: list[Any] = connection.execute(
        "SELECT i.id, i.filepath, coalesce(i.content_hash, '') FROM members m JOIN images i ON i.id = m.image_id"
        " JOIN groups g ON g.id = m.group_id WHERE g.key = ? ORDER BY m.rank",
        (key,),
    ).fetchall()
    if not rows:
        raise NotFound("That group is no longer there.", "The folder was scanned again; go to the next group.")
    return {image: (path, content) for image, path, content in rows}


def _inside(members: Collection[int], images: Sequence[int]) -> None:
    if not set(images) <= set(members):
        raise WrongUse("One of these images is not in this group.", "Go back to the group and choose again.")


def _record(
    key: str, images: Sequence[tuple[str, str]], kind: Kind, *, winner: str | None = None,
    also: Sequence[str] = (), tags: Sequence[str] = (), said: Proposed | msgspec.UnsetType = msgspec.UNSET,
) -> Record:  # fmt: skip
    return Record(
        ts="", set_id=key, images=[path for path, _ in images], hashes=[content for _, content in images], kind=kind,
        winner=winner, also=list(also), delete=kind == "reject", anomaly_tags=list(tags), proposed=said,
    )  # fmt: skip


def _decide(library: Library, record: Record) -> str:
    label = describe(record)
    library.decide(record, label)
    return label


def pick(library: Library, key: str, winner: int, also: Sequence[int] = ()) -> str:
    """Keep `winner` and `also`, the rest become alternates; answers with a label. Raises NotFound, WrongUse."""
    with library.db.read() as connection:
        members = _members(connection, key)
        said = recommended.proposed(connection, key)
    _inside(members, [winner, *also])
    more = [members[image][0] for image in dict.fromkeys(also) if image != winner]
    return _decide(
        library, _record(key, list(members.values()), "pick", winner=members[winner][0], also=more, said=said)
    )


def accept_recommended(library: Library, keys: Sequence[str], seen: Sequence[int] = ()) -> tuple[str, list[str]]:
    """Keep what is recommended of these groups, which the person looked at, as one decision that undoes as one.

    Answers with a label and the groups it was done to. Left out: groups drawn for a check, that are gone, decided, or
    whose recommended image is rejected, missing or not the one that was `seen`, where that is said. Raises WrongUse
    where none is left.
    """
    shown = dict(zip(keys, seen, strict=True)) if seen else {}
    images: list[tuple[str, str]] = []
    batch: list[Promoted] = []
    with library.db.read() as connection:
        for key in dict.fromkeys(keys):
            found = connection.execute(_ACCEPTABLE, (key,)).fetchone()
            if found is not None and shown.get(key, found[0]) == found[0]:
                members = _members(connection, key)
                places = range(len(images), len(images) + len(members))
                images += members.values()
                batch.append(Promoted(key, places[list(members).index(found[0])], list(places), found[1]))
    if not batch:
        raise WrongUse("None of these groups can be accepted.", "Look at them one by one.")
    record = msgspec.structs.replace(_record(batch[0].set_id, images, "promote"), batch=batch, yes=True)
    return _decide(library, record), [part.set_id for part in batch]


_ACCEPTABLE = """
    SELECT i.id, r.confidence FROM recommended r JOIN groups g ON g.key = r.group_key
    JOIN members m ON m.group_id = g.id AND m.image_id = r.image_id JOIN images i ON i.id = m.image_id
    LEFT JOIN verdicts v ON v.image_id = i.id
    WHERE r.group_key = ? AND NOT r.checked AND g.status IN ('review', 'auto') AND i.missing_since IS NULL
    AND coalesce(v.verdict, '') <> 'reject'
    AND NOT EXISTS (SELECT 1 FROM members n JOIN verdicts k ON k.image_id = n.image_id
        WHERE n.group_id = g.id AND k.verdict = 'keep')
"""


def reject(library: Library, key: str, images: Sequence[int], tags: Sequence[str] = ()) -> str:
    """Reject images of a group, saying why by tags. Raises NotFound, WrongUse."""
    with library.db.read() as connection:
        members = _members(connection, key)
        said = recommended.proposed(connection, key)
    _inside(members, images)
    strange = sorted(set(tags) - set(TAGS))
    if strange or not images:
        raise WrongUse(f"There is no tag {strange[0]}." if strange else "No image was named to reject.")
    chosen = [members[image] for image in dict.fromkeys(images)]
    if not (said and said.checked and said.winner in {path for path, _ in chosen}):
        said = msgspec.UNSET  # rejecting another one says nothing of it
    return _decide(library, _record(key, chosen, "reject", tags=list(dict.fromkeys(tags)), said=said))


def reopen(library: Library, key: str) -> str:
    """Put a group before the person again. Raises NotFound."""
    with library.db.read() as connection:
        members = _members(connection, key)
    return _decide(library, _record(key, list(members.values()), "reopen"))


def flag(library: Library, image: int, *, on: bool) -> str:
    """Flag an image for a second look, or take the flag off. Raises NotFound."""
    with library.db.read() as connection:
        row = connection.execute(
            "SELECT i.filepath, coalesce(i.content_hash, ''), coalesce(g.key, '') FROM images i"
            " LEFT JOIN members m ON m.image_id = i.id LEFT JOIN groups g ON g.id = m.group_id WHERE i.id = ?",
            (image,),
        ).fetchone()
    if row is None:
        raise NotFound("That image is no longer in the library.")
    return _decide(library, _record(row[2], [(row[0], row[1])], "flag" if on else "unflag"))
