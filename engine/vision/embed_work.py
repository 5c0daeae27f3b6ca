"""What a worker process does to embed pictures: read a batch of thumbnails, run the network once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import Unreadable
from engine.vision.embedders import registered, weights

if TYPE_CHECKING:
    from engine.vision.lite0 import Lite0
    from engine.vision.pictures import Picture

_network: Lite0 | None = None


Embedded = bytes | str
"""The float16 bytes of a vector, or why there is none."""


def prepare(name: str) -> None:
    """Load the network of this embedder once a process. Raises where that fails."""
    global _network  # noqa: PLW0603 - a process has one network
    import cv2

    from engine.vision.lite0 import Lite0

    cv2.setNumThreads(1)
    file = weights(registered()[name])
    if file is None:
        raise FileNotFoundError("the weights of the network are gone")
    _network = Lite0(file)


def process(thumbs_dir: str, batch: tuple[Picture, ...]) -> list[Embedded]:
    """Embed a batch, one answer each; a picture that cannot be read only loses its own place."""
    import numpy as np

    from engine.vision.reading import pixels

    assert _network is not None  # noqa: S101 - `prepare` ran before
    answers: list[Embedded] = [""] * len(batch)
    read = {}
    for place, picture in enumerate(batch):
        try:
            read[place] = pixels(picture, thumbs_dir)
        except Unreadable as error:
            answers[place] = error.message
    if read:
        for place, vector in zip(read, _network.embed(list(read.values())), strict=True):
            good = bool(np.isfinite(vector).all())
            answers[place] = vector.astype(np.float16).tobytes() if good else "The network gives no vector for it."
    return answers
