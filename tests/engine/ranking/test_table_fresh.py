"""The table follows every change of the library at once, though it remembers what it has read."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from standings import Row, add, rate, standing

from engine.library.journal import Record
from engine.library.store import Library
from engine.ranking import matches
from engine.ranking.columns import iso
from engine.ranking.ratings import MU, SIGMA
from engine.ranking.table import Query, Table


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "library") as opened:
        add(opened, [Row(f"/s/{number}.png", "a fox") for number in range(6)])
        yield opened


def ids(table: Table, query: Query, order: list[int] | None = None) -> list[int]:
    return [row.id for row in table.page(standing(order or [1, 2, 3, 4, 5, 6]), query).items]


def test_a_pick_its_undo_and_its_redo_are_in_the_next_page(library: Library) -> None:
    table, best = Table(library), Query(sort="mu", descending=True)
    assert ids(table, best) == [1, 2, 3, 4, 5, 6]
    matches.record(library, [4, 5], 5, "match")
    assert ids(table, best) == [5, 1, 2, 3, 6, 4]
    assert ids(table, Query(only="compared")) == [4, 5]
    library.undo()
    assert ids(table, best) == [1, 2, 3, 4, 5, 6]
    assert ids(table, Query(only="compared")) == []
    library.redo()
    assert ids(table, best) == [5, 1, 2, 3, 6, 4]


def test_a_flag_is_in_the_next_page(library: Library) -> None:
    table = Table(library)
    assert ids(table, Query(only="flagged")) == []
    library.decide(Record("", "", ["/s/2.png"], kind="flag"), "Flag 2.png")
    assert ids(table, Query(only="flagged")) == [3]


def test_a_scan_is_in_the_next_page(library: Library) -> None:
    table, first = Table(library), Query(sort="filename")
    assert ids(table, first) == [1, 2, 3, 4, 5, 6]
    new = add(library, [Row("/s/0 first.png", "a crow", 2.0, missing=True)])
    order = [1, 2, 3, 4, 5, 6, *new]
    assert ids(table, first, order) == [*new, 1, 2, 3, 4, 5, 6]
    for query in (Query(text="crow"), Query(stage=2.0), Query(only="missing")):
        assert ids(table, query, order) == new


def test_the_order_is_that_of_the_standing_given_last(library: Library) -> None:
    table = Table(library)
    for order in ([1, 2, 3, 4, 5, 6], [6, 5, 4, 3, 2, 1], [2, 1]):
        assert ids(table, Query(), order) == order
        assert ids(table, Query(descending=True), order) == order[::-1]


def test_each_judge_has_figures_of_their_own(library: Library) -> None:
    table = Table(library)
    matches.record(library, [1, 2], 2, "match")
    matches.record(library, [3, 4], 4, "match", "Ada")
    mine = {row.id: row for row in table.page(standing([1, 2, 3, 4]), Query()).items}
    library.change_setting("ranking.judge", "Ada")
    hers = {row.id: row for row in table.page(standing([1, 2, 3, 4]), Query()).items}
    assert [mine[i].comparisons for i in (1, 2, 3, 4)] == [1, 1, 0, 0]
    assert [hers[i].comparisons for i in (1, 2, 3, 4)] == [0, 0, 1, 1]
    assert (hers[4].mu, hers[4].sigma) == (mine[2].mu, mine[2].sigma)
    assert (hers[2].mu, hers[2].sigma, hers[2].score) == (MU, SIGMA, MU - 3 * SIGMA)
    assert hers[2].last_compared_at == ""
    assert ids(table, Query(sort="mu", descending=True), [1, 2, 3, 4]) == [4, 1, 2, 3]
    assert table.facets(standing([1, 2, 3, 4, 5])).histogram.uncompared == 3


def test_the_histogram_counts_the_field_and_cuts_at_the_top(library: Library) -> None:
    for image in (1, 2, 4, 6):
        rate(library, image, 30.0)
    here = standing([1, 2, 3, 4, 5, 6], field=5, top=2)
    told = Table(library).facets(here).histogram
    assert (sum(told.counts), told.uncompared) == (3, 2)
    assert len(told.edges) == len(told.counts) + 1
    assert told.edges == sorted(told.edges)
    assert told.cut == here.strength[1]


def test_without_a_match_there_is_no_bar_and_no_cut(library: Library) -> None:
    told = Table(library).facets(standing([1, 2, 3], top=1)).histogram
    assert (told.counts, len(told.edges), told.uncompared, told.cut) == ([], 1, 3, None)
    empty = Table(library).facets(standing([]))
    assert (empty.folders, empty.stages, empty.histogram.uncompared) == ([], [], 0)


def test_a_top_that_is_the_whole_field_has_no_cut(library: Library) -> None:
    rate(library, 1, 30.0)
    assert Table(library).facets(standing([1, 2, 3], top=3)).histogram.cut is None


@pytest.mark.parametrize(
    ("kept", "told"),
    [("2026-01-02 03:04:05", "2026-01-02T03:04:05Z"), ("2026-01-02T03:04:05.5Z", "2026-01-02T03:04:05.5Z"), (None, "")],
)
def test_every_time_leaves_in_one_form(kept: str | None, told: str) -> None:
    assert iso(kept) == told


def test_pages_asked_for_at_once_while_picks_are_made_are_each_of_one_moment(library: Library) -> None:
    table, order = Table(library), [1, 2, 3, 4, 5, 6]
    wrong: list[list[int]] = []

    def ask() -> None:
        for _ in range(30):
            items = table.page(standing(order), Query(sort="mu", descending=True)).items
            mus = [row.mu for row in items]
            if mus != sorted(mus, reverse=True):
                wrong.append([row.id for row in items])

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(20):
        matches.record(library, [1 + number % 6, 1 + (number + 1) % 6], 1 + number % 6, "match")
    for thread in threads:
        thread.join()
    assert wrong == []
