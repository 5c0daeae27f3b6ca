"""What crops are proposed on real photographs, beside no crop, a centre crop and smartcrop on the same pictures.

    .venv/bin/python -m tests.bench.crops [--every N] [--sheet]

Over ../shared/data/human_samples and taming_photos, longer side 1600 px; what was seen is kept in out/bench/crops.

- Cuts: heads that the frame cuts (by the detector's boxes, and by people's labels), crops that run through a joint.
- Planted: a region that looks wrong, put near an edge; how often the best crop leaves it out where some box can.
- Uncrop: a portrait of human_samples (photographers' work, so well framed) padded with its own reflections, or with
  its edges blurred on; detectors run again; how well it is found again. Reflections show people twice, so that the
  whole is a fair answer too. Weights were chosen on the even pictures; what is told is of the odd.
- Held out: cuts and planted regions on 28 photographs of `cq100` and `immich_assets`.
- Speed: processor time of one process.

`--sheet` draws the proposals over the photographs, in out/bench/crops/sheet_*.png.
"""

from __future__ import annotations

import argparse
import math
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import numpy as np
from PIL import Image

from engine.cropping import grid, windows
from engine.cropping.joints import COST, head_height, kind
from engine.cropping.model import TERMS, Box, KeepOut, Scene
from engine.cropping.propose import propose
from engine.cropping.search import Search
from engine.library.settings import Crop
from tests.bench import crop_looks, crop_sheet
from tests.bench.crop_looks import Looks, Photo
from tests.bench.report import Row, finish

SETTINGS = Crop()
WEIGHTS = {name: float(getattr(SETTINGS, name)) for name in TERMS}
RULES = {"margin": SETTINGS.margin, "smallest": SETTINGS.smallest}
_JOINT = 0.15  # of a head's height: a frame that passes nearer cuts the joint
_LABEL = 0.04  # of a labelled face: so far labels are off
_CENTRE = 0.85
Crops = dict[str, list[Box]]


def ways(rgb: Any, scene: Scene) -> Crops:
    """The crops of each way, best first."""
    width, height = scene.width, scene.height
    ours = propose(scene, WEIGHTS, **RULES)
    middle = grid.snapped(width, height, _inset(width, height, (1 - _CENTRE) / 2))
    found = {
        "ours": [one.box for one in ours.candidates],
        "no crop": [(0, 0, width, height)],
        "centre 85 %": [middle],
    }
    theirs = _smartcrop(rgb, SETTINGS.smallest)
    return found | ({"smartcrop": [theirs]} if theirs else {})


def _inset(width: int, height: int, part: float) -> tuple[float, float, float, float]:
    return width * part, height * part, width * (1 - part), height * (1 - part)


def _smartcrop(rgb: Any, smallest: float) -> Box | None:
    """Its best crop of the picture's shape, no smaller than ours may be; None where it is not installed."""
    try:
        from smartcrop import SmartCrop
    except ImportError:
        return None
    image = Image.fromarray(rgb)
    size = round(image.width * smallest), round(image.height * smallest)  # it answers with no less than is asked for
    found = SmartCrop().crop(image, *size, min_scale=smallest, num_scale_steps=7)["top_crop"]
    x, y, w, h = (found[key] for key in ("x", "y", "width", "height"))
    return round(x), round(y), round(x + w), round(y + h)


# ---- cuts


def cuts(photos: list[Photo], crops: list[Crops]) -> Iterator[Row]:
    for name in crops[0]:
        heads = faces = joints = changed = 0
        for photo, found in zip(photos, crops, strict=True):
            box = found[name][0]
            heads += sum(is_cut(box, head.box, 0.0, photo.scene) for head in photo.scene.heads)
            faces += sum(is_cut(box, face, _LABEL, photo.scene) for face in photo.faces)
            changed += box[2] - box[0] < photo.scene.width
            joints += through_joint(box, photo.scene)
        goal = ("<= 0", "<= 2") if name == "ours" else ("", "")
        note = f"{sum(len(photo.scene.heads) for photo in photos)} heads, {len(photos)} pictures"
        yield Row(f"heads cut: {name}", heads, "", goal[0], note)
        yield Row(f"labelled faces cut: {name}", faces, "", "", f"of {sum(len(photo.faces) for photo in photos)}")
        share = 100 * joints / max(1, changed)
        yield Row(f"crops through a joint: {name}", share, "%", goal[1], f"of {changed} crops smaller than the picture")


def is_cut(box: Box, part: tuple[float, float, float, float], slack: float, scene: Scene) -> bool:
    """Whether the frame runs through it, by more than `slack` of it on either side of the frame."""
    x1, y1 = max(0.0, part[0]), max(0.0, part[1])
    x2, y2 = min(float(scene.width), part[2]), min(float(scene.height), part[3])
    if x1 >= x2 or y1 >= y2:
        return False
    across, down = min(x2, box[2]) - max(x1, box[0]), min(y2, box[3]) - max(y1, box[1])
    share = max(0.0, across) * max(0.0, down) / ((x2 - x1) * (y2 - y1))
    return max(slack, 1e-9) < share < 1 - max(slack, 1e-9)


def through_joint(box: Box, scene: Scene) -> bool:
    """Whether a side that is not the picture's own passes within _JOINT head heights of a joint."""
    for person in scene.people:
        near = _JOINT * head_height(person)
        for name, (x, y) in person.joints:
            if COST.get(kind(name), 0) < 1:
                continue
            sides = [abs(at - x) for at in (box[0], box[2]) if 0 < at < scene.width and box[1] <= y <= box[3]]
            sides += [abs(at - y) for at in (box[1], box[3]) if 0 < at < scene.height and box[0] <= x <= box[2]]
            if min(sides, default=math.inf) < near:
                return True
    return False


# ---- planted


def planted(photos: list[Photo], crops: list[Crops]) -> Iterator[Row]:
    """Regions near an edge; beside ours what the other ways, that know of none, leave out, where some box could."""
    counts: dict[str, int] = defaultdict(int)
    for number, (photo, others) in enumerate(zip(photos, crops, strict=True)):
        for turn in range(2):
            keep_out = _plant(photo.scene, np.random.default_rng(2 * number + turn))
            scene = msgspec.structs.replace(photo.scene, keep_out=(keep_out,))
            if not can_leave_out(scene, keep_out.region):
                continue
            counts["possible"] += 1
            ours = propose(scene, WEIGHTS, **RULES)
            counts["ours"] += not touches(ours.candidates[0].box, keep_out.region)
            for name, boxes in others.items():
                counts[name] += name != "ours" and not touches(boxes[0], keep_out.region)
    for name in crops[0]:
        goal = ">= 95" if name == "ours" else ""
        share = 100 * counts[name] / max(1, counts["possible"])
        yield Row(f"planted regions left out: {name}", share, "%", goal, f"of {counts['possible']} that a box can")


def _plant(scene: Scene, chance: np.random.Generator) -> KeepOut:
    """A region of 5 to 15 % of the sides, at most 4 % away from an edge."""
    w, h = (max(2, int(chance.uniform(0.05, 0.15) * side)) for side in (scene.width, scene.height))
    off = int(chance.uniform(0, 0.04) * min(scene.width, scene.height))
    x, y = int(chance.uniform(0, 1) * (scene.width - w)), int(chance.uniform(0, 1) * (scene.height - h))
    side = int(chance.integers(4))
    x = off if side == 0 else scene.width - w - off if side == 1 else x
    y = off if side == 2 else scene.height - h - off if side == 3 else y
    return KeepOut("hand", (max(0, x), max(0, y), max(0, x) + w, max(0, y) + h), tag="extra_fingers")


def touches(box: Box, region: Box) -> bool:
    return box[0] < region[2] and region[0] < box[2] and box[1] < region[3] and region[1] < box[3]


def can_leave_out(scene: Scene, region: Box) -> bool:
    """Whether a box holds the main head and half of the saliency, cuts no head, and misses the region."""
    main = Search(scene, WEIGHTS, **RULES).rules.inside
    saliency = scene.saliency if scene.saliency is not None else np.ones((1, 1), np.float32)
    table = np.pad(saliency.astype(np.float64).cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    for w in grid.widths(scene.width, scene.height, SETTINGS.smallest, 30):
        h = grid.height_of(scene.width, scene.height, int(w))
        for y in np.linspace(0, scene.height - h, 25):
            for x in np.linspace(0, scene.width - int(w), 25):
                box = (int(x), int(y), int(x) + int(w), int(y) + h)
                if touches(box, region) or (main and not _holds(box, main)):
                    continue
                if any(is_cut(box, head.box, 0, scene) for head in scene.heads):
                    continue
                if _mass(table, box, scene) >= 0.5 * table[-1, -1]:
                    return True
    return False


def _holds(box: Box, part: Box) -> bool:
    return box[0] <= part[0] and box[1] <= part[1] and box[2] >= part[2] and box[3] >= part[3]


def _mass(table: Any, box: Box, scene: Scene) -> float:
    rows, columns = table.shape[0] - 1, table.shape[1] - 1
    x1, x2 = (round(at * columns / scene.width) for at in (box[0], box[2]))
    y1, y2 = (round(at * rows / scene.height) for at in (box[1], box[3]))
    return float(table[y2, x2] - table[y1, x2] - table[y2, x1] + table[y1, x1])


# ---- uncrop


def uncrop(photos: list[Photo], looks: Looks, half: int) -> Iterator[Row]:
    """`half`: 0 the even pictures, that weights are chosen on; 1 the odd ones."""
    portraits = [photo for photo in photos if crop_looks.is_well_framed(photo)]
    for what, fill in (("reflections", crop_looks.reflected), ("blurred edges", crop_looks.blurred)):
        found: dict[str, list[float]] = defaultdict(list)
        for number, photo in list(enumerate(portraits))[half::2]:
            wide = crop_looks.padded(photo.rgb, number, fill)
            for name, boxes in ways(wide.rgb, looks.scene(wide.rgb)).items():
                values = [iou(box, wide.frame) for box in boxes]
                found[name].append(values[0])
                if name == "ours":
                    found["ours, best of three"].append(max(values))
        for name, values in found.items():
            yield Row(f"uncrop, {what}: {name}", statistics.mean(values), "", note=f"IoU, {len(values)} pictures")


def iou(a: Box, b: Box) -> float:
    across, down = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    both = max(0, across) * max(0, down)
    return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both)


# ---- speed


def speed(photos: list[Photo]) -> Iterator[Row]:
    rates, images = [], []
    for photo in photos[::3]:
        search = Search(photo.scene, WEIGHTS, **RULES)
        boxes = windows.everywhere(photo.scene.width, photo.scene.height, SETTINGS.smallest)
        rates.append(boxes.shape[1] / _took(lambda search=search, boxes=boxes: search.measured(boxes)) / 1e6)
        images.append(1000 * _took(lambda photo=photo: propose(photo.scene, WEIGHTS, **RULES)))
    yield Row("windows a second", statistics.median(rates), "million", ">= 2", "rules and all terms, one thread")
    yield Row("a proposal after detectors", statistics.median(images), "ms", "<= 30", f"worst {max(images):.0f} ms")


def _took(work: Callable[[], object]) -> float:
    """Seconds of processor time, the best of three."""
    taken = []
    for _ in range(3):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return min(taken)


def run(every: int = 1, *, sheet: bool = False) -> list[Row]:
    looks = Looks()
    photos = crop_looks.photos(looks, every)
    if not photos:
        return []
    crops = [ways(photo.rgb, photo.scene) for photo in photos]
    if sheet:
        crop_sheet.draw(photos, WEIGHTS, **RULES)
    others = crop_looks.held_out(looks)
    theirs = [ways(photo.rgb, photo.scene) for photo in others]
    held_out = [*cuts(others, theirs), *planted(others, theirs)] if others else []
    held_out = [row._replace(what=f"held out: {row.what}") for row in held_out if "labelled" not in row.what]
    return [*cuts(photos, crops), *planted(photos, crops), *held_out, *uncrop(photos, looks, 1), *speed(photos)]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--sheet", action="store_true")
    asked = parser.parse_args()
    finish("crops", "Crops", run(asked.every, sheet=asked.sheet))
