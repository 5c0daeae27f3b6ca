"""The append-only JSONL journal under labels/sessions: what happened, one JSON line a decision, spec 4's schema.

Spec 4's keys always stand in a line, with `crop_box` only where there is a crop; Pickwise adds `id`, `kind`, `hashes`
(of `images`, so that a renamed file keeps its history), `also` (further keepers), `of` (what an undo or redo is of),
`judge` (whose ranking), for an import `pairs`, for a check `yes` (its tag is true), for a crop `crop` (how it was
decided), for a pick `proposed` (what the model said), for a decision in bulk `batch`, for its review `what` was looked
at, for crops of an earlier log `crops`. Paths are whole paths in the text form of `engine.library.text`. Every line is
fsynced before it counts.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from engine.errors import LibraryError
from engine.library.text import to_text

_DATED = re.compile(r"\d{4}-\d\d-\d\d__session\.jsonl")
Kind = Literal[
    "pick", "reject", "reopen", "flag", "unflag", "undo", "redo",
    "match", "draw", "skip", "import",
    "stay", "go", "plain", "swap", "split", "apart", "stage", "restore", "approve", "lost",
    "check", "to_crop", "crop", "crops", "uncrop", "trio", "taste", "cut",
    "same", "promote", "reviewed", "gate",
]  # fmt: skip


class Box(msgspec.Struct, frozen=True):
    """A crop in original pixels after EXIF orientation."""

    x: int
    y: int
    w: int
    h: int


class Cropped(msgspec.Struct, frozen=True):
    """How a crop was decided, enough to learn from it again without the image.

    Attributes:
        choice: which proposal was accepted; `nudged` a box of the person's own, `full` no crop.
        time_ms: from first paint to the decision, idle time cut; actions: keys and drags until then.
        unassisted: decided without being shown a proposal.
        chosen: the terms of the box that was chosen, by name; offered: those of each proposal, best first.
        proposed: the boxes of the proposals, x1, y1, x2, y2.
        earlier: it was decided elsewhere, about proposals of another tool: it is no check of ours.
        agreed: of an image that chance drew to measure by, or that was decided without help: whether the best proposal
            was taken as it is; unset where it is no check.
        again: chance drew this crop, to be looked at again; unset where it did not.
    """

    choice: Literal["best", "alt1", "alt2", "nudged", "full"]
    time_ms: int = 0
    actions: int = 0
    unassisted: bool = False
    chosen: dict[str, float] = {}
    offered: list[dict[str, float]] = []
    proposed: list[tuple[int, int, int, int]] = []
    earlier: bool | msgspec.UnsetType = msgspec.UNSET
    agreed: bool | msgspec.UnsetType = msgspec.UNSET
    again: bool | msgspec.UnsetType = msgspec.UNSET


class Earlier(msgspec.Struct, frozen=True, array_like=True):
    """One answer of an earlier log; `box` is None for the whole picture, `tags` say why."""

    box: Box | None
    tags: list[str]
    how: Cropped


class Proposed(msgspec.Struct, frozen=True):
    """What the model recommended when a decision was made.

    Attributes:
        winner: the path of the image it would keep; confidence: 0 to 1; model: its name.
        checked: drawn by chance to measure by: the person decided without seeing the recommendation.
        agreed: what the first such decision said, where the person took it back and decided again: that one counts.
    """

    winner: str
    confidence: float
    model: str
    checked: bool = False
    agreed: bool | msgspec.UnsetType = msgspec.UNSET


class Promoted(msgspec.Struct, frozen=True, array_like=True):
    """One group of a batch, or one crop.

    Attributes:
        set_id: the group, "" for a crop.
        winner, members: places in the record's `images`; members are the whole group, with the winner.
        confidence: 0 to 1.
        box: how the winner is cropped, all zero for the whole picture; None where a group is decided.
        checked: drawn by chance, so that looking at it tells how good the rest is.
    """

    set_id: str
    winner: int
    members: list[int]
    confidence: float
    box: Box | None = None
    checked: bool = False


class Pair(msgspec.Struct, frozen=True, array_like=True):
    """One comparison of an import; `winner` and `loser` are places in the record's `images`."""

    winner: int
    loser: int
    draw: bool
    ts: str


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
    judge: str = ""
    pairs: list[Pair] | msgspec.UnsetType = msgspec.UNSET
    yes: bool | msgspec.UnsetType = msgspec.UNSET
    crop: Cropped | msgspec.UnsetType = msgspec.UNSET
    proposed: Proposed | msgspec.UnsetType = msgspec.UNSET
    batch: list[Promoted] | msgspec.UnsetType = msgspec.UNSET
    crops: list[Earlier] | msgspec.UnsetType = msgspec.UNSET  # one of each of `images`
    what: list[Literal["winner", "crop"]] | msgspec.UnsetType = msgspec.UNSET  # likewise


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
        self._start = self._end = 0  # of the last line written
        self.lines = 0  # appended so far
        self._encoder = msgspec.json.Encoder()

    def append(self, record: Record) -> tuple[str, int]:
        """Write one line and wait until it is on the disk; answers with the file's name and its size after it.

        Raises:
            LibraryError: the disk did not take it; nothing was recorded.
        """
        line = self._encoder.encode(record) + b"\n"
        try:
            file = self._for_day(record.ts[:10])
            self._write(file, line)
        except OSError as error:
            self.close()  # whatever was left there is looked at again before the next line
            raise LibraryError(
                f"The decision could not be saved: {error.strerror or error}.",
                f"Free space on the disk that holds {to_text(self._sessions)}, then decide again.",
            ) from None
        self.lines += 1
        return self._name, self._end

    def take_back(self) -> None:
        """Remove the line just written: the database would not have it, so the decision was refused."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, self._start)
                os.fsync(self._file)
        self.close()

    def _for_day(self, day: str) -> int:
        """The open file of a day. A clock set back does not reorder history: the newest file is written on."""
        if self._file is not None and os.fstat(self._file).st_nlink == 0:
            self.close()  # it was deleted under us: what is written into it now would be lost
        dated = (file.name for file in files(self._sessions) if _DATED.match(file.name))
        name = max(f"{day}__session.jsonl", self._name or max(dated, default=""))
        if self._file is None or name != self._name:
            self._file = self._open(name)
        return self._file

    def _open(self, name: str) -> int:
        self.close()
        fresh = not (self._sessions / name).exists()
        file = os.open(self._sessions / name, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            if fresh:
                _sync_folder(self._sessions)
            elif _torn(self._sessions / name):  # a line that a crash cut short must not swallow the next one
                self._write(file, b"\n")
        except OSError:
            os.close(file)
            raise
        self._name = name
        return file

    def _write(self, file: int, line: bytes) -> None:
        start = os.fstat(file).st_size
        try:
            view = memoryview(line)
            while view:
                view = view[os.write(file, view) :]
            os.fsync(file)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(file, start)  # half a line on a full disk is not a decision
            raise
        self._start, self._end = start, start + len(line)

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _sync_folder(folder: Path) -> None:
    """Make a new file's name survive a power cut, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _torn(file: Path) -> bool:
    """True where the last line has no end."""
    with file.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(size - 1, 0))
        return stream.read(1) not in (b"", b"\n")


def mend(sessions: Path) -> None:
    """End lines that a crash or an editor left without their newline, so that a replay sees what a rebuild will."""
    for path in files(sessions):
        with contextlib.suppress(OSError):
            if _torn(path):
                with path.open("ab") as stream:
                    stream.write(b"\n")


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
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
                yield Line(None, _why(error), end)


def _why(error: Exception) -> str:
    """One line without what would break a terminal or an answer."""
    return "".join(c if c.isprintable() else "?" for c in str(error))[:200]
