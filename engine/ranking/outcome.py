"""What a match ended in."""

from __future__ import annotations

from typing import NamedTuple


class Outcome(NamedTuple):
    """One answered match.

    Attributes:
        items: places (0..n-1) of the images shown, each once; the winner first, unless it is a draw.
        draw: they are equally good.
    """

    items: tuple[int, ...]
    draw: bool = False
