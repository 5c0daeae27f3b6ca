"""The journal: spec 4's line for every decision, and nothing but whole lines whatever the disk does."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest
from rows import filled

from engine.culling import decide
from engine.errors import LibraryError
from engine.library import journal
from engine.library.journal import Journal, Record
from engine.library.store import Library

SPEC_4 = {"ts", "set_id", "images", "winner", "needs_crop", "delete", "anomaly_tags"}


def record(day: str = "2026-01-02", **more: Any) -> Record:
    return Record(**{"ts": f"{day}T10:00:00.000000Z", "set_id": "s", "images": ["/a.png"], "id": "1", **more})


def lines(sessions: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for file in journal.files(sessions) for line in file.read_text().splitlines()]


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return filled(tmp_path / "library", [3, 2])


def keys(library: Library) -> list[str]:
    with library.db.read() as connection:
        return [key for (key,) in connection.execute("SELECT key FROM groups ORDER BY position")]


def verdicts(library: Library) -> list[Any]:
    with library.db.read() as connection:
        return connection.execute("SELECT image_id, verdict FROM verdicts ORDER BY 1").fetchall()


def test_every_line_has_the_keys_of_spec_4_and_a_time_in_utc(library: Library) -> None:
    with library:
        first, second = keys(library)
        decide.pick(library, first, 1)
        decide.reject(library, second, [4, 5], ["toes", "glare"])
        decide.flag(library, 2, on=True)
        decide.reopen(library, first)
        library.undo()
        library.redo()
        found = lines(library.paths.sessions)
    assert [line["kind"] for line in found] == ["pick", "reject", "flag", "reopen", "undo", "redo"]
    for line in found:
        assert set(line) >= SPEC_4
        assert line["ts"].endswith("Z")
        assert len(line["hashes"]) == len(line["images"])
    assert found[0]["winner"] == "/source/f000000_stage1.png"
    assert (found[1]["delete"], found[1]["anomaly_tags"]) == (True, ["toes", "glare"])
    assert found[4]["of"] == found[5]["of"] == found[3]["id"]


def test_two_days_are_two_files_and_a_clock_set_back_keeps_the_order(tmp_path: Path) -> None:
    log = Journal(tmp_path)
    for day, number in (("2026-01-02", "1"), ("2026-01-03", "2"), ("2026-01-02", "3")):
        log.append(record(day, id=number))
    log.close()
    assert [f.name for f in journal.files(tmp_path)] == ["2026-01-02__session.jsonl", "2026-01-03__session.jsonl"]
    assert [line["id"] for line in lines(tmp_path)] == ["1", "2", "3"]


def test_a_torn_last_line_is_no_decision_and_swallows_none(library: Library) -> None:
    with library:
        decide.pick(library, keys(library)[0], 1)
    file = journal.files(library.paths.sessions)[0]
    whole = file.read_bytes()
    file.write_bytes(whole + whole[:40])
    with Library(library.paths.root) as again:
        assert len(again.notices) == 1
        before = verdicts(again)
        decide.pick(again, keys(again)[1], 4)
        after = verdicts(again)
        assert len(after) == len(before) + 2
        count, notices = again.rebuild()
        assert (count, len(notices)) == (2, 1)
        assert verdicts(again) == after


def test_a_whole_last_line_without_its_end_counts_now_and_after_a_rebuild(library: Library) -> None:
    with library:
        decide.pick(library, keys(library)[0], 1)
        kept = verdicts(library)
    file = journal.files(library.paths.sessions)[0]
    file.write_bytes(file.read_bytes().rstrip(b"\n"))
    library.paths.database.unlink()
    with Library(library.paths.root) as again:
        assert sorted(v for _, v in verdicts(again)) == sorted(v for _, v in kept)
        assert again.rebuild()[0] == 1


@pytest.mark.parametrize(
    "garbage",
    [
        b"hello\n", b"{}\n", b"[]\n", b"null\n", b"\xff\xfe\x00\n", b'{"ts": 1}\n', b'{"x":' + b"[" * 100_000 + b"\n",
        b'{"ts":"t","set_id":"s","images":["\\ud800"]}\n', b'{"ts":"t","set_id":"s","images":[],"kind":"dance"}\n',
        b'{"ts":"t","set_id":"s","images":[],"kind":"undo","of":"nobody"}\n',
    ],
)  # fmt: skip
def test_garbage_between_lines_is_passed_over_with_a_notice(library: Library, garbage: bytes) -> None:
    with library:
        decide.pick(library, keys(library)[0], 1)
        decide.pick(library, keys(library)[1], 4)
        state = verdicts(library)
        file = journal.files(library.paths.sessions)[0]
        first, second = file.read_bytes().splitlines(keepends=True)
        file.write_bytes(first + garbage + b"\n" + second)
        count, notices = library.rebuild()
        assert (count, len(notices)) == (2, 1)
        assert "\n" not in notices[0]
        assert verdicts(library) == state


def test_lines_of_another_program_without_ids_are_replayed_each(library: Library) -> None:
    with library:
        file = library.paths.sessions / "2020-01-01__session.jsonl"
        file.write_text(
            '{"ts":"2020-01-01T00:00:00Z","set_id":"a","images":["/source/f000000_stage1.png"],'
            '"winner":"/source/f000000_stage1.png","needs_crop":false,"delete":false,"anomaly_tags":[]}\n'
            '{"ts":"2020-01-01T00:00:01Z","set_id":"b","images":["/source/f000001_stage1.png"],"winner":null,'
            '"kind":"reject","delete":true,"extra":[1]}\n'
        )
    with Library(library.paths.root) as again:
        assert again.notices == []
        assert verdicts(again) == [(1, "keep"), (4, "reject")]
        assert again.rebuild() == (2, [])


def test_spec_4s_crop_box_is_read_and_written(tmp_path: Path) -> None:
    log = Journal(tmp_path)
    log.append(record())
    log.append(record(crop_box=journal.Box(1, 2, 3, 4)))
    log.close()
    plain, cropped = lines(tmp_path)
    assert "crop_box" not in plain
    assert cropped["crop_box"] == {"x": 1, "y": 2, "w": 3, "h": 4}


def _short_writes(file: int, data: Any) -> int:
    return WRITE(file, bytes(data[:7]))


WRITE = os.write


def test_short_writes_still_make_a_whole_line(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    with library:
        monkeypatch.setattr(os, "write", _short_writes)
        decide.pick(library, keys(library)[0], 1)
        assert len(lines(library.paths.sessions)) == 1


@pytest.mark.parametrize("trouble", ["write", "fsync", "open"])
@pytest.mark.parametrize("no_truncate", [False, True])
def test_a_full_disk_leaves_no_half_line_and_no_decision(
    library: Library, monkeypatch: pytest.MonkeyPatch, trouble: str, no_truncate: bool
) -> None:
    with library:
        decide.pick(library, keys(library)[0], 1)
        state, history = verdicts(library), lines(library.paths.sessions)
        if trouble == "open":
            library._journal.close()
        left = [2]

        def full(file: Any, *more: Any, **_: Any) -> int:
            left[0] -= 1
            if left[0] and trouble == "write" and isinstance(more[0], memoryview):
                return WRITE(file, bytes(more[0][:25]))
            raise OSError(errno.ENOSPC, "No space left on device")

        with monkeypatch.context() as patched:
            patched.setattr(os, trouble, full)
            if no_truncate:
                patched.setattr(os, "ftruncate", full)
            with pytest.raises(LibraryError, match="No space"):
                decide.pick(library, keys(library)[1], 4)
        assert verdicts(library) == state
        if not no_truncate:
            assert lines(library.paths.sessions) == history
        decide.reject(library, keys(library)[1], [4])
        state = verdicts(library)
        if not (no_truncate and trouble == "fsync"):  # then the whole line stands there, and a rebuild believes it
            library.rebuild()
            assert verdicts(library) == state


def test_a_database_that_refuses_takes_the_line_back(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    import apsw

    from engine.library import history

    with library:
        decide.pick(library, keys(library)[0], 1)
        before = lines(library.paths.sessions)

        def full(*_: object) -> None:
            raise apsw.FullError("database or disk is full")

        with monkeypatch.context() as patched:
            patched.setattr(history, "_applied", full)
            with pytest.raises(LibraryError, match="full"):
                decide.pick(library, keys(library)[1], 4)
        assert lines(library.paths.sessions) == before
        state = verdicts(library)
        library.rebuild()
        assert verdicts(library) == state


def test_a_journal_deleted_under_us_is_begun_again(library: Library) -> None:
    with library:
        decide.pick(library, keys(library)[0], 1)
        journal.files(library.paths.sessions)[0].unlink()
        decide.pick(library, keys(library)[1], 4)
        assert [line["winner"] for line in lines(library.paths.sessions)] == ["/source/f000001_stage1.png"]


def test_a_journal_cut_short_keeps_the_databases_decisions(library: Library) -> None:
    with library:
        decide.pick(library, keys(library)[0], 1)
        state = verdicts(library)
    journal.files(library.paths.sessions)[0].write_bytes(b"")
    with Library(library.paths.root) as again:
        assert verdicts(again) == state
        assert any("shorter" in notice for notice in again.notices)
