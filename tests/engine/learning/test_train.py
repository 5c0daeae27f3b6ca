"""Learning from picks in a whole library: what is said, when nothing is said, and that undo is heard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from engine.culling import decide
from engine.errors import NotFound
from engine.learning import ask, cards, recommend, state
from engine.learning.train import revert, train
from engine.library.store import Library
from engine.progress import Cancelled, Quiet
from tests import likes

FAMILIES, PICKED = 60, 36


class Stopping(Quiet):
    """Stops the work at a phase."""

    def __init__(self, at: str) -> None:
        self._at, self._now = at, ""

    def phase(self, name: str, total: int = 0) -> None:
        self._now = name

    def step(self, done: int, current: str = "") -> None:
        if self._now == self._at:
            raise Cancelled


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with likes.library(tmp_path / "library", FAMILIES) as made:
        yield made


def picked(library: Library, count: int = PICKED) -> dict[int, float]:
    taste = likes.liked(library)
    likes.pick(library, list(likes.groups(library))[:count], taste)
    return taste


def told(library: Library) -> dict[str, tuple[int, float]]:
    with library.db.read() as connection:
        rows = connection.execute("SELECT group_key, image_id, confidence FROM recommended").fetchall()
    return {key: (image, confidence) for key, image, confidence in rows}


def test_few_picks_are_not_enough_and_it_says_what_is_missing(library: Library) -> None:
    picked(library, 4)
    done = train(library, Quiet())
    assert done.model == ""
    assert done.why == "Not enough yet: 8 pairs of 4 families; at least 30 of 10 are needed."
    assert told(library) == {}
    assert cards.current(library) is None


def test_every_open_group_gets_the_image_the_person_would_keep_mostly(library: Library) -> None:
    taste = picked(library)
    done = train(library, Quiet())
    members = likes.groups(library)
    rows = told(library)
    assert set(rows) == set(list(members)[PICKED:])
    right = sum(image == max(members[key], key=lambda one: taste[one]) for key, (image, _) in rows.items())
    assert right / len(rows) >= 0.7
    assert done.groups == len(rows)
    assert all(1 / 3 <= confidence < 1 for _, confidence in rows.values())


def test_every_present_image_has_a_prediction(library: Library) -> None:
    picked(library)
    train(library, Quiet())
    with library.db.read() as connection:
        rows = connection.execute("SELECT image_id, mean, variance FROM predictions").fetchall()
    assert len(rows) == FAMILIES * 3
    assert all(variance >= 0 for _, _, variance in rows)


def test_the_same_picks_give_the_same_answers(library: Library) -> None:
    picked(library)
    train(library, Quiet())
    first = told(library)
    library.remember("ranker", "")
    for file in library.paths.models.iterdir():
        file.unlink()
    train(library, Quiet())
    assert told(library) == first


def test_an_undone_pick_teaches_nothing(library: Library) -> None:
    picked(library)
    before = train(library, Quiet()).pairs
    library.undo()
    assert train(library, Quiet()).pairs == before - 2
    library.redo()
    assert train(library, Quiet()).pairs == before


def test_a_group_opened_again_or_whose_winner_is_rejected_teaches_nothing(library: Library) -> None:
    taste = picked(library)
    before = train(library, Quiet()).pairs
    first, second = list(likes.groups(library))[:2]
    decide.reopen(library, first)
    members = likes.groups(library)[second]
    decide.reject(library, second, [max(members, key=lambda image: taste[image])])
    assert train(library, Quiet()).pairs == before - 4


def test_of_two_picks_in_a_group_the_later_counts(library: Library) -> None:
    picked(library)
    before = train(library, Quiet()).pairs
    key = next(iter(likes.groups(library)))
    decide.pick(library, key, likes.groups(library)[key][0])
    assert train(library, Quiet()).pairs == before


def test_going_back_uses_the_model_before_and_training_goes_forward(library: Library) -> None:
    picked(library, 24)
    first = train(library, Quiet()).model
    before = told(library)
    likes.pick(library, list(likes.groups(library))[24:PICKED], likes.liked(library))
    second = train(library, Quiet()).model
    assert cards.earlier(library) == 1
    assert revert(library, Quiet()).model == first
    current = cards.current(library)
    assert current is not None
    assert current.name == first
    assert {key: said[0] for key, said in told(library).items()} == {
        key: said[0] for key, said in before.items() if key in told(library)
    }
    with pytest.raises(NotFound):
        revert(library, Quiet())
    assert train(library, Quiet()).model > second


@pytest.mark.parametrize("phase", ["learn", "recommend"])
def test_a_run_that_is_stopped_leaves_what_was_said(library: Library, phase: str) -> None:
    picked(library)
    train(library, Quiet())
    before, model = told(library), cards.current(library)
    likes.pick(library, list(likes.groups(library))[PICKED : PICKED + 3], likes.liked(library))
    with pytest.raises(Cancelled):
        train(library, Stopping(phase))
    assert told(library) == before
    assert cards.current(library) == model


def test_learning_is_due_after_twenty_picks_and_not_before(library: Library) -> None:
    taste, keys = picked(library, 20), list(likes.groups(library))
    train(library, Quiet())
    assert not state.due(library)
    likes.pick(library, keys[20:39], taste)
    assert not state.due(library)
    likes.pick(library, keys[39:40], taste)
    assert state.due(library)
    library.change_setting("learning.on", False)
    assert not state.due(library)


def test_the_groups_asked_blind_are_drawn_by_their_keys_alone(library: Library) -> None:
    picked(library)
    train(library, Quiet())
    with library.db.read() as connection:
        rows = connection.execute("SELECT group_key, checked FROM recommended").fetchall()
    assert {key: bool(checked) for key, checked in rows} == {key: recommend.drawn(key, 0.1) for key, _ in rows}
    keys = [f"{number:012x}" for number in range(4000)]
    tenth = {key for key in keys if recommend.drawn(key, 0.1)}
    assert 320 < len(tenth) < 480
    assert tenth <= {key for key in keys if recommend.drawn(key, 0.2)}
    assert [recommend.drawn(key, share) for key in keys[:3] for share in (0.0, 1.0)] == [False, True] * 3


def test_where_the_stage_rule_keeps_another_it_says_so_and_why(library: Library) -> None:
    picked(library)
    train(library, Quiet())
    with library.db.read() as connection:
        rows = connection.execute(
            "SELECT r.differs, m.decision = 'keeper', r.reasons FROM recommended r"
            " JOIN members m ON m.image_id = r.image_id"
        ).fetchall()
        reasons = [ask.reasons(row[2]) for row in rows]
    assert {bool(differs) for differs, _, _ in rows} == {True, False}
    assert all(bool(differs) != bool(ruled) for differs, ruled, _ in rows)
    assert all(1 <= len(some) <= 3 for some in reasons)
    assert "more like what you kept" in {some[0].text for some in reasons}
    assert all([abs(r.weight) for r in some] == sorted((abs(r.weight) for r in some), reverse=True) for some in reasons)


def test_a_slip_is_worth_another_look_until_it_is_decided_anew(library: Library) -> None:
    taste = picked(library, 50)
    key = max(list(likes.groups(library))[:50], key=lambda one: _gap(likes.groups(library)[one], taste))
    members = likes.groups(library)[key]
    decide.pick(library, key, min(members, key=lambda image: taste[image]))
    train(library, Quiet())
    with library.db.read() as connection:
        total, items = ask.page(connection, "doubted", 0, 10)
    assert total >= 1
    assert items[0].group == key
    decide.pick(library, key, max(members, key=lambda image: taste[image]))
    with library.db.read() as connection:
        _, items = ask.page(connection, "doubted", 0, 10)
    assert key not in {item.group for item in items}


def _gap(members: list[int], taste: dict[int, float]) -> float:
    liked = [taste[image] for image in members]
    return max(liked) - min(liked)


def test_the_card_says_what_it_was_learned_from(library: Library) -> None:
    picked(library)
    done = train(library, Quiet())
    card = msgspec.json.decode((library.paths.models / f"{done.model}.json").read_bytes(), type=cards.Card)
    assert (card.pairs, card.choices, card.families, card.images) == (72, PICKED, PICKED, 3 * PICKED)
    assert card.sources == {"cull": 72}
    assert card.since < card.until < card.at
    assert card.metrics.accuracy == done.accuracy
    assert len(card.features) == 40 + 19  # the made-up vectors vary in forty directions
