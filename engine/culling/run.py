"""The main job: sources in, groups, keepers and the review queue out. A second run of the same folder does nothing."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from engine.culling import queue, reports
from engine.errors import LibraryError, NotFound, WrongUse
from engine.intake.sync import Synced, sync
from engine.library.store import Library
from engine.library.text import to_path, to_text
from engine.progress import Progress


class Summary(msgspec.Struct, frozen=True):
    """What a cull did; the JSON answer of `pickwise cull`."""

    library: str
    images: int
    new: int
    missing: int
    quarantined: int
    groups: int
    keepers: int
    review: int
    seconds: float
    images_per_second: float
    reports: dict[str, str]
    changed: int = 0
    moved: int = 0
    returned: int = 0
    notices: list[str] = []

    def sentence(self) -> str:
        counts = [(self.images, "image"), (self.groups, "group"), (self.keepers, "keeper")]
        images, groups, keepers = (f"{count} {what}{'' if count == 1 else 's'}" for count, what in counts)
        words = f"{images} in {groups}: {keepers} picked"
        needs = "group needs" if self.review == 1 else "groups need"
        words += f", {self.review} {needs} you." if self.review else ", nothing needs you."
        if self.quarantined:
            words += f" {self.quarantined} {'file' if self.quarantined == 1 else 'files'} could not be read."
        return words


def refuse_library(folder: Path, library: Path) -> None:
    """Raises WrongUse where a folder of images is the library's own folder."""
    if folder.resolve() == library.resolve():
        raise WrongUse(
            f"{to_text(folder)} is the library's own folder, not a folder of images.",
            "Name another folder for one of them; `pickwise rescan --library DIR` scans a library's sources again.",
        )


def add_sources(library: Library, folders: Sequence[Path], *, recursive: bool | None = None) -> None:
    """Add folders to the library's sources (each once; one inside another source is left out).

    Raises:
        NotFound: one of them is no folder.
        LibraryHeld, SettingsError.
    """
    known = list(library.reload_settings().scan.sources)
    for folder in folders:
        place = Path(os.path.abspath(folder))  # noqa: PTH100 - resolve() would follow links the person chose
        if not place.is_dir():
            raise NotFound(f"There is no folder {to_text(place)}.", "Check the name, or whether its disk is there.")
        refuse_library(place, library.paths.root)
        if to_text(place) in known:
            continue
        if library.settings.scan.recursive and any(to_path(s) in place.parents for s in known):
            continue
        known.append(to_text(place))
    if known != library.settings.scan.sources:
        library.change_setting("scan.sources", known)
    if recursive is not None and recursive != library.settings.scan.recursive:
        library.change_setting("scan.recursive", recursive)


def cull(library: Library, progress: Progress) -> Summary:
    """Scan, take in, group, pick and report.

    Raises:
        Cancelled: what was finished is kept, and the next run goes on from there.
        LibraryHeld: the library is open read-only.
    """
    began = time.monotonic()
    library.reload_settings()
    done = sync(library, progress)
    regroup(library, progress)
    seconds = time.monotonic() - began
    return _summary(library, done, seconds)


def regroup(library: Library, progress: Progress) -> None:
    """Group, pick and report anew where images, settings, answers or code have changed since; scans nothing.

    What is answered meanwhile is in the groups too. See `cull`.
    """
    from engine.culling import rebind

    while not is_current(library):
        if rebind.follow(library, progress=progress) is None:
            _form(library, progress)
    report(library, progress)


def report(library: Library, progress: Progress) -> None:
    """Write the reports anew where the groups changed since. Raises Cancelled, LibraryHeld, LibraryError."""
    formed = library.fact("formed")
    if library.fact("reported") != formed or not all(f.is_file() for f in _reports(library)):
        _report(library, formed, progress)


def _signature(library: Library) -> str:
    """Changes when groups or picks could: the images, the settings, what the person said of pairs, or the code."""
    from engine.culling import signature

    return signature.of(library)


def is_current(library: Library) -> bool:
    """Whether the groups are those of the images, settings and answers there are now."""
    return library.fact("formed") == _signature(library)


def _reports(library: Library) -> list[Path]:
    return [library.paths.reports / name for name in ("groups.csv", "picks.csv")]


def _form(library: Library, progress: Progress) -> None:
    from engine.culling import form, form_write, signature

    settings = library.settings
    with library.db.read() as connection:
        unsaid, said = signature.unsaid(connection, settings), form.links(connection)
        formed = form.form(connection, settings, progress, said)
    form_write.write(library, formed, unsaid + signature.said(said), progress)


def _report(library: Library, signature: str, progress: Progress) -> None:
    try:
        with library.db.read() as connection:
            reports.write_reports(connection, library.paths.reports, library.settings, progress)
    except OSError as error:
        raise LibraryError(
            f"The reports could not be written: {error.strerror or error}.",
            f"Groups and picks are done. Close the files in {to_text(library.paths.reports)} elsewhere, or free space.",
        ) from None
    library.remember("reported", signature)


def _summary(library: Library, done: Synced, seconds: float) -> Summary:
    with library.db.read() as connection:
        status = queue.counts(connection)
        keepers = queue.keeper_count(connection)
    return Summary(
        library=to_text(library.paths.root),
        images=done.images,
        new=done.new,
        missing=done.missing,
        quarantined=done.quarantined,
        groups=status.total,
        keepers=keepers,
        review=status.needs_you,
        seconds=round(seconds, 3),
        images_per_second=round(done.measured / seconds, 1) if seconds > 0 else 0.0,
        reports={name: to_text(library.paths.reports / f"{name}.csv") for name in ("groups", "picks")},
        changed=done.changed,
        moved=done.moved,
        returned=done.returned,
        notices=done.notices,
    )
