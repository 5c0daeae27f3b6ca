"""What a worker process does with one file; imports the decoders, so it is only ever run there."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import msgspec

from engine.errors import Unreadable
from engine.intake.model import Measured
from engine.intake.scan import Found
from engine.library.text import to_path


class Task(NamedTuple):
    """One file to take in.

    Attributes:
        image: its row in the database.
        moved_from: content hashes of vanished images of this size: one of them may be this file at a new place.
        known_hash: the content it had when it was measured; "" to measure whatever it holds.
        fresh: nothing is known of its row but the path: it may turn out to be an image that vanished elsewhere.
    """

    image: int
    file: Found
    moved_from: frozenset[str]
    known_hash: str
    fresh: bool = False


class Options(NamedTuple):
    """What is the same for every file of a run."""

    thumbs: str
    full_jpeg: bool
    max_pixels: int


class Same(NamedTuple):
    """The content is known: nothing was decoded."""

    content_hash: str


class Refused(NamedTuple):
    """It cannot be taken in, and why; `passing` where the system refused, not the file's content."""

    reason: str
    hint: str
    passing: bool = False


Outcome = Measured | Same | Refused


def prepare() -> None:
    """What a worker does before its first file: the slow imports, so that a broken installation blames no file."""
    import engine.intake.metadata
    import engine.intake.quality  # noqa: F401 - measure loads it late
    from engine.intake.measure import init_worker

    init_worker()


def process(options: Options, task: Task) -> Outcome:
    """Read the file once, decode it at most once. Never raises for anything a file can hold."""
    from engine.intake.measure import measure, read_file
    from engine.intake.metadata import merge, read_companions

    path = to_path(task.file.path)
    try:
        contents = read_file(path)
        if contents.hash in task.moved_from or contents.hash == task.known_hash:
            return Same(contents.hash)
        measured = measure(contents, Path(options.thumbs), full_jpeg=options.full_jpeg, max_pixels=options.max_pixels)
    except Unreadable as error:
        # Only the system's own refusals carry a number; Pillow's OSErrors about bad files do not.
        passing = isinstance(error.__cause__, OSError) and error.__cause__.errno is not None
        return Refused(error.message, error.hint, passing)
    if task.file.companions:
        beside = read_companions([path.parent / name for name in task.file.companions])
        measured = msgspec.structs.replace(measured, generation=merge(measured.generation, beside))
    return measured
