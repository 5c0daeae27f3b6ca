"""The calls of the Rank screen: matches, answers, undo, what stays and what leaves the field."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import rows
from draw import natural, save

from engine import wire
from engine.api import Engine
from engine.library.store import Library
from engine.library.text import to_text


def ask(engine: Engine, name: str, **body: Any) -> Any:
    return json.loads(engine.call(name, json.dumps({"type": name, **body})))


def ask_well(engine: Engine, name: str, **body: Any) -> Any:
    answer = ask(engine, name, **body)
    assert "error" not in answer, answer
    return answer


def ids(match: Any) -> list[int]:
    return [image["id"] for image in match["images"]]


def opened(root: Path, families: list[int]) -> Engine:
    engine = Engine()
    engine.library = rows.filled(root, families, blurred=0.0)
    return engine


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """On twelve images that stand alone and a family of four."""
    engine = opened(tmp_path / "library", [1] * 12 + [4])
    yield engine
    engine.close()


def rank(engine: Engine, picks: int, up: int = 4) -> list[list[int]]:
    """Pick the largest id of so many matches; answers with what was shown."""
    shown = []
    for _ in range(picks):
        shown.append(ids(ask_well(engine, "rank.match", up=up)))
        ask_well(engine, "rank.pick", images=shown[-1], winner=max(shown[-1]))
    return shown


def test_a_match_shows_images_of_the_library_with_figures_and_a_reason(engine: Engine) -> None:
    match = ask_well(engine, "rank.match", up=4)
    assert len(set(ids(match))) == 4
    assert match["note"]
    first = match["images"][0]
    assert (first["mu"], first["comparisons"], first["width"], first["displayable"]) == (25.0, 0, 1024, True)
    assert first["url"].endswith(first["filename"])
    assert first["thumbUrl"].endswith(".jpg")


def test_a_pick_changes_ratings_and_says_what_is_stale(engine: Engine) -> None:
    shown = ids(ask_well(engine, "rank.match", up=4))
    changed = ask_well(engine, "rank.pick", images=shown, winner=shown[2])
    assert (changed["stale"], changed["match"], changed["imageId"]) == (["rank", "rankings"], shown, shown[2])
    assert changed["undo"] == changed["label"]
    after = ask_well(engine, "rank.show", ids=shown)["images"]
    assert [image["comparisons"] for image in after] == [1] * 4
    assert after[2]["mu"] == max(image["mu"] for image in after) > 25.0


@pytest.mark.parametrize("answer", ["pick", "draw", "skip"])
def test_undo_shows_the_match_as_it_was_shown_and_redo_too(engine: Engine, answer: str) -> None:
    shown = ids(ask_well(engine, "rank.match", up=4))[::-1]
    before = ask_well(engine, "rank.status")
    body = {"images": shown, "winner": shown[1]} if answer == "pick" else {"images": shown}
    ask_well(engine, f"rank.{answer}", **body)
    once = ask_well(engine, "rank.status")
    assert (once["matches"], once["skips"]) == ((0, 1) if answer == "skip" else (1, 0))
    undone = ask_well(engine, "history.undo")
    assert (undone["match"], undone["stale"]) == (shown, ["rank", "rankings"])
    assert ids(ask_well(engine, "rank.show", ids=undone["match"])) == shown
    back = ask_well(engine, "rank.status")
    assert all(back[key] == before[key] for key in ("matches", "skips", "looked", "field"))
    redone = ask_well(engine, "history.redo")
    assert (redone["match"], redone["stale"]) == (shown, ["rank", "rankings"])
    again = ask_well(engine, "rank.status")
    assert all(again[key] == once[key] for key in ("matches", "skips", "looked", "field"))


def test_no_pair_and_no_skipped_pair_meets_again_in_a_session(engine: Engine) -> None:
    met: set[tuple[int, int]] = set()
    for number in range(200):
        shown = ids(ask_well(engine, "rank.match", up=2))
        if not shown:
            break
        pairs = set(combinations(sorted(shown), 2))
        assert not pairs & met
        met |= pairs
        if number % 3:
            ask_well(engine, "rank.pick", images=shown, winner=shown[0])
        else:
            ask_well(engine, "rank.skip", images=shown)
    last = ask_well(engine, "rank.match", up=2)
    assert last["images"] == []
    assert "Nothing is left" in last["note"]


def test_images_on_the_screen_are_not_asked_about_ahead(engine: Engine) -> None:
    shown = ids(ask_well(engine, "rank.match", up=4))
    assert not set(ids(ask_well(engine, "rank.match", up=4, avoid=shown))) & set(shown)


def test_a_pinned_champion_is_among_the_images(engine: Engine) -> None:
    champion = rank(engine, 1)[0][0]
    for _ in range(3):
        shown = ids(ask_well(engine, "rank.match", up=3, champion=champion))
        assert champion in shown
        ask_well(engine, "rank.pick", images=shown, winner=champion)


def test_a_champion_meets_everybody_once(engine: Engine) -> None:
    met: list[int] = []
    while shown := ids(match := ask_well(engine, "rank.match", up=4, champion=3)):
        assert shown.count(3) == 1
        met += [image for image in shown if image != 3]
        ask_well(engine, "rank.pick", images=shown, winner=3)
    assert len(met) == len(set(met)) == 12
    assert "Unpin" in match["note"]


def test_a_champion_that_left_the_field_is_said_to_have_left(engine: Engine) -> None:
    match = ask_well(engine, "rank.match", up=3, champion=10**30)
    assert len(ids(match)) == 3
    assert "no longer" in match["note"]


def test_one_of_a_group_is_asked_about_unless_all_are_wanted(engine: Engine) -> None:
    assert ask_well(engine, "rank.status")["field"] == 13
    ask_well(engine, "settings.set", key="ranking.one_per_group", value=False)
    assert ask_well(engine, "rank.status")["field"] == 16
    ask_well(engine, "settings.set", key="ranking.one_per_group", value=True)
    assert ask_well(engine, "rank.status")["field"] == 13


def test_the_image_a_person_keeps_stands_for_its_group(engine: Engine) -> None:
    group = next(i["id"] for i in ask_well(engine, "cull.queue", which="all")["items"] if i["size"] == 4)
    (seen,) = ask_well(engine, "cull.groups", ids=[group])["groups"]
    first, last = seen["members"][0]["id"], seen["members"][-1]["id"]

    def asked(image: int) -> bool:
        return image in ids(ask_well(engine, "rank.match", up=2, champion=image))

    assert (asked(first), asked(last)) == (True, False)
    changed = ask_well(engine, "cull.pick", groupId=group, winner=last)
    assert "rank" in changed["stale"]
    assert (asked(first), asked(last)) == (False, True)
    ask_well(engine, "history.undo")
    assert (asked(first), asked(last)) == (True, False)
    ask_well(engine, "cull.reject", groupId=group, images=[first])
    assert (asked(first), asked(seen["members"][1]["id"])) == (False, True)


def test_a_rejected_image_is_not_asked_about(engine: Engine) -> None:
    for item in ask_well(engine, "cull.queue", which="all")["items"][:5]:
        (group,) = ask_well(engine, "cull.groups", ids=[item["id"]])["groups"]
        ask_well(engine, "cull.reject", groupId=item["id"], images=[m["id"] for m in group["members"]])
    assert ask_well(engine, "rank.status")["field"] == 8


def test_status_tells_counts_advice_and_the_best(engine: Engine) -> None:
    rank(engine, 3)
    ask_well(engine, "rank.skip", images=ids(ask_well(engine, "rank.match", up=2)))
    status = ask_well(engine, "rank.status")
    assert (status["judge"], status["judges"], status["matches"], status["skips"]) == ("", [""], 3, 1)
    assert (status["top"], status["up"], status["target"], status["blind"]) == (100, 4, 0.9, False)
    assert [a["up"] for a in status["advice"]] == [2, 4, 6, 9]
    assert 0 <= status["low"] <= status["share"] <= 1
    assert status["stop"] == (status["share"] >= status["target"])
    assert 12 <= status["looked"] <= 13
    assert 1 <= len(status["preview"]) <= 8
    assert all(image["comparisons"] for image in status["preview"])


def test_two_judges_do_not_mix(engine: Engine) -> None:
    mine = rank(engine, 2)
    ask_well(engine, "settings.set", key="ranking.judge", value=" Anna ")
    hers = ask_well(engine, "rank.status")
    assert (hers["judge"], hers["matches"], hers["looked"]) == ("Anna", 0, 0)
    assert all(image["comparisons"] == 0 for image in ask_well(engine, "rank.show", ids=mine[0])["images"])
    rank(engine, 3)
    assert ask_well(engine, "rank.status")["judges"] == ["", "Anna"]
    ask_well(engine, "settings.set", key="ranking.judge", value="")
    assert ask_well(engine, "rank.status")["matches"] == 2


def test_undo_tells_of_another_judges_match_and_does_not_bring_it_to_this_one(engine: Engine) -> None:
    shown = ids(ask_well(engine, "rank.match", up=3))
    ask_well(engine, "rank.pick", images=shown, winner=shown[0])
    ask_well(engine, "settings.set", key="ranking.judge", value="Ada")
    undone = ask_well(engine, "history.undo")
    assert (undone["match"], undone["imageId"]) == ([], 0)
    assert undone["label"].endswith(" over 2, by you")
    ask_well(engine, "settings.set", key="ranking.judge", value="")
    redone = ask_well(engine, "history.redo")
    assert redone["match"] == shown
    assert "by" not in redone["label"].split()


def test_everyone_together_is_shown_and_written_whoever_is_in_the_settings(engine: Engine) -> None:
    ask_well(engine, "settings.set", key="ranking.one_per_group", value=False)
    for judge, winner in (("", 1), ("Anna", 2), ("Anna", 2)):
        ask_well(engine, "settings.set", key="ranking.judge", value=judge)
        ask_well(engine, "rank.pick", images=[1, 2, 3], winner=winner)
    ask_well(engine, "settings.set", key="ranking.judge", value="")

    def first(**whose: bool) -> dict[str, Any]:
        engine.desk.live(engine.need()).settle()
        engine.desk.everyone(engine.need()).settle()
        return dict(ask_well(engine, "rankings.page", limit=1, **whose)["items"][0])

    assert (first()["id"], first()["comparisons"]) == (1, 1)
    assert (first(everyone=True)["id"], first(everyone=True)["comparisons"]) == (2, 3)
    status = ask_well(engine, "rank.status", everyone=True)
    assert (status["matches"], status["judges"], status["preview"]) == (3, ["", "Anna"], [])
    assert ask_well(engine, "rank.status")["matches"] == 1
    assert sum(ask_well(engine, "rankings.facets", everyone=True)["histogram"]["counts"]) == 3
    for everyone in (False, True):
        job = ask_well(engine, "export.csv", everyone=everyone)["job"]
        while (now := engine.jobs.current()) is None or now.id < job or now.state == "running":
            time.sleep(0.01)
        rows = (engine.need().paths.reports / "rankings.csv").read_text("utf-8").splitlines()
        assert rows[1].split(",")[2] == first(everyone=everyone)["filename"]
        assert rows[1].split(",")[6] == str(first(everyone=everyone)["comparisons"])
    ask_well(engine, "history.undo")
    assert ask_well(engine, "rank.status", everyone=True)["matches"] == 2


def test_a_restart_keeps_everything(engine: Engine) -> None:
    rank(engine, 5)
    before = ask_well(engine, "rank.status")
    root = engine.need().paths.root
    engine.close()
    again = Engine()
    again.library = Library(root)
    after = ask_well(again, "rank.status")
    assert all(after[key] == before[key] for key in ("matches", "skips", "looked", "field", "judges"))
    assert ask_well(again, "history.undo")["match"]
    assert ask_well(again, "rank.status")["matches"] == 4
    again.close()


def test_a_scan_brings_new_images_in_as_first_looks(engine: Engine) -> None:
    rank(engine, 4, up=3)
    rows.fill(engine.need(), [1] * 3, seed=7)
    rows.group(engine.need())
    assert ask_well(engine, "rank.status")["field"] == 16
    unseen = {17, 18, 19}
    for shown in rank(engine, 3, up=3):
        unseen -= set(shown)
    assert not unseen
    assert ask_well(engine, "rank.status")["looked"] == 16


def test_more_new_images_than_there_is_room_for_come_in_too(engine: Engine) -> None:
    rank(engine, 2)
    rows.fill(engine.need(), [1] * 600, seed=8)
    rows.group(engine.need())
    status = ask_well(engine, "rank.status")
    assert (status["field"], status["matches"]) == (613, 2)


@pytest.mark.parametrize(
    ("families", "step"),
    [([], "Add a folder"), ([1], "Add more images"), ([3], "One of a group")],
)
def test_too_few_images_answer_with_the_next_step(tmp_path: Path, families: list[int], step: str) -> None:
    engine = opened(tmp_path / "small", families)
    match = ask_well(engine, "rank.match", up=4)
    assert match["images"] == []
    assert step in match["note"]
    status = ask_well(engine, "rank.status")
    assert (status["matches"], status["preview"]) == (0, [])
    engine.close()


def test_a_library_held_elsewhere_shows_matches_and_says_who_holds_it(engine: Engine) -> None:
    other = Engine()
    other.library = Library(engine.need().paths.root)
    assert other.library.read_only
    shown = ids(ask_well(other, "rank.match", up=4))
    error = ask(other, "rank.pick", images=shown, winner=shown[0])["error"]
    assert error["code"] == "library_held"
    assert "holds it" in error["message"]
    rank(engine, 2)
    assert ask_well(other, "rank.status")["matches"] == 2
    other.close()


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("rank.match", {"up": 1}),
        ("rank.match", {"up": 10}),
        ("rank.pick", {"images": [1, 2], "winner": 3}),
        ("rank.pick", {"images": [1, 1], "winner": 1}),
        ("rank.draw", {"images": [1]}),
        ("rank.skip", {"images": list(range(1, 12))}),
    ],
)
def test_what_is_no_match_is_wrong_use(engine: Engine, name: str, body: dict[str, Any]) -> None:
    error = ask(engine, name, **body)["error"]
    assert error["code"] == "wrong_use"
    assert ask_well(engine, "rank.status")["matches"] == 0


def test_images_that_are_gone_are_left_out_of_what_is_shown(engine: Engine) -> None:
    assert ids(ask_well(engine, "rank.show", ids=[3, 999, 1, 3, 10**25])) == [3, 1]
    assert ask(engine, "rank.pick", images=[1, 999], winner=1)["error"]["code"] == "not_found"


@pytest.mark.parametrize("screen", ["rank", "rankings"])
def test_the_place_may_be_a_screen_of_the_ranking(engine: Engine, screen: str) -> None:
    ask_well(engine, "place.save", screen=screen, imageId=3)
    assert ask_well(engine, "app.hello")["place"]["screen"] == screen


def test_the_table_stands_in_the_order_of_the_ranking(engine: Engine) -> None:
    rank(engine, 4)
    page = ask_well(engine, "rankings.page")
    assert (page["total"], [row["rank"] for row in page["items"]]) == (16, list(range(1, 17)))
    asked = [row["inField"] for row in page["items"]]
    assert asked == [True] * 13 + [False] * 3
    assert ask_well(engine, "rankings.facets")["histogram"]["counts"]


def wait_for_job(engine: Engine) -> Any:
    end = time.monotonic() + 20
    while (job := ask_well(engine, "library.status")["job"])["state"] == "running":
        assert time.monotonic() < end
        time.sleep(0.02)
    return job


def test_the_best_and_the_table_are_exported_as_jobs(tmp_path: Path) -> None:
    for number in range(3):
        save(natural(number, 64, 64), tmp_path / "images" / f"{number}.png")
    engine = Engine()
    ask_well(engine, "library.open", path=to_text(tmp_path / "images"))
    wait_for_job(engine)
    rank(engine, 2, up=2)
    engine.desk.live(engine.need()).settle()
    first, second = (row["filename"] for row in ask_well(engine, "rankings.page")["items"][:2])
    ask_well(engine, "export.ranked", top=2, to=to_text(tmp_path / "best"))
    assert wait_for_job(engine)["state"] == "done"
    assert {f.name for f in (tmp_path / "best").glob("*.png")} == {f"0001_{first}", f"0002_{second}"}
    ask_well(engine, "export.csv", to=to_text(tmp_path / "all.csv"))
    assert wait_for_job(engine)["message"].startswith("3 images")
    assert (tmp_path / "all.csv").read_text().count("\n") == 4
    engine.close()


def test_an_export_of_nothing_in_particular_is_wrong_use(engine: Engine) -> None:
    assert ask(engine, "export.ranked")["error"]["code"] == "wrong_use"
    assert ask(engine, "export.ranked", top=5, minScore=20.0)["error"]["code"] == "wrong_use"


def test_a_fit_tells_the_page_that_figures_have_changed(engine: Engine) -> None:
    told = threading.Event()
    engine.listen(lambda event: told.set() if event == wire.StaleEvent(["rank", "rankings"]) else None)
    rank(engine, 4)
    assert told.wait(10)
