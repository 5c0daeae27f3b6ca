"""Hands, faces and poses found in real photographs, beside the labelled boxes and plain MediaPipe on the full frame.

    .venv/bin/python -m tests.bench.people

Over ../shared/data/human_samples and taming_photos, longer side at most 1600 px; about two minutes. Few hands there
have boxes, so all that was found was looked at: `NO_HANDS` are the pictures in which a find is no hand of a person.
"""

from __future__ import annotations

import csv
import statistics
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from engine.vision.people.boxes import Pixels, Window, middle
from engine.vision.people.finder import Finder
from engine.vision.seen import Box
from tests.bench.report import ROOT, Row, finish

SHARED = ROOT.parent / "shared"
YUNET = SHARED / "models" / "yunet_n_dynamic.onnx"
TAMING = SHARED / "data" / "taming_photos" / "open_images_annotations_100"
LONGER = 1600
KINDS = {"hands": {"Human hand"}, "faces": {"Human face"}}
NO_HANDS = {
    "09d8aa2d19ff724d": 1,  # a lit niche in a wall
    "0ab10a6417ef2301": 1,  # a statue's hand
}


def run() -> list[Row]:
    """Rows of the table; none where the photographs are absent."""
    photos = sorted((SHARED / "data" / "human_samples").glob("*.jpg")) + sorted(TAMING.rglob("*.jpg"))
    if not photos:
        return []
    labels = _labels()
    found: dict[str, int] = defaultdict(int)
    seconds = []
    with Finder(YUNET if YUNET.is_file() else None) as finder, Finder() as alone:
        for photo in photos:
            rgb = _read(photo)
            start = time.perf_counter()
            people = finder.people(rgb)
            seconds.append(time.perf_counter() - start)
            plain = [hand.box for hand in finder.hands.first_look(rgb)]
            ours = [hand.box for hand in people.hands]
            no_hands = NO_HANDS.get(photo.stem, 0)
            for name, hands in (("plain", plain), ("ours", ours)):
                found[f"{name}, false"] += min(no_hands, len(hands))
                found[f"{name}, true"] += max(0, len(hands) - no_hands)
                found[f"{name}, boxes"] += _matched(labels[photo.stem]["hands"], hands, rgb)
            found["hand boxes"] += len(labels[photo.stem]["hands"])
            found["face boxes"] += len(labels[photo.stem]["faces"])
            faces = [face.box for face in people.faces]
            plain_faces = [face.box for face in alone.faces.find(rgb)]
            found["faces"] += _matched(labels[photo.stem]["faces"], faces, rgb)
            found["faces, plain"] += _matched(labels[photo.stem]["faces"], plain_faces, rgb)
            found["faces in all"] += len(faces)
            found["faces in all, plain"] += len(plain_faces)
            found["poses"] += len(people.bodies)
            found["poses, plain"] += finder.bodies.look(rgb, _whole(rgb), 1) is not None
    return _rows(found, len(photos), statistics.median(seconds))


def _rows(found: dict[str, int], photos: int, median: float) -> list[Row]:
    ratio = found["ours, true"] / max(1, found["plain, true"])
    return [
        Row("hands of people, plain", found["plain, true"], ""),
        Row("hands of people, ours", found["ours, true"], "", f">= {1.15 * found['plain, true']:.1f}"),
        Row("hands, ours beside plain", ratio, "x", ">= 1.15"),
        Row("false hands, plain", found["plain, false"], ""),
        Row("false hands, ours", found["ours, false"], "", f"< {found['plain, false'] + 1}"),
        Row("labelled hands, plain", found["plain, boxes"], "", note=f"of {found['hand boxes']}"),
        Row("labelled hands, ours", found["ours, boxes"], "", note=f"of {found['hand boxes']}"),
        Row("labelled faces, MediaPipe", found["faces, plain"], "", note=f"of {found['face boxes']}"),
        Row("labelled faces, YuNet", found["faces"], "", note=f"of {found['face boxes']}"),
        Row("faces in all, MediaPipe", found["faces in all, plain"], ""),
        Row("faces in all, YuNet", found["faces in all"], ""),
        Row("poses, plain", found["poses, plain"], ""),
        Row("poses, ours", found["poses"], ""),
        Row("seconds a picture, median", median, "s", note=f"{photos} pictures"),
    ]


def _read(photo: Path) -> Pixels:
    with Image.open(photo) as image:
        turned = ImageOps.exif_transpose(image).convert("RGB")
    turned.thumbnail((LONGER, LONGER))
    return np.asarray(turned)


def _whole(rgb: Pixels) -> Window:
    return Window(0, 0, rgb.shape[1], rgb.shape[0])


def _labels() -> dict[str, dict[str, list[Box]]]:
    """Labelled boxes by picture and kind, as shares of width and height."""
    with (TAMING / "class-descriptions-boxable.csv").open(encoding="utf-8") as names:
        words = {row[0]: row[1] for row in csv.reader(names)}
    found: dict[str, dict[str, list[Box]]] = defaultdict(lambda: defaultdict(list))
    with (TAMING / "validation-annotations-bbox.csv").open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            for kind, accepted in KINDS.items():
                if words.get(row["LabelName"]) in accepted:
                    box = tuple(float(row[side]) for side in ("XMin", "YMin", "XMax", "YMax"))
                    found[row["ImageID"]][kind].append(box)  # type: ignore[arg-type]
    return found


def _matched(labelled: list[Box], found: list[Box], rgb: Pixels) -> int:
    """How many labelled boxes hold the middle of a find, each find used once."""
    height, width = rgb.shape[:2]
    left = [middle(box) for box in found]
    count = 0
    for x1, y1, x2, y2 in labelled:
        hit = next((p for p in left if x1 * width <= p[0] <= x2 * width and y1 * height <= p[1] <= y2 * height), None)
        if hit is not None:
            left.remove(hit)
            count += 1
    return count


if __name__ == "__main__":
    finish("people", "People", run())
