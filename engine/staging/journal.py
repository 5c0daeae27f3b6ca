"""The write-ahead journal of one batch, LIBRARY/staging/<batch>.jsonl: a line is on the disk before what it allows."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import msgspec

from engine.errors import NotFound, StagingError, WrongUse
from engine.library.text import to_text
from engine.staging import disk
from engine.staging.lines import Line

SUFFIX = ".jsonl"
TAIL = 1 << 16
_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Line] = msgspec.json.Decoder(Line)


def journal_file(home: Path, batch: str) -> Path:
    """Raises WrongUse where the name of a batch could be anything but a name."""
    if not _ID.fullmatch(batch):
        raise WrongUse(f"{batch[:100]!r} is not the name of a batch.", "Take a name that the list of batches shows.")
    return home / f"{batch}{SUFFIX}"


def journal_files(home: Path) -> list[Path]:
    """All journals, by name."""
    if not home.is_dir():
        return []
    return sorted(f for f in home.iterdir() if f.suffix == SUFFIX and _ID.fullmatch(f.stem) and f.is_file())


class Journal:
    """An open journal. Any error of the disk comes as StagingError: without a journal nothing may move."""

    def __init__(self, file: Path, *, new: bool) -> None:
        self.file = file
        if not new and not file.exists():
            raise _unknown(file)
        with self._or_refuse():
            if new:
                file.parent.mkdir(parents=True, exist_ok=True)
            self._handle = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC | (os.O_CREAT if new else 0), 0o644)
            if new:
                _sync_above(file)
            else:
                self._mend()

    def write(self, *lines: Line, durable: bool = False) -> None:
        """Append lines; `durable` waits until they and all before them are on the disk."""
        data = b"".join(_encoder.encode(line) + b"\n" for line in lines)
        with self._or_refuse():
            start = os.fstat(self._handle).st_size
            try:
                disk.append(self._handle, data)
                if durable:
                    disk.sync(self._handle)
            except OSError:
                with contextlib.suppress(OSError):
                    os.ftruncate(self._handle, start)  # half a line on a full disk says nothing
                raise

    def _mend(self) -> None:
        """Cut off a last line that a crash left half written; it allowed nothing yet."""
        size = os.fstat(self._handle).st_size
        tail = os.pread(self._handle, TAIL, max(size - TAIL, 0))
        if tail and not tail.endswith(b"\n"):
            whole = self.file.read_bytes().rfind(b"\n") + 1
            os.ftruncate(self._handle, whole)

    @contextlib.contextmanager
    def _or_refuse(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StagingError(
                f"The journal {to_text(self.file)} cannot be written: {error.strerror or error}.",
                "Free space on the disk that holds the library; nothing is moved without its journal.",
            ) from None

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._handle)


def read(file: Path) -> Iterator[Line | str]:
    """The lines of a journal, and a sentence for each that cannot be read. A last line without its end is none."""
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        raise _unknown(file) from None
    except OSError as error:
        raise StagingError(f"The journal {to_text(file)} cannot be read: {error.strerror or error}.") from None
    for number, raw in enumerate(data.split(b"\n")[:-1], 1):
        try:
            yield _decoder.decode(raw)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            yield f"Line {number} of {to_text(file)} cannot be read; what it names is left where it is."


def last_line(file: Path) -> Line | None:
    """The last whole line, read from the file's end; None where it cannot be read or is very long."""
    with contextlib.suppress(OSError), file.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(size - TAIL, 0))
        lines = stream.read().split(b"\n")
        if len(lines) > 1 and not lines[-1]:
            with contextlib.suppress(msgspec.MsgspecError, UnicodeDecodeError):
                return _decoder.decode(lines[-2])
    return None


def _unknown(file: Path) -> NotFound:
    return NotFound(f"There is no batch {file.stem}.", "See the list of staged batches.")


def _sync_above(file: Path) -> None:
    """Make the new file's name survive a power cut, and that of its folder."""
    for folder in (file.parent, file.parent.parent):
        handle = os.open(folder, os.O_RDONLY)
        try:
            disk.sync_folder(handle)
        finally:
            os.close(handle)
