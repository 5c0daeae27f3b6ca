"""Weights on this disk: found by name, given out only when size and sha256 are those of the manifest.

Nothing here reaches the network (`engine.vision.fetch` does, when asked), and nothing is loaded or unpickled.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO

import msgspec

from engine.errors import NotFound
from engine.library.paths import home
from engine.library.text import to_text
from engine.vision import manifest
from engine.vision.manifest import Weights

PART = 1 << 20  # bytes read at a time

_checked: dict[tuple[str, str, int, int], bool] = {}  # path, sha256, size, mtime -> right or not


class State(msgspec.Struct, frozen=True):
    """How a model stands on this machine.

    Attributes:
        name: as in the manifest.
        present: a file of its name is in one of the folders.
        verified: one of them has the right size and sha256.
        in_use: it is verified and what runs it is installed, so its feature uses it.
        path: the file that is used, else the first that is wrong, else empty.
        size: bytes, as it must be.
        licence, what_for, without: as in the manifest.
    """

    name: str
    present: bool
    verified: bool
    in_use: bool
    path: str
    size: int
    licence: str
    what_for: str
    without: str


def own_folder() -> Path:
    """Where fetched models go: the user's data folder."""
    return home() / "models"


def folders() -> list[Path]:
    """Where models are looked for, in this order: PICKWISE_MODELS, the app bundle, the user's data folder."""
    told = [Path(part).absolute() for part in os.environ.get("PICKWISE_MODELS", "").split(os.pathsep) if part]
    inside = getattr(sys, "_MEIPASS", None)
    return [*told, *([Path(inside) / "models"] if inside else []), own_folder()]


def known(name: str) -> Weights:
    """What the manifest says of this model.

    Raises:
        NotFound: it says nothing.
        WeightsFailed: there is no good manifest.
    """
    models = manifest.read()
    if name not in models:
        raise NotFound(f"There is no model {name[:60]!r}.", f"Choose one of {', '.join(models)}.")
    return models[name]


def find(name: str) -> Path | None:
    """The file of this model, its size and sha256 right; None where there is none such.

    Raises:
        NotFound: the manifest does not know the model.
        WeightsFailed: there is no good manifest.
    """
    wanted = known(name)
    return next((place for place in _places(wanted) if right(place, wanted)), None)


def states(*, again: bool = False) -> list[State]:
    """Every model of the manifest; `again` reads all files anew and trusts no earlier check.

    Raises:
        WeightsFailed: there is no good manifest.
    """
    if again:
        _checked.clear()
    return [_state(wanted) for wanted in manifest.read().values()]


def right(file: Path, wanted: Weights) -> bool:
    """Whether the file is this model to the last bit. Read once a process, as long as size and time stay."""
    try:
        with os.fdopen(_at_once(file), "rb") as opened:
            status = os.fstat(opened.fileno())
            if not stat.S_ISREG(status.st_mode) or status.st_size != wanted.size:
                return False
            key = (os.fsdecode(file), wanted.sha256, status.st_size, status.st_mtime_ns)
            if key not in _checked:
                _checked[key] = _sha256(opened, wanted.size) == wanted.sha256
            return _checked[key]
    except (OSError, ValueError):
        return False


def refused(file: Path) -> bool:
    """Whether this file carries the name of a model of the manifest and is not that model.

    Raises:
        WeightsFailed: there is no good manifest.
    """
    wanted = next((w for w in manifest.read().values() if w.file.casefold() == file.name.casefold()), None)
    return wanted is not None and not right(file, wanted)


def _state(wanted: Weights) -> State:
    places = _places(wanted)
    good = next((place for place in places if right(place, wanted)), None)
    shown = good or (places[0] if places else None)
    return State(
        name=wanted.name,
        present=bool(places),
        verified=good is not None,
        in_use=good is not None and all(find_spec(module) is not None for module in wanted.modules),
        path=to_text(shown) if shown else "",
        size=wanted.size,
        licence=wanted.licence,
        what_for=wanted.what_for,
        without=wanted.without,
    )


def _places(wanted: Weights) -> list[Path]:
    return [folder / wanted.file for folder in folders() if os.path.lexists(folder / wanted.file)]


def _at_once(file: Path) -> int:
    """Open without waiting: a named pipe in place of a file must not hold anybody up."""
    return os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))


def _sha256(opened: BinaryIO, size: int) -> str:
    """Of at most `size` + 1 bytes, so that a file that grows meanwhile does not match."""
    digest, left = hashlib.sha256(), size + 1
    while left and (part := opened.read(min(PART, left))):
        digest.update(part)
        left -= len(part)
    return digest.hexdigest()
