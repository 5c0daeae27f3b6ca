"""How many images of the field have which strength, and where the top N ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.ranking.columns import Floats, Ints
from engine.ranking.views import Histogram

if TYPE_CHECKING:
    from engine.ranking.live import Standing

MOST_BARS = 48


def histogram(standing: Standing, count: Ints) -> Histogram:
    """The strengths of the images of the field that were compared, in bars of one width.

    Args:
        standing: (m,) arrays, best first.
        count: (m,) matches each image took part in.
    """
    asked = standing.in_field & np.isfinite(standing.strength)
    field = standing.strength[asked]
    seen = standing.strength[asked & (count > 0)]
    counts, edges = np.histogram(seen, bins=_bars(seen)) if len(seen) else (np.zeros(0, int), np.zeros(1))
    cut = float(field[standing.top - 1]) if len(seen) and 0 < standing.top < len(field) else None
    return Histogram(edges.tolist(), counts.tolist(), len(field) - len(seen), cut)


def _bars(strengths: Floats) -> int:
    """About two for each cube root (Rice's rule): few images give few bars."""
    return int(np.clip(np.ceil(2 * len(strengths) ** (1 / 3)), 1, MOST_BARS))
