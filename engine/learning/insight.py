"""The plots of the Insight screen as points: how good the recommendations are, and what crops and groups took.

Agreement and calibration are of picks that chance drew and the person made blind: what was shown beside its answer
says little. Bands are Wilson's score interval at 95 % (JASA 1927). A session is a day of the journal (UTC).
"""

from __future__ import annotations

import contextlib
import math
from collections import defaultdict
from collections.abc import Iterable
from statistics import fmean, median
from typing import Any, NamedTuple

import apsw
import msgspec

from engine.cropping.readouts import ACCEPTED, EASY, HERE
from engine.learning import cards
from engine.library.paths import LibraryPaths

_BINS = 24  # of agreement over time
_SMALLEST_BIN = 10  # checks
_STEPS = 20  # of confidence
_LAST = 10_000  # crops: older ones are not drawn
_Z = 1.96

_BLIND = (
    "SELECT at, good, confidence FROM trials WHERE kind = 'winner' AND batch = '' AND good IS NOT NULL ORDER BY place"
)
_ANSWERS = f"""
    SELECT a.at, a.note, c.confidence FROM crop_answers a LEFT JOIN crops c ON c.image_id = a.image_id
    WHERE {HERE} ORDER BY a.at DESC LIMIT ?
"""  # noqa: S608 - our own words
_ASKED = """
    SELECT substr(ts, 1, 10), count(*) FROM decisions
    WHERE state = 'done' AND kind IN ('pick', 'trio') GROUP BY 1
"""
_AT_ONCE = "SELECT substr(at, 1, 10), count(*) FROM promoted WHERE kind = 'winner' GROUP BY 1"


class Point(NamedTuple):
    """See `wire_learning.Point`."""

    x: float
    y: float
    low: float | None
    high: float | None
    n: int
    label: str


class Plots(NamedTuple):
    """See `wire_learning.Insight`."""

    agreement: list[Point]
    calibration: list[Point]
    learning: list[Point]
    accept_rate: list[Point]
    ask_rate: list[Point]
    actions: list[Point]
    saved: list[Point]
    queue_mix: list[Point]


class _Note(msgspec.Struct, frozen=True):
    """What is drawn of how a crop was decided; what was proposed is not taken apart."""

    choice: str
    unassisted: bool = False
    proposed: msgspec.Raw = msgspec.Raw(b"[]")
    time_ms: int = 0
    actions: int = 0

    @property
    def helped(self) -> bool:
        return not self.unassisted and bytes(self.proposed) != b"[]"


class _Crop(NamedTuple):
    day: str
    how: _Note
    sure: float | None


def plots(connection: apsw.Connection, paths: LibraryPaths) -> Plots:
    blind: Any = connection.execute(_BLIND).fetchall()
    crops = _crops(connection)
    helped = [crop for crop in crops if crop.how.helped]
    return Plots(
        agreement=agreement([(str(at), bool(agreed)) for at, agreed, _ in blind]),
        calibration=calibration([(float(sure), bool(agreed)) for _, agreed, sure in blind]),
        learning=learning(paths),
        accept_rate=_by_day((crop.day, crop.how.choice in ACCEPTED) for crop in helped),
        ask_rate=_asked(connection),
        actions=_means([(crop.day, float(crop.how.actions)) for crop in helped]),
        saved=_saved(crops),
        queue_mix=_by_day((crop.day, crop.sure >= EASY) for crop in helped if crop.sure is not None),
    )


def wilson(good: int, n: int) -> tuple[float, float]:
    """The band of a share at 95 %, each between 0 and 1; 0 to 1 where there is nothing."""
    if not n:
        return 0.0, 1.0
    rate, z = good / n, _Z
    middle = (rate + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * math.sqrt(rate * (1 - rate) / n + z * z / (4 * n * n))
    return max(0.0, min(rate, middle - reach)), min(1.0, max(rate, middle + reach))


def _share(x: float, good: int, n: int, label: str) -> Point:
    return Point(x, good / n, *wilson(good, n), n, label)


def agreement(checks: list[tuple[str, bool]]) -> list[Point]:
    """Bins of equal size over checks in order; x is the number of the bin's last check."""
    size = max(_SMALLEST_BIN, math.ceil(len(checks) / _BINS))
    found = []
    for first in range(0, len(checks), size):
        part = checks[first : first + size]
        end = first + len(part)
        found.append(
            _share(end, sum(good for _, good in part), len(part), f"checks {first + 1} to {end}, {part[-1][0][:10]}")
        )
    return found


def calibration(checks: list[tuple[float, bool]]) -> list[Point]:
    """How often recommendations of about one confidence were right; x is their mean confidence."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for sure, good in checks:
        bins[min(_STEPS - 1, int(sure * _STEPS))].append((sure, good))
    return [
        _share(fmean(sure for sure, _ in part), sum(good for _, good in part), len(part), _said(number))
        for number, part in sorted(bins.items())
    ]


def _said(step: int) -> str:
    return f"said {100 * step / _STEPS:.0f} to {100 * (step + 1) / _STEPS:.0f} %"


class _Metrics(msgspec.Struct, frozen=True):
    accuracy: float | None = None


class _Fitted(msgspec.Struct, frozen=True):
    """What is drawn of a model's card."""

    at: str
    pairs: int
    metrics: _Metrics


def learning(paths: LibraryPaths) -> list[Point]:
    """Of every model kept: held-out accuracy by the pairs it was fitted to."""
    found = []
    for name in cards.names(paths):
        try:
            card = msgspec.json.decode((paths.models / f"{name}.json").read_bytes(), type=_Fitted)
        except (OSError, msgspec.MsgspecError, UnicodeError, RecursionError):
            continue
        if card.metrics.accuracy is not None:
            found.append(
                Point(card.pairs, card.metrics.accuracy, None, None, card.pairs, card.at[:16].replace("T", " "))
            )
    return sorted(found)


def _crops(connection: apsw.Connection) -> list[_Crop]:
    """The last answers, oldest first; one that cannot be read is left out."""
    rows: Any = connection.execute(_ANSWERS, (_LAST,)).fetchall()
    decode = msgspec.json.Decoder(_Note).decode
    found = []
    for at, data, sure in reversed(rows):
        with contextlib.suppress(msgspec.MsgspecError, UnicodeError):
            found.append(_Crop(str(at)[:10], decode(data), sure))
    return found


def _by_day(said: Iterable[tuple[str, bool]]) -> list[Point]:
    days: dict[str, list[bool]] = defaultdict(list)
    for day, good in said:
        days[day].append(good)
    return [_share(x, sum(part), len(part), day) for x, (day, part) in enumerate(sorted(days.items()), 1)]


def _means(values: list[tuple[str, float]]) -> list[Point]:
    days: dict[str, list[float]] = defaultdict(list)
    for day, value in values:
        days[day].append(value)
    return [
        Point(x, fmean(part), None, None, len(part), day) for x, (day, part) in enumerate(sorted(days.items()), 1)
    ]  # fmt: skip


def _saved(crops: list[_Crop]) -> list[Point]:
    """Seconds saved per 100 images: what one without help takes, less what one with help took that day; medians."""
    alone = [crop.how.time_ms / 1000 for crop in crops if crop.how.unassisted and crop.how.time_ms > 0]
    if not alone:
        return []
    days: dict[str, list[float]] = defaultdict(list)
    for crop in crops:
        if crop.how.helped and crop.how.time_ms > 0:
            days[crop.day].append(crop.how.time_ms / 1000)
    return [
        Point(x, 100 * (median(alone) - median(part)), None, None, len(part), day)
        for x, (day, part) in enumerate(sorted(days.items()), 1)
    ]


def _asked(connection: apsw.Connection) -> list[Point]:
    """The share of groups that were decided one at a time."""
    asked = {str(day): int(n) for day, n in connection.execute(_ASKED)}
    at_once = {str(day): int(n) for day, n in connection.execute(_AT_ONCE)}
    days = sorted({*asked, *at_once})
    both = [(day, asked.get(day, 0), at_once.get(day, 0)) for day in days]
    return [_share(x, one, one + many, day) for x, (day, one, many) in enumerate(both, 1)]
