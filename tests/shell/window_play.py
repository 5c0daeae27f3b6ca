"""Scenes played in the real window by test_window.py, each in a process of its own: `window_play.py SCENE FOLDER`.

Prints one JSON object of what it saw.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from engine.api import Engine
from engine.library.text import to_text
from shell.app import leave
from shell.selftest import Driver, drive

GROUP = "document.querySelector('.cull[data-group]')?.dataset.group"
IMAGES = "[...document.querySelectorAll('[data-shown=true] [data-image]')].map(e => e.dataset.image)"

RANK = "document.querySelector('.rank')?.dataset"
MATCH = (
    "[...document.querySelectorAll('.rank-cell[data-shown=true]')]"
    ".sort((a, b) => a.dataset.number - b.dataset.number).map(e => +e.dataset.image)"
)


def listening() -> list[str]:
    """Every internet socket that this process or a child of it listens on."""
    here = psutil.Process()
    family = [here, *here.children(recursive=True)]
    found = []
    for process in family:
        found += [
            str(c.laddr) for c in process.net_connections("inet") if c.status == psutil.CONN_LISTEN or not c.raddr
        ]
    return found


def until(true: Callable[[], object], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise TimeoutError("the window never came to it")
        time.sleep(0.02)


def culled(engine: Engine) -> bool:
    """True once the cull that the window starts with has ended; learning may follow it."""
    return engine.jobs.current() is not None and engine.jobs.running("cull") is None


def decided(engine: Engine) -> int:
    return int(json.loads(engine.call("library.status", "{}"))["decided"])


def remembered(engine: Engine, name: str) -> str:
    """Part of the place that is returned to, as it is saved."""
    assert engine.library is not None
    return str(json.loads(engine.library.fact("place") or "{}").get(name, ""))


def cull_ten_undo_three(engine: Engine, driver: Driver, seen: dict[str, object]) -> None:
    until(lambda: culled(engine), 60)
    seen["listening"] = listening()
    driver.wait("document.querySelector('[data-screen]').dataset.screen === 'library'")
    driver.wait("document.querySelector('[data-testid=headline]')?.textContent.startsWith('11 of 13')")
    driver.key("Enter")
    chosen = []
    for number in range(10):
        driver.wait(f"({IMAGES}).length >= 3")
        group, images = driver.js(GROUP), driver.js(IMAGES)
        chosen.append([group, int(images[number % 3])])
        driver.key(str(number % 3 + 1))
        driver.wait(f"{GROUP} !== {json.dumps(group)}")
    until(lambda: decided(engine) == 10)
    for left in (9, 8, 7):
        driver.key("u")
        until(lambda left=left: decided(engine) == left)
    driver.wait(f"{GROUP} === {json.dumps(chosen[7][0])}")
    until(lambda: remembered(engine, "groupId") == chosen[7][0])
    seen |= {"chosen": chosen[:7], "place": driver.js(GROUP)}


def reopen_and_export(engine: Engine, driver: Driver, seen: dict[str, object]) -> None:
    until(lambda: culled(engine), 60)
    driver.wait(f"!!{GROUP} && ({IMAGES}).length >= 3")
    seen |= {"place": driver.js(GROUP), "decided": decided(engine)}
    driver.key("e")
    until(lambda: (job := engine.jobs.current()) is not None and job.kind == "export" and job.state == "done")
    library = engine.library
    assert library is not None
    with library.db.read() as connection:
        seen["names"] = dict(connection.execute("SELECT CAST(id AS TEXT), filename FROM images"))
    seen["exported"] = sorted(p.name for p in (library.paths.exports / "approved").iterdir())
    seen["journal"] = [
        json.loads(line)["kind"]
        for file in sorted(library.paths.sessions.glob("*.jsonl"))
        for line in file.read_text("utf-8").splitlines()
    ]


def match_seen(driver: Driver, after: str = "") -> str:
    """Wait until a match other than `after` is painted and has been on screen for a moment; its number."""
    driver.wait(
        f"(d => d && d.match && d.match !== {json.dumps(after)} && d.seen === d.match && d.answered === '')({RANK})"
    )
    time.sleep(0.15)
    return str(driver.js(f"{RANK}.match"))


def ranked(engine: Engine) -> tuple[int, int]:
    """Picks and draws, and skips."""
    now = json.loads(engine.call("rank.status", "{}"))
    return int(now["matches"]), int(now["skips"])


def rank_thirty_undo_ten(engine: Engine, driver: Driver, seen: dict[str, object]) -> None:
    until(lambda: culled(engine), 60)
    driver.key("4", ctrl=True)
    match, told = "", []
    for number in range(30):
        match = match_seen(driver, match)
        key = {6: "d", 13: "s", 20: "d"}.get(number, "1234"[number % 4])
        told.append([key, driver.js(MATCH)])
        driver.key(key)
    until(lambda: sum(ranked(engine)) == 30)
    for left in range(29, 19, -1):
        driver.key("u")
        until(lambda left=left: sum(ranked(engine)) == left)
        driver.wait(f"JSON.stringify({MATCH}) === {json.dumps(json.dumps(told[left][1]).replace(' ', ''))}")
    until(lambda: remembered(engine, "screen") == "rank")
    seen |= {"told": told[:20], "counts": ranked(engine)}


def reopen_ranked(engine: Engine, driver: Driver, seen: dict[str, object]) -> None:
    until(lambda: culled(engine), 60)
    match_seen(driver)
    library = engine.library
    assert library is not None
    with library.db.read() as connection:
        seen["names"] = dict(connection.execute("SELECT CAST(id AS TEXT), filepath FROM images"))
    seen |= {"screen": driver.js("document.querySelector('[data-screen]').dataset.screen"), "counts": ranked(engine)}
    seen["library"] = to_text(library.paths.root)
    seen["journal"] = [
        json.loads(line)
        for file in sorted(library.paths.sessions.glob("*.jsonl"))
        for line in file.read_text("utf-8").splitlines()
    ]


def main() -> None:
    play = {
        "cull": cull_ten_undo_three, "reopen": reopen_and_export,
        "rank": rank_thirty_undo_ten, "ranked": reopen_ranked,
    }[sys.argv[1]]  # fmt: skip
    engine, seen = Engine(), dict[str, object]()
    engine.start(Path(sys.argv[2]))
    drive(engine, lambda driver: play(engine, driver, seen))
    sys.stdout.write(json.dumps(seen) + "\n")
    leave()


if __name__ == "__main__":
    multiprocessing.freeze_support()
    main()
