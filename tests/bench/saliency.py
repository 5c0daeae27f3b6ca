"""How well subjects are masked, by U^2-Net and without it, and what the pipeline costs beside the bare network.

    .venv/bin/python -m tests.bench.saliency

Intersection over union at 0.5, the mean over pictures: of the mask with the known cut-out (`cutouts`), and of the
mask's box with the box round all labelled people of a real photo. Four ways: U^2-Net, the fallback with people and
without, and one that takes the whole picture, as what knowing nothing gives. People are given to the fallback where a
face, a body or a hand was found. The fallback's settings were chosen on other cut-outs (another seed, every other
portrait) and on every other photo with people; those are left out here. Throughput: the mask, its numbers and its file,
beside the network's bare call on a ready tensor, one thread each, by turns.
"""

from __future__ import annotations

import csv
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.vision.people.finder import Finder
from engine.vision.saliency import store, u2net
from engine.vision.saliency.masks import Saliency
from engine.vision.saliency.shape import mask_shape, subject
from engine.vision.seen import Box
from tests.bench import cutouts
from tests.bench.report import ROOT, Row, finish

SHARED = ROOT.parent / "shared"
WEIGHTS = SHARED / "models" / "u2netp.onnx"
TAMING = SHARED / "data" / "taming_photos" / "open_images_annotations_100"
PERSON = {"Person", "Man", "Woman", "Boy", "Girl"}
_SEED = 7
_LEAST_BOX = 0.02  # of the picture: smaller people are not its subject
_TURNS = 15
Mask = NDArray[np.float32]


class Case(NamedTuple):
    """A picture and what its mask is worth."""

    rgb: cutouts.Picture
    score: Callable[[Mask], float]


def shapes() -> Iterator[Case]:
    for known in cutouts.shapes(_backs(), 24, _SEED):
        yield Case(known.rgb, lambda mask, known=known: _overlap(mask, known.subject))


def people(finder: Finder) -> Iterator[Case]:
    portraits = sorted((SHARED / "data" / "human_samples").glob("person-*.jpg"))[1::2]
    for seed in range(3):
        for known in cutouts.people(_backs(), portraits, finder.person_mask, _SEED + seed):
            yield Case(known.rgb, lambda mask, known=known: _overlap(mask, known.subject))


def photos() -> Iterator[Case]:
    """Real photos with people, the half that nothing was chosen on."""
    for name, boxes in sorted(_labelled().items())[1::2]:
        file = TAMING / "validation" / f"{name}.jpg"
        (left, top), (right, bottom) = boxes[:, :2].min(0), boxes[:, 2:].max(0)
        if file.is_file() and (right - left) * (bottom - top) >= _LEAST_BOX:
            box = (left, top, right, bottom)
            yield Case(cutouts.read(file), lambda mask, box=box: _box_overlap(subject(mask, 1, 1).box, box))


def scores(cases: Iterator[Case], finder: Finder, ways: dict[str, Saliency]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = defaultdict(list)
    for rgb, score in cases:
        seen = finder.people(rgb)
        person = finder.person_mask(rgb) if seen.hands or seen.faces or seen.bodies else None
        found["fallback"].append(score(ways["fallback"].mask(rgb, person)))
        found["fallback, people not given"].append(score(ways["fallback"].mask(rgb)))
        if "U^2-Net" in ways:
            found["U^2-Net"].append(score(ways["U^2-Net"].mask(rgb)))
        found["the whole picture"].append(score(np.ones(mask_shape(rgb.shape[1], rgb.shape[0]), np.float32)))
    return found


def throughput(saliency: Saliency, network: Any) -> Row:
    """The pipeline beside the bare call, medians, on a picture of 1600 x 1067."""
    rgb = cv2.resize(next(shapes()).rgb, (1600, 1067))
    tensor = {network.get_inputs()[0].name: u2net.prepared(rgb)}
    gives = [network.get_outputs()[0].name]
    whole, bare = [], []
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(_TURNS):
            began = time.process_time()
            network.run(gives, tensor)
            middle = time.process_time()
            mask = saliency.mask(rgb)
            store.save(Path(folder), f"{turn:032x}", mask, width=1600, height=1067, by="u2net")
            bare.append(middle - began)
            whole.append(time.process_time() - middle)
    a, b = statistics.median(bare), statistics.median(whole)
    note = f"{a * 1000:.0f} ms bare, {b * 1000:.0f} ms whole, of processor time"
    return Row("saliency: masks a second beside the bare network", a / b, "", ">= 0.9", note)


def run() -> list[Row]:
    if not TAMING.is_dir():
        return []
    cv2.setNumThreads(1)
    ways = {"fallback": Saliency(None)}
    network = Saliency(WEIGHTS)
    if network.by == "u2net":
        ways["U^2-Net"] = network
    rows: list[Row] = []
    with Finder() as finder:
        for kind, cases in (
            ("cut-out shapes", shapes()),
            ("cut-out people", people(finder)),
            ("people's boxes", photos()),
        ):
            for way, values in scores(cases, finder, ways).items():
                rows.append(Row(f"IoU, {kind}: {way}", float(np.mean(values)), "", note=f"{len(values)} pictures"))
    if "U^2-Net" in ways:
        rows.append(throughput(network, u2net.U2Net(WEIGHTS).session))
    return rows


def _backs() -> list[Path]:
    return sorted((SHARED / "data" / "cq100" / "img").rglob("*.png"))


def _labelled() -> dict[str, NDArray[np.float64]]:
    """Boxes (n, 4) of people, x1 y1 x2 y2 of 0..1, by photo; drawn or sculpted ones left out."""
    with (TAMING / "class-descriptions-boxable.csv").open(encoding="utf-8", newline="") as file:
        names = dict(csv.reader(file))
    found: dict[str, list[list[float]]] = defaultdict(list)
    with (TAMING / "validation-annotations-bbox.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if names.get(row["LabelName"]) in PERSON and row["IsDepiction"] != "1":
                found[row["ImageID"]].append([float(row[k]) for k in ("XMin", "YMin", "XMax", "YMax")])
    return {name: np.array(boxes) for name, boxes in found.items()}


def _overlap(mask: Mask, truth: NDArray[np.bool_]) -> float:
    found = cv2.resize(mask, truth.shape[::-1]) >= 0.5
    return float((found & truth).sum() / max(1, int((found | truth).sum())))


def _box_overlap(box: Box | None, truth: Box) -> float:
    if box is None:
        return 0.0
    across = min(box[2], truth[2]) - max(box[0], truth[0])
    down = min(box[3], truth[3]) - max(box[1], truth[1])
    both = max(across, 0) * max(down, 0)
    areas = [(b[2] - b[0]) * (b[3] - b[1]) for b in (box, truth)]
    return float(both / (sum(areas) - both))


if __name__ == "__main__":
    finish("saliency", "Saliency", run())
