"""What a box is worth: the TERMS of `model.py`, each 0 to 1, of one box or of a hundred thousand at once.

The weighted sum is spec 4's objective (saliency inside, less anomalies, head cuts and joint cuts) with the rules of
thumb of photographers beside it. What cannot be known (no saliency, no detail, no head) is the same for all boxes.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engine.cropping import fit
from engine.cropping.joints import JointCosts
from engine.cropping.maps import Floats, Sums
from engine.cropping.model import AGAINST, TERMS, Box, Scene
from engine.cropping.rules import sure_of
from engine.cropping.subject import Subject, clipped, grown, is_empty, subject_of

BORDER = 0.03  # of the box's sides: how thin the strip is in which clutter disturbs
_HALF_HEAD = 0.5  # what a lost margin costs beside a cut head
_OTHER_LOST = 0.6  # what another head costs that is outside whole


class Ruler:
    """Measures boxes in one scene; made once a picture.

    Args:
        margin: room to be kept round a head, in parts of its height.
    """

    def __init__(self, scene: Scene, margin: float) -> None:
        self.scene = scene
        even = np.ones((1, 1), np.float32)
        self.saliency = Sums(_or(scene.saliency, even), scene.width, scene.height)
        if self.saliency.mean <= 0:
            self.saliency = Sums(even, scene.width, scene.height)
        self.known = scene.saliency is not None and self.saliency.table.values.size > 4
        self.detail = Sums(_or(scene.detail, even * 0), scene.width, scene.height)
        self.joints = JointCosts(scene)
        self.subject: Subject = subject_of(scene, self.saliency)
        self.heads = _heads(scene, self.subject, margin)
        self.fit = fit.Fit(self.subject)

    def measure(self, boxes: Floats) -> Floats:
        """(9, N) float32 in the order of TERMS, of (4, N) float32 boxes in pixels inside the picture."""
        inside = self.saliency.inside(boxes)
        across, down = boxes[2] - boxes[0], boxes[3] - boxes[1]
        fill = inside * np.float32(self.scene.width * self.scene.height) / (across * down)
        size = self.fit.size(fill) if self.known else np.ones_like(fill)
        terms = {
            "saliency": inside / np.float32(self.saliency.mean),
            "anomaly": self._anomaly(boxes),
            "head": self._head(boxes),
            "joints": self.joints.of(boxes),
            "clutter": self._clutter(boxes, inside),
            "headroom": self.fit.headroom(boxes),
            "thirds": self.fit.thirds(boxes),
            "gaze": self.fit.gaze(boxes),
            "size": size,
        }
        return np.asarray(np.stack([terms[name] for name in TERMS]).clip(0, 1), np.float32)

    def _anomaly(self, boxes: Floats) -> Floats:
        """How much of what looks wrong is inside, by area and certainty."""
        total = np.zeros(boxes.shape[1], np.float32)
        sure = 0.0
        for keep_out in self.scene.keep_out:
            box = clipped(keep_out.region, self.scene.width, self.scene.height)
            if not is_empty(box):
                weight = max(sure_of(keep_out), 0.01)
                total += np.float32(weight) * _share(boxes, box)
                sure += weight
        return total / np.float32(sure) if sure else total

    def _head(self, boxes: Floats) -> Floats:
        """Cut: 1. Margin lost: up to a half. Lost whole: 1 for the main head, else 0.6. Larger heads count more."""
        total = np.zeros(boxes.shape[1], np.float32)
        for bare, wide, weight, lost in self.heads:
            seen = _share(boxes, bare)
            margin = _HALF_HEAD * (1 - _share(boxes, wide))
            cost = np.where(seen >= 1 - 1e-6, margin, np.where(seen <= 0, np.float32(lost), np.float32(1)))
            total += np.float32(weight) * cost
        return total

    def _clutter(self, boxes: Floats, inside: Floats) -> Floats:
        """What a thin strip inside the border runs through: busy detail, or the subject. `inside`: saliency."""
        across, down = BORDER * (boxes[2] - boxes[0]), BORDER * (boxes[3] - boxes[1])
        inner = boxes + np.stack([across, down, -across, -down])
        area = (across * down) * ((1 - (1 - 2 * BORDER) ** 2) / BORDER**2)
        whole = np.float32(self.scene.width * self.scene.height) / area
        calm = np.ones(boxes.shape[1], np.float32)
        if self.detail.mean:
            calm *= 1 - (self.detail.inside(boxes) - self.detail.inside(inner)) * whole
        if self.known:
            calm *= 1 - (inside - self.saliency.inside(inner)) * whole
        return np.asarray(1 - calm, np.float32)


def measure(scene: Scene, box: Box, margin: float) -> dict[str, float]:
    """Every term of one box inside the picture, each 0 to 1."""
    found = Ruler(scene, margin).measure(np.array(box, np.float32)[:, None])[:, 0]
    return {name: float(value) for name, value in zip(TERMS, found, strict=True)}


def score(terms: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Weights times terms; those in AGAINST count against. A term without a weight counts nothing."""
    return sum((-1 if name in AGAINST else 1) * weights.get(name, 0.0) * terms[name] for name in TERMS)


def signed(weights: Mapping[str, float]) -> Floats:
    """(9,) weights in the order of TERMS, below 0 for those in AGAINST."""
    return np.array([(-1 if name in AGAINST else 1) * weights.get(name, 0.0) for name in TERMS], np.float32)


def _or(values: Floats | None, instead: Floats) -> Floats:
    return instead if values is None or values.ndim != 2 or not values.size else values


def _heads(scene: Scene, subject: Subject, margin: float) -> list[tuple[Box, Box, float, float]]:
    """(bare, with margin, weight, cost if lost) of each head inside the picture; weights sum to 1."""
    found = []
    for head in ((subject.head,) if subject.head else ()) + subject.others:
        bare = clipped(head.box, scene.width, scene.height)
        wide = clipped(grown(head.box, margin), scene.width, scene.height)
        weight = float((bare[2] - bare[0]) * (bare[3] - bare[1])) ** 0.5
        found.append((bare, wide, weight, 1.0 if head is subject.head else _OTHER_LOST))
    total = sum(weight for _, _, weight, _ in found)
    return [(bare, wide, weight / total, lost) for bare, wide, weight, lost in found]


def _share(boxes: Floats, box: Box) -> Floats:
    """How much of `box` is inside each of (4, N) boxes."""
    across = np.minimum(boxes[2], np.float32(box[2])) - np.maximum(boxes[0], np.float32(box[0]))
    down = np.minimum(boxes[3], np.float32(box[3])) - np.maximum(boxes[1], np.float32(box[1]))
    area = np.float32((box[2] - box[0]) * (box[3] - box[1]))
    return np.asarray(np.maximum(across, 0) * np.maximum(down, 0) / area, np.float32)
