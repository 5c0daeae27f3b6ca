"""The report of duplicate sets: every name comes through the CSV, and none becomes markup in the Markdown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.grouping.stage_sets import Match, StageSet
from engine.library.csvfile import read_csv
from engine.thinning import sets_report
from engine.thinning.sets_report import COLUMNS, Line, escaped, images_of, write_both


def stage_set(key: str, minute: int, images: tuple[int, ...]) -> StageSet:
    return StageSet(key, "s", f"2025-07-05T23:{minute:02}:13", minute * 60.0, (1.0, 1.5), images, images)


MATCH = Match(stage_set("aa", 7, (1, 2)), stage_set("bb", 8, (3, 4)), (0.98765, 1.0), "cosine", "same", "older")
NAMES = {1: "plain.png", 2: '=cmd|" /c"!A1.png', 3: "[x](javascript:y) | <b>`.png", 4: "a\nb.png"}


def lines(library: Path) -> dict[int, Line]:
    thumbs = library / "thumbs of it"
    return {
        image: Line("/s/" + name, name, None if image == 4 else thumbs / f"{image} #.jpg", 1_000_000)
        for image, name in NAMES.items()
    }


def test_the_csv_has_a_row_an_image_and_every_name_comes_back(tmp_path: Path) -> None:
    table, _ = write_both(tmp_path / "reports", [MATCH], lines(tmp_path))
    header, rows = read_csv(table)
    assert tuple(header) == COLUMNS
    assert [dict(zip(header, row, strict=True))["filepath"] for row in rows] == [
        "/s/" + name for name in NAMES.values()
    ]
    assert [row[:6][2:5:2] + row[6:9] for row in rows] == [
        ["stays", "1.0", "0.9877", "cosine", "same"],
        ["stays", "1.5", "1.0", "cosine", "same"],
        ["goes", "1.0", "0.9877", "cosine", "same"],
        ["goes", "1.5", "1.0", "cosine", "same"],
    ]


def test_the_markdown_shows_both_sets_by_stage_with_thumbnails_that_are_there(tmp_path: Path) -> None:
    thumbs = tmp_path / "thumbs of it"
    thumbs.mkdir()
    (thumbs / "1 #.jpg").touch()
    _, page = write_both(tmp_path / "reports", [MATCH], lines(tmp_path))
    text = page.read_text(encoding="utf-8")
    assert "1 set goes, 2.0 MB" in text
    assert "2025-07-05T23:07:13 stays, 2025-07-05T23:08:13 goes" in text
    assert "older; made the same way; frees 2.0 MB." in text
    address = re.search(r"!\[\]\((\S+)\) plain", text)
    assert address
    assert (page.parent / address[1].replace("%20", " ").replace("%23", "#")).resolve() == thumbs / "1 #.jpg"
    row = next(line for line in text.splitlines() if line.startswith("| 1 |"))
    assert len(re.findall(r"(?<!\\)\|", row)) == 5
    assert r"\[x\]\(javascript\:y\) \| \<b\>\`\.png" in row
    assert "a�b\\.png" in text


def test_a_long_report_shows_the_first_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sets_report, "MOST_SHOWN", 2)
    table, page = write_both(tmp_path, [MATCH] * 3, lines(tmp_path))
    text = page.read_text(encoding="utf-8")
    assert "The first 2 are shown" in text
    assert text.count("\n## ") == 2
    assert len(read_csv(table)[1]) == 12


def test_a_disk_that_refuses_leaves_the_old_report(tmp_path: Path) -> None:
    _, page = write_both(tmp_path, [MATCH], lines(tmp_path))
    before = page.read_bytes()
    with pytest.raises(KeyError):
        sets_report.write_sets_markdown(page, [MATCH], {})
    assert page.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["sets.csv", "sets.md"]


def test_every_image_is_asked_for_once() -> None:
    assert images_of([MATCH, MATCH]) == [1, 2, 3, 4]


@given(st.text())
def test_no_text_has_a_bare_mark_or_a_second_line(text: str) -> None:
    shown = escaped(text)
    assert len(shown.splitlines()) <= 1
    assert not re.search(r"(?<!\\)(?:\\\\)*[|<>\[\]()*_`#!~&]", shown)
