"""Faces: by YuNet where its weights are installed, else by MediaPipe's two face models; a mesh on each face's part.

YuNet finds 97 of 98 portraits, MediaPipe's short-range model 63. Wu, Peng, Yu, "YuNet: A Tiny Millisecond-level Face
Detector", Machine Intelligence Research 2023; Bazarevsky et al., "BlazeFace", 2019 (arXiv:1907.05047).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from engine.vision.people.boxes import Pixels, Window, cut, cut_out, inside, longer, middle, overlap
from engine.vision.people.mediapipe_models import quiet, solutions
from engine.vision.people.yunet import YuNet
from engine.vision.seen import Box, Face, Point

SAME = 0.4  # overlap from which two boxes are one face
MESHES = 16  # faces a picture that get a mesh, largest first


class Faces:
    """Face models. `yunet` is the path of YuNet's ONNX weights, already verified, or None."""

    def __init__(self, yunet: Path | None = None) -> None:
        self.yunet = YuNet(yunet) if yunet else None
        faces = solutions()
        self.ranges = [] if yunet else [self._range(faces, 1), self._range(faces, 0)]
        self.mesh = faces.face_mesh.FaceMesh(static_image_mode=True, max_num_faces=2, refine_landmarks=True)

    @staticmethod
    def _range(models: Any, selection: int) -> Any:
        return models.face_detection.FaceDetection(model_selection=selection, min_detection_confidence=0.5)

    def close(self) -> None:
        for model in (*self.ranges, self.mesh):
            model.close()

    def find(self, rgb: Pixels) -> list[Face]:
        """Faces of (H, W, 3) uint8 RGB, surest first, with a mesh where one was found."""
        found = self.yunet.find(rgb) if self.yunet is not None else self.by_mediapipe(rgb)
        faces = distinct(found)
        large = sorted(faces, key=lambda face: -longer(face.box))[:MESHES]
        return [msgspec.structs.replace(f, mesh=self.points(rgb, f.box)) if f in large else f for f in faces]

    def by_mediapipe(self, rgb: Pixels) -> list[Face]:
        """By both of MediaPipe's models; one face may be found by each."""
        height, width = rgb.shape[:2]
        found: list[Face] = []
        with quiet():
            for model, name in zip(self.ranges, ("full_range", "short_range"), strict=True):
                rows = model.process(rgb).detections or ()
                found += [_detected(row, Window(0, 0, width, height), name) for row in rows]
        return found

    def points(self, rgb: Pixels, face: Box) -> list[Point]:
        """478 points of the face in this box, [] where the mesh model sees none or another one."""
        grown = longer(face) * 0.5
        part = cut((face[0] - grown, face[1] - grown, face[2] + grown, face[3] + grown), (rgb.shape[1], rgb.shape[0]))
        if part is None:
            return []
        with quiet():
            meshes = self.mesh.process(cut_out(rgb, part, 256)).multi_face_landmarks or ()
        for mesh in meshes:
            width, height = part.size
            points = [(part.x1 + mark.x * width, part.y1 + mark.y * height) for mark in mesh.landmark]
            x, y = (sum(axis) / len(points) for axis in zip(*points, strict=True))
            if math.dist((x, y), middle(face)) < 0.35 * longer(face):
                return points
        return []


def distinct(faces: Sequence[Face]) -> list[Face]:
    """Without second finds of one face, surest first."""
    kept: list[Face] = []
    for face in sorted(faces, key=lambda found: -found.score):
        if not any(overlap(face.box, other.box) > SAME or inside(face.box, other.box) > 0.8 for other in kept):
            kept.append(face)
    return kept


def _detected(row: Any, window: Window, name: str) -> Face:
    box = row.location_data.relative_bounding_box
    right, left = (window.place(mark.x, mark.y) for mark in row.location_data.relative_keypoints[:2])
    corners = (*window.place(box.xmin, box.ymin), *window.place(box.xmin + box.width, box.ymin + box.height))
    return Face(box=corners, score=min(1.0, max(0.0, float(row.score[0]))), eyes=(right, left), by=f"mediapipe_{name}")
