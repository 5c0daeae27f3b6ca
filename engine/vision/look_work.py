"""What a worker process does to look at a picture: one decode, then every detector in turn."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from engine.errors import Unreadable
from engine.vision.pictures import Picture
from engine.vision.scaling import scaled
from engine.vision.seen import Abstained, Cue, Look

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from engine.vision.people.finder import Finder
    from engine.vision.saliency.masks import Saliency

    Bytes = npt.NDArray[np.uint8]

LONGEST = 1600  # pixels of the long side: a hand in a group photo still has its fingers, and no model reads more
MOST_PIXELS = 1_000_000_000  # it was taken in under the library's own limit already
_eyes: Eyes | None = None


class Eyes(NamedTuple):
    """The detectors of this process."""

    finder: Finder
    saliency: Saliency


def prepare(yunet: str, u2net: str) -> None:
    """Load the models once a process; "" where weights are not installed. Raises where that fails."""
    global _eyes  # noqa: PLW0603 - a process has one set
    os.environ.setdefault("GLOG_minloglevel", "2")  # MediaPipe tells every graph it builds, on stderr
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import cv2

    from engine.vision.people.finder import Finder
    from engine.vision.saliency.masks import Saliency

    cv2.setNumThreads(1)
    _eyes = Eyes(Finder(Path(yunet) if yunet else None), Saliency(Path(u2net) if u2net else None))


def process(masks: str, batch: tuple[Picture, ...]) -> list[bytes | str]:
    """Look at each picture: the JSON of its `Look`, or why there is none. Its saliency mask goes into `masks`."""
    answers: list[bytes | str] = []
    for picture in batch:
        try:
            answers.append(msgspec.json.encode(_look(picture, Path(masks))))
        except Unreadable as error:
            answers.append(error.message)
        except OSError as error:
            answers.append(f"Its mask could not be written: {error.strerror or error}.")
    return answers


def pixels(picture: Picture) -> tuple[Bytes, int, int]:
    """(H, W, 3) RGB with its long side at most LONGEST; width and height of the original.

    Raises:
        Unreadable: the file cannot be read, or holds another picture by now.
    """
    import cv2
    import numpy as np

    from engine.intake.decode import decode
    from engine.intake.measure import read_file
    from engine.library.text import to_path

    contents = read_file(to_path(picture.path))
    if contents.hash != picture.content:
        raise Unreadable("The file has changed since it was taken in.", "Rescan the library.")
    decoded = decode(contents.data, full_jpeg=False, max_pixels=MOST_PIXELS)
    rgb = decoded.rgb
    shrink = LONGEST / max(rgb.shape[:2])
    if shrink < 1:
        size = max(1, round(rgb.shape[1] * shrink)), max(1, round(rgb.shape[0] * shrink))
        rgb = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
    return np.ascontiguousarray(rgb), decoded.width, decoded.height


def _look(picture: Picture, masks: Path) -> Look:
    from engine.vision.cues.anatomy import anatomy
    from engine.vision.cues.digits import judge
    from engine.vision.saliency import store

    assert _eyes is not None  # noqa: S101 - `prepare` ran before
    rgb, width, height = pixels(picture)
    people = _eyes.finder.people(rgb)
    person = _eyes.finder.person_mask(rgb)
    anybody = people.hands or people.faces or people.bodies  # where nobody is, other things are taken for people
    mask = _eyes.saliency.mask(rgb, person if anybody else None)
    store.save(masks, picture.content, mask, width=width, height=height, by=_eyes.saliency.by)
    judged = [judge(rgb, hand, person) for hand in people.hands]
    cues = [found for found in judged if isinstance(found, Cue)] + anatomy(people, rgb)
    abstained = [found for found in judged if isinstance(found, Abstained)]
    return scaled(Look(people, cues, abstained), width / rgb.shape[1], height / rgb.shape[0], width, height)
