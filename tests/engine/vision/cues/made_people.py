"""People made of points: hands, bodies and faces of known proportions, turned, scaled, mirrored and spoilt at will."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from engine.vision.seen import ANKLES, ELBOWS, FINGERS, HEELS, HIPS, KNEES, SHOULDERS, TOES, WRISTS, Body, Face, Hand

Floats = NDArray[np.float64]

# Of the middle finger's length: each finger's knuckle and length, and its bones' shares.
KNUCKLES = ((-0.25, -0.2), (-0.28, -1.15), (0.0, -1.18), (0.24, -1.1), (0.45, -0.98))
LENGTHS = (1.05, 0.90, 1.0, 0.94, 0.76)
BONES = ((0.45, 0.31, 0.24), (0.51, 0.29, 0.20), (0.51, 0.29, 0.20), (0.49, 0.30, 0.21), (0.48, 0.27, 0.25))
SPREAD = (-50.0, -8.0, 0.0, 7.0, 15.0)


def turn(pitch: float, yaw: float, roll: float) -> Floats:
    """(3, 3) rotation about x, then y, then z, degrees."""
    (a, b, c), (d, e, f) = np.cos(np.radians([pitch, yaw, roll])), np.sin(np.radians([pitch, yaw, roll]))
    about_x = np.array([[1, 0, 0], [0, a, -d], [0, d, a]])
    about_y = np.array([[b, 0, e], [0, 1, 0], [-e, 0, b]])
    about_z = np.array([[c, -f, 0], [f, c, 0], [0, 0, 1]])
    return np.asarray(about_z @ about_y @ about_x)


def hand_shape(
    bends: float = 10.0,
    *,
    times: dict[int, float] | None = None,
    odd_joint: tuple[int, int] | None = None,
    backwards: float = 0.0,
    sideways: float = 0.0,
) -> Floats:
    """(21, 3): a hand with its palm in the picture plane, fingers up, the middle finger 1 long.

    Args:
        bends: degrees each finger joint bends to the palm.
        times: what to multiply a finger's length by.
        odd_joint: (finger, joint 1 or 2) that bends `backwards` or `sideways` instead, degrees.
    """
    points = np.zeros((21, 3))
    for finger, chain in enumerate(FINGERS):
        spread = np.radians(SPREAD[finger])
        ahead, across = np.array([np.sin(spread), -np.cos(spread), 0]), np.array([np.cos(spread), np.sin(spread), 0])
        place = np.array([*KNUCKLES[finger], 0.0])
        points[chain[0]] = place
        for joint, share in enumerate(BONES[finger]):
            odd = (finger, joint) == odd_joint
            bend = np.radians(-backwards if odd else bends if finger else 0.0)
            palm = np.cross(ahead, across)
            ahead = ahead * np.cos(bend) + palm * np.sin(bend)
            if odd:
                side = np.radians(sideways)
                ahead = ahead * np.cos(side) + across * np.sin(side)
            place = place + ahead * share * LENGTHS[finger] * (times or {}).get(finger, 1.0)
            points[chain[joint + 1]] = place
    return points


def hand(
    shape: Floats,
    *,
    at: tuple[float, float] = (500.0, 500.0),
    size: float = 100.0,
    rotation: Floats | None = None,
    side: Literal["left", "right"] = "right",
    **more: Any,
) -> Hand:
    """A hand of this shape whose wrist is `at`, its middle finger `size` pixels long."""
    points = (shape if rotation is None else shape @ rotation.T) * size
    flat = points[:, :2] + at
    box = (*flat.min(axis=0).tolist(), *flat.max(axis=0).tolist())
    return Hand(
        [(float(x), float(y)) for x, y in flat], points[:, 2].tolist(), side, more.pop("side_score", 0.99), box, **more
    )


def standing(height: float = 800.0, at: tuple[float, float] = (500.0, 100.0)) -> Floats:
    """(33, 3): a person facing the camera, arms hanging, the head's top `at`; the person's left is the right here."""
    points = np.zeros((33, 3))
    points[:11] = (0, 0.09, 0)
    for side, out in ((0, 1), (1, -1)):
        points[SHOULDERS[side]] = (out * 0.1, 0.18, 0)
        points[ELBOWS[side]] = (out * 0.12, 0.18 + 0.185, 0)
        points[WRISTS[side]] = (out * 0.14, 0.18 + 0.185 + 0.145, 0)
        points[HIPS[side]] = (out * 0.065, 0.465, 0)
        points[KNEES[side]] = (out * 0.07, 0.71, 0)
        points[ANKLES[side]] = (out * 0.07, 0.955, 0)
        points[HEELS[side]] = (out * 0.07, 0.98, 0)
        points[TOES[side]] = (out * 0.15, 1.04, 0)
    return points * height + np.array([*at, 0.0])


def body(points: Floats, visibility: float = 0.99) -> Body:
    flat = points[:, :2]
    box = (*flat.min(axis=0).tolist(), *flat.max(axis=0).tolist())
    return Body([(float(x), float(y)) for x, y in flat], [visibility] * 33, box)


def face(x: float, y: float, size: float = 100.0, *, eyes: bool = True, **more: Any) -> Face:
    """A face whose box's left upper corner is (x, y)."""
    places = ((x + 0.3 * size, y + 0.38 * size), (x + 0.7 * size, y + 0.38 * size))
    return Face((x, y, x + size, y + size), 0.9, places if eyes else None, **more)


def mesh(
    size: float = 200.0, *, at: tuple[float, float] = (100.0, 100.0), left: float = 1.0, gaze: float = 0.0
) -> Floats:
    """(478, 2): the eyes and nose of a face straight ahead; `left` times the size of the eye at the picture's left,
    whose iris is moved by `gaze` eye widths."""
    points = np.full((478, 2), 0.5)
    points[[168, 1]] = ((0.5, 0.4), (0.5, 0.6))
    half, up = 0.11, 0.04
    eyes = (
        (0.3, left, gaze, (33, 133), ((160, 144), (159, 145), (158, 153)), range(468, 473)),
        (0.7, 1.0, 0.0, (362, 263), ((385, 380), (386, 374), (387, 373)), range(473, 478)),
    )
    for middle, times, aside, corners, lids, iris in eyes:
        points[list(corners)] = ((middle - half * times, 0.4), (middle + half * times, 0.4))
        for (upper, lower), x in zip(lids, (-0.03, 0.0, 0.03), strict=True):
            points[upper], points[lower] = (middle + x, 0.4 - up * times), (middle + x, 0.4 + up * times)
        centre = np.array([middle + aside * 2 * half * times, 0.4])
        ring = np.array([(0, 0), (1, 0), (0, -1), (-1, 0), (0, 1)]) * 0.04 * times
        points[list(iris)] = centre + ring
    return points * size + at
