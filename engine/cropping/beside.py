"""Sidecars beside the images of all that waits: what `crop propose --apply` writes into the person's folders."""

from __future__ import annotations

import msgspec

from engine.cropping import queue, rows, sidecars
from engine.errors import Unreadable
from engine.library.store import Library
from engine.library.text import to_path, to_text
from engine.progress import Progress
from engine.vision import batches

PAGE = 200


class Beside(msgspec.Struct):
    """What a run did, or would do.

    Attributes:
        written: sidecars that were new or had changed.
        theirs: images with a sidecar of another tool, which was left alone.
        failed: sentences about those that could not be written.
    """

    written: int = 0
    theirs: int = 0
    failed: list[str] = msgspec.field(default_factory=list)


def write_beside(library: Library, progress: Progress, *, apply: bool) -> Beside:
    """Write the sidecar of every image that waits and has a proposal; without `apply` only count.

    Raises:
        Cancelled: what was written stays.
    """
    done, refused = Beside(), list[tuple[str, str]]()
    with library.db.read() as connection:
        wanted = queue.wanted(connection)
    progress.phase("sidecars", len(wanted))
    for first in range(0, len(wanted), PAGE):
        with library.db.read() as connection:
            pictures = rows.pictures(connection, wanted[first : first + PAGE])
            found = [(picture, rows.get(connection, picture.id, picture.content)[0]) for picture in pictures]
        for picture, proposal in found:
            if proposal is not None:
                _one(done, refused, picture.path, sidecars.encoded(proposal), apply=apply)
        progress.step(first + len(found))
    done.failed = batches.told(refused, "given a sidecar")
    return done


def _one(done: Beside, refused: list[tuple[str, str]], path: str, data: bytes, *, apply: bool) -> None:
    image = to_path(path)
    try:
        if not image.is_file():  # nothing to stand beside
            refused.append((to_text(image), "it is not there"))
        elif sidecars.foreign(image) is not None:
            done.theirs += 1
        elif sidecars.differs(image, data):
            if apply:
                sidecars.write(image, data)
            done.written += 1
    except Unreadable as error:  # whatever stands there is not ours
        done.theirs += 1
        refused.append((path, error.message))
    except OSError as error:
        refused.append((path, error.strerror or str(error)))
