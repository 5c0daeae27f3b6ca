"""What the Rankings screen takes out: the right files under the right names, and the CSV."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ui import ranked
from tests.ui.conftest import Seat
from tests.ui.ranked import page

pytestmark = pytest.mark.page
Open = Callable[..., Seat]
SHEET = "[data-sheet=export]"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve images, all compared, the best with a companion; the top are three."""
    place = tmp_path_factory.mktemp("rankings")
    best = ranked.pictures(place / "pictures", 12)[-1]
    best.with_suffix(".caption").write_text("the best", "utf-8")
    return ranked.culled(place / "pictures", place / "library", 3, slice(None, None, -1))


@pytest.fixture
def seat(open_page: Open, library: Path, tmp_path: Path) -> Seat:
    """The page on a copy of it, asked to export."""
    seat = open_page(shutil.copytree(library, tmp_path / "library"))
    seat.settled()
    ranked.fitted(seat)
    ranked.here(seat)
    seat.press("e")
    seat.page.wait_for_selector(f"{SHEET} [data-state=choose]")
    return seat


def done(seat: Seat) -> str:
    """Wait for the export's end and answer with its sentence."""
    seat.page.wait_for_selector(f"{SHEET} [data-state=done]")
    return seat.page.inner_text("[data-testid=export-message]")


def exports(seat: Seat) -> Path:
    assert seat.engine.library is not None
    return seat.engine.library.paths.exports


def files(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file() and p.name[0] != "."}


def names(seat: Seat, count: int) -> list[str]:
    best = page(seat.engine)[:count]
    return [f"{place:04d}_{row['filename']}" for place, row in enumerate(best, 1)]


def test_one_key_exports_the_top_and_a_second_time_changes_nothing(seat: Seat) -> None:
    seat.press("t")
    assert "3 of 3 " in done(seat)
    made = files(exports(seat))
    assert {Path(f).name for f in made} == {*names(seat, 3), "0001_p011.caption"}
    times = {f: (exports(seat) / f).stat().st_mtime_ns for f in made}
    seat.press("t")
    seat.page.wait_for_selector("text=0 files written")
    assert {f: (exports(seat) / f).stat().st_mtime_ns for f in files(exports(seat))} == times


def test_as_many_as_typed_go_out_as_links_to_another_folder(seat: Seat, library: Path, tmp_path: Path) -> None:
    class Host:
        def choose_folders(self, title: str) -> list[str]:
            return [str(tmp_path / "elsewhere")]

        def reveal(self, path: Path) -> None: ...

    (tmp_path / "elsewhere").mkdir()
    seat.engine.host = Host()
    seat.press("3", "o")
    seat.page.wait_for_selector(f"{SHEET} >> text=elsewhere")
    seat.page.fill("[data-export=top]", "5")
    seat.page.press("[data-export=top]", "Enter")
    assert "5 of 5 " in done(seat)
    links = [p for p in (tmp_path / "elsewhere").rglob("*.png") if p.is_symlink()]
    assert sorted(p.name for p in links) == names(seat, 5)
    assert {p.resolve().parent for p in links} == {(library.parent / "pictures").resolve()}


def test_the_score_says_how_many_reach_it_and_they_go_out(seat: Seat) -> None:
    scores = sorted((r["score"] for r in page(seat.engine)), reverse=True)
    bound = round((scores[3] + scores[4]) / 2, 3)
    reach = sum(score >= bound for score in scores)
    seat.page.fill("[data-export=score]", str(bound))
    seat.page.wait_for_selector(f"[data-testid=above] >> text=or more: {reach} images")
    seat.page.eval_on_selector("[data-export=score]", "e => e.blur()")
    seat.press("s")
    assert f"{reach} of {reach} " in done(seat)
    assert sum(f.endswith(".png") for f in files(exports(seat))) == reach


def test_a_score_typed_while_one_to_offer_is_read_stays(seat: Seat) -> None:
    seat.press("Escape")
    seat.page.wait_for_selector(SHEET, state="detached")
    with seat.held("rankings.page"):
        seat.press("e")
        seat.page.fill("[data-export=score]", "-1000")
    seat.page.wait_for_selector("[data-testid=above] >> text=or more: 12 images")
    assert seat.page.input_value("[data-export=score]") == "-1000"


def test_keepers_and_the_csv_have_their_keys_too(seat: Seat) -> None:
    seat.press("k")
    assert "12 keepers" in done(seat)
    seat.press("c")
    seat.until(lambda: "rankings.csv" in seat.page.inner_text(SHEET) and "12" in done(seat))
    assert seat.engine.library is not None
    with (seat.engine.library.paths.reports / "rankings.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    shown = page(seat.engine)
    assert [row["filename"] for row in rows] == [row["filename"] for row in shown]
    assert [float(row["mu"]) for row in rows] == pytest.approx([row["mu"] for row in shown])


def test_the_finished_export_is_shown_in_its_own_folder(seat: Seat) -> None:
    shown: list[Path] = []

    class Host:
        def choose_folders(self, title: str) -> list[str]:
            return []

        def reveal(self, path: Path) -> None:
            shown.append(path)

    seat.engine.host = Host()
    seat.press("t")
    done(seat)
    seat.press("Enter")
    seat.until(lambda: shown)
    assert {p.name for p in shown[0].glob("*.png")} == set(names(seat, 3))
    seat.press("Escape")
    seat.page.wait_for_selector(SHEET, state="detached")
    assert seat.screen() == "rankings"
