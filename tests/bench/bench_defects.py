"""Defect flags on real photographs: how many whole ones are flagged, how many degraded ones get the right name.

    .venv/bin/python -m tests.bench.bench_defects [--data FOLDER] [--every N] [--scale 2] [--json FILE]

One row a degradation, one column a folder of photographs. `--scale 2` halves each picture first, as a half-size JPEG
decode does. The last line gives the processor time of an image of 1024x1536, median of 60.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageOps

from engine.culling.defects import find_defects
from engine.intake.quality import measure_quality
from engine.library.settings import Defects
from tests.engine.intake.degraded import WAYS
from tests.engine.intake.drawn import Rgb, photo, to_grey

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
PHOTOS = ("cq100", "taming_photos", "human_samples", "sam2_bedroom_burst", "clothing_cc0_small", "imagededup")
ART = ("supagruen_sd", "comfyui_examples", "creativeai_comfy")
KINDS = {".png", ".jpg", ".jpeg", ".webp", ".bmp"}
LONGEST = 2000


def load(folder: Path, every: int) -> list[Rgb]:
    """Every `every`th picture that opens, at most LONGEST pixels on a side."""
    pictures = []
    for path in sorted(p for p in folder.rglob("*") if p.suffix.lower() in KINDS)[::every]:
        try:
            with Image.open(path) as image:
                rgb = ImageOps.exif_transpose(image).convert("RGB")
        except OSError:
            continue
        pictures.append(np.asarray(rgb.reduce(max(1, -(-max(rgb.size) // LONGEST)))))
    return pictures


def flagged(rgb: Rgb, scale: int) -> list[str]:
    """The names of the defects of one picture."""
    if scale > 1:
        size = (max(1, rgb.shape[1] // scale), max(1, rgb.shape[0] // scale))
        rgb = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
    rgb = np.ascontiguousarray(rgb)
    return [defect.name for defect in find_defects(measure_quality(rgb, to_grey(rgb), scale), Defects())]


def rates(pictures: list[Rgb], scale: int, *, degrade: bool) -> dict[str, float]:
    """Share of whole pictures flagged at all, and of degraded ones flagged by the right name."""
    found = {"whole": float(np.mean([bool(flagged(p, scale)) for p in pictures]))}
    for way, (name, spoil) in WAYS.items() if degrade else ():
        found[way] = float(np.mean([name in flagged(spoil(p), scale) for p in pictures]))
    return found


def milliseconds() -> float:
    rgb = photo(1, 1536, 1024)
    grey, times = to_grey(rgb), []
    for _ in range(60):
        start = time.thread_time()
        measure_quality(rgb, grey, 1)
        times.append((time.thread_time() - start) * 1000)
    return statistics.median(times)


def table(report: dict[str, dict[str, float]], counts: dict[str, int]) -> None:
    print(f"{'':18}" + "".join(f"{name[:12]:>13}" for name in report) + f"{'photographs':>13}")
    print(f"{'pictures':18}" + "".join(f"{counts[name]:13}" for name in report))
    photographs = [name for name in report if name in PHOTOS]
    total = sum(counts[name] for name in photographs)
    for way in ("whole", *WAYS):
        cells = [f"{report[name][way]:13.1%}" if way in report[name] else f"{'':13}" for name in report]
        together = sum(report[name][way] * counts[name] for name in photographs) / total
        print(f"{way:18}" + "".join(cells) + f"{together:13.1%}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--scale", type=int, default=1)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    report, counts = {}, {}
    for name in (*PHOTOS, *ART):
        pictures = load(asked.data / name, asked.every * (4 if name == "sam2_bedroom_burst" else 1))
        if pictures:
            counts[name] = len(pictures)
            report[name] = rates(pictures, asked.scale, degrade=name in PHOTOS)
    if any(name in PHOTOS for name in report):
        table(report, counts)
    else:
        print(f"no photographs under {asked.data}")
    took = milliseconds()
    print(f"measure_quality at 1024x1536: {took:.2f} ms of one core (budget 3.0)")
    if asked.json:
        asked.json.write_text(json.dumps({"rates": report, "pictures": counts, "milliseconds": took}, indent=1))


if __name__ == "__main__":
    main()
