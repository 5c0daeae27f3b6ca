"""Hands drawn as skin-coloured capsules, with as many fingers as asked for, and the points of five of them."""

from __future__ import annotations

import cv2
import numpy as np

from engine.vision.seen import Hand

_SKIN = (206, 158, 128)
_ANGLES = (-62.0, -24.0, -8.0, 8.0, 24.0)  # of thumb to little finger; 0 points up
_LENGTHS = (70.0, 92.0, 100.0, 94.0, 78.0)


def drawn(fingers: int = 5, ground: str = "plain", scale: float = 1.0, curled: bool = False) -> tuple[np.ndarray, Hand]:
    """(600, 600, 3) uint8 and the hand in it; the palm is 100 px long at scale 1. A sixth finger leans outward."""
    rgb = _ground(ground)
    wrist = np.array([300.0, 300 + 130 * scale])
    cv2.line(rgb, _at(wrist), _at(wrist + np.array([0, 300])), _SKIN, round(62 * scale))
    cv2.ellipse(
        rgb, _at(wrist - np.array([0, 55 * scale])), (round(44 * scale), round(58 * scale)), 0, 0, 360, _SKIN, -1
    )
    points = [wrist]
    for i in range(5):
        points += _finger(wrist, i, scale, curled)
        for a, b in zip(points[-4:], points[-3:], strict=False):
            cv2.line(rgb, _at(a), _at(b), _SKIN, round(18 * scale))
    if fingers == 6:
        root = wrist + scale * np.array([40.0, -78.0])
        cv2.line(rgb, _at(root), _at(root + 88 * scale * _way(52)), _SKIN, round(18 * scale))
    at = np.array(points)
    noise = np.random.default_rng(1).normal(0, 5, rgb.shape)
    rgb = np.clip(cv2.GaussianBlur(rgb, (0, 0), 0.8) + noise, 0, 255).astype(np.uint8)
    (x1, y1), (x2, y2) = at.min(0), at.max(0)
    return rgb, hand_of(at, (float(x1), float(y1), float(x2), float(y2)))


def hand_of(points: np.ndarray, box: tuple[float, float, float, float]) -> Hand:
    """A left hand of these (21, 2) points."""
    listed = [(float(x), float(y)) for x, y in points]
    return Hand(points=listed, depth=[0.0] * 21, side="left", side_score=1.0, box=box)


def _finger(wrist: np.ndarray, finger: int, scale: float, curled: bool) -> list[np.ndarray]:
    way = _way(_ANGLES[finger])
    if finger == 0:
        joints = [wrist + scale * np.array([-22.0, -20.0])]
        return joints + [joints[0] + way * _LENGTHS[0] * scale * (i + 1) / 3 for i in range(3)]
    root = wrist + scale * np.array([-54.0 + 21 * finger, -100 + 4 * (finger - 2) ** 2])
    steps = (0.0, 0.45, 0.2, -0.1) if curled else (0.0, 0.45, 0.75, 1.0)
    return [root + way * _LENGTHS[finger] * scale * step for step in steps]


def _way(degrees: float) -> np.ndarray:
    return np.array([np.sin(np.radians(degrees)), -np.cos(np.radians(degrees))])


def _at(point: np.ndarray) -> tuple[int, int]:
    return round(float(point[0])), round(float(point[1]))


def _ground(kind: str) -> np.ndarray:
    rgb = np.full((600, 600, 3), (70, 96, 120) if kind != "skin" else _SKIN, np.uint8)
    if kind == "textured":
        squares = np.random.default_rng(0).integers(0, 90, (40, 40, 3), np.uint8) + np.array([0, 40, 60], np.uint8)
        rgb = cv2.resize(squares, (600, 600), interpolation=cv2.INTER_NEAREST)
    return rgb
