"""Every cue that needs only the people found in a picture: hands, arms, limbs and faces that cannot be human."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.vision.cues.arms import arms, held
from engine.vision.cues.faces import faces
from engine.vision.cues.hand_geometry import hand_geometry
from engine.vision.cues.limbs import limbs
from engine.vision.seen import Cue, People


def anatomy(people: People, rgb: NDArray[np.uint8] | None) -> list[Cue]:
    """Everything about the people in one picture that looks wrong, strongest first.

    Args:
        people: what was found; points may be missing, wild or not finite, and then say nothing.
        rgb: (H, W, 3), the pixels `people` was measured in; without them faces are not compared with each other.

    Returns:
        Cues with a score above 0 to 1, a box in the pixels of `people`, and a sentence with its numbers.
    """
    found = [cue for hand in held(people) if (cue := hand_geometry(hand.hand)) is not None]
    found += arms(people) + limbs(people) + faces(people, rgb)
    return sorted(found, key=lambda cue: (-cue.score, cue.name, cue.box))
