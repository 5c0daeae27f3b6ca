"""How fast the Rankings screen is in the real window, over 100 000 rows: opening it, jumping and scrolling in it.

    .venv/bin/python -m tests.bench.rankings_page [--rows 100000] [--picks 2000] [--times 7]

Open: from the key event to the frame after the one in which every row in sight has its figures of now: a few seconds
after the window came up, again, and again after a pick, when all of it is read anew. Jump: to a place anywhere in the
list, by the scroll bar, until no row in sight is blank. Scroll: 60 px more each frame (the wheel, turned fast) and
2000 px each frame (a fling): how long frames take, and in how many of them a row in sight is blank. The rows have no
thumbnails. The window is QtWebEngine, drawn offscreen where there is no display.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shell.selftest import Driver

ROOT = Path(__file__).resolve().parents[2]
HELPERS = """(() => {
    const table = () => document.querySelector('.table');
    window.blanks = () => {
        const box = table()?.getBoundingClientRect();
        if (!box) return -1;
        const top = box.top + document.querySelector('.table-head').offsetHeight;
        const rows = [...document.querySelectorAll('.ranking')].filter(e => {
            const r = e.getBoundingClientRect();
            return r.bottom > top && r.top < box.bottom;
        });
        const covered = rows.reduce((sum, e) => sum + e.offsetHeight, 0);
        if (rows.length === 0 || covered < box.bottom - top - 2) return -1;
        return rows.filter(e => !e.dataset.image).length;
    };
    window.timed = (act, there) => {
        window.took = null;
        const began = performance.now();
        act();
        const look = () => there() ? requestAnimationFrame(() => { window.took = performance.now() - began; }) :
            requestAnimationFrame(look);
        requestAnimationFrame(look);
    };
    window.press = (key, ctrlKey) => document.body.dispatchEvent(
        new KeyboardEvent('keydown', { key, code: 'Digit' + key, ctrlKey, bubbles: true }));
    window.jump = part => { const e = table(); e.scrollTop = part * (e.scrollHeight - e.clientHeight); };
    window.run = (step, frames) => {
        window.took = null;
        const seen = { ms: [], blank: 0 };
        let last = performance.now();
        const tick = () => {
            const now = performance.now();
            seen.ms.push(now - last);
            last = now;
            if (window.blanks() !== 0) seen.blank += 1;
            table().scrollTop += step;
            if (seen.ms.length < frames) requestAnimationFrame(tick); else window.took = seen;
        };
        requestAnimationFrame(tick);
    };
    return true;
})()"""
OPEN = "timed(() => press('5', true), () => document.querySelector('.rankings[data-loaded=true]') && blanks() === 0)"


def fill(root: Path, count: int, picks: int) -> None:
    """A library of so many images that were never files; random fours were compared, mostly the largest id won."""
    from engine.library.store import Library
    from engine.ranking import matches
    from tests import rows

    rng = random.Random(1)
    with Library(root) as library:
        rows.fill(library, [1] * count)
        for _ in range(picks):
            shown = rng.sample(range(1, count + 1), 4)
            best = max(shown, key=lambda image: image + rng.gauss(0, count / 10))
            matches.record(library, shown, best, "match")


def play(place: str, times: int) -> None:
    """In a process of its own: open the window on the library, do it all, print what was seen."""
    from engine.api import Engine
    from shell.selftest import drive

    engine = Engine()
    engine.start(None, Path(place))
    seen: dict[str, Any] = {}
    drive(engine, lambda driver: seen.update(_measure(engine, driver, times)))
    sys.stdout.write("\n" + json.dumps(seen) + "\n")
    sys.stdout.flush()
    os._exit(0)  # Qt's own end is not what is measured


def _measure(engine: Any, driver: Driver, times: int) -> dict[str, Any]:
    def timed(act: str) -> Any:
        driver.js(f"({act}, true)")
        return driver.wait("window.took", 180)

    def pick(first: int) -> None:
        fields = {"images": [first, first + 1], "winner": first}
        engine.call("rank.pick", json.dumps(fields))

    driver.wait("document.querySelector('[data-screen]')?.dataset.starting === 'false'")
    driver.js(HELPERS)
    time.sleep(5)
    seen: dict[str, Any] = {"first": timed(OPEN), "again": [], "after": [], "jumps": []}
    for turn in range(times):
        driver.js("(press('1', true), true)")
        time.sleep(0.5)
        seen["again"].append(timed(OPEN))
        driver.js("(press('1', true), true)")
        pick(2 * turn + 1)
        time.sleep(1)
        seen["after"].append(timed(OPEN))
    time.sleep(2)
    rng = random.Random(2)
    for _ in range(4 * times):
        time.sleep(0.2)
        seen["jumps"].append(timed(f"timed(() => jump({rng.random()}), () => blanks() === 0)"))
    for name, step in (("wheel", 60), ("fling", 2000)):
        driver.js("(jump(0.3), true)")
        time.sleep(1)
        seen[name] = timed(f"run({step}, 150)")
    return seen


def watched(library: Path, times: int) -> dict[str, Any]:
    """What `play` saw."""
    environment = {**os.environ, "PICKWISE_HOME": str(library.parent)}
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        environment["QT_QPA_PLATFORM"] = "offscreen"
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.rankings_page", "--scene", str(library), str(times)],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"the window did not come to it: {done.stderr[-2000:]}")
    seen: dict[str, Any] = json.loads(done.stdout.rstrip().rpartition("\n")[2])
    return seen


def run(rows: int = 100_000, picks: int = 2000, times: int = 7) -> list[Any]:
    from tests.bench import files
    from tests.bench.report import Row, percentile

    with tempfile.TemporaryDirectory(dir=files.CACHE) as place:
        library = Path(place) / "library"
        fill(library, rows, picks)
        seen = watched(library, times)
    note = f"{rows} rows, {picks} picks"
    found = [Row("Rankings opens, the first time", seen["first"], "ms", "< 300", note)]
    for name, what in (("again", "Rankings opens again"), ("after", "Rankings opens again after a pick")):
        worst = f"median of {len(seen[name])}, worst {max(seen[name]):.0f}"
        found.append(Row(what, percentile(seen[name], 0.5), "ms", "< 300", worst))
    worst = f"{len(seen['jumps'])} places anywhere, worst {max(seen['jumps']):.0f}"
    found.append(Row("Rankings jumps, until no row is blank, p95", percentile(seen["jumps"], 0.95), "ms", "", worst))
    for name, what in (("wheel", "60 px a frame"), ("fling", "2000 px a frame")):
        frames = seen[name]["ms"][1:]
        note = f"{len(frames)} frames, median {percentile(frames, 0.5):.0f}, worst {max(frames):.0f}"
        found.append(Row(f"Rankings scrolls {what}, frame p95", percentile(frames, 0.95), "ms", "", note))
        goal = "< 1" if name == "wheel" else ""
        found.append(Row(f"Rankings scrolls {what}, frames with a blank row", seen[name]["blank"], "frames", goal))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--picks", type=int, default=2000)
    parser.add_argument("--times", type=int, default=7)
    parser.add_argument("--scene", nargs="+", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.scene:
        play(asked.scene[0], int(asked.scene[1]))
        return
    from tests.bench.report import finish

    finish("rankings_page", "Rankings", run(asked.rows, asked.picks, asked.times))


if __name__ == "__main__":
    multiprocessing.freeze_support()
    main()
