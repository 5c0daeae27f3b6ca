"""Earlier logs: taken over once, refused in sentences."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.errors import NotFound, WrongUse
from engine.learning import imported, labels
from engine.library.store import Library
from tests import rows


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with rows.filled(tmp_path / "library", [3] * 4, blurred=0.0) as made:
        yield made


def pairs(library: Library) -> list[tuple[int, int]]:
    with library.db.read() as connection:
        said = labels.read(connection)
    return list(zip(said.winner.tolist(), said.loser.tolist(), strict=True))


def name(family: int, stage: int) -> str:
    return f"f{family:06}_stage{stage}.png"


def session(file: Path, *lines: object) -> Path:
    file.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines) + "\n", "utf-8")
    return file


LINE = {
    "ts": "2025-10-05T19:12:31Z", "set_id": "abc123", "images": [name(0, 1), name(0, 2), name(0, 3)],
    "winner": name(0, 2), "needs_crop": True, "delete": False, "crop_box": {"x": 1, "y": 2, "w": 3, "h": 4},
    "anomaly_tags": ["extra_fingers"],
}  # fmt: skip


def test_a_session_log_gives_the_winner_before_each_loser(library: Library, tmp_path: Path) -> None:
    found = imported.load(library, session(tmp_path / "s.jsonl", LINE))
    assert (found.pairs, found.known, found.passed_over) == (2, 0, [])
    assert pairs(library) == [(2, 1), (2, 3)]


def test_taking_a_log_over_again_adds_nothing_and_one_undo_takes_it_back(library: Library, tmp_path: Path) -> None:
    file = session(tmp_path / "s.jsonl", LINE)
    imported.load(library, file)
    again = imported.load(library, file)
    assert (again.pairs, again.known) == (0, 2)
    library.undo()
    assert pairs(library) == []


def test_undone_picks_deletions_and_other_decisions_are_left_out(library: Library, tmp_path: Path) -> None:
    file = session(
        tmp_path / "s.jsonl", {**LINE, "id": "a"}, {"ts": "", "images": [], "kind": "undo", "of": "a"},
        {**LINE, "winner": None, "delete": True}, {**LINE, "kind": "flag"},
        {**LINE, "images": [name(1, 1), name(1, 2)], "winner": name(1, 1)},
    )  # fmt: skip
    assert imported.load(library, file).pairs == 1
    assert pairs(library) == [(4, 5)]


def test_lines_that_cannot_be_used_are_named_and_the_rest_is_taken(library: Library, tmp_path: Path) -> None:
    file = session(
        tmp_path / "s.jsonl", "{broken", LINE, {**LINE, "winner": "nowhere.png"}, {**LINE, "ts": "yesterday"},
        "[" * 100_000,
    )  # fmt: skip
    found = imported.load(library, file)
    assert found.pairs == 2
    assert [(passed.line, passed.reason) for passed in found.passed_over] == [
        (1, "This line is not a line of a session log."),
        (3, "nowhere.png is not in the library."),
        (4, "Its time is no time (ISO 8601)."),
        (5, "This line is not a line of a session log."),
    ]


def test_threes_give_the_winner_before_both(library: Library, tmp_path: Path) -> None:
    file = tmp_path / "trio_choices.csv"
    file.write_text(
        "group_id,winner,loser1,loser2,tags,time_ms\n"
        f"g,{name(0, 3)},{name(0, 1)},{name(0, 2)},,900\ng,{name(1, 1)},{name(1, 2)},,,\ng,,{name(1, 2)},,,\ng,half\n"
    )
    found = imported.load(library, file)
    assert found.pairs == 3
    assert [passed.line for passed in found.passed_over] == [4, 5]
    assert imported.load(library, file).known == 3
    assert set(pairs(library)) == {(3, 1), (3, 2), (4, 5)}


def test_crops_are_taken_over_as_well_and_learned_from_as_crops_alone(library: Library, tmp_path: Path) -> None:
    file = tmp_path / "crop_decisions.csv"
    file.write_text(f"image,choice,nudged_box,reason_tags,time_ms\n{name(0, 1)},best,,,\n{name(0, 2)},full,,,\n")
    found = imported.load(library, file)
    assert (found.pairs, found.crops, [passed.line for passed in found.passed_over]) == (0, 1, [2])
    assert pairs(library) == []


@pytest.mark.parametrize(
    ("file", "text"),
    [("s.jsonl", ""), ("s.jsonl", "\n\n"), ("t.csv", "a,b\n1,2\n"), ("t.csv", "\x00\x01"), ("t.csv", "")],
)
def test_a_file_that_is_no_log_is_refused(library: Library, tmp_path: Path, file: str, text: str) -> None:
    (tmp_path / file).write_text(text)
    with pytest.raises(WrongUse):
        imported.load(library, tmp_path / file)
    assert pairs(library) == []


def test_a_file_that_is_not_there_is_said_to_be_missing(library: Library, tmp_path: Path) -> None:
    for file in ("none.jsonl", "none.csv"):
        with pytest.raises(NotFound):
            imported.load(library, tmp_path / file)
