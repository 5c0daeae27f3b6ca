"""The bridge: one public method, JSON text in and out, whatever the page sends and whenever."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import pytest

from engine.api import Engine
from shell.bridge import THREADS, Bridge


class Slow(Engine):
    """An engine whose every call takes a moment."""

    def __init__(self) -> None:
        super().__init__()
        self.at_once = self.most = 0
        self.counting = threading.Lock()
        self.gate = threading.Event()

    def call(self, name: str, body: str) -> str:
        with self.counting:
            self.at_once += 1
            self.most = max(self.most, self.at_once)
        self.gate.wait(5) if name.startswith("dialog.") else time.sleep(0.03)
        with self.counting:
            self.at_once -= 1
        return json.dumps({"name": name})


def test_there_is_one_public_attribute() -> None:
    bridge = Bridge(Engine())
    assert [name for name in dir(bridge) if not name.startswith("_")] == ["call"]
    bridge._close()


def test_an_answer_is_json_text() -> None:
    bridge = Bridge(Engine())
    assert json.loads(bridge.call("app.hello", '{"type":"app.hello"}'))["status"] is None
    bridge._close()


@pytest.mark.parametrize(("name", "body"), [(None, None), (7, "{}"), ({}, []), ("app.hello", 7), ("\ud800", "\ud800")])
def test_what_is_no_text_gets_an_answer(name: Any, body: Any) -> None:
    bridge = Bridge(Engine())
    assert json.loads(bridge.call(name, body))["error"]["code"] == "wrong_use"
    bridge._close()


def test_many_calls_share_a_few_threads() -> None:
    engine = Slow()
    bridge = Bridge(engine)
    callers = [threading.Thread(target=bridge.call, args=("x", "{}")) for _ in range(20)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(5)
    assert 1 < engine.most <= THREADS
    bridge._close()


def test_dialogs_that_wait_for_a_person_hold_up_nothing() -> None:
    engine = Slow()
    bridge = Bridge(engine)
    dialogs = [threading.Thread(target=bridge.call, args=("dialog.folder", "{}")) for _ in range(THREADS + 2)]
    for dialog in dialogs:
        dialog.start()
    assert json.loads(bridge.call("app.hello", "{}")) == {"name": "app.hello"}
    engine.gate.set()
    for dialog in dialogs:
        dialog.join(5)
    bridge._close()


def test_calls_after_closing_are_told_so() -> None:
    bridge = Bridge(Engine())
    bridge._close()
    assert json.loads(bridge.call("app.hello", "{}"))["error"]["code"] == "closing"


def test_closing_lets_calls_under_way_finish() -> None:
    bridge = Bridge(Slow())
    answers: list[str] = []
    callers = [threading.Thread(target=lambda: answers.append(bridge.call("x", "{}"))) for _ in range(6)]
    for caller in callers:
        caller.start()
    time.sleep(0.01)
    bridge._close()
    for caller in callers:
        caller.join(5)
    assert len(answers) == 6
    assert {next(iter(json.loads(a))) for a in answers} <= {"name", "error"}
