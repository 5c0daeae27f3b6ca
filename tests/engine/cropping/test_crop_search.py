"""The search finds what trying every box finds, and never breaks a rule."""

from __future__ import annotations

import numpy as np
import pytest
from crop_scenes import SIZES, WEIGHTS, scenes
from crop_slow import (
    anomaly,
    boxes,
    clutter,
    common,
    eyes_of,
    iou,
    is_clean,
    is_cut,
    joints,
    lawful,
    pixels,
    saliency,
    with_margin,
)
from crop_slow import area as area_of
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.cropping import grid, terms
from engine.cropping.joints import head_height
from engine.cropping.model import AGAINST, TERMS, Box, Proposal, Scene
from engine.cropping.propose import gain_due, propose
from engine.cropping.search import Search
from engine.cropping.terms import Ruler

SMALL = st.tuples(st.integers(1, 13), st.integers(1, 13))
MARGIN = st.sampled_from([0.0, 0.1, 0.5])
SMALLEST = st.sampled_from([0.2, 0.4, 1.0])


def found_in(scene: Scene, margin: float, smallest: float) -> tuple[Proposal, Search]:
    return propose(scene, WEIGHTS, margin=margin, smallest=smallest), Search(scene, WEIGHTS, margin, smallest)


def allowed(scene: Scene, margin: float, smallest: float) -> list[Box]:
    """The lawful boxes, by trying all."""
    subject = Ruler(scene, margin).subject
    tried = boxes(scene.width, scene.height, smallest)
    return [box for box in tried if lawful(scene, box, margin, subject.head, subject.person)]


@settings(max_examples=40, deadline=None)
@given(scenes(SMALL, per_pixel=True), MARGIN, SMALLEST)
def test_on_small_pictures_the_windows_are_all_lawful_boxes_and_no_others(
    scene: Scene, margin: float, smallest: float
) -> None:
    search = Search(scene, WEIGHTS, margin, smallest)
    found = search.all()
    assert {found.box(at) for at in range(found.worth.size)} == set(allowed(scene, margin, smallest))
    assert found.box(found.worth.size - 1) == (0, 0, scene.width, scene.height)
    assert list(found.clean) == [is_clean(scene, found.box(at)) for at in range(found.worth.size)]


@settings(max_examples=40, deadline=None)
@given(scenes(SMALL, per_pixel=True), MARGIN, st.data())
def test_terms_are_the_sums_that_counting_pixels_gives(scene: Scene, margin: float, data: st.DataObject) -> None:
    box = data.draw(st.sampled_from(list(boxes(scene.width, scene.height, 0.2))))
    found = terms.measure(scene, box, margin)
    assert set(found) == set(TERMS)
    assert all(0 <= value <= 1 for value in found.values())
    heights = [head_height(person) for person in scene.people]
    assert found["saliency"] == pytest.approx(saliency(scene, box), abs=1e-4)
    assert found["anomaly"] == pytest.approx(anomaly(scene, box), abs=1e-4)
    assert found["joints"] == pytest.approx(joints(scene, box, heights), abs=1e-4)
    assert found["clutter"] == pytest.approx(clutter(scene, box), abs=1e-3)


@settings(max_examples=40, deadline=None)
@given(scenes(SMALL, per_pixel=True), MARGIN, SMALLEST)
def test_the_best_is_what_trying_every_box_gives(scene: Scene, margin: float, smallest: float) -> None:
    proposal, search = found_in(scene, margin, smallest)
    assert search.ruler.subject.torso is None or scene.heads or proposal.anchor == "torso"
    keeping = [box for box in allowed(scene, margin, smallest) if _keeps(scene, search, box)]
    clean = [box for box in keeping if is_clean(scene, box)]
    assert proposal.clean == bool(clean)
    worths = {box: score_of(scene, box, margin) for box in (clean or keeping)}
    most, best = max(worths.values()), proposal.candidates[0].box
    whole = (0, 0, scene.width, scene.height)
    due = gain_due(proposal.anchor)
    if whole in worths and most - worths[whole] < due - 1e-4:
        assert best == whole
    else:
        assert worths[best] >= most - (due + 1e-4 if best == whole else 1e-4)


def score_of(scene: Scene, box: Box, margin: float) -> float:
    found = terms.measure(scene, box, margin)
    return sum(WEIGHTS[name] * found[name] * (-1 if name in AGAINST else 1) for name in TERMS)


def _keeps(scene: Scene, search: Search, box: Box) -> bool:
    """Half of the saliency, and without a head half of the torso."""
    torso = search.ruler.subject.torso
    lost = torso is not None and search.ruler.subject.head is None and 2 * common(box, torso) < area_of(torso)
    return not lost and terms.measure(scene, box, 0)["saliency"] >= 0.5


@settings(max_examples=60, deadline=None)
@given(scenes(), MARGIN, SMALLEST)
def test_no_proposal_ever_breaks_a_rule(scene: Scene, margin: float, smallest: float) -> None:
    proposal, search = found_in(scene, margin, smallest)
    assert 1 <= len(proposal.candidates) <= 3
    assert [one.id for one in proposal.candidates] == ["best", "alt1", "alt2"][: len(proposal.candidates)]
    assert 0 <= proposal.confidence <= 1
    assert proposal.why.endswith(".")
    for one in proposal.candidates:
        _check_shape(scene, one.box, smallest)
        _check_cuts(scene, one.box, margin, search)
        assert set(one.terms) == set(TERMS)
        assert one.note
        assert one.score == pytest.approx(terms.score(one.terms, WEIGHTS))
        assert np.isfinite(one.score)


def _check_shape(scene: Scene, box: Box, smallest: float) -> None:
    x1, y1, x2, y2 = box
    assert 0 <= x1 < x2 <= scene.width
    assert 0 <= y1 < y2 <= scene.height
    off = abs((x2 - x1) * scene.height / scene.width - (y2 - y1))
    assert off <= 0.5
    assert not grid.is_fine(scene.width, scene.height) or off == 0
    assert x2 - x1 >= min(smallest * scene.width - 1e-6, scene.width)


def _check_cuts(scene: Scene, box: Box, margin: float, search: Search) -> None:
    head = search.ruler.subject.head
    wide = pixels(with_margin(head, margin), scene) if head else None
    assert wide is None or common(box, wide) == area_of(wide), "the main head with its margin is inside"
    parts = [pixels(one.box, scene) for one in scene.heads] + [eyes_of(one, scene) for one in scene.heads]
    parts += [pixels(one.region, scene) for one in scene.keep_out]
    assert not any(part is not None and is_cut(box, part) for part in parts)
    person = search.ruler.subject.person
    body = pixels(person.box, scene) if person and person.whole else None
    assert body is None or 3 * (min(box[3], body[3]) - max(box[1], body[1])) >= body[3] - body[1], "a third of the body"


@settings(max_examples=40, deadline=None)
@given(scenes(), SMALLEST)
def test_alternates_are_other_framings_for_other_reasons(scene: Scene, smallest: float) -> None:
    proposal = propose(scene, WEIGHTS, margin=0.1, smallest=smallest)
    found = [one.box for one in proposal.candidates]
    assert all(iou(a, b) < 0.75 for n, a in enumerate(found) for b in found[:n])
    notes = [one.note.split(",")[0] for one in proposal.candidates]
    assert len(set(notes)) == len(notes)


@settings(max_examples=15, deadline=None)
@given(scenes(), SMALLEST)
def test_the_same_scene_gives_the_same_proposal(scene: Scene, smallest: float) -> None:
    first, second = (propose(scene, WEIGHTS, margin=0.1, smallest=smallest) for _ in range(2))
    assert first == second


@settings(max_examples=20, deadline=None)
@given(scenes(SIZES), MARGIN)
def test_many_boxes_measured_at_once_are_worth_what_each_is_alone(scene: Scene, margin: float) -> None:
    found = Search(scene, WEIGHTS, margin, 0.4).all()
    for at in range(0, found.worth.size, max(1, found.worth.size // 5)):
        alone = terms.measure(scene, found.box(at), margin)
        assert list(found.values[:, at]) == pytest.approx([alone[name] for name in TERMS], abs=1e-5)
