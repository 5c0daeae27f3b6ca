"""What only the system's own toolkit can do: choose folders, show a file, take a drop, the native menu."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, cast

import webview
from webview.dom import DOMEventHandler
from webview.menu import Menu, MenuAction, MenuSeparator

from engine.library.text import to_text
from engine.wire import AnyEvent, CommandEvent, DropEvent

_MENUS = {
    "File": [("Add folder…", "source.add"), ("Scan again", "library.rescan"), None,
             ("Export keepers", "export.keepers"), ("Settings…", "screen.settings")],
    "Edit": [("Undo", "history.undo"), ("Redo", "history.redo")],
    "Go": [("Library", "screen.library"), ("Cull", "screen.cull"), ("Same?", "screen.same"),
           ("Final sweep", "screen.sweep"), ("Rank", "screen.rank"), ("Rankings", "screen.rankings"),
           ("Crop", "screen.crop"), ("Duplicates", "screen.duplicates"), ("Check", "screen.check"),
           ("Insight", "screen.insight")],
    "Help": [("Keys of this screen", "help.keys"), ("Every command", "palette.open")],
}  # fmt: skip


class WindowHost:
    """The engine's `Host`, over a pywebview window."""

    def __init__(self) -> None:
        self.window: webview.Window | None = None

    def choose_folders(self, title: str) -> list[str]:  # noqa: ARG002 - not every system's dialog has a title
        return self._ask(webview.FileDialog.FOLDER, several=True)

    def choose_file(self, title: str) -> list[str]:  # noqa: ARG002
        return self._ask(webview.FileDialog.OPEN, several=False)

    def _ask(self, what: webview.FileDialog, *, several: bool) -> list[str]:
        """The chosen paths; none where the person cancels."""
        if self.window is None:
            return []
        chosen = self.window.create_file_dialog(what, allow_multiple=several)
        return [to_text(path) for path in cast("Iterable[str]", chosen)] if chosen else []

    def reveal(self, path: Path) -> None:
        folder = path if path.is_dir() else path.parent
        command = {"darwin": ["open", "-R" if path.is_file() else "-a", str(path)], "win32": ["explorer", str(folder)]}
        if sys.platform == "darwin" and path.is_dir():
            command["darwin"] = ["open", str(path)]
        subprocess.Popen(
            command.get(sys.platform, ["xdg-open", str(folder)]),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def menus(tell: Callable[[AnyEvent], None]) -> list[Menu]:
    """The native menu of a Mac: every item is a command of the page. Elsewhere the page's own bar is the menu."""
    if sys.platform != "darwin":
        return []

    def item(entry: tuple[str, str] | None) -> MenuAction | MenuSeparator:
        if entry is None:
            return MenuSeparator()
        title, name = entry
        return MenuAction(title, lambda: tell(CommandEvent(name)))

    return [Menu(title, [item(entry) for entry in entries]) for title, entries in _MENUS.items()]


def hear_drops(window: webview.Window, tell: Callable[[AnyEvent], None]) -> None:
    """Tell of folders dropped on the window; a dropped file stands for its folder."""

    def dropped(event: dict[str, Any]) -> None:
        files = event.get("dataTransfer", {}).get("files", [])
        paths = [Path(f["pywebviewFullPath"]) for f in files if f.get("pywebviewFullPath")]
        folders = dict.fromkeys(p if p.is_dir() else p.parent for p in paths)
        if folders:
            tell(DropEvent([to_text(p) for p in folders]))

    events: Any = window.dom.document.events
    events.dragover += DOMEventHandler(lambda _: None, prevent_default=True, debounce=500)
    events.drop += DOMEventHandler(dropped, prevent_default=True)
