"""`dupes`, `sets`, `restore`, `approve`: dry runs by default, one JSON object, files set aside and back."""

from __future__ import annotations

import csv
import json
import shlex
import shutil
from pathlib import Path

import pytest
from again import Again
from draw import natural, save, variant
from terminal import Said, library_of, pickwise, snapshot

from engine.errors import LibraryError
from engine.staging.model import Report, Trouble
from engine.thinning import staged
from shell.commands import thinning


def two_families(folder: Path) -> None:
    """Two families of three stages, and a set of another time that shows the same as the first."""
    (folder / "images").mkdir()
    for seed in (1, 2):
        for stage in (1, 2, 3):
            picture = variant(natural(seed, 64, 96), stage, 0.5)
            save(picture, folder / "images" / f"2025070{seed}_120000_stage{stage}_a.png")
            if seed == 1:
                save(variant(picture, 9, 0.3), folder / "images" / f"20250801_110000_stage{stage}_a.png")
    (folder / "images" / "20250701_120000_stage1_a.yaml").write_text("prompt: a fox\n", encoding="utf-8")
    library_of(folder / "images", folder / "library")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Again:
    return Again(tmp_path_factory.mktemp("thinning"), two_families)


@pytest.fixture
def place(made: Again) -> Path:
    return made.put_back() / "library"


def images(place: Path) -> Path:
    return place.parent / "images"


def dupes(place: Path, *words: object) -> Said:
    return pickwise("dupes", "--library", place, "--json", *words)


def test_by_default_it_only_reports(place: Path) -> None:
    before = snapshot(images(place))
    said = dupes(place, "--by", "phash")
    assert said.code == 0
    assert list(said.json)[:5] == ["by", "groups", "bytes_freed", "batch", "report"]
    assert (said.json["by"], said.json["batch"], said.json["applied"]) == ("phash", None, False)
    assert [len(group["members"]) for group in said.json["groups"]] == [6, 3]
    first = said.json["groups"][0]
    assert list(first) == ["id", "keeper", "members"]
    assert list(first["members"][0]) == ["filepath", "distance", "similarity", "keep", "reason"]
    assert first["keeper"] == first["members"][0]["filepath"]
    assert "stage3" in first["keeper"]
    assert [m["keep"] for m in first["members"]] == [True, *[False] * 5]
    assert snapshot(images(place)) == before
    assert "add --apply" in pickwise("dupes", "--library", place).out


def test_the_report_has_the_columns_it_promises(place: Path) -> None:
    answer = dupes(place).json
    with Path(answer["report"]).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["group_id", "filepath", "keeper", "distance", "similarity", "reason", "bytes"]
    assert len(rows) == 9
    assert sum(int(row["bytes"]) for row in rows if row["keeper"] == "false") == answer["bytes_freed"]


def test_what_is_applied_is_set_aside_and_restored_exactly(place: Path) -> None:
    before = snapshot(images(place))
    answer = dupes(place, "--apply").json
    aside = images(place) / "_review_dupes"
    assert len(list(aside.glob("*.png"))) == 7
    assert (aside / "20250701_120000_stage1_a.yaml").is_file()
    listed = pickwise("restore", "--library", place, "--json").json
    assert (listed["batches"], listed["images"], listed["applied"]) == ([answer["batch"]], 7, False)
    assert answer["batch"] in pickwise("restore", "--library", place).out
    said = pickwise("restore", answer["batch"], "--library", place, "--apply", "--json")
    assert (said.code, said.json["images"], said.json["troubles"]) == (0, 7, [])
    assert snapshot(images(place)) == before
    assert pickwise("restore", "--library", place, "--apply", "--json").code == 1, "nothing is left to restore"


def test_the_way_back_that_is_printed_brings_the_files_back(place: Path) -> None:
    before = snapshot(images(place))
    odd = place.rename(place.with_name("it's a library"))
    printed = pickwise("dupes", "--library", odd, "--apply").out
    (back,) = [line.partition("pickwise ")[2] for line in printed.splitlines() if line.startswith("Take it back")]
    assert pickwise(*shlex.split(back)).code == 0
    assert snapshot(images(place)) == before
    shutil.rmtree(odd)


def test_no_way_back_is_printed_where_nothing_was_moved(place: Path) -> None:
    said = pickwise("dupes", "--by", "name", "--library", place, "--apply")
    assert said.code == 0
    assert "0 images set aside" in said.out
    assert "Take it back" not in said.out


@pytest.mark.parametrize("kind", ["restore", "approve"])
def test_a_batch_that_is_named_is_the_one_that_is_listed(place: Path, kind: str) -> None:
    dupes(place, "--apply", "--threshold", "3")
    (path,) = images(place).glob("20250702*stage3*.png")
    shutil.copy(path, path.with_name("another.png"))
    pickwise("rescan", "--library", place)
    one = dupes(place, "--by", "content", "--apply").json["batch"]
    assert len(pickwise(kind, "--library", place, "--json").json["batches"]) == 2
    listed = pickwise(kind, one, "--library", place, "--json").json
    assert (listed["batches"], listed["images"], listed["applied"]) == ([one], 1, False)
    printed = pickwise(kind, one, "--library", place).out
    assert (printed.count("images in"), printed.count(one)) == (1, 2)
    unknown = pickwise(kind, "no-such-batch", "--library", place)
    assert (unknown.code, "no-such-batch" in unknown.err) == (1, True)


def reported(place: Path, name: str) -> set[str]:
    with (place / "reports" / name).open(encoding="utf-8", newline="") as file:
        return {Path(row["filepath"]).name for row in csv.DictReader(file)}


def test_the_reports_of_the_cull_name_no_image_that_was_set_aside(place: Path) -> None:
    everything = reported(place, "groups.csv")
    batch = dupes(place, "--apply").json["batch"]
    there = {path.name for path in images(place).glob("*.png")}
    assert reported(place, "groups.csv") == reported(place, "picks.csv") == there
    assert len(there) == len(everything) - 7
    assert reported(place, "dupes.csv") == everything, "what was set aside stands there with its reason"
    assert (place / "reports" / "dupes.csv").read_text("utf-8").count("set aside: ") == 7
    pickwise("restore", batch, "--library", place, "--apply")
    assert reported(place, "groups.csv") == everything


def test_reports_that_cannot_be_written_do_not_hide_what_was_moved(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise LibraryError("The disk is full.", "Free space.")

    monkeypatch.setattr(thinning, "regroup", full)
    said = dupes(place, "--apply")
    assert "The disk is full. Free space." in said.err
    assert pickwise("restore", said.json["batch"], "--library", place, "--apply").code == 0


def test_troubles_beyond_those_shown_are_counted(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(library: object, images: object, folder: object, progress: object) -> Report:
        return Report("b", [], [Trouble(f"/p/{k}.png", "It is in use.") for k in range(25)], 0)

    monkeypatch.setattr(staged, "stage", refuse)
    said = pickwise("dupes", "--library", place, "--apply")
    assert (said.code, said.out.count("left alone: /p/")) == (1, 19)
    assert "and 5 more" in said.out
    assert "Take it back" not in said.out


def test_undo_on_the_terminal_brings_the_files_back(place: Path) -> None:
    before = snapshot(images(place))
    dupes(place, "--apply")
    said = pickwise("undo", "--library", place)
    assert said.code == 0
    assert "Set 7 images aside" in said.out + said.err
    assert snapshot(images(place)) == before


def test_approved_images_go_to_the_trash(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("send2trash.send2trash", lambda path: Path(path).rename(tmp_path / Path(path).name))
    dupes(place, "--apply")
    assert pickwise("approve", "--library", place, "--json").json["applied"] is False
    said = pickwise("approve", "--library", place, "--apply", "--json")
    assert (said.code, said.json["images"]) == (0, 7)
    assert len(list(tmp_path.glob("*.png"))) == 7
    assert not list(images(place).glob("_review_dupes/*.png"))


@pytest.mark.parametrize(
    ("words", "going"),
    [
        (["--by", "content"], 0), (["--by", "time", "--threshold", "0"], 0), (["--by", "name"], 0),
        (["--by", "phash", "--keep", "newest"], 7), (["--by", "phash", "--threshold", "16"], 7),
    ],
)  # fmt: skip
def test_every_way_without_a_network_answers(place: Path, words: list[str], going: int) -> None:
    said = dupes(place, *words)
    assert said.code == 0
    assert sum(not m["keep"] for group in said.json["groups"] for m in group["members"]) == going


def test_czkawka_groups_are_taken_and_what_is_outside_is_told(place: Path, tmp_path: Path) -> None:
    names = sorted(images(place).glob("*stage1*.png"))
    entry = {"size": 1, "width": 1, "height": 1, "modified_date": 0, "hashes": [], "difference": 2}
    file = tmp_path / "results.json"
    file.write_text(json.dumps([[{"path": str(p), **entry} for p in (*names[:2], "/elsewhere/../x.png")]]))
    said = pickwise("dupes", "--from", "czkawka", file, "--library", place, "--json")
    assert said.code == 0
    assert [len(group["members"]) for group in said.json["groups"]] == [2]
    assert said.json["outside"] == ["/elsewhere/../x.png"]
    assert pickwise("dupes", "--from", "dupeguru", file, "--library", place).code == 2
    file.write_text('[[{"path": 3}]]')
    assert pickwise("dupes", "--from", "czkawka", file, "--library", place).code == 2


def test_sets_of_another_time_are_reported_and_set_aside_whole(place: Path) -> None:
    before = snapshot(images(place))
    toml = place / "pickwise.toml"
    toml.write_text(toml.read_text("utf-8") + "\n[thinning]\nset_metadata = false\n", "utf-8")
    said = pickwise("sets", "--library", place, "--json")
    assert said.code == 0
    (match,) = said.json["matches"]
    assert match["stages"] == [1, 2, 3]
    assert [Path(p).name[:8] for p in match["redundant"]] == ["20250801"] * 3
    assert (place / "reports" / "sets.md").is_file()
    done = pickwise("sets", "--library", place, "--json", "--apply").json
    assert len(list((images(place) / "delete_review").glob("*.png"))) == 3
    assert pickwise("restore", done["batch"], "--library", place, "--apply").code == 0
    assert snapshot(images(place)) == before


@pytest.mark.parametrize("words", [["--by", "magic"], ["--threshold", "99"], ["--keep", "folder"], ["--keep", "luck"]])
def test_what_cannot_be_asked_for_is_wrong_use(place: Path, words: list[str]) -> None:
    assert dupes(place, *words).code == 2
