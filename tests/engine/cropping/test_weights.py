"""Weights follow the answers one by one, and are those that all answers together give."""

from __future__ import annotations

import random
from pathlib import Path

import apsw
import msgspec
import pytest

from engine.cropping import taste, weights
from engine.cropping.model import TERMS
from engine.library.journal import Cropped
from engine.library.store import Library
from tests.rows import fill

ANSWERS = 12


def answer(rng: random.Random) -> Cropped:
    offered = [{term: rng.random() for term in TERMS} for _ in range(3)]
    choice = rng.choice(["best", "alt1", "alt2", "nudged"])
    return Cropped(choice, chosen={term: rng.random() for term in TERMS}, offered=offered)


def put(library: Library, image: int, at: int, how: Cropped) -> None:
    def work(connection: apsw.Connection) -> None:
        row = (image, how.choice, 0, 0, 8, 8, "[]", msgspec.json.encode(how), f"2026-01-01T00:00:{at:02}Z")
        connection.execute("INSERT OR REPLACE INTO crop_answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)

    library.write(work)


def test_one_answer_more_is_one_step_more_and_the_same_as_from_the_beginning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[int] = []
    learn = taste.learned

    def counted(*given: object) -> dict[str, float]:
        first, answers, *since = given
        told = list(answers)  # type: ignore[call-overload]
        steps.append(len(told))
        return learn(first, told, *since)  # type: ignore[arg-type]

    monkeypatch.setattr(taste, "learned", counted)
    rng, given = random.Random(3), list[Cropped]()
    with Library(tmp_path / "library") as library:
        fill(library, [1] * ANSWERS)
        start = weights.start(library.settings.crop)
        for image in range(1, ANSWERS + 1):
            given.append(answer(rng))
            put(library, image, image, given[-1])
            assert weights.weights(library) == pytest.approx(learn(start, given))
        assert steps == [1] * ANSWERS
        library.write(lambda c: c.execute("DELETE FROM crop_answers WHERE image_id = ?", (ANSWERS,)))
        assert weights.weights(library) == pytest.approx(learn(start, given[:-1]))
        assert len(steps) == ANSWERS  # a state that was there before
        put(library, 1, 50, given[0])  # another answer for an image that had one
        assert weights.weights(library) == pytest.approx(learn(start, [*given[1:-1], given[0]]))
