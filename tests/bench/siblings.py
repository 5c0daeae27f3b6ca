"""What one of four variants lost, found or not; and what is flagged where nothing was lost.

    .venv/bin/python -m tests.bench.siblings [--every 1]

Photos and AI images, each made into four variants as stages do (`families`), one of them with a place of 3 to 12 % of
the side erased or smeared. Every other source is held out: no threshold was chosen on it. Found: a cue of at least 0.5
whose middle lies in what was lost. False: a variant that lost nothing and has a cue of at least 0.5.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from engine.vision.cues import siblings
from engine.vision.seen import Abstained, Cue
from tests.bench import families
from tests.bench.report import ROOT, Row, finish

DATA = ROOT.parent / "shared" / "data"
SCORE = 0.5


class Result(NamedTuple):
    """One family."""

    name: str
    of: str
    kind: str
    held: bool
    share: float
    found: bool
    overlap: float
    false: int
    clean: int
    refused: int
    seconds: float


def measure(place: int, of: str, file: Path, corner: int) -> Result | None:
    """None where the picture has nothing to lose."""
    rng = np.random.default_rng(place)
    family = families.family(families.load(file, corner), rng, families.KINDS[place // 2 % 2])
    if family is None:
        return None
    start = time.process_time()
    answer = siblings.compared(family.pictures)
    seconds = time.process_time() - start
    cues = [[one for one in found if isinstance(one, Cue) and one.score >= SCORE] for found in answer]
    hits = [cue.box for cue in cues[family.loser] if _inside(cue.box, family.box)]
    return Result(
        file.name,
        of,
        family.kind,
        place % 2 == 1,
        family.share,
        bool(hits),
        max((_overlap(box, family.box) for box in hits), default=0.0),
        sum(bool(found) for n, found in enumerate(cues) if n != family.loser),
        len(cues) - 1,
        sum(isinstance(one, Abstained) for found in answer for one in found),
        seconds,
    )


def _inside(box: families.Box, lost: families.Box) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return lost[0] <= x <= lost[2] and lost[1] <= y <= lost[3]


def _overlap(one: families.Box, other: families.Box) -> float:
    """Intersection over union."""
    wide, high = (min(one[n + 2], other[n + 2]) - max(one[n], other[n]) for n in (0, 1))
    shared = max(0.0, wide) * max(0.0, high)
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return shared / (areas - shared)


def table(results: list[Result]) -> str:
    """Markdown: a row a kind."""
    kinds = {
        "all": results,
        **{kind: [one for one in results if one.kind == kind] for kind in families.KINDS},
        "photos": [one for one in results if one.of == "photo"],
        "AI images": [one for one in results if one.of == "AI"],
        "3 to 6 % of the side": [one for one in results if one.share < 0.06],
        "6 to 12 %": [one for one in results if one.share >= 0.06],
    }
    lines = [
        "| lost | families | found | mean IoU of the found | clean variants flagged | could not be laid |",
        "|---" * 6 + "|",
    ]
    for name, some in kinds.items():
        if some:
            clean, hits = sum(one.clean for one in some), [one.overlap for one in some if one.found]
            mean = float(np.mean(hits)) if hits else 0.0
            lines.append(
                f"| {name} | {len(some)} | {len(hits) / len(some):.3f} | {mean:.2f} "
                f"| {sum(one.false for one in some) / clean:.3f} | {sum(one.refused for one in some)} |"
            )
    return "\n".join(lines)


def run(every: int = 1) -> list[Row]:
    if not DATA.is_dir():
        print("The real images (../shared/data) are not on this machine: no figures about siblings.")
        return []
    cv2.setNumThreads(1)
    sources = list(enumerate(families.sources(DATA)))
    some = [one for one in sources if one[0] // 4 % every == 0]
    results = [one for place, source in some if (one := measure(place, *source)) is not None]
    rows = []
    for name, held in (("tuning", False), ("held out", True)):
        part = [one for one in results if one.held == held]
        if not part:
            continue
        print(f"\nSiblings, {name}:\n\n{table(part)}\n")
        print("Missed: " + ", ".join(f"{one.name} ({one.kind}, {one.share:.0%})" for one in part if not one.found))
        found, false = (
            np.mean([one.found for one in part]),
            sum(one.false for one in part) / sum(one.clean for one in part),
        )
        note = f"{len(part)} families of four, {name}"
        rows.append(Row(f"lost places found, {name}", float(found), "", ">= 0.9", note))
        rows.append(Row(f"clean variants flagged, {name}", false, "", "<= 0.05", note))
    if results:
        middle = float(np.median([one.seconds for one in results]))
        rows.append(Row("siblings, a family of four", middle, "s", "", "median, one core, long side about 1024"))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1, help="one of so many families")
    finish("siblings", "Siblings", run(parser.parse_args().every))


if __name__ == "__main__":
    main()
