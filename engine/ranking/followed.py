"""The matches of one judge, or of all, and the verdicts of the cull, followed through decisions, undo and redo.

Undo takes the last decision, redo brings back the one before: so between two looks at the database a list of what
stands only ever loses from its end and gains at its end, and catching up costs what has changed, not what there is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import apsw
import msgspec

_SINCE = """
    SELECT id, decision, kind, shown, at FROM matches
    WHERE id > :last AND (:judge IS NULL OR judge = :judge) ORDER BY id
"""
_IDS = msgspec.json.Decoder(tuple[int, ...])


class Entry(NamedTuple):
    """A match that stands: `images` are ids, the winner first where `kind` is "pick"."""

    id: int
    decision: str
    kind: str  # "pick", "draw" or "skip"
    images: tuple[int, ...]
    at: str  # when, of a skip; "" else


_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(Entry).decode


class Followed:
    """Every match of one judge (None: of all judges together) that stands, in order."""

    def __init__(self, judge: str | None) -> None:
        self.judge = judge
        self._stack: list[bytes] = []  # packed, a quarter of what they would take

    def __len__(self) -> int:
        return len(self._stack)

    def __iter__(self) -> Iterator[Entry]:
        return map(_unpack, self._stack)

    def catch_up(self, connection: apsw.Connection) -> tuple[list[Entry], list[Entry]]:
        """What went (the last first) and what came since the last time, in order."""
        went = []
        last = 0
        while self._stack:
            entry = _unpack(self._stack[-1])
            if self._stands(connection, entry):
                last = entry.id
                break
            went.append(entry)
            del self._stack[-1]
        came = [
            Entry(number, decision, kind, _IDS.decode(shown), at if kind == "skip" else "")
            for number, decision, kind, shown, at in connection.execute(_SINCE, {"last": last, "judge": self.judge})
        ]
        self._stack += map(_pack, came)
        return went, came

    @staticmethod
    def _stands(connection: apsw.Connection, entry: Entry) -> bool:
        return bool(connection.execute("SELECT decision FROM matches WHERE id = ?", (entry.id,)).get == entry.decision)


_LAST = "SELECT coalesce(max(seq), 0) FROM decisions WHERE state = 'done'"
_VERDICT = """
    SELECT coalesce(max(seq), 0) FROM decisions
    WHERE state = 'done' AND seq > ? AND kind IN ('pick', 'reject', 'reopen')
"""


class Culled:
    """Tells whether verdicts may have changed."""

    def __init__(self) -> None:
        self._seen = self._verdict = 0  # the last decision that stood, and the last of those that gave a verdict

    def changed(self, connection: apsw.Connection) -> bool:
        """True where a decision of the cull came or went since the last time."""
        last = int(connection.execute(_LAST).get)
        kept = self._verdict == 0 or self._stands(connection, self._verdict)
        since = min(self._seen, last) if kept else 0
        newest = int(connection.execute(_VERDICT, (since,)).get)
        verdict = newest or (self._verdict if kept else 0)
        changed, self._seen, self._verdict = verdict != self._verdict, last, verdict
        return changed

    @staticmethod
    def _stands(connection: apsw.Connection, seq: int) -> bool:
        return bool(connection.execute("SELECT state FROM decisions WHERE seq = ?", (seq,)).get == "done")
