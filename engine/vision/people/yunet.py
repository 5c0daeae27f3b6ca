"""YuNet's faces through onnxruntime: OpenCV 4.11's own `FaceDetectorYN` cannot read the weights of any-sized input.

Wu, Peng, Yu, "YuNet: A Tiny Millisecond-level Face Detector", Machine Intelligence Research, 2023. The network answers,
on grids of 8, 16 and 32 px, with a class and an objectness (their geometric mean is the score), a box and five points.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.vision.people.boxes import Pixels
from engine.vision.seen import Face

STRIDES = (8, 16, 32)
SURE = 0.6
SIDES = (640, 1600)  # px, longer sides it looks at: large faces are lost at one and small ones at the other
Rows = npt.NDArray[np.float64]


class YuNet:
    """The network, on the CPU, in one thread: there is a worker a core, and its sums are always added in one order."""

    def __init__(self, weights: Path) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_mem_pattern = False  # a plan is kept for every size of picture: memory, and no faster
        options.log_severity_level = 3
        self.model = onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])
        self.input = self.model.get_inputs()[0]

    def find(self, rgb: Pixels) -> list[Face]:
        """Faces of (H, W, 3) uint8 RGB at each size looked at; one face may be found at both."""
        longer = max(rgb.shape[:2])
        sides = [SIDES[0]] if longer <= SIDES[0] or self._fixed() else [SIDES[0], min(longer, SIDES[1])]
        return [face for side in sides for face in self._look(rgb, side)]

    def _fixed(self) -> tuple[int, int] | None:
        """(height, width) of the only input these weights take; None where they take any."""
        height, width = self.input.shape[2:]
        return (height, width) if isinstance(height, int) and isinstance(width, int) else None

    def _look(self, rgb: Pixels, side: int) -> list[Face]:
        import cv2

        fixed = self._fixed()
        room = fixed or (side * rgb.shape[0] / max(rgb.shape[:2]), side * rgb.shape[1] / max(rgb.shape[:2]))
        scale = min(place / length for place, length in zip(room, rgb.shape[:2], strict=True))
        height, width = (max(1, round(length * scale)) for length in rgb.shape[:2])
        down, across = height / rgb.shape[0], width / rgb.shape[1]
        shrunk = _resized(rgb, width, height)
        rows, columns = fixed or (-(-height // 32) * 32, -(-width // 32) * 32)
        blob = np.empty((1, 3, rows, columns), np.float32)
        blob[..., height:, :], blob[..., width:] = 0, 0
        for plane, colour in zip(blob[0], reversed(cv2.split(shrunk)), strict=True):
            plane[:height, :width] = colour
        names = [f"{kind}_{stride}" for stride in STRIDES for kind in ("cls", "obj", "bbox", "kps")]
        answers = self.model.run(names, {self.input.name: blob})
        grids = [decoded(answers[4 * i : 4 * i + 4], stride, columns // stride) for i, stride in enumerate(STRIDES)]
        return [_face(row, across, down) for row in np.concatenate(grids)]


def _resized(rgb: Pixels, width: int, height: int) -> Pixels:
    import cv2

    if rgb.shape[:2] == (height, width):
        return rgb
    way = cv2.INTER_AREA if rgb.shape[1] > width else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(rgb, (width, height), interpolation=way), np.uint8)


def decoded(answers: list[Any], stride: int, columns: int) -> Rows:
    """(N, 9) of what is sure in one grid: score, box x1 y1 x2 y2, right eye x y, left eye x y, in pixels of the
    network's input."""
    kind, objects = (np.asarray(answer[0][:, 0], dtype=np.float64) for answer in answers[:2])
    score = np.sqrt(np.clip(kind, 0, 1) * np.clip(objects, 0, 1))
    cells = np.flatnonzero(score >= SURE)  # a handful of many thousands
    score = score[cells]
    boxes, points = (np.asarray(answer[0][cells], dtype=np.float64) for answer in answers[2:])
    corner = np.stack([cells % columns, cells // columns], axis=1)
    centre = (corner + boxes[:, :2]) * stride
    half = np.exp(np.minimum(boxes[:, 2:], 10)) * stride / 2
    eyes = (points[:, :4].reshape(-1, 2, 2) + corner[:, None]) * stride
    return np.column_stack([score, centre - half, centre + half, eyes.reshape(-1, 4)])


def _face(row: Rows, across: float, down: float) -> Face:
    score, *places = (float(value) for value in row)
    x1, y1, x2, y2, right_x, right_y, left_x, left_y = (
        place / (down if i % 2 else across) for i, place in enumerate(places)
    )
    return Face(box=(x1, y1, x2, y2), score=min(1.0, score), eyes=((right_x, right_y), (left_x, left_y)), by="yunet")
