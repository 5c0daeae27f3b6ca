"""Faces: side by side and looking straight they are silent; grown together, copied and odd-eyed ones are found."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.vision.cues.faces import faces
from engine.vision.seen import Face, People
from tests.engine.vision.cues.made_people import Floats, face, mesh, turn


def of(*found: Face, rgb: np.ndarray | None = None) -> list[tuple[str, float]]:
    return [(cue.name, cue.score) for cue in faces(People(1000, 1000, faces=list(found)), rgb)]


def look(seed: int) -> np.ndarray:
    """(100, 100, 3) uint8: blotches of skin, another arrangement for every seed."""
    coarse = np.random.default_rng(seed).uniform(60, 220, (10, 10))
    return np.repeat(np.kron(coarse, np.ones((10, 10)))[..., None], 3, axis=2).astype(np.uint8)


def painted(*looks: np.ndarray) -> np.ndarray:
    """(300, 1000, 3) uint8 with faces at x 50, 250, ... and y 100."""
    rgb = np.full((300, 1000, 3), 128, np.uint8)
    for index, one in enumerate(looks):
        rgb[100:200, 50 + 200 * index : 150 + 200 * index] = one
    return rgb


def row(count: int) -> list[Face]:
    return [face(50 + 200 * index, 100) for index in range(count)]


def with_mesh(points: Floats) -> Face:
    (x1, y1), (x2, y2) = points.min(axis=0) - 80, points.max(axis=0) + 80
    return Face((x1, y1, x2, y2), 0.9, None, [(float(x), float(y)) for x, y in points])


@given(apart=st.floats(80, 400))
def test_heads_cheek_to_cheek_are_silent(apart: float) -> None:
    assert of(face(100, 100), face(100 + apart, 100)) == []


def test_faces_grown_together_are_found_the_stronger_the_more_they_share() -> None:
    scores = [of(face(100, 100), face(100 + apart, 100))[0][1] for apart in (65, 55, 45, 41)]
    assert scores == sorted(scores)
    assert 0 < scores[0] < 0.5 < scores[-1]


def test_one_face_found_twice_is_no_second_face() -> None:
    assert of(face(100, 100), face(104, 98, 102)) == []
    assert of(face(100, 100, eyes=False), face(104, 98, 102, eyes=False)) == []
    assert of(face(100, 100), face(120, 120, 50)) == [], "a box within the other's"


def test_a_copied_face_is_found_also_mirrored_brighter_and_of_another_size() -> None:
    brighter = np.clip(look(1) * 0.8 + 50, 0, 255).astype(np.uint8)
    for other in (look(1), look(1)[:, ::-1], brighter):
        ((name, score),) = of(*row(2), rgb=painted(look(1), other))
        assert (name, score > 0.8) == ("repeated_faces", True)
    rgb = painted(look(1))
    rgb[50:250, 400:600] = np.kron(look(1), np.ones((2, 2, 1), np.uint8))
    assert of(face(50, 100), face(400, 50, 200), rgb=rgb)[0][1] > 0.8


def test_different_faces_are_no_copies_nor_are_flat_tiny_and_unseen_ones() -> None:
    assert of(*row(4), rgb=painted(*[look(seed) for seed in range(4)])) == []
    assert of(*row(2), rgb=painted()) == []
    assert of(face(50, 100, 20), face(250, 100, 20), rgb=painted(look(1), look(1))) == []
    assert of(face(5000, 100), face(7000, 100), rgb=painted(look(1), look(1))) == []
    assert of(*row(2)) == []


@given(size=st.floats(100, 900), roll=st.floats(-80, 80), shear=st.floats(0.95, 1.08))
def test_like_eyes_are_silent_however_the_head_leans(size: float, roll: float, shear: float) -> None:
    points = mesh(size, at=(0, 0), left=shear, gaze=0.05) @ turn(0, 0, roll)[:2, :2].T
    assert of(with_mesh(points)) == []


@given(size=st.floats(150, 900), roll=st.floats(-80, 80))
def test_eyes_of_unlike_size_and_of_unlike_gaze_are_found(size: float, roll: float) -> None:
    for points in (mesh(size, at=(0, 0), left=1.6), mesh(size, at=(0, 0), gaze=0.35)):
        ((name, score),) = of(with_mesh(points @ turn(0, 0, roll)[:2, :2].T))
        assert (name, score > 0.8) == ("odd_eyes", True)


def test_eyes_of_a_turned_head_a_wink_and_a_tiny_face_are_not_judged() -> None:
    turned = mesh(left=1.6)
    turned[1] += (70, 0)
    wink = mesh(gaze=0.35)
    wink[[160, 159, 158, 144, 145, 153], 1] = wink[33, 1]
    assert of(with_mesh(turned)) == []
    assert of(with_mesh(wink)) == []
    assert of(with_mesh(mesh(40, left=1.6))) == []


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e308])
def test_wild_boxes_eyes_and_meshes_say_nothing(bad: float) -> None:
    points = mesh(left=1.6)
    points[7] = bad
    odd = msgspec.structs.replace(with_mesh(mesh()), mesh=[(float(x), float(y)) for x, y in points])
    stacked = msgspec.structs.replace(face(140, 100), box=(140.0, 100.0, bad, 200.0))
    wild_eyes = msgspec.structs.replace(face(250, 100), eyes=((bad, 0.0), (1.0, 1.0)))
    assert of(odd) == []
    assert of(face(100, 100), stacked) == []
    assert of(face(50, 100), wild_eyes, rgb=painted(look(1), look(2))) == []
    assert of(Face((5.0, 5.0, 5.0, 5.0), 0.9), Face((9.0, 9.0, 2.0, 2.0), 0.9), rgb=painted()) == []
