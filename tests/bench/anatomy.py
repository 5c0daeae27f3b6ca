"""False alarms of the anatomy cues on photos of real people: `.venv/bin/python -m tests.bench.anatomy`. A minute.

Every photo in ../shared/data/human_samples and taming_photos on which somebody is found. Each cue is counted once a
picture, against the pictures with somebody in them, at a score of 0.5 and more. The found cues are listed, because some
of them are true: a person in front of a mirror, a face on a shirt.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from engine.vision.cues.anatomy import anatomy
from engine.vision.people.finder import Finder
from engine.vision.seen import CueName
from tests.bench.report import ROOT, Row, finish

DATA = ROOT.parent / "shared" / "data"
FOLDERS = ("human_samples", "taming_photos")
LONGEST = 1600  # pixels of the long side, as the workers get them
ALARM = 0.5
NOT_OURS = {"digits", "lost_from_siblings", "learned"}
CUES = [name for name in get_args(CueName) if name not in NOT_OURS]


def pictures() -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """Name and pixels of every photo, in a fixed order."""
    for folder in FOLDERS:
        for file in sorted(Path(DATA / folder).rglob("*.jpg")):
            with Image.open(file) as image:
                upright = ImageOps.exif_transpose(image).convert("RGB")
            upright.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
            yield f"{folder}/{file.name}", np.asarray(upright)


def run() -> list[Row]:
    """False alarms of each cue, per cent of the pictures with people in them."""
    alarms: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    with Finder() as finder:
        for name, rgb in pictures():
            people = finder.people(rgb)
            if not (people.hands or people.faces or people.bodies):
                continue
            seen.update(pictures=1, hands=len(people.hands), faces=len(people.faces), bodies=len(people.bodies))
            cues = [cue for cue in anatomy(people, rgb) if cue.score >= ALARM]
            alarms.update({cue.name for cue in cues})
            for cue in cues:
                print(f"  {cue.score:.2f} {cue.name:20} {name}: {cue.text}", flush=True)
    note = f"{seen['hands']} hands, {seen['faces']} faces, {seen['bodies']} bodies in {seen['pictures']} photos"
    share = 100 / max(1, seen["pictures"])
    return [
        Row(f"False alarms of {cue} on real people", share * alarms[cue], "%", "< 2.5", note if cue == CUES[0] else "")
        for cue in CUES
    ]


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    if not any((DATA / folder).is_dir() for folder in FOLDERS):
        raise SystemExit(f"{DATA} has none of {', '.join(FOLDERS)}")
    finish("anatomy", "Anatomy cues", run())


if __name__ == "__main__":
    main()
