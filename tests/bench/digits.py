"""How well a sixth finger is told: on hands of real photos, some given one more finger of their own.

    .venv/bin/python -m tests.bench.digits [--photos 10]

Hands come from ../shared/data/human_samples and taming_photos. Most of them hide a finger or two (they hold things, are
seen from the side, lie on one another), so that with one finger more no person would count six: only hands on which
five were counted by eye (`_COUNTED`) are given a sixth, as `sixth_finger.py` says. Every hand's control carries the
same seams and five fingers. On both the points are found again, as they would be in a picture that came so; where they
are not, those of the untouched hand serve. Every other source hand is for tuning: thresholds are scores that 2, 5 and
10 % of its judged hands without a sixth finger exceed. Recall is counted on the rest, over the hands judged and over
all. Pose is that of the untouched hand. Sixth fingers missed and false alarms go to out/bench/digits_failures.png,
every sixth finger made to digits_made.png; yellow is where the finger was put.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np

from engine.vision.cues import digits
from engine.vision.cues.hand_crop import Pixels, Pose, cut, pose, unit_of
from engine.vision.seen import Abstained, Hand
from tests.bench.report import OUT, ROOT, Row, finish
from tests.bench.sixth_finger import alter

DATA = ROOT.parent / "shared" / "data"
_FALSE = (0.02, 0.05, 0.1)
_TRIES = 4  # sixth fingers for each hand
# Where in its photo the middle is of each hand on which a person counts five fingers, as shares of width and height.
_COUNTED: dict[str, tuple[tuple[float, float], ...]] = {
    "group-5.jpg": (
        (0.171, 0.57),
        (0.726, 0.539),
    ),
    "person-tasia.jpg": ((0.462, 0.626),),
    "stock-emotions-b-6.jpg": ((0.381, 0.507),),
    "stock-group-1.jpg": ((0.643, 0.711),),
    "stock-group-2.jpg": (
        (0.284, 0.162),
        (0.068, 0.262),
        (0.469, 0.3),
        (0.721, 0.058),
    ),
    "stock-models-10.jpg": ((0.578, 0.661),),
    "stock-models-2.jpg": ((0.39, 0.744),),
    "0a02c648d24f39fb.jpg": ((0.281, 0.518),),
}
_LONG = 1600  # px, the long side a worker is given
_TILE = 150


class Judged(NamedTuple):
    """One hand judged: `score` is None where it abstained."""

    photo: str
    place: int
    pose: Pose
    six: bool
    score: float | None
    tile: Pixels


def photos() -> list[Path]:
    return sorted((DATA / "human_samples").glob("*.jpg")) + sorted((DATA / "taming_photos").rglob("*.jpg"))


def judged(path: Path) -> list[Judged]:
    """All that one photo gives."""
    import mediapipe

    cv2.setNumThreads(1)
    rgb = _read(path)
    with mediapipe.solutions.hands.Hands(static_image_mode=True, max_num_hands=8) as model:
        hands = _hands(model, rgb)
        return [one for place, hand in enumerate(hands) for one in _of_hand(model, path.name, place, rgb, hand)]


def _read(path: Path) -> Pixels:
    rgb = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
    scale = min(1.0, _LONG / max(rgb.shape[:2]))
    return np.asarray(cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def _of_hand(model: Any, photo: str, place: int, rgb: Pixels, hand: Hand) -> Iterator[Judged]:
    yield _judge(photo, place, pose(hand), rgb, hand, None)
    counted = _counted(photo, rgb, hand)
    for seed in range(_TRIES if counted else 1):
        made = alter(rgb, hand, np.random.default_rng([place, seed, *photo.encode()]))
        if made is not None:
            yield _judge(photo, place, pose(hand), made.five, _again(model, made.five, hand), None)
        if made is not None and counted:
            yield _judge(photo, place, pose(hand), made.six, _again(model, made.six, hand), made.put)


def _counted(photo: str, rgb: Pixels, hand: Hand) -> bool:
    points = np.asarray(hand.points)
    there = [np.array(at) * rgb.shape[1::-1] for at in _COUNTED.get(photo, ())]
    return any(np.linalg.norm(points.mean(0) - at) < 0.4 * unit_of(points) for at in there)


def _judge(photo: str, place: int, held: Pose, rgb: Pixels, hand: Hand, put: Any) -> Judged:
    tile = cut(rgb, hand)
    picture = tile.rgb.copy()
    cv2.polylines(
        picture, [np.round(tile.points[a : a + 4]).astype(int) for a in range(1, 21, 4)], False, (255, 0, 255)
    )
    if put is not None:
        there = cv2.warpAffine(put.astype(np.uint8), tile.matrix, picture.shape[:2])
        outline, _ = cv2.findContours(there, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(picture, outline, -1, (255, 255, 0), 2)
    picture = np.asarray(cv2.resize(picture, (_TILE, _TILE), interpolation=cv2.INTER_AREA), np.uint8)
    return Judged(photo, place, held, put is not None, _score(rgb, hand), picture)


def _score(rgb: Pixels, hand: Hand) -> float | None:
    found = digits.judge(rgb, hand)
    return None if isinstance(found, Abstained) else 0.0 if found is None else found.score


def _hands(model: Any, rgb: Pixels) -> list[Hand]:
    """On the whole and on half-sized tiles, each hand once."""
    height, width = rgb.shape[:2]
    side = max(height, width) // 2
    found = _look(model, rgb, 0, 0)
    for y in range(0, max(1, height - side // 2), side // 2):
        for x in range(0, max(1, width - side // 2), side // 2):
            for hand in _look(model, rgb[y : y + side, x : x + side], x, y):
                if all(_apart(hand, other) > 0.5 for other in found):
                    found.append(hand)
    return found


def _again(model: Any, rgb: Pixels, hand: Hand) -> Hand:
    """The same hand found afresh on an enlarged part of the altered picture."""
    points = np.asarray(hand.points)
    reach = 2.2 * unit_of(points)
    x1, y1 = np.maximum(0, points.mean(0) - reach).astype(int)
    x2, y2 = (points.mean(0) + reach).astype(int)
    near = [(_apart(one, hand), i, one) for i, one in zip(count(), _look(model, rgb[y1:y2, x1:x2], x1, y1))]
    return min(near)[2] if near and min(near)[0] < 0.35 else hand


def _apart(hand: Hand, other: Hand) -> float:
    points = np.asarray(other.points)
    return float(np.abs(np.asarray(hand.points) - points).mean() / unit_of(points))


def _look(model: Any, part: Pixels, x: int, y: int) -> list[Hand]:
    height, width = part.shape[:2]
    scale = max(1.0, 400 / max(height, width))
    seen = model.process(cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC))
    hands = []
    for marks, side in zip(seen.multi_hand_landmarks or [], seen.multi_handedness or [], strict=True):
        points = [(mark.x * width + x, mark.y * height + y) for mark in marks.landmark]
        (x1, y1), (x2, y2) = np.min(points, 0), np.max(points, 0)
        which, sure = side.classification[0].label, side.classification[0].score
        depth = [mark.z * width for mark in marks.landmark]
        box = (float(x1), float(y1), float(x2), float(y2))
        hands.append(Hand(points, depth, "left" if which == "Right" else "right", sure, box))
    return hands


def rows(all_of: list[Judged]) -> list[Row]:
    sources = sorted({(one.photo, one.place) for one in all_of})
    held_out = {source for i, source in enumerate(sources) if i % 2}
    tuning = [one for one in all_of if (one.photo, one.place) not in held_out]
    rest = [one for one in all_of if (one.photo, one.place) in held_out]
    given = {(one.photo, one.place) for one in all_of if one.six}
    found = [Row("hands found in the photos", len(sources), "hands")]
    found.append(Row("of them given a sixth finger, tuning", len(given - held_out), "hands"))
    found.append(Row("of them given a sixth finger, held out", len(given & held_out), "hands"))
    limits = [threshold([one.score for one in tuning if not one.six], false) for false in _FALSE]
    for false, limit in zip(_FALSE, limits, strict=True):
        found += _at(false, limit, rest)
    for held in ("open", "half_open"):
        found.append(Row(f"area under the curve, {held}, held out", area(rest, held), "", "", "of those judged"))
    closed = [one.score for one in all_of if one.pose == "closed"]
    found.append(_share("abstained on closed", closed.count(None), len(closed), ">= 0.9"))
    sheet("digits_failures.png", [one for one in rest if one.six != (one.score is not None and one.score > limits[0])])
    sheet("digits_made.png", [one for one in all_of if one.six])
    return found


def _at(false: float, limit: float, rest: list[Judged]) -> Iterator[Row]:
    """Figures of the held-out hands at the threshold that so many of the tuning hands exceed."""
    yield Row(f"threshold at {false:.0%} of the tuning hands", limit, "")
    fives = [one.score for one in rest if not one.six and one.score is not None]
    yield _share("  false alarms, held out", sum(score > limit for score in fives), len(fives), "")
    for held, goal in (("open", ">= 0.9"), ("half_open", ">= 0.75")):
        sixes = [one.score for one in rest if one.six and one.pose == held]
        told = sum(score is not None and score > limit for score in sixes)
        able = sum(score is not None for score in sixes)
        yield _share(f"  recall {held}, of those judged", told, able, goal if false == _FALSE[0] else "")
        yield _share(f"  recall {held}, of all", told, len(sixes), "")


def area(of: list[Judged], held: str) -> float:
    """How often a hand with six fingers scores above one with five, both judged; a draw counts half."""
    sixes = np.array([one.score for one in of if one.six and one.pose == held and one.score is not None], float)
    fives = np.array([one.score for one in of if not one.six and one.score is not None], float)
    if not len(sixes) or not len(fives):
        return 0.0
    above = sixes[:, None] - fives
    return float(((above > 0) + 0.5 * (above == 0)).mean())


def threshold(scores: list[float | None], false: float) -> float:
    """The score that no more than so many of the judged exceed."""
    able = sorted((score for score in scores if score is not None), reverse=True)
    return able[int(false * len(able))] if able else 0.0


def _share(what: str, part: int, whole: int, goal: str) -> Row:
    return Row(what, part / whole if whole else 0.0, "", goal, f"{part} of {whole}")


def sheet(name: str, shown: list[Judged], across: int = 10) -> None:
    """A picture of these hands in out/bench."""
    if not shown:
        return
    tiles = [one.tile for one in shown] + [np.zeros((_TILE, _TILE, 3), np.uint8)] * (-len(shown) % across)
    picture = np.vstack([np.hstack(tiles[i : i + across]) for i in range(0, len(tiles), across)])
    OUT.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(OUT / name), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))


def run(most: int = 1000) -> list[Row]:
    paths = photos()[:most]
    if not paths:
        print("The real images (../shared/data) are not on this machine: no figures about digits.")
        return []
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        return rows([one for some in pool.map(judged, paths) for one in some])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=1000)
    finish("digits", "A sixth finger", run(parser.parse_args().photos))
