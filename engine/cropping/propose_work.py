"""Proposing crops in a worker process: the scene out of the library's files, the search, another tool's sidecar."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import msgspec

from engine.cropping import scenes, sidecars
from engine.cropping.model import Box, Candidate, KeepOut, Proposal, Scene, Seed
from engine.cropping.propose import propose
from engine.cropping.rows import Picture
from engine.cropping.sidecars import Foreign
from engine.cropping.terms import measure, score
from engine.errors import Unreadable
from engine.library.paths import LibraryPaths
from engine.library.text import to_path

_IDS = ("best", "alt1", "alt2")
_FOREIGN = 0.5  # confidence: how sure another tool was is not known


class Task(NamedTuple):
    """One picture, and what looks wrong in it."""

    picture: Picture
    keep_out: tuple[KeepOut, ...]


class Shared(NamedTuple):
    """What all pictures of a run share; `root` of the library, text form of nothing: a path."""

    root: str
    weights: dict[str, float]
    margin: float
    smallest: float
    seeds: tuple[Seed, ...]


class Made(msgspec.Struct, frozen=True):
    """A proposal, and a sentence where a sidecar beside the image was passed over."""

    proposal: Proposal
    notice: str = ""


def process(shared: Shared, tasks: tuple[Task, ...]) -> list[bytes]:
    """The JSON of a `Made` for each task."""
    return [msgspec.json.encode(make(shared, task)) for task in tasks]


def make(shared: Shared, task: Task) -> Made:
    """The proposal for a picture that was read."""
    picture = task.picture
    scene = scenes.read(LibraryPaths(Path(shared.root)), picture, task.keep_out)
    own = propose(scene, shared.weights, margin=shared.margin, smallest=shared.smallest, seeds=shared.seeds)
    try:
        beside = sidecars.foreign(to_path(picture.path))
        if beside is None:
            return Made(own)
        told = sidecars.parsed(*beside, picture.width, picture.height)
    except Unreadable as error:
        return Made(own, error.message)
    return Made(_theirs(shared, scene, own, told))


def _theirs(shared: Shared, scene: Scene, own: Proposal, told: Foreign) -> Proposal:
    """Another tool's boxes in place of ours, measured as ours are."""
    keep_out = [*own.keep_out, *(KeepOut(shape, region, "named by another tool") for shape, region in told.keep_out)]
    scene = msgspec.structs.replace(scene, keep_out=tuple(keep_out))
    candidates = []
    for name, (box, note) in zip(_IDS, told.candidates, strict=False):
        terms = measure(scene, box, shared.margin)
        avoids = list(dict.fromkeys(one.tag or one.shape for one in keep_out if not meet(one.region, box)))
        candidates.append(Candidate(name, box, note, score(terms, shared.weights), terms, avoids))  # type: ignore[arg-type] # one of _IDS
    best = candidates[0]
    clean = not any(meet(one.region, best.box) for one in keep_out)
    return msgspec.structs.replace(
        own, candidates=candidates, keep_out=keep_out, clean=clean, confidence=_FOREIGN,
        why="Proposed by another tool, in the file beside the picture.",
    )  # fmt: skip


def meet(one: Box, other: Box) -> bool:
    """Whether two boxes share a pixel."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
