"""What a worker process does with the parts of a picture: one decode, then a vector of each crop."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from engine.errors import Unreadable
from engine.library.tags import Part
from engine.vision import look_work
from engine.vision.embedders import Embedder, weights
from engine.vision.learned.parts import window
from engine.vision.pictures import Picture
from engine.vision.seen import Box

if TYPE_CHECKING:
    from engine.vision.lite0 import Lite0

_network: Lite0 | None = None


class Parts(NamedTuple):
    """A picture and the boxes to look at, in pixels of the original."""

    picture: Picture
    boxes: tuple[tuple[Part, Box], ...]


def prepare(embedder: Embedder) -> None:
    """Load the built-in network once a process. Raises where that fails."""
    global _network  # noqa: PLW0603 - a process has one network
    import cv2

    from engine.vision.lite0 import Lite0

    cv2.setNumThreads(1)
    file = weights(embedder)
    if file is None:
        raise FileNotFoundError("the weights of the network are gone")
    _network = Lite0(file)


def process(batch: tuple[Parts, ...]) -> list[tuple[bytes, ...] | str]:
    """For each picture a float16 vector a box, in their order, or why there are none."""
    answers: list[tuple[bytes, ...] | str] = []
    for parts in batch:
        try:
            answers.append(_vectors(parts))
        except Unreadable as error:
            answers.append(error.message)
    return answers


def _vectors(parts: Parts) -> tuple[bytes, ...]:
    import numpy as np

    assert _network is not None  # noqa: S101 - `prepare` ran before
    rgb, width, height = look_work.pixels(parts.picture)
    high, wide = rgb.shape[:2]
    x, y = wide / width, high / height
    crops = []
    for part, box in parts.boxes:
        near = (box[0] * x, box[1] * y, box[2] * x, box[3] * y)
        left, top, right, bottom = window(near, part, wide, high)
        crops.append(rgb[top:bottom, left:right])
    found = _network.embed(crops)
    if not np.isfinite(found).all():
        raise Unreadable("The network gives no vector for a part of it.")
    return tuple(vector.astype(np.float16).tobytes() for vector in found)
