"""Batches: a piece that kills its worker loses only its own place, and a cancelled run keeps what was finished."""

from __future__ import annotations

import os

import pytest

from engine.progress import Cancelled, Quiet
from engine.vision import batches
from tests.engine.vision.shelf import Stops


def doubled(batch: tuple[int, ...]) -> list[int]:
    if 7 in batch:
        os._exit(3)
    return [2 * piece for piece in batch]


def test_a_piece_that_crashes_loses_only_its_own_place() -> None:
    kept: list[tuple[int, int]] = []
    assert batches.run(doubled, range(20), 5, kept.extend, Quiet(), workers=1) == [
        (7, "the decoder crashed on it twice")
    ]
    assert sorted(kept) == [(n, 2 * n) for n in range(20) if n != 7]


def test_a_cancelled_run_keeps_what_was_finished() -> None:
    kept: list[tuple[int, int]] = []
    with pytest.raises(Cancelled):
        batches.run(doubled, range(100, 200), 5, kept.extend, Stops(after=20), workers=1)
    assert 20 <= len(kept) < 100
    assert all(answer == 2 * piece for piece, answer in kept)


def test_nothing_to_do_starts_no_worker() -> None:
    assert batches.run(doubled, [], 5, pytest.fail, Quiet()) == []


def faulty(batch: tuple[int, ...]) -> list[int]:
    raise TypeError(f"not {batch[0]}")


def test_why_a_piece_has_no_answer_is_told() -> None:
    [(piece, reason)] = batches.run(faulty, [4], 1, pytest.fail, Quiet(), workers=1)
    assert piece == 4
    assert "TypeError: not 4" in reason
    assert batches.told([("/a.png", reason), ("/b.png", "")], "looked at") == [
        f"/a.png could not be looked at: {reason}. So it is with 1 more."
    ]


def test_nothing_refused_is_nothing_told() -> None:
    assert batches.told([], "looked at") == []
