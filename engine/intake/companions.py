"""Which files travel with which image: the companion rule of the file formats page.

A companion is a non-image file in the same folder whose name starts with the image's stem and a dot; the longest
matching stem wins. An image's full name counts as a longer stem of that image alone, so beside `a.png` and `a.jpg` the
file `a.yaml` belongs to both and `a.png.crop_suggestions.json` to `a.png` only.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

CROPPED = ".cropped"  # an empty companion: a person has cropped this image
IMAGE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".avif", ".heic", ".tif", ".tiff", ".bmp"})


def is_image_name(name: str) -> bool:
    """True when a file of this name (no folder) is to be read as an image; hidden and AppleDouble files are not."""
    return not name.startswith(".") and os.path.splitext(name)[1].lower() in IMAGE_SUFFIXES  # noqa: PTH122 - speed


def companions_in(names: Iterable[str], is_image: Callable[[str], bool]) -> dict[str, tuple[str, ...]]:
    """Pair up the files of one folder.

    Args:
        names: the names of its files, in any order.
        is_image: whether a name is an image, usually `is_image_name`.

    Returns:
        For each image with companions, their names in sorted order. A shared companion stands under each owner. The
        time grows with the number of names times the dots in a name.
    """
    owners: dict[str, list[str]] = {}
    others = []
    for name in names:
        if is_image(name):
            for stem in _stems(name):
                owners.setdefault(stem, []).append(name)
        else:
            others.append(name)
    found: dict[str, list[str]] = {}
    for name in others:
        for image in _owners_of(name, owners):
            found.setdefault(image, []).append(name)
    return {image: tuple(sorted(set(files))) for image, files in found.items()}


def companions_of(path: str | os.PathLike[str]) -> tuple[Path, ...]:
    """The companions of one image on disk, sorted by name. Raises OSError when its folder cannot be read."""
    image = Path(path)
    wanted = min(_stems(image.name), key=len)
    with os.scandir(image.parent) as entries:
        near = [e.name for e in entries if e.name.startswith(wanted) and (e.is_file() or e.is_symlink())]
    # Any image that could own one of these by a longer stem starts with the same letters, so `near` has it too.
    pairs = companions_in({*near, image.name}, lambda name: name == image.name or is_image_name(name))
    return tuple(image.parent / name for name in pairs.get(image.name, ()))


def is_cropped(name: str, companions: Iterable[str]) -> bool:
    """True when one of an image's companions is its crop mark: `a.cropped` or `a.png.cropped` beside `a.png`.

    Args:
        name: of the image, no folder.
        companions: their names in the same folder.
    """
    return any(is_crop_mark(other) and other[: -len(CROPPED)] in _stems(name) for other in companions)


def is_crop_mark(name: str) -> bool:
    """True for the name of a crop mark, whichever image it belongs to."""
    return name[-len(CROPPED) :].lower() == CROPPED


def _stems(name: str) -> set[str]:
    """The stem and the full name; the same for a name without a dot."""
    return {os.path.splitext(name)[0], name}  # noqa: PTH122 - speed


def _owners_of(name: str, owners: dict[str, list[str]]) -> list[str]:
    end = name.rfind(".")
    while end > 0:
        found = owners.get(name[:end])
        if found:
            return found
        end = name.rfind(".", 0, end)
    return []
