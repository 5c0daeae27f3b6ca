"""Form groups and picks from what intake knows, and write them as the library's derived tables."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, NamedTuple

import apsw
import msgspec

from engine.culling.candidates import Candidate, Picked
from engine.culling.defects import find_defects, quality_score
from engine.culling.picks import pick
from engine.culling.views import DefectView
from engine.grouping.groups import group
from engine.grouping.model import Group, Item
from engine.intake.model import Quality
from engine.intake.names import compile_pattern, parse_name
from engine.library.settings import Settings
from engine.library.verdicts import refresh_all_groups
from engine.progress import Progress

_ROWS = """
    SELECT i.id, i.filepath, i.filename, i.mtime_ns, coalesce(i.content_hash, ''), f.phash, f.width, f.height,
        f.taken_at, f.quality, coalesce(s.path, '')
    FROM images i JOIN features f ON f.image_id = i.id LEFT JOIN sources s ON s.id = i.source_id
    WHERE i.missing_since IS NULL AND i.quarantine IS NULL ORDER BY i.filepath
"""


class Formed(NamedTuple):
    """Groups with their picks, in working order."""

    groups: list[Group]
    picked: list[Picked]
    candidates: dict[int, Candidate]


def form(connection: apsw.Connection, settings: Settings, progress: Progress) -> Formed:
    """Group every present image and pick within each group. Raises Cancelled, SettingsError."""
    pattern = compile_pattern(settings.stages.pattern)
    items, candidates = [], {}
    decode = msgspec.json.Decoder(Quality).decode
    for row in connection.execute(_ROWS):
        item, candidate = _read(row, pattern, decode(row[9]), settings)
        items.append(item)
        candidates[candidate.id] = candidate
    progress.phase("group", len(items))
    groups = group(items, settings.groups, progress)
    progress.phase("pick", len(groups))
    picked = []
    for done, family in enumerate(groups):
        if done % 256 == 0:
            progress.step(done)
        picked.append(pick([candidates[image] for image in family.members], settings.picks))
    return Formed(groups, picked, candidates)


def _read(row: Any, pattern: re.Pattern[str], quality: Quality, settings: Settings) -> tuple[Item, Candidate]:
    image, path, filename, mtime, content, phash, width, height, taken, _, source = row
    name = parse_name(filename, pattern)
    bad = find_defects(quality, settings.defects)
    item = Item(
        id=image, path=path, phash=phash, stem=name.stem, stage=name.stage,
        timestamp=_seconds(name.timestamp or taken), name_timestamp=bool(name.timestamp), width=width, height=height,
        source=source, flat=quality.detail < settings.defects.low_detail,
    )  # fmt: skip
    candidate = Candidate(
        id=image, path=path, stage=name.stage, defects=tuple(d.name for d in bad), texts=tuple(d.text for d in bad),
        quality=quality_score(quality, settings.defects), width=width, height=height, sharpness=quality.sharpness,
        mtime_ns=mtime, content_hash=content, phash=phash & (1 << 64) - 1,
    )  # fmt: skip
    return item, candidate


def _seconds(stamp: str) -> float | None:
    """Seconds of a naive timestamp; only differences matter, so any zone will do."""
    try:
        return dt.datetime.fromisoformat(stamp).replace(tzinfo=dt.UTC).timestamp() if stamp else None
    except (ValueError, OverflowError):
        return None


def write(connection: apsw.Connection, formed: Formed) -> None:
    """Replace the derived tables as a whole; verdicts stay with their images."""
    connection.execute("DELETE FROM members")
    connection.execute("DELETE FROM groups")
    encode = msgspec.json.Encoder().encode
    for number, (family, picked) in enumerate(zip(formed.groups, formed.picked, strict=True), 1):
        label = _label(formed, family)
        reason = "; ".join(picked.reasons)
        connection.execute(
            "INSERT INTO groups VALUES (?, ?, ?, ?, ?, ?, ?)",
            (number, family.key, label, number, picked.review, reason, "review" if picked.review else "auto"),
        )
        distance = dict(zip(family.members, family.distances, strict=True))
        connection.executemany(
            "INSERT INTO members VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    c.id, number, rank, distance[c.id], formed.candidates[c.id].stage, c.decision, c.score,
                    formed.candidates[c.id].quality, encode(_defects(formed.candidates[c.id])), c.reason,
                )
                for rank, c in enumerate(picked.members)
            ],
        )  # fmt: skip
    refresh_all_groups(connection)


def _defects(candidate: Candidate) -> list[DefectView]:
    texts = candidate.texts + ("",) * (len(candidate.defects) - len(candidate.texts))
    return [DefectView(name, f"{name}: {text}") for name, text in zip(candidate.defects, texts, strict=True)]


def _label(formed: Formed, family: Group) -> str:
    """The part of the names that the members share, or the medoid's name."""
    paths = [formed.candidates[image].path for image in family.members]
    names = sorted(p.rpartition("/")[2] for p in paths)
    first, last = names[0], names[-1]
    shared = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))
    common = re.sub(r"[\W_]*(?:stage|s)?[\W_]*$", "", first[:shared], flags=re.IGNORECASE)
    return common if len(names) > 1 and len(common) > 2 else formed.candidates[family.medoid].path.rpartition("/")[2]
