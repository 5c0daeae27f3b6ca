"""Pillow's 8-bit Lanczos reduction, to the last bit, as one matrix product.

Pillow resamples in fixed point: weights are integers of 22 fractional bits, and each of the two passes is rounded to
bytes. A float32 product with the same integer weights is off by at most `taps` roundings (Higham, *Accuracy and
Stability of Numerical Algorithms*, section 3.1: any order of summation), which moves a byte only where the exact value
lies next to a rounding border. Those few values are summed again in float64, where the sums are exact. So the bytes
equal Pillow's while the work runs at BLAS speed, several target sizes in one product.

The weights follow the Lanczos filter (a = 3) and the pass order of Pillow 13's `Resample.c`.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from scipy.linalg.blas import sgemm

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
Size = tuple[int, int]

SMALLEST = 64
"""Sides shorter than this are left to Pillow: passes may be skipped or enlarge there, and nothing is to be won."""

_ONE = float(1 << 22)
_REACH = 3.0
_AT_ONCE = 1 << 21  # pixels a product takes at once: bounds the float32 copy, costs no speed
STRIPS = 4  # a picture is multiplied in upright strips, as each meets only the weights of outputs near it
_LANES = 8  # outputs of a strip are a multiple of this: OpenBLAS loses a fifth of the time on leftovers
_SETTLED_AT_ONCE = 512  # bounds the float64 copies
_DOUBT = 1e-7  # a weight this near a rounding border is computed again as C computes it


class Weights(NamedTuple):
    """How one side shrinks.

    Attributes:
        dense: (size, out) float32, weights times 2**-22; exact, zero outside the taps.
        turned: (out, size) float64, the same turned.
        middle: (out,) float32, what a row of grey level 128 gives, and the half that rounding adds.
        first, taps: (out,) the first pixel of each output's window, and (out, longest) float64 weights from there on.
        slack: how far, in grey levels, a float32 product may be from the exact sum.
    """

    dense: npt.NDArray[np.float32]
    turned: Floats
    middle: npt.NDArray[np.float32]
    first: npt.NDArray[np.intp]
    taps: Floats
    slack: float


def vertical_first(size: Size, out: Size) -> bool:
    """Whether Pillow 13 runs the vertical pass first for (width, height) -> (width, height)."""
    fewer_rows = size[1] - out[1]
    return fewer_rows > 0 and fewer_rows > (size[0] - out[0]) * 2


@lru_cache(maxsize=64)
def weights(size: int, out: int) -> Weights:
    """Pillow's weights for shrinking `size` pixels to `out` (size >= out >= 1)."""
    scale = size / out
    support = _REACH * scale
    dense = np.zeros((size, out), np.float32)
    slack, longest = 0.0, 1
    for index in range(out):
        center = (index + 0.5) * scale
        lo = max(int(center - support + 0.5), 0)
        hi = min(int(center + support + 0.5), size)
        fixed = _fixed_point(lo, hi, center, 1.0 / scale)
        dense[lo:hi, index] = fixed / _ONE
        slack, longest = max(slack, _slack(fixed, size)), max(longest, hi - lo)
    middle = (dense.sum(axis=0, dtype=np.float64) * 128.0 + 0.5).astype(np.float32)
    first = np.minimum((dense != 0).argmax(axis=0), size - longest)
    turned = dense.T.astype(np.float64)
    taps = np.stack([row[start : start + longest] for row, start in zip(turned, first, strict=True)])
    return Weights(dense, turned, middle, first, taps, slack)


def _slack(fixed: Floats, size: int) -> float:
    """Error bound in grey levels, for pixels of -128..127: a rounding a tap of a strip, and those of adding up."""
    summed = min(len(fixed), -(-size // STRIPS))
    largest = 128.0 * float(np.abs(fixed).sum()) / _ONE
    return ((summed + 1 + STRIPS) * largest + 1024.0) * 2.0**-24 * 1.01


def _fixed_point(lo: int, hi: int, center: float, step: float) -> Floats:
    x = (np.arange(hi - lo) + lo - center + 0.5) * step
    with np.errstate(invalid="ignore", divide="ignore"):
        a, b = x * math.pi, x / 3 * math.pi
        raw = np.sin(a) / a * (np.sin(b) / b)
    raw[x == 0.0] = 1.0
    raw[(x < -_REACH) | (x >= _REACH)] = 0.0
    scaled = raw / np.cumsum(raw)[-1] * _ONE  # cumsum adds in order, as C does; sum does not
    border = np.abs(np.abs(scaled) % 1.0 - 0.5)
    if border.min() < _DOUBT:
        scaled = _as_in_c(lo, hi, center, step)
    fixed: Floats = np.trunc(scaled + np.where(scaled < 0, -0.5, 0.5))
    return fixed


def _as_in_c(lo: int, hi: int, center: float, step: float) -> Floats:
    """The same with the C library's own sine: numpy's may differ in the last bit."""

    def sinc(x: float) -> float:
        return 1.0 if x == 0.0 else math.sin(x * math.pi) / (x * math.pi)

    positions = [(i + lo - center + 0.5) * step for i in range(hi - lo)]
    raw = [sinc(x) * sinc(x / 3) if -_REACH <= x < _REACH else 0.0 for x in positions]
    total = 0.0
    for value in raw:
        total += value
    return np.array([value / total * _ONE for value in raw])


def reduce_exact(grey: Bytes, sizes: list[Size]) -> list[Bytes]:
    """`Image.fromarray(grey).resize(size, LANCZOS)` for each (width, height) of `sizes`, bit for bit.

    Args:
        grey: (H, W) uint8, both sides at least SMALLEST and not below any target's side.
        sizes: the targets.
    """
    height, width = grey.shape
    tall = [vertical_first((width, height), size) for size in sizes]
    done: dict[int, Bytes] = {}
    for turned in {*tall}:
        source = np.asarray(cv2.transpose(grey), np.uint8) if turned else grey
        chosen = [i for i, t in enumerate(tall) if t == turned]
        targets = [sizes[i][::-1] if turned else sizes[i] for i in chosen]
        for i, small in zip(chosen, _rows_then_columns(source, targets), strict=True):
            done[i] = np.ascontiguousarray(small.T) if turned else small
    return [done[i] for i in range(len(sizes))]


def _rows_then_columns(grey: Bytes, sizes: list[Size]) -> list[Bytes]:
    height, width = grey.shape
    across = [weights(width, size[0]) for size in sizes]
    narrow = _first_pass(grey, across)
    results = []
    for part, size in zip(narrow, sizes, strict=True):
        exact = weights(height, size[1]).turned @ part  # float64: every sum fits 53 bits
        results.append(_to_bytes(np.floor(exact + 0.5)))
    return results


def _first_pass(grey: Bytes, parts: list[Weights]) -> list[Floats]:
    """Each part's (H, out) whole grey levels, already clipped to 0..255."""
    strips = _strips(grey.shape[1], tuple(part.dense.shape[1] for part in parts))
    values = np.concatenate([_product(rows, strips) for rows in _slabs(grey)])
    values += np.concatenate([part.middle for part in parts])
    levels = np.floor(values)
    values -= levels
    values -= 0.5
    np.abs(values, out=values)
    np.maximum(np.minimum(levels, 255, out=levels), 0, out=levels)  # np.clip is several times slower
    results = []
    column = 0
    for part in parts:
        stop = column + part.dense.shape[1]
        places = np.flatnonzero(values[:, column:stop] > 0.5 - part.slack)
        results.append(_settled(grey, part, levels[:, column:stop], places))
        column = stop
    return results


def _slabs(grey: Bytes) -> list[Bytes]:
    rows = max(1, _AT_ONCE // grey.shape[1])
    return [grey[top : top + rows] for top in range(0, len(grey), rows)]


class Strip(NamedTuple):
    """Some columns of a picture and the weights they meet.

    Attributes:
        left, right: the first column and the one after the last.
        runs: the outputs they take part in, as (first, one after the last).
        dense: (right - left, outputs of all runs, and zeros up to a multiple of `_LANES`) float32.
    """

    left: int
    right: int
    runs: list[tuple[int, int]]
    dense: npt.NDArray[np.float32]


@lru_cache(maxsize=64)
def _strips(width: int, outs: tuple[int, ...]) -> list[Strip]:
    """Cut the weights of all targets, side by side; together the strips hold half of the zeros less."""
    parts = [weights(width, out).dense for out in outs]
    strips = []
    for left, right in ((width * i // STRIPS, width * (i + 1) // STRIPS) for i in range(STRIPS)):
        runs, chosen, column = [], [], 0
        for part in parts:
            met = np.flatnonzero(part[left:right].any(axis=0))
            start, stop = int(met[0]), int(met[-1]) + 1
            runs.append((column + start, column + stop))
            chosen.append(part[left:right, start:stop])
            column += part.shape[1]
        chosen.append(np.zeros((right - left, -sum(part.shape[1] for part in chosen) % _LANES), np.float32))
        strips.append(Strip(left, right, runs, np.concatenate(chosen, axis=1)))
    return strips


def _product(grey: Bytes, strips: list[Strip]) -> npt.NDArray[np.float32]:
    """(H, outputs) float32, for grey levels less 128: without the middle grey float32 errs half as much.

    SciPy's BLAS is called because the one in NumPy's wheels is older and slower at narrow products.
    """
    centred = np.bitwise_xor(grey, np.uint8(128)).view(np.int8)
    total = np.zeros((len(grey), max(stop for strip in strips for _, stop in strip.runs)), np.float32)
    for left, right, runs, dense in strips:
        product = sgemm(1.0, dense.T, centred[:, left:right].astype(np.float32, order="C").T).T
        column = 0
        for start, stop in runs:
            total[:, start:stop] += product[:, column : column + stop - start]
            column += stop - start
    return total


def _settled(grey: Bytes, part: Weights, levels: npt.NDArray[np.float32], places: npt.NDArray[np.intp]) -> Floats:
    """(H, out) `levels`, those at the flat `places`, which float32 could not decide, summed again exactly."""
    settled: Floats = levels.astype(np.float64)
    height, width = grey.shape
    out, taps = part.taps.shape
    windows = np.lib.stride_tricks.as_strided(grey, (height, width - taps + 1, taps), (*grey.strides, grey.strides[1]))
    for start in range(0, len(places), _SETTLED_AT_ONCE):
        rows, columns = np.divmod(places[start : start + _SETTLED_AT_ONCE], out)
        pixels = windows[rows, part.first[columns]].astype(np.float64)
        exact = np.einsum("nt,nt->n", pixels, part.taps[columns])
        settled[rows, columns] = np.clip(np.floor(exact + 0.5), 0.0, 255.0)
    return settled


def _to_bytes(levels: Floats) -> Bytes:
    return np.clip(levels, 0.0, 255.0).astype(np.uint8)
