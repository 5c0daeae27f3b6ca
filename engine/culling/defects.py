"""Defects: measured reasons not to keep an image, each with the number, the limit and a sentence.

Pass 1 of stage-aware culling. The limits are settings; what each number means is said in `engine/intake/model.py`.
"""

from __future__ import annotations

import math
from typing import Literal

import msgspec

from engine.intake.model import Quality
from engine.library.settings import Defects

DefectName = Literal["blur", "dark", "bright", "clipped", "noise", "color_cast", "low_detail"]


class Defect(msgspec.Struct, frozen=True):
    """One reason; `value` is beyond `limit`, both in the unit of the setting of that name."""

    name: DefectName
    value: float
    limit: float
    text: str


def find_defects(quality: Quality, limits: Defects) -> tuple[Defect, ...]:
    """Every limit that `quality` breaks, in a fixed order; an empty tuple for an image without a defect."""
    q = quality
    lost = min(1.0, q.blown + q.crushed)
    rules: tuple[tuple[DefectName, bool, float, float, str], ...] = (
        ("blur", q.blur_px > limits.blur_px, q.blur_px, limits.blur_px, _blur(q, limits)),
        ("dark", q.p999 < limits.dark, q.p999, limits.dark, _dark(q, limits)),
        ("bright", q.blown > limits.bright, q.blown, limits.bright, _bright(q, limits)),
        ("clipped", lost > limits.clipped, lost, limits.clipped, _clipped(lost, limits)),
        ("noise", q.noise > limits.noise, q.noise, limits.noise, _noise(q, limits)),
        ("color_cast", q.cast > limits.color_cast, q.cast, limits.color_cast, _cast(q, limits)),
        ("low_detail", q.detail < limits.low_detail, q.detail, limits.low_detail, _detail(q, limits)),
    )
    return tuple(Defect(name, value, limit, text) for name, broken, value, limit, text in rules if broken)


def quality_score(quality: Quality, limits: Defects | None = None) -> float:
    """0 (worst) to 1 (best), for ranking images of one group.

    The product of five factors: focus 1 / (1 + (blur_px / limit)^2), noise 1 / (1 + (noise / limit)^2), light kept
    1 - (blown + crushed) / 2, brightest tone min(1, p999 / (2 dark)), detail min(1, sqrt(detail / 4)). None rises as
    its measure gets worse, so an image that is no worse in any of them never scores lower.
    """
    at = limits or Defects()
    focus = 1 / (1 + (quality.blur_px / max(at.blur_px, 1e-6)) ** 2)
    noise = 1 / (1 + (quality.noise / max(at.noise, 1e-6)) ** 2)
    kept = 1 - min(1.0, quality.blown + quality.crushed) / 2
    lit = min(1.0, quality.p999 / max(2 * at.dark, 1e-6))
    detail = min(1.0, quality.detail / 4)
    score = focus * noise * kept * lit * math.sqrt(detail)
    return min(1.0, max(0.0, score))


def _blur(q: Quality, at: Defects) -> str:
    return f"sharpest edges are {q.blur_px:.1f} px wide (limit {at.blur_px:.1f})"


def _dark(q: Quality, at: Defects) -> str:
    return f"brightest tones reach only {q.p999:.0%} of white (limit {at.dark:.0%})"


def _bright(q: Quality, at: Defects) -> str:
    return f"{q.blown:.0%} of what is lit has lost its highlights (limit {at.bright:.0%})"


def _clipped(lost: float, at: Defects) -> str:
    return f"{lost:.0%} of the picture has no detail left in highlights or shadows (limit {at.clipped:.0%})"


def _noise(q: Quality, at: Defects) -> str:
    return f"noise is {q.noise:.1f} grey levels strong (limit {at.noise:.1f})"


def _cast(q: Quality, at: Defects) -> str:
    return f"the whole picture leans {q.cast:.0f} from neutral (limit {at.color_cast:.0f})"


def _detail(q: Quality, at: Defects) -> str:
    return f"only {q.detail:.2f} bits of tones to see (limit {at.low_detail:.2f})"
