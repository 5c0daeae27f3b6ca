"""The order in which groups are asked: clear ones, telling ones with some drawn by chance between, doubted ones."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.culling import decide
from engine.learning import ask, state
from engine.learning.train import train
from engine.library.store import Library
from engine.progress import Quiet
from tests import likes


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with likes.library(tmp_path_factory.mktemp("asked") / "library", 90) as made:
        likes.pick(made, list(likes.groups(made))[:54], likes.liked(made))
        train(made, Quiet())
        yield made


def page(library: Library, order: ask.Order, offset: int = 0, limit: int = 100) -> tuple[int, list[ask.Asked]]:
    with library.db.read() as connection:
        return ask.page(connection, order, offset, limit)


def test_clear_ones_come_first(library: Library) -> None:
    total, items = page(library, "obvious")
    assert total == len(items) == 36
    assert [item.confidence for item in items] == sorted((item.confidence for item in items), reverse=True)


def test_pages_join_without_a_gap_or_a_double(library: Library) -> None:
    orders: tuple[ask.Order, ...] = ("obvious", "informative", "close")
    for order in orders:
        whole = [item.group for item in page(library, order)[1]]
        parts = [item.group for start in range(0, 36, 7) for item in page(library, order, start, 7)[1]]
        assert parts == whole
        assert len(set(whole)) == 36


def test_what_tells_most_comes_first_and_a_share_is_drawn_by_chance(library: Library) -> None:
    items = page(library, "informative")[1]
    plain = [item.information for item in items if not item.checked]
    assert plain == sorted(plain, reverse=True)
    assert next(place for place, item in enumerate(items) if item.checked) == 9


def test_the_closest_calls_are_those_it_is_least_sure_of(library: Library) -> None:
    sure = [item.confidence for item in page(library, "close")[1] if not item.checked]
    assert max(sure[:5]) < min(sure[-5:])
    assert all(item.rival for item in page(library, "close")[1] if not item.checked)


def test_with_few_decisions_chance_asks_first(library: Library) -> None:
    with library.db.read() as connection:
        now = state.read(connection)
    library.write(lambda c: state.write(c, msgspec.structs.replace(now, decisions=ask.COLD - 1)))
    first = [item.checked for item in page(library, "informative")[1]]
    library.write(lambda c: state.write(c, now))
    assert first == sorted(first, reverse=True)


def test_a_model_that_is_often_wrong_does_not_choose_what_is_asked() -> None:
    assert ask.able(ask.COLD, 0.77)
    assert ask.able(1000, 0.72)
    assert not ask.able(ask.COLD - 1, 0.99)
    assert not ask.able(ask.COLD, 0.72), "so few decisions do not tell"
    assert not ask.able(1000, 0.69)
    assert not ask.able(1000, None)


def test_a_group_decided_since_is_not_asked(library: Library) -> None:
    item = page(library, "obvious")[1][0]
    decide.pick(library, item.group, item.image)
    assert page(library, "obvious")[0] == 35
    library.undo()
    assert page(library, "obvious")[0] == 36


@given(st.integers(0, 60), st.integers(0, 20), st.sampled_from([0.0, 0.1, 0.25, 1.0]))
def test_mixing_keeps_both_orders_and_loses_nothing(many: int, drawn: int, share: float) -> None:
    first, second = [f"a{n}" for n in range(many)], [f"b{n}" for n in range(drawn)]
    found = ask.mixed(first, second, share)
    assert [key for key in found if key[0] == "a"] == first
    assert [key for key in found if key[0] == "b"] == second


def test_the_drawn_ones_stand_evenly_between() -> None:
    found = ask.mixed([f"a{n}" for n in range(36)], [f"b{n}" for n in range(4)], 0.1)
    assert [place for place, key in enumerate(found) if key[0] == "b"] == [9, 19, 29, 39]


def test_reasons_that_are_damaged_are_none() -> None:
    assert ask.reasons(b"{") == []
    assert ask.reasons(b'[{"other": 1}]') == []
    assert ask.reasons(b'[{"name": "look", "text": "sharper", "weight": 1.5}]')[0].weight == 1.5
