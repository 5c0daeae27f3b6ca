"""The anatomy cues on photos of real people: `.venv/bin/python -m tests.bench.anatomy`. About two minutes.

Every photo in ../shared/data/human_samples and taming_photos on which somebody is found. Each cue is counted once a
picture, against the pictures with somebody in them, at a score of 0.5 and more; the alarms are listed. The ranges were
set with these photos in sight, so the figures say how well they fit, not how they would do elsewhere. What is found is
measured on the same hands spoilt: taken for the other side where an arm is known, and one finger drawn to twice its
length. Hands held so that the picture plane cannot tell are among them, and are rightly passed over.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import msgspec
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from engine.vision.cues.anatomy import anatomy
from engine.vision.cues.arms import SIDES, handedness, held
from engine.vision.cues.hand_geometry import hand_geometry
from engine.vision.people.finder import Finder
from engine.vision.seen import FINGERS, CueName, People
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


def swapped(people: People) -> list[bool]:
    """Of each hand on its own arm: whether it would be found if it looked like the other hand."""
    found = []
    for one in held(people):
        if one.wrist >= 0 and one.hand.side == SIDES[one.wrist]:
            other = msgspec.structs.replace(one.hand, side=SIDES[1 - one.wrist])
            cue = handedness(one._replace(hand=other))
            found.append(cue is not None and cue.score >= ALARM)
    return found


def stretched(people: People) -> list[bool]:
    """Of each finger but the thumb: whether it would be found if it were twice as long."""
    found = []
    for hand in people.hands:
        for chain in FINGERS[1:]:
            points, depth = np.array(hand.points), np.array(hand.depth)
            points[list(chain)] += points[list(chain)] - points[chain[0]]
            depth[list(chain)] += depth[list(chain)] - depth[chain[0]]
            longer = [(float(x), float(y)) for x, y in points]
            cue = hand_geometry(msgspec.structs.replace(hand, points=longer, depth=depth.tolist()))
            found.append(cue is not None and cue.score >= ALARM)
    return found


def run() -> list[Row]:
    """False alarms of each cue, per cent of the pictures with people in them; shares of spoilt hands found."""
    alarms: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    sides: list[bool] = []
    fingers: list[bool] = []
    with Finder() as finder:
        for name, rgb in pictures():
            people = finder.people(rgb)
            if not (people.hands or people.faces or people.bodies):
                continue
            seen.update(pictures=1, hands=len(people.hands), faces=len(people.faces), bodies=len(people.bodies))
            sides += swapped(people)
            fingers += stretched(people)
            cues = [cue for cue in anatomy(people, rgb) if cue.score >= ALARM]
            alarms.update({cue.name for cue in cues})
            for cue in cues:
                print(f"  {cue.score:.2f} {cue.name:20} {name}: {cue.text}", flush=True)
    note = f"{seen['hands']} hands, {seen['faces']} faces, {seen['bodies']} bodies in {seen['pictures']} photos"
    share = 100 / max(1, seen["pictures"])
    rows = [
        Row(f"False alarms of {cue} on real people", share * alarms[cue], "%", "< 2", note if cue == CUES[0] else "")
        for cue in CUES
    ]
    rows.append(
        Row("Hands of the other side found", 100 * float(np.mean(sides or [0])), "%", "", f"{len(sides)} hands")
    )
    what = f"{len(fingers)} fingers in every pose"
    return [*rows, Row("Fingers of twice their length found", 100 * float(np.mean(fingers or [0])), "%", "", what)]


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    if not any((DATA / folder).is_dir() for folder in FOLDERS):
        raise SystemExit(f"{DATA} has none of {', '.join(FOLDERS)}")
    finish("anatomy", "Anatomy cues", run())


if __name__ == "__main__":
    main()
