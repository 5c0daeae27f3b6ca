"""Write groups and picks as the library's derived tables: built aside in short transactions, then swapped in at once.

A decision never waits for more than one of these, and nobody sees half of the old groups beside half of the new.
A group has the number of its first image by path, so that some can be replaced (`replace`) and all stay in order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Any

import apsw
import msgspec

from engine.culling.candidates import Candidate, Picked
from engine.culling.form import Formed
from engine.culling.views import DefectView
from engine.errors import LibraryError
from engine.grouping import unbound
from engine.grouping.model import Group
from engine.library import wholefile
from engine.library.migrations import GROUPS, MEMBERS, index_derived
from engine.library.store import Library, set_fact
from engine.library.verdicts import refresh_all_groups, refresh_groups, refresh_range
from engine.progress import Progress

MEMBERS_AT_ONCE = 1000  # a transaction: about 20 ms
_ASIDE = "_next"

Row = tuple[Any, ...]


def write(library: Library, formed: Formed, signature: str, progress: Progress) -> None:
    """Replace the derived tables as a whole and remember what they were made from; verdicts stay with their images.

    Raises Cancelled (the old groups stand), LibraryHeld, LibraryError.
    """
    before = library.write(_begin)
    for groups, members in _chunks(formed):
        progress.step(len(formed.groups))
        library.write(partial(_add, groups, members))
    library.write(partial(_swap, before, {"formed": signature, "unbound": _keep(library, formed), **_bound(formed)}))


def unbound_file(library: Library) -> Path:
    """Where it is kept what the images form before anybody says anything of them; the fact `unbound` is its digest."""
    return library.paths.sidecar / "unbound.groups"


def _keep(library: Library, formed: Formed) -> str:
    """Its digest; "" where the disk refuses: then the next answer forms everything anew."""
    data = unbound.packed(formed.unbound)
    try:
        wholefile.save(unbound_file(library), data)
    except LibraryError:
        return ""
    return digest(data)


def digest(data: bytes) -> str:
    return blake2b(data, digest_size=16).hexdigest()


def _bound(formed: Formed) -> dict[str, str]:
    """The fact that says by which answers the groups are bound."""
    return {"bound": msgspec.json.encode(formed.links).decode()}


def replace(connection: apsw.Connection, formed: Formed, signature: str) -> None:
    """Put these groups in the place of those that hold their images now."""
    images = [*formed.candidates]
    some = (msgspec.json.encode(images).decode(),)
    inside = "(SELECT group_id FROM members WHERE image_id IN (SELECT value FROM json_each(?)))"
    connection.execute(f"DELETE FROM groups WHERE id IN {inside}", some)  # noqa: S608 - our own words
    connection.execute("DELETE FROM members WHERE image_id IN (SELECT value FROM json_each(?))", some)
    for groups, members in _chunks(formed):
        _add(groups, members, connection, "")
    refresh_groups(connection, images, "")
    for name, value in {"formed": signature, **_bound(formed)}.items():
        set_fact(connection, name, value)


def _begin(connection: apsw.Connection) -> str:
    """Make the tables aside, empty; answers with where the journal stands."""
    connection.execute(f"DROP TABLE IF EXISTS groups{_ASIDE}; DROP TABLE IF EXISTS members{_ASIDE}")
    taken = connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'groups_key'").get
    connection.execute(f"CREATE TABLE groups{_ASIDE} ({GROUPS}); CREATE TABLE members{_ASIDE} ({MEMBERS})")
    connection.execute(index_derived(_ASIDE, "_b" if taken else ""))
    return _decided_until(connection)


def _decided_until(connection: apsw.Connection) -> str:
    return str(connection.execute("SELECT group_concat(name || applied, '|') FROM journal_files").get)


def _add(groups: list[Row], members: list[Row], connection: apsw.Connection, suffix: str = _ASIDE) -> None:
    connection.executemany(f"INSERT INTO groups{suffix} VALUES (?, ?, ?, ?, ?, ?, 'auto', 0)", groups)  # noqa: S608
    connection.executemany(f"INSERT INTO members{suffix} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", members)  # noqa: S608
    if suffix:
        refresh_range(connection, groups[0][0], groups[-1][0], suffix)


def _swap(before: str, facts: dict[str, str], connection: apsw.Connection) -> None:
    for table in ("groups", "members"):
        connection.execute(f"DROP TABLE IF EXISTS {table}; ALTER TABLE {table}{_ASIDE} RENAME TO {table}")
    if _decided_until(connection) != before:  # decisions were made meanwhile
        refresh_all_groups(connection)
    for name, value in facts.items():
        set_fact(connection, name, value)


def _chunks(formed: Formed) -> Iterator[tuple[list[Row], list[Row]]]:
    """Rows of groups, ascending by number, and of their members, some at a time."""
    groups: list[Row] = []
    members: list[Row] = []
    number_of = {int(image): number for number, image in enumerate(formed.unbound.images.tolist(), 1)}
    for family, picked in zip(formed.groups, formed.picked, strict=True):
        number = min(number_of[image] for image in family.members)
        reason = "; ".join(picked.reasons)
        groups.append((number, family.key, _label(formed, family), number, picked.review, reason))
        members += _members(formed, number, family, picked)
        if len(members) >= MEMBERS_AT_ONCE:
            yield groups, members
            groups, members = [], []
    if groups:
        yield groups, members


_encode = msgspec.json.Encoder().encode


def _members(formed: Formed, number: int, family: Group, picked: Picked) -> list[Row]:
    distance = dict(zip(family.members, family.distances, strict=True))
    return [
        (
            c.id, number, rank, distance[c.id], formed.candidates[c.id].stage, c.decision, c.score,
            formed.candidates[c.id].quality, _encode(_defects(formed.candidates[c.id])), c.reason,
        )
        for rank, c in enumerate(picked.members)
    ]  # fmt: skip


def _defects(candidate: Candidate) -> list[DefectView]:
    texts = candidate.texts + ("",) * (len(candidate.defects) - len(candidate.texts))
    defects = [DefectView(name, f"{name}: {text}") for name, text in zip(candidate.defects, texts, strict=True)]
    return defects + [DefectView(*doubt) for doubt in candidate.doubts]


def _label(formed: Formed, family: Group) -> str:
    """The part of the names that the members share, or the medoid's name."""
    paths = [formed.candidates[image].path for image in family.members]
    names = sorted(p.rpartition("/")[2] for p in paths)
    first, last = names[0], names[-1]
    shared = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))
    common = re.sub(r"[\W_]*(?:stage|s)?[\W_]*$", "", first[:shared], flags=re.IGNORECASE)
    return common if len(names) > 1 and len(common) > 2 else formed.candidates[family.medoid].path.rpartition("/")[2]
