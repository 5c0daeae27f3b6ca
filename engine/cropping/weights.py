"""The weights of a library's crops: those of its settings."""

from __future__ import annotations

from engine.cropping.model import TERMS
from engine.library.settings import Crop
from engine.library.store import Library


def start(settings: Crop) -> dict[str, float]:
    """The settings' weights by term, where taste begins."""
    return {term: float(getattr(settings, term)) for term in TERMS}


def weights(library: Library) -> dict[str, float]:
    """What boxes are scored with now, by term."""
    return start(library.settings.crop)
