"""Candidates are looked at once, remembered by content, and a picture that cannot be read is nobody's copy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.progress import Cancelled, Quiet
from engine.vision.same_picture import differences, verify
from tests import draw
from tests.engine.vision import shelf


def test_copies_are_told_from_others_and_remembered(tmp_path: Path) -> None:
    paths = shelf.library(tmp_path)
    picture = draw.natural(1)
    shown = [picture, draw.to_picture(picture * 0.8), draw.natural(2), np.ascontiguousarray(picture[:, ::-1])]
    images = [shelf.put(paths, p) for p in shown] + [("f" * 64, "/nowhere/gone.png")]
    one, other = np.array([0, 0, 0, 4, 1, 4]), np.array([1, 2, 3, 0, 0, 4])
    same, notices = verify(paths, images, one, other, Quiet())
    assert same.tolist() == [True, False, False, False, True, True]
    assert notices == ["1 pair could not be compared, as a picture could not be read: taken as different."]

    heard = shelf.Stops()
    again, _ = verify(paths, images, other[:3], one[:3], heard)
    assert heard.phases == [("compare", 0)]
    assert again.tolist() == same[:3].tolist()

    turned, _ = verify(paths, images, one[:3], other[:3], Quiet(), any_way_up=True)
    assert turned.tolist() == [True, False, True]


def test_no_candidates_are_no_work(tmp_path: Path) -> None:
    nobody = np.zeros(0, np.int64)
    same, notices = verify(shelf.library(tmp_path), [], nobody, nobody, Quiet())
    assert (same.tolist(), notices) == ([], [])


def test_a_cancelled_look_goes_on_where_it_was(tmp_path: Path) -> None:
    paths = shelf.library(tmp_path)
    images = [shelf.put(paths, draw.natural(seed, 96, 96)) for seed in range(18)]
    one, other = np.triu_indices(18, 1)
    with pytest.raises(Cancelled):
        verify(paths, images, one, other, shelf.Stops(after=64))
    heard = shelf.Stops()
    found, notices = differences(paths, images, one, other, heard)
    assert 0 < heard.phases[0][1] < len(one)
    assert notices == []
    assert (found > 0.1).all()
