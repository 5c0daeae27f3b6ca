"""The real window, by its keys: QtWebEngine without a display, and WebKitGTK under Xvfb where both are there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import scene

pytestmark = [pytest.mark.window, pytest.mark.skipif(sys.platform != "linux", reason="needs a window without a screen")]


def gtk_is_here() -> bool:
    code = "import gi; gi.require_version('WebKit2', '4.1'); from gi.repository import WebKit2"
    return (
        bool(shutil.which("xvfb-run"))
        and not subprocess.run([sys.executable, "-c", code], capture_output=True).returncode
    )


def play(toolkit: str, what: str, folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.shell.window_play", what, str(folder)]
    environment = {**os.environ, "PYWEBVIEW_GUI": toolkit}
    if toolkit == "qt":
        environment["QT_QPA_PLATFORM"] = "offscreen"
    else:
        command = ["xvfb-run", "-a", *command]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=180,
        cwd=Path(__file__).resolve().parent.parent.parent,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return dict(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize("toolkit", ["qt", "gtk"])
def test_ten_groups_by_keys_three_undone_a_restart_and_an_export(toolkit: str, tmp_path: Path) -> None:
    if toolkit == "gtk" and not gtk_is_here():
        pytest.skip("WebKitGTK's Python binding or Xvfb is not on this machine")
    folder = tmp_path / "pictures"
    scene.doubtful(folder, 11)
    scene.staged(folder, 2)

    first = play(toolkit, "cull", folder)
    assert first["listening"] == [], "the window opens no socket"
    second = play(toolkit, "reopen", folder)
    assert second["place"] == first["place"], "it reopens where it was left"
    assert second["decided"] == 7
    assert second["journal"] == ["pick"] * 10 + ["undo"] * 3
    by_keys = {second["names"][str(image)] for _, image in first["chosen"]}
    by_default = {p.name for p in folder.iterdir() if "stage3" in p.name}
    assert set(second["exported"]) == by_keys | by_default
