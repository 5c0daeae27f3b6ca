"""The lines of a `session.jsonl` (spec 4), each as far as it can be understood; they are judged by `session_log`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec

from engine.errors import NotFound, WrongUse
from engine.library.journal import Record
from engine.library.text import to_text
from engine.ranking.comparisons_csv import PassedOver

MOST = 1_000_000  # lines of one file
NULL = msgspec.Raw(b"null")
_LONGEST = 1_000_000  # bytes of a line
_FIELDS = frozenset(Record.__struct_fields__)


class Line(msgspec.Struct):
    """What is wanted of a line, most of which may be missing; see `engine.library.journal.Record`."""

    ts: str | None = ""
    set_id: str | int | None = ""
    images: list[str] = []
    winner: str | None = None
    needs_crop: bool | None = False
    delete: bool | None = False
    crop_box: msgspec.Raw = NULL
    anomaly_tags: list[str] | None = []
    kind: str = "pick"
    id: str = ""
    of: str = ""
    judge: str = ""
    also: list[str] = []
    yes: bool | None = None
    crop: msgspec.Raw = NULL


class Lines:
    """A file, line by line.

    Attributes:
        passed: lines that are none; fields: those that mean nothing, and on how many lines they stand.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self.passed: list[PassedOver] = []
        self.fields: Counter[str] = Counter()

    def __iter__(self) -> Iterator[tuple[int, str, Line]]:
        """Number, id and content of each; as in the journal, a line without an id has its place for one.

        Raises:
            NotFound: there is no such file.
            WrongUse: no line of it is one of a session log, or it has too many.
        """
        decoder, names, end = msgspec.json.Decoder(Line), msgspec.json.Decoder(dict[str, msgspec.Raw]), 0
        found = False
        for number, (size, raw) in enumerate(_raw(self._file), 1):
            end += size
            if raw is None:
                self.passed.append(PassedOver(number, f"This line is longer than {_LONGEST:,} bytes."))
                continue
            text = raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
            if not text.strip():
                continue
            try:
                line = decoder.decode(text)
                self.fields.update(names.decode(text).keys() - _FIELDS)
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                self.passed.append(PassedOver(number, "This line is not a line of a session log."))
                continue
            found = found or bool(line.images or line.of)
            yield number, line.id or f"{to_text(self._file.name)}:{end}", line
        if not found:
            raise WrongUse(
                f"{to_text(self._file.name)} holds no line of a session log.",
                "A session log has one JSON object a line.",
            )


def about(line: Line) -> str | frozenset[str]:
    """What a line is about; without a name, a set is its images."""
    return str(line.set_id) if line.set_id not in ("", None) else frozenset(line.images)


def sides(line: Line) -> tuple[list[str], tuple[str, ...]]:
    """What was kept, the winner first, and what was not."""
    kept = list(dict.fromkeys([line.winner or "", *(name for name in line.also if name in line.images)]))
    return kept, tuple(name for name in dict.fromkeys(line.images) if name not in kept)


def _raw(file: Path) -> Iterator[tuple[int, bytes | None]]:
    """How long each line is, and its content; None where it is too long to be kept."""
    try:
        with file.open("rb") as stream:
            for number, line in enumerate(iter(lambda: stream.readline(_LONGEST + 1), b""), 1):
                if number > MOST:
                    raise WrongUse(f"{to_text(file.name)} has more than {MOST:,} lines.", "Split it.")
                size, part = len(line), line
                while size > _LONGEST and part and not part.endswith(b"\n"):
                    part = stream.readline(_LONGEST)
                    size += len(part)
                yield size, line if size <= _LONGEST else None
    except FileNotFoundError:
        raise NotFound(f"There is no file {to_text(file)}.") from None
    except OSError as error:
        raise WrongUse(f"{to_text(file)} cannot be read: {error.strerror or error}.") from None
