"""The scan: every image file once, and nothing else, whatever a folder holds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.intake.scan import Found, Scan
from engine.library.text import to_path, to_text


def scan(*sources: Path, recursive: bool = True, library: Path | None = None) -> tuple[list[Found], Scan]:
    walk = Scan(sources, recursive=recursive, library=library or Path("/nowhere/library"))
    return list(walk), walk


def names(*sources: Path, **options: bool) -> list[str]:
    return [to_path(f.path).name for f in scan(*sources, **options)[0]]


def make(path: Path, content: str = "x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path


def test_images_are_found_by_suffix_in_every_case_and_nothing_else(tmp_path: Path) -> None:
    wanted = {"a.png", "B.JPG", "c.JpEg", "d.webp", "e.avif", "f.heic", "g.tif", "h.tiff", "i.bmp"}
    for name in wanted | {"x.txt", "y.yaml", "z", "png", ".png", ".hidden.png", "._a.png", "a.png.part", "v.gif.mp4"}:
        make(tmp_path / name)
    assert set(names(tmp_path)) == wanted


def test_subfolders_are_looked_into_when_wanted_and_hidden_ones_never(tmp_path: Path) -> None:
    for place in ("a.png", "in/b.png", "in/deeper/c.png", ".cache/d.png", "in/.git/e.png"):
        make(tmp_path / place)
    assert sorted(names(tmp_path)) == ["a.png", "b.png", "c.png"]
    assert names(tmp_path, recursive=False) == ["a.png"]


def test_any_file_name_is_found_and_leads_back_to_its_file(tmp_path: Path) -> None:
    raw = [b"new\nline.png", "🦊 é.png".encode(), b"\xff\xfe.png", b"-rf.png", b"a'b\"c.png", b"\xf4\x8f\xbe\x80.png"]
    for name in raw:
        make(tmp_path / os.fsdecode(name))
    found, _ = scan(tmp_path)
    assert {os.fsencode(to_path(f.path).name) for f in found} == set(raw)
    assert all(to_path(f.path).is_file() for f in found)
    for file in found:
        file.path.encode("utf-8")


def test_a_loop_of_links_ends(tmp_path: Path) -> None:
    make(tmp_path / "a" / "one.png")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "self").symlink_to("self")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert names(tmp_path) == ["one.png"]


def test_the_real_path_wins_over_a_link(tmp_path: Path) -> None:
    make(tmp_path / "z" / "one.png")
    (tmp_path / "a").symlink_to(tmp_path / "z")
    found, _ = scan(tmp_path)
    assert [f.path for f in found] == [to_text(tmp_path / "z" / "one.png")]


def test_a_source_that_is_itself_a_link_is_followed(tmp_path: Path) -> None:
    make(tmp_path / "real" / "one.png")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    found, _ = scan(tmp_path / "link")
    assert [f.path for f in found] == [to_text(tmp_path / "link" / "one.png")]


def test_a_linked_file_is_found_and_a_dangling_link_is_not(tmp_path: Path) -> None:
    outside = make(tmp_path / "outside" / "real.png")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "link.png").symlink_to(outside)
    (tmp_path / "in" / "dangling.png").symlink_to(tmp_path / "nothing")
    assert names(tmp_path / "in") == ["link.png"]


def test_a_source_inside_another_is_walked_once(tmp_path: Path) -> None:
    make(tmp_path / "in" / "one.png")
    found, _ = scan(tmp_path / "in", tmp_path)
    assert [(f.source, to_path(f.path).name) for f in found] == [(to_text(tmp_path / "in"), "one.png")]


def test_the_librarys_own_folder_is_passed_over(tmp_path: Path) -> None:
    make(tmp_path / "a.png")
    make(tmp_path / "library" / "thumbs" / "b.png")
    assert [to_path(f.path).name for f in scan(tmp_path, library=tmp_path / "library")[0]] == ["a.png"]


def test_what_was_set_aside_is_passed_over_at_any_depth(tmp_path: Path) -> None:
    for place in ("a.png", "_review_dupes/b.png", "in/delete_review/deep/c.png", "in/Delete_Review/d.png", "in/e.png"):
        make(tmp_path / place)
    make(tmp_path / "_review_dupes.png" / "f.png")
    assert sorted(names(tmp_path)) == ["a.png", "e.png", "f.png"]
    assert names(tmp_path / "_review_dupes") == ["b.png"]


def test_what_is_no_regular_file_is_passed_over(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "folder.png").mkdir()
    make(tmp_path / "folder.png" / "inside.png")
    assert names(tmp_path) == ["inside.png"]


def test_a_source_that_is_gone_is_told_and_stops_nothing(tmp_path: Path) -> None:
    make(tmp_path / "here" / "a.png")
    file = make(tmp_path / "file.png")
    long = tmp_path / ("x" * 300)
    found, walk = scan(tmp_path / "gone", file, long, Path("a\0b"), tmp_path / "here")
    assert [to_path(f.path).name for f in found] == ["a.png"]
    assert walk.unreachable == [to_text(p) for p in (tmp_path / "gone", file, long, Path("a\0b"))]
    assert len(walk.notices) == 4


def test_a_folder_that_cannot_be_read_is_told_and_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path / "a" / "one.png")
    make(tmp_path / "b" / "two.png")
    listing = os.scandir

    def refuse(folder: str) -> object:
        if folder.endswith("a"):
            raise PermissionError(13, "Permission denied")
        return listing(folder)

    monkeypatch.setattr(os, "scandir", refuse)
    found, walk = scan(tmp_path)
    assert [to_path(f.path).name for f in found] == ["two.png"]
    assert len(walk.notices) == 1
    assert "Permission denied" in walk.notices[0]


def test_the_mark_changes_with_a_companion_and_only_then(tmp_path: Path) -> None:
    make(tmp_path / "a.png")
    make(tmp_path / "b.png")

    def marks() -> dict[str, str]:
        return {to_path(f.path).name: f.companions_mark for f in scan(tmp_path)[0]}

    none = marks()
    assert none == {"a.png": "", "b.png": ""}
    beside = make(tmp_path / "a.yaml")
    one = marks()
    assert one["a.png"] != ""
    assert one["b.png"] == ""
    assert marks() == one
    beside.write_text("longer")
    two = marks()
    assert two["a.png"] not in ("", one["a.png"])
    make(tmp_path / "a.caption")
    assert marks()["a.png"] not in (one["a.png"], two["a.png"])
    assert scan(tmp_path)[0][0].companions == ("a.caption", "a.yaml")


def test_two_scans_give_the_same_order(tmp_path: Path) -> None:
    for n in (3, 1, 2):
        make(tmp_path / f"d{n}" / f"{n}.png")
        make(tmp_path / f"{n}.png")
    assert names(tmp_path) == names(tmp_path) == ["1.png", "2.png", "3.png", "1.png", "2.png", "3.png"]
