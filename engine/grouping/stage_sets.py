"""Sets of one timestamp across a stage line-up, and which of them show the same as another (spec 2's pruning).

Two sets match when their line-ups are exactly equal, their timestamps differ and they are alike at every stage: cosine
of their embeddings, or, where an image of either has none, pHash. Matches are stars in the order of who stays: the best
free set gathers every free set that matches it, so each set that goes matches the very set that stays for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt

from engine.grouping.hamming import popcount
from engine.grouping.model import Item
from engine.grouping.set_metadata import Made, Verdict, compare
from engine.progress import Progress, Quiet

Floats = npt.NDArray[np.floating[npt.NBitBase]]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
U64 = npt.NDArray[np.uint64]
Singles = npt.NDArray[np.float32]

LEAST_STAGES = 2  # one image alone is no set: `dupes` is for those
_SLACK = 1e-4  # a product of many rounds otherwise than one of two; that one decides
_BLOCK = 256  # sets that look for their like at once


class StageSet(msgspec.Struct, frozen=True):
    """The images of one timestamp, one a stage.

    Attributes:
        key: 12 hex digits of its source and stem; the same in every run.
        stem: the name its images share, with the timestamp in it, case-folded.
        timestamp: `YYYY-MM-DDTHH:MM:SS`, as the name says it.
        seconds: the same as a number, for order.
        stages: ascending, each once.
        images: their ids, by stage.
        places: where they stand among the items, by stage.
    """

    key: str
    stem: str
    timestamp: str
    seconds: float
    stages: tuple[float, ...]
    images: tuple[int, ...]
    places: tuple[int, ...]


class Match(msgspec.Struct, frozen=True):
    """Two sets that show the same.

    Attributes:
        stays, goes: `goes` is redundant.
        similarity: stage by stage, cosine -1 to 1, or the share of equal pHash bits, 0 to 1.
        measure: which of the two.
        metadata: whether what is known of how they were made agrees.
        reason: why this one stays.
    """

    stays: StageSet
    goes: StageSet
    similarity: tuple[float, ...]
    measure: Literal["cosine", "phash"]
    metadata: Verdict
    reason: str


class Looks(msgspec.Struct, frozen=True):
    """What images look like, by their place among the items.

    Attributes:
        phash: (n,) uint64.
        flat: (n,) near-blank images, whose hash says nothing unless it is equal.
        vectors: (n, d) embeddings, of any length, float16 or wider; rows without one hold anything.
        have: (n,) which rows of `vectors` count.
    """

    phash: U64
    flat: Bools
    vectors: Floats
    have: Bools


class Limits(msgspec.Struct, frozen=True):
    """From when two images are alike: cosine at least, or at most so many bits of 64."""

    cosine: float = 0.95
    bits: int = 8
    metadata: bool = True  # sets whose metadata differs do not match


class Found(msgspec.Struct, frozen=True):
    """Matches in the order of the sets that stay, and how many pairs were alike but made differently."""

    matches: list[Match]
    differing: int


def sets_of(items: Sequence[Item]) -> tuple[list[StageSet], int]:
    """The sets among images, by key, and how many families were passed over as two images claim one stage.

    Images of one source whose names share a stem with a timestamp are one set, in whichever folder they lie; those
    without a stage belong to none. A set has at least LEAST_STAGES stages.
    """
    families: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, item in enumerate(items):
        if item.name_timestamp and item.stem and item.stage is not None and item.timestamp is not None:
            families[item.source, item.stem].append(place)
    sets, unclear = [], 0
    for (source, stem), places in families.items():
        stages = [items[place].stage for place in places]
        if len(set(stages)) < len(stages):
            unclear += 1
        elif len(places) >= LEAST_STAGES:
            sets.append(_set(items, source, stem, places))
    return sorted(sets, key=lambda one: one.key), unclear


def _set(items: Sequence[Item], source: str, stem: str, places: list[int]) -> StageSet:
    places = sorted(places, key=lambda place: items[place].stage or 0.0)
    seconds = items[places[0]].timestamp or 0.0
    joined = f"{source}\0{stem}".encode("utf-8", "surrogatepass")
    return StageSet(
        key=blake2b(joined, digest_size=6).hexdigest(),
        stem=stem,
        timestamp=_said(seconds),
        seconds=seconds,
        stages=tuple(items[place].stage or 0.0 for place in places),
        images=tuple(items[place].id for place in places),
        places=tuple(places),
    )


def _said(seconds: float) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    except (ValueError, OverflowError, OSError):
        return ""


def match(
    sets: Sequence[StageSet],
    order: Sequence[int],
    looks: Looks,
    limits: Limits,
    *,
    made: Callable[[int], Made] | None = None,
    why: Callable[[StageSet, StageSet], str] = lambda _stays, _goes: "",
    apart: Collection[tuple[int, int]] = (),
    progress: Progress | None = None,
) -> Found:
    """Which sets show the same as another.

    Args:
        sets: as `sets_of` gives them.
        order: every index of `sets` once, those that stay first (see `engine.grouping.set_order`).
        looks: of all items.
        limits: what counts as alike.
        made: how the image at a place was made; asked only for sets that look alike. None: not compared.
        why: a sentence for the set that stays and the one that goes.
        apart: pairs of image ids that are no duplicates; sets that hold such a pair at one stage never match.
        progress: told how many sets are done; may raise Cancelled from its `step`.

    The answer depends neither on the order of `sets` nor on that of the items. Time grows with the square of the
    number of sets of one line-up: 10 000 sets with 1 280 numbers an image take about 4 s on 2 cores.
    """
    said = progress or Quiet()
    search = _Search(sets, looks, limits, made, frozenset(apart))
    line_ups: dict[tuple[float, ...], list[int]] = defaultdict(list)
    for index in order:
        line_ups[sets[index].stages].append(index)
    pairs: list[tuple[int, int, Verdict]] = []
    done = 0
    for ranked in line_ups.values():
        for begin in range(0, len(ranked), _BLOCK):
            said.step(done)
            pairs += search.block(ranked, begin)
            done += min(_BLOCK, len(ranked) - begin)
    said.step(done)
    rank = {index: at for at, index in enumerate(order)}
    pairs.sort(key=lambda pair: (rank[pair[0]], rank[pair[1]]))
    return Found([search.match(stays, goes, verdict, why) for stays, goes, verdict in pairs], search.differing)


class _Search:
    """Stars over the sets of one line-up at a time."""

    def __init__(
        self,
        sets: Sequence[StageSet],
        looks: Looks,
        limits: Limits,
        made: Callable[[int], Made] | None,
        apart: frozenset[tuple[int, int]],
    ) -> None:
        self._sets, self._looks, self._limits, self._made, self._apart = sets, looks, limits, made, apart
        self._taken = np.zeros(len(sets), dtype=np.bool_)
        self._whole = np.array([bool(looks.have[list(one.places)].all()) for one in sets], dtype=np.bool_)
        self.differing = 0

    def block(self, ranked: list[int], begin: int) -> list[tuple[int, int, Verdict]]:
        """The pairs of the sets at `begin` and the next few, each with the free sets after it."""
        rest = np.array(ranked[begin:], dtype=np.int64)
        keepers = rest[:_BLOCK]
        first = np.array([self._sets[index].places[0] for index in rest], dtype=np.int64)
        vectors = self._unit(first)
        cosine = vectors[: len(keepers)] @ vectors.T if vectors.size else np.zeros((len(keepers), len(rest)))
        found: list[tuple[int, int, Verdict]] = []
        for row, keeper in enumerate(keepers.tolist()):
            if self._taken[keeper]:
                continue
            later, free = rest[row + 1 :], ~self._taken[rest[row + 1 :]]
            whole = self._whole[later] & self._whole[keeper]
            bits = self._bits(first[row], first[row + 1 :]) <= self._limits.bits
            near = np.where(whole, cosine[row, row + 1 :] >= self._limits.cosine - _SLACK, bits)
            for other in later[free & near].tolist():
                verdict = self._verdict(keeper, other)
                if verdict is not None:
                    self._taken[other] = True
                    found.append((keeper, other, verdict))
        return found

    def _verdict(self, keeper: int, other: int) -> Verdict | None:
        """What the metadata says of two sets that match; None where they do not."""
        one, two = self._sets[keeper], self._sets[other]
        if one.seconds == two.seconds or any(
            pair in self._apart or pair[::-1] in self._apart for pair in zip(one.images, two.images, strict=True)
        ):
            return None
        measure, similarity = self._alike(keeper, other)
        least = self._limits.cosine if measure == "cosine" else 1 - self._limits.bits / 64
        if min(similarity) < least:
            return None
        if self._made is None:
            return "unknown"
        pairs = zip(map(self._made, one.places), map(self._made, two.places), strict=True)
        verdict = compare(pairs)
        if verdict == "differs" and self._limits.metadata:
            self.differing += 1
            return None
        return verdict

    def _alike(self, keeper: int, other: int) -> tuple[Literal["cosine", "phash"], tuple[float, ...]]:
        one, two = (np.array(self._sets[index].places, dtype=np.int64) for index in (keeper, other))
        if self._whole[keeper] and self._whole[other]:
            return "cosine", tuple(float(x) for x in np.einsum("sd,sd->s", self._unit(one), self._unit(two)))
        return "phash", tuple(1 - float(self._bits(a, two[at : at + 1])[0]) / 64 for at, a in enumerate(one))

    def _bits(self, one: np.int64, others: Ints) -> Ints:
        """(k,) bits of 64 that differ; 64 where either is near-blank and they are not equal."""
        bits = popcount(self._looks.phash[one] ^ self._looks.phash[others]).astype(np.int64)
        blank = self._looks.flat[others] | self._looks.flat[one]
        return np.where(blank & (bits > 0), 64, bits)

    def _unit(self, places: Ints) -> Singles:
        """(k, d) vectors of length 1; zeros where there is none."""
        vectors = self._looks.vectors[places].astype(np.float32)
        vectors[~self._looks.have[places] | ~np.isfinite(vectors).all(axis=1)] = 0
        length = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 0)

    def match(self, stays: int, goes: int, verdict: Verdict, why: Callable[[StageSet, StageSet], str]) -> Match:
        one, two = self._sets[stays], self._sets[goes]
        measure, similarity = self._alike(stays, goes)
        return Match(one, two, similarity, measure, verdict, why(one, two))
