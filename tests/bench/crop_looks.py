"""Scenes of real photographs for the crop bench: what the detectors see, looked at once and kept in out/bench/crops."""

from __future__ import annotations

import csv
import hashlib
import pickle
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from PIL import Image, ImageOps

from engine.cropping import people
from engine.cropping.model import Area, Scene
from engine.cropping.scenes import busyness
from engine.vision.people.boxes import Pixels
from engine.vision.people.finder import Finder
from engine.vision.saliency.masks import Saliency
from tests.bench.report import OUT, ROOT

SHARED = ROOT.parent / "shared"
HUMANS = SHARED / "data" / "human_samples"
TAMING = SHARED / "data" / "taming_photos" / "open_images_annotations_100"
MODELS = SHARED / "models"
KEPT = OUT / "crops"
LONGER = 1600  # px
_LEAST_HEAD = 0.06  # of the shorter side: whose head is smaller is not what the picture is about


class Photo(NamedTuple):
    """A photograph as it was looked at.

    Attributes:
        faces: labelled by people, in pixels; few photographs have any.
    """

    name: str
    rgb: Pixels
    scene: Scene
    faces: list[Area]


class Looks:
    """Looks at arrays; what was seen before is read from the cache."""

    def __init__(self) -> None:
        self.finder: Finder | None = None
        self.saliency: Saliency | None = None
        self.looked = 0
        KEPT.mkdir(parents=True, exist_ok=True)

    def scene(self, rgb: Pixels) -> Scene:
        file = KEPT / f"{hashlib.blake2b(rgb.tobytes(), digest_size=16).hexdigest()}.pickle"
        if file.is_file():
            return pickle.loads(file.read_bytes())  # type: ignore[no-any-return]
        found = self._look(rgb)
        file.write_bytes(pickle.dumps(found))
        return found

    def _look(self, rgb: Pixels) -> Scene:
        if self.finder is None or self.saliency is None:
            cv2.setNumThreads(1)
            yunet, u2net = MODELS / "yunet_n_dynamic.onnx", MODELS / "u2netp.onnx"
            self.finder = Finder(yunet if yunet.is_file() else None)
            self.saliency = Saliency(u2net if u2net.is_file() else None)
        self.looked += 1
        seen = self.finder.people(rgb)
        anybody = seen.hands or seen.faces or seen.bodies
        mask = self.saliency.mask(rgb, self.finder.person_mask(rgb) if anybody else None)
        detail = busyness(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY))
        return Scene(rgb.shape[1], rgb.shape[0], mask, detail, people.heads(seen), people.people(seen))


def photos(looks: Looks, every: int = 1) -> list[Photo]:
    """The photographs, each `every`th."""
    labels = _labels()
    found = []
    for file in (sorted(HUMANS.glob("*.jpg")) + sorted(TAMING.rglob("*.jpg")))[::every]:
        rgb = read(file)
        faces = [_scaled(box, rgb) for box in labels.get(file.stem, ())]
        found.append(Photo(file.stem, rgb, looks.scene(rgb), faces))
    return found


def held_out(looks: Looks) -> list[Photo]:
    """Photographs that no number was chosen on: of things and places, a few of people."""
    files = sorted((SHARED / "data" / "cq100").rglob("*.png"))[:14]
    files += sorted((SHARED / "data" / "immich_assets").rglob("*.jpg"))[:14]
    found = []
    for file in files:
        rgb = read(file)
        found.append(Photo(file.stem, rgb, looks.scene(rgb), []))
    return found


def read(file: Path) -> Pixels:
    with Image.open(file) as image:
        turned = ImageOps.exif_transpose(image).convert("RGB")
    turned.thumbnail((LONGER, LONGER))
    return np.ascontiguousarray(np.asarray(turned))


def is_well_framed(photo: Photo) -> bool:
    """Whether a photographer framed it, as far as is known, for the people in it: some head is large enough."""
    high = max((head.box[3] - head.box[1] for head in photo.scene.heads), default=0)
    return high >= _LEAST_HEAD * min(photo.rgb.shape[:2]) and (HUMANS / f"{photo.name}.jpg").is_file()


class Padded(NamedTuple):
    """A picture with more about it, and where the picture is in it."""

    rgb: Pixels
    frame: tuple[int, int, int, int]


def padded(rgb: Pixels, seed: int, fill: Callable[[Pixels, int, int, int, int], Pixels]) -> Padded:
    """The picture as 0.5 to 0.8 of a larger one of its shape, anywhere in it, at most LONGER pixels."""
    chance = np.random.default_rng(seed)
    part = chance.uniform(0.5, 0.8)
    shrink = min(1.0, part * LONGER / max(rgb.shape[:2]))
    small = cv2.resize(rgb, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    height, width = small.shape[:2]
    down, across = round(height / part) - height, round(width / part) - width
    top, left = int(chance.uniform(0, 1) * down), int(chance.uniform(0, 1) * across)
    filled = fill(small, top, down - top, left, across - left)
    return Padded(np.ascontiguousarray(filled), (left, top, left + width, top + height))


def reflected(rgb: Pixels, top: int, bottom: int, left: int, right: int) -> Pixels:
    """Its own reflections about it: no seam, but what is near a border is there twice."""
    return np.asarray(cv2.copyMakeBorder(rgb, top, bottom, left, right, cv2.BORDER_REFLECT_101), np.uint8)


def blurred(rgb: Pixels, top: int, bottom: int, left: int, right: int) -> Pixels:
    """Its edges carried on and blurred about it, ever more outward: as a wall or a lawn out of focus would go on."""
    wide = cv2.copyMakeBorder(rgb, top, bottom, left, right, cv2.BORDER_REPLICATE)
    inside = np.zeros(wide.shape[:2], np.uint8)
    inside[top : top + rgb.shape[0], left : left + rgb.shape[1]] = 1
    soft = cv2.GaussianBlur(wide, (0, 0), max(rgb.shape) / 40)
    far = (cv2.distanceTransform(1 - inside, cv2.DIST_L2, 3) / (max(rgb.shape) / 40)).clip(0, 1)[..., None]
    return np.asarray(wide * (1 - far) + soft * far, np.uint8)


def _scaled(box: Area, rgb: Pixels) -> Area:
    height, width = rgb.shape[:2]
    return box[0] * width, box[1] * height, box[2] * width, box[3] * height


def _labels() -> dict[str, list[Area]]:
    """Labelled faces by picture, in parts of its sides."""
    if not TAMING.is_dir():
        return {}
    with (TAMING / "class-descriptions-boxable.csv").open(encoding="utf-8") as names:
        face = {row[0] for row in csv.reader(names) if row[1] == "Human face"}
    found: dict[str, list[Area]] = defaultdict(list)
    with (TAMING / "validation-annotations-bbox.csv").open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            if row["LabelName"] in face:
                sides = [float(row[side]) for side in ("XMin", "YMin", "XMax", "YMax")]
                found[row["ImageID"]].append((sides[0], sides[1], sides[2], sides[3]))
    return found
