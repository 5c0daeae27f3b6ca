"""How fast a simulated person's taste in crops is learned: 20 points of accepted proposals in 100 answers is the goal.

Eight people whose hidden weights are not the settings', drawn scenes (`tests/tasting.py`), four sessions of 25 answers;
then 60 pictures that nobody answered about, with the settings' weights and with the learned ones. Once with every
answer meant, once with a fifth of them given by chance.
"""

from __future__ import annotations

import numpy as np

from engine.cropping import taste, weights
from engine.library.settings import Crop
from tests import tasting
from tests.bench.report import Row

PEOPLE, SESSIONS, ANSWERS, HELD_OUT = 8, 4, 25, 60
START = weights.start(Crop())


def run() -> list[Row]:
    shown = [tasting.Shown(tasting.scene(seed, shrink=2), START) for seed in range(SESSIONS * ANSWERS + HELD_OUT)]
    rows = []
    for noise in (0.0, 0.2):
        figures = np.mean([_person(shown, person, noise) for person in range(PEOPLE)], axis=0)
        first, last, before, after, any_before, any_after = (float(figure) for figure in figures)
        by_chance = f", {noise:.0%} of answers by chance" if noise else ""
        rows += [
            Row(f"best accepted, untrained{by_chance}", before, ""),
            Row(f"best accepted after 100 answers{by_chance}", after, "", f">= {before + 0.2:.3f}"),
            Row(f"accepted without a nudge, untrained{by_chance}", any_before, ""),
            Row(f"accepted without a nudge after 100 answers{by_chance}", any_after, ""),
            Row(f"best accepted in session 1{by_chance}", first, ""),
            Row(f"best accepted in session {SESSIONS}{by_chance}", last, "", f">= {first:.3f}"),
        ]
    return rows


def _person(shown: list[tasting.Shown], person: int, noise: float) -> tuple[float, ...]:
    """Best accepted in the first and last session, on the held-out pictures before and after, and any accepted."""
    mine = tasting.hidden(START, person)
    chance = np.random.default_rng(person)
    order = [shown[at] for at in chance.permutation(len(shown))]
    own = [one.best(mine)[2] for one in order]
    log, now, sessions = [], START, []
    for session in range(SESSIONS):
        accepted = 0
        for at in range(session * ANSWERS, (session + 1) * ANSWERS):
            log.append(order[at].answer(now, own[at], chance, noise))
            accepted += order[at].answer(now, own[at]).choice == "best"
            now = taste.learned(START, log)
        sessions.append(accepted / ANSWERS)
    first = SESSIONS * ANSWERS

    def rates(with_: dict[str, float]) -> tuple[float, float]:
        choices = [one.answer(with_, box).choice for one, box in zip(order[first:], own[first:], strict=True)]
        return choices.count("best") / len(choices), 1 - choices.count("nudged") / len(choices)

    before, after = rates(START), rates(now)
    return sessions[0], sessions[-1], before[0], after[0], before[1], after[1]
