"""The CSV of the rankings reads back as the library has it, whatever the names, and is written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standings import Row, add, paths_of, rate, standing

from engine.errors import ExportError
from engine.export.rankings_csv import Line, export_csv, lines
from engine.library.csvfile import read_csv
from engine.library.store import Library
from engine.library.text import to_path, to_text
from engine.progress import Cancelled, Quiet
from engine.ranking import matches
from engine.ranking.ratings import MU, SIGMA

HEADER = "rank,filepath,filename,mu,sigma,score,comparisons,added_at,last_compared_at"
HOSTILE = [
    b"=cmd|' calc'!A0.png", b"+1.png", b"-1.png", b"@a.png", b"'=1.png", b"'quoted.png", b'say "so".png',
    b"new\nline.png", b"return\r.png", b"\ttab.png", b"a,b;c.png", "🦊 é.png".encode(), b"\xff\xfe bytes.png",
    "\U0010ffaa.png".encode(), b" space .png", b"50%_*.png",
]  # fmt: skip


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "library") as opened:
        yield opened


def test_it_reads_back_as_the_table_with_names_of_any_bytes(library: Library, tmp_path: Path) -> None:
    paths = [Path(os.fsdecode(b"/s/" + name)) for name in HOSTILE]
    ids = add(library, [Row(to_text(path)) for path in paths])
    for count, image in enumerate(ids[::2]):
        rate(library, image, 25 + count / 3, 8 - count / 7, count + 1)
    file, count = export_csv(library, standing(ids), tmp_path / "out" / "r.csv", Quiet())
    header, rows = read_csv(file)
    assert (",".join(header), count) == (HEADER, len(ids))
    assert [to_path(row[1]) for row in rows] == paths
    assert [os.fsencode(to_path(row[2])) for row in rows] == HOSTILE
    for row, line in zip(rows, lines(library, standing(ids)), strict=True):
        assert [int(row[0]), *map(float, row[3:6]), int(row[6]), *row[7:]] == [line.rank, *line[3:]]
        assert line.score == line.mu - 3 * line.sigma
    assert rows[1][3:] == [str(MU), str(SIGMA), "0.0", "0", "2026-01-01T00:00:00.000000Z", ""]


NAMES = st.binary(min_size=1, max_size=12).filter(lambda raw: not set(raw) & {0, 47} and raw not in (b".", b".."))


@settings(deadline=None, max_examples=25)
@given(names=st.lists(NAMES, unique=True, max_size=12))
def test_every_path_survives(tmp_path_factory: pytest.TempPathFactory, names: list[bytes]) -> None:
    root = tmp_path_factory.mktemp("csv")
    with Library(root / "library") as library:
        ids = add(library, [Row(to_text(os.fsdecode(b"/s/" + name))) for name in names])
        export_csv(library, standing(ids), root / "r.csv", Quiet())
        known = paths_of(library)
    assert [to_path(row[1]) for row in read_csv(root / "r.csv")[1]] == [known[image] for image in ids]
    assert list(root.glob(".*")) == []


def test_no_cell_runs_in_a_spreadsheet(library: Library, tmp_path: Path) -> None:
    ids = add(library, [Row("=1+1/=HYPERLINK(1).png")])
    export_csv(library, standing(ids), tmp_path / "r.csv", Quiet())
    assert (tmp_path / "r.csv").read_text("utf-8").splitlines()[1].startswith("1,'=1+1/=HYPERLINK(1).png,'=HYPERLINK")


def test_it_goes_to_the_reports_and_replaces_the_one_before(library: Library) -> None:
    ids = add(library, [Row(f"/s/{number}.png") for number in range(3)])
    for order in (ids, ids[::-1]):
        file, _ = export_csv(library, standing(order), None, Quiet())
        assert file == library.paths.reports / "rankings.csv"
        assert [int(row[0]) for row in read_csv(file)[1]] == [1, 2, 3]
    assert [row[2] for row in read_csv(file)[1]] == ["2.png", "1.png", "0.png"]
    assert export_csv(library, standing(ids), None, Quiet(), last=2)[1] == 2


def test_another_judge_has_another_file(library: Library, tmp_path: Path) -> None:
    ids = add(library, [Row(f"/s/{number}.png") for number in range(2)])
    matches.record(library, ids, ids[0], "match", "Ada")
    library.change_setting("ranking.judge", "Ada")
    hers = list(lines(library, standing(ids)))
    library.change_setting("ranking.judge", "")
    mine = list(lines(library, standing(ids)))
    assert [line.comparisons for line in hers + mine] == [1, 1, 0, 0]
    assert hers[0].mu > MU
    assert hers[0].last_compared_at.endswith("Z")
    assert (mine[0].mu, mine[0].sigma, mine[0].score, mine[0].last_compared_at) == (MU, SIGMA, MU - 3 * SIGMA, "")


def test_a_cancelled_or_refused_file_leaves_the_old_one(library: Library, tmp_path: Path) -> None:
    ids = add(library, [Row(f"/s/{number}.png") for number in range(600)])
    (tmp_path / "r.csv").write_text("old")

    class Stop(Quiet):
        def step(self, done: int, current: str = "") -> None:
            raise Cancelled

    with pytest.raises(Cancelled):
        export_csv(library, standing(ids), tmp_path / "r.csv", Stop())
    assert (tmp_path / "r.csv").read_text() == "old"
    with pytest.raises(ExportError, match="could not be written"):
        export_csv(library, standing(ids), tmp_path / "r.csv" / "deeper.csv", Quiet())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["library", "r.csv"]


def test_a_source_is_no_place_for_it(library: Library, tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    library.change_setting("scan.sources", [str(tmp_path / "source")])
    with pytest.raises(ExportError, match="inside the source folder"):
        export_csv(library, standing(add(library, [Row("/s/a.png")])), tmp_path / "source" / "r.csv", Quiet())
    assert list((tmp_path / "source").iterdir()) == []


def test_the_columns_are_those_of_the_file_formats_page() -> None:
    assert ",".join(Line._fields) == HEADER
