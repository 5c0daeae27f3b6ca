"""How sure a proposal is, 0 to 1: the queue's order, and what a batch may accept without asking.

The product of three parts. Of the margin: how much more the best is worth than the best framing that is another one
(overlap below 0.75), from 0.5 for nothing to 1. Of the detectors: a head is surer ground than a peak of saliency, and a
keep-out region of a low score may be none. Of cleanness: 1, or 0.4 where something wrong stays in. It never falls when
one of the three grows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from engine.cropping.model import Anchor, KeepOut
from engine.cropping.rules import sure_of

SURE: dict[Anchor, float] = {"head": 1.0, "torso": 0.8, "mass": 0.65, "saliency": 0.45}
_UNCLEAN = 0.4
_MARGIN = 0.3  # of the score


def confidence(margin: float, certainty: float, clean: bool) -> float:
    """0 to 1, of the lead over the runner-up (0 up; a negative one counts as none) and the detectors' certainty."""
    lead = 1 - 0.5 * math.exp(-max(0.0, margin) / _MARGIN)
    return min(1.0, max(0.0, lead * min(1.0, max(0.0, certainty)) * (1.0 if clean else _UNCLEAN)))


def certainty(anchor: Anchor, keep_out: Sequence[KeepOut]) -> float:
    """How sure the detectors are: of the anchor, and of the least sure region."""
    least = min(map(sure_of, keep_out), default=1.0)
    return SURE[anchor] * (0.6 + 0.4 * least)
