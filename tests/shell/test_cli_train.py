"""`pickwise train`: not enough yet, a model from an earlier log, one step back, wrong use."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from terminal import pickwise

from tests import likes


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    from engine.learning import train

    monkeypatch.setattr(train, "_embed", lambda library, progress: [])
    likes.library(tmp_path / "library", 30).close()
    return tmp_path / "library"


def log(file: Path) -> Path:
    lines = [
        {"ts": f"2025-10-05T19:{family:02}:31Z", "images": [f"f{family:06}_stage{s}.png" for s in (1, 2, 3)],
         "winner": f"f{family:06}_stage2.png"}
        for family in range(24)
    ]  # fmt: skip
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return file


def test_a_library_without_picks_says_what_is_missing(place: Path) -> None:
    said = pickwise("train", "--library", place, "--json")
    assert said.code == 0
    assert said.json["model"] == ""
    assert said.json["why"].startswith("Not enough yet")


def test_an_earlier_log_teaches_and_one_step_back_leads_to_the_model_before(place: Path, tmp_path: Path) -> None:
    said = pickwise("train", "--from", log(tmp_path / "session.jsonl"), "--library", place, "--json")
    assert said.code == 0
    assert said.json["imported"][0]["pairs"] == 48
    assert said.json["pairs"] == 48
    first = said.json["model"]
    assert first.startswith("ranker-")
    second = pickwise("train", "--library", place, "--json").json["model"]
    assert second > first
    back = pickwise("train", "--back", "--library", place, "--json")
    assert back.json["model"] == first
    again = pickwise("train", "--back", "--library", place)
    assert again.code == 1
    assert "no earlier model" in again.err


def test_back_and_from_do_not_go_together_and_a_missing_file_is_named(place: Path, tmp_path: Path) -> None:
    assert pickwise("train", "--back", "--from", log(tmp_path / "s.jsonl"), "--library", place).code == 2
    said = pickwise("train", "--from", tmp_path / "none.jsonl", "--library", place)
    assert said.code == 1
    assert "none.jsonl" in said.err


def test_a_session_log_says_all_that_was_taken_over_and_what_was_not(place: Path, tmp_path: Path) -> None:
    line = {
        "ts": "2025-10-05T19:12:31Z", "set_id": "s", "images": ["f000000_stage1.png", "f000000_stage2.png"],
        "winner": "f000000_stage1.png", "needs_crop": True, "anomaly_tags": ["toes"], "mood": "good",
    }  # fmt: skip
    file = tmp_path / "session.jsonl"
    file.write_text(json.dumps(line) + "\n")
    said = pickwise("train", "--from", file, "--library", place)
    assert said.code == 0
    assert "1 pair, 1 tag, 1 image to crop taken over." in said.err
    assert "Fields that mean nothing here were passed over: mood (1)." in said.err
    (again,) = pickwise("train", "--from", file, "--library", place, "--json").json["imported"]
    assert (again["pairs"], again["tags"], again["sent"], again["known"]) == (0, 0, 0, 3)


def test_crops_of_an_earlier_log_are_counted_and_one_undo_takes_them_back(place: Path, tmp_path: Path) -> None:
    file = tmp_path / "crop_decisions.csv"
    file.write_text("image,choice\nf000000_stage1.png,full\nf000000_stage2.png,best\n")
    said = pickwise("train", "--from", file, "--library", place)
    assert said.code == 0
    assert "1 crop taken over" in said.err
    assert "line 3: Which box best was is not known here" in said.err
    (again,) = pickwise("train", "--from", file, "--library", place, "--json").json["imported"]
    assert (again["crops"], again["pairs"], again["known"], len(again["passed_over"])) == (0, 0, 1, 1)
    assert pickwise("undo", "--library", place, "--json").json["undo"] == "Take over 1 crop"
