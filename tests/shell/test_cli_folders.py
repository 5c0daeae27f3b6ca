"""`compare-folders` and `mark-cropped` on the terminal: no library, nothing changed unless asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from draw import natural, save
from terminal import library_of, pickwise, snapshot


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for name, content in (("a/same.png", b"1"), ("b/same.png", b"1"), ("a/x\x1b.png", b"1"), ("b/x\x1b.png", b"22")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    (tmp_path / "a" / "only.jpg").touch()
    return tmp_path


def test_compare_folders_says_what_is_equal_and_makes_no_library(place: Path) -> None:
    before = snapshot(place)
    said = pickwise("compare-folders", place / "a", place / "b", "--extensions", "png,jpg", "--json")
    assert said.code == 0
    assert said.json == {
        "a": str(place / "a"), "b": str(place / "b"), "equal": 1, "different": 1, "one_file": 0, "unreadable": 0,
        "same": [
            {"name": "same.png", "content": "equal", "bytes_a": 1, "bytes_b": 1},
            {"name": "x\x1b.png", "content": "different", "bytes_a": 1, "bytes_b": 2},
        ],
        "only_a": 1, "only_b": 0, "clashes": [], "troubles": [],
    }  # fmt: skip
    assert snapshot(place) == before


def test_on_the_terminal_what_differs_comes_first_and_no_name_reaches_it_raw(place: Path) -> None:
    said = pickwise("compare-folders", place / "a", place / "b")
    assert said.code == 0
    assert said.out.index("DIFFERENT") < said.out.index("equal  1 B")
    assert "\x1b.png" not in said.out


def test_a_name_that_leads_nowhere_is_told_and_fails_the_command(place: Path) -> None:
    (place / "a" / "gone.png").symlink_to(place / "nothing")
    said = pickwise("compare-folders", place / "a", place / "b", "--json")
    assert (said.code, len(said.json["troubles"])) == (1, 1)


def test_wrong_folders_are_refused_with_a_sentence(place: Path) -> None:
    assert pickwise("compare-folders", place / "a", place / "a").code == 2
    assert pickwise("compare-folders", place / "a", place / "none", "--json").json["error"]["code"] == "not_found"
    assert pickwise("mark-cropped", place / "none").code == 1


def test_mark_cropped_writes_only_with_apply(place: Path) -> None:
    dry = pickwise("mark-cropped", place, "--json")
    assert dry.json == {
        "folder": str(place), "images": 5, "marked": 5, "already": 0, "failed": [], "applied": False,
    }  # fmt: skip
    assert not list(place.rglob("*.cropped"))
    assert "add --apply" in pickwise("mark-cropped", place).out
    assert pickwise("mark-cropped", place, "--apply", "--json").json == {**dry.json, "applied": True}
    assert len(list(place.rglob("*.cropped"))) == 5
    assert pickwise("mark-cropped", place, "--apply", "--json").json["already"] == 5


def test_a_mark_that_cannot_be_written_fails_the_command_and_the_others_are_written(place: Path) -> None:
    (place / "a" / "same.cropped").mkdir()
    said = pickwise("mark-cropped", place / "a", "--apply")
    assert said.code == 1
    assert "same.cropped cannot be written" in said.err
    assert (place / "a" / "only.cropped").exists()


def test_marked_images_are_known_after_a_rescan(tmp_path: Path) -> None:
    save(natural(3, 64, 48), tmp_path / "images" / "a.png")
    library_of(tmp_path / "images", tmp_path / "library")
    pickwise("mark-cropped", tmp_path / "images", "--apply")
    assert pickwise("rescan", "--library", tmp_path / "library").code == 0
    from engine.library.store import Library

    with Library(tmp_path / "library", write=False) as library, library.db.read() as connection:
        assert connection.execute("SELECT filename FROM images WHERE cropped").fetchall() == [("a.png",)]
