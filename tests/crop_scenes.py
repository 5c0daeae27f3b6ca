"""Random scenes for tests of the crop search: any sizes, maps, heads, joints and places that look wrong."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from engine.cropping.model import TERMS, Head, KeepOut, Person, Scene

WEIGHTS = {
    "saliency": 3.0, "anomaly": 6.0, "head": 4.0, "joints": 1.5, "clutter": 0.5, "headroom": 0.5, "thirds": 0.5,
    "gaze": 0.3, "size": 1.0,
}  # fmt: skip
SIZES = st.one_of(
    st.tuples(st.integers(1, 60), st.integers(1, 60)),
    st.tuples(st.sampled_from([1, 2, 997, 1000, 1333, 1920, 4096]), st.sampled_from([1, 3, 1080, 1333, 1361, 5000])),
)
assert set(WEIGHTS) == set(TERMS)


def blob(width: int, height: int, x: float, y: float, spread: float) -> np.ndarray:
    """A map of one bright place, x and y in parts of its sides."""
    ys, xs = np.mgrid[0:height, 0:width]
    off = ((xs + 0.5) / width - x) ** 2 + ((ys + 0.5) / height - y) ** 2
    return np.exp(-off / (2 * spread**2)).astype(np.float32)


@st.composite
def scenes(draw: st.DrawFn, sizes: st.SearchStrategy[tuple[int, int]] = SIZES, per_pixel: bool = False) -> Scene:
    """`per_pixel`: maps have one cell a pixel, so that sums are easy to check."""
    width, height = draw(sizes)
    shape = (height, width) if per_pixel else (draw(st.integers(1, 40)), draw(st.integers(1, 40)))
    part = st.floats(0, 1, width=32)
    saliency = draw(st.none() | st.builds(blob, *map(st.just, shape[::-1]), part, part, st.sampled_from([0.05, 0.2])))
    seed = draw(st.none() | st.integers(0, 99))
    detail = None if seed is None else np.random.default_rng(seed).random(shape).astype(np.float32)
    place = st.tuples(st.floats(-0.1, 1.1), st.floats(-0.1, 1.1)).map(lambda at: (at[0] * width, at[1] * height))
    return Scene(
        width,
        height,
        saliency,
        detail,
        tuple(draw(st.lists(_heads(width, height), max_size=3))),
        tuple(draw(st.lists(_people(place), max_size=2))),
        tuple(draw(st.lists(_keep_outs(width, height), max_size=2))),
    )


@st.composite
def _heads(draw: st.DrawFn, width: int, height: int) -> Head:
    high = draw(st.floats(0.02, 0.6)) * height
    x, y = draw(st.floats(-0.1, 1)) * width, draw(st.floats(-0.1, 1)) * height
    box = (x, y, x + 0.8 * high, y + high)
    eyes = ((x + 0.25 * high, y + 0.5 * high), (x + 0.55 * high, y + 0.5 * high)) if draw(st.booleans()) else None
    return Head(box, eyes, draw(st.none() | st.floats(-1, 1)))


@st.composite
def _people(draw: st.DrawFn, place: st.SearchStrategy[tuple[float, float]]) -> Person:
    known = st.sampled_from(["left_knee", "right_wrist", "neck", "left_shoulder", "left_hip"])
    names = draw(st.lists(known, max_size=4))
    joints = tuple((name, draw(place)) for name in names)
    (ax, ay), (bx, by) = draw(place), draw(place)
    box = (min(ax, bx), min(ay, by), max(ax, bx) + 1, max(ay, by) + 1)
    return Person(joints, box, draw(st.booleans()))


@st.composite
def _keep_outs(draw: st.DrawFn, width: int, height: int) -> KeepOut:
    x, y = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
    region = (x, y, draw(st.integers(x + 1, width)), draw(st.integers(y + 1, height)))
    tag = draw(st.sampled_from(["", "extra_fingers", "odd_eyes"]))
    return KeepOut("hand", region, "", tag, draw(st.sampled_from([0.1, 0.35, 0.9])))
