"""Faces that overlap, faces that repeat, and eyes of unlike size or gaze.

Overlap: two heads side by side share a little of their boxes, two faces grown into one share much; one face found twice
shares nearly all of a box, or its eyes, and is taken once. Repeats: each face is turned upright by its eyes, brought to
one small size, freed of its light by local contrast, and correlated with the others, straight and mirrored (the idea of
normalised correlation, Lewis, "Fast Normalized Cross-Correlation", 1995). Eyes: from MediaPipe's mesh, the irises of
which are points 468-477 (Ablavatski et al., "Real-time Pupil Tracking", 2020). Human irises are 11.7 mm wide with a
deviation of half a millimetre, the two of a person alike; the eyes' slits differ by a few hundredths. A turned head
narrows its far eye, so eyes are compared only in faces that look about straight ahead of their own head.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from engine.vision.cues.measuring import Floats, overlap, rise, round_points, trusted, trusted_box
from engine.vision.seen import Cue, Face, People

Rgb = NDArray[np.uint8]

STACKED = (0.25, 0.6)  # shared area over the smaller box: score 0 and 1
ONE_FACE = 0.65  # shared area over the union from which two boxes are one face found twice
NESTED = 0.85  # shared area over the smaller from which it is the same face, boxed at another size
ALIKE = (0.75, 0.95)  # correlation
SMALLEST_FACE = 32.0  # pixels of the box's short side
PATCH = 32  # side of the upright face
EYES_AT = ((0.3, 0.38), (0.7, 0.38))  # in the upright face, left and right of the picture

# Places in the mesh, by the picture's left and right in a face that looks at the camera: the eye's corners from left
# to right, its lids, iris centre and iris ring.
LEFT_EYE = ((33, 133), ((160, 144), (159, 145), (158, 153)), 468, (469, 471, 470, 472))
RIGHT_EYE = ((362, 263), ((385, 380), (386, 374), (387, 373)), 473, (474, 476, 475, 477))
NOSE_BRIDGE, NOSE_TIP = 168, 1
SMALLEST_EYE = 14.0  # pixels from corner to corner
STRAIGHT = 0.2  # how far the nose's tip may lie off the middle of the eyes, in distances between their centres
OPEN = 0.18  # height over width of an eye that is open enough to compare
UNLIKE_SIZE = (1.25, 1.7)  # width or iris of one eye over the other's
UNLIKE_GAZE = (0.17, 0.4)  # iris place along one eye less that along the other, in eye widths


def faces(people: People, rgb: Rgb | None) -> list[Cue]:
    """Cues of faces: `stacked_faces`, `repeated_faces` (only with pixels of the same size as `people`), `odd_eyes`."""
    seen = [face for face in people.faces if trusted_box(face.box)]
    found = [stacked(a, b) for a, b in combinations(seen, 2)]
    found += [odd_eyes(face) for face in seen]
    found += repeated(seen, rgb) if rgb is not None else []
    return [cue for cue in found if cue is not None]


def stacked(a: Face, b: Face) -> Cue | None:
    """Two faces that overlap far more than heads side by side."""
    _, of_smaller = overlap(a.box, b.box)
    if one_face(a, b):
        return None
    score = rise(of_smaller, *STACKED)
    if score == 0:
        return None
    box = round_points([np.array([*both[:2], *both[2:]]).reshape(2, 2) for both in (a.box, b.box)])
    return Cue("stacked_faces", score, box, f"Two faces overlap: they share {100 * of_smaller:.0f} % of the smaller.")


def one_face(a: Face, b: Face) -> bool:
    """Whether two finds are the same face: nearly one box, one box within the other, or the same eyes."""
    of_union, of_smaller = overlap(a.box, b.box)
    if of_union >= ONE_FACE or of_smaller >= NESTED:
        return True
    mine, other = _eyes(a), _eyes(b)
    if of_union == 0 or mine is None or other is None:
        return False
    apart = float(np.linalg.norm(mine - other, axis=1).max())
    return apart < 0.25 * float(max(np.linalg.norm(e[0] - e[1]) for e in (mine, other)))


def _eyes(face: Face) -> Floats | None:
    """(2, 2) eyes from the picture's left to right, from the mesh or the finder; None where neither can be trusted."""
    mesh = _mesh(face)
    if mesh is not None:
        found: Floats | None = np.array([mesh[list(eye[0])].mean(axis=0) for eye in (LEFT_EYE, RIGHT_EYE)])
    else:
        found = None if face.eyes is None else trusted(face.eyes, 2)
    if found is None or np.linalg.norm(found[0] - found[1]) < 2:
        return None
    return found[np.argsort(found[:, 0], kind="stable")]


def _mesh(face: Face) -> Floats | None:
    return trusted(face.mesh, len(face.mesh)) if len(face.mesh) in (468, 478) else None


def repeated(seen: list[Face], rgb: Rgb) -> list[Cue]:
    """Faces that look all but the same as another one, each pair once."""
    patches: list[tuple[Face, Floats, Floats]] = []
    for face in seen:
        patch = upright(face, rgb)
        if patch is not None:
            patches.append((face, contrast(patch), contrast(patch[:, ::-1])))
    cues = []
    for (a, straight, _), (b, other, mirrored) in combinations(patches, 2):
        if overlap(a.box, b.box)[1] > STACKED[0]:
            continue
        alike = max(float((straight * other).mean()), float((straight * mirrored).mean()))
        if (score := rise(alike, *ALIKE)) > 0:
            corners = [np.array(face.box).reshape(2, 2) for face in (a, b)]
            text = f"Two faces are all but the same: their details correlate at {alike:.2f}."
            cues.append(Cue("repeated_faces", score, round_points(corners), text))
    return cues


def upright(face: Face, rgb: Rgb) -> Floats | None:
    """(PATCH, PATCH) brightness 0..255 of a face turned upright; None where it is tiny or mostly outside."""
    x1, y1, x2, y2 = face.box
    if rgb.ndim != 3 or rgb.shape[2] != 3 or min(x2 - x1, y2 - y1) < SMALLEST_FACE:
        return None
    eyes = _eyes(face)
    if eyes is None or np.linalg.norm(eyes[1] - eyes[0]) < 0.2 * (x2 - x1):
        eyes = np.array([(x1 + (x2 - x1) * x, y1 + (y2 - y1) * y) for x, y in EYES_AT])
    across = (eyes[1] - eyes[0]) / (EYES_AT[1][0] - EYES_AT[0][0])
    down = np.array([-across[1], across[0]])
    corner = eyes[0] - EYES_AT[0][0] * across - EYES_AT[0][1] * down
    finer = 4
    steps = (np.arange(PATCH * finer) + 0.5) / (PATCH * finer)
    places = corner + steps[None, :, None] * across + steps[:, None, None] * down
    return _sampled(rgb, places, finer)


def _sampled(rgb: Rgb, places: Floats, finer: int) -> Floats | None:
    """Brightness at (n, n, 2) places, averaged over squares of `finer`."""
    height, width = rgb.shape[:2]
    x, y = np.floor(places[..., 0]).astype(int), np.floor(places[..., 1]).astype(int)
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    if inside.mean() < 0.8:
        return None
    grey = rgb[y.clip(0, height - 1), x.clip(0, width - 1)].astype(np.float64) @ (0.299, 0.587, 0.114)
    cells: Floats = grey.reshape(PATCH, finer, PATCH, finer).mean(axis=(1, 3))
    return cells


def contrast(patch: Floats) -> Floats:
    """A patch less its surroundings, with mean 0 and deviation 1: what stays when light changes; 0 where it is flat."""
    detail = patch - _blurred(patch, 6)
    detail -= detail.mean()
    spread = float(detail.std())
    return detail / spread if spread > 1.0 else np.zeros_like(detail)


def _blurred(patch: Floats, radius: int) -> Floats:
    """Mean over squares of 2 * radius + 1, edges repeated."""
    size = 2 * radius + 1
    padded = np.pad(patch, ((radius + 1, radius), (radius + 1, radius)), mode="edge")
    sums = padded.cumsum(axis=0).cumsum(axis=1)
    whole: Floats = (sums[size:, size:] - sums[:-size, size:] - sums[size:, :-size] + sums[:-size, :-size]) / size**2
    return whole


def odd_eyes(face: Face) -> Cue | None:
    """Eyes of unlike size or gaze in a face that looks about straight ahead of its own head."""
    mesh = _mesh(face)
    if mesh is None or not looks_straight(mesh):
        return None
    size, gaze = unlike_size(mesh), unlike_gaze(mesh)
    size_score, gaze_score = rise(size, *UNLIKE_SIZE), rise(gaze, *UNLIKE_GAZE)
    if max(size_score, gaze_score) == 0:
        return None
    if size_score >= gaze_score:
        text = f"One eye is {size:.2f} times as large as the other."
    else:
        text = f"The eyes look different ways: their irises are {100 * gaze:.0f} % of an eye's width apart in place."
    box = round_points([mesh[list(eye[0])] for eye in (LEFT_EYE, RIGHT_EYE)], 0.2)
    return Cue("odd_eyes", max(size_score, gaze_score), box, text)


def looks_straight(mesh: Floats) -> bool:
    """Whether eyes are large enough and the nose lies between them, so that both are seen alike."""
    left, right = (mesh[list(eye[0])].mean(axis=0) for eye in (LEFT_EYE, RIGHT_EYE))
    apart = float(np.linalg.norm(right - left))
    if min(_width(mesh, LEFT_EYE[0]), _width(mesh, RIGHT_EYE[0])) < SMALLEST_EYE or apart < 2 * SMALLEST_EYE:
        return False
    axis = (right - left) / apart
    off = [abs(float((mesh[nose] - (left + right) / 2) @ axis)) / apart for nose in (NOSE_BRIDGE, NOSE_TIP)]
    return max(off) <= STRAIGHT


def unlike_size(mesh: Floats) -> float:
    """Width of the wider eye, or of the larger iris where there are irises, over the other's; 1 or more."""
    widths = [_width(mesh, eye[0]) for eye in (LEFT_EYE, RIGHT_EYE)]
    worst = max(widths) / max(min(widths), 1e-6)
    if len(mesh) == 478 and _both_open(mesh):
        rings = [
            (_width(mesh, eye[3][:2]) + _width(mesh, eye[3][2:])) / 2 for eye in (LEFT_EYE, RIGHT_EYE)
        ]  # across and down
        worst = max(worst, max(rings) / max(min(rings), 1e-6))
    return float(worst)


def unlike_gaze(mesh: Floats) -> float:
    """How far the irises differ in place along their eyes, in eye widths; 0 without irises or with an eye shut."""
    if len(mesh) != 478 or not _both_open(mesh):
        return 0.0
    places = []
    for corners, _, iris, _ in (LEFT_EYE, RIGHT_EYE):
        start, end = mesh[list(corners)]
        axis = (end - start) / max(float(np.linalg.norm(end - start)), 1e-6)
        places.append(float((mesh[iris] - start) @ axis) / max(float(np.linalg.norm(end - start)), 1e-6))
    return abs(places[0] - places[1])


def _both_open(mesh: Floats) -> bool:
    for corners, lids, _, _ in (LEFT_EYE, RIGHT_EYE):
        height = float(np.mean([_width(mesh, lid) for lid in lids]))
        if height < OPEN * _width(mesh, corners):
            return False
    return True


def _width(mesh: Floats, ends: tuple[int, ...]) -> float:
    return float(np.linalg.norm(mesh[ends[0]] - mesh[ends[1]]))
