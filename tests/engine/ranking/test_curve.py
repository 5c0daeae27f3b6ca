"""The curve: kept, thinned, forgotten where picks were undone, and never trusted blindly."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.library.store import Library
from engine.ranking.curve import DRAWN, MOST, REBUILT, Curve


def read(library: Library, picks: int, judge: str = "", top: int = 100) -> Curve:
    curve = Curve(judge, top)
    with library.db.read() as connection:
        curve.read(connection, picks)
    return curve


def test_points_come_back_for_the_same_judge_and_top_only(tmp_path: Path) -> None:
    with Library(tmp_path / "library") as library:
        curve = Curve("Anna", 50)
        curve.put(10, 0.25)
        curve.put(20, 1.5)
        curve.save(library)
        assert [(p.picks, p.share) for p in read(library, 20, "Anna", 50).points()] == [(10, 0.25), (20, 1.0)]
        assert [p.picks for p in read(library, 15, "Anna", 50).points()] == [10]
        assert read(library, 20, "", 50).points() == read(library, 20, "Anna", 51).points() == []


@pytest.mark.parametrize("text", ["", "{", "[[1]]", '[["a", 1]]', "[[-3, 0.5], [0, 0.5], [5, 7.0], [99, 0.5]]"])
def test_what_cannot_be_read_is_left_out(tmp_path: Path, text: str) -> None:
    with Library(tmp_path / "library") as library:
        library.remember("rank_curve|100|", text)
        assert read(library, 10).points() == []


def test_an_undo_takes_points_away(tmp_path: Path) -> None:
    curve = Curve("", 100)
    for picks in (1, 5, 9):
        curve.put(picks, picks / 10)
    curve.forget(5)
    assert [p.picks for p in curve.points()] == [1, 5]


def test_a_curve_is_told_again_only_where_its_beginning_is_missing(tmp_path: Path) -> None:
    with Library(tmp_path / "library") as library:
        assert read(library, REBUILT - 1).gaps == []
        curve = read(library, 1200)
        assert curve.gaps == sorted(curve.gaps, reverse=True)
        assert (curve.gaps[-1], len(curve.gaps)) == (100, REBUILT - 1)
        while curve.gaps:
            curve.put(curve.gaps[-1], 0.5)
        curve.save(library)
        assert read(library, 1200).gaps == []


@given(st.lists(st.integers(1, 10_000), min_size=1, max_size=900, unique=True))
def test_a_long_curve_stays_short_with_its_ends(picks: list[int]) -> None:
    curve = Curve("", 100)
    for at in sorted(picks):
        curve.put(at, 0.5)
    points = [p.picks for p in curve.points()]
    assert (points[0], points[-1]) == (min(picks), max(picks))
    assert len(points) <= DRAWN + 1
    assert len(curve._share) <= MOST
