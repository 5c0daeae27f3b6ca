"""The review queue and the keepers, read from the library for the Cull and sweep screens."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import apsw
import msgspec

from engine.culling import recommended
from engine.culling.views import (
    DefectView,
    GroupStatus,
    GroupView,
    Keepers,
    KeeperView,
    MemberView,
    Queue,
    QueueItem,
    Verdict,
)
from engine.intake.model import Quality
from engine.intake.thumbnames import thumb_path
from engine.library.migrations import ORDER
from engine.library.tags import TAG_OF
from engine.library.text import file_url, to_path

# What every browser engine we run in can show by itself.
DISPLAYABLE = frozenset({"PNG", "JPEG", "WEBP", "GIF", "BMP", "AVIF"})

# The queue's order is an index of its own (see migrations): 0 needs a person, 1 settled by default, 2 decided.
_WHICH = {"needs": f"{ORDER} = 0", "auto": f"{ORDER} = 1", "decided": f"{ORDER} = 2", "all": "TRUE"}
_KEEPERS = """
    FROM groups g CROSS JOIN members m ON m.group_id = g.id JOIN images i ON i.id = m.image_id
    JOIN features f ON f.image_id = m.image_id LEFT JOIN verdicts v ON v.image_id = m.image_id
    WHERE g.keepers AND g.position >= ?1
    AND ((g.status = 'decided' AND v.verdict = 'keep') OR (g.status = 'auto' AND m.decision = 'keeper'))
    ORDER BY g.position, m.rank
"""
_KEEPER_VIEW = """
    SELECT i.id, g.key, i.filename, i.content_hash, i.filepath, f.width, f.height, m.stage,
        CASE WHEN v.verdict = 'keep' THEN 'you' ELSE 'default' END,
        EXISTS (SELECT 1 FROM flags WHERE image_id = i.id), i.cropped, i.missing_since IS NOT NULL,
        (SELECT count(*) FROM members n WHERE n.group_id = g.id), m.reason
"""


class Counts(NamedTuple):
    """How many groups there are; those all rejected are among the decided."""

    total: int
    needs_you: int
    decided: int


def counts(connection: apsw.Connection) -> Counts:
    return Counts(
        connection.execute("SELECT count(*) FROM groups").get,
        *(connection.execute(f"SELECT count(*) FROM groups WHERE {_WHICH[w]}").get for w in ("needs", "decided")),  # noqa: S608
    )


def keeper_count(connection: apsw.Connection) -> int:
    return int(connection.execute("SELECT coalesce(sum(keepers), 0) FROM groups WHERE keepers").get)


def keeper_paths(connection: apsw.Connection) -> list[str]:
    """The paths (text) of every keeper, in the order of the sweep."""
    return [path for (path,) in connection.execute("SELECT i.filepath" + _KEEPERS, (0,))]


def group_of(connection: apsw.Connection, key: str, paths: Sequence[str]) -> str:
    """The group to show for a decision: its own while it is there, else the one its images are in now, else ""."""
    found = connection.execute(
        "SELECT key FROM groups WHERE key = ?1 UNION ALL SELECT g.key FROM groups g JOIN members m ON m.group_id = g.id"
        " JOIN images i ON i.id = m.image_id WHERE i.filepath IN (SELECT value FROM json_each(?2)) LIMIT 1",
        (key, msgspec.json.encode(paths).decode()),
    ).get
    return str(found or "")


def queue(connection: apsw.Connection, thumbs: Path, which: str, offset: int, limit: int) -> Queue:
    """A page of groups in working order: those that need a person first, then by name."""
    status = counts(connection)
    where = _WHICH[which]
    order = f"{ORDER}, position" if which == "all" else "position"
    rows: list[Any] = connection.execute(
        f"SELECT id, key, status, reason FROM groups WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?",  # noqa: S608
        (limit, offset),
    ).fetchall()
    items = [queue_item(connection, thumbs, *row) for row in rows]
    return Queue(
        total=connection.execute(f"SELECT count(*) FROM groups WHERE {where}").get,  # noqa: S608
        needs_you=status.needs_you,
        decided=status.decided,
        offset=offset,
        items=items,
    )


def queue_item(
    connection: apsw.Connection, thumbs: Path, group: int, key: str, status: GroupStatus, reason: str
) -> QueueItem:
    """A row of `groups` as an entry of a list, with its first image's thumbnail."""
    size, content = connection.execute(
        "SELECT count(*), (SELECT content_hash FROM images i JOIN members n ON n.image_id = i.id"
        " WHERE n.group_id = ?1 ORDER BY rank LIMIT 1) FROM members WHERE group_id = ?1",
        (group,),
    ).get
    return QueueItem(key, size, status, reason, thumb_url(thumbs, content))


def groups(connection: apsw.Connection, thumbs: Path, keys: Sequence[str]) -> list[GroupView]:
    """Whole groups in the order asked for; keys that are gone are left out."""
    found = []
    for key in keys:
        row = connection.execute(
            "SELECT id, label, status, reason, review FROM groups WHERE key = ?", (key,)
        ).fetchone()
        if row is not None:
            found.append(_group(connection, thumbs, key, *row))
    return found


_MEMBER = """
    SELECT i.id, i.filepath, i.filename, i.content_hash, i.missing_since IS NOT NULL AS missing, i.size_bytes,
        f.width, f.height, f.format, f.taken_at, f.quality AS measures, m.stage, m.decision, m.score,
        m.quality, m.defects, m.reason, v.verdict, v.tags, fl.image_id IS NOT NULL AS flagged, i.cropped,
        EXISTS (SELECT 1 FROM to_crop t WHERE t.image_id = i.id) AS to_crop,
        coalesce(ge.prompt, '') AS prompt, coalesce(ge.negative, '') AS negative, coalesce(ge.seed, '') AS seed,
        coalesce(ge.model, '') AS model, coalesce(ge.sampler, '') AS sampler
    FROM members m JOIN images i ON i.id = m.image_id JOIN features f ON f.image_id = m.image_id
    LEFT JOIN verdicts v ON v.image_id = m.image_id LEFT JOIN flags fl ON fl.image_id = m.image_id
    LEFT JOIN generations ge ON ge.image_id = m.image_id
    WHERE m.group_id = ? ORDER BY m.rank
"""


def _group(
    connection: apsw.Connection, thumbs: Path, key: str, group: int, label: str, status: str, reason: str, review: int
) -> GroupView:
    cursor = connection.execute(_MEMBER, (group,))
    names = [column[0] for column in cursor.get_description()]
    members = [_member(thumbs, dict(zip(names, row, strict=True))) for row in cursor]
    open_ = [m for m in members if m.verdict != "reject" and not m.missing]
    view = GroupView(
        id=key,
        label=label,
        status=status,  # type: ignore[arg-type] # the table holds only these words
        reasons=_reasons(members, status, reason, bool(review)),
        proposed=open_[0].id if open_ else None,
        chosen=[m.id for m in members if m.verdict == "keep"],
        members=members,
        recommended=recommended.view(connection, key, {m.id for m in open_}, decided=status == "decided"),
    )
    drawn = view.recommended is not None and view.recommended.checked
    return _blind(view) if drawn and status in ("review", "auto") else view


def _blind(view: GroupView) -> GroupView:
    """As it is asked to measure by: no keeper is proposed, in order of names; what the rules say would lead the eye."""
    members = [msgspec.structs.replace(m, reason="", score=0.0) for m in sorted(view.members, key=lambda m: m.filename)]
    reasons = view.reasons if view.status == "review" else []
    return msgspec.structs.replace(view, proposed=None, members=members, reasons=reasons)


def _reasons(members: list[MemberView], status: str, reason: str, review: bool) -> list[str]:
    """The picks' own reason, and what happened since."""
    words = [reason] if reason else []
    if status == "review" and not review:
        words = []
    kept = sum(m.verdict == "keep" for m in members)
    fresh = sum(m.verdict is None for m in members)
    if status == "review" and kept:
        words.append(f"{fresh} {'image' if fresh == 1 else 'images'} joined since you decided")
    elif status == "review" and not review:
        rejected = sum(m.verdict == "reject" for m in members)
        words.append(
            f"you rejected {rejected} of {len(members)}: keep another, or reject all" if rejected else "reopened"
        )
    return words


def _member(thumbs: Path, row: dict[str, Any]) -> MemberView:
    path = to_path(row["filepath"])
    measures = msgspec.json.decode(row["measures"], type=Quality)
    defects = msgspec.json.decode(row["defects"], type=list[DefectView])
    verdict: Verdict | None = None if row["verdict"] == "open" else row["verdict"]
    return MemberView(
        id=row["id"],
        path=row["filepath"],
        filename=row["filename"],
        url=file_url(path),
        thumb_url=thumb_url(thumbs, row["content_hash"]),
        displayable=row["format"] in DISPLAYABLE,
        missing=bool(row["missing"]),
        width=row["width"],
        height=row["height"],
        size_bytes=row["size_bytes"],
        format=row["format"],
        stage=row["stage"],
        taken_at=row["taken_at"],
        defects=defects,
        quality=row["quality"],
        score=row["score"],
        blur_px=measures.blur_px,
        noise=measures.noise,
        brightness=measures.brightness,
        decision=row["decision"],
        reason=row["reason"],
        verdict=verdict,
        tags=msgspec.json.decode(row["tags"]) if row["tags"] else [],
        likely_tags=list(dict.fromkeys(tag for defect in defects if (tag := defect.tag or TAG_OF.get(defect.name)))),
        flagged=bool(row["flagged"]),
        cropped=bool(row["cropped"]),
        to_crop=bool(row["to_crop"]),
        prompt=row["prompt"],
        negative=row["negative"],
        seed=row["seed"],
        model=row["model"],
        sampler=row["sampler"],
    )


def thumb_url(thumbs: Path, content_hash: str | None) -> str:
    """Where the page finds an image's thumbnail; "" where its content is not known."""
    return file_url(thumb_path(thumbs, content_hash)) if content_hash else ""


def keepers(connection: apsw.Connection, thumbs: Path, offset: int, limit: int) -> Keepers:
    """A page of the images that stay: kept by the person, or by default where nobody had to look."""
    position, before = _page(connection, offset)
    rows = connection.execute(
        _KEEPER_VIEW + _KEEPERS + " LIMIT ?2 OFFSET ?3",
        (position, limit, offset - before),
    )
    items = [
        KeeperView(
            id=image, group_id=key, filename=name, thumb_url=thumb_url(thumbs, content), url=file_url(to_path(path)),
            width=width, height=height, stage=stage, by=by, flagged=bool(flagged), cropped=bool(cropped),
            missing=bool(missing), group_size=size, reason=reason,
        )
        for image, key, name, content, path, width, height, stage, by, flagged, cropped, missing, size, reason in rows
    ]  # fmt: skip
    return Keepers(total=keeper_count(connection), offset=offset, items=items)


def _page(connection: apsw.Connection, offset: int) -> tuple[int, int]:
    """The position of the group where a page begins, and how many keepers stand before it: from the index alone."""
    found = connection.execute(
        "SELECT position, upto - keepers FROM (SELECT position, keepers, sum(keepers) OVER"
        " (ORDER BY position ROWS UNBOUNDED PRECEDING) AS upto FROM groups WHERE keepers) WHERE upto > ? LIMIT 1",
        (offset,),
    ).fetchone()
    return found or (1 << 62, 0)
