"""Two judges in one library: an order each, one undo history, and the order that both make together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest
import rows

from engine.export.rankings_csv import lines
from engine.library.store import Library
from engine.ranking import judges, matches
from engine.ranking.columns import Marks, read_compared, read_ratings
from engine.ranking.live import Live, Standing
from engine.ranking.table import Query, Table

COUNT = 12
UP = list(range(1, COUNT + 1))
TASTES = {"": UP, "Ada": UP[::-1]}  # ids, best first


def use(library: Library, judge: str) -> None:
    ranking = msgspec.structs.replace(library.settings.ranking, judge=judge)
    library.settings = msgspec.structs.replace(library.settings, ranking=ranking)


def compare(library: Library, judge: str, order: list[int]) -> None:
    """Each image meets the next, then the one after that, and so on."""
    for apart in (1, 2, 3, 5):
        for better, worse in zip(order, order[apart:], strict=False):
            matches.record(library, [better, worse], better, "match", judge)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """Two judges of opposite tastes."""
    with rows.filled(tmp_path / "library", [1] * COUNT, blurred=0.0) as library:
        for judge, taste in TASTES.items():
            compare(library, judge, taste)
        yield library


def of(library: Library, judge: str | None) -> Standing:
    """Who stands where for a judge; None is everyone."""
    use(library, judge or "")
    live = Live.load(library, everyone=judge is None)
    live.close()
    return live.standing()


def strength(here: Standing) -> list[float]:
    """By id."""
    return [float(s) for _, s in sorted(zip(here.ids.tolist(), here.strength.tolist(), strict=True))]


def test_each_keeps_their_own_order_and_the_merged_one_lies_between(library: Library) -> None:
    own = {judge: of(library, judge) for judge in TASTES}
    for judge, taste in TASTES.items():
        assert own[judge].ids.tolist() == taste
        assert not own[judge].merged
    merged = of(library, None)
    assert merged.merged
    low, high = (np.array([f(pair) for pair in zip(*map(strength, own.values()), strict=True)]) for f in (min, max))
    between = np.array(strength(merged))
    assert (low < between).all()
    assert (between < high).all()
    assert np.abs(between).max() < 0.5 < min(high[0], high[-1]), "opposite tastes cancel out"


def test_the_merged_order_is_of_the_matches_of_both_as_if_one_had_made_them(library: Library, tmp_path: Path) -> None:
    compare(library, "Ada", [7, 3, 9, 1, 5])
    with rows.filled(tmp_path / "one", [1] * COUNT, blurred=0.0) as alone:
        for taste in (*TASTES.values(), [7, 3, 9, 1, 5]):
            compare(alone, "Bo", taste)
        expected = of(alone, "Bo")
    merged = of(library, None)
    assert merged.ids.tolist() == expected.ids.tolist()
    np.testing.assert_allclose(merged.strength, expected.strength)
    np.testing.assert_allclose(merged.chance, expected.chance)


def test_whoever_is_in_the_settings_the_merged_order_is_the_same(library: Library) -> None:
    live = Live.load(library, everyone=True)
    before = live.standing()
    use(library, "Ada")
    live.settle()
    after = live.standing()
    live.close()
    assert before.ids.tolist() == after.ids.tolist()
    np.testing.assert_array_equal(before.strength, after.strength)


def test_undo_of_one_judges_pick_changes_only_theirs(library: Library) -> None:
    live = Live.load(library, everyone=True)
    mine, both = of(library, ""), strength(live.standing())

    def boards() -> list[judges.Board]:
        with library.db.read() as connection:
            return [judges.board(connection, judge) for judge in TASTES]

    before = boards()
    matches.record(library, [12, 1], 1, "match", "Ada")
    live.settle()
    assert strength(live.standing()) != both
    changed = boards()
    for was, now in zip(before[0], changed[0], strict=True):
        np.testing.assert_array_equal(was, now)
    assert not np.array_equal(before[1].mu, changed[1].mu)
    library.undo()
    live.settle()
    for was, now in zip(before, boards(), strict=True):
        for old, new in zip(was, now, strict=True):
            np.testing.assert_array_equal(old, new)
    assert of(library, "").ids.tolist() == mine.ids.tolist()
    assert live.tally().matches == 2 * sum(COUNT - apart for apart in (1, 2, 3, 5))
    live.close()


def test_table_csv_and_columns_show_the_figures_of_all_judges_merged(library: Library) -> None:
    matches.record(library, [2, 3], 2, "match", "Cy")
    here = of(library, None)
    with library.db.read() as connection:
        known = judges.names(connection)
        each = [judges.board(connection, judge) for judge in known]
        size = Marks.read(connection).size
        figures, count = read_ratings(connection, None, size), read_compared(connection, None, size)
    assert known == ["", "Ada", "Cy"]
    expected = judges.merged(each)
    assert expected.ids.tolist() == UP
    np.testing.assert_array_equal(figures.mu[expected.ids], expected.mu)
    np.testing.assert_array_equal(count[expected.ids], expected.comparisons)
    shown = {row.id: row for row in Table(library).page(here, Query()).items}
    written = {line.rank: line for line in lines(library, here)}
    for place, image in enumerate(expected.ids.tolist()):
        row = shown[image]
        line = written[row.rank]
        assert (row.mu, row.sigma, row.comparisons) == (
            expected.mu[place], expected.sigma[place], expected.comparisons[place],
        )  # fmt: skip
        assert row.last_compared_at
        assert (line.mu, line.sigma, line.comparisons, line.last_compared_at) == (
            row.mu, row.sigma, row.comparisons, row.last_compared_at,
        )  # fmt: skip
    for sort in ("mu", "sigma", "score", "comparisons", "last_compared_at"):
        page = Table(library).page(here, Query(sort=sort, descending=True)).items  # type: ignore[arg-type]
        values = [getattr(row, sort) for row in page]
        assert values == sorted(values, reverse=True)


def test_an_image_nobody_compared_has_the_figures_it_began_with(tmp_path: Path) -> None:
    with rows.filled(tmp_path / "library", [1] * 4, blurred=0.0) as library:
        matches.record(library, [1, 2], 1, "match", "Ada")
        here = of(library, None)
        row = next(row for row in Table(library).page(here, Query()).items if row.id == 4)
        assert (row.mu, row.sigma, row.comparisons, row.last_compared_at) == (25.0, 25.0 / 3, 0, "")
        assert [row.id for row in Table(library).page(here, Query(only="compared")).items] == [1, 2]
