"""Compose the window: engine, bridge, pump, page."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import msgspec
import webview

from engine.api import Engine
from engine.errors import WrongUse
from engine.library.paths import home
from shell.bridge import Bridge
from shell.dialogs import WindowHost, hear_drops, menus
from shell.page import PAGE
from shell.pump import Pump

GREY = "#1e1e1e"  # the page's own dark background: no white flash before it is there


class WindowSize(msgspec.Struct):
    width: int = 1440
    height: int = 900


def _size_file() -> Path:
    return home() / "window.json"


def _last_size() -> WindowSize:
    try:
        size = msgspec.json.decode(_size_file().read_bytes(), type=WindowSize)
    except (OSError, msgspec.MsgspecError):
        return WindowSize()
    return WindowSize(min(max(size.width, 1024), 8192), min(max(size.height, 700), 8192))


def _keep_size(size: WindowSize) -> None:
    with contextlib.suppress(OSError):  # the size of a window is not worth a sentence
        home().mkdir(parents=True, exist_ok=True)
        _size_file().write_bytes(msgspec.json.encode(size))


def environment() -> None:
    """What QtWebEngine wants to know before it starts, where it is used."""
    if sys.platform != "linux":
        return
    if os.geteuid() == 0:  # Chromium's sandbox refuses to start as root; Qt reads any value, even 0, as "disable"
        os.environ["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
    flags = os.environ.get("QTWEBENGINE_CHROMIUM_FLAGS", "")
    wanted = ["--disable-background-networking", "--no-pings"] + (["--no-sandbox"] if os.geteuid() == 0 else [])
    os.environ["QTWEBENGINE_CHROMIUM_FLAGS"] = " ".join([flags, *(f for f in wanted if f not in flags)]).strip()


def _toolkit() -> Any:
    """Which toolkit pywebview takes: PYWEBVIEW_GUI where set, Qt on Linux, the system's own elsewhere."""
    return os.environ.get("PYWEBVIEW_GUI") or ("qt" if sys.platform == "linux" else None)


def leave(code: int = 0) -> NoReturn:
    """End the process at once, everything being saved and closed.

    pywebview has a thread for each call of the page; one whose answer a closing page no longer takes waits for ever.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def run(engine: Engine, ready: Callable[[webview.Window], None] | None = None, *, hidden: bool = False) -> None:
    """Show the window until it is closed, then close the engine.

    Args:
        engine: with a library open, or none yet.
        ready: called on a thread of its own once the page is loaded.
        hidden: make the window without showing it.

    Raises:
        WrongUse: the page was not built.
    """
    if not PAGE.is_file():
        raise WrongUse("The page is not built.", "Run build/run, which builds it.")
    environment()
    webview.settings["OPEN_EXTERNAL_LINKS_IN_BROWSER"] = False
    host, bridge, size = WindowHost(), Bridge(engine), _last_size()
    engine.host = host
    window = webview.create_window(
        "Pickwise", url=PAGE.as_uri(), js_api=bridge, width=size.width, height=size.height, min_size=(1024, 700),
        background_color=GREY, hidden=hidden,
    )  # fmt: skip
    assert window is not None  # noqa: S101 - only None for a window made by an event handler
    host.window = window
    loaded = threading.Event()
    pump = Pump(lambda batch: loaded.wait(30) and window.run_js(f"window.pickwise&&window.pickwise.receive({batch});0"))
    engine.listen(pump.put)
    window.events.loaded += loaded.set

    def resized(width: float, height: float) -> None:  # heard as it happens: asking while closing deadlocks on GTK
        size.width, size.height = int(width), int(height)

    window.events.resized += resized
    window.events.closed += lambda: _keep_size(size)

    def after_start() -> None:
        loaded.wait(60)
        hear_drops(window, engine.tell)
        if ready is not None:
            ready(window)

    try:
        webview.start(after_start, gui=_toolkit(), menu=menus(engine.tell), private_mode=True)
    finally:
        pump.close()
        bridge._close()  # a public name would be callable by the page
        engine.close()
