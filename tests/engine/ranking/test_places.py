"""Places: ids to indexes and back, with room for images that come later."""

from __future__ import annotations

import random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.ranking.places import Places

IDS = st.sets(st.integers(1, 1 << 62), max_size=40).map(sorted)


def array(ids: list[int]) -> np.ndarray:
    return np.array(ids, np.int64)


@given(IDS)
def test_ids_come_back(ids: list[int]) -> None:
    places = Places(array(ids))
    assert places.at(places.find(ids)) == ids
    assert places.ids.tolist() == ids
    assert places.find([0, -5, 10**30]) == []
    assert places.at([len(ids), places.room - 1]) == []


@given(IDS, IDS)
def test_new_images_get_places_behind_and_old_ones_keep_theirs(before: list[int], now: list[int]) -> None:
    places = Places(array(before))
    kept = dict(zip(before, places.find(before), strict=True))
    if places.take_in(array(now)):
        assert places.find(before) == list(kept.values())
        assert places.at(places.find(now)) == now
        assert np.all(np.diff(places.ids) > 0)
    else:
        assert min(set(now) - set(before)) < max(before)


def test_more_than_there_is_room_for_is_refused() -> None:
    places = Places(array([1]))
    assert places.take_in(np.arange(1, places.room + 1))
    assert not places.take_in(np.arange(1, places.room + 2))


@given(IDS, st.randoms())
def test_a_mask_is_set_at_the_chosen_alone(ids: list[int], rng: random.Random) -> None:
    places = Places(array(ids))
    chosen = [rng.random() < 0.5 for _ in ids]
    mask = places.mask(array(ids), np.array(chosen, bool))
    assert mask.shape == (places.room,)
    assert places.at(np.flatnonzero(mask).tolist()) == [i for i, yes in zip(ids, chosen, strict=True) if yes]
