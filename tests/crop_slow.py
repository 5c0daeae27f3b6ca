"""The crop search once more, slowly and with nothing of the engine's arithmetic: one box at a time, pixel by pixel.

For small pictures whose maps have one cell a pixel. Only the choice of the main head and body is the engine's own.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from engine.cropping.model import TERMS, Box, Head, Person, Scene

AGAINST = ("anomaly", "head", "joints", "clutter")
COSTS = {"knee": 1.0, "wrist": 1.0, "neck": 1.0, "hip": 1.0, "shoulder": 0.4}


def sizes(width: int, height: int, smallest: float) -> list[tuple[int, int]]:
    """All lawful sizes by trying every one."""
    found = []
    common = math.gcd(width, height)
    for w in range(1, width + 1):
        h = math.floor(w * height / width + 0.5)
        exact = w * height % width == 0
        if h >= 1 and (exact or common < 40) and w >= smallest * width - 1e-9:
            found.append((w, h))
    return found or [(width, height)]


def boxes(width: int, height: int, smallest: float) -> Iterator[Box]:
    for w, h in sizes(width, height, smallest):
        for y in range(height - h + 1):
            for x in range(width - w + 1):
                yield x, y, x + w, y + h


def pixels(area: tuple[float, ...], scene: Scene) -> Box | None:
    """The whole pixels of an area inside the picture."""
    x1, y1 = max(0, math.floor(area[0])), max(0, math.floor(area[1]))
    x2, y2 = min(scene.width, math.ceil(area[2])), min(scene.height, math.ceil(area[3]))
    return (x1, y1, x2, y2) if x1 < x2 and y1 < y2 else None


def with_margin(head: Head, margin: float) -> tuple[float, float, float, float]:
    x1, y1, x2, y2 = head.box
    return x1 - margin * (y2 - y1), y1 - margin * (y2 - y1), x2 + margin * (y2 - y1), y2 + margin * (y2 - y1)


def common(a: Box, b: Box) -> int:
    across, down = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    return max(0, across) * max(0, down)


def area(box: Box) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])


def iou(a: Box, b: Box) -> float:
    return common(a, b) / (area(a) + area(b) - common(a, b))


def is_cut(box: Box, part: Box) -> bool:
    return 0 < common(box, part) < area(part)


def eyes_of(head: Head, scene: Scene) -> Box | None:
    if head.eyes is None:
        return None
    (ax, ay), (bx, by) = head.eyes
    half = max(1.0, 0.25 * math.dist(*head.eyes))
    return pixels((min(ax, bx) - half, min(ay, by) - half, max(ax, bx) + half, max(ay, by) + half), scene)


def lawful(scene: Scene, box: Box, margin: float, main: Head | None, body: Person | None) -> bool:
    if main is not None:
        wide = pixels(with_margin(main, margin), scene)
        if wide is not None and common(box, wide) < area(wide):
            return False
    whole = [pixels(head.box, scene) for head in scene.heads if head is not main]
    whole += [eyes_of(head, scene) for head in scene.heads] + [pixels(one.region, scene) for one in scene.keep_out]
    if any(part is not None and is_cut(box, part) for part in whole):
        return False
    seen = pixels(body.box, scene) if body is not None and body.whole else None
    if seen is None:
        return True
    return common(box, seen) > 0 and 3 * (min(box[3], seen[3]) - max(box[1], seen[1])) >= seen[3] - seen[1]


def is_clean(scene: Scene, box: Box) -> bool:
    regions = [pixels(one.region, scene) for one in scene.keep_out if one.score >= 0.35]
    return not any(region is not None and common(box, region) for region in regions)


def mass(values: object, box: tuple[float, float, float, float]) -> float:
    """The sum of a map of one cell a pixel over a box that may cut cells."""
    total = 0.0
    for y in range(math.floor(box[1]), math.ceil(box[3])):
        down = min(y + 1, box[3]) - max(y, box[1])
        for x in range(math.floor(box[0]), math.ceil(box[2])):
            total += float(values[y][x]) * down * (min(x + 1, box[2]) - max(x, box[0]))  # type: ignore[index]
    return total


def saliency(scene: Scene, box: Box) -> float:
    whole = (0, 0, scene.width, scene.height)
    if scene.saliency is None or mass(scene.saliency, whole) <= 0:
        return area(box) / area(whole)
    return mass(scene.saliency, box) / mass(scene.saliency, whole)


def anomaly(scene: Scene, box: Box) -> float:
    regions = [(one.score, pixels(one.region, scene)) for one in scene.keep_out]
    known = [(score, region) for score, region in regions if region is not None]
    total = sum(score for score, _ in known)
    return sum(score * common(box, region) / area(region) for score, region in known) / total if total else 0.0


def joints(scene: Scene, box: Box, heights: list[float]) -> float:
    """`heights`: of each person's head, about."""
    paid = 0.0
    for person, high in zip(scene.people, heights, strict=True):
        for name, (x, y) in person.joints:
            cost = COSTS[name.split("_")[-1]]
            if not (0 <= x <= scene.width and 0 <= y <= scene.height):
                continue
            column, row = min(int(x), scene.width - 1), min(int(y), scene.height - 1)
            reach = max(0.5 * high, 1.0)
            upright = [abs(side - x) for side in (box[0], box[2]) if 0 < side < scene.width and box[1] <= row < box[3]]
            level = [
                abs(side - y) for side in (box[1], box[3]) if 0 < side < scene.height and box[0] <= column < box[2]
            ]
            paid += sum(cost * max(0, 1 - off / reach) for off in upright + level)
    return 1 - math.exp(-paid)


def clutter(scene: Scene, box: Box) -> float:
    across, down = 0.03 * (box[2] - box[0]), 0.03 * (box[3] - box[1])
    inner = (box[0] + across, box[1] + down, box[2] - across, box[3] - down)
    strip = area(box) - (inner[2] - inner[0]) * (inner[3] - inner[1])
    calm = 1.0
    for values in (scene.detail, None if scene.saliency is None or scene.saliency.size <= 1 else scene.saliency):
        if values is not None:
            calm *= 1 - (mass(values, box) - mass(values, inner)) / strip
    return 1 - calm


def plain(scene: Scene, box: Box, heights: list[float]) -> dict[str, float]:
    """The terms that are sums over the picture."""
    return {
        "saliency": saliency(scene, box),
        "anomaly": anomaly(scene, box),
        "joints": joints(scene, box, heights),
        "clutter": clutter(scene, box),
    }


def worth(terms: dict[str, float], weights: dict[str, float]) -> float:
    return sum(weights[name] * terms[name] * (-1 if name in AGAINST else 1) for name in TERMS)
