"""Pairs that have met, against a plain set of pairs."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from engine.ranking.met import Met

MATCHES = st.lists(st.lists(st.integers(0, 7), min_size=2, max_size=5, unique=True), max_size=8)


@given(MATCHES, st.data())
def test_it_knows_the_pairs_of_the_matches_that_stand(matches: list[list[int]], data: st.DataObject) -> None:
    met, stand = Met(), list[list[int]]()
    for match in matches:
        met.add(match)
        stand.append(match)
        if data.draw(st.booleans()):
            gone = stand.pop(data.draw(st.integers(0, len(stand) - 1)))
            met.remove(data.draw(st.permutations(gone)))
    pairs = {frozenset(pair) for match in stand for pair in combinations(match, 2)}
    for one, other in combinations(range(8), 2):
        assert met.any(one, [other]) == met.any(other, [one]) == (frozenset((one, other)) in pairs)
    assert met.any(0, range(1, 8)) == any(0 in pair for pair in pairs)


def test_forgetting_what_never_met_changes_nothing() -> None:
    met = Met()
    met.add((1, 2, 3))
    met.remove((1, 2))
    met.remove((8, 9))
    assert met.any(1, [2])
