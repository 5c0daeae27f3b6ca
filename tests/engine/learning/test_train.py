"""Learning from picks in a whole library: what is said, when nothing is said, and that undo is heard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from engine.culling import decide
from engine.errors import NotFound, WrongUse
from engine.learning import ask, cards, fitting, state
from engine.learning.train import revert, train
from engine.library.store import Library
from engine.progress import Cancelled, Progress, Quiet
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
    library.write(lambda connection: state.write(connection, state.State()))
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
    assert model is not None
    assert cards.current(library) == model
    assert cards.names(library.paths) == [model.name]


def test_runs_that_are_stopped_again_and_again_leave_the_model_in_use(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cards, "KEPT", 2)
    picked(library)
    model = train(library, Quiet()).model
    for _ in range(3):
        with pytest.raises(Cancelled):
            train(library, Stopping("recommend"))
    assert cards.names(library.paths) == [model]
    assert cards.current(library) is not None


def test_a_first_run_that_is_stopped_leaves_no_model(library: Library) -> None:
    picked(library)
    with pytest.raises(Cancelled):
        train(library, Stopping("recommend"))
    assert cards.current(library) is None
    assert not list(library.paths.models.iterdir())


def test_going_back_that_is_stopped_leaves_card_and_tables_of_one_model(library: Library) -> None:
    picked(library, 24)
    train(library, Quiet())
    likes.pick(library, list(likes.groups(library))[24:PICKED], likes.liked(library))
    second = train(library, Quiet()).model
    before = told(library)
    with pytest.raises(Cancelled):
        revert(library, Stopping("recommend"))
    current = cards.current(library)
    assert current is not None
    assert current.name == second
    assert told(library) == before


def nothing_said(library: Library) -> str:
    """That neither tables nor card say anything; answers with why."""
    with library.db.read() as connection:
        assert (
            connection.execute("SELECT (SELECT count(*) FROM recommended) + (SELECT count(*) FROM predictions)").get
            == 0
        )
        now = state.read(connection)
    assert (now.model, now.accuracy, now.doubts) == ("", None, [])
    assert cards.current(library) is None
    assert cards.earlier(library) == 0
    return now.why


def test_where_too_much_is_undone_nothing_is_said_any_more_and_no_model_is_in_use(library: Library) -> None:
    picked(library, 16)
    train(library, Quiet())
    for _ in range(10):
        library.undo()
    done = train(library, Quiet())
    assert nothing_said(library) == done.why == "Not enough yet: 12 pairs of 6 families; at least 30 of 10 are needed."
    with pytest.raises(NotFound):
        revert(library, Quiet())
    for _ in range(10):
        library.redo()
    assert train(library, Quiet()).groups == len(told(library)) > 0


def test_where_learning_is_switched_off_nothing_is_said_and_all_is_news_once_it_is_on(library: Library) -> None:
    picked(library)
    train(library, Quiet())
    library.change_setting("learning.on", False)
    assert train(library, Quiet()).why == nothing_said(library) == "Learning is off in the settings."
    with pytest.raises(WrongUse, match="Learning is off"):
        revert(library, Quiet())
    library.change_setting("learning.on", True)
    assert state.due(library)


@pytest.mark.parametrize("run", [train, revert])
def test_learning_that_is_switched_off_while_it_runs_says_nothing(
    library: Library, run: Callable[[Library, Progress], object]
) -> None:
    picked(library)
    train(library, Quiet())
    train(library, Quiet())

    class Switching(Quiet):
        def phase(self, name: str, total: int = 0) -> None:
            if name == "recommend":
                library.change_setting("learning.on", False)

    run(library, Switching())
    assert nothing_said(library) == "Learning is off in the settings."


def test_where_no_fit_comes_of_the_last_prior_one_begins_anew(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    picked(library)
    train(library, Quiet())
    whole = fitting.fit

    def fit(*given: Any, before: Any = None, **more: Any) -> Any:
        if before is not None:
            raise np.linalg.LinAlgError("not positive definite")
        return whole(*given, **more)

    monkeypatch.setattr(fitting, "fit", fit)
    assert train(library, Quiet()).model


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
