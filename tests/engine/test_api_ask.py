"""learn.ask and learn.accept: orders of what to ask next, with chance mixed in, and pages accepted at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rows

from engine.api import Engine
from engine.learning import state
from engine.library.store import Library
from tests.advice import at_rest, experienced, say


class Desk:
    def __init__(self, library: Library) -> None:
        self.engine = Engine()
        self.engine.library = library
        self.library = library

    def ask(self, name: str, **body: Any) -> Any:
        return json.loads(self.engine.call(name, json.dumps({"type": name, **body})))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Ten families of three, all in doubt."""
    with rows.filled(tmp_path, [3] * 10, blurred=1.0) as library:
        desk = Desk(library)
        yield desk
        desk.engine.jobs.close()
        desk.engine.desk.close()


def test_before_anything_was_learned_it_says_what_is_missing(desk: Desk) -> None:
    for order in ("obvious", "informative", "close", "disputed", "doubted"):
        answer = desk.ask("learn.ask", order=order)
        assert (answer["model"], answer["total"], answer["items"]) == ("", 0, [])
        assert answer["why"].startswith("Nothing was learned yet. You have decided 0 groups")


def test_the_clearest_come_first_from_a_confidence_on_and_without_those_drawn(desk: Desk) -> None:
    keys = [say(desk.library, 1 + 3 * n, 0.5 + n / 20, checked=n == 9) for n in range(10)]
    answer = desk.ask("learn.ask", order="obvious", least=0.75)
    assert [item["group"]["id"] for item in answer["items"]] == [keys[n] for n in (8, 7, 6, 5)]
    assert answer["total"] == 4
    first = answer["items"][0]
    assert (first["image"], first["filename"]) == (25, "f000008_stage1.png")
    assert [r["text"] for r in first["reasons"]] == ["sharper", "larger subject", "a hand in doubt"]
    assert desk.ask("learn.ask", order="obvious", least=0.99)["why"] == "No undecided group is at least 99% sure."


def test_those_that_teach_most_come_first_with_those_drawn_spread_among_them_and_blind(desk: Desk) -> None:
    keys = [say(desk.library, 1 + 3 * n, information=n / 10, checked=n in (0, 9)) for n in range(10)]
    desk.library.change_setting("learning.random_share", 0.25)
    experienced(desk.library)
    items = desk.ask("learn.ask", order="informative")["items"]
    order = [keys.index(item["group"]["id"]) for item in items]
    assert [n for n in order if n not in (0, 9)] == [8, 7, 6, 5, 4, 3, 2, 1]
    assert sorted(order.index(n) for n in (0, 9)) == [3, 7]
    drawn = items[3]
    assert (drawn["image"], drawn["url"], drawn["confidence"], drawn["reasons"]) == (0, "", 0.0, [])


def test_a_dispute_says_who_is_at_odds_and_over_what_but_of_a_drawn_group_nothing(desk: Desk) -> None:
    rule, doubt = say(desk.library, 1, 0.9, differs=True), say(desk.library, 4, 0.8)
    drawn = say(desk.library, 7, differs=True, checked=True)
    cue = (4, "hand_geometry", 0.7, 0, 0, 9, 9, "A bent wrist.", "warped_wrist")
    desk.library.write(lambda c: c.execute("INSERT INTO cues VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", cue))
    desk.library.change_setting("learning.random_share", 0.3)
    items = {item["group"]["id"]: item for item in desk.ask("learn.ask", order="disputed")["items"]}
    assert [items[rule][name] for name in ("dispute", "rival", "tag")] == ["rule", 2, ""]
    assert [items[doubt][name] for name in ("dispute", "rival", "tag")] == ["doubt", 0, "warped_wrist"]
    assert [items[drawn][name] for name in ("image", "dispute", "rival", "differs")] == [0, "", 0, False]


def test_where_nobody_is_at_odds_it_says_so(desk: Desk) -> None:
    say(desk.library, 3)
    answer = desk.ask("learn.ask", order="disputed")
    assert (answer["total"], answer["why"]) == (0, "Nobody is at odds over an undecided group.")
    assert [item["rival"] for item in desk.ask("learn.ask", order="close")["items"]] == [0]


def test_pages_of_an_order_join_without_a_gap(desk: Desk) -> None:
    for n in range(10):
        say(desk.library, 1 + 3 * n, information=n / 10, checked=n % 4 == 0)
    whole = [i["group"]["id"] for i in desk.ask("learn.ask", order="informative")["items"]]
    parts = [desk.ask("learn.ask", order="informative", offset=at, limit=4)["items"] for at in (0, 4, 8)]
    assert [i["group"]["id"] for part in parts for i in part] == whole


def test_a_group_settled_by_default_may_teach_but_is_no_clear_one(tmp_path: Path) -> None:
    with rows.filled(tmp_path, [3, 3], blurred=0.0) as library:
        desk = Desk(library)
        keys = [say(library, 3, information=0.2), say(library, 5, information=0.1)]
        assert [i["group"]["id"] for i in desk.ask("learn.ask", order="informative")["items"]] == keys
        assert desk.ask("learn.ask", order="obvious")["total"] == 0


def test_a_page_accepted_is_gone_from_the_order_and_one_undo_brings_it_back(desk: Desk) -> None:
    keys = [say(desk.library, 1 + 3 * n, 0.5 + n / 20) for n in range(10)]
    changed = desk.ask("learn.accept", groupIds=keys[5:])
    assert (changed["label"], changed["decided"]) == ("Keep what was recommended in 5 groups", 5)
    assert desk.ask("learn.ask", order="obvious")["total"] == 5
    back = desk.ask("history.undo")
    assert (back["decided"], back["groupId"]) == (0, keys[5])
    assert desk.ask("learn.ask", order="obvious")["total"] == 10


def test_what_cannot_be_accepted_is_said(desk: Desk) -> None:
    drawn = say(desk.library, 1, checked=True)
    assert desk.ask("learn.accept", groupIds=[drawn])["error"]["code"] == "wrong_use"


def test_a_group_shows_what_is_recommended_of_it(desk: Desk) -> None:
    key = say(desk.library, 2)
    group = desk.ask("cull.groups", ids=[key])["groups"][0]
    assert group["recommended"]["image"] == 2
    assert group["recommended"]["reasons"][0] == {"name": "sharpness", "text": "sharper", "weight": 0.9}


def test_a_decision_that_the_others_contradict_is_offered_again_with_what_they_would_keep(desk: Desk) -> None:
    one, two = say(desk.library, 1), say(desk.library, 4)
    desk.ask("cull.pick", groupId=one, winner=2)
    desk.ask("cull.pick", groupId=two, winner=4)
    told = state.State("bayes-1", doubts=[state.Doubt(one, 1, 0.91), state.Doubt(two, 4, 0.8)])
    desk.library.write(lambda c: state.write(c, at_rest(c, told)))
    answer = desk.ask("learn.ask", order="doubted")
    assert [(i["group"]["id"], i["image"], i["confidence"]) for i in answer["items"]] == [(one, 1, 0.91)]
    desk.ask("cull.pick", groupId=one, winner=2)
    assert desk.ask("learn.ask", order="doubted")["why"] == "Nothing you decided is in doubt."


def test_who_decided_twice_alike_means_it_whatever_is_learned_afterwards(desk: Desk) -> None:
    one, two = say(desk.library, 1), say(desk.library, 4)
    for group, winner in ((one, 2), (one, 2), (two, 4), (two, 5)):
        desk.ask("cull.pick", groupId=group, winner=winner)
    told = state.State("bayes-1", doubts=[state.Doubt(one, 1, 0.91), state.Doubt(two, 4, 0.8)])
    desk.library.write(lambda c: state.write(c, at_rest(c, told)))
    assert [item["group"]["id"] for item in desk.ask("learn.ask", order="doubted")["items"]] == [two]


def test_answers_that_go_round_are_listed_with_pictures_and_settled_by_a_match_of_them(desk: Desk) -> None:
    for winner, loser in ((1, 4), (4, 7), (7, 1), (10, 13)):
        desk.ask("rank.pick", images=[winner, loser], winner=winner)
    told = state.State("bayes-1", cycles=[[1, 4, 7]], doubts=[state.Doubt("", 13, 0.8, 10)])
    desk.library.write(lambda c: state.write(c, at_rest(c, told)))
    answer = desk.ask("learn.contradictions")
    circle, single = answer["items"]
    assert (answer["total"], answer["groups"], circle["kind"], single["kind"]) == (2, 0, "circle", "match")
    assert [image["id"] for image in circle["images"]] == [1, 4, 7]
    assert circle["images"][1]["filename"] == "f000001_stage1.png"
    assert ([image["id"] for image in single["images"]], single["against"]) == ([10, 13], 0.8)
    desk.ask("rank.pick", images=[1, 4, 7], winner=4)
    assert [item["kind"] for item in desk.ask("learn.contradictions")["items"]] == ["match"]
    desk.ask("history.undo")
    assert desk.ask("learn.contradictions", limit=1, offset=1)["items"] == [single]
