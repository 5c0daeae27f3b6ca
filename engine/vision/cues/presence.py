"""How much of what a family agrees on is left in each of its pictures, place by place.

Each picture's structure (a band of its luminance, tone matched to its siblings) is regressed on the family's median
in a small window: 1 where all is there, 0 where nothing of it is. Neither tone nor colour, nor how sharp a picture is
as a whole, moves it: the whole picture's own coefficient is divided out. Grain and small shifts move it everywhere, so
what is missing counts only where it stands out from what is missing in places of like strength all over that picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from engine.vision.cues.register import Floats, Gray, Laid

Bools = npt.NDArray[np.bool_]
Place = tuple[slice, slice]

_BANDS = (0.9, 1.6, 3.2)  # sigma, pixels of the compared size
_FINE, _MIDDLE = 0, 1  # of these bands
_WINDOW = 2.0  # sigma of the window in sigmas of the band
_GRAIN = 2.5  # grey levels: structure below is noise
_CLEAR = 1.5  # grey levels: structure of this strength counts half
_APART = 5.0  # deviations of what is missing elsewhere: this many count half
_STEADY = 0.03  # no picture deviates less
_BINS = 12  # of strength, in which the deviation is taken
_LACK = 0.15
_AREA = 20  # pixels
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


class Signs(NamedTuple):
    """What tells a loss from a stage's own way of drawing.

    Attributes:
        lack: 0 to 1.2, what is missing of the middle band, where it stands out.
        left: about 0 to 1, what is left of the middle band.
        flat: log of the picture's fine detail over its siblings', the whole picture's own taken off: below 0 is less.
        others: 0 to 1, how much of the middle band the other siblings lack here themselves.
    """

    lack: float
    left: float
    flat: float
    others: float


class Region(NamedTuple):
    """A place where one picture lacks what its siblings have.

    Attributes:
        box: x1, y1, x2, y2 of its core, where at least half as much is gone as where most is, in the frame.
        lack: 0 to 1, how much of the structure there is gone.
        signs: what the score is made of.
    """

    box: tuple[int, int, int, int]
    lack: float
    signs: Signs


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
    middle = len(fields) // 2 + 1
    if len(fields) % 2:
        return _largest(list(fields), middle)
    return np.asarray((_largest(list(fields), middle) + _largest(list(fields), middle - 1)) / 2, np.float32)


def _largest(values: list[Floats], nth: int) -> Floats:
    """The `nth` largest of a few arrays, place by place: far quicker than a sort along a short axis."""
    for done in range(nth):
        for at in range(len(values) - 1 - done):
            low, high = values[at : at + 2]
            values[at], values[at + 1] = np.minimum(low, high), np.maximum(low, high)
    return values[-nth]


def lacking(scales: Sequence[Band], which: int, inside: Bools) -> list[Region]:
    """Places where picture `which` lacks what the majority of the others has, largest lack first.

    Args:
        scales: from `bands`.
        which: 0 to n - 1.
        inside: (n, h, w) where each picture reaches.
    """
    lacks = [_lack(band, which, inside) for band in scales]
    lack = np.max(lacks, axis=0)
    reach = cv2.erode(inside[which].astype(np.uint8), np.ones((2 * _RIM + 1,) * 2, np.uint8), borderValue=(0,)) > 0
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        ((lack > _LACK) & reach).astype(np.uint8), connectivity=8
    )
    usual = _usual(scales[_FINE], which, inside)
    found = []
    for label in range(1, count):
        x, y, w, h, area = (int(value) for value in stats[label])
        if area >= _AREA:
            place = slice(y, y + h), slice(x, x + w)
            mask = labels[place] == label
            signs = _signs(scales, which, inside, place, mask, lacks[_MIDDLE], usual)
            deepest = float(np.percentile(lack[place][mask], 90))
            core = np.asarray(mask & (lack[place] >= deepest / 2), np.uint8)
            left, top, wide, high = cv2.boundingRect(core)
            box = (x + left, y + top, x + left + wide, y + top + high)
            found.append(Region(box, min(1.0, deepest), signs))
    return sorted(found, key=lambda region: (-region.lack, region.box))


def _lack(band: Band, which: int, inside: Bools) -> Floats:
    """(h, w) 0 to 1.2: what is left in the others less what is left here, where that stands out and is clear."""
    missing = np.clip(_most_have(band.left, which, inside), 0, 1) - band.left[which]
    apart = np.maximum(missing, 0) / _deviation(missing, band.strength, inside[which])
    stands_out = apart**2 / (apart**2 + _APART**2)
    clear = band.strength**2 / (band.strength**2 + _CLEAR**2)
    more = band.own[which] / (band.strength + 1)  # who shows far more than the others gained something
    poorer = np.clip((2.2 - more) / 0.8, 0, 1)
    return np.asarray(np.clip(missing, 0, 1.2) * poorer * stands_out * clear, np.float32)


def _most_have(values: Floats, which: int, inside: Bools) -> Floats:
    """(h, w) what the majority of the others, and at least two of them, has at least; below 0 where too few reach."""
    others = [np.where(inside[n], values[n], np.float32(-1e9)) for n in range(len(values)) if n != which]
    return _largest(others, max(min(2, len(others)), len(others) // 2 + 1))


def _deviation(missing: Floats, strength: Floats, reach: Bools) -> Floats:
    """(h, w) how far from 0 `missing` usually is in this picture where structure is as strong as here."""
    every = (slice(None, None, 3), slice(None, None, 3))
    known, off = strength[every][reach[every]], np.abs(missing[every][reach[every]])
    if len(known) < _BINS * 20:
        return np.full(strength.shape, 1.0, np.float32)
    off = off[np.argsort(known, kind="stable")]
    known = np.sort(known)
    middles = [float(np.median(part)) for part in np.array_split(known, _BINS)]
    usual = [float(np.percentile(part, 80)) / 1.28 for part in np.array_split(off, _BINS)]
    return np.asarray(np.maximum(np.interp(strength, middles, usual), _STEADY), np.float32)


def _usual(band: Band, which: int, inside: Bools) -> float:
    """Log of picture `which`'s detail over its siblings', over the half of it with most."""
    heavy = (band.strength > np.median(band.strength)) & inside[which]
    if not heavy.any():
        return 0.0
    theirs = np.maximum(_most_have(band.own[:, heavy], which, inside[:, heavy]), 0)
    return float(np.median(np.log((band.own[which][heavy] + 1) / (theirs + 1))))


def _signs(
    scales: Sequence[Band], which: int, inside: Bools, place: Place, mask: Bools, lack: Floats, usual: float
) -> Signs:
    reach = inside[:, *place][:, mask]
    fine, middle = scales[_FINE].own[:, *place][:, mask], scales[_MIDDLE].left[:, *place][:, mask]
    detail = np.log((fine[which] + 1) / (np.maximum(_most_have(fine, which, reach), 0) + 1)) - usual
    theirs = np.clip(_most_have(middle, which, reach), 0, 1)
    seen = np.delete(np.where(reach, middle, theirs), which, axis=0)
    others = np.clip(theirs - np.clip(seen, 0, 1.2), 0, 1)
    return Signs(
        float(np.percentile(lack[place][mask], 80)),
        float(np.median(middle[which])),
        float(np.percentile(detail, 20)),
        float(others.mean()),
    )
