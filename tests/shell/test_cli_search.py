"""`pickwise search` without weights, and used wrongly: a sentence and the right exit code."""

from __future__ import annotations

from pathlib import Path

import pytest
from terminal import family, library_of, pickwise


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("search")
    family(root / "images", 1, ("1",))
    library_of(root / "images", root / "library")
    return root / "library"


def test_without_weights_of_clip_it_says_what_to_do(place: Path) -> None:
    said = pickwise("search", "red", "coat", "--library", place, "--json")
    assert said.code == 1
    assert said.json["error"]["code"] == "not_found"
    assert "CLIP" in said.json["error"]["message"]
    assert "vision.clip_checkpoint" in said.json["error"]["hint"]


@pytest.mark.parametrize("words", [" ", "x" * 1001])
def test_no_words_or_very_many_are_wrong_use(place: Path, words: str) -> None:
    assert pickwise("search", words, "--library", place).code == 2


def test_weights_that_are_gone_are_named(place: Path) -> None:
    text = (place / "pickwise.toml").read_text(encoding="utf-8")
    (place / "pickwise.toml").write_text(text + '\n[vision]\nclip_checkpoint = "/nowhere/a.pt"\n', encoding="utf-8")
    said = pickwise("search", "coat", "--library", place)
    (place / "pickwise.toml").write_text(text, encoding="utf-8")
    assert said.code == 1
    assert "/nowhere/a.pt" in said.err
