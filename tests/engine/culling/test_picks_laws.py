"""What holds for the picks of any group."""

from __future__ import annotations

import math
import random

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.culling.candidates import Candidate, same_picture
from engine.culling.picks import pick, weighted_score
from engine.library.settings import Picks

POLICIES = st.builds(
    Picks,
    policy=st.sampled_from(["stage_first", "weighted"]),
    close_margin=st.sampled_from([0.0, 0.02, 0.1]),
    stage_weight=st.sampled_from([0.0, 0.5, 2.0]),
    defect_penalty=st.sampled_from([0.0, 1.0, 5.0]),
)


def limits(**more: object) -> Picks:
    """The settings, with a margin of 0.02 unless told otherwise."""
    return Picks(**{"close_margin": 0.02, **more})


@st.composite
def groups(draw: st.DrawFn) -> list[Candidate]:
    numbers = draw(st.lists(st.integers(1, 9), min_size=1, max_size=6, unique=True))
    return [
        Candidate(
            id=number,
            path=f"/{number}.png",
            stage=draw(st.sampled_from([None, 1.0, 1.5, 2.0, 3.0, math.nan])),
            defects=tuple(draw(st.lists(st.sampled_from(["blur", "dark", "noise"]), max_size=2, unique=True))),
            quality=draw(st.sampled_from([0.0, 0.5, 0.51, 0.52, 0.56, 1.0, math.nan])),
            width=draw(st.sampled_from([0, 100, 200])),
            height=100,
            sharpness=draw(st.sampled_from([0.1, 0.9])),
            mtime_ns=draw(st.integers(0, 2)),
            content_hash=draw(st.sampled_from(["", "aa", "bb"])),
            phash=draw(st.integers(0, 2)),
        )
        for number in numbers
    ]


def high(candidate: Candidate) -> float:
    return candidate.stage if candidate.stage is not None and math.isfinite(candidate.stage) else -math.inf


@settings(max_examples=400, deadline=None)
@given(group=groups(), policy=POLICIES, seed=st.integers(0, 99))
def test_one_first_choice_whatever_the_order(group: list[Candidate], policy: Picks, seed: int) -> None:
    picked = pick(group, policy)
    first, *rest = picked.members
    assert sorted(c.id for c in picked.members) == sorted(c.id for c in group)
    assert first.id == picked.keeper
    assert first.decision == ("review" if picked.review else "keeper")
    assert {c.decision for c in rest} <= {"alternate"}
    assert picked.reasons
    assert all(c.reason.strip() for c in picked.members)
    shuffled = group.copy()
    random.Random(seed).shuffle(shuffled)
    assert pick(shuffled, policy) == picked


@settings(max_examples=300, deadline=None)
@given(group=groups(), margin=st.sampled_from([0.0, 0.02, 0.1]))
def test_a_sound_image_of_the_highest_sound_stage_always_wins(group: list[Candidate], margin: float) -> None:
    keeper = next(c for c in group if c.id == pick(group, limits(close_margin=margin)).keeper)
    sound = [c for c in group if not c.defects]
    if sound:
        assert not keeper.defects
        assert high(keeper) == max(high(c) for c in sound)
    else:
        assert len(keeper.defects) == min(len(c.defects) for c in group)


@settings(max_examples=300, deadline=None)
@given(group=groups(), policy=POLICIES, rise=st.sampled_from([0.5, 1.0, 5.0]))
def test_raising_the_stage_of_a_sound_first_choice_never_makes_it_lose(group, policy, rise) -> None:
    keeper = next(c for c in group if c.id == pick(group, policy).keeper)
    if keeper.defects:
        return
    raised = msgspec.structs.replace(keeper, stage=max(high(keeper), 0.0) + rise)
    assert pick([raised if c is keeper else c for c in group], policy).keeper == keeper.id


@settings(max_examples=400, deadline=None)
@given(group=groups())
def test_review_is_exactly_a_bad_top_stage_a_bad_choice_or_a_close_call(group: list[Candidate]) -> None:
    picked = pick(group, limits())
    keeper = next(c for c in group if c.id == picked.keeper)
    top = [c for c in group if high(c) == max(map(high, group))]
    peers = [c for c in group if not c.defects and high(c) == high(keeper)]

    def worth(c: Candidate) -> float:
        return c.quality if math.isfinite(c.quality) else 0.0

    best = max(map(worth, peers), default=0.0)
    near = [c for c in peers if round(best - worth(c), 9) < 0.02]
    bad = all(c.defects for c in top)
    if len(near) < 2 or all(same_picture(a, b) for a in near for b in near):
        assert picked.review == bad
    elif not any(same_picture(a, b) for a in near for b in near if a is not b):
        assert picked.review
    assert picked.review or not bad


@settings(max_examples=200, deadline=None)
@given(group=groups(), policy=POLICIES)
def test_no_score_beats_the_weighted_first_choice_by_the_margin(group: list[Candidate], policy: Picks) -> None:
    weighted = msgspec.structs.replace(policy, policy="weighted")
    picked = pick(group, weighted)
    best = max(weighted_score(c, weighted) for c in group)
    assert picked.members[0].score >= best - max(weighted.close_margin, 1e-9)
    assert picked.review or not next(c for c in group if c.id == picked.keeper).defects
