"""Who stays of a group of copies: an order over all images, best first, and the reason for every decision in words.

A rule is a list of keys. Whatever the rule, what a person kept comes first and what a person rejected last; after the
rule's own key the others break draws in one fixed order, and the path settles the rest.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.thinning.photos import Photos
from engine.thinning.views import Keep

Ints = npt.NDArray[np.int64]
Words = Callable[[Photos, int], str]


class Key(NamedTuple):
    """One thing to go by.

    Attributes:
        low: (n,) the lower, the better.
        stays: why an image is better by it, in words.
        goes: what is said of an image that is worse by it, beside its keeper.
    """

    low: npt.NDArray[np.generic]
    stays: Words
    goes: Callable[[Photos, int, int], str]


def _stage(photos: Photos, at: int) -> str:
    stage = photos.stage[at]
    return "no stage" if np.isnan(stage) else f"stage {stage:g}"


def _defects(photos: Photos, at: int) -> str:
    return ", ".join(photos.defects[at]) or "no defect"


def _size(photos: Photos, at: int) -> str:
    return f"{photos.width[at]} x {photos.height[at]}"


def _rating(photos: Photos, at: int) -> str:
    return f"rating {photos.score[at]:.1f}" if photos.compared[at] else "not rated"


def _date(photos: Photos, at: int) -> str:
    try:
        return dt.datetime.fromtimestamp(int(photos.modified[at]) // 10**9, dt.UTC).strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError, OSError):
        return "an unknown date"


def _quality(photos: Photos, at: int) -> str:
    return f"quality {photos.quality[at]:.2f}"


def _versus(words: Words) -> Callable[[Photos, int, int], str]:
    return lambda photos, keeper, at: f"{words(photos, at)}, the keeper has {words(photos, keeper)}"


def _keys(photos: Photos, folder: str) -> dict[str, Key]:
    stage = np.where(np.isnan(photos.stage), -np.inf, photos.stage)
    sound = np.array([bool(words) for words in photos.defects], np.bool_)
    name = os.path.basename(folder) or folder  # noqa: PTH119 - text, not a path
    return {
        "person": Key(
            -photos.verdict, lambda *_: "you kept it",
            lambda p, _, at: "you rejected it" if p.verdict[at] < 0 else "you kept the other",
        ),
        "folder": Key(~below(photos.paths, folder), lambda *_: f"in {name}", lambda *_: f"not in {name}"),
        "sound": Key(sound, _defects, lambda p, _, at: _defects(p, at)),
        "stage": Key(-stage, _stage, _versus(_stage)),
        "rating": Key(np.where(photos.compared > 0, -photos.score, 0.0), _rating, _versus(_rating)),
        "resolution": Key(-photos.width * photos.height, _size, _versus(_size)),
        "quality": Key(-np.round(photos.quality, 2), _quality, _versus(_quality)),
        "newest": Key(-photos.modified, lambda p, at: f"written {_date(p, at)}", _versus(_date)),
    }  # fmt: skip


def below(paths: Sequence[str], folder: str) -> npt.NDArray[np.bool_]:
    """(n,) which paths lie below a folder, both as the library writes them; none does where no folder is named."""
    if not folder:
        return np.zeros(len(paths), np.bool_)
    start = os.path.normcase(os.path.normpath(folder)).rstrip(os.sep) + os.sep
    return np.array([os.path.normcase(path).startswith(start) for path in paths], np.bool_)


_OWN = {"stage": ("sound", "stage")}  # what a rule goes by first, where that is not one key of its name
_DRAWS = ("sound", "stage", "rating", "resolution", "quality", "newest")


class Rule:
    """One rule over some images."""

    def __init__(self, photos: Photos, keep: Keep, folder: str = "") -> None:
        """`folder` is for the rule of that name: images below it stay."""
        keys = _keys(photos, os.path.normpath(folder) if folder and keep == "folder" else "")
        own = _OWN.get(keep, (keep,))
        self.own = [keys[name] for name in own]
        self.keys = [keys[name] for name in dict.fromkeys(("person", *own, *_DRAWS))]
        self._photos = photos

    def order(self) -> Ints:
        """(n,) places, best first; `photos` are in the order of their paths, which settles what is left."""
        return np.asarray(np.lexsort([key.low for key in reversed(self.keys)]), np.int64)

    def why_stays(self, place: int) -> str:
        first = self.keys[0]
        if self._photos.verdict[place] > 0:
            return first.stays(self._photos, place)
        return ", ".join(key.stays(self._photos, place) for key in reversed(self.own))

    def why_goes(self, place: int, keeper: int) -> str:
        """The first thing by which the keeper is better."""
        for key in self.keys:
            if key.low[place] > key.low[keeper]:
                return key.goes(self._photos, keeper, place)
        return "the same in every way; the keeper's path comes first"
