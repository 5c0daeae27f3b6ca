"""What a worker process does to embed: read a batch of thumbnails and run the network once, or embed words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import Unreadable
from engine.vision import checkpoints
from engine.vision.embedders import Embedder, weights

if TYPE_CHECKING:
    from engine.vision.clip import Clip
    from engine.vision.lite0 import Lite0
    from engine.vision.pictures import Picture

_network: Lite0 | Clip | None = None


Embedded = bytes | str
"""The bytes of a vector (float16 of a picture, float32 of words), or why there is none."""


def prepare(embedder: Embedder) -> None:
    """Load the network of this embedder once a process. Raises where that fails."""
    global _network  # noqa: PLW0603 - a process has one network
    import cv2

    cv2.setNumThreads(1)
    file = weights(embedder)
    if file is None:
        raise FileNotFoundError("the weights of the network are gone")
    if embedder.model:
        from engine.vision.clip import Clip

        if checkpoints.digest(file) != embedder.digest:
            raise ValueError("the weights have changed meanwhile")
        _network = Clip(embedder.model, file, embedder.config)
    else:
        from engine.vision.lite0 import Lite0

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


def words(text: str) -> Embedded:
    """Embed a text; `prepare` was given CLIP. Answers why there is no vector where there is none."""
    import numpy as np

    from engine.vision.clip import BadWeights, Clip

    assert isinstance(_network, Clip)  # noqa: S101 - the caller's part
    try:
        vector = _network.words(text)[0]
    except BadWeights as error:
        return str(error)
    return vector.tobytes() if np.isfinite(vector).all() else "the network gives no vector for them"
