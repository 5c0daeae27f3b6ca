"""How cropping goes: how many proposals are accepted, the work an image takes, the time that proposals save.

Figures of spec 3, section B5, over the last answers; answers given without help are the baseline and nothing else.
"""

from __future__ import annotations

from statistics import median
from typing import NamedTuple

import apsw
import msgspec

from engine.library.journal import Cropped

LAST = 200  # answers
EASY = 0.7  # confidence from which on a proposal counts as sure
_BASELINE = 5000  # answers that are searched for those without help
ACCEPTED = frozenset({"best", "alt1", "alt2"})
# Answers `a` that were given here: those of an earlier log say nothing of our proposals, nor of the time they take.
HERE = "instr(a.note, CAST('\"earlier\":true' AS BLOB)) = 0"

_ANSWERS = f"""
    SELECT a.note, c.confidence FROM crop_answers a LEFT JOIN crops c ON c.image_id = a.image_id
    WHERE {HERE} ORDER BY a.at DESC LIMIT ?
"""  # noqa: S608 - our own words


class Readouts(NamedTuple):
    """None where there is nothing to tell from.

    Attributes:
        answers: with help.
        accept_rate: accepted without a nudge, of the last LAST with help; accept_rate_before: of the LAST before them.
        actions: keys and drags an image, mean; easy: the share of sure proposals among those shown.
        seconds, seconds_unassisted: an image with and without help, medians.
        seconds_saved: per 100 images.
    """

    answers: int
    accept_rate: float | None
    accept_rate_before: float | None
    actions: float | None
    easy: float | None
    seconds: float | None
    seconds_unassisted: float | None
    seconds_saved: float | None


def read(connection: apsw.Connection) -> Readouts:
    helped: list[tuple[Cropped, float | None]] = []
    alone: list[Cropped] = []
    for note, confidence in connection.execute(_ANSWERS, (_BASELINE,)):
        how = msgspec.json.decode(note, type=Cropped)
        if how.unassisted:
            alone.append(how)
        elif how.proposed:
            helped.append((how, confidence))
    last = [how for how, _ in helped[:LAST]]
    before = [how for how, _ in helped[LAST : 2 * LAST]]
    sure = [confidence >= EASY for _, confidence in helped[:LAST] if confidence is not None]
    seconds, without = _seconds(last), _seconds(alone[:LAST])
    return Readouts(
        answers=len(helped), accept_rate=_rate(last), accept_rate_before=_rate(before),
        actions=sum(how.actions for how in last) / len(last) if last else None,
        easy=sum(sure) / len(sure) if sure else None, seconds=seconds, seconds_unassisted=without,
        seconds_saved=None if seconds is None or without is None else 100 * (without - seconds),
    )  # fmt: skip


def _rate(answers: list[Cropped]) -> float | None:
    return sum(how.choice in ACCEPTED for how in answers) / len(answers) if answers else None


def _seconds(answers: list[Cropped]) -> float | None:
    """The median of those whose time was measured."""
    times = [how.time_ms / 1000 for how in answers if how.time_ms > 0]
    return median(times) if times else None
