"""How sure the ranking was after so many picks: a few hundred points, kept with the library."""

from __future__ import annotations

import apsw
import msgspec

from engine.library.store import Library, set_fact
from engine.ranking.views import CurvePoint

MOST = 256  # points; beyond that every second one goes, of the older half first
DRAWN = 80  # points on the screen
REBUILT = 12  # points of a curve that has to be told again from the picks

_decode = msgspec.json.Decoder(list[tuple[int, float]]).decode


class Curve:
    """The expected share of the true top N by number of picks, of one judge and one N."""

    def __init__(self, judge: str | None, top: int) -> None:
        """Of one judge, or of all together: that one is drawn nowhere, and is not kept."""
        self._kept = judge is not None
        self._fact = f"rank_curve|{top}|{judge}"
        self._share: dict[int, float] = {}
        self.gaps: list[int] = []  # numbers of picks at which the share has to be found again, the first one last
        self._saved = 0
        self._changes = 0

    def read(self, connection: apsw.Connection, picks: int) -> None:
        """Take up what was kept; what cannot be read, or is of more picks than there are, is left out."""
        if not self._kept:
            return
        kept = connection.execute("SELECT value FROM facts WHERE name = ?", (self._fact,)).get
        try:
            self._share = {at: share for at, share in _decode(kept or "[]") if 0 < at <= picks and 0 <= share <= 1}
        except msgspec.MsgspecError:
            self._share = {}
        if picks >= REBUILT and not any(at < picks * 3 // 4 for at in self._share):
            self.gaps = sorted({picks * part // REBUILT for part in range(1, REBUILT)}, reverse=True)

    def put(self, picks: int, share: float) -> None:
        """The share after so many picks, as it is seen now."""
        if picks > 0:
            self._share[picks] = min(max(share, 0.0), 1.0)
            self._changes += 1
        if picks in self.gaps:
            self.gaps.remove(picks)
        if len(self._share) > MOST:
            self._thin()

    def _thin(self) -> None:
        order = sorted(self._share)
        for at in order[1 : len(order) // 2 : 2]:
            del self._share[at]

    def forget(self, after: int) -> None:
        """Picks beyond `after` were undone."""
        for at in [at for at in self._share if at > after]:
            del self._share[at]
            self._changes += 1
        self.gaps = [at for at in self.gaps if at <= after]

    def points(self) -> list[CurvePoint]:
        """At most DRAWN of them, the last one always."""
        order = sorted(self._share)
        chosen = order[:: -(-len(order) // DRAWN)] if order else []
        return [CurvePoint(at, round(self._share[at], 4)) for at in sorted({*chosen, *order[-1:]})]

    def save(self, library: Library) -> None:
        """Keep it with the library, where anything is new. Raises LibraryError, LibraryHeld."""
        changes = self._changes
        if self._kept and changes != self._saved and not library.read_only:
            text = msgspec.json.encode([(at, round(self._share[at], 6)) for at in sorted(self._share)]).decode()
            library.write(lambda c: set_fact(c, self._fact, text))
            self._saved = changes
