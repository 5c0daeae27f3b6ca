"""What the system's own dialogs hand on, with a window that answers by itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import webview

from engine.api import Engine
from shell.dialogs import WindowHost


class Window:
    """Answers every dialog with the same paths, and remembers what was asked."""

    def __init__(self, *chosen: str) -> None:
        self.chosen = chosen
        self.asked: list[tuple[object, bool]] = []

    def create_file_dialog(self, kind: object, allow_multiple: bool) -> tuple[str, ...] | None:
        self.asked.append((kind, allow_multiple))
        return self.chosen or None


def host(window: Any) -> WindowHost:
    made = WindowHost()
    made.window = window
    return made


def ask(engine: Engine, name: str) -> dict[str, Any]:
    return dict(json.loads(engine.call(name, json.dumps({"title": "Choose"}))))


def test_a_file_is_asked_for_one_at_a_time_and_a_folder_is_not(tmp_path: Path) -> None:
    window = Window(str(tmp_path / "result.json"))
    assert host(window).choose_file("") == [str(tmp_path / "result.json")]
    assert host(window).choose_folders("") == [str(tmp_path / "result.json")]
    assert window.asked == [(webview.FileDialog.OPEN, False), (webview.FileDialog.FOLDER, True)]


def test_who_cancels_has_chosen_nothing() -> None:
    assert host(Window()).choose_file("") == []
    assert host(None).choose_file("") == []


def test_a_chosen_name_that_is_no_utf_8_crosses_as_text() -> None:
    engine = Engine()
    engine.host = host(Window("/tmp/r\udcff.json", "/tmp/second.json"))
    (path,) = ask(engine, "dialog.file")["paths"]
    assert path == "/tmp/r\U0010ffff.json"
    engine.close()


@pytest.mark.parametrize("name", ["dialog.file", "dialog.folder"])
def test_without_a_window_it_says_where_else_to_name_it(name: str) -> None:
    engine = Engine()
    assert "on the command line" in ask(engine, name)["error"]["hint"]
    engine.close()
