"""`pickwise cull`: the JSON, the reports, and every file name and folder a disk can hold."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from draw import natural, save
from terminal import SIZE, family, groups, library_of, pickwise, process, snapshot

from engine.library.csvfile import read_csv
from engine.library.text import to_path, to_text

KEYS = [
    "library", "images", "new", "missing", "quarantined", "groups", "keepers", "review", "seconds",
    "images_per_second", "reports",
]  # fmt: skip
posix = pytest.mark.skipif(os.name == "nt", reason="Windows cannot make such a file")


@pytest.fixture(scope="module")
def culled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, dict[str, Any]]:
    """A folder with a sound family, one whose top stage is blurred, and a broken file; its library; the JSON."""
    top = tmp_path_factory.mktemp("culled")
    family(top / "images", 1)
    family(top / "images", 2, bad="3")
    (top / "images" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n cut short")
    (top / "images" / "notes.txt").write_text("not an image", encoding="utf-8")
    return top / "images", top / "library", library_of(top / "images", top / "library")


Culled = tuple[Path, Path, dict[str, Any]]


def test_the_json_has_the_agreed_keys_and_counts(culled: Culled) -> None:
    _, library, answer = culled
    assert list(answer) == KEYS
    assert list(answer["reports"]) == ["groups", "picks"]
    counts = {key: answer[key] for key in KEYS[1:8]}
    assert counts == {
        "images": 6, "new": 7, "missing": 0, "quarantined": 1, "groups": 2, "keepers": 1, "review": 1,
    }  # fmt: skip
    assert answer["library"] == to_text(library)
    assert answer["images_per_second"] > 0


def test_groups_csv_tells_each_image_of_each_group(culled: Culled) -> None:
    folder, _, answer = culled
    header, rows = read_csv(answer["reports"]["groups"])
    assert header == ["group_id", "filepath", "stage", "timestamp", "phash", "width", "height"]
    assert {row[1] for row in rows} == {to_text(p) for p in folder.glob("*stage*.png")}
    first = rows[0]
    assert re.fullmatch("[0-9a-f]{12}", first[0])
    assert first[2:4] == ["3", "2025-07-01T12:00:00"]
    assert re.fullmatch("[0-9a-f]{16}", first[4])
    assert first[5:] == [str(side) for side in SIZE]


def test_picks_csv_tells_decision_defects_and_reason(culled: Culled) -> None:
    _, _, answer = culled
    header, rows = read_csv(answer["reports"]["picks"])
    assert header == ["group_id", "filepath", "stage", "defects", "quality", "score", "decision", "reason"]
    assert [row[6] for row in rows].count("keeper") == 1
    doubtful = next(row for row in rows if row[6] == "review")
    assert doubtful[2] == "2"
    assert doubtful[7].startswith("stage 3 is defective: blur")
    assert [row[3] for row in rows if row[2] == "3"] == ["", "blur"]


def test_a_second_run_finds_nothing_to_do(culled: Culled) -> None:
    folder, library, first = culled
    before = snapshot(library / "reports")
    again = library_of(folder, library)
    assert (again["new"], again["images"], again["groups"]) == (0, first["images"], first["groups"])
    assert snapshot(library / "reports") == before


def test_without_json_a_table_is_printed(culled: Culled) -> None:
    folder, library, _ = culled
    said = pickwise("cull", folder, "--library", library)
    assert said.code == 0
    assert re.search(r"keepers\W+1\W", said.out)
    assert re.search(r"need you\W+1 groups", said.out)


def test_a_real_process_prints_one_object_and_is_quiet_elsewhere(culled: Culled) -> None:
    folder, library, _ = culled
    said = process("cull", folder, "--library", library, "--json")
    assert (said.code, said.err) == (0, "")
    assert list(said.json) == KEYS


def test_a_folder_finds_its_library_again(tmp_path: Path) -> None:
    family(tmp_path, 3, ("1",))
    first, again = (pickwise("cull", tmp_path, "--json").json for _ in range(2))
    assert first["library"] == again["library"]
    assert (first["new"], again["new"]) == (1, 0)


@pytest.mark.parametrize("name", ["nowhere", "file.png"])
def test_what_is_no_folder_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "file.png").touch()
    said = pickwise("cull", tmp_path / name, "--json")
    assert said.code == 1
    assert said.json["error"]["code"] == "not_found"
    assert said.json["error"]["message"] in said.err


ODD = [
    "a\nb.png", "tab\there.png", "🦊 été 漢字.png", "-rf.png", "--help.png", "=1+1.png", "a'b\"c.png", "<b>.png",
    "100%#?.png", "b" * 240 + ".png", " spaces .png", "back\\slash.png", "a.png.png",
]  # fmt: skip


@posix
def test_any_file_name_is_taken_in_and_comes_back_in_the_reports(tmp_path: Path) -> None:
    folder = tmp_path / "images"
    names = [os.fsencode(name) for name in ODD] + ([b"not \xff utf8 \xfe.png"] if sys.platform == "linux" else [])
    for number, name in enumerate(names):
        save(natural(number + 40, 96, 96), folder / "x.png").rename(
            Path(os.fsdecode(os.fsencode(folder) + b"/" + name))
        )
    answer = library_of(folder, tmp_path / "library")
    assert (answer["images"], answer["quarantined"]) == (len(names), 0)
    _, rows = read_csv(answer["reports"]["picks"])
    assert {os.fsencode(to_path(row[1]).name) for row in rows} == set(names)
    assert all(to_path(row[1]).is_file() for row in rows)


@posix
def test_a_folder_with_a_leading_dash_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    family(tmp_path / "-images", 4, ("1",))
    monkeypatch.chdir(tmp_path)
    assert pickwise("cull", "--json", "--", "-images").json["images"] == 1
    assert pickwise("cull", "./-images", "--json").json["images"] == 1


@posix
def test_loops_pipes_hidden_folders_and_dangling_links_are_passed_over(tmp_path: Path) -> None:
    folder = tmp_path / "images"
    first = family(folder / "real", 5, ("1", "2"))[0]
    (folder / "real" / "loop").symlink_to(folder)
    (folder / "again").symlink_to(folder / "real")
    (folder / "nowhere.png").symlink_to(tmp_path / "gone.png")
    (folder / ".hidden").mkdir()
    first.with_name("._" + first.name).write_bytes(b"Finder's")
    (folder / ".hidden" / "x.png").write_bytes(first.read_bytes())
    (folder / "folder.png").mkdir()
    os.mkfifo(folder / "pipe.png")
    answer = library_of(folder, tmp_path / "library")
    assert (answer["images"], answer["quarantined"]) == (2, 0)
    assert {Path(p).parent.name for paths in groups(tmp_path / "library").values() for p in paths} == {"real"}


def test_a_library_inside_its_source_is_not_scanned(tmp_path: Path) -> None:
    family(tmp_path, 6)
    first = library_of(tmp_path, tmp_path / "library")
    assert pickwise("export", "--keepers", "--library", tmp_path / "library", "--to", tmp_path / "out").code == 1
    again = library_of(tmp_path, tmp_path / "library")
    assert (first["images"], again["images"], again["new"]) == (3, 3, 0)


def test_an_unreadable_folder_is_told_and_the_rest_is_culled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulated, because root reads every folder."""
    family(tmp_path / "images", 7)
    (tmp_path / "images" / "shut").mkdir()
    scandir = os.scandir

    def guarded(folder: Any = ".") -> Any:
        if os.fspath(folder).endswith("shut"):
            raise PermissionError(13, "Permission denied", folder)
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", guarded)
    said = pickwise("cull", tmp_path / "images", "--library", tmp_path / "library", "--json")
    assert (said.code, said.json["images"]) == (0, 3)
    assert "shut cannot be read: Permission denied" in said.err


def test_subfolders_can_be_left_out(tmp_path: Path) -> None:
    family(tmp_path / "images", 8, ("1",))
    family(tmp_path / "images" / "deeper", 9, ("1",))
    shallow = pickwise("cull", tmp_path / "images", "--library", tmp_path / "l", "--json", "--no-recursive").json
    deep = pickwise("cull", tmp_path / "images", "--library", tmp_path / "l", "--json", "--recursive").json
    assert (shallow["images"], deep["images"]) == (1, 2)


def test_nothing_any_command_does_touches_a_source(tmp_path: Path) -> None:
    folder, library = tmp_path / "images", tmp_path / "library"
    for path in family(folder, 10):
        path.with_suffix(".yaml").write_text("prompt: a fox\n", encoding="utf-8")
    before = snapshot(folder)
    library_of(folder, library)
    for command in ("rescan", "status", "doctor", "log", "rebuild"):
        assert pickwise(command, "--library", library, "--json").code == 0
    for link in ("copy", "hard", "symlink"):
        to = ("--to", tmp_path / link, "--link", link)
        assert pickwise("export", "--keepers", "--apply", *to, "--library", library).code == 0
    assert snapshot(folder) == before
