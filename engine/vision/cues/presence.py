"""How much of what a family agrees on is left in each of its pictures, place by place.

Each picture's structure (a band of its luminance, tone matched to its siblings) is regressed on the family's median
in a small window: 1 where all is there, 0 where nothing of it is. Neither tone nor colour, nor how sharp a picture is
as a whole, moves it: the whole picture's own coefficient is divided out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from engine.vision.cues.register import Floats, Gray, Laid

Bools = npt.NDArray[np.bool_]

_BANDS = (1.6, 3.2)  # sigma, pixels of the compared size: below is grain, which stages change
_WINDOW = 2.2  # sigma of the window in sigmas of the band
_GRAIN = 2.5  # grey levels: structure below is noise
_CLEAR = 3.0  # grey levels: structure of this strength counts half
_LACK = 0.3
_AREA = 30  # pixels
_RIM = 10  # pixels inside a picture's edge, where bands see what is not there


class Band(NamedTuple):
    """One scale.

    Attributes:
        left: (n, h, w) share of the family's structure that each picture has, about 0 to 1.
        strength: (h, w) grey levels of that structure.
        own: (n, h, w) grey levels of each picture's.
    """

    left: Floats
    strength: Floats
    own: Floats


def bands(family: Sequence[Laid]) -> list[Band]:
    """Every scale of n >= 2 pictures that lie in one frame of (h, w)."""
    tones = [same_tone(laid.gray, family[0].gray, laid.inside) for laid in family]
    tones = [np.where(laid.inside, tone, tones[0]) for laid, tone in zip(family, tones, strict=True)]  # no false rim
    inside = np.stack([laid.inside for laid in family])
    return [_band(tones, inside, sigma) for sigma in _BANDS]


def same_tone(gray: Gray, like: Gray, inside: Bools) -> Floats:
    """(h, w) `gray` with the tone curve of `like`, by their histograms where both reach."""
    if not inside.any():
        return gray.astype(np.float32)
    counts = [np.bincount(x[inside], minlength=256).cumsum() / inside.sum() for x in (gray, like)]
    curve = np.interp(counts[0], counts[1], np.arange(256)).astype(np.float32)
    curve = cv2.GaussianBlur(curve[None], (0, 0), 4, borderType=cv2.BORDER_REPLICATE)[0]
    return np.asarray(curve[gray], np.float32)


def _band(tones: Sequence[Floats], inside: Bools, sigma: float) -> Band:
    fields = np.stack([_structure(tone, sigma) for tone in tones])
    consensus = _median(fields)
    window = sigma * _WINDOW
    power = cv2.GaussianBlur(consensus * consensus, (0, 0), window)
    floor = _GRAIN * _GRAIN / 4
    left = np.stack([cv2.GaussianBlur(field * consensus, (0, 0), window) / (power + floor) for field in fields])
    heavy = power > max(_GRAIN * _GRAIN, float(np.median(power)))
    for place, reach in enumerate(inside):
        seen = left[place][heavy & reach]
        left[place] /= max(float(np.median(seen)), 0.2) if len(seen) > 50 else 1.0
    own = np.stack([np.sqrt(cv2.GaussianBlur(field * field, (0, 0), window)) for field in fields])
    return Band(np.asarray(left, np.float32), np.sqrt(power).astype(np.float32), np.asarray(own, np.float32))


def _structure(tone: Floats, sigma: float) -> Floats:
    fine = cv2.GaussianBlur(tone, (0, 0), sigma)
    return np.asarray(fine - cv2.GaussianBlur(fine, (0, 0), sigma * 2), np.float32)


def _median(fields: Floats) -> Floats:
    """Of two, the stronger at each place: what either has is what the other may have lost."""
    if len(fields) == 2:
        a, b = fields
        strong = [cv2.GaussianBlur(field * field, (0, 0), 4) for field in (a, b)]
        return np.asarray(np.where(strong[0] >= strong[1], a, b), np.float32)
    return np.asarray(np.median(fields, axis=0), np.float32)


class Region(NamedTuple):
    """A place where one picture lacks what its siblings have.

    Attributes:
        mask: (h, w) bool, in the frame.
        box: x1, y1, x2, y2 of it, in the frame.
        lack: 0 to 1, how much of the structure there is gone.
        side: pixels of the compared size: the root of the area.
    """

    mask: Bools
    box: tuple[int, int, int, int]
    lack: float
    side: float


def lacking(scales: Sequence[Band], which: int, inside: Bools) -> list[Region]:
    """Places where picture `which` lacks what the majority of the others has, unmistakable first.

    Args:
        scales: from `bands`.
        which: 0 to n - 1.
        inside: (n, h, w) where each picture reaches.
    """
    lack = np.max([_lack(band, which, inside) for band in scales], axis=0)
    reach = cv2.erode(inside[which].astype(np.uint8), np.ones((2 * _RIM + 1,) * 2, np.uint8), borderValue=(0,)) > 0
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        ((lack > _LACK) & reach).astype(np.uint8), connectivity=8
    )
    found = []
    for label in range(1, count):
        x, y, w, h, area = (int(value) for value in stats[label])
        if area >= _AREA:
            mask = labels == label
            deepest = float(np.percentile(lack[mask], 90))
            found.append(Region(mask, (x, y, x + w, y + h), min(1.0, deepest), float(np.sqrt(area))))
    return sorted(found, key=lambda region: (-region.lack * region.side, region.box))


def _lack(band: Band, which: int, inside: Bools) -> Floats:
    """(h, w) 0 to about 1: what is left in the others less what is left here, where there is structure to speak of."""
    others = np.delete(np.where(inside, band.left, np.nan_to_num(-np.inf)), which, axis=0)
    needed = max(min(2, len(others)), len(others) // 2 + 1)  # this many others have at least ...
    theirs = np.clip(np.sort(others, axis=0)[len(others) - needed], 0, 1)
    clear = band.strength**2 / (band.strength**2 + _CLEAR**2)
    more = band.own[which] / (
        band.strength + 1
    )  # who shows far more than the others gained something, and lost nothing
    poorer = np.clip((2.2 - more) / 0.8, 0, 1)
    return np.asarray(np.clip(theirs - band.left[which], 0, 1.2) * clear * poorer, np.float32)
