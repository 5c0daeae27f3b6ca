"""Up to three crops of one picture, in its own shape: the best, and two that differ in what they are for.

The search is exhaustive (`search.py`); here is what its result means. A crop has to gain something, else the whole
picture is proposed; what looks wrong is left out wherever that costs neither the head nor most of the subject.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from engine.cropping import grid, words
from engine.cropping.alternates import alternates
from engine.cropping.confidence import SURE, certainty, confidence
from engine.cropping.model import TERMS, Anchor, Box, Candidate, Id, KeepOut, Proposal, Scene, Seed
from engine.cropping.rules import is_strong
from engine.cropping.search import APART, Measured, Search, best_of, overlap
from engine.cropping.seeds import prior
from engine.cropping.subject import clipped, is_empty
from engine.cropping.terms import score

GAIN = 0.12  # of the score: a crop that is better by less is not worth its pixels; more where the anchor is unsure
_KINDS = {
    "tighter": "tighter", "close": "close on {kept}", "moved": "another place for {kept}", "roomier": "more room",
    "whole": "the whole picture", "fuller": "more of the picture", "cleaner": "loses most of the subject",
}  # fmt: skip
_IDS: tuple[Id, ...] = ("best", "alt1", "alt2")


def propose(
    scene: Scene, weights: Mapping[str, float], *, margin: float, smallest: float, seeds: Sequence[Seed] = ()
) -> Proposal:
    """The best crop and at most two alternates.

    Args:
        scene: what is known of the picture, at least 1 x 1.
        weights: by the names of TERMS; one that is missing counts nothing.
        margin: room kept round the main head, in parts of its height.
        smallest: no crop is narrower than this part of the picture, above 0, at most 1.
        seeds: crops this person accepted; those of the same anchor pull a little.

    Raises:
        ValueError: the scene has no pixel.
    """
    if scene.width < 1 or scene.height < 1:
        raise ValueError("a picture has at least one pixel")
    search = Search(scene, weights, margin, smallest)
    search.prior = prior(seeds, search.ruler.subject.anchor, scene.width, scene.height)
    found = search.all()
    clean, best = _best(search, found)
    others = alternates(search, found, best, clean)
    return _told(search, weights, found, clean, [("", best), *others])


def _best(search: Search, found: Measured) -> tuple[bool, Box]:
    """Whether it is clean, and the best window to the pixel."""
    clean = bool((found.clean & found.keeps).any())

    def allowed(some: Measured) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        return some.clean & some.keeps if clean else some.keeps

    at = best_of(found.worth, allowed(found))
    whole = found.worth.size - 1
    assert at is not None  # noqa: S101 - the whole picture is lawful, and keeps all
    box = search.refined(found.box(at), allowed)
    if allowed(found)[whole] and _worth(search, box) - float(found.worth[whole]) < gain_due(
        search.ruler.subject.anchor
    ):
        return clean, found.box(whole)
    return clean, box


def gain_due(anchor: Anchor) -> float:
    """By how much a crop has to be better than the whole picture."""
    return GAIN / SURE[anchor] ** 2


def _worth(search: Search, box: Box) -> float:
    return float(search.measured(np.array(box, np.float32)[:, None]).worth[0])


def _told(
    search: Search, weights: Mapping[str, float], found: Measured, clean: bool, chosen: Sequence[tuple[str, Box]]
) -> Proposal:
    """The proposal in words and numbers."""
    scene, best = search.scene, chosen[0][1]
    subject = search.ruler.subject
    kept = words.anchor_words(subject.anchor, several=search.ruler.fit.several)
    boxes = np.array([box for _, box in chosen] + [(0, 0, scene.width, scene.height)], np.float32).T
    values = [dict(zip(TERMS, map(float, row), strict=True)) for row in search.ruler.measure(boxes).T]
    candidates = []
    for name, (kind, box), terms in zip(_IDS, chosen, values, strict=False):
        left = _left_out(scene, box)
        first = _KINDS[kind].format(kept=kept) if kind else _first(scene, box, kept)
        gained = [] if kind or box[2] - box[0] == scene.width else words.gains(terms, values[-1], weights, kept)
        text = words.note(first, [words.thing(one) for one in left], gained)
        avoids = list(dict.fromkeys(one.tag or one.shape for one in left))
        candidates.append(Candidate(name, box, text, score(terms, weights), terms, avoids))
    strong = [one for one in scene.keep_out if is_strong(one)]
    out = _left_out(scene, best)
    whole = best[2] - best[0] == scene.width
    gains = words.gains(values[0], values[-1], weights, kept)
    why = words.why(clean, whole, _things(out), _things([o for o in strong if o not in out]), kept, gains)
    return Proposal(
        scene.width, scene.height, candidates, list(scene.keep_out), clean, why,
        confidence(_lead(search, found, best), certainty(subject.anchor, strong), clean),
        grid.error(scene.width, scene.height, best[2] - best[0]), subject.anchor,
    )  # fmt: skip


def _first(scene: Scene, box: Box, kept: str) -> str:
    return "the whole picture" if box[2] - box[0] == scene.width else f"keeps {kept}"


def _things(keep_out: Sequence[KeepOut]) -> list[str]:
    return [words.thing(one) for one in keep_out]


def _left_out(scene: Scene, box: Box) -> list[KeepOut]:
    """What is outside of this box whole."""
    out = []
    for one in scene.keep_out:
        region = clipped(one.region, scene.width, scene.height)
        apart = box[0] >= region[2] or box[1] >= region[3] or box[2] <= region[0] or box[3] <= region[1]
        if apart and not is_empty(region):
            out.append(one)
    return out


def _lead(search: Search, found: Measured, best: Box) -> float:
    """How much more the best is worth than the best framing that is another one; 1 where there is none."""
    allowed = (overlap(found.boxes, best) < APART) & found.keeps
    at = best_of(found.worth, allowed)
    return 1.0 if at is None else _worth(search, best) - float(found.worth[at])
