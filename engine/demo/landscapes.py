"""Scenes with a horizon. Each takes a Take and answers with a finished picture; see `take.py`."""

from __future__ import annotations

import math

import numpy as np

from engine.demo.canvas import Canvas, Point, mix, wander
from engine.demo.take import Picture, Take


def lake(t: Take) -> Picture:
    """Mountains at dusk, seen twice in still water."""
    c = t.canvas()
    c.sky("#22315c", "#6a5a8f", "#e08d7c", "#ffd29a", "#ffe7bf", "#ffe7bf")
    sun = (0.63 + t.nudge(0.012), 0.47)
    c.glow(sun, 0.5, "#ffb070", 0.75)
    c.ellipse(sun, 0.062, 0.062, "#fff6dc")
    _stars(c, t, 40, 0.25)
    layers = ["#a58bb0", "#7d6c9b", "#574f80", "#343763", "#1d2545"]
    for n, colour in enumerate(layers):
        line = 0.40 + 0.045 * n - (0.115 - 0.012 * n) * wander(t.fixed, c.width, 3 + n, 6) + t.nudge(0.003)
        c.ridge(np.minimum(line, 0.615), colour, mix(colour, "#f0b9a0", 0.45 - 0.07 * n), 0.2)
    pines = [(x / 46 + t.fixed.uniform(-0.008, 0.008), t.fixed.uniform(0.02, 0.06)) for x in range(47)]
    for x, high in pines:
        _pine(c, (x, 0.625), high, "#111a33")
    c.mirror(0.62, 0.86, t.fixed)
    c.ridge(np.full(c.width, 0.617, np.float32) + 0.004 * wander(t.fixed, c.width, 6), "#0e1630", "#0e1630", 0.01)
    below = np.full((c.height, c.width), 0.0, np.float32)
    below[round(0.628 * c.height) :] = np.linspace(0.1, 0.5, c.height - round(0.628 * c.height))[:, None]
    c.shade(below, "#16234a")
    c.mirror(0.632, 0.55, t.fixed)
    c.texture(t.fixed, 0.02, 0.012, 8)
    return c.finish(t.free)


def dunes(t: Take) -> Picture:
    """Sand in late light, a caravan on the crest."""
    c = t.canvas()
    c.sky("#1f7a8c", "#74b3a6", "#f2d9a0", "#f7c676")
    c.ellipse((0.27 + t.nudge(0.01), 0.21), 0.085, 0.085, "#fff3cf", "#ffdf9a")
    c.glow((0.27, 0.21), 0.35, "#fff0c0", 0.55)
    base = ["#e9b36a", "#d98f4e", "#c26e3f", "#974a36", "#5c2b33"]
    for n, colour in enumerate(base):
        x = np.linspace(0, 1, c.width)
        phase, tilt = t.fixed.uniform(0, 6), t.fixed.uniform(0.6, 1.2)
        wave = np.abs(np.sin(x * (2.1 + 0.5 * n) * tilt + phase + t.nudge(0.02))) ** 1.4
        line = (0.44 + 0.125 * n - 0.105 * wave + t.nudge(0.002)).astype(np.float32)
        c.ridge(line, mix(colour, "#fff0c4", 0.28), mix(colour, "#3a1c33", 0.42), 0.22)
        if n == 2:
            for camel in range(2 + round(3 * t.detail)):
                at = 0.5 + camel * 0.062
                _camel(c, (at, float(line[round(at * (c.width - 1))])), 0.03)
    c.texture(t.fixed, 0.035, 0.006, 10)
    return c.finish(t.free, 0.28)


def aurora(t: Take) -> Picture:
    """Green light over a winter forest."""
    c = t.canvas()
    c.sky("#050b24", "#0a1f45", "#11406a", "#1d5f74")
    _stars(c, t, 320, 0.62)
    xs = np.linspace(0, 1, c.width, dtype=np.float32)
    ys = np.linspace(0, 1, c.height, dtype=np.float32)[:, None]
    for n, colour in enumerate(("#2cf5a0", "#44ffd0", "#8f7bff")):
        sway = np.sin(xs * (4 + n) + (2.2 * n + t.nudge(0.05)), dtype=np.float32)
        foot = 0.42 - 0.07 * n + 0.09 * sway + 0.02 * wander(t.fixed, c.width, 5)
        rays = 0.65 + 0.35 * wander(t.fixed, c.width, 60, 2)
        up = (foot - ys) / 0.34
        above = up.clip(0, None)
        alpha = np.exp(-above * 2.6) * (above * 20).clip(0, 1) * rays * (0.85 - 0.17 * n)
        c.shade(alpha.clip(0, 0.92), colour)
    c.ridge(0.66 - 0.06 * wander(t.fixed, c.width, 4, 6), "#0f2a48", "#0a1c36", 0.2)
    c.ridge(0.80 + 0.025 * wander(t.fixed, c.width, 2, 3), "#cfe9f2", "#5f93b4", 0.2)
    for _ in range(64):
        x, y = t.fixed.uniform(-0.02, 1.02), t.fixed.uniform(0.74, 0.82)
        _pine(c, (x, y), t.fixed.uniform(0.09, 0.19), "#06142a")
    for x, y, high in ((0.06, 1.0, 0.42), (0.93, 1.03, 0.5), (0.2, 1.04, 0.3)):
        _pine(c, (x + t.nudge(0.006), y), high, "#030a18")
    cabin = (0.57, 0.845)
    c.shape(_box(cabin, 0.075, 0.04), "#3b2430")
    c.shape([(0.524, 0.826), (0.57, 0.785), (0.616, 0.826)], "#e4f2f6", "#a9cbdb")
    c.shape(_box((0.57, 0.843), 0.018, 0.02), "#ffd873")
    c.glow((0.57, 0.85), 0.07, "#ffc560", 0.55)
    return c.finish(t.free, 0.2)


def sea(t: Take) -> Picture:
    """A sail between waves, in the manner of a woodcut."""
    c = t.canvas()
    c.sky("#f3e2c0", "#f6d5a8", "#f0b48a")
    c.ellipse((0.30 + t.nudge(0.01), 0.25), 0.15, 0.15, "#e0603a", "#ee8a52")
    for n in range(3):
        y = 0.13 + 0.075 * n
        c.ellipse((0.62 - 0.17 * n, y + 0.02), 0.24, 0.016, "#fbf0d8", alpha=0.9)
    colours = ["#9cc3bd", "#5e9ea6", "#2f7690", "#1d5577", "#123a5c", "#0b2743"]
    x = np.linspace(0, 1, c.width)
    for n, colour in enumerate(colours):
        if n == 2:
            _boat(c, (0.55 + t.nudge(0.012), 0.515), 0.33)
        size = 0.012 + 0.009 * n
        phase = t.fixed.uniform(0, 6) + t.nudge(0.12)
        crest = np.abs(np.sin(x * (13 - 1.6 * n) + phase)) ** 0.75
        line = (0.47 + 0.085 * n + size * 2.2 * (1 - crest)).astype(np.float32)
        c.ridge(line - 0.006, "#f7ecd6", "#f7ecd6", 0.1)
        c.ridge(line, colour, mix(colour, "#071a30", 0.35), 0.12)
        for k in range(round(3 + 5 * t.detail)):
            y = 0.50 + 0.085 * n + 0.006 * k
            sx = t.fixed.uniform(0, 0.8)
            c.line(_arc((sx, y + 0.02), 0.12, 0.008), 0.0022, "#f7ecd6", 0.35)
    for n in range(3 + round(4 * t.detail)):
        gull = (0.72 + 0.035 * n, 0.06 + 0.022 * n + 0.02 * math.sin(n * 2.1))
        c.line([(gull[0] - 0.02, gull[1] - 0.008), gull, (gull[0] + 0.02, gull[1] - 0.009)], 0.004, "#5a3f3a")
    c.texture(t.fixed, 0.03, 0.01)
    return c.finish(t.free, 0.16, 0.01)


def balloons(t: Take) -> Picture:
    """Hot-air balloons over morning hills."""
    c = t.canvas()
    c.sky("#7fb6d8", "#b9d8df", "#ffe9c9", "#ffd7a8")
    c.glow((0.15, 0.55), 0.5, "#fff2c8", 0.7)
    for n, colour in enumerate(("#a9bfae", "#7fa58f", "#4f8573", "#2e6258", "#1c443f")):
        line = 0.62 + 0.075 * n - 0.045 * wander(t.fixed, c.width, 2 + n, 3) + t.nudge(0.002)
        c.ridge(line.astype(np.float32), mix(colour, "#ffe9c0", 0.25), colour, 0.12)
    skins = [("#d8433b", "#f6e4c4"), ("#2b6c9e", "#f2b84b"), ("#e58a2f", "#5b2d52"), ("#3e8f6a", "#f7efd9")]
    places = [(0.34, 0.27, 0.185), (0.76, 0.40, 0.11), (0.60, 0.14, 0.075), (0.14, 0.53, 0.06)]
    for (x, y, r), skin in zip(places, skins, strict=True):
        _balloon(c, (x + t.nudge(0.012), y + t.nudge(0.008)), r, *skin)
    rows = sorted((t.fixed.uniform(0.89, 1.0), t.fixed.uniform(0, 1)) for _ in range(round(60 + 50 * t.detail)))
    for y, x in rows:
        size = 0.012 + 0.16 * (y - 0.87)
        c.ellipse((x, y + size * 0.7), size * 1.1, size * 0.25, "#0c2724", alpha=0.6)
        c.ellipse((x, y), size, size * 1.15, "#3a7a60", "#123d38")
    return c.finish(t.free, 0.18)


def city(t: Take) -> Picture:
    """Towers and their lit windows under a large moon."""
    c = t.canvas()
    c.sky("#141436", "#33286b", "#7b3f86", "#e0708a")
    _stars(c, t, 140, 0.45)
    moon = (0.68 + t.nudge(0.01), 0.24)
    c.glow(moon, 0.34, "#ffd9c8", 0.5)
    c.ellipse(moon, 0.125, 0.125, "#fff4e2", "#f6cdb8")
    for dx, dy, r in ((-0.03, -0.02, 0.026), (0.05, 0.03, 0.018), (0.0, 0.055, 0.014), (0.045, -0.04, 0.02)):
        c.ellipse((moon[0] + dx, moon[1] + dy * 0.75), r, r, "#ecc7b6", alpha=0.7)
    for layer, (colour, low, high) in enumerate(
        (("#5a3a7c", 0.42, 0.62), ("#372a62", 0.5, 0.74), ("#17163a", 0.58, 0.86))
    ):
        x = -0.03
        while x < 1.0:
            wide, top = t.fixed.uniform(0.07, 0.14), t.fixed.uniform(low, high)
            c.shape(
                [(x, top), (x + wide, top), (x + wide, 1.01), (x, 1.01)],
                colour,
                mix(colour, "#f08a8a", 0.2 - layer * 0.08),
            )
            if t.fixed.random() < 0.45:
                mast = x + wide / 2
                c.line([(mast, top), (mast, top - t.fixed.uniform(0.02, 0.06))], 0.004, colour)
            if layer:
                _windows(c, t, (x, top), wide, layer)
            x += wide + t.fixed.uniform(0.0, 0.012)
    return c.finish(t.free, 0.15)


def lighthouse(t: Take) -> Picture:
    """A lighthouse, its beam in the fog."""
    c = t.canvas()
    c.sky("#0f2f4a", "#2f6a80", "#8fb9a8", "#f4d9a6")
    _stars(c, t, 60, 0.25)
    lamp = (0.66 + t.nudge(0.004), 0.255)
    for side, spread in ((-1, 0.11), (1, 0.07)):
        far = lamp[0] + side * 0.9
        c.shape([lamp, (far, lamp[1] - spread - 0.07), (far, lamp[1] + spread - 0.07)], "#ffedb8", alpha=0.34)
    c.glow(lamp, 0.2, "#fff0b8", 0.9)
    c.ridge(0.60 + 0.01 * wander(t.fixed, c.width, 3), "#3f8390", "#123d57", 0.4)
    for n in range(26):
        y = 0.62 + 0.38 * (n / 26) ** 1.3
        c.line(_arc((t.fixed.uniform(-0.1, 0.8), y), t.fixed.uniform(0.08, 0.3), 0.006), 0.003, "#bfe0d6", 0.4)
    x = np.linspace(0, 1, c.width)
    for n, (colour, foot) in enumerate((("#35494b", 0.30), ("#24343a", 0.40), ("#14222c", 0.52))):
        rise = (1 / (1 + np.exp(-(x - foot) * 26))) ** 1.3
        cliff = 1.0 - rise * (0.46 - 0.12 * n) + 0.012 * (1 + n) * wander(t.fixed, c.width, 9, 6)
        c.ridge(cliff.astype(np.float32), mix(colour, "#f4d9a6", 0.10), colour, 0.12)
        c.ridge(
            (cliff + 0.012 + 0.05 * np.abs(wander(t.fixed, c.width, 24, 3))).astype(np.float32),
            colour,
            mix(colour, "#04090f", 0.5),
            0.3,
        )
    wide = 0.052
    for n in range(6):
        y0, y1 = 0.285 + n * 0.045, 0.285 + (n + 1) * 0.045
        w0, w1 = wide * (0.72 + 0.07 * n), wide * (0.72 + 0.07 * (n + 1))
        tone = "#c9382f" if n % 2 == 0 else "#f4ecdc"
        c.shape(
            [(lamp[0] - w0, y0), (lamp[0] + w0, y0), (lamp[0] + w1, y1), (lamp[0] - w1, y1)],
            tone,
            mix(tone, "#20303a", 0.15),
        )
    c.shape(_box((lamp[0], 0.282), 0.115, 0.012), "#1c2730")
    c.shape(_box((lamp[0], 0.255), 0.055, 0.044), "#fff3bf", "#ffd978")
    c.shape([(lamp[0] - 0.045, 0.235), (lamp[0], 0.195), (lamp[0] + 0.045, 0.235)], "#7e211d")
    return c.finish(t.free, 0.2)


def _stars(c: Canvas, t: Take, count: int, lowest: float) -> None:
    for n in range(count):
        at = (t.fixed.uniform(0, 1), lowest * t.fixed.uniform(0, 1) ** 1.3)
        size, light = 0.0011 + 0.0022 * t.fixed.random() ** 4, t.fixed.uniform(0.35, 1)
        if n < count * (0.5 + 0.5 * t.detail):
            c.dot(at, size, "#fffdf0", light)


def _pine(c: Canvas, foot: Point, high: float, colour: str) -> None:
    x, y = foot
    c.shape(_box((x, y - high * 0.04), high * 0.06, high * 0.1), colour)
    for n in range(4):
        top = y - high + n * high * 0.2
        half = high * (0.11 + 0.055 * n) * c.height / c.width
        c.shape([(x, top), (x + half, top + high * 0.34), (x - half, top + high * 0.34)], colour)


def _camel(c: Canvas, foot: Point, size: float) -> None:
    x, y = foot
    ink = "#4a2430"
    c.ellipse((x, y - size * 0.8), size * 0.7, size * 0.42, ink)
    c.ellipse((x, y - size * 1.15), size * 0.3, size * 0.4, ink)
    for leg in (-0.5, -0.3, 0.3, 0.5):
        c.line([(x + leg * size, y - size * 0.6), (x + leg * size * 1.05, y + size * 0.1)], 0.0045, ink)
    c.line([(x + size * 0.55, y - size * 0.75), (x + size * 0.95, y - size * 1.35)], 0.007, ink)
    c.ellipse((x + size * 1.08, y - size * 1.38), size * 0.22, size * 0.12, ink)


def _boat(c: Canvas, foot: Point, high: float) -> None:
    x, y = foot
    c.shape([(x + 0.006, y - 0.03), (x + 0.006, y - high), (x + 0.17, y - 0.045)], "#2b6f86", "#1c4f68")
    c.shape([(x - 0.008, y - 0.03), (x - 0.008, y - high * 0.86), (x - 0.13, y - 0.04)], "#c23a2b", "#9c2b26")
    c.line([(x, y), (x, y - high * 1.04)], 0.007, "#4a2b22")
    c.shape(
        [(x - 0.13, y - 0.028), (x + 0.19, y - 0.032), (x + 0.13, y + 0.03), (x - 0.09, y + 0.03)], "#7a3b25", "#4d2318"
    )


def _balloon(c: Canvas, at: Point, r: float, first: str, second: str) -> None:
    x, y = at
    ux, uy = c.unit / c.width, c.unit / c.height
    basket = (x, y + r * 1.62 * uy)
    for side in (-0.5, 0.5):
        c.line([(x + side * r * ux, y + r * 0.9 * uy), (x + side * 0.22 * r * ux, basket[1])], 0.0025, "#4b3a33")
    outline = c.oval(at, r, r * 1.08)
    body = [(px, py if py < y else y + (py - y) * 1.18) for px, py in outline]
    c.shape(body, first, mix(first, "#2a1630", 0.35))
    for width in (0.78, 0.34):
        tone = second if width > 0.5 else first
        inner = [(x + (px - x) * width, py) for px, py in body]
        c.shape(inner, mix(tone, "#ffffff", 0.12), mix(tone, "#2a1630", 0.35))
    c.shape(_box(basket, 0.34 * r * ux, 0.26 * r * uy), "#8a5a35", "#573420")


def _windows(c: Canvas, t: Take, corner: Point, wide: float, layer: int) -> None:
    x, top = corner
    columns = max(2, int(wide / 0.021))
    for row in range(int((1 - top) / 0.026)):
        for column in range(columns):
            lit, tone = t.fixed.random() < 0.42, t.fixed.random()
            if lit:
                at = (x + (column + 0.5) * wide / columns, top + 0.018 + row * 0.026)
                c.shape(_box(at, 0.009, 0.011), mix("#ffd27a", "#fff1cf", tone), alpha=0.55 + 0.4 * (layer - 1))


def _box(centre: Point, width: float, height: float) -> list[Point]:
    x, y, w, h = *centre, width / 2, height / 2
    return [(x - w, y - h), (x + w, y - h), (x + w, y + h), (x - w, y + h)]


def _arc(start: Point, length: float, rise: float) -> list[Point]:
    return [(start[0] + length * k / 8, start[1] - rise * math.sin(math.pi * k / 8)) for k in range(9)]
