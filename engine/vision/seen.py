"""What was seen in one picture: hands, faces, bodies, and what looks wrong. The schema of the vision sidecars.

All coordinates are pixels of the original after its EXIF orientation; a box is (x1, y1, x2, y2), right and bottom
exclusive, and may reach beyond the picture only where a model guessed so. Nothing here loads a model.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Point = tuple[float, float]
Box = tuple[float, float, float, float]

# Places in `Hand.points`, MediaPipe's order: the wrist, then four a finger from the palm out, thumb first.
WRIST = 0
FINGERS = ((1, 2, 3, 4), (5, 6, 7, 8), (9, 10, 11, 12), (13, 14, 15, 16), (17, 18, 19, 20))

# Places in `Body.points`, MediaPipe's order, by side of the person: (left, right).
SHOULDERS, ELBOWS, WRISTS = (11, 12), (13, 14), (15, 16)
HIPS, KNEES, ANKLES, HEELS, TOES = (23, 24), (25, 26), (27, 28), (29, 30), (31, 32)


class Seen(msgspec.Struct, frozen=True):
    """Base of every part."""


class Hand(Seen, frozen=True):
    """One hand.

    Attributes:
        points: 21 (x, y).
        depth: 21, away from the camera in the same pixels, relative to the wrist.
        side: which hand of the person it looks like.
        side_score: 0.5 to 1, how sure of that.
        box: round all points.
        second_look: found only on an enlarged part of the picture.
    """

    points: list[Point]
    depth: list[float]
    side: Literal["left", "right"]
    side_score: float
    box: Box
    second_look: bool = False


class Face(Seen, frozen=True):
    """One face.

    Attributes:
        box: round the face.
        score: 0 to 1.
        eyes: of the person's right and left eye; None where the finder gives none.
        mesh: 468 or 478 (x, y), empty where no mesh was found.
        by: the finder's name.
    """

    box: Box
    score: float
    eyes: tuple[Point, Point] | None = None
    mesh: list[Point] = []
    by: str = ""


class Body(Seen, frozen=True):
    """One person's pose.

    Attributes:
        points: 33 (x, y).
        visibility: 33, 0 to 1; below 0.5 a point is a guess.
        box: round the visible points.
    """

    points: list[Point]
    visibility: list[float]
    box: Box


class People(Seen, frozen=True):
    """Everything found in one picture of `width` x `height` pixels."""

    width: int
    height: int
    hands: list[Hand] = []
    faces: list[Face] = []
    bodies: list[Body] = []


CueName = Literal[
    "digits", "hand_geometry", "handedness", "two_hands_one_wrist", "hand_size", "limb_length", "too_many_limbs",
    "foot_length", "stacked_faces", "repeated_faces", "odd_eyes", "lost_from_siblings", "learned",
]  # fmt: skip


class Cue(Seen, frozen=True):
    """Something that looks wrong.

    Attributes:
        name: which cue.
        score: 0 nothing to see, 1 as wrong as can be.
        box: where.
        text: one plain sentence for a person: what is seen, with its numbers.
        tag: the anomaly tag it is about, where the cue's name does not say (`learned`).
    """

    name: CueName
    score: float
    box: Box
    text: str
    tag: str = ""


class Abstained(Seen, frozen=True):
    """A cue that could not judge something, and why, in a sentence."""

    name: CueName
    box: Box
    text: str


class Look(Seen, frozen=True):
    """What was seen in one picture, in pixels of the original.

    Attributes:
        people: hands, faces and bodies.
        cues: what looks wrong, whatever the settings make of it.
        abstained: what could not be judged.
    """

    people: People
    cues: list[Cue] = []
    abstained: list[Abstained] = []
