"""What a worker process does to write one cropped copy: read, crop, write under a temporary name beside the target."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import NamedTuple

from engine.cropping import grid
from engine.cropping.model import Box
from engine.errors import Unreadable
from engine.export.crops.picture import Exactly, cut
from engine.intake.measure import read_file
from engine.library.text import to_path


class Task(NamedTuple):
    """A decided crop.

    Attributes:
        image, path, content: id, path in text form, content hash.
        size: of the upright picture.
        box: in its pixels.
        resample: where the ratio is not exact, make it so.
    """

    image: int
    path: str
    content: str
    size: tuple[int, int]
    box: Box
    resample: bool


class Made(NamedTuple):
    """A copy under its temporary name; `exact`: its pixels are those of the original."""

    part: str
    exact: bool


def process(folder: str, tasks: tuple[Task, ...]) -> list[Made | str]:
    """Crop each picture into `folder`; a sentence where that cannot be."""
    return [_one(Path(folder), task) for task in tasks]


def _one(folder: Path, task: Task) -> Made | str:
    try:
        contents = read_file(to_path(task.path))
        if contents.hash != task.content:
            return "The file has changed since it was taken in; rescan, and crop it again"
        made = cut(contents.data, task.box, _exactly(task))
    except Unreadable as error:
        return error.message
    part = folder / f".{secrets.token_hex(8)}.part"
    try:
        with part.open("xb") as file:
            file.write(made.data)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        part.unlink(missing_ok=True)
        return f"The copy could not be written: {error.strerror or error}"
    return Made(part.name, made.exact)


def _exactly(task: Task) -> Exactly | None:
    """The rectangle of exactly the picture's ratio about the box's middle, and the next whole size of that ratio."""
    width, height = task.size
    x1, y1, x2, y2 = task.box
    if not task.resample or grid.error(width, height, x2 - x1) == 0:
        return None
    tall = (x2 - x1) * height / width
    top = min(max((y1 + y2 - tall) / 2, 0.0), height - tall)
    wide, high = grid.step(width, height)
    times = -(-(x2 - x1) // wide)
    return Exactly((float(x1), top, float(x2), top + tall), (wide * times, high * times))
