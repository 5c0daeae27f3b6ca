"""The journal of a batch: whole lines count, half ones do not, and nothing in it is believed blindly."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import NotFound, StagingError
from engine.staging import disk
from engine.staging.batch import ended, is_inside, load
from engine.staging.journal import TAIL, Journal, journal_file, last_line, read
from engine.staging.lines import After, Begin, Done, End, File, Image, Planned, Verified

BEGIN = Begin("2026-01-01T00:00:00Z", "stage", "_review_dupes")
PLAN = Planned(0, "/s", [Image("t", 0, [])], [File("a.png", "_review_dupes/a.png", 1, 2, 3, 4)])


def written(folder: Path, *lines: object, torn: bytes = b"") -> Path:
    file = journal_file(folder, "b")
    with Journal(file, new=True) as journal:
        journal.write(*lines, durable=True)  # type: ignore[arg-type]
    with file.open("ab") as stream:
        stream.write(torn)
    return file


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    lines = (BEGIN, PLAN, Done(0, "staged"), Verified([0], "staged"), End(1))
    file = written(tmp_path, *lines)
    assert list(read(file)) == list(lines)
    assert (last_line(file), ended(file)) == (End(1), True)
    batch = load(file)
    assert (batch.folder, batch.ended, [e.state for e in batch.live()]) == ("_review_dupes", True, ["staged"])


@given(st.binary(max_size=60).filter(lambda tail: b"\n" not in tail))
def test_half_a_last_line_is_no_line_and_is_cut_off_before_the_next(tail: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        file = written(Path(folder), BEGIN, PLAN, torn=tail)
        assert list(read(file)) == [BEGIN, PLAN]
        assert not ended(file)
        with Journal(file, new=False) as journal:
            journal.write(End(0))
        assert list(read(file)) == [BEGIN, PLAN, End(0)]
        assert ended(file)


def test_a_very_long_last_line_is_still_the_last(tmp_path: Path) -> None:
    after = [After("/source", f"folder{n}", n) for n in range(TAIL // 20)]
    file = written(tmp_path, BEGIN, End(0, after))
    assert file.stat().st_size > TAIL
    assert last_line(file) is None
    assert ended(file)
    assert load(file).after["/source", "folder7"] == 7


def test_a_line_that_the_disk_did_not_take_leaves_no_half_of_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path, BEGIN)
    size, real = file.stat().st_size, disk.append

    def full(handle: int, data: bytes) -> None:
        real(handle, data[: len(data) // 2])
        raise OSError(errno.ENOSPC, "full")

    with Journal(file, new=False) as journal:
        monkeypatch.setattr(disk, "append", full)
        with pytest.raises(StagingError, match="full"):
            journal.write(PLAN)
        monkeypatch.undo()
        assert file.stat().st_size == size
        journal.write(PLAN)
    assert list(read(file)) == [BEGIN, PLAN]


def test_no_journal_is_no_batch(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        list(read(tmp_path / "b.jsonl"))
    with pytest.raises(NotFound):
        Journal(tmp_path / "b.jsonl", new=False)
    assert last_line(tmp_path / "b.jsonl") is None


def test_what_is_planned_and_not_seen_to_be_done_is_under_way(tmp_path: Path) -> None:
    batch = load(written(tmp_path, BEGIN, PLAN, Done(0, "staged")))
    assert (batch.ended, [e.under_way for e in batch.unsettled()]) == (False, ["stage"])
    headless = load(written(tmp_path / "headless", PLAN))  # its first line was lost
    assert not headless.ended


@given(st.lists(st.sampled_from(["..", ".", "", "a", "...", "a..", "\0", " "]), min_size=1, max_size=4))
def test_a_path_is_inside_where_no_part_leads_anywhere_else(parts: list[str]) -> None:
    assert is_inside("/".join(parts)) == all(p not in ("", ".", "..", "\0") for p in parts)
