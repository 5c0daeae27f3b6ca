"""Earlier logs: taken over once, refused in sentences."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from engine.culling import decide
from engine.errors import NotFound, WrongUse
from engine.learning import imported, labels
from engine.library.store import Library
from engine.ranking import comparisons_csv
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
    "winner": name(0, 2), "needs_crop": False, "delete": False, "anomaly_tags": [],
}  # fmt: skip


def test_a_session_log_gives_the_winner_before_each_loser(library: Library, tmp_path: Path) -> None:
    found = imported.load(library, session(tmp_path / "s.jsonl", LINE))
    assert (found.pairs, found.known, found.passed_over, found.notices) == (2, 0, [], [])
    assert pairs(library) == [(2, 1), (2, 3)]


def test_taking_a_log_over_again_adds_nothing_and_one_undo_takes_it_back(library: Library, tmp_path: Path) -> None:
    file = session(tmp_path / "s.jsonl", LINE)
    imported.load(library, file)
    again = imported.load(library, file)
    assert (again.pairs, again.known) == (0, 2)
    library.undo()
    assert pairs(library) == []


def test_threes_give_the_winner_before_both(library: Library, tmp_path: Path) -> None:
    file = tmp_path / "trio_choices.csv"
    file.write_text(
        "group_id,winner,loser1,loser2,tags,time_ms\n"
        f"g,{name(0, 3)},{name(0, 1)},{name(0, 2)},,900\ng,{name(1, 1)},{name(1, 2)},,,\ng,,{name(1, 2)},,,\ng,half\n"
    )
    found = imported.load(library, file)
    assert found.pairs == 3
    assert [passed.line for passed in found.passed_over] == [4, 5]
    assert found.notices == ["Columns that mean nothing here were passed over: time_ms (1)."]
    assert imported.load(library, file).known == 3
    assert set(pairs(library)) == {(3, 1), (3, 2), (4, 5)}


def threes(file: Path, *lines: str, more: str = "") -> Path:
    file.write_text("\n".join([f"group_id,winner,loser1,loser2{more}", *lines]) + "\n")
    return file


def test_of_the_same_three_the_last_line_counts_and_that_is_said(library: Library, tmp_path: Path) -> None:
    one, two, three = (name(0, stage) for stage in (1, 2, 3))
    file = threes(tmp_path / "t.csv", f"g,{one},{two},{three}", f"g,{two},{one},{three}", f"h,{one},{two},")
    found = imported.load(library, file)
    assert set(pairs(library)) == {(2, 1), (2, 3), (1, 2)}
    assert [(p.line, p.reason) for p in found.passed_over] == [(2, "Line 3 decides the same images again.")]


def test_what_rests_on_a_line_that_is_decided_again_counts_no_more(library: Library, tmp_path: Path) -> None:
    a, b, c, d, e, f = (name(family, stage) for family in (0, 1) for stage in (1, 2, 3))
    file = threes(
        tmp_path / "t.csv", f"g,{e},{a},", f"g,{a},{b},{c}", f"g,{d},{a},", f"g,{d},{f},", f"g,{b},{f},",
        f"h,{a},{c},", f"g,{b},{a},{c}", f"g,{b},{d},", f"g,{f},{c},", f"g,{f},{c},",
        f",{d},{c},", f",{d},{e},", f",{c},{d},",
    )  # fmt: skip
    found = imported.load(library, file)
    assert set(pairs(library)) == {(5, 1), (2, 6), (1, 3), (2, 1), (2, 3), (2, 4), (6, 3), (4, 5), (3, 4)}
    rests = "It rests on line 3, which line 8 decides again."
    assert [(p.line, p.reason) for p in found.passed_over] == [
        (3, "Line 8 decides the same images again."), (4, rests), (5, rests),
        (10, "Line 11 decides the same images again."), (12, "Line 14 decides the same images again."),
    ]  # fmt: skip


def test_a_choice_from_more_than_three_that_is_made_again_counts_no_more(library: Library, tmp_path: Path) -> None:
    a, b, c, d = name(0, 1), name(0, 2), name(0, 3), name(1, 1)
    chosen = {a: (f"{a},{b},{c}", f"{a},{d},"), b: (f"{b},{a},{c}", f"{b},{d},"), d: (f"{d},{a},{b}", f"{d},{c},")}
    for number, (first, last) in enumerate(permutations(chosen, 2)):
        file = threes(tmp_path / f"{number}.csv", *(f"g,{one}" for one in (*chosen[first], *chosen[last])))
        found = imported.load(library, file)
        assert (found.pairs, len(pairs(library)), [p.line for p in found.passed_over]) == (3, 3, [2, 3])
        library.undo()


def test_tags_and_unknown_columns_of_threes_are_not_dropped_silently(library: Library, tmp_path: Path) -> None:
    rows_ = [f"g,{name(n, 1)},{name(n, 2)},,toes,{'x' if n else ''}" for n in range(3)]
    found = imported.load(library, threes(tmp_path / "t.csv", *rows_, more=",tags,mood"))
    assert found.notices == ["Columns that mean nothing here were passed over: tags (3), mood (2)."]


def decided_here(library: Library) -> None:
    with library.db.read() as connection:
        key = connection.execute(
            "SELECT g.key FROM groups g JOIN members m ON m.group_id = g.id WHERE image_id = 4"
        ).get
    decide.pick(library, str(key), 4)


def times(library: Library) -> dict[tuple[int, int], str]:
    with library.db.read() as connection:
        said = labels.read(connection)
    chosen = [said.at[choice] for choice in said.choice]
    return dict(zip(zip(said.winner.tolist(), said.loser.tolist(), strict=True), chosen, strict=True))


def test_what_has_no_time_is_older_than_all_that_was_decided_here(library: Library, tmp_path: Path) -> None:
    decided_here(library)
    imported.load(library, threes(tmp_path / "t.csv", f"g,{name(0, 1)},{name(0, 2)},"))
    said = times(library)
    assert said[1, 2] < said[4, 5]
    assert next(iter(said)) == (1, 2)


def test_a_line_without_a_time_is_older_than_those_of_its_log_that_have_one(library: Library, tmp_path: Path) -> None:
    decided_here(library)
    file = session(tmp_path / "s.jsonl", LINE, {"images": [name(2, 1), name(2, 2)], "winner": name(2, 1)})
    imported.load(library, file)
    said = times(library)
    assert said[7, 8] < said[2, 1] < said[4, 5]
    again = imported.load(library, file)
    assert (again.pairs, again.known) == (0, 3)


def test_known_pairs_are_walked_through_once_however_many_are_asked(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [name(family, stage) for family in range(4) for stage in (1, 2, 3)]
    file = threes(tmp_path / "t.csv", *(f"{n},{one},{two}," for n, (one, two) in enumerate(permutations(names, 2))))
    assert imported.load(library, file).pairs == 132
    whole, walks = comparisons_csv._known, []

    class Counted(Counter[Any]):
        def __iter__(self) -> Iterator[Any]:
            walks.append(1)
            return super().__iter__()

    monkeypatch.setattr(comparisons_csv, "_known", lambda *given: Counted(whole(*given)))
    assert imported.load(library, file).known == 132
    assert len(walks) == 1


def test_crops_are_taken_over_as_well_and_learned_from_as_crops_alone(library: Library, tmp_path: Path) -> None:
    file = tmp_path / "crop_decisions.csv"
    file.write_text(f"image,choice,nudged_box,reason_tags,time_ms\n{name(0, 1)},best,,,\n{name(0, 2)},full,,,\n")
    found = imported.load(library, file)
    assert (found.pairs, found.crops, [passed.line for passed in found.passed_over]) == (0, 1, [2])
    assert pairs(library) == []


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("s.jsonl", ""),
        ("s.jsonl", "\n\n"),
        ("s.json", '{\n  "images": ["a"]\n}'),
        ("s.jsonl", '{"a": 1}'),
        ("t.csv", "a,b\n1,2\n"),
        ("t.csv", "\x00\x01"),
        ("t.csv", ""),
    ],
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
