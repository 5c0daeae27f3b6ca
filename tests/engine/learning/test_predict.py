"""What a model says of choices against plain sampling, and its reasons."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from engine.learning import predict
from engine.learning.basis import Basis
from engine.learning.bayes import Honesty, sigmoid
from engine.learning.figures import NAMED
from engine.learning.predict import Model

K = 2
D = K + len(NAMED)


def model(scale: float = 1.0, doubt: float = 0.3, honesty: Honesty | None = None) -> Model:
    rng = np.random.default_rng(0)
    root = doubt * rng.standard_normal((D, D)) / np.sqrt(D)
    basis = Basis("", 0, np.zeros(5), np.zeros((5, K)), np.ones(K), np.zeros(len(NAMED)), np.ones(len(NAMED)))
    return Model(
        basis, np.zeros((0, 0)), scale * rng.standard_normal(D) / 3, root @ root.T + 1e-6 * np.eye(D),
        honesty or Honesty(),
    )  # fmt: skip


def features(n: int) -> npt.NDArray[np.float32]:
    return np.random.default_rng(1).standard_normal((n, D)).astype(np.float32)


def sampled(which: Model, x: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.float64], float]:
    """Luce's chances and the information of one group by a great many draws."""
    drawn = np.random.default_rng(2).multivariate_normal(which.mean, which.covariance, 40_000)
    each = np.exp(x @ drawn.T * which.honesty.slope)
    each /= each.sum(axis=0)
    mean = each.mean(axis=1)
    entropy = -(each * np.log2(each)).sum(axis=0).mean()
    return mean, float(-(mean * np.log2(mean)).sum() - entropy)


@pytest.mark.parametrize("size", [2, 3, 5])
def test_chances_and_information_are_as_sampling_gives(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    which, x = model(), features(size)
    few = predict.choices(which, x, np.array([size]))
    monkeypatch.setattr(predict, "DRAWS", 20_000)
    found = predict.choices(which, x, np.array([size]))
    chance, information = sampled(which, x)
    assert np.allclose(found.chance, chance, atol=0.01)
    assert found.information[0] == pytest.approx(information, abs=0.01)
    assert np.allclose(few.chance, chance, atol=0.1)


def test_groups_do_not_touch_each_other() -> None:
    x, sizes = features(9), np.array([2, 4, 1, 2])
    together = predict.choices(model(), x, sizes)
    ends = np.cumsum(sizes)
    for place, (end, size) in enumerate(zip(ends, sizes, strict=True)):
        alone = predict.choices(model(), x[end - size : end], np.array([size]))
        assert np.allclose(alone.chance, together.chance[end - size : end])
        assert alone.information[0] == pytest.approx(together.information[place], abs=1e-6)
    assert np.allclose(np.add.reduceat(together.chance, ends - sizes), 1)


def test_many_groups_are_as_a_few(monkeypatch: pytest.MonkeyPatch) -> None:
    x, sizes = features(60), np.full(20, 3)
    whole = predict.choices(model(), x, sizes)
    monkeypatch.setattr(predict, "_AT_ONCE", 7)
    assert np.allclose(predict.choices(model(), x, sizes).chance, whole.chance)


def test_what_is_surely_known_has_nothing_to_tell() -> None:
    known, x = model(doubt=1e-4), features(4)
    assert predict.choices(known, x, np.array([4])).information[0] < 1e-3
    assert predict.choices(model(doubt=1.0), x, np.array([4])).information[0] > 0.05


def test_honesty_about_doubt_changes_chances_and_not_what_there_is_to_learn() -> None:
    x, sizes = features(4), np.array([4])
    plain, honest = (predict.choices(model(honesty=h), x, sizes) for h in (Honesty(), Honesty(1.0, 0.25)))
    assert plain.information[0] == honest.information[0]
    assert honest.chance.max() != plain.chance.max()


def test_the_mean_and_variance_of_images_are_those_of_the_weights() -> None:
    which, x = model(honesty=Honesty(2.0, 0.5)), features(5)
    mean, variance = predict.images(which, x)
    assert np.allclose(mean, 2 * x @ which.mean, atol=1e-4)
    assert np.allclose(variance, np.einsum("nd,de,ne->n", x, which.covariance, x), atol=1e-3)


def test_a_pair_is_the_logistic_of_the_difference_where_weights_are_known() -> None:
    which, x = model(doubt=1e-6), features(2)
    chance = predict.pairs(which, x[:1], x[1:])
    assert chance[0] == pytest.approx(sigmoid((x[0] - x[1]) @ which.mean), abs=1e-3)


def test_reasons_are_the_largest_shares_in_plain_words() -> None:
    which = model()
    one, other = np.zeros(D, np.float32), np.zeros(D, np.float32)
    sharp, noise = K, K + 3
    one[sharp], one[noise] = 1, -1
    which.mean[:] = 0
    which.mean[[0, sharp, noise]] = 5, 2, -1
    found = predict.reasons(which, one, other)
    assert [(reason.name, reason.text, reason.weight) for reason in found] == [
        ("sharpness", "sharper", 2.0), ("noise", "cleaner, less noise", 1.0),
    ]  # fmt: skip
    one[0] = -1
    assert predict.reasons(which, one, other)[0] == ("look", "less like what you kept", -5.0)


def test_a_hidden_layer_widens_the_features() -> None:
    hidden = np.ones((3, 4))
    found = predict.widened(np.array([[1.0, 2.0]], np.float32), hidden)
    assert found.shape == (1, 6)
    assert np.allclose(found[0, 2:], np.tanh(4))
