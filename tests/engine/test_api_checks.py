"""The Check screen's calls: lists, answers, and the detectors that learn behind them."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.api import Engine
from engine.library.store import Library
from engine.library.text import to_text
from engine.vision import embedders
from tests.engine.vision.learned import shelves

TAG = "extra_fingers"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with Library(tmp_path / "library") as library:
        images = shelves.fill(library, 24)
        shelves.embed(library, TAG, {image: image % 2 == 0 for image in images})
        shelves.say(library, TAG, {image: image % 2 == 0 for image in images[:39]})
    started = Engine()
    started.open(tmp_path / "library")
    yield started
    started.close()


def call(engine: Engine, name: str, **body: object) -> Any:
    return json.loads(engine.call(name, json.dumps(body)))


def tag(engine: Engine) -> dict[str, Any]:
    [found] = [one for one in call(engine, "check.list")["tags"] if one["tag"] == TAG]
    return dict(found)


def wait(engine: Engine) -> str:
    end = time.monotonic() + 60
    while (job := engine.jobs.current()) is None or job.state == "running":
        assert time.monotonic() < end
        time.sleep(0.02)
    assert job.kind == "learn"
    return job.message


def test_the_answer_that_makes_enough_turns_the_detector_on_and_its_undo_off_again(engine: Engine) -> None:
    off = {"yes": 19, "no": 20, "needs": 20, "learned": False, "averagePrecision": None, "calibrationError": None}
    assert off.items() <= tag(engine).items()
    assert engine.jobs.current() is None

    assert call(engine, "check.answer", image=40, tag=TAG, yes=True)["stale"] == ["check"]
    assert wait(engine) == "Learned from your tags: extra fingers."
    on = tag(engine)
    assert (on["yes"], on["learned"]) == (20, True)
    assert 0.9 < on["averagePrecision"] <= 1
    assert 0 <= on["calibrationError"] < 0.3
    first = call(engine, "check.list", tag=TAG)
    assert first["total"] == on["waiting"] == len(first["items"])
    assert {one["image"] for one in first["items"] if one["score"] > 0.5} == {42, 44, 46, 48}
    assert {"cue": "learned", "missing": True, "width": 1024, "height": 1536}.items() <= first["items"][0].items()

    undone = call(engine, "history.undo")
    assert undone["imageId"] == 40
    wait(engine)
    assert off.items() <= tag(engine).items()
    call(engine, "history.redo")
    wait(engine)
    assert tag(engine)["learned"]


def test_a_name_that_is_no_text_is_shown_as_text(tmp_path: Path) -> None:
    with Library(tmp_path / "library") as library:
        image = shelves.fill(library, 1)[0]
        path = to_text(os.fsdecode(b"/pictures/a\xff.png"))
        library.write(lambda c: c.execute("UPDATE images SET filepath = ? WHERE id = ?", (path, image)))
        library.write(
            lambda c: c.execute("INSERT INTO cues VALUES (?, 'hand_size', 0.9, 0, 0, 9, 9, '', ?)", (image, TAG))
        )
    started = Engine()
    started.open(tmp_path / "library")
    try:
        [found] = call(started, "check.list")["items"]
        assert found["filename"] == Path(path).name
    finally:
        started.close()


def test_few_more_answers_start_nothing_and_ten_do(engine: Engine) -> None:
    call(engine, "check.answer", image=40, tag=TAG, yes=True)
    wait(engine)
    before = engine.jobs.current()
    for image in range(41, 48):
        call(engine, "check.answer", image=image, tag=TAG, yes=image % 2 == 0)
    assert engine.jobs.current() == before
    for image in range(1, 4):
        call(engine, "check.answer", image=image + 100, tag=TAG, yes=True)  # no such image: nothing is learned
    assert engine.jobs.current() == before


def test_learning_that_cannot_be_is_said_once_and_not_tried_at_every_answer(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedders, "installed", lambda _: False)
    call(engine, "check.answer", image=40, tag=TAG, yes=True)
    assert wait(engine) == "Nothing was learned: the built-in network is not installed."
    before = engine.jobs.current()
    call(engine, "check.answer", image=41, tag=TAG, yes=False)
    assert engine.jobs.current() == before
    assert not tag(engine)["learned"]


def test_a_job_that_somebody_asked_for_makes_learning_wait(engine: Engine) -> None:
    go, began = threading.Event(), threading.Event()

    def work(progress: Any) -> str:
        began.set()
        assert go.wait(20)
        return "done"

    engine.jobs.start("dupes", work)
    assert began.wait(20)
    call(engine, "check.answer", image=40, tag=TAG, yes=True)
    assert engine.jobs.current().kind == "dupes"
    go.set()
    end = time.monotonic() + 20
    while engine.jobs.current().state == "running":
        assert time.monotonic() < end
        time.sleep(0.01)
    call(engine, "check.answer", image=41, tag=TAG, yes=False)
    wait(engine)
    assert tag(engine)["learned"]


def test_learning_makes_way_for_a_job_that_somebody_asks_for(engine: Engine) -> None:
    began = threading.Event()
    states: dict[str, str] = {}
    engine.listen(lambda event: states.update({event.job.kind: event.job.state}) if hasattr(event, "job") else None)

    def learning(progress: Any) -> str:
        began.set()
        while True:
            progress.step(0)
            time.sleep(0.01)

    engine.jobs.start("learn", learning)
    assert began.wait(20)
    engine.jobs.start("dupes", lambda progress: "found none")
    end = time.monotonic() + 20
    while states.get("dupes") != "done":
        assert time.monotonic() < end
        time.sleep(0.01)
    assert states["learn"] == "cancelled"


@pytest.mark.parametrize("hostile", ["../../x", "'; DROP TABLE cues; --", "no_such_tag", "\udcff", "x" * 100_000])
def test_what_is_no_tag_is_refused_with_a_sentence(engine: Engine, hostile: str) -> None:
    for name, body in (("check.list", {"tag": hostile}), ("check.answer", {"tag": hostile, "image": 1, "yes": True})):
        answer = call(engine, name, **body)
        assert answer["error"]["code"] == "wrong_use"
    assert tag(engine)["yes"] == 19
