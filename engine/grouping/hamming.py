"""All pairs of 64-bit hashes within a Hamming distance, exactly, in plain numpy.

Multi-index hashing (Norouzi, Punjani, Fleet, "Fast Exact Search in Hamming Space with Multi-Index Hashing", 2014):
cut the hashes in three blocks; two hashes within r bits differ by at most r // 3 bits in one of them, so only equal
blocks and their near flips need to be compared. Where blocks do not help (few hashes, a wide radius, a window of
neighbours) tiles of the full matrix are compared instead. Memory stays bounded however alike the hashes are.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import numpy.typing as npt

U64 = npt.NDArray[np.uint64]
Index = npt.NDArray[np.int64]
Pairs = tuple[Index, Index]

_BLOCKS = ((0, 21), (21, 21), (42, 22))  # shift and width, bits
_WIDEST = 11  # beyond three flips a block the flips outnumber the hashes
_FEW = 1500
_CHUNK = 1 << 18  # pairs compared at once; 2 MB a temporary array, which stays in cache


def popcount(x: U64) -> npt.NDArray[np.uint8]:
    """Number of set bits of each element. Shape kept; 0 to 64."""
    x = x - ((x >> np.uint64(1)) & np.uint64(0x5555555555555555))
    x = (x & np.uint64(0x3333333333333333)) + ((x >> np.uint64(2)) & np.uint64(0x3333333333333333))
    x = (x + (x >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    x *= np.uint64(0x0101010101010101)
    x >>= np.uint64(56)
    return x.astype(np.uint8)


def pairs_within(hashes: U64, radius: int) -> Iterator[Pairs]:
    """Yield arrays (i, j), i < j, of every pair within `radius` bits, each pair once.

    Args:
        hashes: shape (n,), best without repeats.
        radius: 0 to 64 bits.
    """
    if len(hashes) < _FEW or radius > _WIDEST:
        yield from window_pairs(hashes, np.full(len(hashes), len(hashes), np.int64), radius)
        return
    for block in range(len(_BLOCKS)):
        yield from _block_pairs(hashes, radius, block)


def window_pairs(hashes: U64, stop: Index, radius: int) -> Iterator[Pairs]:
    """Yield arrays (i, j) of every pair within `radius` bits where i < j < stop[i].

    Args:
        hashes: shape (n,).
        stop: shape (n,), never falling.
    """
    first = 0
    while first < len(hashes):
        last = _tile_end(stop, first)
        columns = np.arange(first + 1, stop[last - 1])
        near = popcount(hashes[first:last, None] ^ hashes[None, first + 1 : stop[last - 1]]) <= radius
        rows, cols = np.nonzero(near)
        i, j = rows + first, columns[cols] if len(columns) else cols
        good = (j > i) & (j < stop[i])
        if good.any():
            yield i[good], j[good]
        first = last


def _tile_end(stop: Index, first: int) -> int:
    """The most rows from `first` whose tile has at most _CHUNK cells (one row at the least)."""
    wide = int(stop[first]) - first
    rows = max(1, min(len(stop) - first, _CHUNK // max(wide, 1), int(_CHUNK**0.5)))
    while rows > 1 and rows * (int(stop[first + rows - 1]) - first) > _CHUNK:
        rows //= 2
    return first + rows


def _flips(width: int, most: int) -> list[int]:
    return [sum(1 << bit for bit in flip) for count in range(most + 1) for flip in combinations(range(width), count)]


def _block_pairs(hashes: U64, radius: int, block: int) -> Iterator[Pairs]:
    shift, width = _BLOCKS[block]
    keys = ((hashes >> np.uint64(shift)) & np.uint64((1 << width) - 1)).astype(np.int64)
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    start = np.zeros((1 << width) + 1, np.int32)
    np.cumsum(np.bincount(keys, minlength=1 << width), out=start[1:])
    without = [np.flatnonzero((keys >> bit) & 1 == 0) for bit in range(width)]
    for flip in _flips(width, radius // len(_BLOCKS)):
        if flip == 0:
            left = np.arange(len(keys))
            first, count = left + 1, start[keys + 1] - left - 1
        else:
            # A pair is met from both its ends; keep the one whose highest flipped bit is 0.
            left = without[flip.bit_length() - 1]
            other = keys[left] ^ flip
            first = start[other].astype(np.int64)
            count = start[other + 1] - first
        some = np.flatnonzero(count > 0)
        for a, b in _spread(left[some], first[some], count[some].astype(np.int64)):
            i, j = _verified(hashes, order[a], order[b], radius, block)
            if len(i):
                yield i, j


def _spread(left: Index, first: Index, count: Index) -> Iterator[Pairs]:
    """Pairs of left[k] with first[k] .. first[k] + count[k] - 1, in chunks."""
    ends = np.cumsum(count)
    begin = 0
    while begin < len(left):
        done = int(ends[begin - 1]) if begin else 0
        end = max(begin + 1, int(np.searchsorted(ends, done + _CHUNK, side="right")))
        n = count[begin:end]
        offset = np.arange(int(n.sum())) - np.repeat(ends[begin:end] - n - done, n)
        yield np.repeat(left[begin:end], n), np.repeat(first[begin:end], n) + offset
        begin = end


def _verified(hashes: U64, a: Index, b: Index, radius: int, block: int) -> Pairs:
    """Those pairs that are within the radius and that no earlier block has found."""
    apart = hashes[a] ^ hashes[b]
    good = popcount(apart) <= radius
    a, b, apart = a[good], b[good], apart[good]
    fresh = np.ones(len(a), bool)
    for shift, width in _BLOCKS[:block]:
        part = apart & np.uint64(((1 << width) - 1) << shift)
        fresh &= popcount(part) > radius // len(_BLOCKS)
    a, b = a[fresh], b[fresh]
    return np.minimum(a, b), np.maximum(a, b)
