"""What is proposed for pictures of which anyone can say what is right."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from crop_scenes import WEIGHTS, blob
from crop_slow import common, iou
from hypothesis import given
from hypothesis import strategies as st

from engine.cropping.confidence import certainty, confidence
from engine.cropping.joints import JointCosts
from engine.cropping.model import Head, KeepOut, Person, Proposal, Scene, Seed
from engine.cropping.propose import propose
from engine.cropping.terms import measure

PORTRAIT = Scene(
    1200,
    1600,
    blob(60, 80, 0.5, 0.5, 0.2),
    np.full((80, 60), 0.1, np.float32),
    (Head((450, 280, 750, 680), ((530, 480), (670, 480)), 0.0),),
)
HAND = KeepOut("hand", (1000, 1300, 1150, 1500), "Six fingers.", "extra_fingers", 0.9)
PART = st.floats(0, 1)


def proposed(scene: Scene, **other: object) -> Proposal:
    return propose(scene, WEIGHTS, **({"margin": 0.1, "smallest": 0.4} | other))  # type: ignore[arg-type]


def test_a_well_framed_picture_stays_whole_and_others_are_offered() -> None:
    found = proposed(PORTRAIT)
    assert found.candidates[0].box == (0, 0, 1200, 1600)
    assert found.clean
    assert found.why == "Well framed as it is: a crop gains nothing."
    assert [one.id for one in found.candidates] == ["best", "alt1", "alt2"]


def test_odd_fingers_at_the_edge_are_left_out_and_said_to_be() -> None:
    found = proposed(msgspec.structs.replace(PORTRAIT, keep_out=(HAND,)))
    best = found.candidates[0]
    assert found.clean
    assert common(best.box, HAND.region) == 0
    assert best.avoids == ["extra_fingers"]
    assert "odd fingers" in best.note
    assert found.why == "Leaves out odd fingers and keeps the head."


def test_what_looks_wrong_in_the_face_cannot_be_left_out_and_the_face_is_kept() -> None:
    odd = KeepOut("hand", (560, 500, 640, 600), "Six fingers.", "extra_fingers", 0.9)
    found = proposed(msgspec.structs.replace(PORTRAIT, keep_out=(odd,)))
    assert not found.clean
    assert found.why == "No crop leaves out the odd fingers without losing the face."
    assert common(found.candidates[0].box, (450, 280, 750, 680)) == 300 * 400


def test_a_faint_doubt_may_stay_in() -> None:
    faint = msgspec.structs.replace(HAND, region=(560, 1000, 640, 1100), score=0.1)
    assert proposed(msgspec.structs.replace(PORTRAIT, keep_out=(faint,))).clean


def test_a_small_subject_in_an_empty_picture_is_brought_nearer() -> None:
    found = proposed(Scene(1500, 1000, blob(90, 60, 0.3, 0.4, 0.05)))
    x1, y1, x2, y2 = found.candidates[0].box
    assert x2 - x1 <= 900
    assert x1 <= 0.3 * 1500 <= x2
    assert y1 <= 0.4 * 1000 <= y2
    assert found.anchor == "mass"


def test_the_anchor_is_the_head_else_the_torso_else_the_mass_else_the_peak() -> None:
    names = ("left_shoulder", "right_shoulder", "left_hip", "right_hip")
    torso = Person(
        tuple(zip(names, ((400, 500), (800, 500), (450, 1000), (750, 1000)), strict=True)), (350, 300, 850, 1600)
    )
    spread = np.maximum(blob(60, 80, 0.05, 0.05, 0.05), 0.9 * blob(60, 80, 0.95, 0.95, 0.05))
    assert proposed(PORTRAIT).anchor == "head"
    assert proposed(msgspec.structs.replace(PORTRAIT, heads=(), people=(torso,))).anchor == "torso"
    assert proposed(msgspec.structs.replace(PORTRAIT, heads=())).anchor == "mass"
    assert proposed(msgspec.structs.replace(PORTRAIT, heads=(), saliency=spread)).anchor == "saliency"
    assert proposed(Scene(1200, 1600)).anchor == "saliency"


def test_crops_accepted_before_pull_a_little_and_only_those_of_the_same_anchor() -> None:
    scene = Scene(1000, 1000, blob(80, 80, 0.5, 0.5, 0.08))
    alone = proposed(scene).candidates[0].box
    left = [Seed(0.42, 0.5, 0.55, "mass")] * 20
    pulled = proposed(scene, seeds=left).candidates[0].box
    assert abs((pulled[0] + pulled[2]) / 2 - 420) < abs((alone[0] + alone[2]) / 2 - 420)
    assert proposed(scene, seeds=[Seed(0.42, 0.5, 0.55, "head")] * 20).candidates[0].box == alone
    assert proposed(scene, seeds=[Seed(float("nan"), 0.5, 0.55, "mass")]).candidates[0].box == alone


def test_a_frame_through_the_knee_costs_and_one_through_the_shin_is_free() -> None:
    joints = (("left_hip", (500.0, 800.0)), ("left_knee", (500.0, 1100.0)), ("left_ankle", (500.0, 1400.0)))
    costs = JointCosts(Scene(1000, 1600, people=(Person(joints, (400, 700, 600, 1450)),)))
    bottoms = np.array([1100, 1250, 1400, 1600], np.float32)
    boxes = np.stack([np.zeros(4), np.zeros(4), np.full(4, 1000), bottoms]).astype(np.float32)
    knee, shin, ankle, border = costs.of(boxes)
    assert knee > 0.6
    assert ankle > 0.6
    assert shin == pytest.approx(0, abs=1e-6)
    assert border == 0


def test_a_face_that_looks_left_wants_room_on_the_left() -> None:
    looking = msgspec.structs.replace(PORTRAIT, heads=(Head((450, 280, 750, 680), gaze=-1.0),))
    tight, roomy = (400, 0, 1150, 1000), (50, 0, 800, 1000)
    assert measure(looking, roomy, 0.1)["gaze"] > measure(looking, tight, 0.1)["gaze"]
    assert measure(PORTRAIT, roomy, 0.1)["gaze"] == measure(PORTRAIT, tight, 0.1)["gaze"] == 1


def test_numbers_that_are_none_harm_nothing() -> None:
    broken = np.array([[np.nan, np.inf], [-5, 2]], np.float32)
    nan, inf = float("nan"), float("inf")
    heads = (Head((nan, 0, 50, 50)), Head((10, 10, inf, 60)), Head((20, 20, 60, 70), ((nan, 30), (50, inf)), nan))
    people = (
        Person((("neck", (nan, 5)), ("left_knee", (50, 90))), (0, nan, 9, inf), True),
        Person((), (5, 5, 90, 190)),
    )
    found = proposed(Scene(300, 200, broken, broken, heads, people, (KeepOut("hand", (10, 150, 30, 170), score=nan),)))
    assert all(0 <= value <= 1 for one in found.candidates for value in one.terms.values())


@pytest.mark.parametrize(
    ("width", "height"), [(1, 1), (1, 4000), (4000, 1), (997, 1009), (30_000, 20_000), (60_000, 7)]
)
def test_thin_tiny_and_huge_pictures_have_a_proposal(width: int, height: int) -> None:
    found = proposed(Scene(width, height, blob(20, 20, 0.7, 0.3, 0.1)))
    x1, y1, x2, y2 = found.candidates[0].box
    assert 0 <= x1 < x2 <= width
    assert 0 <= y1 < y2 <= height
    assert found.ratio_error == pytest.approx(abs((x2 - x1) * height / width - (y2 - y1)), abs=1e-6)
    assert found.ratio_error <= 0.5


def test_a_picture_without_pixels_is_refused() -> None:
    with pytest.raises(ValueError, match="one pixel"):
        proposed(Scene(0, 10))


@given(st.floats(-1, 9), st.floats(0, 3), PART, PART, st.booleans())
def test_confidence_never_falls_when_something_gets_surer(
    lead: float, more: float, a: float, b: float, clean: bool
) -> None:
    low, high = sorted((a, b))
    base = confidence(lead, low, clean)
    assert 0 <= base <= confidence(lead + more, low, clean) <= 1
    assert base <= confidence(lead, high, clean)
    assert base <= confidence(lead, low, clean=True)


def test_a_head_is_surer_than_a_peak_and_a_sure_region_than_a_doubtful_one() -> None:
    assert certainty("head", ()) > certainty("torso", ()) > certainty("mass", ()) > certainty("saliency", ())
    assert certainty("head", [HAND]) > certainty("head", [HAND, msgspec.structs.replace(HAND, score=0.4)])


def test_candidates_overlap_less_than_three_quarters() -> None:
    found = proposed(msgspec.structs.replace(PORTRAIT, keep_out=(HAND,))).candidates
    assert len(found) == 3
    assert all(iou(a.box, b.box) < 0.75 for n, a in enumerate(found) for b in found[:n])
