"""Pictures whose subject is known to the pixel, for the saliency bench: cut-outs set over photos the bench reads.

The photo behind is thrown out of focus, as otherwise its own subject competes and nobody can say which is right. Shapes
are filled with another photo; people are cut out of portraits by MediaPipe's own segmentation at full size. The edge is
blended over a few pixels. The same seed makes the same picture.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Mask = NDArray[np.float32]
SIZE = (800, 600)
_DEFOCUS = 10  # px, the spread of the blur of what is behind


class Known(NamedTuple):
    """A picture (H, W, 3) and its subject: (H, W) bool."""

    rgb: Picture
    subject: NDArray[np.bool_]


def read(file: Path, longest: int = 1000) -> Picture:
    """A photo, RGB, its long side brought to at most `longest`. Raises ValueError."""
    bgr = cv2.imread(str(file), cv2.IMREAD_COLOR)
    if bgr is None:
        raise ValueError(f"{file.name} cannot be read")
    rgb = cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)
    scale = min(1, longest / max(rgb.shape[:2]))
    return np.asarray(cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def shapes(photos: list[Path], count: int, seed: int) -> Iterator[Known]:
    """A blob, filled with one photo, over another."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        back, front = (_filling(read(photos[place])) for place in rng.choice(len(photos), 2, replace=False))
        yield _over(back, front, _blob(rng))


def people(photos: list[Path], portraits: list[Path], segment: Callable[[Picture], Mask], seed: int) -> Iterator[Known]:
    """Each person once, at a size and place of chance, over a photo."""
    rng = np.random.default_rng(seed)
    for file in portraits:
        portrait = read(file)
        cut = segment(portrait)
        share = float((cut > 0.5).mean())
        if not 0.05 < share < 0.9:  # nobody there, or nothing but: no cut-out
            continue
        yield _placed(_filling(read(photos[rng.integers(len(photos))])), portrait, cut, rng)


def _placed(back: Picture, person: Picture, cut: Mask, rng: np.random.Generator) -> Known:
    rows, columns = np.flatnonzero((cut > 0.5).any(1)), np.flatnonzero((cut > 0.5).any(0))
    window = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    person, cut = person[window], cut[window]
    scale = min(back.shape[0] / person.shape[0], back.shape[1] / person.shape[1]) * rng.uniform(0.5, 0.95)
    person, cut = (cv2.resize(a, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) for a in (person, cut))
    height, width = cut.shape
    top = back.shape[0] - height  # portraits end at the lower edge: anywhere else the cut would float
    left = rng.integers(back.shape[1] - width + 1)
    front, mask = back.copy(), np.zeros(back.shape[:2], np.float32)
    front[top:, left : left + width], mask[top:, left : left + width] = person, cut
    return _over(back, front, mask)


def _filling(photo: Picture) -> Picture:
    return np.asarray(cv2.resize(photo, SIZE, interpolation=cv2.INTER_AREA), np.uint8)


def _blob(rng: np.random.Generator) -> Mask:
    width, height = SIZE
    angles = np.sort(rng.uniform(0, 2 * np.pi, 9))
    reach = rng.uniform(0.6, 1, 9) * rng.uniform(0.15, 0.4) * height
    middle = rng.uniform((0.3, 0.3), (0.7, 0.7)) * SIZE
    points = middle + np.stack([np.cos(angles), np.sin(angles)], 1) * reach[:, None]
    drawn = np.zeros((height, width), np.uint8)
    cv2.fillPoly(drawn, [points.round().astype(np.int32)], 255)
    return (cv2.GaussianBlur(drawn, (0, 0), 8) > 127).astype(np.float32)


def _over(back: Picture, front: Picture, mask: Mask) -> Known:
    back = np.asarray(cv2.GaussianBlur(back, (0, 0), _DEFOCUS), np.uint8)
    soft = cv2.GaussianBlur(mask, (0, 0), 1.5)[..., None]
    return Known(np.rint(back * (1 - soft) + front * soft).astype(np.uint8), mask > 0.5)
