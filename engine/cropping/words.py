"""Proposals in plain words: what a box keeps, leaves out and gains, and why there is none without anything wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.cropping.model import AGAINST, TERMS, Anchor, KeepOut

_TAGS = {
    "extra_fingers": "odd fingers", "warped_wrist": "a warped wrist", "limb_misaligned": "a limb out of line",
    "long_hand": "an odd hand", "long_foot": "an odd foot", "wrong_toes_count": "odd toes",
    "foreshortened_upper_arm": "an odd arm", "malformed_phone_grip": "an odd grip", "odd_eyes": "odd eyes",
    "toes": "odd toes", "limb_overlap": "a stray limb", "glare": "glare", "awkward_edge": "an awkward edge",
    "background_distraction": "a distraction", "missing_detail": "a place that lacks detail",
    "stacked_faces": "faces in one another",
}  # fmt: skip
_SHAPES = {
    "hand": "an odd hand", "foot": "an odd foot", "limb": "a stray limb", "face": "an odd face",
    "region": "a place that looks wrong",
}  # fmt: skip
ANCHORS: dict[Anchor, str] = {
    "head": "the head", "torso": "the person", "mass": "the subject", "saliency": "the subject",
}  # fmt: skip
_GAINS = {
    "clutter": "quieter edges", "headroom": "better room above the head", "thirds": "a better place for {anchor}",
    "gaze": "room where the face looks", "size": "fills the frame better", "joints": "no cut at a joint",
    "head": "room round the head", "saliency": "more of the subject", "anomaly": "less of what looks wrong",
}  # fmt: skip
_FELT = 0.03  # of the score: a smaller gain is not spoken of


def thing(keep_out: KeepOut) -> str:
    """`odd fingers`."""
    return _TAGS.get(keep_out.tag) or _SHAPES.get(keep_out.shape, _SHAPES["region"])


def listed(things: Sequence[str]) -> str:
    """`odd fingers, odd toes and glare`, each once."""
    once = list(dict.fromkeys(things))
    return " and ".join(filter(None, [", ".join(once[:-1]), once[-1]])) if once else ""


def anchor_words(anchor: Anchor, *, several: bool) -> str:
    return "the heads" if anchor == "head" and several else ANCHORS[anchor]


def gains(
    terms: Mapping[str, float], before: Mapping[str, float], weights: Mapping[str, float], anchor: str
) -> list[str]:
    """What a box does better than the whole picture, the most felt first."""
    felt = {}
    for name in TERMS:
        change = (terms[name] - before[name]) * (-1 if name in AGAINST else 1) * weights.get(name, 0.0)
        if change >= _FELT and name != "anomaly":
            felt[name] = change
    return [_GAINS[name].format(anchor=anchor) for name in sorted(felt, key=lambda name: -felt[name])]


def note(first: str, leaves: Sequence[str], gained: Sequence[str]) -> str:
    """`keeps the head, leaves out odd fingers`."""
    parts = [first] if first else []
    if leaves:
        parts.append(f"leaves out {listed(leaves)}")
    return ", ".join((parts + list(gained))[:3])


def why(clean: bool, whole: bool, left: Sequence[str], remains: Sequence[str], kept: str, gained: Sequence[str]) -> str:
    """The sentence about the best. `left`, `remains`: what looks wrong and is out, and what is still in."""
    if not clean:
        lost = "losing" if kept != "the subject" else "losing most of"
        return f"No crop leaves out {the(remains)} without {lost} {kept.replace('head', 'face')}."
    if left:
        return f"Leaves out {listed(left)} and keeps {kept}."
    if whole:
        return "Well framed as it is: a crop gains nothing."
    return f"Keeps {kept}: {listed(list(gained)[:2])}." if gained else f"A closer look at {kept}."


def the(things: Sequence[str]) -> str:
    """`the odd fingers and the stray limb`."""
    return listed([f"the {one.removeprefix('a ').removeprefix('an ')}" for one in things])
