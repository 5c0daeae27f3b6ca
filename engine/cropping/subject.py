"""What a framing holds on to: a head that is no speck, else a torso, else the saliency's middle, else its peak.

Also the head that may not be lost and the body that goes with it: plain numbers, found once a scene.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from engine.cropping.maps import Sums, tame
from engine.cropping.model import Anchor, Area, Box, Head, Person, Point, Scene

LEAST_HEAD = 0.06  # of the shorter side: a smaller head is kept, but the picture is about something else
GROUP = 0.3  # of the main head's area: heads from here on are of the people the picture is about
_TOGETHER = 0.27  # of the sides: the saliency spreads less than this where it is one thing (an even map: 0.29)


class Subject(NamedTuple):
    """What the picture is about.

    Attributes:
        anchor, point: what the framing holds on to, and its place in pixels.
        head: the main head; None without one. others: the other heads inside the picture.
        person: the main body; None without one.
        torso: round shoulders and hips of the main body, where both are seen.
    """

    anchor: Anchor
    point: Point
    head: Head | None
    others: tuple[Head, ...]
    person: Person | None
    torso: Box | None


def clipped(area: Area, width: int, height: int) -> Box:
    """The whole pixels that an area touches, inside the picture; empty (x1 >= x2 or y1 >= y2) where there are none."""
    x1, y1, x2, y2 = (side if math.isfinite(side) else 0.0 for side in area)
    return max(0, math.floor(x1)), max(0, math.floor(y1)), min(width, math.ceil(x2)), min(height, math.ceil(y2))


def is_empty(box: Box) -> bool:
    return box[0] >= box[2] or box[1] >= box[3]


def grown(area: Area, margin: float) -> Area:
    """An area with `margin` times its height more on every side."""
    more = margin * (area[3] - area[1])
    return area[0] - more, area[1] - more, area[2] + more, area[3] + more


def subject_of(scene: Scene, saliency: Sums) -> Subject:
    heads = [head for head in scene.heads if not is_empty(clipped(head.box, scene.width, scene.height))]
    heads = [head for head in heads if all(map(math.isfinite, head.box))]
    head = max(heads, key=lambda one: _weight(one, scene, saliency), default=None)
    person = _main_person(scene, head)
    torso = _torso(person, scene) if person else None
    if head is not None and is_large(head, scene):
        group = [one for one in heads if _area(one.box) >= GROUP * _area(head.box)]
        anchor, point = _heads_middle(group, head)
    elif torso is not None:
        anchor, point = _torso_point(torso)
    else:
        anchor, point = _of_saliency(scene)
    others = tuple(one for one in heads if one is not head)
    return Subject(anchor, point, head, others, person, torso)


def is_large(head: Head, scene: Scene) -> bool:
    """Whether this head may be what the picture is framed for."""
    return head.box[3] - head.box[1] >= LEAST_HEAD * min(scene.width, scene.height)


def _weight(head: Head, scene: Scene, saliency: Sums) -> float:
    """The larger and the more salient, the more it is the main head."""
    box = clipped(head.box, scene.width, scene.height)
    area = (box[2] - box[0]) * (box[3] - box[1])
    inside = float(saliency.inside(np.array(box, np.float32)[:, None])[0]) * scene.width * scene.height / area
    return _area(head.box) * (0.25 + inside)


def _area(area: Area) -> float:
    return max(0.0, area[2] - area[0]) * max(0.0, area[3] - area[1])


def _heads_middle(group: list[Head], head: Head) -> tuple[Anchor, Point]:
    """Between the heads of a group; the eye line of the main head."""
    x = sum((one.box[0] + one.box[2]) / 2 for one in group) / len(group)
    eyes = head.eyes if head.eyes and all(math.isfinite(side) for eye in head.eyes for side in eye) else None
    y = (eyes[0][1] + eyes[1][1]) / 2 if eyes else head.box[1] + 0.5 * (head.box[3] - head.box[1])
    return "head", (x, y)


def _main_person(scene: Scene, head: Head | None) -> Person | None:
    """The smallest body that the main head sits in or on; the largest body where there is no head."""
    people = [person for person in scene.people if all(map(math.isfinite, person.box))]
    if head is None:
        return max(people, key=lambda one: _area(one.box), default=None)
    x, y = (head.box[0] + head.box[2]) / 2, (head.box[1] + head.box[3]) / 2
    above = head.box[3] - head.box[1]
    on = [p for p in people if p.box[0] <= x <= p.box[2] and p.box[1] - above <= y <= p.box[3]]
    return min(on, key=lambda one: _area(one.box), default=None)


def _torso(person: Person, scene: Scene) -> Box | None:
    at = dict(person.joints)
    points = [at[name] for name in ("left_shoulder", "right_shoulder", "left_hip", "right_hip") if name in at]
    if len(points) < 3:
        return None
    xs, ys = zip(*points, strict=True)
    box = clipped((min(xs), min(ys), max(xs), max(ys)), scene.width, scene.height)
    return None if is_empty(box) else box


def _torso_point(torso: Box) -> tuple[Anchor, Point]:
    return "torso", ((torso[0] + torso[2]) / 2, torso[1] + (torso[3] - torso[1]) / 3)


def _of_saliency(scene: Scene) -> tuple[Anchor, Point]:
    """The centre of mass where the saliency is one thing, else its peak; the middle of a picture that has none."""
    middle = scene.width / 2, scene.height / 2
    if scene.saliency is None or not scene.saliency.size:
        return "saliency", middle
    values = tame(scene.saliency).astype(np.float64)
    total = values.sum()
    if total <= 0 or values.max() - values.min() < 1e-6:
        return "saliency", middle
    ys = (np.arange(values.shape[0]) + 0.5) / values.shape[0]
    xs = (np.arange(values.shape[1]) + 0.5) / values.shape[1]
    x, y = float(values.sum(0) @ xs / total), float(values.sum(1) @ ys / total)
    spread = math.sqrt((float(values.sum(0) @ (xs - x) ** 2) + float(values.sum(1) @ (ys - y) ** 2)) / total / 2)
    if spread < _TOGETHER:
        return "mass", (x * scene.width, y * scene.height)
    row, column = np.unravel_index(int(values.argmax()), values.shape)
    return "saliency", (float(xs[column]) * scene.width, float(ys[row]) * scene.height)
