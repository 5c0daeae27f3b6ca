"""Groups by pHash are the stars that brute force finds, whatever the order, the crowd or the pairs held apart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.grouping import by_phash as module
from engine.grouping import hamming
from engine.grouping.by_phash import by_phash
from tests.engine.grouping.crowds import apart_pairs, families, stars

CASE = {
    "seed": st.integers(0, 9999),
    "n": st.integers(1, 60),
    "radius": st.integers(0, 16),
    "flips": st.integers(0, 12),
    "bases": st.integers(1, 12),
    "held": st.integers(0, 12),
    "turned": st.booleans(),
    "crowded": st.booleans(),
    "indexed": st.booleans(),
}


class Drawn:
    """Images of one case: families of hashes, some near-blank, some of one content."""

    def __init__(self, seed: int, n: int, flips: int, bases: int, turned: bool) -> None:
        rng = np.random.default_rng(seed)
        self.hashes = families(seed, n, flips, bases)
        blank = rng.random(n) < 0.2
        self.hashes[blank] = rng.integers(0, 3, blank.sum()).astype(np.uint64)
        self.flat = rng.random(n) < 0.1
        self.contents = [f"{h:016x}{k}" for h, k in zip(self.hashes.tolist(), rng.integers(0, 2, n), strict=True)]
        self.turned = None
        if turned:
            others = families(seed, 8 * n, flips, bases).reshape(n, 8)
            self.turned = np.where(rng.random((n, 8)) < 0.5, others, self.hashes[:, None])
            self.turned[:, 0] = self.hashes
        self.order = rng.permutation(n)

    def distance(self, a: int, b: int) -> int:
        pairs = [(self.hashes[a], self.hashes[b])]
        if self.turned is not None:
            pairs += [(turn, self.hashes[b]) for turn in self.turned[a]]
            pairs += [(turn, self.hashes[a]) for turn in self.turned[b]]
        return min((int(x) ^ int(y)).bit_count() for x, y in pairs)

    def blank(self, a: int) -> bool:
        ones = int(self.hashes[a]).bit_count()
        return bool(self.flat[a]) or ones <= 8 or ones >= 56

    def near(self, a: int, b: int, radius: int) -> bool:
        if self.blank(a) or self.blank(b):
            return self.blank(a) and self.blank(b) and self.contents[a] == self.contents[b]
        return self.distance(a, b) <= radius


def shrink(patch: pytest.MonkeyPatch, crowded: bool, indexed: bool) -> None:
    """Make small cases take the ways of large ones."""
    if crowded:
        patch.setattr(module, "_PAIRS", 3)
        patch.setattr(module, "_SHARE", 0)
        patch.setattr(module, "_FIRST", 2)
    if indexed:
        patch.setattr(hamming, "_FEW", 0)


@settings(max_examples=80, deadline=None)
@given(**CASE)
def test_groups_are_the_stars_of_brute_force(seed, n, radius, flips, bases, held, turned, crowded, indexed) -> None:
    drawn, apart = Drawn(seed, n, flips, bases, turned), apart_pairs(seed, n, held)
    with pytest.MonkeyPatch.context() as patch:
        shrink(patch, crowded, indexed and radius < 9)
        way = by_phash(drawn.hashes, drawn.flat, radius, drawn.turned, drawn.contents)
        hub = way.gather(drawn.order, apart)
    assert hub.dtype == np.int64
    assert hub.tolist() == stars(drawn.order.tolist(), lambda a, b: drawn.near(a, b, radius), apart)


@settings(max_examples=40, deadline=None)
@given(**CASE)
def test_every_image_is_near_its_keeper_and_never_with_one_held_apart(
    seed, n, radius, flips, bases, held, turned, crowded, indexed
) -> None:
    drawn, apart = Drawn(seed, n, flips, bases, turned), apart_pairs(seed, n, held)
    with pytest.MonkeyPatch.context() as patch:
        shrink(patch, crowded, indexed and radius < 9)
        hub = by_phash(drawn.hashes, drawn.flat, radius, drawn.turned, drawn.contents).gather(drawn.order, apart)
    assert all(hub[hub[place]] == hub[place] for place in range(n))
    assert all(place == hub[place] or drawn.near(place, int(hub[place]), radius) for place in range(n))
    assert not [pair for pair in apart if hub[pair[0]] == hub[pair[1]]]


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 9999), n=st.integers(1, 50), radius=st.integers(0, 16), turned=st.booleans())
def test_the_answer_does_not_depend_on_the_order_of_the_images(seed, n, radius, turned) -> None:
    drawn, apart = Drawn(seed, n, 6, 5, turned), apart_pairs(seed, n, 6)
    mixed = np.random.default_rng(seed + 1).permutation(n)  # place k now holds image mixed[k]
    where = np.argsort(mixed)
    plain = by_phash(drawn.hashes, drawn.flat, radius, drawn.turned, drawn.contents).gather(drawn.order, apart)
    turns = None if drawn.turned is None else drawn.turned[mixed]
    other = by_phash(drawn.hashes[mixed], drawn.flat[mixed], radius, turns, [drawn.contents[k] for k in mixed])
    moved = other.gather(where[drawn.order], [(int(where[b]), int(where[a])) for a, b in reversed(apart)])
    assert mixed[moved[where]].tolist() == plain.tolist()


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 9999), n=st.integers(2, 40), turned=st.booleans())
def test_between_is_the_distance_of_the_nearest_orientation(seed, n, turned) -> None:
    drawn = Drawn(seed, n, 6, 5, turned)
    one, other = np.random.default_rng(seed).integers(0, n, (2, 30))
    bits, cosine = by_phash(drawn.hashes, drawn.flat, 8, drawn.turned).between(one, other)
    assert bits.tolist() == [drawn.distance(a, b) for a, b in zip(one.tolist(), other.tolist(), strict=True)]
    assert np.isnan(cosine).all()


def test_a_drifting_burst_is_cut_where_it_has_drifted_too_far() -> None:
    hashes = np.array([(0x00000000FFFFFFFF >> k) for k in range(24)], np.uint64)  # one bit a frame
    hub = by_phash(hashes, np.zeros(24, bool), 8).gather(np.arange(24))
    assert hub.tolist() == [0] * 9 + [9] * 9 + [18] * 6


@pytest.mark.parametrize("bits", [0, 0xFF, 2**64 - 1, (2**64 - 1) ^ 0xFF])
def test_near_blank_images_meet_only_where_their_content_is_equal(bits: int) -> None:
    hashes, flat = np.full(4, bits, np.uint64), np.zeros(4, bool)
    assert by_phash(hashes, flat, 8, contents=["a", "b", "a", ""]).gather(np.arange(4)).tolist() == [0, 1, 0, 3]
    assert by_phash(hashes, flat, 8).gather(np.arange(4)).tolist() == [0, 1, 2, 3]


def test_a_flat_image_does_not_gather_one_with_something_to_see() -> None:
    hashes = np.full(3, 0x0F0F0F0F0F0F0F0F, np.uint64)
    hub = by_phash(hashes, np.array([True, False, False]), 8, contents=["a", "b", "c"]).gather(np.arange(3))
    assert hub.tolist() == [0, 1, 1]


@pytest.mark.parametrize("radius", [-1, 17, 64])
def test_a_radius_that_says_nothing_is_refused(radius: int) -> None:
    with pytest.raises(ValueError, match="0 to 16"):
        by_phash(np.zeros(2, np.uint64), np.zeros(2, bool), radius)


def test_no_images_give_no_groups() -> None:
    assert by_phash(np.zeros(0, np.uint64), np.zeros(0, bool), 8).gather(np.zeros(0, np.int64)).tolist() == []


def test_a_crowd_of_a_hundred_thousand_is_gathered_in_little_memory() -> None:
    rng = np.random.default_rng(3)
    one = np.full(100_000, 0x0123456789ABCDEF, np.uint64)
    near = one[:30_000].copy()
    for _ in range(4):
        near ^= np.uint64(1) << rng.integers(0, 64, len(near)).astype(np.uint64)
    for hashes in (one, near):
        import tracemalloc

        tracemalloc.start()
        hub = by_phash(hashes, np.zeros(len(hashes), bool), 8).gather(np.arange(len(hashes)))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert (hub == 0).all()
        assert peak < 300e6
