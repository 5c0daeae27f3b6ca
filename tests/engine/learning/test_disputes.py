"""Close calls, and groups over which the ranker, the rule and the detectors are at odds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import apsw
import pytest

from engine.culling import decide
from engine.learning import ask, disputes, recommend
from engine.library.store import Library
from engine.vision import checks
from engine.vision.learned import state as learned
from tests import advice, predicted, rows

LEAST = {"digits": 0.5, "learned": 0.5}


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """Six families of three: images 1 2 3, 4 5 6 …; the rule would keep the last of each."""
    with rows.filled(tmp_path, [3] * 6, blurred=0.0) as made:
        yield made


def cue(library: Library, image: int, score: float, name: str = "digits", tag: str = "extra_fingers") -> None:
    row = (image, name, score, 0, 0, 9, 9, "Six fingers.", tag)
    library.write(lambda c: c.execute("INSERT INTO cues VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row))


def taught(library: Library, tag: str = "extra_fingers") -> None:
    on = {tag: learned.On("s", 20, 20, 0.9, 0.1)}
    library.write(lambda c: learned.write(c, learned.State(on=on)))


def asked(library: Library, order: ask.Order, share: float = 0.0) -> list[ask.Asked]:
    with library.db.read() as connection:
        total, items = ask.page(connection, order, 0, 100, share, LEAST)
    assert total == len(items)
    return items


def test_the_closest_call_comes_first_with_the_runner_up(library: Library) -> None:
    predicted.say(library, "bayes-1", [0, 3, 1, 5, 4.5, 0, 1, 2, 8, 0, 0.1, 0.3, 7, 2, 1, 4, 0, 0])
    keys = [advice.say(library, image) for image in (2, 4, 9, 12, 13, 16)]
    items = asked(library, "close")
    assert [keys.index(item.group) for item in items] == [3, 1, 0, 5, 4, 2]
    assert [(item.image, item.rival) for item in items[:2]] == [(12, 11), (4, 5)]


def test_groups_that_the_model_in_use_says_nothing_of_come_last(library: Library) -> None:
    predicted.say(library, "bayes-1", [0, 3, 1])
    unknown, known = advice.say(library, 4), advice.say(library, 2)
    assert [item.group for item in asked(library, "close")] == [known, unknown]


@pytest.mark.parametrize("order", ["close", "disputed"])
def test_drawn_groups_stand_between_and_nothing_is_told_of_them(library: Library, order: ask.Order) -> None:
    predicted.say(library, "bayes-1", range(18))
    for image in (2, 5, 8, 11):
        advice.say(library, image, differs=True)
    drawn = {advice.say(library, image, checked=True, differs=image == 14) for image in (14, 17)}
    items = asked(library, order, 0.34)
    assert [item.group in drawn for item in items] == [False, False, True, False, False, True]
    assert all((item.rival, item.dispute) == (0, None) for item in items if item.checked)
    assert all(item.rival for item in items if not item.checked)


def test_of_the_drawn_no_more_than_their_share_stand_among_disputes(library: Library) -> None:
    advice.say(library, 2, differs=True)
    for image in (5, 8, 11, 14):
        advice.say(library, image, checked=True, differs=True)
    assert [item.checked for item in asked(library, "disputed", 0.5)] == [False, True]
    assert [item.checked for item in asked(library, "disputed", 0.0)] == [False]
    assert asked(library, "disputed", 1.0)[0].dispute


def test_where_ranker_and_rule_agree_and_nothing_is_in_doubt_nobody_is_at_odds(library: Library) -> None:
    advice.say(library, 3)
    cue(library, 1, 0.9)
    cue(library, 3, 0.4)
    assert asked(library, "disputed") == []


def test_the_surer_the_ranker_is_against_the_rule_the_sooner_it_is_asked(library: Library) -> None:
    keys = [advice.say(library, image, sure, differs=True) for image, sure in ((2, 0.6), (5, 0.9), (8, 0.7))]
    items = asked(library, "disputed")
    assert [keys.index(item.group) for item in items] == [1, 2, 0]
    assert [(item.dispute.kind, item.rival) for item in items if item.dispute] == [
        ("rule", 6),
        ("rule", 9),
        ("rule", 3),
    ]


def test_detectors_that_doubt_what_the_ranker_would_keep_are_at_odds_with_it_unless_they_doubt_all(
    library: Library,
) -> None:
    key, other = advice.say(library, 3), advice.say(library, 6)
    for image in (3, 4, 5, 6):
        cue(library, image, 0.8)
    (item,) = asked(library, "disputed")
    assert (item.group, item.dispute) == (key, disputes.Dispute(key, "doubt", "extra_fingers", 0.87 * 0.8))
    assert other != key


def test_detectors_of_one_tag_are_at_odds_where_one_doubts_and_the_other_does_not(library: Library) -> None:
    keys = [advice.say(library, image, 0.5) for image in (3, 6, 9)]
    taught(library)
    for image in (3, 1, 2):
        cue(library, image, 0.9)
    for image in (6, 4, 5, 9, 7, 8):
        cue(library, image, 0.9)
        cue(library, image, 0.8 if image < 7 else 0.3, "learned")
    items = asked(library, "disputed")
    assert [(keys.index(item.group), item.dispute and item.dispute.kind) for item in items] == [
        (0, "detectors"), (2, "detectors"),
    ]  # fmt: skip
    library.write(lambda c: learned.write(c, learned.State()))
    assert asked(library, "disputed") == []


def test_what_the_person_said_of_a_doubt_ends_the_dispute_over_it(library: Library) -> None:
    advice.say(library, 3)
    cue(library, 3, 0.8)
    assert len(asked(library, "disputed")) == 1
    checks.answer(library, 3, "extra_fingers", yes=False)
    assert asked(library, "disputed") == []


def test_of_groups_that_are_not_asked_no_cue_is_read(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[list[int]] = []
    doubts = disputes._doubts

    def seen(connection: apsw.Connection, least: Mapping[str, float], images: Iterable[int]) -> object:
        read.append(sorted(images))
        return doubts(connection, least, read[-1])

    monkeypatch.setattr(disputes, "_doubts", seen)
    keys = [advice.say(library, image) for image in (3, 6, 9)]
    advice.say(library, 12, checked=True)
    for image in range(4, 19):
        cue(library, image, 0.9 if image in (6, 9) else 0.3)
    decide.pick(library, keys[2], 9)
    assert [item.group for item in asked(library, "disputed")] == [keys[1]]
    assert read == [[3, 6], [4, 5]]


def test_a_cue_that_is_switched_off_disputes_nothing(library: Library) -> None:
    advice.say(library, 3)
    cue(library, 3, 0.9, "hand_size", "long_hand")
    assert asked(library, "disputed") == []


@pytest.mark.parametrize("order", ["close", "disputed"])
def test_a_group_decided_since_is_not_asked_and_comes_back_with_an_undo(library: Library, order: ask.Order) -> None:
    predicted.say(library, "bayes-1", range(18))
    key = advice.say(library, 2, differs=True)
    decide.pick(library, key, 1)
    assert asked(library, order) == []
    library.undo()
    assert [item.group for item in asked(library, order)] == [key]


def test_what_the_rule_proposes_counts_also_where_it_asks_the_person(tmp_path: Path) -> None:
    with rows.filled(tmp_path, [3, 3], blurred=1.0) as library:
        key = advice.say(library, 1, differs=True)
        with library.db.read() as connection:
            assert [group.ruled for group in recommend.open_groups(connection)] == [2, 5]
            assert disputes.ruled(connection, key) == 2
