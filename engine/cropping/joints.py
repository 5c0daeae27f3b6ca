"""What it costs to let the frame run near the joints of people: for all frames at once, whatever the number of joints.

A side of the frame pays for every joint it passes near, by how near, in parts of the body's size: nothing from
REACH head heights on. Sides on the border of the picture pay nothing: that cut was the photographer's. Shin, thigh,
waist and forearm lie between the joints, and are free. For each side the costs of all joints are summed along it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from engine.cropping.maps import Floats, Table
from engine.cropping.model import Person, Point, Scene

REACH = 0.5
CELLS = 160  # of a table's side, at most; smaller pictures have one cell a pixel
COST = {
    "ankle": 1.0, "knee": 1.0, "hip": 1.0, "wrist": 1.0, "elbow": 1.0, "neck": 1.0, "chin": 1.0,
    "fingers": 1.0, "finger": 1.0, "thumb": 1.0, "index": 1.0, "pinky": 1.0, "hand": 1.0,
    "toes": 1.0, "toe": 1.0, "heel": 1.0, "foot_index": 1.0, "foot": 1.0,
    "shoulder": 0.4,
}  # fmt: skip
"""By the joint's name without its side; others are free. Shoulders are cut by many a good portrait."""


def kind(name: str) -> str:
    """`left_knee` -> `knee`."""
    return name.removeprefix("left_").removeprefix("right_")


def head_height(person: Person) -> float:
    """About how high this body's head is, in pixels, by the parts that are seen: the largest of three guesses."""
    at = {name: place for name, place in person.joints if all(map(math.isfinite, place))}
    tall = person.box[3] - person.box[1]
    guesses = [tall / 10] if math.isfinite(tall) else []

    def apart(one: str, other: str, share: float) -> None:
        if one in at and other in at:
            guesses.append(math.dist(at[one], at[other]) * share)

    for side in ("left", "right"):
        apart(f"{side}_shoulder", f"{side}_hip", 0.45)
        apart(f"{side}_hip", f"{side}_knee", 0.5)
        apart(f"{side}_knee", f"{side}_ankle", 0.5)
    apart("left_shoulder", "right_shoulder", 0.6)
    return max([1.0, *guesses])


def costly(scene: Scene) -> list[tuple[Point, float, float]]:
    """(place, reach in pixels, cost) of every joint inside the picture that costs anything."""
    found = []
    for person in scene.people:
        reach = REACH * head_height(person)
        for name, (x, y) in person.joints:
            cost = COST.get(kind(name), 0.0)
            if cost and 0 <= x <= scene.width and 0 <= y <= scene.height:
                found.append(((float(x), float(y)), reach, cost))
    return found


class JointCosts:
    """Costs of all frames of one scene."""

    def __init__(self, scene: Scene) -> None:
        joints = costly(scene)
        self.any = bool(joints)
        self.upright = _table([(x, y, r, c) for (x, y), r, c in joints], scene.width, scene.height)
        self.level = _table([(y, x, r, c) for (x, y), r, c in joints], scene.height, scene.width)

    def of(self, boxes: Floats) -> Floats:
        """(N,) 0 to 1 of (4, N) boxes: 0 where no side passes near a joint, 1 - exp(-sum) of what all sides pay."""
        if not self.any:
            return np.zeros(boxes.shape[1], np.float32)
        left, top, right, bottom = boxes
        paid = np.zeros(boxes.shape[1], np.float32)
        for table, lines, first, last in (
            (self.upright, (left, right), top, bottom),
            (self.level, (top, bottom), left, right),
        ):
            begin, end = table.column(first), table.column(last)
            for line in lines:
                paid += table.difference(table.row(line), begin, end)
        return np.asarray(1 - np.exp(-paid), np.float32)


def _table(joints: Sequence[tuple[float, float, float, float]], across: int, along: int) -> Table:
    """What a line across the picture at each row pays, summed along it: joints are (across, along, reach, cost)."""
    rows, columns = min(across, CELLS), min(along, CELLS)
    lines = np.arange(rows + 1) * (across / rows)
    corners = np.zeros((rows + 1, columns + 1), np.float32)
    for place, far, reach, cost in joints:
        pays = np.maximum(0, 1 - np.abs(lines - place) / max(reach, across / rows)) * cost
        corners[:, min(int(far * columns / along), columns - 1) + 1] += pays
    corners[[0, -1]] = 0  # the border of the picture
    return Table(corners.cumsum(1), across, along)
