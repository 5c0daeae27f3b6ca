"""Groups that another program found, over the images of the library."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import apsw

from engine.grouping import czkawka as results
from engine.grouping.by_content import by_content
from engine.thinning import effects
from engine.thinning.photos import Photos
from engine.thinning.way import Way

# Also those set apart from their keeper, who may have another one now; the reason is as `found.groups` says it.
_STORED = f"""
    SELECT c.group_id, c.image_id, c.reason = 'in the reference folder'
    FROM {effects.PRESENT.replace("AND a.one IS NULL", "")}
"""  # noqa: S608 - fixed words


def czkawka(photos: Photos, file: Path) -> Way:
    """The groups of Czkawka's result file; images of its reference folder stay.

    Raises:
        NotFound, WrongUse: the file cannot be read, or is no such result.
    """
    place = {path: at for at, path in enumerate(photos.paths)}
    kept = results.within(results.read(file), place)
    listed = ((str(number), group.images) for number, group in enumerate(kept.groups, 1))
    return _way(photos, listed, [g.reference for g in kept.groups if g.reference is not None], kept.outside)


def stored(connection: apsw.Connection, photos: Photos) -> Way:
    """The groups of the last search as the library has them, its references with them; no file is read."""
    place = {image: at for at, image in enumerate(photos.ids.tolist())}
    rows = [row for row in connection.execute(_STORED) if row[1] in place]
    listed = ((str(group), (place[image],)) for group, image, _ in rows)
    return _way(photos, listed, [place[image] for _, image, reference in rows if reference])


def _way(
    photos: Photos, listed: Iterable[tuple[str, Iterable[int]]], first: list[int], outside: list[str] | None = None
) -> Way:
    labels = [""] * len(photos)
    for label, images in listed:
        for image in images:
            labels[image] = labels[image] or label  # an image that is listed twice stays in its first group
    return Way(by_content(labels), 0, outside or [], [], first)
