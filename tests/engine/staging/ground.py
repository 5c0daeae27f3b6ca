"""Trees to move about in, what they look like to the last byte, and disks that fail at the worst moment."""

from __future__ import annotations

import errno
import itertools
import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from engine.intake.digest import content_hash
from engine.library.text import to_text
from engine.progress import Quiet
from engine.staging import disk, moves, rename
from engine.staging.model import Report, Unit

QUIET = Quiet()
LONG_AGO = 1_234_567_890_123_456_789


class Shape(NamedTuple):
    """All of a file that must come back."""

    digest: str
    mtime_ns: int
    mode: int
    attributes: tuple[tuple[str, bytes], ...]


def write(path: Path, content: bytes | str = b"x", mtime_ns: int = LONG_AGO) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    os.utime(path, ns=(mtime_ns, mtime_ns))
    return path


def grow(source: Path, images: int, seed: int = 0, folders: int = 4) -> list[Path]:
    """Images of different bytes, times and permissions, each with no companion to three of them."""
    rng = random.Random(seed)
    made = []
    for number in range(images):
        stem = source / f"d{number % folders}" / ("ü 🦊 " * (number % 3 == 1) + f"i{number}")
        names = [f"{stem}.png", f"{stem}.yaml", f"{stem}.cropped", f"{stem}.png.crop_suggestions.json"]
        for name in names[: 1 + number % 4]:
            content = b"" if name.endswith(".cropped") else f"{name} {seed}".encode()
            path = write(Path(name), content, LONG_AGO + rng.randrange(10**15))
            path.chmod(rng.choice((0o600, 0o644, 0o755, 0o444)))
            if rng.random() < 0.2:
                give_attribute(path, str(number).encode())
        made.append(Path(names[0]))
    return made


def give_attribute(path: Path, value: bytes) -> None:
    """An extended attribute, where the disk has them."""
    if hasattr(os, "setxattr"):
        mode = path.stat().st_mode
        path.chmod(0o600)
        with suppress(OSError):
            os.setxattr(path, "user.pickwise.test", value)
        path.chmod(mode)


def shape(path: Path) -> Shape:
    info = path.lstat()
    if path.is_symlink():
        return Shape(str(path.readlink()), info.st_mtime_ns, info.st_mode, ())
    attributes = ()
    if hasattr(os, "listxattr"):
        attributes = tuple((name, os.getxattr(path, name)) for name in sorted(os.listxattr(path)))
    return Shape(content_hash(path.read_bytes()), info.st_mtime_ns, info.st_mode, attributes)


def files(folder: Path) -> dict[str, Shape]:
    """Every file below a folder, hidden ones too, by its path there."""
    found = {}
    for above, _, names in os.walk(folder):
        for name in names:
            path = Path(above, name)
            found[str(path.relative_to(folder))] = shape(path)
    return found


def folders(folder: Path) -> dict[str, int]:
    """Every folder and its time."""
    found = {".": folder.stat().st_mtime_ns}
    for above, names, _ in os.walk(folder):
        found |= {str(Path(above, n).relative_to(folder)): Path(above, n).stat().st_mtime_ns for n in names}
    return found


def bag(shapes: dict[str, Shape]) -> list[Shape]:
    """The files without their places: the same list before and after means that each is in exactly one place."""
    return sorted(shapes.values())


def units(source: Path, *images: Path) -> list[Unit]:
    return [Unit(to_text(image), to_text(source), to_text(image.name)) for image in images]


def staged(home: Path, source: Path, *images: Path, batch: str = "b", folder: Any = "_review_dupes") -> Report:
    return moves.stage(home, units(source, *images), folder, QUIET, batch)


class Crash(BaseException):
    """The process is gone: from here on nothing it does reaches the disk."""


CHANGES: list[tuple[Any, str]] = [
    (disk, "make_folder"), (disk, "remove_folder"), (disk, "rename"), (disk, "remove"), (disk, "sync"),
    (disk, "append"), (disk, "set_times"),
    (rename, "_second_name"), (rename, "_drop"), (rename, "_empty"), (rename, "_replace"),
]  # fmt: skip


class Faults:
    """Counts the calls that change a disk, and breaks one of them.

    Attributes:
        calls: how many there were.
    """

    def __init__(self, fault: Callable[[int, str], BaseException | None], *, after: bool = False) -> None:
        self.calls = 0
        self._fault = fault
        self._after = after
        self._dead: BaseException | None = None

    def wrap(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any) -> Any:
            if self._dead is not None:
                raise self._dead
            self.calls += 1
            error = self._fault(self.calls, name)
            if error is None:
                return None if name == "sync" else call(*args)  # waiting for the disk changes nothing to see
            if isinstance(error, Crash):
                self._dead = error
                if name == "append":  # half of it got out
                    self._dead = None
                    call(args[0], args[1][: len(args[1]) // 2])
                    self._dead = error
                elif self._after:
                    call(*args)
            raise error

        return wrapped


@contextmanager
def broken(fault: Callable[[int, str], BaseException | None], *, after: bool = False) -> Iterator[Faults]:
    """Within: every call that changes the disk first asks `fault(number, name)` what is to go wrong."""
    faults = Faults(fault, after=after)
    with pytest.MonkeyPatch.context() as patch:
        for module, name in CHANGES:
            patch.setattr(module, name, faults.wrap(name, getattr(module, name)))
        yield faults


def crash_at(number: int, *, after: bool = False) -> Any:
    return broken(lambda call, _: Crash() if call == number else None, after=after)


def fail(number: int, code: int, *names: str, lasting: bool = False) -> Any:
    """The call of this number (of those named, if any) fails with an errno; `lasting`: and all after it."""
    counter = itertools.count(1)

    def fault(_: int, name: str) -> BaseException | None:
        if names and name not in names:
            return None
        count = next(counter)
        return OSError(code, os.strerror(code)) if count == number or (lasting and count > number) else None

    return broken(fault)


def killed(work: Callable[[], Any]) -> bool:
    """Do something that may crash; True when it did."""
    try:
        work()
    except Crash:
        return True
    return False


@contextmanager
def no_waiting() -> Iterator[None]:
    """Without waiting for the disk, for tests that pull no plug."""
    with broken(lambda *_: None):
        yield


@contextmanager
def another_disk() -> Iterator[None]:
    """Within: the staging folder is on another disk, as far as renaming goes."""
    real = disk.rename

    def refuse(here: rename.Place, there: rename.Place, reserving: Callable[[], None]) -> None:
        if not here.name.startswith(".pickwise-"):
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        real(here, there, reserving)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(disk, "rename", refuse)
        yield


@contextmanager
def plain_disk(*, links: bool) -> Iterator[None]:
    """Within: a disk that cannot rename exclusively; without `links`, one that knows no second names either."""

    def unknown(*_: object) -> None:
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

    def unlinkable(*_: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rename, "_native_rename", unknown)
        if not links:
            patch.setattr(rename, "_second_name", unlinkable)
        yield
