"""The values that cropping passes on: what is known of a picture, a box, a proposal. Nothing here reads a file.

A box is (x1, y1, x2, y2) in pixels of the original after its EXIF orientation, right and bottom exclusive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]

Box = tuple[int, int, int, int]
Area = tuple[float, float, float, float]  # as a box, of a detector: parts of pixels, perhaps beyond the picture
Point = tuple[float, float]
Anchor = Literal["head", "torso", "mass", "saliency"]
Id = Literal["best", "alt1", "alt2"]

TERMS = ("saliency", "anomaly", "head", "joints", "clutter", "headroom", "thirds", "gaze", "size")
"""What a box is scored by, each 0 to 1.

| term     | 1 means                                                          | counts  |
|----------|------------------------------------------------------------------|---------|
| saliency | all that draws the eye is inside                                 | for     |
| anomaly  | all that looks wrong is inside                                   | against |
| head     | a head is cut, or has no margin                                  | against |
| joints   | the frame runs through joints wherever it cuts a body            | against |
| clutter  | the border runs through busy detail, or the subject, all along   | against |
| headroom | the room above the head is as it should be                       | for     |
| thirds   | the anchor lies on a third (or in the middle, where that is due) | for     |
| gaze     | there is room where the face looks                               | for     |
| size     | the subject fills the frame as it should, neither lost nor tight | for     |
"""
AGAINST = frozenset({"anomaly", "head", "joints", "clutter"})


class Value(msgspec.Struct, frozen=True):
    """Base of every value."""


class KeepOut(Value, frozen=True):
    """Something that looks wrong: a crop has it whole, or not at all.

    Attributes:
        shape: what it is in a word: hand, foot, limb, face, region.
        region: where, clipped to the picture.
        text: the sentence of the cue; tag: the anomaly tag (`engine.library.tags`), "" where there is none.
        score: 0 to 1, how sure.
    """

    shape: str
    region: Box
    text: str = ""
    tag: str = ""
    score: float = 1.0


class Head(Value, frozen=True):
    """One head: its box (crown to chin, wider than a face box), its eyes, and where it looks.

    Attributes:
        gaze: -1 (to the left of the picture) to 1 (to the right); None where that is not known.
    """

    box: Area
    eyes: tuple[Point, Point] | None = None
    gaze: float | None = None


class Person(Value, frozen=True):
    """One body: points that must not be cut by name of the joint, and its box.

    Attributes:
        joints: name (`left_knee`) and place of each joint that is seen.
        box: round all that is seen of the body.
        whole: head and feet are both seen: a full-body shot.
    """

    joints: tuple[tuple[str, Point], ...]
    box: Area
    whole: bool = False


class Scene(Value, frozen=True):
    """All that the search knows of a picture.

    Attributes:
        width, height: of the original.
        saliency: (h, w) float32, 0 to 1, of any bounded size; None where nothing was kept.
        detail: (h, w) float32, 0 to 1: how busy each place is, of any bounded size; None where it is not known.
        heads, people, keep_out: what was found.
    """

    width: int
    height: int
    saliency: Floats | None = None
    detail: Floats | None = None
    heads: tuple[Head, ...] = ()
    people: tuple[Person, ...] = ()
    keep_out: tuple[KeepOut, ...] = ()


class Seed(Value, frozen=True):
    """A crop this person accepted before, in parts of its picture: middle x, y and scale (0 to 1], for its anchor."""

    x: float
    y: float
    scale: float
    anchor: Anchor


class Candidate(Value, frozen=True):
    """One proposed crop.

    Attributes:
        note: why, in a few words: "keeps the head, leaves out odd fingers".
        score: weights times terms.
        terms: the value of each of TERMS.
        avoids: tags or shapes of what it leaves out.
    """

    id: Id
    box: Box
    note: str
    score: float
    terms: dict[str, float]
    avoids: list[str] = []


class Proposal(Value, frozen=True):
    """What is proposed for one picture.

    Attributes:
        candidates: best first, at most three; the first is the whole picture where nothing is gained by a crop.
        keep_out: what looks wrong.
        clean: a crop (or the whole picture) without anything wrong was found.
        why: a sentence for a person: what the best does, or why no clean crop exists.
        confidence: 0 to 1.
        ratio_error: pixels by which the best's height differs from what its width asks for; 0 where exact.
        anchor: what the framing holds on to.
    """

    width: int
    height: int
    candidates: list[Candidate]
    keep_out: list[KeepOut]
    clean: bool
    why: str
    confidence: float
    ratio_error: float
    anchor: Anchor
