"""What one person's answers teach about crops: linear weights over the score's terms, moved a little by every answer.

Coactive learning (Shivaswamy and Joachims, "Online Structured Prediction via Coactive Learning", 2012): what the person
chose is better than what was proposed, by their own weights. The choice is read as one among the proposals and, where
they drew a box of their own, that box (multinomial logit, as in Luce's choice axiom), so that accepting teaches too.
The settings' weights are the prior: every answer pulls back to them a little, and no step is longer than STEP.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.cropping.model import AGAINST, TERMS
from engine.library.journal import Cropped

Floats = npt.NDArray[np.float64]

RATE = 2.0  # a step, in weights per unit of terms
STEP = 0.5  # the longest a step may be
PULL = 0.002  # of the way back to the prior, an answer
TEMPERATURE = 0.25  # in units of score: how surely the better of two is taken
MOST = 10.0  # a weight's upper end, as in the settings
_LARGEST = 1e6  # no term comes near it; a journal may hold anything, and sums of it must stay numbers
_SIGNS = np.array([-1.0 if term in AGAINST else 1.0 for term in TERMS])
_WORTH_SAYING = 0.15  # of a weight, or of 1 where it began at nearly nothing

_WORDS = {
    "saliency": ("you keep more of what draws the eye", "you give up more of what draws the eye"),
    "anomaly": ("you would rather cut away what looks wrong", "you leave in what looks wrong"),
    "head": ("you keep heads further from the edge", "you let heads come nearer to the edge"),
    "joints": ("you mind cuts through joints", "you do not mind cuts through joints"),
    "clutter": ("you like a calm border", "you do not mind a busy border"),
    "headroom": ("you care for the room above the head", "you care less for the room above the head"),
    "thirds": ("you like the subject on a third", "you do not hold to thirds"),
    "gaze": ("you leave room where the face looks", "you leave less room where the face looks"),
    "size": ("you want the subject to fill the frame", "you mind less how much of the frame the subject fills"),
}  # what a larger weight says, and a smaller one


class Lesson(NamedTuple):
    """One learned weight: of TERMS, where it began, where it is, and what that says ("" where it hardly moved)."""

    term: str
    start: float
    now: float
    text: str


def learned(
    start: Mapping[str, float], answers: Iterable[Cropped], since: Mapping[str, float] | None = None
) -> dict[str, float]:
    """The weights after these answers.

    Args:
        start: the prior, a weight of each of TERMS, 0 to 10.
        answers: in the order they were given. Those without a proposal, or with terms that no box has (a
            journal may hold any), teach nothing.
        since: the weights after the answers before these; None where there are none.

    Returns:
        A weight of each of TERMS, 0 to 10. The same for the same answers, always.
    """
    prior = np.array([float(start[term]) for term in TERMS])
    weights = prior if since is None else np.array([float(since[term]) for term in TERMS])
    for answer in answers:
        weights = _after(weights, prior, answer)
    return {term: float(weight) for term, weight in zip(TERMS, weights, strict=True)}


def lessons(start: Mapping[str, float], now: Mapping[str, float]) -> list[Lesson]:
    """What was learned, the largest change first."""
    found = []
    for term in TERMS:
        change = now[term] - start[term]
        tells = abs(change) >= _WORTH_SAYING * max(1.0, start[term])
        found.append(Lesson(term, start[term], now[term], _WORDS[term][change < 0] if tells else ""))
    return sorted(found, key=lambda lesson: -abs(lesson.now - lesson.start))


def _after(weights: Floats, prior: Floats, answer: Cropped) -> Floats:
    options = [_vector(terms) for terms in answer.offered]
    place = {"best": 0, "alt1": 1, "alt2": 2}.get(answer.choice, len(options))
    if not options or answer.unassisted or place > len(options):
        return weights
    if place == len(options):
        options.append(_vector(answer.chosen))
    choices = np.array(options)
    if not (np.abs(choices) <= _LARGEST).all():  # not a number is neither
        return weights
    scores = choices @ weights / TEMPERATURE
    likely = np.exp(scores - scores.max())
    step = RATE * (choices[place] - likely @ choices / likely.sum())
    length = float(np.linalg.norm(step))
    if length > STEP:
        step *= STEP / length
    moved = weights + step
    pulled: Floats = np.clip(moved + PULL * (prior - moved), 0.0, MOST)
    return pulled


def _vector(terms: Mapping[str, float]) -> Floats:
    """A box's terms with the sign they count with; a term that is absent (an older answer) counts for nothing."""
    found: Floats = _SIGNS * np.array([terms.get(term, 0.0) for term in TERMS])
    return found
