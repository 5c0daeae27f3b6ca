"""From which score on each cue is a doubt, by the settings."""

from __future__ import annotations

from typing import get_args

from engine.library.settings import Cues
from engine.vision.seen import CueName

NAMES: tuple[str, ...] = get_args(CueName)


def least(settings: Cues) -> dict[str, float]:
    """The threshold of each cue that is switched on."""
    return {name: float(getattr(settings, f"{name}_from")) for name in NAMES if getattr(settings, name, False)}
