"""The pairs that may be asked about, with how alike each looks: found once for a library as it is, then kept.

Nothing is worked out here that needs a network; `deepen` does that in the background for the pairs that come first.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from typing import NamedTuple
from weakref import WeakKeyDictionary

import apsw
import msgspec

from engine.grouping import near as rule
from engine.grouping.model import Item as Grouped
from engine.intake.names import compile_pattern, parse_name
from engine.learning import same_find
from engine.learning.same_evidence import Likeness, Shown, likeness, strength
from engine.learning.same_find import Pair
from engine.library.store import Library
from engine.progress import Progress
from engine.vision import embedders, look_rows
from engine.vision.cache import Cache
from engine.vision.embedders import LITE0
from engine.vision.learned import part_vectors
from engine.vision.learned.labels import Item
from engine.vision.learned.part_vectors import Bag
from engine.vision.seen import Look

_MOST = 1500  # pairs whose images are looked into
_ANSWERED = 500  # of the answers, the last so many teach what a likeness is worth
_SOURCES = 3
_FIRST = 120  # pairs whose images `deepen` looks into
_UNKNOWN = 0.7  # a face's score where the look is not in the cache any more

_IMAGES = """
    SELECT i.id, i.filepath, i.filename, i.content_hash, f.phash, f.width, f.height, coalesce(l.version, ''),
        coalesce(s.path, '')
    FROM json_each(?) j JOIN images i ON i.id = j.value JOIN features f ON f.image_id = i.id
    LEFT JOIN looked l ON l.image_id = i.id AND l.content = i.content_hash
    LEFT JOIN sources s ON s.id = i.source_id WHERE i.content_hash IS NOT NULL
"""


class Image(NamedTuple):
    """One image of a pair: where it is, what it looks like, and its name as a family has it."""

    item: Item
    phash: int | None
    family: tuple[str, str] | None
    sure: bool  # stages of this name belong together whatever they look like


class Pool(NamedTuple):
    """Pairs worth asking about, and of each how alike its images look; answered ones too."""

    pairs: tuple[Pair, ...]
    likeness: dict[Pair, Likeness]
    shallow: bool  # images of the first pairs have parts that were not looked into


_kept: WeakKeyDictionary[Library, tuple[str, Pool]] = WeakKeyDictionary()
_finding = threading.Lock()


def pool(library: Library) -> Pool:
    """The library's pairs; quick once they were found. Raises LibraryError where the disk refuses."""
    with _finding:
        state = _state(library)
        held = _kept.get(library)
        if held is not None and held[0] == state:
            return held[1]
        found = _find(library)
        _kept[library] = state, found
        return found


def forget(library: Library) -> None:
    """More is known of the images now: find the pairs anew."""
    with _finding:
        _kept.pop(library, None)


def _state(library: Library) -> str:
    """Changes with the images, their groups' limits, and what was seen; not with answers."""
    with library.db.read() as connection:
        serials = [
            str(connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).get or "")
            for name in ("intake_serial", "cue_serial", "formed")
        ]
    serials[2] = serials[2].split("|", 1)[0]  # the images that the groups were made of
    return "|".join([*serials, msgspec.json.encode(library.settings.groups).decode()])


def _find(library: Library) -> Pool:
    limits = library.settings.groups
    with library.db.read() as connection:
        stand = same_find.stands(connection)
        inner = same_find.inside(connection, limits)
        answered = [(one, other) for one, other in connection.execute(
            "SELECT one, other FROM links WHERE same IS NOT NULL ORDER BY at DESC LIMIT ?", (_ANSWERED,)
        )]  # fmt: skip
    sources = [same_find.by_look(stand, limits), inner, same_find.by_vector(library.paths, stand)]
    pairs = _mixed(sources, _MOST)
    with library.db.read() as connection:
        images = _images(connection, library, {image for pair in [*pairs, *answered] for image in pair})
    pairs = [p for p in pairs if p[0] in images and p[1] in images and not _certain(images[p[0]], images[p[1]])]
    shown = _shown(library, images)
    alike = {
        pair: found
        for pair in [*pairs, *answered]
        if pair[0] in shown and pair[1] in shown
        and (found := likeness(shown[pair[0]], shown[pair[1]], limits.phash_distance)) is not None
    }  # fmt: skip
    kept = tuple(pair for pair in pairs if pair in alike)
    return Pool(kept, alike, shallow=any(_lacks(images[i], shown[i]) for pair in kept[:_FIRST] for i in pair))


def _mixed(sources: Sequence[list[Pair]], most: int) -> list[Pair]:
    """Of each source its share, first ones first; what one does not need the others have."""
    found: dict[Pair, None] = {}
    places = [0] * len(sources)
    while len(found) < most and any(at < len(some) for at, some in zip(places, sources, strict=True)):
        for number, some in enumerate(sources):
            if places[number] < len(some):
                found[some[places[number]]] = None
                places[number] += 1
    return list(found)[:most]


def _certain(one: Image, other: Image) -> bool:
    return one.family is not None and one.family == other.family and (one.sure or other.sure)


def _images(connection: apsw.Connection, library: Library, ids: set[int]) -> dict[int, Image]:
    pattern = compile_pattern(library.settings.stages.pattern)
    found: dict[int, Image] = {}
    rows = connection.execute(_IMAGES, (msgspec.json.encode(sorted(ids)).decode(),))
    for image, path, filename, content, phash, width, height, version, source in rows:
        name = parse_name(filename, pattern)
        grouped = Grouped(
            id=image, path=path, phash=phash, stem=name.stem, name_timestamp=bool(name.timestamp), source=source
        )
        found[image] = Image(
            Item(content, path, version, width, height),
            None if rule.is_blank(grouped) else rule.bits(grouped),
            rule.family_name(grouped) if library.settings.groups.by_name else None,
            bool(name.timestamp) and name.stage is not None,
        )
    return found


def _shown(library: Library, images: dict[int, Image]) -> dict[int, Shown]:
    """What is known of each image; vectors only where the cache has them."""
    ids = list(images)
    items = [images[image].item for image in ids]
    looked = [place for place, item in enumerate(items) if item.version]
    pictures: dict[int, Bag] = {}
    faces: dict[int, Bag] = {}
    bodies: dict[int, Bag] = {}
    looks: dict[int, Look] = {}
    if library.paths.vectors.is_file():
        with Cache(library.paths.vectors) as cache:
            pictures = dict(part_vectors.bags(cache, "whole", items))
            some = [items[place] for place in looked]
            faces = {looked[place]: bag for place, bag in part_vectors.bags(cache, "face", some)}
            bodies = {looked[place]: bag for place, bag in part_vectors.bags(cache, "body", some)}
            looks = _looks(cache, {place: items[place] for place in faces})
    return {
        image: Shown(
            phash=images[image].phash,
            name=os.path.join(*images[image].family or ("",)),  # noqa: PTH118 - only compared
            picture=pictures[place].vectors[0] if place in pictures else None,
            faces=faces[place].vectors if place in faces else None,
            strength=_strengths(faces[place], looks.get(place)) if place in faces else (),
            bodies=bodies[place].vectors if place in bodies else None,
        )
        for place, image in enumerate(ids)
    }


def _looks(cache: Cache, items: dict[int, Item]) -> dict[int, Look]:
    found: dict[int, Look] = {}
    for version in sorted({item.version for item in items.values()}):
        places = [place for place, item in items.items() if item.version == version]
        for number, data in cache.vectors(f"look/{version}", [items[place].content for place in places]):
            if (look := look_rows.decoded(data)) is not None:
                found[places[number]] = look
    return found


def _strengths(bag: Bag, look: Look | None) -> tuple[float, ...]:
    """Of each face in the bag; its score is that of the face found nearest to its box."""
    faces = look.people.faces if look else []

    def score(box: Sequence[float]) -> float:
        apart = ((sum(abs(a - b) for a, b in zip(face.box, box, strict=True)), face.score) for face in faces)
        return min(apart, default=(0.0, _UNKNOWN))[1]

    boxes: list[list[float]] = bag.boxes.tolist()
    return tuple(strength(score(box), min(box[2] - box[0], box[3] - box[1])) for box in boxes)


def _lacks(image: Image, shown: Shown) -> bool:
    return shown.picture is None or (image.item.version != "" and shown.faces is None and shown.bodies is None)


def deepen(library: Library, progress: Progress) -> str:
    """Look into the pairs that come first: vectors of their pictures, faces and bodies, into the cache.

    Raises:
        Cancelled: what was finished is kept.
        WorkersFailed, LibraryError.
    """
    if not embedders.installed(LITE0):
        return "The built-in network is not installed: pairs are compared by pHash."
    found = pool(library)
    with library.db.read() as connection:
        images = _images(connection, library, {image for pair in found.pairs[:_FIRST] for image in pair})
    items = sorted({image.item for image in images.values()})
    seen = [item for item in items if item.version]
    with Cache(library.paths.vectors) as cache:
        part_vectors.fill(library.paths, cache, {"whole": items, "face": seen, "body": seen}, progress)
    forget(library)
    return f"{len(items):,} images of pairs in doubt were looked into."
