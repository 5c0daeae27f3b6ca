"""The words in which picks give their reasons."""

from __future__ import annotations

import math
from collections.abc import Sequence

from engine.culling.candidates import Candidate, level, tie_order

_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_SHOWN = 3  # scores named in one sentence


def number(value: float) -> str:
    """3 for 3.0, 1.5 for 1.5."""
    return f"{value:g}"


def count(of: int) -> str:
    return _COUNTS[of] if of < len(_COUNTS) else str(of)


def stage(candidate: Candidate) -> str:
    """ "stage 1.5", or "no stage"."""
    high = level(candidate)
    return f"stage {number(high)}" if math.isfinite(high) else "no stage"


def defects(candidate: Candidate) -> str:
    """ "blur (sharpest edges are 2.6 px wide, limit 1.6); dark"."""
    texts = [*candidate.texts, *([""] * len(candidate.defects))]
    return "; ".join(_defect(name, text) for name, text in zip(candidate.defects, texts, strict=False))


def _defect(name: str, text: str) -> str:
    said = text.removeprefix(f"{name}:").strip().replace(" (", ", ").replace("(", "").replace(")", "")
    word = name.replace("_", " ")
    return f"{word} ({said})" if said and said != name else word


def defective_stage(images: Sequence[Candidate]) -> str:
    """Why the images of one stage were passed over; all of them have defects."""
    if len(images) == 1:
        return f"{stage(images[0])} is defective: {defects(images[0])}"
    names = sorted({name.replace("_", " ") for image in images for name in image.defects})
    return f"all {count(len(images))} {stage(images[0])} images are defective: {', '.join(names)}"


def too_close(images: Sequence[Candidate], values: Sequence[float], margin: float) -> str:
    """ "two stage 3 images score within 0.02: 0.823 and 0.815"; values best first."""
    high = {level(image) for image in images}
    kind = f"{stage(images[0])} images" if len(high) == 1 and math.isfinite(level(images[0])) else "images"
    shown = [f"{value:.3f}" for value in values[:_SHOWN]]
    more = "" if len(values) <= _SHOWN else f" and {count(len(values) - _SHOWN)} more"
    listed = ", ".join(shown) + more if more else f"{', '.join(shown[:-1])} and {shown[-1]}"
    return f"{count(len(images))} {kind} score within {margin:g}: {listed}"


def tie_word(winner: Candidate, others: Sequence[Candidate]) -> str:
    """What settled a draw against the nearest of the others: size, sharpness, time or path."""
    nearest = min(others, key=tie_order)
    words = ("the larger", "the sharper", "the newer", "the first by path", "the first by path")
    pairs = zip(words, tie_order(winner), tie_order(nearest), strict=True)
    return next((word for word, mine, theirs in pairs if mine != theirs), "the same image")
