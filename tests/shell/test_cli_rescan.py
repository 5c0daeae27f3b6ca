"""`pickwise rescan` and the history: files come, change, move, go and return; what was decided stays with its image."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from again import Again
from draw import natural, save
from terminal import SIZE, family, groups, library_of, opened, pickwise, verdicts

from engine.culling import decide
from engine.library.csvfile import read_csv


def two_families(folder: Path) -> None:
    family(folder / "images", 1)
    family(folder / "images", 2, bad="3")
    library_of(folder / "images", folder / "library")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Again:
    return Again(tmp_path_factory.mktemp("rescan"), two_families)


@pytest.fixture
def place(made: Again) -> Path:
    """A library over `images`: one sound family, one in doubt."""
    return made.put_back() / "library"


def rescan(place: Path) -> dict[str, Any]:
    said = pickwise("rescan", "--library", place, "--json")
    assert said.code == 0, said
    answer: dict[str, Any] = said.json
    return answer


def images(place: Path) -> list[Path]:
    return sorted((place.parent / "images").rglob("*.png"))


def keep(place: Path, name: str) -> None:
    """Decide for this image in its group."""
    key, members = next((k, m) for k, m in groups(place).items() if any(name in path for path in m))
    winner = next(image for path, image in members.items() if name in path)
    with opened(place) as library:
        decide.pick(library, key, winner)


def by_name(place: Path) -> dict[str, str]:
    return {Path(path).name: verdict for path, verdict in verdicts(place).items()}


def test_an_unchanged_folder_stays_as_it_is(place: Path) -> None:
    answer = rescan(place)
    assert (answer["new"], answer["missing"], answer["images"]) == (0, 0, 6)


def test_a_new_file_is_taken_in(place: Path) -> None:
    family(place.parent / "images", 3, ("1",))
    answer = rescan(place)
    assert (answer["new"], answer["images"], answer["groups"]) == (1, 7, 3)


def test_a_changed_file_is_measured_again_and_keeps_its_verdict(place: Path) -> None:
    keep(place, "01_120000_stage3")
    save(natural(1, *SIZE)[:, : SIZE[0] - 16], images(place)[2])
    answer = rescan(place)
    assert (answer["new"], answer["images"]) == (0, 6)
    _, rows = read_csv(answer["reports"]["groups"])
    assert [row[5] for row in rows if "01_120000_stage3" in row[1]] == [str(SIZE[0] - 16)]
    assert by_name(place)[images(place)[2].name] == "keep"


def test_a_touched_file_is_not_measured_again(place: Path) -> None:
    os.utime(images(place)[0], (1, 1))
    answer = rescan(place)
    assert (answer["new"], answer["images"], answer["images_per_second"]) == (0, 6, 0)


def test_a_moved_and_renamed_file_keeps_its_verdict(place: Path) -> None:
    keep(place, "02_120000_stage2")
    before = by_name(place)
    (place.parent / "images" / "deeper").mkdir()
    for number, path in enumerate(images(place)):
        path.rename(path.parent / "deeper" / f"n{number}_{path.name}")
    answer = rescan(place)
    assert (answer["new"], answer["missing"], answer["images"]) == (0, 0, 6)
    assert {name.partition("_")[2]: verdict for name, verdict in by_name(place).items()} == before
    assert pickwise("undo", "--library", place).code == 0
    assert by_name(place) == {}


def test_a_missing_file_is_kept_and_brought_back_when_it_returns(place: Path) -> None:
    keep(place, "01_120000_stage3")
    decided = verdicts(place)
    shutil.move(place.parent / "images", place.parent / "unplugged")
    gone = rescan(place)
    assert (gone["images"], gone["missing"]) == (0, 6)
    assert verdicts(place) == decided
    shutil.move(place.parent / "unplugged", place.parent / "images")
    back = rescan(place)
    assert (back["images"], back["missing"], back["new"]) == (6, 0, 0)
    assert verdicts(place) == decided


def test_a_mended_file_leaves_quarantine(place: Path) -> None:
    whole = images(place)[0].read_bytes()
    images(place)[0].write_bytes(whole[:200])
    assert rescan(place)["quarantined"] == 1
    images(place)[0].write_bytes(whole)
    assert rescan(place)["quarantined"] == 0


def test_a_source_that_cannot_be_reached_is_said(place: Path) -> None:
    (place.parent / "images").rename(place.parent / "elsewhere")
    said = pickwise("rescan", "--library", place, "--json")
    assert said.code == 0
    assert "cannot be reached" in said.err
    assert pickwise("status", "--library", place, "--json").json["sources"][0]["reachable"] is False


def test_undo_redo_and_log_tell_the_same_story(place: Path) -> None:
    keep(place, "01_120000_stage3")
    keep(place, "02_120000_stage1")
    decided = by_name(place)
    first = pickwise("undo", "--library", place, "--json").json
    assert first["undo"].endswith("02_120000_stage1_generated.png")
    assert first["next_redo"] == first["undo"]
    assert pickwise("undo", "--library", place, "--json").json["next_undo"] == ""
    assert by_name(place) == {}
    log = pickwise("log", "--library", place, "--json").json["decisions"]
    assert [entry["state"] for entry in log] == ["undone", "undone"]
    for _ in range(2):
        assert pickwise("redo", "--library", place).code == 0
    assert by_name(place) == decided
    newest = pickwise("log", "--library", place, "--limit", 1, "--json").json["decisions"]
    assert [(e["kind"], e["state"]) for e in newest] == [("pick", "done")]
    assert "Keep 20250702" in pickwise("log", "--library", place).out


@pytest.mark.parametrize("command", ["undo", "redo"])
def test_with_nothing_to_turn_it_says_so(place: Path, command: str) -> None:
    said = pickwise(command, "--library", place, "--json")
    assert (said.code, said.json["error"]["message"]) == (1, f"There is nothing to {command}.")


def test_rebuild_changes_nothing_that_was_decided(place: Path) -> None:
    keep(place, "01_120000_stage2")
    keep(place, "02_120000_stage2")
    pickwise("undo", "--library", place)
    before = verdicts(place)
    assert pickwise("rebuild", "--library", place, "--json").json == {"decisions": 2, "notices": []}
    assert verdicts(place) == before
    assert pickwise("redo", "--library", place, "--json").json["redo"].startswith("Keep 20250702")


def test_a_lost_database_comes_back_from_the_journal(place: Path) -> None:
    keep(place, "01_120000_stage2")
    keep(place, "02_120000_stage3")
    before = verdicts(place)
    for name in ("library.db", "library.db-wal", "library.db-shm"):
        (place / name).unlink(missing_ok=True)
    assert pickwise("rebuild", "--library", place, "--json").json["decisions"] == 2
    assert verdicts(place) == before
    answer = rescan(place)
    assert (answer["images"], answer["missing"], answer["groups"], answer["review"]) == (6, 0, 2, 0)
    assert verdicts(place) == before
