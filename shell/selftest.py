"""Drive the real window from outside: press keys, read the page back, take a picture. For tests and the packaged app.

`python -m shell.selftest [--screenshot FILE] [PLACE]` opens PLACE without showing it, waits for the page, makes one
round trip through the bridge and ends with one line; it exits 1 when the page never came up.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import webview

from engine.api import Engine

READY = "!!(window.pickwise && document.querySelector('[data-screen]'))"


class Driver:
    """A person at the window. Every method may be called from any thread but the window's own."""

    def __init__(self, window: webview.Window) -> None:
        self.window = window

    def js(self, expression: str) -> Any:
        """The value of an expression in the page."""
        return self.window.evaluate_js(f"({expression})")

    def wait(self, expression: str, seconds: float = 20.0) -> Any:
        """Wait until an expression is true, and answer with it. Raises TimeoutError."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            value = self.js(expression)
            if value:
                return value
            time.sleep(0.02)
        raise TimeoutError(f"the page never came to: {expression}")

    def key(self, key: str, *, ctrl: bool = False, shift: bool = False) -> None:
        """Press a key (`KeyboardEvent.key` names) where the focus is."""
        init = {"key": key, "ctrlKey": ctrl, "shiftKey": shift, "bubbles": True, "cancelable": True}
        self.js(
            "(document.activeElement || document.body).dispatchEvent("
            f"new KeyboardEvent('keydown', {msgspec.json.encode(init).decode()}))"
        )

    def screenshot(self, file: Path) -> None:
        """Save what the window shows as PNG. Raises RuntimeError where the toolkit is not Qt."""
        if webview.renderer is None or "qt" not in webview.renderer:
            raise RuntimeError("pictures of the window are taken with Qt only")
        file.parent.mkdir(parents=True, exist_ok=True)
        if not _grab(self.window, file):
            raise RuntimeError(f"the picture could not be saved to {file}")

    def close(self) -> None:
        self.window.destroy()


def _grab(window: webview.Window, file: Path) -> bool:
    """Grab the window on the toolkit's own thread and wait for it."""
    import threading

    from PySide6 import QtCore
    from webview.platforms.qt import BrowserView

    view, done, saved = BrowserView.instances[window.uid], threading.Event(), []

    class Grabber(QtCore.QObject):
        ask = QtCore.Signal()

        def grab(self) -> None:
            saved.append(view.grab().save(str(file)))
            done.set()

    grabber = Grabber()
    grabber.moveToThread(view.thread())
    grabber.ask.connect(grabber.grab, QtCore.Qt.ConnectionType.QueuedConnection)
    grabber.ask.emit()
    return done.wait(20) and bool(saved and saved[0])


def drive(engine: Engine, script: Callable[[Driver], None], *, hidden: bool = False) -> None:
    """Open the window on `engine`, run `script` once the page is up, close; what the script raised is raised here.

    The window is laid out only while it is shown, so `hidden` is for round trips, not for pictures.
    """
    from shell import app

    problem: list[BaseException] = []

    def play(window: webview.Window) -> None:
        driver = Driver(window)
        try:
            driver.wait(READY, 60)
            script(driver)
        except BaseException as error:  # noqa: BLE001 - handed to the caller, on its own thread
            problem.append(error)
        finally:
            driver.close()

    app.run(engine, play, hidden=hidden)
    if problem:
        raise problem[0]


def _settled(driver: Driver, engine: Engine, seconds: float) -> None:
    """Wait until no job runs and the page has drawn."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        job = engine.jobs.current()
        if job is None or job.state != "running":
            break
        time.sleep(0.05)
    time.sleep(1.0)
    driver.wait(READY)


def main() -> int:
    multiprocessing.freeze_support()
    parser = argparse.ArgumentParser(prog="selftest", description="Open the window unseen and see that it works.")
    parser.add_argument("place", nargs="?", type=Path)
    parser.add_argument("--screenshot", type=Path, metavar="FILE")
    parser.add_argument("--keys", default="", help="keys to press first, separated by spaces")
    asked = parser.parse_args()
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    engine = Engine()
    engine.start(asked.place.absolute() if asked.place else None)
    told: list[str] = []

    def script(driver: Driver) -> None:
        _settled(driver, engine, 600)
        for key in asked.keys.split():
            driver.key(key)
            time.sleep(0.3)
        if asked.screenshot:
            time.sleep(1.0)
            driver.screenshot(asked.screenshot.absolute())
        told.append(str(driver.js("document.querySelector('[data-screen]').dataset.screen")))

    try:
        drive(engine, script)
    except (TimeoutError, RuntimeError) as error:
        sys.stderr.write(f"The window did not come up: {error}.\n")
        return 1
    sys.stdout.write(f"The window works ({webview.renderer}); it shows {told[0]}.\n")
    return 0


if __name__ == "__main__":
    from shell.app import leave

    leave(main())
