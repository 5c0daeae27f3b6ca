"""Form groups and picks from what intake knows."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import apsw
import msgspec

from engine.culling.candidates import Candidate, Picked
from engine.culling.defects import find_defects, quality_score
from engine.culling.picks import pick
from engine.grouping import unbound
from engine.grouping.groups import bound, gather
from engine.grouping.links import Link
from engine.grouping.model import Group, Item
from engine.grouping.unbound import Unbound
from engine.intake.model import Quality
from engine.intake.names import compile_pattern, parse_name
from engine.library.settings import Settings
from engine.progress import Progress
from engine.vision import cue_settings

_ROWS = """
    SELECT i.id, i.filepath, i.filename, i.mtime_ns, coalesce(i.content_hash, ''), f.phash, f.width, f.height,
        f.taken_at, f.quality, coalesce(s.path, '')
    FROM images i JOIN features f ON f.image_id = i.id LEFT JOIN sources s ON s.id = i.source_id
    WHERE i.missing_since IS NULL AND i.quarantine IS NULL@some ORDER BY i.filepath
"""
_SOME = " AND i.id IN (SELECT value FROM json_each(?))"


class Formed(NamedTuple):
    """Groups with their picks, in working order; the answers that bound them, and what they are without any."""

    groups: list[Group]
    picked: list[Picked]
    candidates: dict[int, Candidate]
    links: list[Link]
    unbound: Unbound


def read(
    connection: apsw.Connection, settings: Settings, progress: Progress, images: Collection[int] | None = None
) -> tuple[list[Item], dict[int, Candidate]]:
    """Every present image (or those of `images`), as grouping and as the picks see it, by path.

    Raises Cancelled, SettingsError.
    """
    pattern = compile_pattern(settings.stages.pattern)
    items, candidates = [], {}
    decode = msgspec.json.Decoder(Quality).decode
    some = () if images is None else (msgspec.json.encode(sorted(images)).decode(),)
    doubts = _doubts(connection, settings, some)
    progress.phase("group")
    for done, row in enumerate(connection.execute(_ROWS.replace("@some", _SOME if some else ""), some)):
        if done % 64 == 0:
            progress.step(0)
        item, candidate = _read(row, pattern, decode(row[9]), settings)
        items.append(item)
        if candidate.id in doubts:
            candidate = msgspec.structs.replace(candidate, doubts=tuple(doubts[candidate.id]))
        candidates[candidate.id] = candidate
    return items, candidates


def form(connection: apsw.Connection, settings: Settings, progress: Progress, said: list[Link] | None = None) -> Formed:
    """Group every present image and pick within each group. Raises Cancelled, SettingsError.

    Args:
        said: the answers that bind the groups; by default those there are.
    """
    said = links(connection) if said is None else said
    items, candidates = read(connection, settings, progress)
    progress.phase("group", len(items))
    loose = gather(items, settings.groups, progress)
    groups = bound(loose, said)
    progress.phase("pick", len(groups))
    return Formed(groups, picks(groups, candidates, settings, progress), candidates, said, unbound.of(loose))


def picks(
    groups: Sequence[Group], candidates: dict[int, Candidate], settings: Settings, progress: Progress
) -> list[Picked]:
    """What the rules pick in each group. Raises Cancelled."""
    picked = []
    for done, family in enumerate(groups):
        if done % 256 == 0:
            progress.step(done)
        picked.append(pick([candidates[image] for image in family.members], settings.picks))
    return picked


def links(connection: apsw.Connection) -> list[Link]:
    """What the person said of pairs, without those of which they could not say."""
    rows = connection.execute("SELECT one, other, same, at FROM links WHERE same IS NOT NULL")
    return [Link(one, other, bool(same), at) for one, other, same, at in rows]


def _doubts(
    connection: apsw.Connection, settings: Settings, some: tuple[str, ...]
) -> dict[int, list[tuple[str, str, str]]]:
    """What looks wrong, by image, strongest first: name, sentence and tag of the cues that reach their thresholds."""
    least = cue_settings.least(settings.cues)
    found: dict[int, list[tuple[str, str, str]]] = {}
    where = " WHERE image_id IN (SELECT value FROM json_each(?))" if some else ""
    for image, name, score, text, tag in connection.execute(
        f"SELECT image_id, name, score, text, tag FROM cues{where} ORDER BY 1, 3 DESC",  # noqa: S608 - fixed words
        some,
    ):
        if score >= least.get(name, math.inf):
            found.setdefault(image, []).append((name, text, tag))
    return found


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
