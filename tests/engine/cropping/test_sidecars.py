"""Sidecars beside images: ours in spec 3's form A1, and those of other tools, which are read and left alone."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.cropping import grid, sidecars
from engine.cropping.model import Candidate, KeepOut, Proposal
from engine.errors import Unreadable
from engine.library.journal import Box

WIDTH, HEIGHT = 1200, 1600
GOOD = {"version": 1, "ratio": "original", "candidates": [{"id": "best", "box": [0, 0, 600, 800], "note": "n"}]}


def proposal(*boxes: tuple[int, int, int, int]) -> Proposal:
    names: Any = ("best", "alt1", "alt2")
    found = [Candidate(n, b, "keeps the head", 1.5, {"saliency": 1.0}) for n, b in zip(names, boxes, strict=False)]
    wrong = [KeepOut("hand", (0, 0, 9, 9), "Six fingers.", "extra_fingers", 0.9)]
    return Proposal(WIDTH, HEIGHT, found, wrong, True, "It is so.", 0.75, 0.0, "head")


def beside(folder: Path, value: Any) -> Path:
    """An image's path with a sidecar beside it."""
    image = folder / "a.png"
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    (folder / "a.png.crop_suggestions.json").write_bytes(data)
    return image


def load(image: Path) -> sidecars.Foreign:
    found = sidecars.foreign(image)
    assert found is not None
    return sidecars.parsed(*found, WIDTH, HEIGHT)


def test_what_is_written_has_the_agreed_form() -> None:
    said = json.loads(sidecars.encoded(proposal((0, 0, 600, 800), (3, 4, 603, 804))))
    assert list(said)[:4] == ["version", "ratio", "candidates", "keep_out"]
    assert (said["version"], said["ratio"]) == (1, "original")
    assert said["candidates"][1] == {
        "id": "alt1", "box": [3, 4, 603, 804], "note": "keeps the head", "score": 1.5, "terms": {"saliency": 1.0},
    }  # fmt: skip
    assert said["keep_out"] == [
        {"shape": "hand", "region": [0, 0, 9, 9], "text": "Six fingers.", "tag": "extra_fingers"}
    ]
    assert said["ratio_error"] == 0


def test_a_person_can_read_it_and_no_text_is_changed() -> None:
    odd = "[ 1, 2 ] \n[\n 1 ]"
    best = Candidate("best", (0, 0, 600, 800), odd, 1 / 3, {"saliency": 1e-9})
    data = sidecars.encoded(Proposal(WIDTH, HEIGHT, [best], [], True, odd, 0.75, 0.0, "head"))
    assert b'"box": [0, 0, 600, 800]' in data
    said = json.loads(data)
    assert (said["why"], said["candidates"][0]["note"], said["candidates"][0]["score"]) == (odd, odd, 0.3333)


def test_ours_is_no_other_tools_and_reads_back_as_written(tmp_path: Path) -> None:
    data = sidecars.encoded(proposal((0, 0, 600, 800), (3, 4, 603, 804)))
    image = beside(tmp_path, data)
    assert sidecars.foreign(image) is None
    assert not sidecars.differs(image, data)
    told = sidecars.parsed(image, data, WIDTH, HEIGHT)
    assert [box for box, _ in told.candidates] == [(0, 0, 600, 800), (3, 4, 603, 804)]
    assert told.keep_out == [("hand", (0, 0, 9, 9))]


def test_the_older_form_without_version_and_ids_is_read_in_the_order_it_names(tmp_path: Path) -> None:
    boxes = {"alt1": [0, 0, 600, 800], "best": [300, 400, 900, 1200], "alt2": [0, 0, 1200, 1600]}
    image = beside(
        tmp_path,
        {
            "ratio": "original",
            "candidates": [{"box": box, "note": note} for note, box in boxes.items()],
            "keep_out": [{"shape": "hand", "region": [0, 0, 40, 40]}],
        },
    )
    assert [box for box, _ in load(image).candidates] == [tuple(boxes[n]) for n in ("best", "alt1", "alt2")]


def test_a_sidecar_named_by_the_stem_alone_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.crop_suggestions.json").write_text(json.dumps(GOOD))
    assert load(tmp_path / "a.png").candidates == [((0, 0, 600, 800), "n")]


def test_a_name_that_has_no_room_for_a_sidecar_has_none(tmp_path: Path) -> None:
    assert sidecars.foreign(tmp_path / ("x" * 250 + ".png")) is None


def test_only_three_candidates_are_taken(tmp_path: Path) -> None:
    many = [{"box": [0, 0, 3 * n, 4 * n]} for n in range(100, 110)]
    assert len(load(beside(tmp_path, {"candidates": many})).candidates) == 3


HOSTILE = {
    "nothing": b"",
    "no JSON": b"{",
    "deep": b'{"candidates": ' + b"[" * 100_000,
    "a list": [],
    "no candidates": {"candidates": []},
    "no box": {"candidates": [{"note": "best"}]},
    "three sides": {"candidates": [{"box": [0, 0, 1]}]},
    "words": {"candidates": [{"box": ["0", 0, 1, 1]}]},
    "turned over": {"candidates": [{"box": [600, 800, 0, 0]}]},
    "empty": {"candidates": [{"box": [5, 5, 5, 5]}]},
    "outside": {"candidates": [{"box": [-3, 0, 597, 800]}]},
    "beyond": {"candidates": [{"box": [0, 0, 1203, 1604]}]},
    "huge": b'{"candidates": [{"box": [0, 0, 1e308, 1e308]}]}',
    "infinite": b'{"candidates": [{"box": [0, 0, 1e999, 4]}]}',
    "no number": b'{"candidates": [{"box": [0, 0, NaN, 4]}]}',
    "whole numbers without end": b'{"candidates": [{"box": [0, 0, ' + b"9" * 5000 + b', 4]}]}',
    "another ratio": {"candidates": [{"box": [0, 0, 600, 600]}]},
    "another ratio by name": {**GOOD, "ratio": "1:1"},
    "another version": {**GOOD, "version": 2},
    "keep out beyond": {**GOOD, "keep_out": [{"shape": "hand", "region": [0, 0, 5000, 5000]}]},
    "a long note": {"candidates": [{"box": [0, 0, 600, 800], "note": "x" * 10_000}]},
    "not UTF-8": b'{"candidates": [{"box": [0, 0, 600, 800], "note": "\xff"}]}',
    "too large": b" " * (2 << 20),
    "too many": {"candidates": [{"box": [0, 0, 3, 4]}] * 2000},
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_sidecar_is_passed_over_with_a_sentence(tmp_path: Path, name: str) -> None:
    image = beside(tmp_path, HOSTILE[name])
    with pytest.raises(Unreadable) as said:
        load(image)
    assert said.value.message.startswith("a.png.crop_suggestions.json ")
    assert said.value.message.endswith("; it was passed over.")
    assert len(said.value.message) < 400


@pytest.mark.skipif(os.name == "nt", reason="named pipes are files of other systems")
def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.png.crop_suggestions.json")
    with pytest.raises(Unreadable):
        load(tmp_path / "a.png")


@given(st.binary(max_size=200))
def test_any_bytes_give_boxes_inside_or_a_sentence(data: bytes) -> None:
    try:
        found = sidecars.parsed(Path("a.json"), data, WIDTH, HEIGHT)
    except Unreadable:
        return
    assert found.candidates


@given(st.data(), st.integers(8, 5000), st.integers(8, 5000))
def test_a_box_that_is_read_is_lawful_and_lies_inside(data: st.DataObject, width: int, height: int) -> None:
    w = data.draw(st.integers(1, width))
    h = max(1, min(height, round(w * height / width)))
    x, y = data.draw(st.integers(0, width - w)), data.draw(st.integers(0, height - h))
    body = json.dumps({"candidates": [{"box": [x, y, x + w, y + h]}]}).encode()
    x1, y1, x2, y2 = sidecars.parsed(Path("a.json"), body, width, height).candidates[0][0]
    assert 0 <= x1 < x2 <= width
    assert 0 <= y1 < y2 <= height
    assert (x2 - x1, y2 - y1) == grid.fitting(width, height, x2 - x1)[:2]


@given(st.integers(0, 9999), st.integers(0, 9999), st.integers(1, 9999), st.integers(1, 9999))
def test_a_box_of_corners_and_one_of_sides_are_the_same_box(x: int, y: int, w: int, h: int) -> None:
    from engine.cropping.effects import _box
    from engine.library.journal import Record

    kept = _box(Record(ts="", set_id="", images=["a"], winner="a", crop_box=Box(x, y, w, h), kind="crop"))
    corners = (kept.x, kept.y, kept.x + kept.w, kept.y + kept.h)
    assert Box(corners[0], corners[1], corners[2] - corners[0], corners[3] - corners[1]) == Box(x, y, w, h)
