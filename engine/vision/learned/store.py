"""A tag's classifier with its card as one JSON file under LIBRARY/models/: read without running anything it says.

A file that is not what it should be is set aside under another name, and the classifier is fitted again.
"""

from __future__ import annotations

import contextlib
import math
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from engine.errors import Unreadable
from engine.library import wholefile
from engine.library.paths import LibraryPaths
from engine.library.tags import PART_OF, TAGS
from engine.vision.embedders import LITE0

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

VERSION = 1
_LARGEST = 1_000_000  # bytes of a file that is read


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A classifier and what it is.

    Attributes:
        version, tag, part, embedder: what it is for; another one is not used.
        fitted_at: UTC.
        signature: of the labels and vectors it was fitted to.
        yes, no, families: what it was fitted to; `unusable` labelled images showed no such part, or could not be read.
        strength: inverse of the L2 penalty.
        average_precision, calibration_error: on families held out.
        weights: (1280,) little-endian float32; the JSON holds it as base64. See `fit.Fitted` for the rest.
    """

    version: int
    tag: str
    part: str
    embedder: str
    fitted_at: str
    signature: str
    yes: int
    no: int
    families: int
    unusable: int
    strength: float
    average_precision: float
    calibration_error: float
    bias: float
    slope: float
    offset: float
    weights: bytes

    def array(self) -> npt.NDArray[np.float32]:
        import numpy as np

        return np.frombuffer(self.weights, "<f4").astype(np.float32)


def file_of(paths: LibraryPaths, tag: str) -> Path:
    """Where the classifier of a tag stands. Raises ValueError for what is no tag."""
    if tag not in TAGS:
        raise ValueError("there is no such tag")
    return paths.models / f"tag_{tag}.json"


def save(paths: LibraryPaths, card: Card) -> None:
    """Atomically. Raises LibraryError where the disk refuses."""
    wholefile.save(file_of(paths, card.tag), msgspec.json.encode(card))


def load(paths: LibraryPaths, tag: str) -> tuple[Card | None, str]:
    """The classifier of a tag, None where there is none; and a sentence where a file was set aside, else ""."""
    file = file_of(paths, tag)
    try:
        data = wholefile.read(file, _LARGEST)
    except Unreadable as error:
        return None, _set_aside(file, error.message.rstrip("."))
    if data is None:
        return None, ""
    try:
        card = msgspec.json.decode(data, type=Card)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None, _set_aside(file, "it is damaged")
    if problem := _problem(card, tag):
        return None, _set_aside(file, problem)
    return card, ""


def remove(paths: LibraryPaths, tag: str) -> None:
    """Nothing happens where there is none."""
    with contextlib.suppress(OSError):
        file_of(paths, tag).unlink(missing_ok=True)


def _problem(card: Card, tag: str) -> str:
    """Why this is not the tag's classifier; "" where it is."""
    if (card.version, card.tag, card.part, card.embedder) != (VERSION, tag, PART_OF[tag], LITE0.key):
        return "it is another one's, or of another version"
    if len(card.weights) != 4 * LITE0.size:
        return "its weights are not whole"
    import numpy as np

    shares = (card.average_precision, card.calibration_error)
    numbers = (*shares, card.strength, card.bias, card.slope, card.offset)
    sound = all(math.isfinite(n) for n in numbers) and all(0 <= n <= 1 for n in shares) and card.slope >= 0
    if not sound or not np.isfinite(card.array()).all() or min(card.yes, card.no) < 0:
        return "its numbers make no sense"
    return ""


def _set_aside(file: Path, why: str) -> str:
    place = file.with_name(f"{file.name}.damaged-{time.time_ns()}")
    try:
        file.rename(place)
    except OSError:
        return f"{file.name} was not used: {why}. It is fitted again."
    return f"{file.name} was set aside as {place.name}: {why}. It is fitted again from your tags."
