"""Groups follow an answer at once: only those that answers tie to its two images are formed anew.

See `engine.grouping.unbound` for why that gives what forming all of them anew would give. Where more has changed than
answers, or the groups were made by an earlier Pickwise, everything has to be formed anew first.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Literal, NamedTuple

import apsw
import msgspec

from engine.culling import form, form_write, signature
from engine.culling.form import Formed
from engine.errors import Unreadable
from engine.grouping import unbound
from engine.grouping.groups import bound
from engine.grouping.links import Link
from engine.grouping.unbound import Unbound
from engine.library import wholefile
from engine.library.store import Library
from engine.progress import Progress, Quiet

_TURNS = 5  # in which somebody else may come first
_LARGEST = 2**30  # bytes


class _Change(NamedTuple):
    """Groups to be put in place of others; `before` and `after` are the fact `formed`, `keys` those of the old ones."""

    before: str
    after: str
    formed: Formed
    keys: set[str]


def follow(library: Library, most: int | None = None, progress: Progress | None = None) -> bool | None:
    """Make the groups those of the answers there are.

    Args:
        most: images to be grouped anew; by default as many as there are.
        progress: of the job that this is part of.

    Returns:
        Whether any group is another one now; None where everything has to be formed anew (or more than `most`), and
        nothing was done.

    Raises:
        Cancelled: nothing was done. LibraryHeld, LibraryError.
    """
    for _ in range(_TURNS):
        with library.db.read() as connection:
            change = _change(connection, library, most, progress or Quiet())
        if change is None or isinstance(change, bool):
            return change
        if library.write(partial(_carry_out, change)):
            return change.keys != {group.key for group in change.formed.groups}
    return None


def _change(
    connection: apsw.Connection, library: Library, most: int | None, progress: Progress
) -> _Change | Literal[False] | None:
    """What there is to do; False where that is nothing, None where it cannot be done here."""
    before, unsaid = _fact(connection, "formed"), signature.unsaid(connection, library.settings)
    links = form.links(connection)
    after = unsaid + signature.said(links)
    if before == after:
        return False
    bound_by = _links(_fact(connection, "bound"))
    kept = _kept(connection, library) if bound_by is not None and before == unsaid + signature.said(bound_by) else None
    if bound_by is None or kept is None:
        return None
    seeds = {image for link in set(links) ^ set(bound_by) for image in link[:2]}
    places, about = unbound.reached(kept, [*links, *bound_by], seeds)
    images = kept.images[places].tolist()
    if most is not None and len(images) > most:
        return None
    items, candidates = form.read(connection, library.settings, progress, images)
    keys = _keys(connection, images)
    if len(items) != len(images) or keys is None:
        return None
    loose = unbound.narrowed(kept, items, library.settings.groups)
    groups = bound(loose, [link for link in links if link.one in about])
    picked = form.picks(groups, candidates, library.settings, progress)
    return _Change(before, after, Formed(groups, picked, candidates, links, kept), keys)


def _fact(connection: apsw.Connection, name: str) -> str:
    return str(connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).get or "")


def _links(data: str) -> list[Link] | None:
    try:
        return [Link(*link) for link in msgspec.json.decode(data or "x", type=list[tuple[int, int, bool, str]])]
    except msgspec.MsgspecError:
        return None


def _kept(connection: apsw.Connection, library: Library) -> Unbound | None:
    """What is kept beside the groups there are; None where it is gone or of others."""
    try:
        data = wholefile.read(form_write.unbound_file(library), _LARGEST)
    except Unreadable:
        return None
    if data is None or form_write.digest(data) != _fact(connection, "unbound"):
        return None
    return unbound.unpacked(data)


def _keys(connection: apsw.Connection, images: list[int]) -> set[str] | None:
    """The keys of the groups that hold these images; None where they hold others as well."""
    rows: list[Any] = connection.execute(
        "SELECT g.key, (SELECT count(*) FROM members n WHERE n.group_id = g.id) FROM groups g WHERE g.id IN"
        " (SELECT group_id FROM members WHERE image_id IN (SELECT value FROM json_each(?)))",
        (msgspec.json.encode(images).decode(),),
    ).fetchall()
    return {str(key) for key, _ in rows} if sum(count for _, count in rows) == len(images) else None


def _carry_out(change: _Change, connection: apsw.Connection) -> bool:
    """False where the groups or the answers are not those any more that this was worked out from."""
    if _fact(connection, "formed") != change.before or form.links(connection) != change.formed.links:
        return False
    form_write.replace(connection, change.formed, change.after)
    return True
