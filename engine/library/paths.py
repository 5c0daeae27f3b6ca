"""Where everything in a library folder stands, and which library holds a folder of images."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

import msgspec

from engine.errors import LibraryError
from engine.library.text import to_path, to_text

DATABASE = "library.db"
SETTINGS = "pickwise.toml"


@dataclass(frozen=True)
class LibraryPaths:
    """The layout of one library folder; nothing here touches the disk except `make`."""

    root: Path

    @property
    def database(self) -> Path:
        return self.root / DATABASE

    @property
    def settings(self) -> Path:
        return self.root / SETTINGS

    @property
    def lock(self) -> Path:
        return self.root / "library.lock"

    @property
    def holder(self) -> Path:
        return self.root / "library.holder.json"

    @property
    def sessions(self) -> Path:
        return self.root / "labels" / "sessions"

    @property
    def thumbs(self) -> Path:
        return self.root / "thumbs"

    @property
    def sidecar(self) -> Path:
        """What was worked out about images and can be worked out again."""
        return self.root / "sidecar"

    @property
    def vectors(self) -> Path:
        return self.sidecar / "vectors.db"

    @property
    def hands(self) -> Path:
        return self.sidecar / "hands"

    @property
    def det(self) -> Path:
        """Boxes of faces and feet."""
        return self.sidecar / "det"

    @property
    def saliency(self) -> Path:
        return self.sidecar / "saliency"

    @property
    def crops(self) -> Path:
        return self.root / "labels" / "crops"

    @property
    def crop_decisions(self) -> Path:
        return self.root / "labels" / "crop_decisions.csv"

    @property
    def trio_choices(self) -> Path:
        return self.root / "labels" / "trio_choices.csv"

    @property
    def models(self) -> Path:
        """What was learned in this library."""
        return self.root / "models"

    @property
    def reports(self) -> Path:
        return self.root / "reports"

    @property
    def staging(self) -> Path:
        return self.root / "staging"

    @property
    def exports(self) -> Path:
        return self.root / "exports"

    def make(self) -> None:
        """Create the folders that are missing.

        Raises:
            LibraryError: the place cannot be written.
        """
        try:
            for folder in (self.root, self.sessions, self.thumbs, self.reports, self.exports / "approved"):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LibraryError(
                f"The library folder {to_text(self.root)} cannot be written: {error.strerror or error}.",
                "Choose another place with --library, or free the folder.",
            ) from None


def home() -> Path:
    """The folder that new libraries are made in: PICKWISE_HOME, or the system's place for a user's data."""
    told = os.environ.get("PICKWISE_HOME")
    if told:
        return Path(told).absolute()
    from platformdirs import user_data_path

    return user_data_path("Pickwise", appauthor=False)


def is_library(folder: Path) -> bool:
    return (folder / DATABASE).is_file() or (folder / SETTINGS).is_file()


def _sources_of(library: Path) -> list[str]:
    from engine.errors import SettingsError
    from engine.library.settings_file import load

    try:
        return load(library / SETTINGS).scan.sources
    except SettingsError:
        return []  # a broken settings file is reported when that library is opened, not while looking for another


def _holds(library: Path, folder: Path) -> bool:
    return any(folder == s or s in folder.parents for s in map(to_path, _sources_of(library)))


def locate(folder: Path) -> Path:
    """The library for a folder: itself, one that lists it (or a folder above it) as a source, or a new place.

    The new place is `home()/libraries/NAME-HASH`, the same every time for the same folder.
    """
    folder = Path(os.path.abspath(folder))  # noqa: PTH100 - resolve() would follow links the person chose
    if is_library(folder):
        return folder
    for library in known_libraries():
        if _holds(library, folder):
            return library
    name = re.sub(r"[^\w.-]+", "-", to_text(folder.name) or "root").strip("-.")[:40] or "library"
    mark = hashlib.blake2b(os.fsencode(folder), digest_size=4).hexdigest()
    return home() / "libraries" / f"{name}-{mark}"


def known_libraries() -> list[Path]:
    """Every library there is: those in the usual place, and those that were opened elsewhere and are still there."""
    shelf = home() / "libraries"
    found = sorted(shelf.iterdir()) if shelf.is_dir() else []
    return [place for place in dict.fromkeys([*found, *_elsewhere()]) if is_library(place)]


def _elsewhere() -> list[Path]:
    try:
        return [to_path(line) for line in msgspec.json.decode((home() / "known.json").read_bytes(), type=list[str])]
    except (OSError, msgspec.MsgspecError):
        return []


def remember_library(library: Path) -> None:
    """Find this library again for its folders, wherever it stands."""
    known = _elsewhere()
    if library.parent == home() / "libraries" or library in known:
        return
    with contextlib.suppress(OSError):  # not worth a sentence: --library finds it too
        home().mkdir(parents=True, exist_ok=True)
        new = home() / "known.json.new"
        new.write_bytes(msgspec.json.encode([to_text(place) for place in [*known, library] if is_library(place)]))
        new.replace(home() / "known.json")


def last_library() -> Path | None:
    """The library the window had open last, where it is still there."""
    try:
        last = to_path((home() / "last").read_text("utf-8").strip())
    except (OSError, UnicodeDecodeError):
        return None
    return last if is_library(last) else None


def remember_last(library: Path) -> None:
    with contextlib.suppress(OSError):  # not worth a sentence
        home().mkdir(parents=True, exist_ok=True)
        (home() / "last").write_text(to_text(library), "utf-8")
