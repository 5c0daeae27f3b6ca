"""From a way of finding to what is near what: each way is prepared from the images' columns, loaded when it is used."""

from __future__ import annotations

from collections.abc import Callable

from engine.intake.names import compile_pattern
from engine.library.store import Library
from engine.progress import Progress
from engine.thinning.how import How
from engine.thinning.photos import Photos, seconds
from engine.thinning.views import By
from engine.thinning.way import Way


def near(library: Library, photos: Photos, how: How, progress: Progress) -> Way:
    """Prepare a way. Raises PickwiseError where it needs what is not there; Cancelled."""
    return _WAYS[how.by](library, photos, how, progress)


def _phash(library: Library, photos: Photos, how: How, progress: Progress) -> Way:
    from engine.grouping.by_phash import by_phash

    turned, notices = None, list[str]()
    if how.orientations:
        from engine.thinning import looks

        turned, notices = looks.orientations(library, photos, progress)
    found = by_phash(photos.phash, photos.flat, int(how.threshold), turned, photos.contents)
    return Way(found, how.threshold, [], notices)


def _content(_: Library, photos: Photos, __: How, progress: Progress) -> Way:
    from engine.grouping.by_content import by_content

    sizes = list(zip(photos.width.tolist(), photos.height.tolist(), strict=True))
    return Way(by_content(photos.contents, photos.paths, sizes, photos.phash, progress), 0)


def _time(library: Library, photos: Photos, how: How, _: Progress) -> Way:
    from engine.grouping.by_time import by_time

    times = seconds(photos, compile_pattern(library.settings.stages.pattern))
    return Way(by_time(times, photos.stage, how.threshold), how.threshold)


def _name(_: Library, photos: Photos, __: How, ___: Progress) -> Way:
    from engine.grouping.by_name import by_name

    return Way(by_name(photos.paths), 0)


def _embedding(library: Library, photos: Photos, how: How, progress: Progress) -> Way:
    from engine.thinning import looks

    return looks.embedding(library, photos, how, progress)


def _both(library: Library, photos: Photos, how: How, progress: Progress) -> Way:
    from engine.thinning import looks

    return looks.both(library, photos, how, progress)


def _czkawka(library: Library, photos: Photos, how: How, _: Progress) -> Way:
    from engine.thinning import imported

    if how.file is not None:
        return imported.czkawka(photos, how.file)
    with library.db.read() as connection:
        return imported.stored(connection, photos)


_WAYS: dict[By, Callable[[Library, Photos, How, Progress], Way]] = {
    "content": _content,
    "phash": _phash,
    "embedding": _embedding,
    "both": _both,
    "time": _time,
    "name": _name,
    "czkawka": _czkawka,
}
