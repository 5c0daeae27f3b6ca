"""The append-only journal under labels/sessions: what happened, one JSON line a decision, spec 4's schema.

Spec 4's keys always stand in a line, with `crop_box` only where there is a crop; Pickwise adds `id`, `kind`, `hashes`
(of `images`, so that a renamed file keeps its history), `also` (further keepers) and `of` (what an undo or redo is of).
Paths are whole paths in the text form of `engine.library.text`. Every line is fsynced before it counts.
"""

from __future__ import annotations

import datetime as dt
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from engine.errors import LibraryError
from engine.library.text import to_text

Kind = Literal["pick", "reject", "reopen", "flag", "unflag", "undo", "redo"]


class Box(msgspec.Struct, frozen=True):
    """A crop in original pixels after EXIF orientation."""

    x: int
    y: int
    w: int
    h: int


class Record(msgspec.Struct, frozen=True):
    """One decision."""

    ts: str
    set_id: str
    images: list[str]
    winner: str | None = None
    needs_crop: bool = False
    delete: bool = False
    crop_box: Box | msgspec.UnsetType = msgspec.UNSET
    anomaly_tags: list[str] = []
    id: str = ""
    kind: Kind = "pick"
    hashes: list[str] = []
    also: list[str] = []
    of: str = ""


class Line(msgspec.Struct, frozen=True):
    """A line read back: the record or why it cannot be read, and the offset just behind it."""

    record: Record | None
    problem: str
    end: int


def now() -> str:
    """This moment as contract.md writes times."""
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def new_id() -> str:
    return uuid.uuid4().hex


class Journal:
    """The open journal of one library; used only on the writer's thread."""

    def __init__(self, sessions: Path) -> None:
        self._sessions = sessions
        self._name = ""
        self._file: int | None = None
        self._end = 0
        self._encoder = msgspec.json.Encoder()

    def append(self, record: Record) -> tuple[str, int]:
        """Write one line and wait until it is on the disk; answers with the file's name and its size after it.

        Raises:
            LibraryError: the disk did not take it; nothing was recorded.
        """
        name = f"{record.ts[:10]}__session.jsonl"
        line = self._encoder.encode(record) + b"\n"
        try:
            if name != self._name or self._file is None:
                self._open(name)
            assert self._file is not None  # noqa: S101 - _open sets it or raises
            self._write(self._file, line)
        except OSError as error:
            raise LibraryError(
                f"The decision could not be saved: {error.strerror or error}.",
                f"Free space on the disk that holds {to_text(self._sessions)}, then decide again.",
            ) from None
        return name, self._end

    def _open(self, name: str) -> None:
        self.close()
        self._file = os.open(self._sessions / name, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        self._name = name
        self._end = os.fstat(self._file).st_size
        if self._end:  # a line that a crash cut short must not swallow the next one
            with (self._sessions / name).open("rb") as file:
                file.seek(self._end - 1)
                if file.read(1) != b"\n":
                    self._write(self._file, b"\n")

    def _write(self, file: int, line: bytes) -> None:
        start = self._end
        try:
            view = memoryview(line)
            while view:
                view = view[os.write(file, view) :]
            os.fsync(file)
        except OSError:
            os.ftruncate(file, start)  # half a line on a full disk is not a decision
            raise
        self._end = start + len(line)

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


def files(sessions: Path) -> list[Path]:
    """The journal's files, oldest first (their names begin with the date)."""
    return sorted(sessions.glob("*__session.jsonl"))


def read(file: Path, start: int = 0) -> Iterator[Line]:
    """The lines of one file from byte `start` on; a last line without its newline is not yet a decision."""
    decoder = msgspec.json.Decoder(Record)
    with file.open("rb") as stream:
        stream.seek(start)
        end = start
        for raw in stream:
            if not raw.endswith(b"\n"):
                return
            end += len(raw)
            if not raw.strip():
                continue
            try:
                yield Line(decoder.decode(raw), "", end)
            except (msgspec.MsgspecError, UnicodeDecodeError) as error:
                yield Line(None, str(error), end)
