"""What a picture lost that its siblings have: an erased navel, a missing hand, a smeared face. No model of anatomy.

The stages or variants of one image are laid on each other (`register`), what they agree on is looked for in each
(`presence`), and where the majority of the others has it and this one does not, a cue says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from engine.vision.cues import presence, register
from engine.vision.seen import Abstained, Box, Cue

Rgb = npt.NDArray[np.uint8]

_TWO = 0.49  # of two pictures no one can tell which is wrong: never a doubt by the default threshold
_WEIGHTS = presence.Signs(lack=12.9, left=3.4, flat=-6.6, others=-42.6)  # logistic, on families made from photos and AI
_BIAS = -9.8  # so that 0.5 flags 2 to 3 % of the pictures that lost nothing
_MARGIN = 3.0  # pixels: a region is found a little within what was lost
_LEAST = 0.2  # lower scores say nothing
_MOST = 8  # cues a picture


class _Member(NamedTuple):
    place: int
    laid: register.Laid
    scale: tuple[float, float]


def lost(pictures: Sequence[Rgb]) -> list[list[Cue]]:
    """What each picture of one family lacks that the others have.

    Args:
        pictures: n arrays (H, W, 3) uint8 RGB, sizes may differ; best of 2 to 12.

    Returns:
        n lists of `lost_from_siblings`, strongest first; score 0 to 1 (0.5 is the default threshold; with one sibling
        only, below 0.5), box in that picture's pixels. Empty where a picture could not be laid on any other.
    """
    return [[cue for cue in found if isinstance(cue, Cue)] for found in compared(pictures)]


def compared(pictures: Sequence[Rgb]) -> list[list[Cue | Abstained]]:
    """As `lost`, and `Abstained` for each picture that could not be laid on any other."""
    answer: list[list[Cue | Abstained]] = [[] for _ in pictures]
    for members in _families(pictures):
        if len(members) > 1:
            for member, cues in zip(members, _cues(members, pictures), strict=True):
                answer[member.place].extend(cues)
        elif len(pictures) > 1:
            height, width = pictures[members[0].place].shape[:2]
            text = f"It could not be laid on {_others(len(pictures) - 1)} of its family; nothing was compared."
            answer[members[0].place].append(Abstained("lost_from_siblings", (0.0, 0.0, width, height), text))
    return answer


def _families(pictures: Sequence[Rgb]) -> list[list[_Member]]:
    """Those that lie on one frame together; the first of each is the frame."""
    looked = [register.small(rgb) for rgb in pictures]
    rest = list(range(len(pictures)))
    found = []
    while rest:
        frame = looked[rest[0]]
        if frame is None:
            nothing = register.Laid(np.zeros((0, 0), np.uint8), np.zeros((0, 0), np.bool_), np.eye(2, 3))
            members = [_Member(rest[0], nothing, (1.0, 1.0))]
        else:
            members = [_Member(rest[0], register.itself(frame), frame.scale)]
            for place in rest[1:]:
                other = looked[place]
                laid = register.lay(other, frame) if other is not None else None
                if other is not None and laid is not None:
                    members.append(_Member(place, laid, other.scale))
        found.append(members)
        taken = {member.place for member in members}
        rest = [place for place in rest if place not in taken]
    return found


def _cues(members: Sequence[_Member], pictures: Sequence[Rgb]) -> list[list[Cue]]:
    scales = presence.bands([member.laid for member in members])
    inside = np.stack([member.laid.inside for member in members])
    answer = []
    for which, member in enumerate(members):
        cues = []
        for region in presence.lacking(scales, which, inside):
            score = _score(region, len(members))
            box = _box(region.box, member, pictures[member.place])
            if score >= _LEAST and box is not None:
                cues.append(Cue("lost_from_siblings", score, box, _sentence(region, len(members))))
        answer.append(sorted(cues, key=lambda cue: (-cue.score, cue.box))[:_MOST])
    return answer


def _score(region: presence.Region, count: int) -> float:
    """How likely something is lost: it stands out, little is left, what is there is flat, and the others agree."""
    total = _BIAS + sum(weight * sign for weight, sign in zip(_WEIGHTS, region.signs, strict=True))
    return round(float(expit(total)) * (_TWO if count == 2 else 1.0), 3)


def _box(box: tuple[int, int, int, int], member: _Member, rgb: Rgb) -> Box | None:
    """From the frame to the picture's own pixels."""
    x1, y1, x2, y2 = box[0] - _MARGIN, box[1] - _MARGIN, box[2] + _MARGIN, box[3] + _MARGIN
    corners = np.array([[x1, y1, 1], [x2, y1, 1], [x2, y2, 1], [x1, y2, 1]])
    there = corners @ member.laid.back.T / member.scale
    height, width = rgb.shape[:2]
    left, top = np.clip(there.min(axis=0), 0, (width, height))
    right, bottom = np.clip(there.max(axis=0), 0, (width, height))
    if right - left < 1 or bottom - top < 1:
        return None
    return round(float(left), 1), round(float(top), 1), round(float(right), 1), round(float(bottom), 1)


def _sentence(region: presence.Region, count: int) -> str:
    gone = f"{min(100, round(100 * region.lack))} %"
    if count == 2:
        return f"{gone} of what the other picture has here is missing; of two, no one can tell which is wrong."
    return f"{gone} of what most of {_others(count - 1)} have here is missing."


def _others(count: int) -> str:
    return "the other picture" if count == 1 else f"the {count} other pictures"
