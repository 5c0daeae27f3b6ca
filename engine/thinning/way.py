"""What is near what, as a search uses it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from engine.grouping.nearness import Near


class Way(NamedTuple):
    """A way of finding copies, prepared.

    Attributes:
        near: over the places of the images.
        threshold: as it was used.
        outside: paths of an import that no source holds.
        notices: sentences a person should see.
        first: places that stay whatever the rule says.
    """

    near: Near
    threshold: float
    outside: Sequence[str] = ()
    notices: Sequence[str] = ()
    first: Sequence[int] = ()
