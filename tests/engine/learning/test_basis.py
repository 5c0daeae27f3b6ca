"""Features: reduced vectors that see within families, figures that stand for what is not known."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from engine.learning import basis as reduced
from engine.learning.figures import NAMED

Float32s = npt.NDArray[np.float32]


def vectors(n: int = 120, size: int = 80, seed: int = 0) -> Float32s:
    rng = np.random.default_rng(seed)
    return (rng.standard_normal((n, size)) * 0.8 ** np.arange(size)).astype(np.float32)


def test_directions_are_those_of_most_variance() -> None:
    made = vectors()
    found = reduced.fit("net", made, np.arange(120))
    centred = made - made.mean(axis=0)
    exact = np.linalg.svd(centred, full_matrices=False)[1] / np.sqrt(120)
    assert np.allclose(found.unit[:20], exact[:20], rtol=0.01)
    assert np.allclose(found.axes.T @ found.axes, np.eye(found.axes.shape[1]), atol=1e-5)


def test_reduced_vectors_are_standardised() -> None:
    made = vectors()
    found = reduced.fit("net", made, np.arange(120))
    x = found.embedded(made)
    assert np.allclose(x.mean(axis=0), 0, atol=0.05)
    assert np.allclose(x.std(axis=0), 1, atol=0.05)
    assert found.spread[0] == 1
    assert (np.diff(found.spread) <= 1e-9).all()


def test_what_differs_only_within_families_is_seen_too() -> None:
    rng = np.random.default_rng(1)
    between = np.zeros((400, 200))
    between[:, :100] = np.repeat(rng.standard_normal((100, 100)) * 10, 4, axis=0)
    between[:, 150] = rng.standard_normal(400) * 0.5  # a small part of the whole, all that tells siblings apart
    found = reduced.fit("net", between.astype(np.float32), np.repeat(np.arange(100), 4))
    assert np.linalg.norm(found.axes[150]) > 0.99


def test_the_same_pictures_give_the_same_directions() -> None:
    one, other = (reduced.fit("net", vectors(), np.arange(120)) for _ in range(2))
    assert np.array_equal(one.axes, other.axes)


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_hardly_any_pictures_do_no_harm(n: int) -> None:
    made = vectors(n)
    found = reduced.fit("net", made, np.arange(n))
    assert found.embedded(made).shape == (n, found.axes.shape[1]) if n > 1 else found.axes.shape == (0, 0)


def test_equal_pictures_have_no_direction() -> None:
    assert reduced.fit("net", np.ones((9, 80), np.float32), np.arange(9)).axes.shape[1] == 0


def test_what_is_not_known_counts_as_the_mean_and_what_never_varies_as_nothing() -> None:
    figures = np.full((4, len(NAMED)), np.nan)
    figures[:, 0] = [1, 2, 3, np.nan]
    figures[:, 1] = 7
    scaled = reduced.scaled(reduced.fit("", np.zeros((0, 0), np.float32), np.zeros(0, np.int64)), figures)
    x = scaled.named(figures)
    assert x[:, 0] == pytest.approx([-1.2247, 0, 1.2247, 0], abs=1e-3)
    assert not x[:, 1:].any()
    figures[0, 0] = 1e9
    assert scaled.named(figures)[0, 0] == 4
