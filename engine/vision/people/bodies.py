"""Bodies: poses of 33 points by MediaPipe, one on the whole picture and one about each face, so that groups are seen.

Bazarevsky et al., "BlazePose: On-device Real-time Body Pose Tracking", 2020 (arXiv:2006.10204): the model follows one
person a picture; several people need a part of the picture each.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from engine.vision.people.boxes import Pixels, Window, around, cut_out, overlap
from engine.vision.people.mediapipe_models import quiet, solutions
from engine.vision.people.windows import about_person
from engine.vision.seen import HIPS, SHOULDERS, Body, Face

MOST = 12  # people a picture that get a look of their own, surest faces first
VISIBLE = 0.5
HEAD = 11  # points before this one are of the head
ENLARGED = 384  # px


class Bodies:
    """MediaPipe's pose model."""

    def __init__(self) -> None:
        self.model = solutions().pose.Pose(static_image_mode=True, model_complexity=1)

    def close(self) -> None:
        self.model.close()

    def find(self, rgb: Pixels, faces: Sequence[Face]) -> list[Body]:
        """Poses of (H, W, 3) uint8 RGB: the one of the whole first, then those about faces it does not explain."""
        height, width = rgb.shape[:2]
        found: list[Body] = []
        whole = self.look(rgb, Window(0, 0, width, height), 1)
        if whole is not None:
            found.append(whole)
        for face in faces[:MOST]:
            if any(has_face(body, face) for body in found):
                continue
            part = about_person(face.box, (width, height))
            body = self.look(rgb, part, ENLARGED) if part else None
            if body is not None and has_face(body, face) and not any(same(body, other) for other in found):
                found.append(body)
        return found

    def look(self, rgb: Pixels, window: Window, side: int) -> Body | None:
        """The pose of a part of the picture, in pixels of the picture."""
        with quiet():
            marks = self.model.process(cut_out(rgb, window, side)).pose_landmarks
        if marks is None:
            return None
        points = [window.place(mark.x, mark.y) for mark in marks.landmark]
        visibility = [min(1.0, max(0.0, float(mark.visibility))) for mark in marks.landmark]
        seen = [p for p, sure in zip(points, visibility, strict=True) if sure >= VISIBLE]
        return Body(points=points, visibility=visibility, box=around(seen)) if len(seen) > 3 else None


def has_face(body: Body, face: Face) -> bool:
    """Whether this pose's head is this face: the mean of its head points lies in the face's box."""
    xs, ys = zip(*body.points[:HEAD], strict=True)
    x, y = sum(xs) / HEAD, sum(ys) / HEAD
    x1, y1, x2, y2 = face.box
    return bool(x1 <= x <= x2 and y1 <= y <= y2)


def same(a: Body, b: Body) -> bool:
    """Whether two poses are of one person: shoulders and hips in nearly the same places."""
    torso = (*SHOULDERS, *HIPS)
    size = max(math.dist(body.points[SHOULDERS[0]], body.points[HIPS[1]]) for body in (a, b))
    distance = sum(math.dist(a.points[i], b.points[i]) for i in torso) / len(torso)
    return distance < 0.25 * size or (distance < 0.5 * size and overlap(a.box, b.box) > 0.7)
