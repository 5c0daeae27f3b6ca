"""What holds for groups of any images, and what the rules mean for images one can name."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.grouping import neighbours
from engine.grouping.groups import group
from engine.grouping.model import Group, Item, group_key
from engine.grouping.near import family_numbers, near
from engine.grouping.table import Table
from engine.grouping.units import units
from engine.library.settings import Groups

from .drawn import item_lists, limits

FACE = 0x0123456789ABCDEF


def flipped(value: int, *bits: int) -> int:
    for bit in bits:
        value ^= 1 << bit
    return value


def families(groups: list[Group]) -> set[frozenset[int]]:
    return {frozenset(g.members) for g in groups}


@settings(max_examples=300, deadline=None)
@given(items=item_lists(), limits=limits, seed=st.integers(0, 99))
def test_groups_part_the_images_and_every_member_is_near_its_medoid(items, limits, seed) -> None:
    groups = group(items, limits)
    by_id = {item.id: item for item in items}
    names = dict(zip(by_id, family_numbers(items), strict=True))
    assert sorted(i for g in groups for i in g.members) == sorted(by_id)
    for g in groups:
        heart = by_id[g.medoid]
        assert g.key == group_key(by_id[i].path for i in g.members)
        assert g.via[g.members.index(g.medoid)] == "medoid"
        for i, distance, via in zip(g.members, g.distances, g.via, strict=True):
            other = by_id[i]
            assert distance == ((heart.phash ^ other.phash) & (2**64 - 1)).bit_count()
            same = limits.by_name and names[i] >= 0 and names[i] == names[g.medoid]
            assert via == ("medoid" if other is heart else near(heart, other, same, limits))
    shuffled = items.copy()
    random.Random(seed).shuffle(shuffled)
    assert group(shuffled, limits) == groups


@settings(max_examples=150, deadline=None)
@given(items=item_lists(), limits=limits)
def test_the_rule_over_arrays_is_the_rule_over_two_images(items, limits) -> None:
    table = Table(items, limits)
    everyone = np.arange(len(items))
    for rank in everyone.tolist():
        mask, _ = table.near(rank, everyone)
        assert mask.tolist() == [
            near(table.items[rank], other, table.same_name(rank, k), limits) is not None
            for k, other in enumerate(table.items)
        ]


@settings(max_examples=150, deadline=None)
@given(items=item_lists(), limits=limits)
def test_crowded_looks_worked_out_on_demand_change_no_pair(items, limits) -> None:
    table = Table(items, limits)
    kept, asked = neighbours.Neighbours(table), neighbours.Neighbours(table, budget=1)
    everyone = np.arange(len(items))
    for rank in everyone.tolist():
        mask, _ = table.near(rank, everyone)
        wanted = {int(table.look[k]) for k in everyone[mask] if not table.same_name(rank, int(k))}
        for source in (kept, asked):
            assert wanted <= set(source.of(int(table.look[rank])).tolist())
            assert source.reach[table.look[rank]] >= len({k for k in everyone[mask] if int(table.look[k]) in wanted})


@settings(max_examples=100, deadline=None)
@given(items=item_lists(), limits=limits)
def test_a_unit_is_never_parted(items, limits) -> None:
    table = Table(items, limits)
    home = {i: g.key for g in group(items, limits) for i in g.members}
    for unit in units(table):
        assert len({home[table.items[rank].id] for rank in unit}) == 1


def test_no_image_stays_alone_beside_a_medoid_that_would_have_it() -> None:
    rng = random.Random(5)
    items = [
        Item(id=n, path=f"/{n}.png", phash=flipped(FACE, *rng.sample(range(64), rng.randint(0, 9)))) for n in range(300)
    ]
    groups = group(items, Groups())
    medoids = [next(i for i in items if i.id == g.medoid) for g in groups]
    for g, heart in zip(groups, medoids, strict=True):
        if len(g.members) == 1:
            assert not [m for m in medoids if m is not heart and near(heart, m, False, Groups())]


def test_a_drifting_burst_does_not_chain() -> None:
    value, items = FACE, []
    for n in range(60):
        items.append(Item(id=n, path=f"/b/{n:03}.jpg", phash=value, timestamp=n / 10))
        value = flipped(value, n)
    groups = group(items, Groups())
    assert 2 <= len(groups) <= 6
    assert max(d for g in groups for d in g.distances) <= Groups().window_distance


def test_a_staged_family_with_a_timestamp_stays_whole_across_folders_however_it_looks() -> None:
    items = [
        Item(id=n, path=f"/s/stage{n}/20250102_030405_stage{n}.png", phash=(FACE * (n + 1) ** 5) & (2**64 - 1),
             stem="20250102_030405", stage=float(n), timestamp=1.0, name_timestamp=True)
        for n in range(1, 5)
    ]  # fmt: skip
    assert families(group(items, Groups())) == {frozenset({1, 2, 3, 4})}


def test_a_look_alike_from_elsewhere_does_not_tear_a_family_apart() -> None:
    family = [
        Item(id=n, path=f"/s/a_stage{n}.png", phash=h, stem="a", stage=float(n))
        for n, h in ((1, FACE), (2, flipped(FACE, *range(10))), (3, flipped(FACE, *range(20))))
    ]
    strangers = [Item(id=10 + n, path=f"/s/z{n}.png", phash=flipped(FACE, 60, n)) for n in range(40, 46)]
    assert any({1, 2, 3} <= g for g in families(group([*family, *strangers], Groups())))


def test_bare_names_are_a_family_only_in_one_folder_or_in_stage_folders() -> None:
    a, b = FACE, flipped(FACE, *range(20))

    def two(one: str, other: str) -> int:
        return len(
            group([Item(id=1, path=one, phash=a, stem="0001"), Item(id=2, path=other, phash=b, stem="0001")], Groups())
        )

    assert two("/s/0001.png", "/s/0001.jpg") == 1
    assert two("/s/stage1/0001.png", "/s/Stage 2/0001.png") == 1
    assert two("/s/anna/0001.png", "/s/bert/0001.png") == 2


def test_a_name_that_half_the_folder_shares_says_nothing() -> None:
    rng = random.Random(1)
    items = [
        Item(id=n, path=f"/s/{n}.png", phash=rng.getrandbits(64), stem="image", stage=1.0, name_timestamp=True)
        for n in range(40)
    ]
    assert len(group(items, Groups())) == 40


def test_blank_images_match_an_equal_hash_only() -> None:
    items = [Item(id=n, path=f"/{n}.png", phash=h, timestamp=0.0) for n, h in enumerate((0, 0, 1, 3, 1 << 63, 1 << 63))]
    assert families(group(items, Groups())) == {frozenset({0, 1}), frozenset({2}), frozenset({3}), frozenset({4, 5})}


def test_a_black_top_stage_stays_with_its_family() -> None:
    items = [
        Item(id=1, path="/a_stage1.png", phash=FACE, stem="a", stage=1.0),
        Item(id=2, path="/a_stage2.png", phash=flipped(FACE, 3, 9), stem="a", stage=2.0),
        Item(id=3, path="/a_stage3.png", phash=0, stem="a", stage=3.0),
    ]
    (only,) = group(items, Groups())
    assert only.members == (3, 2, 1)


def test_the_time_window_allows_a_wider_distance_and_ends_sharply() -> None:
    far = flipped(FACE, *range(16))

    def pair(later: float, phash: int) -> list[Group]:
        return group(
            [Item(id=1, path="/1", phash=FACE, timestamp=100.0), Item(id=2, path="/2", phash=phash, timestamp=later)],
            Groups(),
        )

    assert pair(110.0, far)[0].via == ("medoid", "time")
    assert len(pair(110.5, far)) == 2
    assert len(pair(100.0, flipped(far, 20))) == 2


def test_a_signed_hash_is_the_same_bits() -> None:
    top = FACE | 1 << 63
    assert len(group([Item(id=1, path="/1", phash=top), Item(id=2, path="/2", phash=top - 2**64)], Groups())) == 1


def test_switching_names_off_leaves_the_look() -> None:
    items = [
        Item(id=n, path=f"/a_stage{n}.png", phash=flipped(FACE, *range(n * 10)), stem="a", stage=float(n))
        for n in (1, 2)
    ]
    assert len(group(items, Groups())) == 1
    assert len(group(items, Groups(by_name=False))) == 2


def test_no_images_are_no_groups() -> None:
    assert group([], Groups()) == []


def test_a_group_key_is_twelve_hex_digits_of_the_set_of_paths() -> None:
    assert group_key(["/b", "/a"]) == group_key(["/a", "/b"])
    assert group_key(["/a", "/b"]) != group_key(["/ab"])
    assert len(group_key(["/\udc80"])) == 12
    assert int(group_key([]), 16) >= 0


def test_grouping_can_be_cancelled() -> None:
    class Stop:
        def phase(self, name: str, total: int = 0) -> None: ...

        def step(self, done: int, current: str = "") -> None:
            raise InterruptedError

        def cancelled(self) -> bool:
            return True

    with pytest.raises(InterruptedError):
        group([Item(id=1, path="/1", phash=FACE)], Groups(), Stop())
