"""Look at every image that was not looked at yet: people, saliency, and what looks wrong; `pickwise vision`.

Runs in worker processes, commits as it goes, and goes on where it stopped. What was seen is kept by content hash in the
library's cache, so an image that moves or comes back is not looked at again.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection, Sequence
from functools import partial

import apsw
import msgspec

from engine.errors import WorkersFailed
from engine.library.store import Library
from engine.progress import Progress
from engine.vision import (
    batches,
    cue_settings,
    family_work,
    look_rows,
    look_sidecars,
    look_work,
    vectors,
    weights,
    words,
)  # fmt: skip
from engine.vision.cache import Cache, key
from engine.vision.embedders import Embedder
from engine.vision.learned.run import learn
from engine.vision.look_sidecars import has_both
from engine.vision.pictures import Picture
from engine.vision.saliency.store import contents as masked
from engine.vision.seen import Cue, Look

VERSION = "look-1"  # changes when a detector does: everything is looked at again
FAMILY_VERSION = "family-2"
AT_ONCE = 200  # looks a transaction
PATIENCE = 60.0  # seconds one picture may take
FAMILY_PATIENCE = 120.0


class Summary(msgspec.Struct, frozen=True):
    """What `pickwise vision` did; its JSON answer is of these, without the notices.

    Attributes:
        images, hands, faces, poses, abstained: of all images that were looked at by now.
        flags: how many of each cue reach its threshold.
        seconds: this run took; `images_per_second` of those it looked at.
        models: what each kind of finding was made with.
    """

    images: int
    hands: int
    faces: int
    poses: int
    flags: dict[str, int]
    abstained: int
    seconds: float
    images_per_second: float
    models: dict[str, str]
    notices: list[str] = []


class Models:
    """Which optional weights are here; the rest comes with MediaPipe."""

    def __init__(self) -> None:
        self.yunet = weights.find("yunet")
        self.u2net = weights.find("u2netp")
        self.embedder: Embedder | None = None  # set once it has been used

    @property
    def version(self) -> str:
        """What was seen with other models is another thing."""
        return VERSION + ("+yunet" if self.yunet else "") + ("+u2netp" if self.u2net else "")

    def used(self) -> dict[str, str]:
        return {
            "hands": "mediapipe",
            "poses": "mediapipe",
            "faces": "yunet" if self.yunet else "mediapipe",
            "saliency": "u2netp" if self.u2net else "person mask and fine-grained saliency",
            "embeddings": self.embedder.name if self.embedder else "none",
        }


def look(library: Library, progress: Progress) -> Summary:
    """Look at what is missing.

    Raises:
        Cancelled: what was finished is kept, and the next run goes on from there.
        WorkersFailed: a model cannot be loaded.
        LibraryHeld, LibraryError.
    """
    library.need_write()
    began, models = time.monotonic(), Models()
    with Cache(library.paths.vectors) as cache:
        notices = [cache.notice] if cache.notice else []
        wanted = _wanted(library, cache, models)
        notices += _look(library, cache, models, wanted, progress)
        notices += _compare(library, cache, progress)
    notices += learn(library, progress).notices
    notices += _embed(library, models, progress)
    seconds = time.monotonic() - began
    with library.db.read() as connection:
        counts = look_rows.counts(connection, cue_settings.least(library.settings.cues))
    return Summary(
        images=counts.images, hands=counts.hands, faces=counts.faces, poses=counts.poses, flags=counts.flags,
        abstained=counts.abstained, seconds=round(seconds, 3),
        images_per_second=round(len(wanted) / seconds, 2) if seconds else 0.0, models=models.used(), notices=notices,
    )  # fmt: skip


def look_at(library: Library, progress: Progress, contents: Collection[str]) -> list[str]:
    """Look at pictures of these contents alone, where they were not looked at: nothing is compared, nothing embedded.

    Answers with sentences for the person. Raises as `look` does.
    """
    library.need_write()
    models = Models()
    with library.db.read() as connection:
        unseen = look_rows.unseen(connection, models.version)
    with Cache(library.paths.vectors) as cache:
        wanted = [picture for picture in unseen if picture.content in contents]
        return ([cache.notice] if cache.notice else []) + _look(library, cache, models, wanted, progress)


def _wanted(library: Library, cache: Cache, models: Models) -> list[Picture]:
    """What was not looked at, and of what something is gone: a person may delete any of it, a cache may be damaged."""
    with library.db.read() as connection:
        every = look_rows.unseen(connection, "")
        unseen = {picture.content for picture in look_rows.unseen(connection, models.version)}
    seen, masks, told = cache.known(_kind(models)), masked(library.paths.saliency), has_both(library.paths)

    def is_whole(content: str) -> bool:
        return content in masks and told(content) and key(content) in seen

    return [picture for picture in every if picture.content in unseen or not is_whole(picture.content)]


def _kind(models: Models) -> str:
    return f"look/{models.version}"


def _look(library: Library, cache: Cache, models: Models, wanted: list[Picture], progress: Progress) -> list[str]:
    """Look at these pictures, those known to the cache without a model; answers with sentences for the person."""
    progress.phase("look", len(wanted))
    kind, refused = _kind(models), list[tuple[str, str]]()
    known = _put_known(library, cache, models, wanted, progress)

    def keep(rows: list[tuple[Picture, bytes | str]]) -> None:
        good = [(picture, data) for picture, data in rows if isinstance(data, bytes)]
        refused.extend((picture.path, data) for picture, data in rows if isinstance(data, str))
        cache.add_vectors(kind, [(picture.content, data) for picture, data in good])
        _put(library, models, [(picture, msgspec.json.decode(data, type=Look)) for picture, data in good])

    rest = [picture for place, picture in enumerate(wanted) if place not in known]
    died: list[tuple[Picture, str]] = []
    if known and rest:
        progress.phase("look", len(rest))
    if rest:
        library.paths.saliency.mkdir(parents=True, exist_ok=True)
        died = batches.run(
            partial(look_work.process, str(library.paths.saliency)), rest, 1, keep, progress, workers=vectors.workers(),
            prepare=partial(look_work.prepare, str(models.yunet or ""), str(models.u2net or "")), patience=PATIENCE,
        )  # fmt: skip
    return batches.told(refused + [(picture.path, reason) for picture, reason in died], "looked at")


def _put_known(
    library: Library, cache: Cache, models: Models, wanted: list[Picture], progress: Progress
) -> set[int]:  # fmt: skip
    """Put what the cache has and whose mask is there, some at a time: a look takes much memory. Answers with places."""
    known, masks, some = set[int](), masked(library.paths.saliency), list[tuple[Picture, Look]]()
    for place, data in cache.vectors(_kind(models), [picture.content for picture in wanted]):
        seen = look_rows.decoded(data) if wanted[place].content in masks else None
        if seen is not None:
            known.add(place)
            some.append((wanted[place], seen))
        if len(some) == AT_ONCE:
            _put(library, models, some)
            some = []
            progress.step(len(known))
    if some:
        _put(library, models, some)
    return known


def _put(library: Library, models: Models, looks: Sequence[tuple[Picture, Look]]) -> None:
    for picture, seen in looks:
        look_sidecars.write(library.paths, picture, seen)

    def work(connection: apsw.Connection) -> None:
        for picture, seen in looks:
            look_rows.put(connection, models.version, picture.content, seen)

    library.write(work)


def _compare(library: Library, cache: Cache, progress: Progress) -> list[str]:
    """Compare the images of each group; what was compared before comes from the cache."""
    with library.db.read() as connection:
        families = look_rows.families(connection)
    keys = [_key(family) for family in families]
    found: dict[int, list[list[Cue]]] = {}
    refused: list[tuple[str, str]] = []
    for place, data in cache.vectors(FAMILY_VERSION, keys):
        if cues := _cues(data, len(families[place])):
            found[place] = cues
    rest = [family for place, family in enumerate(families) if place not in found]
    places = {family: place for place, family in enumerate(families)}
    progress.phase("siblings", len(rest))

    def keep(rows: list[tuple[tuple[Picture, ...], bytes | str]]) -> None:
        good = [(family, data) for family, data in rows if isinstance(data, bytes)]
        refused.extend((family[0].path, data) for family, data in rows if isinstance(data, str))
        cache.add_vectors(FAMILY_VERSION, [(keys[places[family]], data) for family, data in good])
        for family, data in good:
            found[places[family]] = _cues(data, len(family)) or [[] for _ in family]

    if rest:
        died = batches.run(
            partial(family_work.process, str(library.paths.thumbs)), rest, 1, keep, progress, workers=vectors.workers(),
            prepare=family_work.prepare, patience=FAMILY_PATIENCE,
        )  # fmt: skip
        refused += [(family[0].path, reason) for family, reason in died]
    rows = [(p, c) for place, cues in found.items() for p, c in zip(families[place], cues, strict=True)]
    library.write(lambda connection: look_rows.put_lost(connection, rows))
    return batches.told(refused, "compared with the others of its group")


def _embed(library: Library, models: Models, progress: Progress) -> list[str]:
    """Vectors of all present images by the best network that is here, and `sidecar/embeddings.parquet`."""
    from engine.vision.parquet import write_parquet

    images = [(image.content, image.path) for image in words.present(library)]
    try:
        embedder, notices = vectors.embed_best(library, images, progress)
    except WorkersFailed as error:  # no network can be loaded: what was seen stands
        return [error.message]
    write_parquet(library, embedder)
    models.embedder = embedder
    return notices


def _key(family: tuple[Picture, ...]) -> str:
    """Of contents in their order; a family that gains or loses an image is compared again."""
    return hashlib.sha256("|".join(picture.content for picture in family).encode()).hexdigest()


def _cues(data: bytes, size: int) -> list[list[Cue]] | None:
    try:
        cues = msgspec.json.decode(data, type=list[list[Cue]])
    except (msgspec.MsgspecError, UnicodeError):
        return None
    return cues if len(cues) == size else None
