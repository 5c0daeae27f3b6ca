"""What answers teach about crops."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.cropping import decide, taste, weights
from engine.cropping.model import TERMS
from engine.library.journal import Cropped
from engine.library.settings import Crop
from engine.library.store import Library
from tests import cropped, tasting

START = weights.start(Crop())
terms = st.fixed_dictionaries({term: st.floats(0, 1) for term in TERMS})
answers = st.lists(
    st.builds(
        Cropped, choice=st.sampled_from(["best", "alt1", "alt2", "nudged", "full"]), chosen=terms,
        offered=st.lists(terms, max_size=3), unassisted=st.booleans(),
    ),
    max_size=12,
)  # fmt: skip


@given(answers)
def test_weights_stay_in_range_and_no_step_is_longer_than_it_may_be(given_: list[Cropped]) -> None:
    before = START
    for count in range(1, len(given_) + 1):
        after = taste.learned(START, given_[:count])
        moved = math.dist(after.values(), before.values())
        pull = taste.PULL * math.dist(before.values(), START.values())
        assert moved <= taste.STEP * (1 + taste.PULL) + pull + 1e-9
        assert all(0 <= weight <= taste.MOST for weight in after.values())
        before = after


@given(answers, terms)
def test_what_says_nothing_teaches_nothing(given_: list[Cropped], one: dict[str, float]) -> None:
    nothing = [
        Cropped("best", chosen=one, offered=[]),
        Cropped("best", chosen=one, offered=[one], unassisted=True),
        Cropped("nudged", chosen={**one, "size": math.nan}, offered=[one]),
        Cropped("alt2", chosen=one, offered=[one]),
        Cropped("best", chosen=one, offered=[{**one, "size": 1e308, "head": 1e308}, {**one, "size": -1e308}]),
    ]
    assert taste.learned(START, given_ + nothing) == taste.learned(START, given_)


def test_a_box_chosen_over_what_was_proposed_is_worth_more_to_them_afterwards() -> None:
    flat = dict.fromkeys(TERMS, 0.5)
    near, far = {**flat, "headroom": 0.9, "clutter": 0.1}, {**flat, "headroom": 0.2, "clutter": 0.6}
    start = {**START, "headroom": 0.5, "clutter": 0.5}
    learned = taste.learned(start, [Cropped("nudged", chosen=near, offered=[far])] * 5)
    assert learned["headroom"] > start["headroom"]
    assert learned["clutter"] > start["clutter"]  # it counts against: more of it is minded more
    said = {lesson.term: lesson.text for lesson in taste.lessons(start, learned)}
    assert said["clutter"] == "you like a calm border"
    assert said["joints"] == ""


def accepted(shown: list[tasting.Shown], own: list[tuple[int, int, int, int]], now: dict[str, float]) -> float:
    return float(np.mean([one.answer(now, box).choice == "best" for one, box in zip(shown, own, strict=True)]))


@pytest.mark.parametrize("noise", [0.0, 0.2])
def test_after_some_answers_more_proposals_are_what_a_person_wants(noise: float) -> None:
    mine = {**START, "size": 0.1, "clutter": 5.0, "thirds": 4.0}
    shown = [tasting.Shown(tasting.scene(seed, shrink=2), START) for seed in range(60)]
    own = [one.best(mine)[2] for one in shown]
    chance, log, now = np.random.default_rng(5), [], START
    for one, box in zip(shown[:40], own[:40], strict=True):
        log.append(one.answer(now, box, chance, noise))
        now = taste.learned(START, log)
    before, after = accepted(shown[40:], own[40:], START), accepted(shown[40:], own[40:], now)
    assert after >= before + 0.2, (before, after)


def test_a_library_learns_from_its_answers_forgets_when_told_and_undo_brings_it_back(tmp_path: Path) -> None:
    library = Library(cropped.library_in(tmp_path))
    cropped.proposed(library)
    assert weights.weights(library) == START
    with library.db.read() as connection:
        sizes = "SELECT image_id, width, height FROM crops JOIN features USING (image_id)"
        image, width, height = connection.execute(sizes).fetchone()
    decide.choose(library, decide.Choice(image, "nudged", (0, 0, width // 2, height // 2)))
    taught = weights.weights(library)
    assert taught != START
    decide.forget_taste(library)
    assert weights.weights(library) == START
    library.undo()
    assert weights.weights(library) == taught
    library.undo()
    assert weights.weights(library) == START
    library.close()
