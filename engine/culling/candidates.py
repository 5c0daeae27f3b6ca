"""One image as the picks see it, and the orders that settle every draw the same way."""

from __future__ import annotations

import math
from typing import Literal

import msgspec

Decision = Literal["keeper", "alternate", "review"]


class Candidate(msgspec.Struct, frozen=True):
    """One image of a group.

    Attributes:
        id, path: unique in the library.
        stage: the step that made it; None (or not finite) sorts below every stage.
        defects: contract words (`blur`, `dark` ...), empty for a sound image.
        texts: one sentence a defect, in the order of `defects`; may be shorter.
        doubts: what looks wrong to a detector: name, sentence, anomaly tag. Not a defect: nothing is rejected for it.
        quality: 0 (worst) to 1 (best).
        width, height: pixels.
        sharpness: 0 (soft) to 1 (crisp).
        mtime_ns: when the file was last written.
        content_hash: of the file's bytes; "" where unknown.
        phash: 64 bits.
    """

    id: int
    path: str
    stage: float | None = None
    defects: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    doubts: tuple[tuple[str, str, str], ...] = ()
    quality: float = 0.0
    width: int = 0
    height: int = 0
    sharpness: float = 0.0
    mtime_ns: int = 0
    content_hash: str = ""
    phash: int = 0


class Choice(msgspec.Struct, frozen=True):
    """What the picks say of one image: `score` is the weighted score of spec 1, section 4; `reason` a plain phrase."""

    id: int
    decision: Decision
    score: float
    reason: str


class Picked(msgspec.Struct, frozen=True):
    """What the picks say of a group.

    Attributes:
        keeper: image id of the provisional keeper; None only for an empty group.
        review: a person has to look.
        reasons: why a person has to look, or why the keeper was chosen. Plain phrases, never empty for a group.
        members: one Choice an image, best first, the provisional keeper at the head.
    """

    keeper: int | None
    review: bool
    reasons: tuple[str, ...]
    members: tuple[Choice, ...]


def level(candidate: Candidate) -> float:
    """Its stage as a number that always compares; -inf where it has none."""
    stage = candidate.stage
    return stage if stage is not None and math.isfinite(stage) else -math.inf


def quality(candidate: Candidate) -> float:
    """Its quality as a number that always compares."""
    return candidate.quality if math.isfinite(candidate.quality) else 0.0


def tie_order(candidate: Candidate) -> tuple[int, float, int, str, int]:
    """Sort key among equals, best first: most pixels, sharpest, newest, path."""
    sharp = candidate.sharpness if math.isfinite(candidate.sharpness) else 0.0
    return -candidate.width * candidate.height, -sharp, -candidate.mtime_ns, candidate.path, candidate.id


def same_picture(a: Candidate, b: Candidate) -> bool:
    """True for copies: the same bytes, or one rescaled (same pHash and shape, within a pixel or one in a hundred).

    Equal pHash at equal size is no proof: two variants may differ in one hand only, and that is for a person to see.
    """
    if a.content_hash and a.content_hash == b.content_hash:
        return True
    if (a.width, a.height) == (b.width, b.height):
        return False
    slack = max(a.width * b.width // 100, a.width, b.width)
    return a.phash == b.phash and abs(a.width * b.height - b.width * a.height) <= slack
