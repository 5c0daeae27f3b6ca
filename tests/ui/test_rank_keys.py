"""The Rank screen by its keys: each does on disk what it says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests import scene
from tests.ui import ranking
from tests.ui.conftest import Seat
from tests.ui.ranking import attribute, begin, images, journal, paths, play, rows, section, seen, written

pytestmark = pytest.mark.page


def test_a_digit_chooses_and_the_next_match_is_of_other_images(four: Seat) -> None:
    shown = play(four, "2")
    line = written(four, 1)
    assert line["kind"] == "match"
    assert line["images"] == paths(four, shown)
    assert line["winner"] == line["images"][1]
    pairs = rows(four, "SELECT winner_id, loser_id, was_draw FROM comparisons")
    assert sorted(pairs) == sorted((shown[1], other, 0) for other in shown if other != shown[1])
    assert not set(shown) & set(images(four))


def test_a_number_without_an_image_does_nothing(four: Seat) -> None:
    before = section(four, "match")
    four.press("7")
    four.page.wait_for_timeout(200)
    assert section(four, "match") == before
    assert journal(four) == []


@pytest.mark.parametrize(("key", "side"), [("ArrowLeft", 0), ("ArrowRight", 1), ("1", 0), ("2", 1)])
def test_of_two_the_arrows_and_digits_choose(open_page: ranking.Open, place: Path, key: str, side: int) -> None:
    seat = begin(open_page(place), 2)
    shown = play(seat, key)
    assert written(seat, 1)["winner"] == paths(seat, shown)[side]


def test_of_four_the_arrows_move_and_enter_chooses(four: Seat) -> None:
    assert attribute(four, "focused") == ["true", "false", "false", "false"]
    four.press("ArrowRight", "ArrowRight")
    four.until(lambda: attribute(four, "focused")[2] == "true")
    shown = play(four, "Enter")
    assert written(four, 1)["winner"] == paths(four, shown)[2]


def test_a_skip_changes_no_rating_and_a_draw_does(four: Seat) -> None:
    skipped = play(four, "s")
    four.page.wait_for_selector("[data-testid=last][data-kind=skip] >> text=nothing changed")
    assert written(four, 1)["kind"] == "skip"
    assert rows(four, "SELECT * FROM comparisons") == []
    assert rows(four, "SELECT id FROM images WHERE comparison_count > 0") == []
    drawn = play(four, "d")
    four.page.wait_for_selector("[data-testid=last][data-kind=draw] >> text=equally good")
    assert written(four, 2)["kind"] == "draw"
    assert {w for w, _, _ in rows(four, "SELECT winner_id, loser_id, was_draw FROM comparisons WHERE was_draw")} == {
        drawn[0]
    }
    assert {i for (i,) in rows(four, "SELECT id FROM images WHERE comparison_count = 1")} == set(drawn)
    assert set(skipped) != set(drawn)
    assert (ranking.status(four)["matches"], ranking.status(four)["skips"]) == (1, 1)


def test_undo_brings_the_match_back_with_what_was_chosen_and_redo_goes_on(four: Seat) -> None:
    told = [play(four, key) for key in ("1", "2", "3")]
    written(four, 3)
    for back in (2, 1, 0):
        four.press("u")
        four.until(lambda back=back: images(four) == told[back])
    seen(four)
    assert attribute(four, "mark") == ["was", "", "", ""]
    assert rows(four, "SELECT * FROM comparisons") == []
    for forward in (1, 2):
        four.press("Shift+U")
        four.until(lambda forward=forward: images(four) == told[forward])
    four.press("Shift+U")
    four.until(lambda: images(four) not in told)
    assert [line["kind"] for line in journal(four)] == ["match"] * 3 + ["undo"] * 3 + ["redo"] * 3
    assert len(rows(four, "SELECT * FROM comparisons")) == 9


def test_a_match_taken_back_can_be_answered_differently(four: Seat) -> None:
    shown = play(four, "1")
    four.press("u")
    four.until(lambda: images(four) == shown)
    seen(four)
    play(four, "4")
    winners = rows(four, "SELECT DISTINCT winner_id FROM comparisons")
    four.until(lambda: rows(four, "SELECT DISTINCT winner_id FROM comparisons") == [(shown[3],)])
    assert len(winners) <= 1


def test_undo_after_a_restart_shows_the_match(open_page: ranking.Open, place: Path) -> None:
    seat = begin(open_page(place), 4)
    shown = play(seat, "3")
    written(seat, 1)
    seat = open_page(place)
    seat.settled()
    assert seat.screen() == "rank", "it reopens where it was left"
    seen(seat)
    seat.press("u")
    seat.until(lambda: images(seat) == shown)
    assert attribute(seat, "mark") == ["", "", "was", ""]


def test_undo_from_another_screen_shows_the_match_although_rank_is_first_read_then(
    open_page: ranking.Open, place: Path
) -> None:
    seat = begin(open_page(place), 4)
    shown = play(seat, "3")
    written(seat, 1)
    seat.press("Control+1")
    library = seat.engine.need()
    seat.until(lambda: json.loads(library.fact("place"))["screen"] == "library")
    seat = open_page(place)
    seat.settled()
    seat.page.wait_for_selector("[data-starting=false]")
    with seat.held("rank.status"):
        seat.press("u")
        seat.until(lambda: rows(seat, "SELECT * FROM comparisons") == [])
        seat.page.wait_for_timeout(200)
    seen(seat)
    assert images(seat) == shown
    assert attribute(seat, "mark") == ["", "", "was", ""]


def test_two_quick_keys_never_decide_a_match_that_was_not_seen(four: Seat) -> None:
    before = section(four, "match")
    four.page.evaluate(
        "() => { for (const key of ['1', '2', 'd', 's', 'Enter', '3'])"
        " document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })); }"
    )
    after = seen(four, before)
    written(four, 1)
    four.page.wait_for_timeout(300)
    assert section(four, "match") == after
    assert len(journal(four)) == 1
    four.press("1")
    four.press("1")
    seen(four, after)
    written(four, 2)
    four.page.wait_for_timeout(300)
    assert len(journal(four)) == 2


def test_a_key_held_down_decides_once(four: Seat) -> None:
    before = section(four, "match")
    four.page.keyboard.down("1")
    for _ in range(8):
        four.page.wait_for_timeout(60)
        four.page.keyboard.down("1")
    four.page.keyboard.up("1")
    seen(four, before)
    written(four, 1)
    four.page.wait_for_timeout(300)
    assert len(journal(four)) == 1


def test_the_flag_goes_to_the_focused_image_and_stays(four: Seat) -> None:
    four.press("ArrowRight", "f")
    flagged = images(four)[1]
    four.page.wait_for_selector(f".cell[data-image='{flagged}'] [aria-label=Flagged]")
    four.until(lambda: rows(four, "SELECT image_id FROM flags") == [(flagged,)])
    four.press("f")
    four.until(lambda: rows(four, "SELECT image_id FROM flags") == [])


def test_a_flag_is_seen_although_the_match_was_being_read_when_it_was_set(four: Seat) -> None:
    flagged = images(four)[0]
    sign = four.page.locator(f".cell[data-image='{flagged}'] [aria-label=Flagged]")
    with four.held("rank.show"):
        four.page.evaluate("window.pickwise.receive([{ type: 'stale', screens: ['rank'] }])")
        four.until(lambda: four.page.evaluate("window.__held") == 1)
        four.press("f")
        four.until(lambda: rows(four, "SELECT image_id FROM flags") == [(flagged,)])
        assert sign.count() == 1
    four.page.wait_for_timeout(200)
    assert sign.count() == 1


def test_undoing_and_redoing_a_flag_stays_with_the_match(open_page: ranking.Open, tmp_path: Path) -> None:
    scene.doubtful(tmp_path / "pictures", 4, size=2)
    seat = begin(open_page(tmp_path / "pictures"), 4)
    match = section(seat, "match")
    seat.press("ArrowRight", "f")
    flagged = images(seat)[1]
    sign = f".cell[data-image='{flagged}'] [aria-label=Flagged]"
    seat.until(lambda: rows(seat, "SELECT image_id FROM flags") == [(flagged,)])
    seat.press("ArrowRight", "u")
    seat.until(lambda: rows(seat, "SELECT image_id FROM flags") == [])
    seat.page.wait_for_selector(sign, state="detached")
    seat.until(lambda: attribute(seat, "focused")[1] == "true")
    seat.press("Shift+U")
    seat.page.wait_for_selector(sign)
    seat.page.wait_for_timeout(200)
    assert (seat.screen(), section(seat, "match")) == ("rank", match)


def test_prompt_and_seed_are_on_a_key(four: Seat) -> None:
    four.press("i")
    about = four.page.wait_for_selector("[data-testid=info]")
    assert about is not None
    assert "a picture of the number" in about.inner_text()
    assert "70" in about.inner_text()
    four.press("Escape")
    four.page.wait_for_selector("[data-testid=info]", state="detached")
    assert four.screen() == "rank"


def test_rescan_finds_new_images_and_they_join_the_field(open_page: ranking.Open, tmp_path: Path) -> None:
    ranking.gallery(tmp_path / "pictures", 5)
    seat = begin(open_page(tmp_path / "pictures"), 4)
    assert ranking.status(seat)["field"] == 5
    for image in ranking.gallery(tmp_path / "more", 7)[5:]:
        image.rename(tmp_path / "pictures" / image.name)
    seat.press("r")
    seat.until(lambda: ranking.status(seat)["field"] == 7, 60)
    seat.until(lambda: "7 images" in seat.page.inner_text("[data-testid=stats]"))


def test_a_refused_answer_brings_the_match_back_and_says_why(four: Seat) -> None:
    shown, before = images(four), section(four, "match")
    refusal = json.dumps({"error": {"code": "library", "message": "The disk is full.", "hint": "Make room."}})
    four.page.evaluate(
        "refusal => { const ask = window.pywebview.api.call; window.pywebview.api.call = (name, body) =>"
        " name === 'rank.pick' ? Promise.resolve(refusal) : ask(name, body); window.mend = () =>"
        " { window.pywebview.api.call = ask; }; }",
        refusal,
    )
    four.press("1")
    four.page.wait_for_selector("[data-toast=error] >> text=The disk is full.")
    four.until(lambda: images(four) == shown and section(four, "match") == before)
    four.page.evaluate("() => window.mend()")
    seen(four)
    play(four, "2")
    assert written(four, 1)["winner"] == paths(four, shown)[1]
