"""Scenes without a horizon: things on a table, flowers, figures, shapes. Each takes a Take; see `take.py`."""

from __future__ import annotations

import math

import numpy as np

from engine.demo.canvas import Canvas, Point, mix, wander
from engine.demo.take import Picture, Take


def still_life(t: Take) -> Picture:
    """A jug, oranges and a pear on a table by a window."""
    c = t.canvas()
    c.sky("#5d7f86", "#86a39c", "#b9b798")
    c.glow((0.1, 0.12), 0.6, "#fff1cf", 0.7)
    c.texture(t.fixed, 0.05, 0.05)
    c.shape([(-0.02, -0.02), (0.20, -0.02), (0.13, 0.40), (-0.02, 0.46)], "#fdf3d8", "#e9e0bd", 0.55)
    c.ridge(np.full(c.width, 0.66, np.float32), "#a9643c", "#5d2f24", 0.4)
    c.shape([(0.0, 0.735), (0.62, 0.69), (0.86, 0.86), (0.72, 1.01), (0.0, 1.01)], "#f2ead8", "#c8bda4")
    for n in range(6):
        c.line([(0.02 + 0.1 * n, 0.742 - 0.007 * n), (0.10 + 0.12 * n, 1.0)], 0.003, "#8aa6b0", 0.5)
    x = 0.37 + t.nudge(0.004)
    c.ellipse((x + 0.10, 0.775), 0.27, 0.045, "#3a1f24", alpha=0.45)
    body = [(0.075, 0.25), (0.062, 0.31), (0.10, 0.40), (0.165, 0.53), (0.168, 0.64), (0.135, 0.73), (0.11, 0.765)]
    _turned(c, x, body, "#2f5d8a")
    c.ellipse((x, 0.25), 0.075, 0.022, "#16324f", "#24486b")
    c.line(c.oval((x + 0.15, 0.40), 0.075, 0.13, 0.0, (-0.28, 0.30)), 0.026, "#264d75")
    if t.detail > 0.3:
        for n in range(7):
            y = 0.50 + 0.018 * math.sin(n * 0.9)
            c.ellipse((x - 0.11 + n * 0.037, y), 0.014, 0.02, "#dfe9ee", alpha=0.9)
    for px, py, r, colour in (
        (0.60, 0.745, 0.085, "#f08a24"), (0.735, 0.79, 0.098, "#f39a2b"), (0.60, 0.845, 0.09, "#ee7a1d"),
    ):  # fmt: skip
        at = (px + t.nudge(0.004), py + t.nudge(0.002))
        c.ellipse((at[0] + 0.045, at[1] + 0.062), r * 1.1, r * 0.32, "#3a1f24", alpha=0.4)
        c.ball(at, r, colour)
    _pear(c, (0.22 + t.nudge(0.004), 0.85))
    return c.finish(t.free, 0.3)


def flowers(t: Take) -> Picture:
    """Poppies and leaves before a dark ground."""
    c = t.canvas()
    c.sky("#0f2a2c", "#173a38", "#0c2022")
    c.glow((0.5, 0.38), 0.55, "#3f7a68", 0.55)
    heads = [
        (0.50, 0.30, 0.15),
        (0.25, 0.40, 0.12),
        (0.76, 0.43, 0.125),
        (0.39, 0.58, 0.10),
        (0.66, 0.64, 0.095),
        (0.17, 0.20, 0.07),
    ]
    for x, y, _ in heads:
        bend = t.fixed.uniform(-0.05, 0.05)
        stem = [(x + (0.5 - x) * s**2 + bend * math.sin(s * 3), y + (1.02 - y) * s) for s in np.linspace(0, 1, 20)]
        c.line(stem, 0.007, "#4f8a4d")
    for _ in range(round(16 + 22 * t.detail)):
        x, y = t.fixed.uniform(0.05, 0.95), t.fixed.uniform(0.62, 1.0)
        _leaf(c, (x, y), t.fixed.uniform(0.10, 0.22), t.fixed.uniform(-2.4, -0.7) + t.nudge(0.02))
    for n, (x, y, r) in enumerate(heads):
        tone = ("#e4402f", "#f2703d", "#d92f4b")[n % 3]
        _poppy(c, t, (x + t.nudge(0.004), y + t.nudge(0.003)), r, tone)
    for _ in range(round(40 * t.detail)):
        at = (t.fixed.uniform(0, 1), t.fixed.uniform(0, 0.9))
        c.dot(at, 0.002, "#ffe7b0", 0.6)
    return c.finish(t.free, 0.3)


def shapes(t: Take) -> Picture:
    """A composition of circles, bars and arcs."""
    c = t.canvas()
    c.sky("#f1e6d0", "#ecdfc6")
    c.texture(t.fixed, 0.012, 0.01)
    a = t.nudge(0.006)
    c.ellipse((0.37 + a, 0.36), 0.30, 0.30, "#1f3a5f")
    c.ellipse((0.37 + a, 0.36), 0.225, 0.225, "#e9b93c")
    c.ellipse((0.37 + a, 0.36), 0.13, 0.13, "#d3472f")
    c.ellipse((0.37 + a, 0.36), 0.05, 0.05, "#f1e6d0")
    c.shape([(0.10, 0.92), (0.86, 0.10), (0.93, 0.145), (0.17, 0.965)], "#16181d", alpha=0.92)
    c.shape([(0.56, 0.56), (0.93, 0.60 + a), (0.72, 0.88)], "#d3472f", "#b2331f", 0.93)
    c.shape([(0.08, 0.64), (0.36, 0.64), (0.36, 0.85), (0.08, 0.85)], "#3f8f8a", alpha=0.92)
    for n in range(5):
        c.line(c.oval((0.74, 0.30), 0.08 + 0.03 * n, 0.08 + 0.03 * n, 0.0, (0.5, 1.0)), 0.009, "#1f3a5f")
    for n in range(9):
        c.line([(0.10 + 0.03 * n, 0.665), (0.10 + 0.03 * n, 0.825)], 0.004, "#f1e6d0")
    for row in range(4):
        for column in range(4):
            c.dot((0.64 + 0.045 * column, 0.46 + 0.032 * row), 0.008, "#16181d")
    c.ellipse((0.20, 0.90 + a), 0.055, 0.055, "#e9b93c")
    c.line([(0.05, 0.06), (0.95, 0.06), (0.95, 0.95), (0.05, 0.95), (0.05, 0.06)], 0.005, "#16181d")
    return c.finish(t.free, 0.08, 0.009)


def figures(t: Take) -> Picture:
    """Three dancers, cut from paper."""
    c = t.canvas()
    c.sky("#f6c7b0", "#f3a98f", "#e0786c")
    c.ellipse((0.5, 0.44), 0.40, 0.40, "#fbe3c8", "#f8cfa6")
    c.ridge(0.86 + 0.01 * wander(t.fixed, c.width, 2, 3), "#7c2f4f", "#4d1d3b", 0.2)
    for n in range(round(10 + 16 * t.detail)):
        at = (t.fixed.uniform(0.04, 0.96), t.fixed.uniform(0.03, 0.8))
        c.ellipse(at, 0.011, 0.007, ("#fff3dc", "#ffd166", "#ef476f")[n % 3], turn=t.fixed.uniform(0, 3))
    troupe = ((0.25, -0.6, "#26547c", "#e8b48c"), (0.75, 0.6, "#1b7f79", "#8a5238"), (0.5, 0.1, "#5b1f52", "#c98a63"))
    for x, lean, tone, skin in troupe:
        _dancer(c, (x + t.nudge(0.004), 0.92), lean + t.nudge(0.05), tone, skin)
    c.texture(t.fixed, 0.02, 0.008)
    return c.finish(t.free, 0.15, 0.008)


def planet(t: Take) -> Picture:
    """A ringed planet and its moons."""
    c = t.canvas()
    c.sky("#090818", "#151034", "#0c0a20")
    c.glow((0.2, 0.8), 0.6, "#5a2a7c", 0.5)
    c.glow((0.85, 0.2), 0.5, "#155a78", 0.5)
    for n in range(420):
        star = (t.fixed.uniform(0, 1), t.fixed.uniform(0, 1))
        size, light = 0.001 + 0.0024 * t.fixed.random() ** 5, t.fixed.uniform(0.3, 1)
        if n < 420 * (0.5 + 0.5 * t.detail):
            c.dot(star, size, "#fffdf4", light)
    at = (0.5 + t.nudge(0.004), 0.48 + t.nudge(0.003))
    _rings(c, at, (0.5, 1.0))
    c.ball(at, 0.26, "#e2a15f", (-0.45, -0.5))
    for n in range(9):
        y = -0.8 + 0.2 * n + t.fixed.uniform(-0.04, 0.04)
        half = 0.26 * math.sqrt(max(1 - y * y, 0)) * 0.985
        c.ellipse((at[0], at[1] + y * 0.26 * 0.75), half, 0.26 * t.fixed.uniform(0.02, 0.06),
                  ("#fbe3b8", "#a35b3d", "#6d3a3a")[n % 3], alpha=0.3)  # fmt: skip
    _rings(c, at, (0.0, 0.5))
    c.ball((0.82, 0.80), 0.06, "#9fb6c9", (-0.45, -0.5))
    c.ball((0.15, 0.2), 0.035, "#d98b74", (-0.3, 0.45))
    return c.finish(t.free, 0.12)


def koi(t: Take) -> Picture:
    """Fish under lily pads, from above."""
    c = t.canvas()
    c.sky("#0f4a55", "#15606a", "#0d3f4c")
    c.texture(t.fixed, 0.10, 0.12)
    for _ in range(26):
        at, size = (t.fixed.uniform(0, 1), t.fixed.uniform(0, 1)), t.fixed.uniform(0.03, 0.12)
        c.line(c.oval(at, size, size * 0.8), 0.002, "#a7dcd5", 0.28)
    fish = [
        (0.36, 0.36, 0.9, "#f7f0e6"),
        (0.63, 0.55, 4.1, "#f0642f"),
        (0.40, 0.76, 2.3, "#f4b63d"),
        (0.72, 0.23, 5.3, "#f7f0e6"),
    ]
    for x, y, way, tone in fish:
        _fish(c, t, (x + t.nudge(0.006), y + t.nudge(0.005)), way + t.nudge(0.03), tone)
    for x, y, r in ((0.10, 0.12, 0.16), (0.90, 0.86, 0.19), (0.12, 0.90, 0.12), (0.93, 0.42, 0.10), (0.55, 0.04, 0.09)):
        c.ellipse((x + 0.012, y + 0.012), r, r, "#062a33", alpha=0.5)
        cut = t.fixed.uniform(0, 1)
        pad = [(x, y), *c.oval((x, y), r, r, 0.0, (cut, cut + 0.93))]
        c.shape(pad, "#6fae5c", "#3a7a4a")
        for n in range(9):
            rim = c.oval((x, y), r * 0.9, r * 0.9, 0.0, (cut + 0.08 + 0.1 * n, cut + 0.08 + 0.1 * n))[0]
            c.line([(x, y), rim], 0.0025, "#a9d08b", 0.7)
    for n in range(14):
        c.ellipse((0.13, 0.905), 0.05, 0.016, "#f9d3dd", "#ee9db5", turn=n * math.pi / 7, alpha=0.8)
    c.ellipse((0.13, 0.905), 0.014, 0.014, "#ffd65c")
    return c.finish(t.free, 0.2)


def _turned(c: Canvas, x: float, profile: list[tuple[float, float]], colour: str) -> None:
    """A thing made on a wheel: half widths at heights, lit from the left."""
    left = [(x - w, y) for w, y in profile]
    right = [(x + w, y) for w, y in reversed(profile)]
    c.shape([*left, *right], colour, mix(colour, "#101820", 0.3))
    for share, tone, alpha in ((0.72, "#ffffff", 0.10), (0.42, "#ffffff", 0.12)):
        c.shape([*left, *[(x - w * share, y) for w, y in reversed(profile)]], tone, alpha=alpha)
    c.shape([*[(x + w * 0.45, y) for w, y in profile], *right], "#0c1420", alpha=0.33)
    c.line([(x - w * 0.62, y) for w, y in profile[2:5]], 0.012, "#eef6fa", 0.6)


def _pear(c: Canvas, at: Point) -> None:
    x, y = at
    c.ellipse((x + 0.04, y + 0.062), 0.10, 0.028, "#3a1f24", alpha=0.4)
    c.ball((x, y - 0.06), 0.052, "#b9c04a")
    c.ball((x, y), 0.088, "#a9b83f")
    c.line([(x, y - 0.095), (x + 0.012, y - 0.135)], 0.008, "#4d3320")


def _leaf(c: Canvas, foot: Point, length: float, way: float) -> None:
    side, tip = 0.22, (math.cos(way), math.sin(way))
    points: list[Point] = []
    for s in [*np.linspace(0, 1, 12), *np.linspace(1, 0, 12)]:
        sign = 1 if len(points) < 12 else -1
        out = sign * side * length * math.sin(math.pi * s)
        points.append(
            (foot[0] + tip[0] * s * length - tip[1] * out, foot[1] + (tip[1] * s * length + tip[0] * out) * 0.75)
        )
    c.shape(points, "#5f9a5a", "#20504a")
    c.line([foot, (foot[0] + tip[0] * length * 0.95, foot[1] + tip[1] * length * 0.71)], 0.0025, "#a7cf96", 0.7)


def _poppy(c: Canvas, t: Take, at: Point, r: float, tone: str) -> None:
    for n in range(5):
        angle = n * 2 * math.pi / 5 + t.fixed.uniform(-0.2, 0.2)
        petal = (at[0] + math.cos(angle) * r * 0.5, at[1] + math.sin(angle) * r * 0.36)
        c.ellipse(petal, r * 0.66, r * 0.52, mix(tone, "#ffd0a8", 0.25), mix(tone, "#4a0f1f", 0.35), turn=angle)
    c.ellipse(at, r * 0.30, r * 0.30, "#2a1220")
    for n in range(18):
        angle, far = n * math.pi / 9, r * t.fixed.uniform(0.28, 0.42)
        end = (at[0] + math.cos(angle) * far, at[1] + math.sin(angle) * far * 0.75)
        c.line([at, end], 0.002, "#2a1220")
        c.ellipse(end, 0.006, 0.006, "#f5d77a")
    c.ellipse(at, r * 0.14, r * 0.14, "#8fae5a", "#56753a")


def _dancer(c: Canvas, foot: Point, lean: float, tone: str, skin: str) -> None:
    x, y = foot
    hip, chest, head = (x + lean * 0.03, y - 0.33), (x + lean * 0.09, y - 0.50), (x + lean * 0.15, y - 0.615)
    for side in (-1, 1):
        hand = (chest[0] + side * 0.15 + lean * 0.07, chest[1] - 0.13 - side * lean * 0.10)
        elbow = (chest[0] + side * 0.135, chest[1] + 0.02 - side * lean * 0.05)
        c.line(_bent((chest[0] + side * 0.035, chest[1] + 0.005), elbow, hand), 0.021, skin)
        c.ellipse(hand, 0.014, 0.014, skin)
        step = (x + side * (0.05 + 0.03 * abs(lean)), y - 0.02 * (side * lean > 0.3))
        c.line(_bent(hip, (x + side * 0.055, y - 0.15), step), 0.025, skin)
        c.ellipse((step[0] + side * 0.012, step[1]), 0.026, 0.011, mix(tone, "#120a18", 0.5))
    waist = [(hip[0] - 0.045, hip[1] - 0.04), (hip[0] + 0.045, hip[1] - 0.04)]
    hem = [(x + 0.19 - 0.0127 * k - lean * 0.02,
            y - 0.12 + 0.014 * math.cos(k * 1.05) - lean * (k - 15) * 0.003) for k in range(31)]  # fmt: skip
    c.shape([*waist, *hem], mix(tone, "#ffffff", 0.05), mix(tone, "#ffffff", 0.30))
    for k in range(3, 31, 6):
        c.line(
            [((waist[0][0] + waist[1][0]) / 2 + (15 - k) * 0.002, waist[0][1] + 0.03), hem[k]],
            0.003,
            mix(tone, "#120a18", 0.4),
            0.55,
        )
    bodice = [(hip[0] - 0.047, hip[1] - 0.03), (chest[0] - 0.062, chest[1]), (chest[0], chest[1] + 0.015),
              (chest[0] + 0.062, chest[1]), (hip[0] + 0.047, hip[1] - 0.03)]  # fmt: skip
    c.shape(bodice, tone)
    c.line([(chest[0], chest[1] + 0.01), head], 0.024, skin)
    hair = mix(tone, "#120a18", 0.75)
    c.ellipse((head[0] - lean * 0.02, head[1] - 0.014), 0.051, 0.056, hair)
    c.ellipse((head[0] + lean * 0.012, head[1] + 0.004), 0.040, 0.050, skin)
    c.ellipse((head[0] - lean * 0.04, head[1] - 0.062), 0.024, 0.024, hair)


def _bent(start: Point, middle: Point, end: Point) -> list[Point]:
    """A curve from start to end, drawn towards middle."""
    t = np.linspace(0, 1, 16)
    weights = np.stack([(1 - t) ** 2, 2 * t * (1 - t), t * t], axis=1)
    return [(float(x), float(y)) for x, y in weights @ np.array([start, middle, end])]


def _rings(c: Canvas, at: Point, part: tuple[float, float]) -> None:
    for n in range(13):
        if n in (5, 9):
            continue
        r = 0.335 + 0.012 * n
        tone = mix("#f4dcb0", "#8a6a78", (n % 4) / 4)
        c.line(c.oval(at, r, r * 0.27, -0.32, part), 0.0075, tone, 0.8)


def _fish(c: Canvas, t: Take, at: Point, way: float, tone: str) -> None:
    long, cos, sin = 0.15, math.cos(way), math.sin(way)
    ux, uy = c.unit / c.width, c.unit / c.height

    def place(along: float, across: float) -> Point:
        bend = across + 0.12 * math.sin(along * 2.4)
        return at[0] + (along * cos - bend * sin) * long * ux, at[1] + (along * sin + bend * cos) * long * uy

    spine = np.linspace(-1.25, 1.0, 24)
    width = 0.30 * np.sqrt(np.clip(1 - spine, 0, None)) * np.clip((spine + 1.35) / 1.6, 0.04, 1)
    sides = [place(s, w) for s, w in zip(spine, width, strict=True)] + [
        place(s, -w) for s, w in reversed(list(zip(spine, width, strict=True)))
    ]
    c.shape([(x + 0.018, y + 0.022) for x, y in sides], "#04222a", alpha=0.4)
    for side in (-1, 1):
        c.shape(
            [place(0.35, side * 0.22), place(-0.05, side * 0.62), place(0.0, side * 0.22)],
            mix(tone, "#ffffff", 0.4),
            alpha=0.75,
        )
        c.shape([place(-1.1, 0.0), place(-1.75, side * 0.42), place(-1.5, 0.0)], mix(tone, "#ffffff", 0.35), alpha=0.85)
    c.shape(sides, mix(tone, "#ffffff", 0.2), tone)
    for _ in range(3):
        spot = place(t.fixed.uniform(-0.8, 0.6), t.fixed.uniform(-0.06, 0.06))
        c.ellipse(spot, 0.028, 0.019, "#e5532a" if tone.startswith("#f7") else "#fff3e0", turn=way, alpha=0.95)
    for side in (-1, 1):
        c.ellipse(place(0.78, side * 0.13), 0.005, 0.005, "#1a1414")
