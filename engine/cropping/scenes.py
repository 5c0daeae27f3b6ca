"""What is known of a picture, out of the library: the detectors' findings, the saliency mask, doubts, busy detail.

Nothing is looked at here and no model is loaded. Of a picture that was never looked at only the detail is known, and
what is missing in the library's caches is left out: a proposal from less is still a proposal.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import apsw

from engine.cropping import people
from engine.cropping.model import KeepOut, Scene
from engine.cropping.rows import Picture
from engine.errors import PickwiseError
from engine.intake.thumbnames import thumb_path
from engine.library.store import Library
from engine.library.tags import PART_OF
from engine.vision import cue_settings, look_seen

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from engine.cropping.model import Box, Floats
    from engine.library.paths import LibraryPaths

_SHAPES = {"hand": "hand", "foot": "foot", "face": "face", "body": "limb", "whole": "region"}
_DETAIL_SIDE = 256  # cells of the map of detail, its long side
_BUSY = 48.0  # grey levels a cell: a step that counts as fully busy
_LARGEST_THUMB = 4 << 20  # bytes

# The doubts of an image: what the person said of its tag counts before the settings.
_CUES = """
    SELECT c.name, c.score, c.x1, c.y1, c.x2, c.y2, c.text, c.tag, k.yes FROM cues c
    LEFT JOIN checks k ON k.image_id = c.image_id AND k.tag = c.tag AND c.tag != ''
    WHERE c.image_id = ? ORDER BY c.score DESC, c.name, c.x1, c.y1
"""


def load(library: Library, picture: Picture) -> Scene:
    """All that is known of a picture that was read."""
    with library.db.read() as connection:
        keep_out = doubts(connection, cue_settings.least(library.settings.cues), picture)
    return read(library.paths, picture, keep_out)


def read(paths: LibraryPaths, picture: Picture, keep_out: tuple[KeepOut, ...]) -> Scene:
    """The scene out of the library's files alone; `keep_out` is what `doubts` gives."""
    look = look_seen.cached(paths.vectors, picture.look, picture.content) if picture.look else None
    return Scene(
        width=picture.width,
        height=picture.height,
        saliency=_saliency(paths.saliency, picture.content),
        detail=_detail(thumb_path(paths.thumbs, picture.content)) if picture.content else None,
        heads=people.heads(look.people) if look else (),
        people=people.people(look.people) if look else (),
        keep_out=keep_out,
    )


def doubts(connection: apsw.Connection, least: Mapping[str, float], picture: Picture) -> tuple[KeepOut, ...]:
    """What looks wrong: cues that reach their threshold or that the person said are so, but those they denied.

    `least` is what `engine.vision.cue_settings.least` gives.
    """
    if not picture.look:
        return ()
    found: dict[tuple[str, Box], KeepOut] = {}
    for name, score, x1, y1, x2, y2, text, tag, yes in connection.execute(_CUES, (picture.id,)):
        told = score >= least.get(name, math.inf) if yes is None else bool(yes)
        region = _clipped((x1, y1, x2, y2), picture)
        if told and region is not None:
            shape = _SHAPES[PART_OF[tag]] if tag in PART_OF else "region"
            found.setdefault((tag or name, region), KeepOut(shape, region, text, tag, min(1.0, max(0.0, score))))
    return tuple(found.values())


def _clipped(area: tuple[float, float, float, float], picture: Picture) -> Box | None:
    """The whole pixels that an area touches inside the picture; None where there are none."""
    if not all(map(math.isfinite, area)):
        return None
    x1, y1 = max(0, math.floor(area[0])), max(0, math.floor(area[1]))
    x2, y2 = min(picture.width, math.ceil(area[2])), min(picture.height, math.ceil(area[3]))
    return (x1, y1, x2, y2) if x1 < x2 and y1 < y2 else None


def _saliency(folder: Path, content: str) -> Floats | None:
    from engine.vision.saliency import store

    try:
        stored = store.load(folder, content) if content else None
    except PickwiseError:
        return None  # damaged: `pickwise vision` says so and makes it again
    return None if stored is None else stored.mask


def _detail(thumb: Path) -> Floats | None:
    """How busy each place of a thumbnail is; None where there is no thumbnail."""
    import cv2
    import numpy as np

    try:
        with thumb.open("rb") as file:
            data = file.read(_LARGEST_THUMB)
    except OSError:
        return None
    grey = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE) if data else None
    return None if grey is None else busyness(np.asarray(grey, np.uint8))


def busyness(grey: npt.NDArray[np.uint8]) -> Floats:
    """(h, w) float32 0 to 1, a long side of at most 256, of a (H, W) picture: the steepness of its greys."""
    import cv2
    import numpy as np

    scale = _DETAIL_SIDE / max(grey.shape)
    if scale < 1:
        size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
        grey = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
    steep = grey.astype(np.float32)
    across, down = (cv2.Sobel(steep, cv2.CV_32F, *way, scale=1 / 8) for way in ((1, 0), (0, 1)))
    return np.asarray(np.minimum(np.hypot(across, down) / _BUSY, 1), np.float32)
