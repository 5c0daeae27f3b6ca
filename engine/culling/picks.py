"""Stage-aware picks: the provisional keeper of a group, and whether a person has to look (spec 1, passes 2 and 4).

    stage_first  the first image without a defect from the highest stage; inside a stage the best quality
    weighted     the highest stage_weight * stage + quality_weight * quality - defect_penalty * defects

A group goes to review when its highest stage is defective, when its first choice has a defect, when another picture is
too close to the first choice, or when a detector doubts the first choice. Copies of one picture are not a close call:
one of them is kept, always the same.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from engine.culling import phrases
from engine.culling.candidates import Candidate, Choice, Picked, level, quality, same_picture, tie_order
from engine.library.settings import Picks


def weighted_score(candidate: Candidate, settings: Picks) -> float:
    """Spec 1, section 4; an image without a stage counts as stage 0."""
    stage = level(candidate)
    return (
        settings.stage_weight * (stage if math.isfinite(stage) else 0.0)
        + settings.quality_weight * quality(candidate)
        - settings.defect_penalty * len(candidate.defects)
    )


def pick(group: Sequence[Candidate], settings: Picks) -> Picked:
    """Choose the provisional keeper of one group and say why; the order of the group does not matter."""
    if not group:
        return Picked(None, False, (), ())
    ranked = sorted(group, key=lambda c: _rank(c, settings))
    copies, rivals = _close(ranked, settings)
    winner = min([ranked[0], *copies], key=lambda c: (len(c.defects), -level(c), tie_order(c)))
    reasons = _doubts(ranked, winner, rivals, settings)
    rest = [c for c in ranked if c is not winner]
    merit = f"defective: {phrases.defects(winner)}" if winner.defects else _merit(ranked, winner, copies, settings)
    first = Choice(winner.id, "review" if reasons else "keeper", weighted_score(winner, settings), merit)
    others = [Choice(c.id, "alternate", weighted_score(c, settings), _lost(c, winner, settings)) for c in rest]
    return Picked(winner.id, bool(reasons), reasons or (merit,), (first, *others))


def _rank(candidate: Candidate, settings: Picks) -> tuple[Any, ...]:
    """Sort key, best first. Defective images come last, the fewest defects before more."""
    if settings.policy == "weighted":
        return -weighted_score(candidate, settings), *tie_order(candidate)
    return len(candidate.defects), -level(candidate), -quality(candidate), *tie_order(candidate)


def _value(candidate: Candidate, settings: Picks) -> float:
    """The number in which two candidates are close or not."""
    return weighted_score(candidate, settings) if settings.policy == "weighted" else quality(candidate)


def _close(ranked: list[Candidate], settings: Picks) -> tuple[list[Candidate], list[Candidate]]:
    """Those within the margin of the first: copies of its picture, and other pictures."""
    first, *others = ranked
    if settings.policy == "stage_first":
        others = [c for c in others if not first.defects and not c.defects and level(c) == level(first)]
    # Rounded, so that 0.82 and 0.80 are 0.02 apart.
    near = [c for c in others if round(_value(first, settings) - _value(c, settings), 9) < settings.close_margin]
    return [c for c in near if same_picture(first, c)], [c for c in near if not same_picture(first, c)]


def _doubts(ranked: list[Candidate], winner: Candidate, rivals: list[Candidate], settings: Picks) -> tuple[str, ...]:
    """Why a person has to look; empty when none has to."""
    doubts = [phrases.defective_stage(stage) for stage in _bad_top(ranked, winner)]
    if winner.defects:
        doubts.append(_bad_winner(ranked, winner, settings))
    if rivals:
        values = [_value(c, settings) for c in (ranked[0], *rivals)]
        doubts.append(phrases.too_close([ranked[0], *rivals], values, settings.close_margin))
    doubts += [f"something may be wrong: {text}" for _, text, _ in winner.doubts]
    return tuple(doubts)


def _bad_top(ranked: list[Candidate], winner: Candidate) -> list[list[Candidate]]:
    """The stages above the winner's, from the top, for as long as every image of the stage is defective."""
    stages = []
    for high in sorted({level(c) for c in ranked if level(c) > level(winner)}, reverse=True):
        stage = [c for c in ranked if level(c) == high]
        if not all(c.defects for c in stage):
            break
        stages.append(stage)
    return stages


def _bad_winner(ranked: list[Candidate], winner: Candidate, settings: Picks) -> str:
    named = phrases.defects(winner)
    if len(ranked) == 1:
        return f"the only image of its family has a defect: {named}"
    if all(c.defects for c in ranked):
        best = "the one with the highest score" if settings.policy == "weighted" else "the least bad"
        return f"every image has a defect; {best}: {named}"
    return f"the highest score has a defect, ahead of a defect-free image: {named}"


def _merit(ranked: list[Candidate], winner: Candidate, copies: list[Candidate], settings: Picks) -> str:
    """What speaks for a first choice that has no defect."""
    if len(ranked) == 1:
        return "the only image of its family, no defect"
    alike = [c for c in (ranked[0], *copies) if c is not winner]
    peers = [c for c in ranked if not c.defects and level(c) == level(winner) and c is not winner and c not in alike]
    if settings.policy == "weighted":
        parts = [f"highest score ({weighted_score(winner, settings):.2f})", "no defect"]
    else:
        top = level(winner) == max(level(c) for c in ranked)
        staged = math.isfinite(level(winner))
        stage = phrases.number(level(winner))
        parts = [f"highest stage ({stage})", "no defect"] if top and staged else ["no defect"]
        if staged and not top:
            parts = [f"highest stage without a defect ({stage})"]
        if peers:
            parts.append(f"best quality of {len(peers) + 1} ({quality(winner):.2f} against {quality(peers[0]):.2f})")
    if alike:
        parts.append(f"{phrases.tie_word(winner, alike)} of {len(alike) + 1} copies")
    return ", ".join(parts)


def _lost(candidate: Candidate, winner: Candidate, settings: Picks) -> str:
    """Why this one is not the first choice."""
    if candidate.defects and len(candidate.defects) >= len(winner.defects):
        return f"defective: {phrases.defects(candidate)}"
    mine, best = _value(candidate, settings), _value(winner, settings)
    if settings.policy == "stage_first" and level(candidate) != level(winner):
        return f"{phrases.stage(candidate)}, below {phrases.stage(winner)}"
    if same_picture(candidate, winner) and abs(mine - best) < settings.close_margin:
        return f"same picture as the first choice, which is {phrases.tie_word(winner, [candidate])}"
    word = "score" if settings.policy == "weighted" else "quality"
    if round(best - mine, 2) > 0:
        return f"lower {word} ({mine:.2f} against {best:.2f})"
    return f"equal {word} ({mine:.2f}); the first choice is {phrases.tie_word(winner, [candidate])}"
