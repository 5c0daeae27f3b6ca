"""Arms and legs of unlike length, feet too long for their shins, and more hands or feet than the people seen have.

Lengths as shares of stature: Drillis & Contini, "Body Segment Parameters" (1966): upper arm 0.186, forearm 0.146, thigh
0.245, shin 0.246, foot 0.152, shoulder to hip 0.288, shoulders 0.2 and hips 0.13 between the joints.

A pose has no depth here, and a limb that points at the camera looks short. So nothing is ever called too short: each
length in the picture plane says how tall the body is *at least*, and a limb counts as too long when it asks for a
much taller body than every other part of that body together, its own counterpart on the other side among them.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from engine.vision.cues.arms import Held, held
from engine.vision.cues.measuring import Floats, overlap, rise, round_points, trusted, trusted_box
from engine.vision.seen import (
    ANKLES,
    ELBOWS,
    HEELS,
    HIPS,
    KNEES,
    SHOULDERS,
    TOES,
    WRISTS,
    Body,
    Box,
    Cue,
    People,
)

VISIBLE = 0.8
SMALLEST_BODY = 40.0  # pixels of the longest part; below it the points are mostly guesswork
LIMBS: dict[str, tuple[tuple[int, int], tuple[int, int], float]] = {
    "upper arm": (SHOULDERS, ELBOWS, 0.186),
    "forearm": (ELBOWS, WRISTS, 0.146),
    "thigh": (HIPS, KNEES, 0.245),
    "shin": (KNEES, ANKLES, 0.246),
}
FOOT = 0.152
TRUNK = ((SHOULDERS[0], HIPS[0], 0.288), (SHOULDERS[1], HIPS[1], 0.288), (*SHOULDERS, 0.2), (*HIPS, 0.13))
ENOUGH_PARTS = 4  # other parts that must be seen before one limb is held against them
UNLIKE = (1.25, 1.7)  # times as long as its counterpart and as the rest of the body allows: score 0 and 1
LONG_FOOT = (1.1, 1.5)  # times as long as shins and the rest of the body allow
EXTRA = (0.0, 2.0)  # hands or feet beyond two a person
ARM_SPAN = 3.0  # hand lengths of one person are within this factor of each other
NOSE = 0
SIDES = ("left", "right")


def limbs(people: People) -> list[Cue]:
    """Cues of bodies: `limb_length`, `foot_length`, `too_many_limbs`."""
    found: list[Cue | None] = []
    for body in people.bodies:
        points, visibility = trusted(body.points, 33), trusted(body.visibility, 33, 1)
        if points is not None and visibility is not None:
            found += [limb_length(points, visibility), foot_length(points, visibility)]
    found += [too_many_hands(people), too_many_feet(people)]
    return [cue for cue in found if cue is not None]


def statures(points: Floats, visibility: Floats) -> dict[tuple[str, int], float]:
    """The stature each part that is surely seen asks for, pixels, by (name, side); trunk parts are ("trunk", n).

    Empty where the body is too small to measure.
    """
    parts: dict[tuple[str, int], tuple[int, int, float]]
    parts = {(name, side): (a[side], b[side], share) for name, (a, b, share) in LIMBS.items() for side in (0, 1)}
    parts |= {("trunk", index): part for index, part in enumerate(TRUNK)}
    seen = {key: part for key, part in parts.items() if min(visibility[part[0]], visibility[part[1]]) >= VISIBLE}
    lengths = {key: float(np.linalg.norm(points[a] - points[b])) for key, (a, b, _) in seen.items()}
    if max(lengths.values(), default=0) < SMALLEST_BODY:
        return {}
    return {key: lengths[key] / seen[key][2] for key in seen}


def limb_length(points: Floats, visibility: Floats) -> Cue | None:
    """The limb that is most too long for its counterpart and for the rest of its body, (33, 2) points."""
    found = statures(points, visibility)
    worst: tuple[float, str, int, float, float] = (0.0, "", 0, 0.0, 0.0)
    for name in LIMBS:
        for side in (0, 1):
            if (name, 0) not in found or (name, 1) not in found:
                continue
            rest = [stature for key, stature in found.items() if key != (name, side)]
            if len(rest) < ENOUGH_PARTS:
                continue
            twice = found[name, side] / max(found[name, 1 - side], 1e-6)
            beyond = found[name, side] / max(*rest, 1e-6)
            worst = max(worst, (rise(min(twice, beyond), *UNLIKE), name, side, twice, beyond))
    score, name, side, twice, beyond = worst
    if score == 0:
        return None
    text = (
        f"The {SIDES[side]} {name} is {twice:.1f} times as long as the {SIDES[1 - side]} one, "
        f"{beyond:.1f} times what the rest of the body allows."
    )
    start, end, _ = LIMBS[name]
    ends = [points[start[side]], points[end[side]]]
    return Cue("limb_length", score, round_points(ends, 0.15), text)


def foot_length(points: Floats, visibility: Floats) -> Cue | None:
    """The foot that is most too long for the shins and the rest of the body."""
    found = statures(points, visibility)
    if ("shin", 0) not in found and ("shin", 1) not in found:
        return None
    tallest = max(*found.values(), 1e-6)
    worst: tuple[float, int, float] = (0.0, 0, 0.0)
    for side in (0, 1):
        if visibility[[HEELS[side], TOES[side]]].min() >= VISIBLE and len(found) >= ENOUGH_PARTS:
            foot = float(np.linalg.norm(points[HEELS[side]] - points[TOES[side]]))
            worst = max(worst, (rise(foot / FOOT / tallest, *LONG_FOOT), side, foot))
    score, side, foot = worst
    if score == 0:
        return None
    shin = max(found.get(("shin", s), 0.0) for s in (0, 1)) * LIMBS["shin"][2]
    text = f"The {SIDES[side]} foot is {foot / max(shin, 1e-6):.2f} times as long as the shin; about 0.6 is usual."
    ends = [points[HEELS[side]], points[TOES[side]], points[ANKLES[side]]]
    return Cue("foot_length", score, round_points(ends, 0.15), text)


def too_many_hands(people: People) -> Cue | None:
    """More hands than two a person, counting faces or bodies, whichever are more; silent where nobody was seen."""
    persons = max(len(_heads(people)), _apart([_nose(b) for b in people.bodies]))
    hands = _of_one_size(held(people))
    extra = len(hands) - 2 * persons
    if persons == 0 or extra <= 0:
        return None
    text = f"{len(hands)} hands are seen with {_count(persons)}."
    return Cue("too_many_limbs", rise(extra, *EXTRA), round_points([h.points for h in hands]), text)


def too_many_feet(people: People) -> Cue | None:
    """More feet than two a head: bodies that share one head and stand on different feet."""
    feet: list[tuple[Floats, float]] = []
    for body in people.bodies:
        for foot, length in _feet(body):
            if all(np.linalg.norm(foot - other) > max(length, size) for other, size in feet):
                feet.append((foot, length))
    persons = max(len(_heads(people)), _apart([_nose(b) for b in people.bodies]))
    extra = len(feet) - 2 * persons
    if persons == 0 or extra <= 0:
        return None
    text = f"{len(feet)} feet are seen with {_count(persons)}."
    return Cue("too_many_limbs", rise(extra, *EXTRA), round_points([f for f, _ in feet], 0.1), text)


def _count(persons: int) -> str:
    return "one person" if persons == 1 else f"{persons} people"


def _of_one_size(hands: list[Held]) -> list[Held]:
    """The hands of about the largest one's size: much smaller ones belong to people farther away."""
    largest = max((h.length for h in hands), default=0.0)
    return [h for h in hands if h.length * ARM_SPAN >= largest]


def _heads(people: People) -> list[Box]:
    """Boxes of the faces, each found twice taken once."""
    heads: list[Box] = []
    for face in people.faces:
        if trusted_box(face.box) and all(overlap(face.box, other)[0] < 0.5 for other in heads):
            heads.append(face.box)
    return heads


def _nose(body: Body) -> tuple[Floats, float] | None:
    """Where a body's head is and how near another would be the same one."""
    points = trusted(body.points, 33)
    if points is None:
        return None
    return points[NOSE], 0.5 * float(np.linalg.norm(points[SHOULDERS[0]] - points[SHOULDERS[1]]))


def _apart(places: list[tuple[Floats, float] | None]) -> int:
    """How many different places there are."""
    kept = [place for place in places if place is not None]
    same = {
        j for (_, a), (j, b) in combinations(enumerate(kept), 2) if np.linalg.norm(a[0] - b[0]) <= max(a[1], b[1], 1.0)
    }
    return len(kept) - len(same)


def _feet(body: Body) -> list[tuple[Floats, float]]:
    """Middle and length of each foot that is surely seen."""
    points, visibility = trusted(body.points, 33), trusted(body.visibility, 33, 1)
    if points is None or visibility is None:
        return []
    sides = [side for side in (0, 1) if visibility[[HEELS[side], TOES[side]]].min() >= VISIBLE]
    ends = [(points[HEELS[side]], points[TOES[side]]) for side in sides]
    return [((heel + toe) / 2, float(np.linalg.norm(heel - toe))) for heel, toe in ends]
