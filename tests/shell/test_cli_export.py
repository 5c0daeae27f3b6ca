"""`pickwise export --keepers`: copies or links with companions, never over anything, never into a source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from again import Again
from draw import natural, save
from terminal import Said, family, library_of, pickwise, snapshot

KEYS = ["to", "dry", "keepers", "written", "unchanged", "missing", "failed", "applied"]


def two_keepers(folder: Path) -> None:
    for seed in (1, 2):
        family(folder / "images", seed)
    keeper = folder / "images" / "20250701_120000_stage3_generated.png"
    keeper.with_suffix(".yaml").write_text("prompt: a fox\n", encoding="utf-8")
    keeper.with_name(keeper.name + ".crop_suggestions.json").write_text("{}", encoding="utf-8")
    library_of(folder / "images", folder / "library")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Again:
    return Again(tmp_path_factory.mktemp("export"), two_keepers)


@pytest.fixture
def place(made: Again) -> Path:
    """A library with two keepers, one with two companions; beside it the folder `out` is free."""
    return made.put_back() / "library"


def export(place: Path, *words: object) -> Said:
    return pickwise("export", "--keepers", "--library", place, "--to", place.parent / "out", "--json", *words)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def keeper(place: Path, number: int) -> Path:
    return place.parent / "images" / f"2025070{number}_120000_stage3_generated.png"


ALL = [
    "20250701_120000_stage3_generated.png", "20250701_120000_stage3_generated.png.crop_suggestions.json",
    "20250701_120000_stage3_generated.yaml", "20250702_120000_stage3_generated.png",
]  # fmt: skip


def test_by_default_it_only_says_what_it_would_do(place: Path) -> None:
    said = export(place)
    assert said.code == 0
    assert list(said.json) == KEYS
    assert (said.json["keepers"], said.json["written"], said.json["applied"]) == (2, 4, False)
    assert not (place.parent / "out").exists()
    assert "add --apply" in pickwise("export", "--keepers", "--library", place).out


def test_apply_copies_the_keepers_with_their_companions(place: Path) -> None:
    answer: dict[str, Any] = export(place, "--apply").json
    assert (answer["keepers"], answer["written"], answer["applied"], answer["failed"]) == (2, 4, True, [])
    assert names(place.parent / "out") == ALL
    assert (place.parent / "out" / ALL[0]).read_bytes() == keeper(place, 1).read_bytes()
    assert (place.parent / "out" / ALL[0]).stat().st_ino != keeper(place, 1).stat().st_ino


@pytest.mark.parametrize("link", ["copy", "hard", "symlink"])
def test_a_second_export_changes_nothing(place: Path, link: str) -> None:
    export(place, "--apply", "--link", link)
    before = snapshot(place.parent / "out")
    again = export(place, "--apply", "--link", link)
    assert (again.code, again.json["written"], again.json["unchanged"]) == (0, 0, 4)
    assert snapshot(place.parent / "out") == before


def test_hard_links_share_the_file_and_symlinks_point_at_it(place: Path) -> None:
    export(place, "--apply", "--link", "hard")
    assert (place.parent / "out" / ALL[0]).samefile(keeper(place, 1))
    assert not (place.parent / "out" / ALL[0]).is_symlink()
    said = pickwise(
        "export", "--keepers", "--library", place, "--to", place.parent / "s", "--link", "symlink", "--apply"
    )
    assert said.code == 0
    assert (place.parent / "s" / ALL[0]).readlink() == keeper(place, 1)


def test_a_file_that_is_there_is_never_overwritten(place: Path) -> None:
    out = place.parent / "out"
    out.mkdir()
    (out / ALL[0]).write_bytes(b"somebody else's")
    (out / ALL[3].upper()).write_bytes(b"not the same on every disk")
    assert export(place, "--apply").code == 0
    assert (out / ALL[0]).read_bytes() == b"somebody else's"
    assert (out / "20250701_120000_stage3_generated (2).png").read_bytes() == keeper(place, 1).read_bytes()
    assert (out / "20250701_120000_stage3_generated (2).yaml").is_file()


def test_an_image_takes_another_name_together_with_its_companions(place: Path) -> None:
    out = place.parent / "out"
    out.mkdir()
    (out / ALL[2]).write_text("prompt: another\n", encoding="utf-8")
    for _ in range(2):
        assert export(place, "--apply").code == 0
        assert names(out) == sorted([ALL[2], ALL[3], *(n.replace("generated", "generated (2)") for n in ALL[:3])])
    assert (out / ALL[2]).read_text(encoding="utf-8") == "prompt: another\n"


def test_two_keepers_of_one_name_but_other_companions_part_in_the_dry_run_too(tmp_path: Path) -> None:
    for number, suffix in enumerate((".png", ".bmp")):
        path = save(natural(60 + number, 96, 96), tmp_path / "images" / str(number) / f"fox{suffix}")
        path.with_suffix(".txt").write_text(f"fox {number}", encoding="utf-8")
    library_of(tmp_path / "images", tmp_path / "library")
    dry, done = (export(tmp_path / "library", word).json for word in ("--dry-run", "--apply"))
    assert (dry["written"], done["written"], done["failed"]) == (4, 4, [])
    pairs = {path.stem: path.with_suffix(".txt").read_text("utf-8") for path in (tmp_path / "out").glob("*.[pb]*")}
    assert sorted(pairs) == ["fox", "fox (2)"]
    assert sorted(pairs.values()) == ["fox 0", "fox 1"]


@pytest.mark.parametrize("inside", [".", "deeper/out"])
def test_a_target_inside_a_source_is_refused(place: Path, inside: str) -> None:
    before = snapshot(place.parent / "images")
    target = place.parent / "images" / inside
    said = pickwise("export", "--keepers", "--apply", "--library", place, "--to", target, "--json")
    assert (said.code, said.json["error"]["code"]) == (1, "export")
    assert snapshot(place.parent / "images") == before


def test_a_link_into_a_source_is_refused_too(place: Path) -> None:
    (place.parent / "way in").symlink_to(place.parent / "images")
    said = pickwise("export", "--keepers", "--apply", "--library", place, "--to", place.parent / "way in" / "out")
    assert said.code == 1
    assert not (place.parent / "images" / "out").exists()


def test_a_keeper_that_is_gone_is_reported_and_the_others_are_written(place: Path) -> None:
    keeper(place, 1).unlink()
    said = export(place, "--apply")
    assert said.json["missing"] == [str(keeper(place, 1))]
    assert names(place.parent / "out") == ALL[3:]


def test_a_target_that_cannot_be_made_is_said_in_a_sentence(place: Path) -> None:
    (place.parent / "out").write_text("a file", encoding="utf-8")
    said = export(place, "--apply")
    assert (said.code, said.json["error"]["code"]) == (1, "export")
    assert "cannot be made" in said.err


def test_a_disk_that_fills_up_stops_it_and_leaves_no_half_files(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copy2", full)
    said = export(place, "--apply")
    assert said.code == 1
    assert len(said.json["failed"]) == 2
    assert names(place.parent / "out") == []
