"""Which contradictions of the last run still stand, whatever was answered or taken back since."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.culling import decide
from engine.learning import contradictions, state
from engine.learning.contradictions import Contradiction
from engine.library.store import Library
from engine.ranking import matches
from tests import advice, rows


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """Families of three: images 1 2 3, 4 5 6 …"""
    with rows.filled(tmp_path, [3] * 4, blurred=0.0) as made:
        yield made


def answered(library: Library, *pairs: tuple[int, int], judge: str = "") -> None:
    for winner, loser in pairs:
        matches.record(library, [winner, loser], winner, "match", judge)


def told(library: Library, cycles: list[list[int]], *doubts: state.Doubt) -> None:
    """As if a run had just found them."""
    library.write(lambda c: state.write(c, state.State("m", last=state.last(c), doubts=list(doubts), cycles=cycles)))


def standing(library: Library) -> list[Contradiction]:
    with library.db.read() as connection:
        assert contradictions.count(connection) == len(contradictions.standing(connection))
        return contradictions.standing(connection)


CIRCLE = Contradiction("circle", [1, 4, 7], 0.0)


def test_a_circle_stands_until_an_answer_of_it_is_taken_back(library: Library) -> None:
    answered(library, (1, 4), (4, 7), (7, 1))
    told(library, [[1, 4, 7]])
    assert standing(library) == [CIRCLE]
    library.undo()
    assert standing(library) == []
    library.redo()
    assert standing(library) == [CIRCLE]


def test_a_circle_is_settled_by_a_match_of_all_its_images_but_not_of_some_by_a_skip_or_by_somebody_else(
    library: Library,
) -> None:
    answered(library, (1, 4), (4, 7), (7, 1))
    told(library, [[1, 4, 7]])
    answered(library, (1, 7))
    matches.record(library, [1, 4, 7], None, "skip")
    matches.record(library, [1, 4, 7], 4, "match", "Bo")
    assert standing(library) == [CIRCLE]
    matches.record(library, [10, 7, 4, 1], None, "draw")
    assert standing(library) == []


def test_a_pick_in_cull_is_a_part_of_a_circle_while_it_stands(library: Library) -> None:
    key = advice.key_of(library, 1)
    decide.pick(library, key, 1)
    answered(library, (2, 4), (4, 1))
    told(library, [[1, 2, 4]])
    assert standing(library) == [Contradiction("circle", [1, 2, 4], 0.0)]
    decide.pick(library, key, 2)
    assert standing(library) == []


def test_a_comparison_in_doubt_is_told_until_it_is_answered_again(library: Library) -> None:
    answered(library, (10, 3))
    told(library, [], state.Doubt("", 3, 0.8, 10))
    assert standing(library) == [Contradiction("match", [10, 3], 0.8)]
    answered(library, (10, 3))
    assert standing(library) == []


def test_what_closes_a_circle_is_not_told_twice(library: Library) -> None:
    answered(library, (1, 4), (4, 7), (7, 1))
    told(library, [[1, 4, 7]], state.Doubt("", 1, 0.9, 7))
    assert standing(library) == [CIRCLE]


def test_a_circle_that_nobody_answered_or_another_judge_did_is_none(library: Library) -> None:
    answered(library, (1, 4), (4, 7), judge="Bo")
    answered(library, (7, 1))
    told(library, [[1, 4, 7], [2, 3], [5]], state.Doubt("", 4, 0.8, 1))
    assert standing(library) == []


def test_the_rows_of_a_csv_are_pairs_by_path(library: Library) -> None:
    answered(library, (1, 4), (4, 1), (10, 3))
    told(library, [[1, 4]], state.Doubt("", 3, 0.8, 10))
    with library.db.read() as connection:
        found = contradictions.rows(connection)
    one, four = f"{rows.SOURCE}/f000000_stage1.png", f"{rows.SOURCE}/f000001_stage1.png"
    assert found[:2] == [("circle", 1, one, four, None), ("circle", 1, four, one, None)]
    assert found[2] == ("match", 2, f"{rows.SOURCE}/f000003_stage1.png", f"{rows.SOURCE}/f000000_stage3.png", 0.8)


def test_a_decided_group_in_doubt_counts_but_is_offered_by_cull(library: Library) -> None:
    key = advice.key_of(library, 1)
    decide.pick(library, key, 1)
    told(library, [], state.Doubt(key, 2, 0.9))
    with library.db.read() as connection:
        assert (contradictions.count(connection), contradictions.groups(connection)) == (1, 1)
        assert contradictions.standing(connection) == []
