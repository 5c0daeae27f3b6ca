"""Groups formed anew only where answers changed are the groups that forming everything anew gives."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.grouping import unbound
from engine.grouping.groups import bound, gather, group
from engine.grouping.links import Link
from engine.grouping.model import Item

from .drawn import item_lists, limits


@st.composite
def answered(draw: st.DrawFn) -> tuple[list[Item], list[Link], list[Link]]:
    """Items, answers about them and about two images that are not there, and some that came or went since."""
    items = draw(item_lists())
    ids = [item.id for item in items] + [900, 901]
    pairs = draw(st.lists(st.tuples(st.sampled_from(ids), st.sampled_from(ids)), max_size=12, unique=True))
    links = [
        Link(min(pair), max(pair), draw(st.booleans()), f"2026-01-{day:02}T00:00:00Z")
        for day, pair in enumerate(draw(st.permutations(pairs)), 1)
        if pair[0] != pair[1]
    ]
    before = [link for link in links if draw(st.integers(0, 3))]
    after = [link for link in links if link not in before or draw(st.integers(0, 3))]
    return items, before, after


@settings(max_examples=200, deadline=None)
@given(drawn=answered(), limits=limits)
def test_what_changes_with_answers_is_what_forming_everything_anew_changes(drawn, limits) -> None:
    items, before, after = drawn
    loose = gather(items, limits)
    kept = unbound.unpacked(unbound.packed(unbound.of(loose)))
    assert kept is not None
    assert kept.images.tolist() == [item.id for item in sorted(items, key=lambda item: item.path)]
    seeds = {image for link in set(before) ^ set(after) for image in link[:2]}
    places, about = unbound.reached(kept, [*before, *after], seeds)
    touched = set(kept.images[places].tolist())
    stay = [g for g in bound(loose, before) if not touched & set(g.members)]
    assert sum(len(g.members) for g in stay) == len(items) - len(touched)
    some = unbound.narrowed(kept, [item for item in items if item.id in touched], limits)
    anew = bound(some, [link for link in after if link.one in about])
    assert sorted([*stay, *anew], key=lambda g: g.key) == sorted(group(items, limits, links=after), key=lambda g: g.key)


@given(st.binary(max_size=40))
def test_bytes_that_were_never_kept_are_as_good_as_none(data) -> None:
    assert unbound.unpacked(data) is None or len(data) >= 5
    assert unbound.unpacked(b"\x95" + b"\xc4\x03abc" * 5) is None
