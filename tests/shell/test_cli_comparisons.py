"""`pickwise comparisons`: out and in again, with one object for a script and a table for a person."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import rows
from terminal import pickwise, process

from engine.library.store import Library
from engine.ranking import matches


@pytest.fixture
def place(tmp_path: Path) -> Path:
    with rows.filled(tmp_path / "library", [4]) as library:
        matches.record(library, [1, 2, 3, 4], 2, "match")
        matches.record(library, [1, 3], None, "draw", "Anna")
    return tmp_path / "library"


def test_export_and_import_answer_with_one_object(place: Path, tmp_path: Path) -> None:
    file = tmp_path / "c.csv"
    said = pickwise("comparisons", "export", file, "--library", place, "--json")
    assert (said.code, said.json) == (0, {"to": str(file), "judge": "", "comparisons": 3})
    said = pickwise("comparisons", "import", file, "--library", place, "--judge", "Bo", "--json")
    assert said.json == {
        "judge": "Bo", "imported": 3, "known": 0, "passed_over": [], "label": "Import 3 comparisons",
    }  # fmt: skip
    said = pickwise("undo", "--library", place, "--json")
    assert said.json["undo"] == "Import 3 comparisons"


def test_a_judge_is_named_or_the_one_of_the_settings(place: Path, tmp_path: Path) -> None:
    with Library(place) as library:
        library.change_setting("ranking.judge", "Anna")
    for words, count in (((), 1), (("--judge", ""), 3), (("--judge", "Anna"), 1)):
        said = pickwise("comparisons", "export", tmp_path / "c.csv", *words, "--library", place, "--json")
        assert said.json["comparisons"] == count
    said = pickwise("comparisons", "import", tmp_path / "c.csv", "--library", place, "--json")
    assert (said.json["judge"], said.json["known"]) == ("Anna", 1)


def test_a_person_sees_what_was_passed_over(place: Path, tmp_path: Path) -> None:
    lines = "".join(f"/nowhere/{n}\x1b[31m.png,/source/f000000_stage1.png\n" for n in range(30))
    (tmp_path / "c.csv").write_text("winner,loser\n" + lines)
    said = pickwise("comparisons", "import", tmp_path / "c.csv", "--library", place)
    assert said.code == 0
    assert "line 2" in said.out
    assert "line 31" not in said.out
    assert "--json lists them all" in said.out
    assert "\x1b[31m" not in said.out
    found = json.loads(pickwise("comparisons", "import", tmp_path / "c.csv", "--library", place, "--json").out)
    assert len(found["passed_over"]) == 30


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("import", "none.csv"), 1), (("import",), 2), ((), 2), (("dance",), 2), (("export", "/"), 1),
        (("export", "c.csv", "--judge", "a\nb"), 2), (("export", "c.csv", "--judge", "Nobody"), 1),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said(place: Path, tmp_path: Path, words: tuple[str, ...], code: int) -> None:
    where = ("--library", place, "--json") if words and words[0] != "dance" else ()
    said = pickwise("comparisons", *words, *where)
    assert said.code == code
    assert said.err.strip()
    assert "Traceback" not in said.err


def test_the_real_process_ends_with_2_for_wrong_use() -> None:
    assert process("comparisons").code == 2
