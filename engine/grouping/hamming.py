"""All pairs of 64-bit hashes within a Hamming distance, exactly, in plain numpy.

Multi-index hashing (Norouzi, Punjani, Fleet, "Fast Exact Search in Hamming Space with Multi-Index Hashing", 2014):
cut the hashes in blocks; two hashes within r bits differ in some block by no more than its share of r, so only equal
blocks and their near flips need to be compared. The shares are as uneven as they may be (Qin et al., "GPH: Similarity
Search in Hamming Space", 2018): they and one a block beyond the first add up to r. Where blocks do not help (few
hashes, a wide radius, a window of neighbours) tiles of the full matrix are compared instead. Memory stays bounded
however alike the hashes are.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

U64 = npt.NDArray[np.uint64]
Index = npt.NDArray[np.int64]
Pairs = tuple[Index, Index]

_WIDEST = 16  # beyond that the flips outnumber the hashes
_FEW = 1500
_MANY = 50_000  # from here on fewer false candidates are worth more flips
_PART = 1 << 14  # hashes counted at once; 128 KB a temporary array
_CHUNK = 1 << 16  # pairs compared at once; 0.5 MB a temporary array


class _Block(NamedTuple):
    """Bits `shift` to `shift + width` of a hash, and how many of them may differ."""

    shift: int
    width: int
    share: int


def popcount(x: U64) -> npt.NDArray[np.uint8]:
    """Number of set bits of each element. Shape kept; 0 to 64."""
    flat = np.ascontiguousarray(x).reshape(-1)
    answer = np.empty(len(flat), np.uint8)
    # A part at a time, so that nothing leaves the nearest cache: four times as fast.
    for start in range(0, len(flat), _PART):
        part = flat[start : start + _PART]
        half = (part >> np.uint64(1)) & np.uint64(0x5555555555555555)
        part = part - half
        np.right_shift(part, np.uint64(2), out=half)
        half &= np.uint64(0x3333333333333333)
        part &= np.uint64(0x3333333333333333)
        part += half
        np.right_shift(part, np.uint64(4), out=half)
        part += half
        part &= np.uint64(0x0F0F0F0F0F0F0F0F)
        part *= np.uint64(0x0101010101010101)
        part >>= np.uint64(56)
        answer[start : start + _PART] = part
    return answer.reshape(x.shape)


def pairs_within(hashes: U64, radius: int) -> Iterator[Pairs]:
    """Yield arrays (i, j), i < j, of every pair within `radius` bits, each pair once.

    Args:
        hashes: shape (n,), best without repeats.
        radius: 0 to 64 bits.
    """
    if len(hashes) < _FEW or radius > _WIDEST:
        yield from window_pairs(hashes, np.full(len(hashes), len(hashes), np.int64), radius)
        return
    blocks = _blocks(len(hashes), radius)
    for number, block in enumerate(blocks):
        table = _Table(hashes, block)
        for a, b in table.pairs():
            i, j = _verified(table.hashes[a] ^ table.hashes[b], table.order[a], table.order[b], radius, blocks[:number])
            if len(i):
                yield np.minimum(i, j), np.maximum(i, j)


def pairs_between(hashes: U64, others: U64, radius: int) -> Iterator[Pairs]:
    """Yield arrays (i, j) of every hashes[i] within `radius` bits of others[j], each pair once.

    Args:
        hashes, others: shapes (n,) and (m,).
        radius: 0 to 16 bits; wider is slower than comparing all.
    """
    blocks = _blocks(len(hashes), radius)
    for number, block in enumerate(blocks):
        table, asked = _Table(hashes, block), _Table(others, block)
        for a, b in table.pairs_with(asked):
            apart = table.hashes[a] ^ asked.hashes[b]
            i, j = _verified(apart, table.order[a], asked.order[b], radius, blocks[:number])
            if len(i):
                yield i, j


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


def _blocks(count: int, radius: int) -> list[_Block]:
    """Blocks for so many hashes; within the radius, some block of a pair differs by its share at most."""
    parts = 3 if count >= _MANY else 4
    widths = [64 // parts + (part < 64 % parts) for part in range(parts)]
    even, more = divmod(radius + 1, parts)
    shares = [even - 1 + (part < more) for part in range(parts)]
    shifts = [sum(widths[:part]) for part in range(parts)]
    return [_Block(*block) for block in zip(shifts, widths, shares, strict=True) if block[2] >= 0]


class _Table:
    """Hashes sorted by one block, and where each of its values starts."""

    def __init__(self, hashes: U64, block: _Block) -> None:
        self.block = block
        keys = ((hashes >> np.uint64(block.shift)) & np.uint64((1 << block.width) - 1)).astype(np.int64)
        self.order = np.argsort(keys.astype(np.uint16) if block.width <= 16 else keys, kind="stable")
        self.keys, self.hashes = keys[self.order], hashes[self.order]
        count = np.bincount(keys, minlength=1 << block.width)
        self.start = np.zeros(len(count) + 1, np.int32)
        np.cumsum(count, out=self.start[1:])
        self.filled = count > 0

    def pairs(self) -> Iterator[Pairs]:
        """Chunks of pairs (in sorted places) whose blocks differ by at most the share, each pair once."""
        first = np.arange(1, len(self.keys) + 1)
        yield from _spread(first - 1, first, self.start[self.keys + 1] - first)
        for top in range(self.block.width if self.block.share else 0):
            # A pair is met from both its ends; keep the one whose highest flipped bit is 0.
            left = np.flatnonzero((self.keys >> top) & 1 == 0)
            keys = self.keys[left]
            for flip in _flips(top, self.block.share - 1):
                yield from self._met(left, keys ^ (flip | 1 << top))

    def pairs_with(self, asked: _Table) -> Iterator[Pairs]:
        """The same of this table's hashes and another's (of the same block), each pair once."""
        left = np.arange(len(asked.keys))
        for flip in _flips(self.block.width, self.block.share):
            for b, a in self._met(left, asked.keys ^ flip):
                yield a, b

    def _met(self, left: Index, keys: Index) -> Iterator[Pairs]:
        """Each of `left` with every hash here that has its key."""
        some = np.flatnonzero(self.filled[keys])
        keys = keys[some]
        first = self.start[keys].astype(np.int64)
        yield from _spread(left[some], first, self.start[keys + 1] - first)


def _flips(width: int, most: int) -> list[int]:
    return [sum(1 << bit for bit in flip) for count in range(most + 1) for flip in combinations(range(width), count)]


def _spread(left: Index, first: Index, count: Index) -> Iterator[Pairs]:
    """Pairs of left[k] with first[k] .. first[k] + count[k] - 1, in chunks."""
    ends = np.cumsum(count)
    begin = 0
    while begin < len(left):
        done = int(ends[begin - 1]) if begin else 0
        end = max(begin + 1, int(np.searchsorted(ends, done + _CHUNK, side="right")))
        n = count[begin:end]
        offset = np.repeat(first[begin:end] - (ends[begin:end] - n - done), n)
        offset += np.arange(len(offset))
        yield np.repeat(left[begin:end], n), offset
        begin = end


def _verified(apart: U64, i: Index, j: Index, radius: int, before: list[_Block]) -> Pairs:
    """Those pairs whose differing bits are within the radius, and that no block before has found."""
    good = np.flatnonzero(popcount(apart) <= radius)
    i, j, apart = i[good], j[good], apart[good]
    fresh = np.ones(len(i), bool)
    for block in before:
        part = apart & np.uint64(((1 << block.width) - 1) << block.shift)
        fresh &= popcount(part) > block.share
    return i[fresh], j[fresh]
