"""How fast the real window is: start to usable, and key press to the next images painted.

    .venv/bin/python -m tests.bench.window [--groups 110] [--starts 7]

Start: from the start of the process to the frame that shows the library's numbers, or its first group where the person
left off on the Cull screen, of a library of 20 000 images (the rescan runs meanwhile, as it does for a person).
Keys: `1` keeps the first image and goes on. The page itself takes the time from the key event to the start of the frame
after the one that holds all the new images, at the size they are shown at (`window.pickwise.metrics`); that is when the
window's engine has taken them over, and what it needs to draw them on the glass is not in it. A press whose images were
not all painted before the next press counts as the whole time between the two, which is the least it took, so no press
is left out; the note says how many there were. The window is QtWebEngine, drawn offscreen where there is no display.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the window is imported by the processes that open it
    from shell.selftest import Driver

ROOT = Path(__file__).resolve().parents[2]
SHOWN = "document.querySelector('[data-screen]')?.dataset.screen"
LIBRARY_THERE = f"{SHOWN} === 'library' && /\\d/.test(document.querySelector('main')?.innerText ?? '')"
GROUP = "document.querySelector('.cull[data-group]')?.dataset.group"
GROUP_THERE = (
    f"!!({GROUP}) && (c => c.length > 0 && c.every(e => e.querySelector('canvas.layer, [data-card]')))"
    "([...document.querySelectorAll('[data-shown=true] .cell')])"
)
READY = f"!!window.pickwise && (({LIBRARY_THERE}) || ({GROUP_THERE}))"
PAINTED = f"""(() => {{
    if (window.benchReady) return window.benchReady;
    if (window.benchAsked || !({READY})) return 0;
    window.benchAsked = true;
    requestAnimationFrame(() => requestAnimationFrame(() => {{ window.benchReady = Date.now(); }}));
    return 0;
}})()"""


def play_start(place: str) -> None:
    """In a process of its own: open the window as the command does; print when its first full frame was there."""
    from shell import app
    from shell.commands import window as command
    from shell.selftest import Driver

    original = app.run
    seen: dict[str, Any] = {}

    def watch(window: Any) -> None:
        driver = Driver(window)
        try:
            seen["ready"] = driver.wait(PAINTED, 60) / 1000
            seen["shows"] = driver.js(SHOWN)
            time.sleep(float(os.environ.get("BENCH_LINGER", "0")))
        finally:
            driver.close()

    app.run = lambda engine: original(engine, watch)
    app.leave = lambda: _say(seen)
    command.window(None, Path(place))


def play_keys(place: str, presses: int, pause: float) -> None:
    """In a process of its own: cull every group from the first on; print the page's times."""
    from engine.api import Engine
    from shell.selftest import drive

    engine = Engine()
    engine.start(None, Path(place))
    seen: dict[str, Any] = {}

    def script(driver: Driver) -> None:
        while (job := engine.jobs.current()) is None or job.state == "running":
            time.sleep(0.1)
        driver.wait("document.querySelector('[data-screen]')?.dataset.starting === 'false'")
        driver.key("2", ctrl=True)
        driver.wait(GROUP_THERE, 60)
        time.sleep(2)
        before = driver.js("window.pickwise.metrics.length")
        for _ in range(presses):
            began = time.monotonic()
            driver.key("1")
            time.sleep(max(0.0, began + pause - time.monotonic()))
        time.sleep(1)
        seen["presses"] = driver.js(f"window.pickwise.metrics.slice({before})")

    drive(engine, script)
    _say(seen)


def _say(seen: dict[str, Any]) -> None:
    sys.stdout.write("\n" + json.dumps(seen) + "\n")
    sys.stdout.flush()
    os._exit(0)  # Qt's own end is not what is measured


def play(scene: str, *arguments: str, home: Path) -> tuple[float, dict[str, Any]]:
    """Run a scene: when its process was started (seconds since 1970), and what it saw."""
    environment = {**os.environ, "PICKWISE_HOME": str(home)}
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        environment["QT_QPA_PLATFORM"] = "offscreen"
    began = time.time()
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.window", "--scene", scene, *arguments],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"the window did not come to it: {done.stderr[-2000:]}")
    return began, json.loads(done.stdout.rstrip().rpartition("\n")[2])


def starts(home: Path, times: int, count: int) -> list[Any]:
    from tests.bench import files
    from tests.bench.cull import pickwise
    from tests.bench.report import Row, median

    library = home / "library"
    pickwise("cull", str(files.small(count)), "--library", str(library), "--json", home=home)

    def start() -> float:
        began, seen = play("start", str(library), home=home)
        return float(seen["ready"]) - began

    start()  # the first one reads Qt from the disk
    note = f"library of {count} images, median of {times}"
    found = [Row("start to usable window, Library screen", median(start, times), "s", "< 2", note)]
    remember_cull(library)
    found.append(Row("start to usable window, back in a group", median(start, times), "s", "< 2", note))
    return found


def remember_cull(library: Path) -> None:
    """Leave the library as a person who closed the window on a group."""
    from engine.library.store import Library

    with Library(library) as opened:
        with opened.db.read() as connection:
            key = connection.execute("SELECT key FROM groups WHERE status = 'review' ORDER BY position LIMIT 1").get
        opened.remember("place", json.dumps({"screen": "cull", "groupId": key, "imageId": 0}))


def keys(home: Path, groups: int, pause: float, kind: Any) -> list[Any]:
    from tests.bench import files
    from tests.bench.cull import pickwise
    from tests.bench.report import Row, percentile

    source, library = home / f"{kind.name}-{pause}", home / f"library-{kind.name}-{pause}"
    source.mkdir()
    for path in files.make(kind, groups * files.MEMBERS):
        # without a stage in its name every image is as good as the next, so that each group needs a person
        (source / path.name.replace("_stage", "-")).hardlink_to(path)
    pickwise("cull", str(source), "--library", str(library), "--json", home=home)
    presses = groups - 4
    _, seen = play("keys", str(library), str(presses), str(pause), home=home)
    painted = [press["all"] for press in seen["presses"] if press["all"] is not None]
    times = painted + [pause * 1000] * (presses - len(painted))
    what = f"key press to next images painted, {kind.width}x{kind.height} {kind.name.upper()}, p95"
    pace = f"a key every {pause * 1000:.0f} ms, {presses} presses, {presses - len(painted)} overtaken"
    note = f"{pace}; median {percentile(times, 0.5):.0f}, worst {max(times):.0f}"
    return [Row(what, percentile(times, 0.95), "ms", "< 50" if pause >= 0.3 else "", note)]


def run(groups: int = 110, times: int = 7, count: int = 20_000) -> list[Any]:
    from tests.bench import files

    with tempfile.TemporaryDirectory(dir=files.CACHE) as place:
        found = starts(Path(place), times, count)
        for kind in (files.PNG, files.JPEG):
            for pause in (0.4, 0.2):
                found += keys(Path(place), groups, pause, kind)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--groups", type=int, default=110)
    parser.add_argument("--starts", type=int, default=7)
    parser.add_argument("--count", type=int, default=20_000, help="images of the library that is started on")
    parser.add_argument("--scene", nargs="+", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.scene:
        name, place, *rest = asked.scene
        scenes: dict[str, Callable[..., None]] = {
            "start": play_start,
            "keys": lambda place, presses, pause: play_keys(place, int(presses), float(pause)),
        }
        scenes[name](place, *rest)
        return
    from tests.bench.report import finish

    finish("window", "Window", run(asked.groups, asked.starts, asked.count))


if __name__ == "__main__":
    multiprocessing.freeze_support()
    main()
