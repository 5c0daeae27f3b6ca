"""How alike two images are, by what is seen in them: faces where both are strong, else bodies and the whole picture.

The blend follows spec 3, B6: where faces are weak or hidden, body and general appearance decide. Each part gives
log-odds that the two belong together, and the share of the faces is the weaker face's strength: its score times how
large it is. The person's own answers then put the scale right (Platt, "Probabilistic Outputs for Support Vector
Machines", 1999), once there are enough of them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Float32s = npt.NDArray[np.float32]

ENOUGH = 20  # answers before their scale is learned
_BITS = 2.0  # bits of pHash a unit of log-odds
_BESIDE = 5  # bits beyond what makes a family that are still a little
_UNLIKE = -2.5  # log-odds: one subject seen in two ways has hashes as unlike as any
_PICTURE = (0.75, 0.05)  # cosine of two pictures at even odds, and what is a unit of log-odds
_FACE, _BODY = (0.72, 0.06), (0.72, 0.06)
_SMALL, _LARGE = 24.0, 120.0  # pixels of a face's side: nothing can be told, everything that can be
_NAMED = 1.5  # log-odds of a name in common
_PART, _MOST = 4.0, 6.0  # log-odds: no part, and nothing in all, is surer


class Shown(NamedTuple):
    """What is known of one image.

    Attributes:
        phash: None where it is nearly blank.
        name: family name as files have it, "" where it says nothing.
        picture: vector of the whole picture, length 1; None where there is none.
        faces, bodies: (n, d) vectors, the largest first; strength: 0 to 1, of each face.
    """

    phash: int | None
    name: str = ""
    picture: Float32s | None = None
    faces: Float32s | None = None
    strength: tuple[float, ...] = ()
    bodies: Float32s | None = None


class Likeness(NamedTuple):
    """Log-odds that two images belong together, before any answer; and why, in words."""

    odds: float
    why: str


def strength(score: float, side: float) -> float:
    """Of a face: its finder's score, 0 to 1, times how far its side in pixels is from too small to tell."""
    return min(max(score, 0.0), 1.0) * min(max((side - _SMALL) / (_LARGE - _SMALL), 0.0), 1.0)


def likeness(one: Shown, other: Shown, limit: int) -> Likeness | None:
    """Blend what is known of both; None where nothing can be compared. `limit`: bits of pHash that make a family."""
    parts: list[tuple[float, float]] = []  # log-odds, weight
    words: list[str] = []
    if one.phash is not None and other.phash is not None:
        bits = (one.phash ^ other.phash).bit_count()
        parts.append((min(max((limit + 0.5 - bits) / _BITS, _UNLIKE), _PART), 1.0))
        words.append(f"{_look(bits - limit)} (pHash {bits} of 64 bits apart, family up to {limit})")
    if one.picture is not None and other.picture is not None:
        alike = float(one.picture @ other.picture)
        parts.append((_unit(alike, _PICTURE), 1.0))
        words.append(f"pictures {_alike(alike, _PICTURE)}")
    body = _best(one.bodies, other.bodies)
    if body is not None:
        parts.append((_unit(body[0], _BODY), 1.0))
        words.append(f"bodies {_alike(body[0], _BODY)}")
    face = _best(one.faces, other.faces)
    share = 0.0
    if face is not None:
        share = min(one.strength[face[1]], other.strength[face[2]])
        weak = "" if share >= 0.5 else ", but too small or unclear to tell much"
        words.insert(0, f"faces {_alike(face[0], _FACE)}{weak}")
    if not parts and face is None:
        return None
    weight = sum(part[1] for part in parts)
    looks = sum(odds * part for odds, part in parts) / weight if weight else 0.0
    odds = looks if face is None else share * _unit(face[0], _FACE) + (1 - share) * looks
    if one.name and one.name == other.name:
        odds += _NAMED
        words.append("one name")
    return Likeness(min(max(odds, -_MOST), _MOST), "; ".join(words))


def _look(beyond: int) -> str:
    """In words, how alike two images look whose hashes are so many bits further apart than a family allows."""
    if beyond > 0:
        return "look different" if beyond > _BESIDE else "look a little too different for a family"
    return "look alike" if beyond < -_BESIDE / 2 else "look just alike enough for a family"


def _alike(cosine: float, scale: tuple[float, float]) -> str:
    odds = _unit(cosine, scale)
    return f"{'much' if odds >= 1 else 'little' if odds <= -1 else 'somewhat'} alike ({cosine:.2f})"


def _unit(alike: float, scale: tuple[float, float]) -> float:
    """A cosine in log-odds, so that no part drowns the others."""
    return min(max((alike - scale[0]) / scale[1], -_PART), _PART)


def _best(one: Float32s | None, other: Float32s | None) -> tuple[float, int, int] | None:
    """The cosine of the two that are most alike among the two largest of each, and their places."""
    if one is None or other is None or not len(one) or not len(other):
        return None
    alike = one[:2] @ other[:2].T
    row, column = divmod(int(alike.argmax()), alike.shape[1])
    return float(alike[row, column]), row, column


class Scale(NamedTuple):
    """Chance = logistic(slope * odds + offset)."""

    slope: float = 0.7
    offset: float = 0.0

    def chance(self, odds: float) -> float:
        return 1 / (1 + math.exp(-(self.slope * odds + self.offset)))


def learned(odds: Sequence[float], same: Sequence[bool]) -> Scale:
    """The scale of these answers; what it is without any where there are fewer than ENOUGH.

    Logistic regression by Newton's steps, held to the scale without answers by a normal prior of deviation 1, so
    that answers of one kind alone do not make it certain. More alike is never less likely.
    """
    before = Scale()
    if len(odds) < ENOUGH:
        return before
    x = np.stack([np.asarray(odds, np.float64), np.ones(len(odds))], axis=1)
    y, middle = np.asarray(same, np.float64), np.array(before)
    weights = middle.copy()
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        slope = x.T @ (y - p) - (weights - middle)
        step = np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + np.eye(2), slope)
        weights = weights + np.clip(step, -1, 1)
        if np.abs(step).max() < 1e-6:
            break
    return Scale(max(float(weights[0]), 0.05), float(weights[1]))
