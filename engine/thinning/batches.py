"""The staged batches as the screen shows them."""

from __future__ import annotations

from engine.culling.queue import thumb_url
from engine.errors import NotFound
from engine.library.store import Library
from engine.staging import batches
from engine.thinning.views import Batches, BatchView

_THUMBS = 6
_FIRST = """
    SELECT i.content_hash FROM staged s JOIN images i ON i.id = s.image_id WHERE s.batch = ? ORDER BY i.filepath LIMIT ?
"""


def read(library: Library) -> Batches:
    """All batches of which anything is still staged, newest first."""
    states = [b for b in batches.batches(library.paths.staging) if b.staged]
    with library.db.read() as connection:
        items = [
            BatchView(
                id=b.id, at=b.at, folder=b.folder, state=b.state, images=b.images, files=b.files, bytes=b.bytes,
                sources=b.sources,
                thumbs=[thumb_url(library.paths.thumbs, c) for (c,) in connection.execute(_FIRST, (b.id, _THUMBS))],
            )
            for b in sorted(states, key=lambda b: b.id, reverse=True)
        ]  # fmt: skip
    return Batches(items, sum(b.images for b in items), sum(b.bytes for b in items))


def standing(library: Library, batch: str = "") -> list[str]:
    """Ids of the batches with something still staged, newest first, or just this one. Raises NotFound."""
    ids = sorted((b.id for b in batches.batches(library.paths.staging) if b.staged), reverse=True)
    if batch and batch not in ids:
        raise NotFound(f"Nothing is staged under {batch}.", "See what is: pickwise restore lists the batches.")
    if not ids:
        raise NotFound("Nothing is staged.")
    return [batch] if batch else ids
