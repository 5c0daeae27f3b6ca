"""The finder with its real models: odd pictures, and photographs where they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.vision.people.boxes import Pixels
from engine.vision.people.finder import Finder
from engine.vision.seen import People

SHARED = Path(__file__).resolve().parents[5] / "shared"
PHOTOS = SHARED / "data" / "human_samples"
YUNET = SHARED / "models" / "yunet_n_dynamic.onnx"


@pytest.fixture(scope="module")
def finder() -> Iterator[Finder]:
    with Finder() as found:
        yield found


def photo(name: str) -> Pixels:
    if not PHOTOS.is_dir():
        pytest.skip("needs the photographs in ../shared/data/human_samples")
    with Image.open(PHOTOS / name) as image:
        image.thumbnail((1000, 1000))
        return np.asarray(image.convert("RGB"))


@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (15, 15), (4000, 20), (17, 17), (40, 400), (300, 200)])
def test_blank_and_odd_pictures_hold_nobody(finder: Finder, shape: tuple[int, int]) -> None:
    blank = np.full((*shape, 3), 127, np.uint8)
    assert finder.people(blank) == People(width=shape[1], height=shape[0])
    mask = finder.person_mask(blank)
    assert mask.shape == shape
    assert mask.dtype == np.float32


@pytest.mark.parametrize("wrong", [np.zeros((9, 9), np.uint8), np.zeros((9, 9, 4), np.uint8), np.zeros((9, 9, 3))])
def test_what_is_no_picture_is_refused(finder: Finder, wrong: Pixels) -> None:
    with pytest.raises(ValueError, match="uint8"):
        finder.people(wrong)


def test_the_same_picture_gives_the_same_people_whatever_came_between(finder: Finder) -> None:
    rgb = photo("person-tetiana.jpg")
    first = finder.people(rgb)
    finder.people(np.full((200, 200, 3), 90, np.uint8))
    assert finder.people(rgb) == first
    assert len(first.hands) == 2
    assert any(hand.second_look for hand in first.hands)
    assert len(first.bodies) == 1
    assert {len(face.mesh) for face in first.faces} == {478}


def test_each_hand_is_on_the_side_of_its_own_arm(finder: Finder) -> None:
    people = finder.people(photo("person-vlado5.jpg"))
    wrists = {"left": people.bodies[0].points[15], "right": people.bodies[0].points[16]}
    assert {hand.side for hand in people.hands} == {"left", "right"}
    for hand in people.hands:
        other = "left" if hand.side == "right" else "right"
        reach = [np.hypot(*np.subtract(hand.points[0], wrists[side])) for side in (hand.side, other)]
        assert reach[0] < reach[1]


def test_a_person_is_in_the_mask(finder: Finder) -> None:
    mask = finder.person_mask(photo("person-vlado5.jpg"))
    assert 0.05 < float(mask.mean()) < 0.9
    assert 0 <= mask.min() <= mask.max() <= 1


def test_yunet_gives_boxes_and_the_eyes_of_the_person() -> None:
    if not YUNET.is_file():
        pytest.skip("needs YuNet's weights in ../shared/models")
    with Finder(YUNET) as finder:
        faces = finder.faces.find(photo("stock-emotions-a-1.jpg"))
    assert [face.by for face in faces] == ["yunet"]
    right, left = faces[0].eyes or pytest.fail("no eyes")
    assert faces[0].box[0] < right[0] < left[0] < faces[0].box[2]
