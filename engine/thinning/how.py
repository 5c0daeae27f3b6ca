"""How to search for copies: what was asked for, the settings for the rest, checked before anything is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple, get_args

from engine.errors import WrongUse
from engine.library.settings import Thinning
from engine.library.text import to_path
from engine.thinning.views import By, Keep

LARGEST_DISTANCE = 16  # bits; beyond, half of all pictures are copies of each other


class How(NamedTuple):
    """See `how`.

    Attributes:
        by: the way of finding.
        threshold: bits for phash, cosine for embedding and both (0: as the embedder needs it), seconds for time;
            0 for the others.
        orientations: turned and mirrored copies too.
        keep, folder: the rule for who stays; that any image lies in the folder is seen when they are read.
        file: of an import; None for other ways, and for an import that was read before.
    """

    by: By
    threshold: float
    orientations: bool
    keep: Keep
    folder: str
    file: Path | None = None


def how(
    settings: Thinning, *, by: str | None = None, threshold: float | None = None, orientations: bool | None = None,
    keep: str | None = None, folder: str | None = None, file: str | Path = "",
) -> How:  # fmt: skip
    """What is None is as the settings say. Raises WrongUse for what cannot be."""
    way: Any = "czkawka" if file else by or settings.by
    rule: Any = keep or ("folder" if folder else settings.keep)
    where = settings.folder if folder is None else folder
    if way not in get_args(By):
        raise WrongUse(f"There is no way to find copies by {way}.", f"Use one of {', '.join(get_args(By))}.")
    if rule not in get_args(Keep):
        raise WrongUse(f"There is no rule called {rule}.", f"Use one of {', '.join(get_args(Keep))}.")
    if way == "czkawka" and not file:
        raise WrongUse("No result file of Czkawka was named.", "Name one.")
    if rule == "folder" and not where:
        raise WrongUse("Keep from which folder?", "Choose a folder inside your sources.")
    level = _default(settings, way) if threshold is None else threshold
    _check(way, level)
    turned = settings.orientations if orientations is None else orientations
    if turned and way not in ("phash", "embedding"):
        turned = False  # of the settings, which speak of other ways
        if orientations:
            raise WrongUse(f"Turned and mirrored copies are not found by {way}.", "Use phash or embedding.")
    return How(way, level, turned, rule, where, to_path(str(file)) if file else None)


def _default(settings: Thinning, way: By) -> float:
    if way == "phash":
        return settings.distance
    if way in ("embedding", "both"):
        return settings.similarity
    return settings.seconds if way == "time" else 0.0


def _check(way: By, level: float) -> None:
    if way == "phash" and not (0 <= level <= LARGEST_DISTANCE and level == int(level)):
        raise WrongUse(f"A pHash distance is a whole number from 0 to {LARGEST_DISTANCE}, not {level:g}.")
    if way in ("embedding", "both") and not 0 <= level <= 1:
        raise WrongUse(f"A similarity is from 0 to 1, not {level:g}.", "0 stands for what the model needs.")
    if way == "time" and not 0 <= level <= 3600:
        raise WrongUse(f"A time window is from 0 to 3600 seconds, not {level:g}.")
