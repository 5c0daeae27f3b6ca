"""People of one picture: faces, then bodies about them, then hands where arms end. One for a worker process."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt

from engine.vision.people.bodies import Bodies
from engine.vision.people.boxes import SMALLEST, Pixels
from engine.vision.people.faces import Faces
from engine.vision.people.hands import Hands
from engine.vision.people.segments import Segments
from engine.vision.seen import People

LONGEST = 12  # the longer side in shorter sides, beyond which the models see a thread and nothing else


class Finder:
    """All of MediaPipe's people models, loaded once.

    Answers the same for the same pixels, whatever was looked at before. Not for several threads.

    Args:
        yunet: the verified ONNX weights of YuNet, or None to find faces with MediaPipe alone.
    """

    def __init__(self, yunet: Path | None = None) -> None:
        self.faces = Faces(yunet)
        self.bodies = Bodies()
        self.hands = Hands()
        self.segments = Segments()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let the models go."""
        for part in (self.faces, self.bodies, self.hands, self.segments):
            part.close()

    def people(self, rgb: Pixels) -> People:
        """Hands, faces and bodies of (H, W, 3) uint8 RGB, in its pixels; empty for a picture too small or too thin.

        Raises:
            ValueError: the array is no such picture.
        """
        rgb = _picture(rgb)
        height, width = rgb.shape[:2]
        if not _can_be_seen(rgb):
            return People(width=width, height=height)
        faces = self.faces.find(rgb)
        bodies = self.bodies.find(rgb, faces)
        hands = self.hands.find(rgb, bodies, faces)
        return People(width=width, height=height, hands=hands, faces=faces, bodies=bodies)

    def person_mask(self, rgb: Pixels) -> npt.NDArray[np.float32]:
        """(H, W) float32, 0 background to 1 person; zeros for a picture too small or too thin.

        Raises:
            ValueError: the array is no such picture.
        """
        rgb = _picture(rgb)
        return self.segments.find(rgb) if _can_be_seen(rgb) else np.zeros(rgb.shape[:2], np.float32)


def _picture(rgb: Pixels) -> Pixels:
    if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8:
        raise ValueError(f"not (H, W, 3) uint8 but {rgb.shape} {rgb.dtype}")
    return np.ascontiguousarray(rgb)


def _can_be_seen(rgb: Pixels) -> bool:
    short, long = sorted(rgb.shape[:2])
    return short >= 2 * SMALLEST and long <= LONGEST * short
