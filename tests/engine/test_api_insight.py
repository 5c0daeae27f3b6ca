"""The Insight screen's calls, through the bridge's one door."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine import api_insight
from engine.api import Engine
from engine.learning import likes
from engine.library.csvfile import read_csv
from tests.engine.learning import taught


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with taught.library(tmp_path / "library", [2, 2, 3]) as library:
        taught.agreements(library, [True] * 395)
        for key in taught.keys(library):
            taught.recommend(library, key)
    started = Engine()
    started.open(tmp_path / "library")
    yield started
    started.close()


def call(engine: Engine, name: str, **body: object) -> Any:
    return json.loads(engine.call(name, json.dumps(body)))


def wait(engine: Engine) -> str:
    end = time.monotonic() + 60
    while (job := engine.jobs.current()) is None or job.state == "running":
        assert time.monotonic() < end
        time.sleep(0.02)
    return f"{job.state}: {job.message}"


def test_everything_of_the_screen_comes_in_one_answer(engine: Engine) -> None:
    said = call(engine, "insight.all")
    winner, crop, residual = said["gates"]
    assert (winner["kind"], winner["open"], winner["ready"], winner["missing"]) == ("winner", True, 3, "")
    missing = "395 more random checks that all agree would open it, and that nothing wrong is left has to be sure too"
    assert (crop["open"], crop["ready"], crop["missing"]) == (False, 0, missing)
    assert residual["kind"] == "residual"
    assert (said["card"], said["contradictions"], said["reviewing"], said["likes"]) == (None, 0, 0, [])
    assert said["why"]
    assert sum(point["n"] for point in said["agreement"]) == 395


def test_a_batch_its_review_and_its_undo(engine: Engine) -> None:
    engine.need().change_setting("learning.random_share", 0.0)  # a miss that was drawn would shut the gate for good
    call(engine, "learn.promote", kind="winner")
    assert wait(engine) == "done: Decided 3 groups at once. Look at them under Insight."
    review = call(engine, "learn.review")
    assert (review["total"], [item["kind"] for item in review["items"]]) == (3, ["winner"] * 3)
    first = review["items"][0]
    assert first["groupId"] in taught.keys(engine.need())
    done = call(engine, "learn.reviewed", images=[first["image"]])
    assert (done["stale"], done["label"]) == (["insight"], "1 image reviewed")
    assert call(engine, "insight.all")["reviewing"] == 2
    call(engine, "cull.reopen", groupId=review["items"][1]["groupId"])
    assert call(engine, "learn.review", offset=0, limit=10)["total"] == 1
    for _ in range(2):
        call(engine, "history.undo")
    undone = call(engine, "history.undo")
    assert undone["label"] == "Undid: Decide 3 groups at once"
    assert {"cull", "insight", "sweep"} <= set(undone["stale"])
    assert (call(engine, "learn.review")["total"], call(engine, "insight.all")["gates"][0]["ready"]) == (0, 3)


def test_a_gate_shut_by_hand_refuses_a_batch(engine: Engine) -> None:
    shut = call(engine, "learn.gate", kind="winner", shut=True)
    assert (shut["stale"], shut["undo"]) == (["insight"], "Shut a gate")
    gate = call(engine, "insight.all")["gates"][0]
    assert (gate["open"], gate["shut"], gate["missing"], gate["ready"]) == (False, True, "shut by you", 0)
    call(engine, "learn.promote", kind="winner")
    assert wait(engine) == "failed: The gate is shut: shut by you. Decide on; every random check counts."
    call(engine, "learn.gate", kind="winner", shut=False)
    assert call(engine, "insight.all")["gates"][0]["open"]


def test_a_person_may_say_of_the_keeping_and_of_the_crop_of_an_image_apart(engine: Engine) -> None:
    taught.batch(engine.need(), "b", winners=[2])
    taught.batch(engine.need(), "b", crops=[2])
    assert [item["kind"] for item in call(engine, "learn.review")["items"]] == ["crop", "winner"]
    call(engine, "learn.reviewed", images=[2], crops=[])
    assert [item["kind"] for item in call(engine, "learn.review")["items"]] == ["crop"]
    call(engine, "learn.reviewed", images=[], crops=[2])
    assert call(engine, "insight.all")["reviewing"] == 0


def test_what_is_liked_is_saved_by_its_images(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    library = engine.need()
    library.write(lambda c: c.execute("INSERT INTO predictions SELECT id, id, 0.1 FROM images"))
    library.write(lambda c: c.execute("INSERT INTO images (filepath, filename) VALUES ('/gone.png', 'gone.png')"))
    weights = {"stage": -0.5, "look": 2.0}
    monkeypatch.setattr(likes, "_LEAST", 2)
    monkeypatch.setattr(api_insight, "_card", lambda _: (None, weights, ""))
    header, rows = read_csv(next(path for path in call(engine, "insight.csv")["paths"] if "likes" in path))
    assert header == ["name", "text", "weight", "end", "image"]
    shown = call(engine, "insight.all")["likes"]
    assert len(rows) == sum(len(one["most"]) + len(one["least"]) for one in shown) > 0
    assert all(row[4].startswith("/source/") for row in rows)
    assert {(row[0], row[3]) for row in rows} == {(one["name"], end) for one in shown for end in ("most", "least")}


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("learn.promote", {"kind": "residual"}),
        ("learn.gate", {"kind": "door", "shut": True}),
        ("learn.gate", {"kind": "crop"}),
        ("learn.reviewed", {"images": ["x"]}),
        ("learn.reviewed", {"images": [2**70]}),
        ("learn.reviewed", {"images": []}),
        ("learn.reviewed", {"images": [], "crops": [2**40]}),
        ("learn.reviewed", {"crops": [1]}),
        ("learn.review", {"offset": "a"}),
    ],
)
def test_a_wrong_call_gets_a_sentence(engine: Engine, name: str, body: dict[str, Any]) -> None:
    said = call(engine, name, **body)["error"]
    assert said["message"]
    assert said["code"] in ("wrong_use", "not_found")


def test_the_data_of_every_plot_is_written_as_csv(engine: Engine) -> None:
    paths = call(engine, "insight.csv")["paths"]
    assert len(paths) == 12
    header, rows = read_csv(next(path for path in paths if path.endswith("insight_agreement.csv")))
    assert header == ["x", "y", "low", "high", "n", "label"]
    assert sum(int(row[4]) for row in rows) == 395
    gates = read_csv(next(path for path in paths if path.endswith("insight_gates.csv")))
    assert [row[0] for row in gates[1]] == ["winner", "crop", "residual"]
