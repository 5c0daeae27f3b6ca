"""How far vectors of edits lie from those of different photos, beside pHash.

    .venv/bin/python -m tests.bench.strangers [--every 1]

Each edit's likeness to its own original against the likeness of every two originals of the same set: the edits' 5th
percentile should lie above the strangers' 99.9th. Likeness is the cosine of the built-in network's vectors, and for
pHash the share of its 64 bits that agree. No threshold is chosen here, so all sets count alike.
"""

from __future__ import annotations

import argparse
import io
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from engine.intake.hashes import phash_dhash
from engine.vision.embedders import LITE0, weights
from tests.bench import edits
from tests.bench.report import ROOT, Row, finish

DATA = ROOT.parent / "shared" / "data"
SETS = {
    "photos of people and places": ("human_samples", "taming_photos"),
    "other sets": ("cq100", "comfyui_examples", "creativeai_comfy"),
}
THUMB = 512  # pixels: as large as the pictures that the program embeds
WAYS = ("cosine", "pHash")


class Likeness(NamedTuple):
    """By way: of each edit to its original, by kind; of every two originals; of those not of one sitting."""

    edits: dict[str, dict[str, list[float]]]
    strangers: dict[str, npt.NDArray[np.float64]]
    apart: dict[str, npt.NDArray[np.float64]]


def files(folders: tuple[str, ...]) -> list[Path]:
    found = (file for folder in folders for file in sorted((DATA / folder).rglob("*.*")))
    return [file for file in found if file.suffix in (".jpg", ".png")]


def measure(photos: list[Path], every: int) -> Likeness:
    """Edits are made of one photo in `every`, strangers are all of them."""
    from engine.vision.lite0 import Lite0

    file = weights(LITE0)
    assert file is not None
    network = Lite0(file)
    bits, vectors = [], []
    found: dict[str, dict[str, list[float]]] = {way: {kind: [] for kind in edits.EDITS} for way in WAYS}
    for place, photo in enumerate(photos):
        picture = edits.load(photo)
        made = [edit(picture)[1] for edit in edits.EDITS.values()] if place % every == 0 else []
        looked = [picture, *(Image.open(io.BytesIO(data)).convert("RGB") for data in made)]
        hashes = [phash_dhash(np.asarray(one))[0] for one in looked]
        embedded = network.embed([_thumb(one) for one in looked])
        for kind, vector, number in zip(edits.EDITS, embedded[1:], hashes[1:], strict=False):
            found["cosine"][kind].append(float(vector @ embedded[0]))
            found["pHash"][kind].append(_agree(number, hashes[0]))
        bits.append(hashes[0])
        vectors.append(embedded[0])
    pairs = np.triu_indices(len(photos), 1)
    cosines = (np.stack(vectors) @ np.stack(vectors).T)[pairs].astype(np.float64)
    agree = np.array([_agree(bits[one], bits[other]) for one, other in zip(*pairs, strict=True)])
    sittings = [_sitting(photo) for photo in photos]
    apart = np.array([sittings[one] != sittings[other] for one, other in zip(*pairs, strict=True)])
    both = {"cosine": cosines, "pHash": agree}
    return Likeness(found, both, {way: values[apart] for way, values in both.items()})


def _sitting(photo: Path) -> str:
    """Portraits of one person in one place, `stock-emotions-a-1` and so on, share a name but for the number."""
    return photo.stem.rsplit("-", 1)[0] if photo.stem.startswith("stock-emotions") else photo.stem


def _thumb(picture: Image.Image) -> npt.NDArray[np.uint8]:
    picture = picture.copy()
    picture.thumbnail((THUMB, THUMB), Image.Resampling.LANCZOS)
    return np.asarray(picture)


def _agree(one: int, other: int) -> float:
    return 1 - (one ^ other).bit_count() / 64


def table(found: Likeness) -> str:
    """Markdown: the 5th percentile of each kind of edit, and whether it lies above the strangers' 99.9th."""
    limits = {way: float(np.percentile(found.strangers[way], 99.9)) for way in WAYS}
    lines = ["| edit, 5th percentile | cosine | | pHash | |", "|---" * 5 + "|"]
    for kind in ["all", *edits.EDITS]:
        cells = []
        for way in WAYS:
            low = _low(found, way, kind)
            cells.append(f"{low:.3f} | {'above' if low > limits[way] else 'not above'}")
        lines.append(f"| {kind} | {' | '.join(cells)} |")
    for what, values in (("different photos", found.strangers), ("the same, not of one sitting", found.apart)):
        high = [float(np.percentile(values[way], 99.9)) for way in WAYS]
        lines.append(f"| {what}, 99.9th | {high[0]:.3f} | | {high[1]:.3f} | |")
    return "\n".join(lines)


def _low(found: Likeness, way: str, kind: str) -> float:
    by_kind = found.edits[way]
    values = [value for one in by_kind.values() for value in one] if kind == "all" else by_kind[kind]
    return float(np.percentile(values, 5))


def run(every: int = 1) -> list[Row]:
    if not DATA.is_dir() or weights(LITE0) is None:
        print("The real images (../shared/data) or the network's weights are not here: no figures about strangers.")
        return []
    rows = []
    for name, folders in SETS.items():
        photos = files(folders)
        found = measure(photos, every)
        note = f"{len(photos)} photos, {sum(map(len, found.edits['cosine'].values()))} edits, {name}"
        print(f"\n{note}:\n\n{table(found)}\n", flush=True)
        for way in WAYS:
            limit = float(np.percentile(found.strangers[way], 99.9))
            gap, goal = _low(found, way, "all") - limit, ">= 0" if way == "cosine" else ""
            rows.append(Row(f"{way}: edits' 5th less strangers' 99.9th percentile, {name}", gap, "", goal, note))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1, help="edits of one photo in so many")
    finish("strangers", "Strangers", run(parser.parse_args().every))


if __name__ == "__main__":
    main()
