"""What grouping takes and gives: plain values, one an image and one a group."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import Literal

import msgspec

Via = Literal["medoid", "name", "look", "time", "you"]


class Item(msgspec.Struct, frozen=True, gc=False):
    """One image, as grouping sees it.

    Attributes:
        id: the image's number in the library, unique.
        path: its path as text (see `engine.library.text`), unique.
        phash: 64 bits; a signed number from SQLite is read as the same bits.
        stem: the name without its stage and suffix, with its timestamp where there is one; "" when it says nothing.
        stage: the step that made the image, None where the name has none.
        timestamp: seconds, from the name or EXIF; None (or not finite) where unknown.
        name_timestamp: `stem` carries that timestamp.
        width, height: pixels; they only order images that are otherwise equal.
        source: the source folder; a stem with a timestamp is one family across the folders of one source.
        flat: near-blank as measured on pixels, so that its hash is noise and matches only exactly.
    """

    id: int
    path: str
    phash: int
    stem: str = ""
    stage: float | None = None
    timestamp: float | None = None
    name_timestamp: bool = False
    width: int = 0
    height: int = 0
    source: str = ""
    flat: bool = False


class Group(msgspec.Struct, frozen=True):
    """Images of one family; every member is near the medoid, directly, or was brought there by a person's answers.

    Attributes:
        key: 12 hex digits of the members' paths (see `group_key`).
        members: image ids, highest stage first, then most pixels, then path.
        medoid: the member whose distances to the others add up to the least.
        distances: pHash distance of each member to the medoid, bits, 0 to 64, in the order of `members`.
        via: why each member is in the group: the first of name, look, time by which it is near the medoid, else `you`.
    """

    key: str
    members: tuple[int, ...]
    medoid: int
    distances: tuple[int, ...]
    via: tuple[Via, ...]


def group_key(paths: Iterable[str]) -> str:
    """12 hex digits that depend on the set of paths alone, not on their order."""
    # A path holds no NUL, so it parts them without ambiguity.
    joined = "\0".join(sorted(paths)).encode("utf-8", "surrogatepass")
    return blake2b(joined, digest_size=6).hexdigest()


def keeper_order(item: Item) -> tuple[float, int, str, int]:
    """Sort key: highest stage, most pixels, path, id. It settles every draw in grouping."""
    stage = item.stage
    high = -stage if stage is not None and stage == stage else float("inf")
    return high, -item.width * item.height, item.path, item.id
