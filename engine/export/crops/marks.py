"""Which originals have their `.cropped` mark, told to the library as the disk has it."""

from __future__ import annotations

import os

from engine.intake import records
from engine.intake.companions import CROPPED
from engine.library import history
from engine.library.journal import Record
from engine.library.store import Library
from engine.library.text import to_path


def follow(library: Library, record: Record) -> None:
    """Bring `images.cropped` up to date after the marks of these images were written or moved."""
    with library.db.read() as connection:
        images = history.image_ids(connection, record)
    marked = [(image, _is_marked(path)) for path, image in zip(record.images, images, strict=True)]
    library.write(lambda connection: records.mark_cropped(connection, marked))


def _is_marked(path: str) -> bool:
    image = to_path(path)
    beside = (image.with_suffix(CROPPED), image.with_name(image.name + CROPPED)) if image.name else ()
    return any(os.path.isfile(mark) for mark in beside)  # noqa: PTH113 - a name too long is none
