"""Named judges and their merged view."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import rows
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.ranking import judges, matches
from engine.ranking.judges import Board
from engine.ranking.ratings import MU, SIGMA

rated = st.tuples(st.floats(-20, 70), st.floats(0.8, SIGMA))
boards = st.lists(st.dictionaries(st.integers(1, 6), rated, max_size=6), min_size=1, max_size=4)


def board(found: dict[int, tuple[float, float]]) -> Board:
    ids = sorted(found)
    mu, sigma = ([found[i][k] for i in ids] for k in (0, 1))
    return Board(np.array(ids, np.int64), np.array(mu), np.array(sigma), np.ones(len(ids), np.int64))


def by_quadrature(posteriors: list[tuple[float, float]]) -> tuple[float, float]:
    """Mean and deviation of prior x product(posterior / prior), summed over a fine grid."""
    x = np.linspace(-400, 450, 20_001)

    def log_normal(mu: float, sigma: float) -> np.ndarray:
        return -0.5 * ((x - mu) / sigma) ** 2

    density = log_normal(MU, SIGMA) + sum(log_normal(*p) - log_normal(MU, SIGMA) for p in posteriors)
    weight = np.exp(density - density.max())
    mean = (weight * x).sum() / weight.sum()
    return float(mean), float(math.sqrt((weight * (x - mean) ** 2).sum() / weight.sum()))


@settings(deadline=None)
@given(boards)
def test_merged_is_the_product_of_the_posteriors_with_the_prior_counted_once(
    found: list[dict[int, tuple[float, float]]],
) -> None:
    merged = judges.merged([board(f) for f in found])
    assert merged.ids.tolist() == sorted({i for f in found for i in f})
    for image, mu, sigma, count in zip(*(a.tolist() for a in merged), strict=True):
        mine = [f[image] for f in found if image in f]
        assert (mu, sigma) == pytest.approx(by_quadrature(mine), abs=1e-6)
        assert count == len(mine)


@given(boards, st.randoms())
def test_merged_knows_no_order_of_judges(found: list[dict[int, tuple[float, float]]], random: object) -> None:
    once = judges.merged([board(f) for f in found])
    random.shuffle(found)  # type: ignore[attr-defined]
    again = judges.merged([board(f) for f in found])
    np.testing.assert_allclose(once.mu, again.mu)
    np.testing.assert_allclose(once.sigma, again.sigma)


@given(st.dictionaries(st.integers(1, 6), st.tuples(st.floats(-20, 70), st.floats(0.8, 9))))
def test_one_judge_merged_is_that_judge(found: dict[int, tuple[float, float]]) -> None:
    one = board(found)
    merged = judges.merged([one])
    np.testing.assert_allclose(merged.mu, one.mu, atol=1e-9)
    np.testing.assert_allclose(merged.sigma, one.sigma, atol=1e-9)


def test_no_judge_and_no_comparison_merge_to_nothing() -> None:
    assert len(judges.merged([]).ids) == 0
    assert len(judges.merged([board({}), board({})]).ids) == 0


def test_judges_less_sure_than_the_prior_stay_finite() -> None:
    merged = judges.merged([board({1: (20.0, 40.0)}), board({1: (30.0, 40.0)})])
    assert np.isfinite(merged.mu).all()
    assert merged.sigma[0] <= 40.0


def test_two_judges_of_one_library_agree_more_surely_than_either(tmp_path: Path) -> None:
    with rows.filled(tmp_path, [4]) as library:
        for judge in ("", "Anna"):
            matches.record(library, [1, 2, 3], 1, "match", judge)
        matches.record(library, [4, 2], 4, "match", "Bo")
        with library.db.read() as connection:
            assert judges.names(connection) == ["", "Anna", "Bo"]
            mine, hers, his = (judges.board(connection, name) for name in judges.names(connection))
        np.testing.assert_array_equal(mine.mu, hers.mu)
        merged = judges.merged([mine, hers, his])
        assert merged.ids.tolist() == [1, 2, 3, 4]
        assert merged.comparisons.tolist() == [2, 3, 2, 1]
        assert merged.mu[0] > mine.mu[0]
        assert merged.sigma[0] < mine.sigma[0]
        assert merged.mu[3] == pytest.approx(his.mu[1])


@pytest.mark.parametrize("name", ["x" * 61, "a\nb", "\u200b"])
def test_a_name_has_a_shape(name: str) -> None:
    with pytest.raises(judges.WrongUse):
        judges.check(name)
    assert judges.check("  Zoe\u0308 ") == "Zoë"
