"""The real page in the machine's Chromium, on the real engine: only the window toolkit is left out."""

from __future__ import annotations

import contextlib
import json
import queue
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Browser, Error, Page, sync_playwright

from engine.api import Engine
from engine.wire import AnyEvent
from shell.page import PAGE
from shell.pump import joined

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--allow-file-access-from-files",
]  # fmt: skip
HOLD = """([name, most]) => {
  const real = window.pywebview.api.call;
  const free = new Promise((go) => (window.__free = go)).then(() => (window.pywebview.api.call = real));
  let asked = 0;
  window.__held = 0;
  window.pywebview.api.call = async (n, body) => {
    const waits = n === name && asked++ < most;
    const answer = await real(n, body);
    if (waits) window.__held += 1;
    if (waits) await free;
    return answer;
  };
}"""
LATE = """name => {
  const real = window.pywebview.api.call;
  const send = new Promise((go) => (window.__send = go));
  window.pywebview.api.call = async (n, body) => (n === name && (await send), real(n, body));
}"""
ABSENT = "ERR_FILE_NOT_FOUND"
BRIDGE = """
window.pywebview = { api: { call: (name, body) => window.__call(name, body) } };
setInterval(async () => {
  const events = await window.__events();
  if (events !== "[]" && window.pickwise) window.pickwise.receive(JSON.parse(events));
}, 50);
"""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = shutil.which("chromium-headless-shell") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield started
        started.close()


def _missing(true: Callable[[], object]) -> Exception | None:
    """Why it is not so yet, None where it is."""
    try:
        return None if true() else AssertionError("it is not so")
    except AssertionError as error:  # between two frames a row may be scrolled to and not drawn
        return error
    except Error as error:  # or what it asks of is not there yet
        if "Failed to find element" in error.message:
            return error
        raise


class Seat:
    """A person in front of the page."""

    def __init__(self, engine: Engine, page: Page) -> None:
        self.engine = engine
        self.page = page
        self.problems: list[str] = []
        self.absent = False  # files are expected not to be there
        self.ended: set[str] = set()  # jobs whose end was waited for
        self.polls = 0  # how often the page has asked for events
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", lambda line: self.problems.append(line.text) if line.type == "error" else None)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def group(self) -> str:
        """The id of the group that is shown."""
        return str(self.page.eval_on_selector("[data-group]", "e => e.dataset.group"))

    def screen(self) -> str:
        return str(self.page.eval_on_selector("[data-screen]", "e => e.dataset.screen"))

    def until(self, true: Callable[[], object], seconds: float = 45) -> None:
        """Wait until it is true, letting the page go on meanwhile; what it asserts may not hold yet either."""
        end = time.monotonic() + seconds
        while (missing := _missing(true)) is not None:
            if time.monotonic() >= end:
                raise AssertionError("the page never came to it") from missing
            self.page.wait_for_timeout(20)

    @contextlib.contextmanager
    def held(self, call: str, answers: int = 1, most: int = 1000) -> Iterator[None]:
        """While so many answers to a call are on their way do not come; they come after. Only the first `most` wait."""
        self.page.evaluate(HOLD, [call, most])
        yield
        self.until(lambda: self.page.evaluate("window.__held") >= answers)
        self.page.evaluate("window.__free()")

    @contextlib.contextmanager
    def unsent(self, call: str) -> Iterator[None]:
        """While no call of this name reaches the engine; they do after."""
        self.page.evaluate(LATE, call)
        yield
        self.page.evaluate("window.__send()")

    def place(self) -> tuple[str, str, int]:
        """Where the page would open again: the screen, the group and the image that were saved."""
        place = json.loads(self.engine.call("app.hello", "{}"))["place"] or {"screen": "", "groupId": "", "imageId": 0}
        return place["screen"], place["groupId"], place["imageId"]

    def heard(self) -> None:
        """Wait until the page has begun, and has taken in all events so far: it asks again only then."""
        self.page.wait_for_selector("[data-starting=false]")
        before = self.polls
        self.until(lambda: self.polls >= before + 2)

    def settled(self) -> None:
        """Wait until the cull that the page starts with has ended, and the page knows."""
        self.until(lambda: (job := self.engine.jobs.current()) is not None and job.state != "running", 60)
        self.heard()
        self.page.wait_for_selector("[data-testid=job]", state="detached")
        self.page.wait_for_timeout(150)


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[[Path], Seat]]:
    """Open the page on a folder of images or a library; several times in one test is a restart."""
    seats: list[Seat] = []

    def leave() -> None:
        for seat in seats:
            seat.page.context.close()
            seat.engine.close()
        faults = [problem for seat in seats for problem in seat.problems if not (seat.absent and ABSENT in problem)]
        seats.clear()
        assert not faults

    def enter(place: Path | None, width: int = 1440, height: int = 900) -> Seat:
        leave()
        engine, events = Engine(), queue.SimpleQueue[AnyEvent]()
        engine.listen(events.put)
        engine.start(place)
        page = browser.new_context(viewport={"width": width, "height": height}).new_page()

        def drain() -> str:
            seat.polls += 1
            batch = []
            while not events.empty():
                batch.append(events.get())
            return msgspec.json.encode(joined(batch)).decode()

        seat = Seat(engine, page)
        page.expose_function("__call", engine.call)
        page.expose_function("__events", drain)
        page.add_init_script(BRIDGE)
        seats.append(seat)
        page.goto(PAGE.as_uri())
        page.wait_for_selector("[data-screen]")
        return seat

    yield enter
    leave()


@pytest.fixture(scope="session")
def unranked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of 24 images that have nothing in common, none of them compared; to be copied, not changed."""
    from tests.ui import ranking

    return ranking.library(tmp_path_factory.mktemp("rank"), 24)


@pytest.fixture
def place(unranked: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return shutil.copytree(unranked, tmp_path / "library")


@pytest.fixture
def four(open_page: Callable[[Path], Seat], place: Path) -> Seat:
    """The Rank screen on it, with the first match of four."""
    from tests.ui import ranking

    return ranking.begin(open_page(place), 4)


@pytest.fixture(scope="session")
def croppable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of four images that are kept and two families of three in doubt, all with proposals; to be copied."""
    from tests.ui import cropping

    return cropping.library(tmp_path_factory.mktemp("crop"), 4, 2)
