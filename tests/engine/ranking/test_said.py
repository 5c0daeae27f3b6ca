"""Messages kept in two bytes a number."""

from __future__ import annotations

import numpy as np
import pytest

from engine.ranking import belief
from engine.ranking.said import SPARE, Said

LEAST = float(np.log(belief.TINY))


def messages(count: int) -> belief.Floats:
    return np.random.default_rng(count).uniform(LEAST, 0, (count, 7)).astype(np.float32)


def test_what_is_put_in_comes_out_as_it_was_to_a_thousandth_or_so() -> None:
    said, given = Said(7), messages(3 * SPARE)
    for first in range(0, len(given), 700):
        said.append(given[first : first + 700])
    assert len(said) == len(given)
    assert said[:] == pytest.approx(given, abs=0.0013)
    some = np.array([0, SPARE + 1, 2 * SPARE])
    assert said[some] == pytest.approx(given[some], abs=0.0013)
    assert said.sum(some) == pytest.approx(given[some].sum(axis=0), abs=0.004)


def test_messages_that_were_cut_off_are_forgotten_and_a_copy_keeps_them() -> None:
    said = Said(7)
    said.append(messages(10))
    copy = said.copy()
    said.cut(4)
    said.extend(3)
    assert (said[4:] == 0).all()
    assert (said[:4] == copy[:4]).all()
    assert len(copy) == 10
    assert (copy[4:] < 0).any()
