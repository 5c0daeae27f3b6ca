"""What was seen, as files beside the library for other tools: `sidecar/hands/*.keypoints.json`, `det/*.facefoot.json`.

The schema is `engine.vision.seen`'s; the names hold the image's and the beginning of its content hash, so that two
images of one name have a file each.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import msgspec

from engine.library import wholefile
from engine.library.paths import LibraryPaths
from engine.library.text import shortened, to_path, to_text
from engine.vision.pictures import Picture
from engine.vision.seen import ANKLES, HEELS, TOES, Box, Face, Hand, Look

_LONGEST_NAME = 180  # bytes of the image's name that are kept: file systems end at 255
_HANDS, _FACES = ".keypoints.json", ".facefoot.json"
_CONTENT = 12  # letters of the content hash that a name ends with
SURE = 0.5  # visibility from which on a point of a body was seen and not guessed


class Foot(msgspec.Struct, frozen=True):
    """One foot: ankle, heel and toe, and the box round them."""

    side: str
    points: list[tuple[float, float]]
    box: Box


class Hands(msgspec.Struct, frozen=True):
    """A `*.keypoints.json`."""

    image: str
    content_hash: str
    width: int
    height: int
    hands: list[Hand]


class FaceFoot(msgspec.Struct, frozen=True):
    """A `*.facefoot.json`; meshes are left out."""

    image: str
    content_hash: str
    width: int
    height: int
    faces: list[Face]
    feet: list[Foot]


def write(paths: LibraryPaths, picture: Picture, look: Look) -> None:
    """Write both files of one image. Raises LibraryError where the disk refuses."""
    people = look.people
    about = (to_path(picture.path).name, picture.content, people.width, people.height)
    about = (to_text(Path(about[0])), *about[1:])
    faces = [msgspec.structs.replace(face, mesh=[]) for face in people.faces]
    name = stem(picture)
    wholefile.save(paths.hands / f"{name}{_HANDS}", msgspec.json.encode(Hands(*about, people.hands)))
    wholefile.save(paths.det / f"{name}{_FACES}", msgspec.json.encode(FaceFoot(*about, faces, feet(look))))


def has_both(paths: LibraryPaths) -> Callable[[str], bool]:
    """Whether a content has both of its files; the folders are listed once, and a folder that is none holds none."""
    hands, faces = (_contents(*place) for place in ((paths.hands, _HANDS), (paths.det, _FACES)))
    return lambda content: content[:_CONTENT] in hands and content[:_CONTENT] in faces


def _contents(folder: Path, ending: str) -> set[str]:
    if not folder.is_dir():
        return set()
    with os.scandir(folder) as entries:
        names = [entry.name for entry in entries]
    return {name[-_CONTENT - len(ending) : -len(ending)] for name in names if name.endswith(ending)}


def stem(picture: Picture) -> str:
    """What the sidecars of an image are called before their ending."""
    return f"{shortened(to_path(picture.path).name, _LONGEST_NAME)}.{picture.content[:_CONTENT]}"


def feet(look: Look) -> list[Foot]:
    """The feet of every body of which ankle, heel and toe were seen."""
    found = []
    for body in look.people.bodies:
        for side, places in zip(("left", "right"), zip(ANKLES, HEELS, TOES, strict=True), strict=True):
            if all(body.visibility[place] >= SURE for place in places):
                points = [body.points[place] for place in places]
                xs, ys = [x for x, _ in points], [y for _, y in points]
                found.append(Foot(side, points, (min(xs), min(ys), max(xs), max(ys))))
    return found
