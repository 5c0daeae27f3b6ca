"""The page's arithmetic of boxes is the engine's: the same sizes, and no hand breaks the shape or leaves a picture."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from engine.cropping import grid

pytestmark = pytest.mark.page
UI = Path(__file__).resolve().parents[2] / "ui"
ESBUILD = UI / "node_modules" / ".bin" / ("esbuild.cmd" if sys.platform == "win32" else "esbuild")
HANDLES = ("nw", "n", "ne", "e", "se", "s", "sw", "w")
SIZES = [(1024, 1536), (1000, 1333), (1920, 1080), (250, 333), (320, 240), (7, 5), (1, 900), (4000, 3), (640, 640)]


@pytest.fixture(scope="module")
def page(browser: Browser) -> Any:
    """A blank page with the module of the Crop screen's arithmetic."""
    source = UI / "src" / "crop" / "geometry.ts"
    command = [str(ESBUILD), str(source), "--bundle", "--format=iife", "--global-name=G"]
    script = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    opened = browser.new_page()
    opened.evaluate(
        f"() => {{ const s = document.createElement('script'); s.textContent = {script!r}; document.head.append(s); }}"
    )
    yield opened
    opened.close()


def sizes(seed: int) -> list[tuple[int, int]]:
    rng = random.Random(seed)
    return SIZES + [(rng.randint(1, 6000), rng.randint(1, 6000)) for _ in range(300)]


def run(page: Page, body: str, cases: list[Any]) -> list[Any]:
    return list(page.evaluate(f"cases => cases.map({body})", cases))


FRAME = "f = { width: c[0], height: c[1], step: c[2] }"


def test_sizes_are_those_of_the_engine(page: Page) -> None:
    rng = random.Random(1)
    cases = [(w, h, grid.step(w, h), rng.uniform(0, 1.2) * w) for w, h in sizes(1)]
    found = run(page, f"c => {{ const {FRAME}; return [...G.fitting(f, c[3]), G.leastWidth(f)]; }}", cases)
    for (w, h, _, wanted), answer in zip(cases, found, strict=True):
        assert answer == [*grid.fitting(w, h, wanted)[:2], grid.least_width(w, h)]


def test_no_hand_breaks_the_shape_or_leaves_the_picture(page: Page) -> None:
    rng = random.Random(2)
    cases = []
    for w, h in sizes(2):
        width, height, _ = grid.fitting(w, h, rng.uniform(0.1, 1) * w)
        x, y = rng.randint(0, w - width), rng.randint(0, h - height)
        by = [rng.uniform(-1.5, 1.5) * w, rng.uniform(-1.5, 1.5) * h]
        cases.append((w, h, grid.step(w, h), (x, y, x + width, y + height), rng.choice(HANDLES), *by))
    pulled = run(page, f"c => {{ const {FRAME}; return G.pulled(f, c[3], c[4], c[5], c[6]); }}", cases)
    grown = run(page, f"c => {{ const {FRAME}; return G.grown(f, c[3], c[5] / c[0]); }}", cases)
    moved = run(page, f"c => {{ const {FRAME}; return G.moved(f, c[3], c[5], c[6]); }}", cases)
    for (w, h, _, box, handle, *_), boxes in zip(cases, zip(pulled, grown, moved, strict=True), strict=True):
        for x1, y1, x2, y2 in boxes:
            assert (x2 - x1, y2 - y1) == grid.fitting(w, h, x2 - x1)[:2]
            assert 0 <= x1 < x2 <= w
            assert 0 <= y1 < y2 <= h
        _check_anchor(box, boxes[0], handle)


def _check_anchor(before: tuple[int, ...], after: list[int], handle: str) -> None:
    """The side or corner across from the handle stays where it was."""
    if "w" in handle:
        assert after[2] == before[2]
    if "e" in handle:
        assert after[0] == before[0]
    if "n" in handle:
        assert after[3] == before[3]
    if "s" in handle:
        assert after[1] == before[1]
