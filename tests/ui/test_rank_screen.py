"""The Rank screen around its keys: the champion, blind mode, how many at once, what is ready ahead, and trouble."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.library.store import Library
from tests import scene
from tests.predicted import MODEL, say
from tests.rows import fill
from tests.ui import ranking
from tests.ui.conftest import Seat
from tests.ui.ranking import CELL, attribute, begin, images, journal, paths, play, rows, section, seen, written

pytestmark = pytest.mark.page


def read_again(seat: Seat) -> None:
    seat.page.evaluate("window.pickwise.receive([{ type: 'stale', screens: ['rank'] }])")


def test_a_champion_stays_in_its_place_until_a_challenger_wins(four: Seat) -> None:
    four.press("ArrowRight", "p")
    champion = images(four)[1]
    four.until(lambda: attribute(four, "mark")[1] == "champion")
    met = set(images(four)) - {champion}
    for _ in range(3):
        play(four, "2")
        assert images(four)[1] == champion
        assert not met & set(images(four)), "challengers change"
        met |= set(images(four)) - {champion}
    challenger = images(four)[3]
    play(four, "4")
    assert images(four)[3] == challenger, "who won is the champion now, where it stood"
    assert attribute(four, "mark") == ["", "", "", "champion"]
    assert champion not in images(four)
    four.press("p")
    four.until(lambda: "champion" not in attribute(four, "mark"))
    play(four, "1")
    assert challenger not in images(four)


def test_undo_gives_the_crown_back(four: Seat) -> None:
    four.press("p")
    champion = images(four)[0]
    four.until(lambda: attribute(four, "mark")[0] == "champion")
    shown = play(four, "2")
    four.until(lambda: attribute(four, "mark")[1] == "champion")
    four.press("u")
    four.until(lambda: images(four) == shown)
    seen(four)
    play(four, "1")
    assert images(four)[0] == champion


def test_who_wins_while_challengers_are_asked_for_is_champion(four: Seat) -> None:
    before = section(four, "match")
    with four.held("rank.match"):
        four.press("p")
        four.until(lambda: attribute(four, "mark")[0] == "champion")
        four.until(lambda: four.page.evaluate("window.__held") == 1)
        winner = images(four)[1]
        four.press("2")
    seen(four, before)
    assert images(four)[1] == winner
    assert attribute(four, "mark") == ["", "champion", "", ""]


def test_no_pair_meets_twice_whoever_is_champion(four: Seat) -> None:
    four.press("p")
    pairs: list[frozenset[int]] = []
    for key in ("1", "3", "2", "2"):
        shown = play(four, key)
        pairs += [frozenset((a, b)) for i, a in enumerate(shown) for b in shown[i + 1 :]]
    assert len(pairs) == len(set(pairs))


def test_blind_shows_no_figure_until_after_the_pick(four: Seat) -> None:
    play(four, "1")
    assert four.page.locator(f"{CELL} [data-figures]").count() == 8
    four.press("b")
    four.until(lambda: four.page.locator("[data-figures]").count() == 0)
    cells = four.page.eval_on_selector_all(
        ".rank-cell", "es => es.map(e => e.outerHTML + e.querySelector('[role=img]').ariaLabel)"
    )
    assert not [cell for cell in cells if "μ" in cell or "sigma" in cell or "comparison" in cell]
    assert four.page.inner_text("[data-testid=best]").endswith("Hidden while blind.")
    shown = play(four, "2")
    last = four.page.locator("[data-testid=last] [data-last]")
    assert last.count() == 4
    four.until(lambda: float(last.nth(1).inner_text().split()[1]) > 25 > float(last.nth(0).inner_text().split()[1]))
    assert int(last.nth(1).get_attribute("data-last") or 0) == shown[1]
    four.press("b")
    four.until(lambda: four.page.locator(f"{CELL} [data-figures]").count() == 8)


def test_blind_survives_a_restart(open_page: ranking.Open, place: Path) -> None:
    seat = begin(open_page(place), 4)
    seat.press("b")
    seat.until(lambda: ranking.status(seat)["blind"])
    seat = open_page(place)
    seat.settled()
    seen(seat)
    assert seat.page.locator("[data-figures]").count() == 0


def test_a_key_changes_how_many_are_shown_and_it_stays(open_page: ranking.Open, place: Path) -> None:
    seat = begin(open_page(place), 2)
    for count in (4, 6, 9, 2):
        seat.press("n")
        seat.until(lambda count=count: len(images(seat)) == count)
        seen(seat)
        seat.until(lambda count=count: ranking.status(seat)["up"] == count)
    seat.press("Shift+N")
    seat.until(lambda: len(images(seat)) == 9)
    seat.until(lambda: ranking.status(seat)["up"] == 9)
    assert journal(seat) == [], "another number at once is no answer"
    seat = open_page(place)
    seat.settled()
    seat.until(lambda: len(images(seat)) == 9)


def test_another_number_is_kept_whatever_is_read_before_the_engine_has_it(four: Seat) -> None:
    four.page.evaluate(
        "() => { const ask = window.pywebview.api.call, free = new Promise(go => { window.tell = go; });"
        " window.pywebview.api.call = async (name, body) =>"
        " { if (name === 'settings.set') await free; return ask(name, body); }; }"
    )
    four.press("n")
    read_again(four)
    four.page.wait_for_timeout(300)
    assert four.page.locator("[data-up='6'][aria-pressed=true]").count() == 1
    four.press("n")
    four.page.evaluate("() => window.tell()")
    four.until(lambda: ranking.status(four)["up"] == 9)
    four.until(lambda: len(images(four)) == 9)


def test_a_match_of_the_new_number_stays_when_the_figures_are_read_again(four: Seat) -> None:
    four.press("n")
    four.until(lambda: len(images(four)) == 6)
    match = seen(four)
    four.until(lambda: ranking.status(four)["up"] == 6)
    with four.held("rank.show"):
        read_again(four)
    four.page.wait_for_timeout(200)
    assert (section(four, "match"), section(four, "answered")) == (match, "")


def test_the_matches_to_come_are_drawn_before_they_are_shown(four: Seat) -> None:
    waiting = ".rank-cell[data-shown=false] canvas.layer"
    four.until(lambda: four.page.locator(waiting).count() >= 8)
    assert four.page.eval_on_selector_all(waiting, "es => es.every(e => e.width > 0)")
    upcoming = set(four.page.eval_on_selector_all(".rank-cell[data-shown=false]", "es => es.map(e => e.dataset.image)"))
    before = section(four, "match")
    four.press("1")
    drawn = four.page.evaluate(
        f"() => [...document.querySelectorAll('{CELL}')].map(e => [e.dataset.image, !!e.querySelector('canvas.layer')])"
    )
    assert {image for image, _ in drawn} <= upcoming
    assert all(there for _, there in drawn), "the frame that shows them has them"
    seen(four, before)


def test_without_a_worker_the_matches_to_come_are_drawn_all_the_same(open_page: ranking.Open, place: Path) -> None:
    seat = open_page(place)
    seat.settled()
    seat.page.add_init_script("delete window.Worker")
    seat.page.reload()
    begin(seat, 4)
    waiting = ".rank-cell[data-shown=false]"
    seat.until(lambda: seat.page.locator(f"{waiting} canvas.layer").count() >= 8)
    for _ in range(4):
        play(seat, "1")
    seat.until(lambda: seat.page.locator(f"{waiting} canvas.layer").count() >= 8)
    assert seat.page.locator(f"{CELL} canvas.layer").count() == 4


def test_top_and_target_are_set_in_place(four: Seat) -> None:
    four.press("t")
    four.until(lambda: four.page.evaluate("document.activeElement.id") == "rank-top")
    four.page.keyboard.type("5")
    four.press("Tab")
    four.page.keyboard.type("80")
    four.press("Enter")
    four.until(lambda: (ranking.status(four)["top"], ranking.status(four)["target"]) == (5, 0.8))
    assert journal(four) == []
    four.until(lambda: "top 5" in four.page.inner_text("[data-testid=sure]"))
    four.press("t")
    four.until(lambda: four.page.evaluate("document.activeElement.id") == "rank-top")
    four.page.keyboard.type("77")
    four.press("Escape")
    four.page.wait_for_timeout(300)
    assert ranking.status(four)["top"] == 5


def test_what_is_being_typed_stays_when_the_figures_are_read_again(four: Seat) -> None:
    play(four, "1")
    four.press("t")
    four.until(lambda: four.page.evaluate("document.activeElement.id") == "rank-top")
    four.page.keyboard.type("7")
    answer = four.engine.call("settings.set", json.dumps({"key": "ranking.target", "value": 0.7}))
    assert "error" not in json.loads(answer)
    read_again(four)
    four.until(lambda: four.page.input_value("#rank-target") == "70")
    assert four.page.input_value("#rank-top") == "7"
    four.press("Enter")
    four.until(lambda: ranking.status(four)["top"] == 7)


def test_the_curve_and_the_figure_follow_the_picks_until_you_can_stop(open_page: ranking.Open, place: Path) -> None:
    seat = begin(open_page(place), 9, top=3, target=0.3)
    seat.page.wait_for_selector("[data-testid=curve]")
    seat.page.wait_for_selector("text=Nothing is known yet")
    for _ in range(40):
        if seat.page.query_selector("[data-stop=true]"):
            break
        best = min(range(9), key=lambda i: images(seat)[i] if i < len(images(seat)) else 1 << 30)
        play(seat, str(best + 1))
        seat.page.wait_for_timeout(400)
    assert "You can stop: 30\u00a0% is reached." in seat.page.inner_text("[data-testid=sure]")
    assert ranking.status(seat)["stop"]


def test_where_everything_fits_into_the_top_nothing_is_said_to_be_reached(open_page: ranking.Open, place: Path) -> None:
    seat = ranking.begin(open_page(place), 4, top=100)
    ranking.play(seat, "1")
    said = seat.page.inner_text("[data-testid=sure]")
    assert "fit into the top 100" in said
    assert seat.page.query_selector("[data-stop=true], [data-testid=curve]") is None
    seat.press("g")
    seat.page.wait_for_selector("[data-testid=standing] >> text=fit into the top 100")
    assert "you can stop" not in seat.page.inner_text("[data-testid=standing]")


def test_where_pairs_are_slow_more_at_once_is_advised_and_one_click_away(
    open_page: ranking.Open, tmp_path: Path
) -> None:
    with Library(tmp_path / "library") as library:
        fill(library, [1] * 3000)  # never files: only the words at the side are looked at
    seat = open_page(tmp_path / "library")
    seat.absent = True
    for _ in range(40):
        shown = [image["id"] for image in json.loads(seat.engine.call("rank.match", '{"up": 4}'))["images"]]
        seat.engine.call("rank.pick", json.dumps({"images": shown, "winner": max(shown)}))
    seat.engine.call("settings.set", json.dumps({"key": "ranking.up", "value": 2}))
    seat.until(lambda: [a for a in ranking.status(seat)["advice"] if a["picksLeft"]], 30)
    seat.press("Control+4")
    advice = seat.page.wait_for_selector("[data-advice]")
    assert advice is not None
    more = int(advice.get_attribute("data-advice") or 0)
    words = seat.page.inner_text("[data-testid=sure]")
    assert f"A pair leaves out one image a pick; show {more} at once to reach 90\u00a0% in about" in words
    taken = (
        "e => { const more = Number(e.dataset.advice); e.click(); return more; }"  # a fit may advise another meanwhile
    )
    more = int(seat.page.eval_on_selector("[data-advice]", taken))
    seat.until(lambda: ranking.status(seat)["up"] == more)


def test_a_file_that_went_away_is_a_card_in_its_place(open_page: ranking.Open, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    made = ranking.gallery(folder, 6)
    seat = open_page(folder)
    seat.absent = True
    seat.settled()
    assert seat.engine.library is not None
    gone = made[2]
    gone.unlink()
    for thumb in seat.engine.library.paths.thumbs.rglob("*"):
        if thumb.is_file():
            thumb.unlink()
    begin(seat, 6)
    cell = seat.page.wait_for_selector(f"{CELL} [data-card=unreadable]")
    assert cell is not None
    assert gone.name in cell.inner_text()
    ids = images(seat)
    seat.press("1")
    written(seat, 1)
    assert len(ids) == 6


def test_when_nothing_is_left_to_ask_it_says_so_and_undo_goes_back(open_page: ranking.Open, tmp_path: Path) -> None:
    ranking.gallery(tmp_path / "pictures", 2)
    seat = begin(open_page(tmp_path / "pictures"), 4)
    shown = images(seat)
    assert len(shown) == 2
    seat.press("ArrowRight")
    seat.page.wait_for_selector("[data-testid=nothing-left]")
    assert written(seat, 1)["winner"] == paths(seat, shown)[1]
    seat.press("u")
    seat.until(lambda: images(seat) == shown)


def test_without_images_the_next_step_is_said(open_page: ranking.Open, tmp_path: Path) -> None:
    seat = open_page(None)
    seat.page.wait_for_selector("[data-starting=false]")
    seat.press("Control+4")
    seat.page.wait_for_selector("[data-screen=rank] >> text=No library is open")
    (tmp_path / "pictures").mkdir()
    seat = open_page(tmp_path / "pictures")
    seat.page.wait_for_selector("[data-starting=false]")
    seat.press("Control+4")
    seat.page.wait_for_selector("[data-screen=rank] >> text=No images yet")
    ranking.gallery(tmp_path / "pictures", 1)
    seat = open_page(tmp_path / "pictures")
    seat.settled()
    seat.press("Control+4")
    seat.page.wait_for_selector("[data-screen=rank] >> text=Too few images to compare")


def test_a_key_pressed_while_the_page_starts_says_where_to_go(open_page: ranking.Open, place: Path) -> None:
    seat = open_page(place)
    seat.page.add_init_script(
        "const ask = window.pywebview.api.call; window.pywebview.api.call = async (name, body) =>"
        " { await new Promise(go => setTimeout(go, 200)); return ask(name, body); };"
    )
    seat.page.reload()
    seat.page.wait_for_selector("[data-starting=true]", state="attached")
    seat.press("Control+4")
    seat.page.wait_for_selector("[data-starting=false]")
    seen(seat)
    assert seat.screen() == "rank"


def test_of_a_group_of_near_duplicates_one_stands_for_all(open_page: ranking.Open, tmp_path: Path) -> None:
    scene.doubtful(tmp_path / "pictures", 4, size=3)
    seat = begin(open_page(tmp_path / "pictures"), 4)
    assert ranking.status(seat)["field"] == 4
    texts = seat.page.eval_on_selector_all(f"{CELL} .facts", "es => es.map(e => e.textContent)")
    assert all("1 of 3" in text for text in texts)


def test_a_library_held_elsewhere_can_be_looked_at_only(open_page: ranking.Open, place: Path) -> None:
    with Library(place):
        seat = open_page(place)
        seat.page.wait_for_selector("[data-starting=false]")
        seat.press("Control+4")
        match = seen(seat)
        seat.press("1")
        seat.page.wait_for_selector("text=open for reading only")
        assert section(seat, "match") == match
        assert rows(seat, "SELECT * FROM matches") == []


def test_every_key_of_the_sheet_is_in_the_palette_or_needs_its_moment(four: Seat) -> None:
    four.press("?")
    helped = set(four.page.eval_on_selector_all("[data-help]", "es => es.map(e => e.dataset.help)"))
    four.press("Escape", "Control+k")
    four.page.wait_for_selector("[data-palette]")
    listed = set(four.page.eval_on_selector_all("[data-palette]", "es => es.map(e => e.dataset.palette)"))
    assert {"rank.skip", "rank.draw", "rank.champion", "rank.blind", "rank.more"} <= listed
    assert helped - {"palette.open", "rank.side", "library.rescan"} <= listed


def test_escape_puts_zoom_away_first_and_then_goes_back(four: Seat) -> None:
    four.press("z")
    four.until(lambda: four.page.eval_on_selector(f"{CELL} .picture", "e => e.dataset.zoom") == "actual")
    four.press("Escape")
    assert four.screen() == "rank"
    four.press("Escape")
    four.until(lambda: four.screen() == "library")
    four.press("Control+4")
    seen(four)


def test_settings_changed_elsewhere_are_followed(four: Seat) -> None:
    answer = four.engine.call("settings.set", json.dumps({"key": "ranking.up", "value": 6}))
    assert "error" not in json.loads(answer)
    read_again(four)
    four.until(lambda: len(images(four)) == 6)


def test_the_side_says_quietly_what_new_images_start_from(four: Seat) -> None:
    words = "A new image starts from what you kept: model of 12 Nov."
    assert four.page.locator("[data-testid=learned]").count() == 0
    say(four.engine.need(), MODEL, range(24))
    four.engine.desk.live(four.engine.need()).soon()
    four.page.wait_for_selector(f"[data-testid=learned] >> text={words}")
