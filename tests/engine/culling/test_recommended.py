"""What is recommended of a group: shown, kept from those who are asked blind, and measured once by what they decide."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
import rows

from engine.culling import decide, queue
from engine.culling.views import RecommendedView
from engine.errors import WrongUse
from engine.library.journal import Proposed, Record
from engine.library.store import Library
from tests.advice import agreements, key_of, say


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """Families of images 1 2 3, 4 5 6, 7 8 9 and 10 11 12, each in doubt, and nothing recommended."""
    with rows.filled(tmp_path, [3, 3, 3, 3], blurred=1.0) as library:
        yield library


def shown(library: Library, key: str) -> RecommendedView | None:
    with library.db.read() as connection:
        return queue.groups(connection, library.paths.thumbs, [key])[0].recommended


def verdicts(library: Library) -> dict[int, str]:
    with library.db.read() as connection:
        return dict(connection.execute("SELECT image_id, verdict FROM verdicts"))


def unreviewed(library: Library) -> int:
    with library.db.read() as connection:
        return int(connection.execute("SELECT count(*) FROM promoted WHERE NOT reviewed").get)


def test_a_recommendation_is_shown_with_its_confidence_and_reasons(library: Library) -> None:
    said = shown(library, say(library, 2))
    assert said is not None
    assert (said.image, said.confidence, said.checked, said.agreed) == (2, 0.87, False, None)
    assert [r.text for r in said.reasons] == ["sharper", "larger subject", "a hand in doubt"]
    assert shown(library, key_of(library, 4)) is None


def test_a_group_drawn_for_a_check_is_asked_blind_and_tells_afterwards(library: Library) -> None:
    key = say(library, 2, checked=True)
    assert shown(library, key) == RecommendedView(None, 0.0, True, None, [])
    decide.pick(library, key, 3)
    said = shown(library, key)
    assert said is not None
    assert (said.image, said.checked, said.agreed) == (2, True, False)


def test_a_pick_is_measured_against_what_was_recommended(library: Library) -> None:
    one, two, three = say(library, 2, 0.9), say(library, 5, 0.6, checked=True), key_of(library, 7)
    decide.pick(library, one, 2)
    decide.pick(library, two, 4)
    decide.pick(library, three, 7)
    assert agreements(library) == [(one, 1, 0.9, 0, "bayes-1"), (two, 0, 0.6, 1, "bayes-1")]


def test_keeping_the_recommended_image_beside_another_agrees(library: Library) -> None:
    key = say(library, 2)
    decide.pick(library, key, 3, [2])
    assert [row[1] for row in agreements(library)] == [1]


def test_undo_redo_and_a_rebuild_give_the_same_agreements(library: Library) -> None:
    one, two = say(library, 2), say(library, 5, checked=True)
    decide.pick(library, one, 2)
    decide.pick(library, two, 6)
    both = agreements(library)
    library.undo()
    assert agreements(library) == both[:1]
    library.redo()
    assert agreements(library) == both
    library.write(lambda c: c.execute("DELETE FROM recommended"))
    library.rebuild()
    assert agreements(library) == both


def test_a_group_is_measured_once_and_never_after_it_was_decided(library: Library) -> None:
    key, later = say(library, 2), key_of(library, 4)
    decide.pick(library, key, 3)
    decide.pick(library, key, 2)
    decide.reopen(library, key)
    decide.pick(library, key, 2)
    decide.pick(library, later, 4)
    say(library, 5)
    decide.pick(library, later, 5)
    assert [(row[0], row[1]) for row in agreements(library)] == [(key, 0)]


def test_who_takes_a_blind_answer_back_does_not_change_the_measure(library: Library) -> None:
    key = say(library, 2, 0.7, checked=True)
    decide.pick(library, key, 3)
    library.undo()
    say(library, 1, 0.9, checked=True, model="bayes-2")
    decide.pick(library, key, 2)
    assert agreements(library) == [(key, 0, 0.7, 1, "bayes-1")]
    library.undo()
    decide.pick(library, key, 1)
    library.rebuild()
    assert agreements(library) == [(key, 0, 0.7, 1, "bayes-1")]


@pytest.mark.parametrize("kind", ["trio", "reject"])
def test_a_blind_answer_by_a_three_or_a_reject_that_is_taken_back_stands_as_well(
    library: Library, kind: Literal["trio", "reject"]
) -> None:
    key = say(library, 2, 0.7, checked=True)
    with library.db.read() as connection:
        images = [str(path) for (path,) in connection.execute("SELECT filepath FROM images ORDER BY id LIMIT 3")]
    said = Proposed(images[1], 0.7, "bayes-1", checked=True)
    winner = images[2] if kind == "trio" else None
    library.decide(Record(ts="", set_id=key, images=images, winner=winner, kind=kind, proposed=said), "An answer")
    library.undo()
    say(library, 2, 0.9, model="bayes-2")
    decide.pick(library, key, 2)
    assert agreements(library) == [(key, 0, 0.7, 1, "bayes-1")]


@pytest.mark.parametrize("change", ["missing", "elsewhere"])
def test_what_is_recommended_and_not_there_is_not_measured(library: Library, change: str) -> None:
    key = say(library, 2)
    sql = (
        "UPDATE images SET missing_since = '2026-01-01T00:00:00Z' WHERE id = 2"
        if change == "missing"
        else "UPDATE recommended SET image_id = 4"
    )
    library.write(lambda c: c.execute(sql))
    assert shown(library, key) is None
    decide.pick(library, key, 3)
    assert agreements(library) == []


def test_a_group_that_was_formed_anew_is_not_measured_by_what_was_said_of_the_old_one(library: Library) -> None:
    say(library, 2)
    library.write(lambda c: c.execute("UPDATE images SET filepath = '/source/renamed_stage2.png' WHERE id = 2"))
    rows.group(library)
    decide.pick(library, key_of(library, 2), 2)
    assert agreements(library) == []


def test_a_rejected_image_is_recommended_no_more_but_still_measured(library: Library) -> None:
    key = say(library, 2)
    decide.reject(library, key, [2])
    assert shown(library, key) is None
    decide.pick(library, key, 3)
    assert [row[1] for row in agreements(library)] == [0]


def test_a_page_is_accepted_as_one_decision_and_needs_no_review(library: Library) -> None:
    keys = [say(library, 2), say(library, 4), say(library, 9)]
    decide.reject(library, keys[1], [6])
    before = verdicts(library)
    label, accepted = decide.accept_recommended(library, keys)
    assert (label, accepted) == ("Keep what was recommended in 3 groups", keys)
    after = verdicts(library)
    assert {image for image, verdict in after.items() if verdict == "keep"} == {2, 4, 9}
    assert after[6] == "reject"
    assert unreviewed(library) == 0
    library.undo()
    assert verdicts(library) == before
    library.redo()
    library.rebuild()
    assert verdicts(library) == after
    assert agreements(library) == []


def test_a_page_leaves_out_what_is_drawn_decided_or_rejected(library: Library) -> None:
    drawn, decided, rejected = say(library, 1, checked=True), say(library, 4), say(library, 7)
    decide.pick(library, decided, 5)
    decide.reject(library, rejected, [7])
    with pytest.raises(WrongUse, match="None of these groups"):
        decide.accept_recommended(library, [drawn, decided, rejected, "gone"])
    fine = say(library, 11)
    assert decide.accept_recommended(library, [drawn, fine, fine])[1] == [fine]


def test_what_is_recommended_by_now_is_not_accepted_for_what_was_seen(library: Library) -> None:
    same, changed = say(library, 2), say(library, 5)
    say(library, 6)
    assert decide.accept_recommended(library, [same, changed], [2, 5])[1] == [same]
    assert set(verdicts(library)) == {1, 2, 3}
