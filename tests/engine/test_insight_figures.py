"""What Insight tells beside its plots: how the crops of a batch lie, and the model and its weights as CSV."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine import api_insight
from engine.api import Engine
from engine.library.csvfile import read_csv
from engine.wire import learn
from tests.engine.learning import taught

CARD = learn.Card("ranker-7", "bayes", "2026-01-02T03:04:05Z", 412, 88, 300, 0.87, 0.03, 2)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    taught.library(tmp_path / "library", [2, 2]).close()
    started = Engine()
    started.open(tmp_path / "library")
    yield started
    started.close()


def call(engine: Engine, name: str, **body: object) -> Any:
    return json.loads(engine.call(name, json.dumps(body)))


def test_a_crop_to_look_at_says_what_it_leaves_of_the_whole(engine: Engine) -> None:
    taught.batch(engine.need(), "b", winners=[1], crops=[2])
    winner, crop = call(engine, "learn.review")["items"]
    assert (crop["kind"], crop["box"]) == ("crop", list(taught.BOX))
    assert (crop["width"], crop["height"]) == (1024, 1536)
    assert (winner["kind"], winner["box"], winner["width"]) == ("winner", None, 1024)


def test_the_card_of_the_model_its_weights_and_what_waits_are_saved_too(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_insight, "_card", lambda _: (CARD, {"stage": -0.5, "look": 2.0}, ""))
    taught.batch(engine.need(), "b", winners=[1])
    header, rows = read_csv(
        next(path for path in call(engine, "insight.csv")["paths"] if path.endswith("insight_model.csv"))
    )
    assert header == ["name", "value"]
    said = dict(rows)
    assert (said["name"], said["pairs"], said["accuracy"], said["earlier"]) == ("ranker-7", "412", "0.87", "2")
    assert (said["weight look"], said["weight stage"], said["reviewing"]) == ("2.0", "-0.5", "1")
    assert said["contradictions"] == "0"


def test_before_anything_was_learned_the_figures_say_why(engine: Engine) -> None:
    path = next(path for path in call(engine, "insight.csv")["paths"] if path.endswith("insight_model.csv"))
    said = dict(read_csv(path)[1])
    assert said["why"] == call(engine, "insight.all")["why"] != ""
    assert "pairs" not in said
