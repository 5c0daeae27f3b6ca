"""What a person said of pairs binds the groups, together and apart, through others too, whatever images look like."""

from __future__ import annotations

import random
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.grouping.groups import group
from engine.grouping.links import Link, Settled, settle
from engine.grouping.model import Group, Item
from engine.grouping.near import family_numbers, near
from engine.library.settings import Groups

from .drawn import item_lists, limits

FACE = 0x0123456789ABCDEF


@st.composite
def answered(draw: st.DrawFn) -> tuple[list[Item], list[Link]]:
    """Items, and answers about them and about two images that are not there."""
    items = draw(item_lists())
    ids = [item.id for item in items] + [900, 901]
    pairs = draw(st.lists(st.tuples(st.sampled_from(ids), st.sampled_from(ids)), max_size=14))
    return items, [
        Link(min(pair), max(pair), draw(st.booleans()), f"2026-01-{draw(st.integers(1, 9)):02}T00:00:00Z")
        for pair in pairs
        if pair[0] != pair[1]
    ]


def homes(groups: list[Group]) -> dict[int, str]:
    return {image: g.key for g in groups for image in g.members}


def bundles(said: Settled) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for image, bundle in said.bundle.items():
        found.setdefault(bundle, set()).add(image)
    return found


@settings(max_examples=200, deadline=None)
@given(drawn=answered(), limits=limits)
def test_answers_that_are_kept_hold_in_the_groups_also_through_others(drawn, limits) -> None:
    items, links = drawn
    said = settle(links)
    home = homes(group(items, limits, links=links))
    assert sorted(home) == sorted(item.id for item in items)
    for bundle, images in bundles(said).items():
        here = [home[image] for image in images if image in home]
        assert len(set(here)) <= 1
        for foe in said.apart.get(bundle, ()):
            there = {home[image] for image in bundles(said)[foe] if image in home}
            assert not there & set(here)


@settings(max_examples=100, deadline=None)
@given(drawn=answered(), limits=limits, seed=st.integers(0, 99))
def test_the_order_of_images_and_of_answers_changes_nothing(drawn, limits, seed) -> None:
    items, links = drawn
    before = group(items, limits, links=links)
    random.Random(seed).shuffle(items)
    random.Random(seed).shuffle(links)
    assert group(items, limits, links=links) == before


@settings(max_examples=100, deadline=None)
@given(drawn=answered(), limits=limits)
def test_every_member_is_near_its_medoid_or_there_because_the_person_said_so(drawn, limits) -> None:
    items, links = drawn
    by_id = {item.id: item for item in items}
    names = dict(zip(by_id, family_numbers(items), strict=True))
    said = settle(links)
    joined = {image for images in bundles(said).values() if len(images) > 1 for image in images}
    for g in group(items, limits, links=links):
        heart = by_id[g.medoid]
        for image, via in zip(g.members, g.via, strict=True):
            if image == g.medoid:
                assert via == "medoid"
                continue
            same = limits.by_name and names[image] >= 0 and names[image] == names[g.medoid]
            assert via == (near(heart, by_id[image], same, limits) or "you")
        assert "you" not in g.via or joined & set(g.members)


@settings(max_examples=100, deadline=None)
@given(drawn=answered(), limits=limits)
def test_only_groups_that_an_answer_is_about_can_change(drawn, limits) -> None:
    items, links = drawn
    before, after = group(items, limits), group(items, limits, links=links)
    about = {image for link in links for image in link[:2]}
    about = {member for g in before if about & set(g.members) for member in g.members}
    assert [g for g in before if not about & set(g.members)] == [g for g in after if not about & set(g.members)]
    agreeing = [Link(min(a, b), max(a, b), True, "") for g in before for a, b in combinations(g.members, 2)]
    assert group(items, limits, links=agreeing) == before
    assert group(items, limits, links=[Link(900, 901, True, "")]) == before


@settings(max_examples=100, deadline=None)
@given(drawn=answered())
def test_what_is_overruled_contradicts_what_is_newer_and_nothing_else_is(drawn) -> None:
    _, links = drawn
    said = settle(links)
    for link in set(links):
        one, other = said.bundle.get(link.one), said.bundle.get(link.other)
        holds = one == other if link.same else one != other and other in said.apart.get(one, set())
        assert holds or link in said.overruled
    for link in said.overruled:
        newer = [other for other in links if (other.at, *other[:3]) > (link.at, *link[:3])]
        without = settle(newer)
        assert settle([*newer, link]).overruled == (link, *without.overruled) or link not in settle(newer).overruled


def look(value: int, *bits: int) -> int:
    for bit in bits:
        value ^= 1 << bit
    return value


def stages(number: int, value: int) -> list[Item]:
    """Three stages of one name that look nothing like each other."""
    return [
        Item(id=10 * number + k, path=f"/s/{number}_stage{k}.png", phash=look(value, *range(k * 12)),
             stem=f"{number}_20250102_030405", stage=float(k), name_timestamp=True)
        for k in range(3)
    ]  # fmt: skip


def said(one: int, other: int, same: bool, day: int = 1) -> Link:
    return Link(one, other, same, f"2026-01-{day:02}T00:00:00.000000Z")


def families(items: list[Item], *links: Link) -> set[frozenset[int]]:
    return {frozenset(g.members) for g in group(items, Groups(), links=links)}


def test_a_yes_joins_the_whole_families_of_both_images() -> None:
    items = stages(1, FACE) + stages(2, ~FACE & (2**64 - 1))
    assert len(families(items)) == 2
    assert families(items, said(10, 22, same=True)) == {frozenset({10, 11, 12, 20, 21, 22})}


def test_a_no_parts_even_a_set_of_stages_and_the_others_stay_with_the_nearer() -> None:
    parted = families(stages(1, FACE), said(10, 12, same=False))
    assert len(parted) == 2
    assert not any({10, 12} <= family for family in parted)


def test_copies_follow_the_image_that_was_said_to_be_another() -> None:
    near_one = [Item(id=n, path=f"/{n}.png", phash=look(FACE, *range(n))) for n in (0, 1, 2)]
    copies = [Item(id=n, path=f"/{n}.png", phash=look(FACE, 20, 21, 22, 23, 24)) for n in (7, 8)]
    assert families(near_one + copies) == {frozenset({0, 1, 2, 7, 8})}
    assert families(near_one + copies, said(0, 7, same=False)) == {frozenset({0, 1, 2}), frozenset({7, 8})}


def test_the_newest_answer_wins_over_the_two_that_say_the_opposite_together() -> None:
    items = [Item(id=n, path=f"/{n}.png", phash=random.Random(n).getrandbits(64)) for n in (1, 2, 3)]
    yes = said(1, 2, same=True, day=1), said(2, 3, same=True, day=2)
    assert families(items, *yes) == {frozenset({1, 2, 3})}
    assert families(items, *yes, said(1, 3, same=False, day=3)) == {frozenset({1}), frozenset({2, 3})}
    assert settle([*yes, said(1, 3, same=False, day=3)]).overruled == (yes[0],)


def test_an_image_that_is_gone_still_joins_the_two_it_was_said_to_belong_to() -> None:
    items = [Item(id=n, path=f"/{n}.png", phash=random.Random(n).getrandbits(64)) for n in (1, 2)]
    assert families(items, said(1, 99, same=True), said(2, 99, same=True)) == {frozenset({1, 2})}
    assert len(families(items, said(1, 99, same=True), said(2, 99, same=False))) == 2


def test_no_place_is_taken_by_a_chain_of_images_that_all_differ_from_the_first() -> None:
    items = [Item(id=n, path=f"/{n:02}.png", phash=look(FACE, *range(n, n + 4))) for n in range(16)]
    apart = [said(0, n, same=False) for n in range(1, 16)]
    for g in group(items, Groups(), links=apart):
        assert "you" not in g.via
        assert max(g.distances) <= Groups().phash_distance
