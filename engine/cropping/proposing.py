"""Making the proposal for one picture of a library: its scene, the weights, seeds of earlier crops, the search."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import apsw
import msgspec

from engine.cropping import rows, scenes, versions
from engine.cropping.model import Box, Proposal, Scene, Seed
from engine.cropping.recent import Recent
from engine.cropping.weights import weights
from engine.library.store import Library
from engine.vision import cue_settings

if TYPE_CHECKING:
    from engine.cropping.propose_work import Shared, Task
    from engine.cropping.rows import Picture

SEEDS = 24  # of the last crops
_KEPT = 12  # scenes: a box of one picture is measured many times while it is dragged
_REMEMBERED = 256  # pictures whose shown proposals are known
_VERSIONS = 4  # of each

_SEEDS = """
    SELECT a.x, a.y, a.w, a.h, c.proposal FROM crop_answers a JOIN crops c ON c.image_id = a.image_id
    WHERE a.w > 0 ORDER BY a.at DESC LIMIT ?
"""


class Measure(NamedTuple):
    """Of one box: its terms by name, its score, what it leaves out, pixels its height is off the ratio."""

    terms: dict[str, float]
    score: float
    avoids: list[str]
    ratio_error: float


def shared(library: Library) -> Shared:
    """What proposals are made with now."""
    from engine.cropping.propose_work import Shared

    crop = library.settings.crop
    root = os.fspath(library.paths.root)
    return Shared(root, weights(library), crop.margin, crop.smallest, tuple(seeds_of(library)))


def tasks(library: Library, connection: apsw.Connection, pictures: Sequence[Picture]) -> list[Task]:
    """Pictures with what looks wrong in them."""
    from engine.cropping.propose_work import Task

    least = cue_settings.least(library.settings.cues)
    return [Task(picture, scenes.doubts(connection, least, picture)) for picture in pictures]


def make(library: Library, picture: Picture) -> Proposal:
    """The proposal for a picture that was read, by what is known of it now."""
    from engine.cropping import propose_work

    with library.db.read() as connection:
        task = tasks(library, connection, [picture])[0]
    return propose_work.make(shared(library), task).proposal


def seeds_of(library: Library) -> list[Seed]:
    """Where the last accepted crops lay in their pictures."""
    found = []
    with library.db.read() as connection:
        for x, y, w, h, data in connection.execute(_SEEDS, (SEEDS,)):
            try:
                made = msgspec.json.decode(data, type=Proposal)
            except (msgspec.MsgspecError, UnicodeError):
                continue
            if made.width >= x + w and made.height >= y + h:
                place = (x + w / 2) / made.width, (y + h / 2) / made.height
                found.append(Seed(*place, w / made.width, made.anchor))
    return found


def current(library: Library, picture: Picture) -> Proposal | None:
    """The proposal to show: the stored one, made anew where it is out of date and the picture was looked at.

    None where there is none and the picture was not looked at: then a proposal has little to go by, and a job makes it.
    """
    common = versions.base(library)
    with library.db.read() as connection:
        stored, version = rows.get(connection, picture.id, picture.content)
        if stored is not None and rows.answer(connection, picture.id) is not None:
            return stored  # what was decided about
        wanted = versions.of(connection, common, [picture])[picture.id]
    if version == wanted or not picture.look or picture.gone or not picture.width:
        return _show(library, picture, stored)
    made = make(library, picture)
    if not library.read_only:
        library.write(lambda c: rows.put(c, picture.id, picture.content, wanted, made))
    return _show(library, picture, made)


_shown: Recent[tuple[Proposal, ...]] = Recent(_REMEMBERED)


def _show(library: Library, picture: Picture, proposal: Proposal | None) -> Proposal | None:
    before = shown(library, picture)
    if proposal is not None and (not before or before[0] != proposal):
        _shown.set((library.paths.root, picture.id, picture.content), (proposal, *before)[:_VERSIONS])
    return proposal


def shown(library: Library, picture: Picture) -> tuple[Proposal, ...]:
    """The proposals that were shown for this picture lately, the last first: an answer may be to an earlier one, since
    what an answer teaches changes those that the window asked for ahead of time."""
    return _shown.get((library.paths.root, picture.id, picture.content)) or ()


def measure(library: Library, picture: Picture, box: Box) -> Measure:
    """The terms and score of any box of a picture."""
    from engine.cropping import grid, terms
    from engine.cropping.propose_work import meet

    scene = _scene(library, picture)
    found = terms.measure(scene, box, library.settings.crop.margin)
    avoids = [keep.tag or keep.shape for keep in scene.keep_out if not meet(keep.region, box)]
    error = grid.error(picture.width, picture.height, box[2] - box[0])
    return Measure(found, terms.score(found, weights(library)), list(dict.fromkeys(avoids)), error)


_scenes: Recent[Scene] = Recent(_KEPT)


def _scene(library: Library, picture: Picture) -> Scene:
    """The picture's scene, kept for the next box of it."""
    common = versions.base(library)
    with library.db.read() as connection:
        version = versions.of(connection, common, [picture])[picture.id]
    key = library.paths.root, picture.id, picture.content, version
    return _scenes.get(key) or _scenes.set(key, scenes.load(library, picture))
