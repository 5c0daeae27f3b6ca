"""Which libraries the commands open, which they refuse, and what they say then."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from terminal import ROOT, family, library_of, pickwise, process, snapshot

from engine.library.migrations import MIGRATIONS
from engine.library.store import Library
from shell.cli import COMMANDS

OPENERS = [("status",), ("rescan",), ("log",), ("undo",), ("rebuild",), ("export", "--keepers"), ("doctor",)]
READERS = {"status", "log", "export"}


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A library that holds nothing."""
    Library(tmp_path / "library").close()
    return tmp_path / "library"


def test_help_lists_every_command() -> None:
    said = process("--help")
    assert said.code == 0
    assert [name for name in COMMANDS if not re.search(rf"^  {name}\s", said.out, re.MULTILINE)] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    said = pickwise(command, "--help")
    assert said.code == 0
    assert f"pickwise {command}" in said.out
    assert "--json" in said.out


@pytest.mark.parametrize(
    "words",
    [("cull",), ("cull", "--nonsense"), ("log", "--limit", "0"), ("export",), ("export", "--keepers", "--link", "x")],
)
def test_wrong_use_exits_2_with_one_object_on_stdout(words: tuple[str, ...], empty: Path) -> None:
    where = () if words[0] == "cull" else ("--library", empty)
    said = pickwise(*words, *where, "--json")
    assert said.code == 2
    assert said.json["error"]["code"] == "wrong_use"
    assert said.json["error"]["message"] in said.err


@pytest.mark.parametrize("words", [w for w in OPENERS if w[0] not in ("doctor", "rebuild")])
def test_no_library_is_said_and_none_is_made(words: tuple[str, ...], tmp_path: Path) -> None:
    said = pickwise(*words, "--library", tmp_path / "none", "--json")
    assert (said.code, said.json["error"]["code"]) == (1, "not_found")
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("command", ["status", "rescan", "undo", "log"])
def test_without_a_library_for_this_folder_the_next_step_is_named(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = pickwise(command)
    assert said.code == 1
    assert said.out == ""
    assert "pickwise cull FOLDER" in said.err


def test_doctor_works_without_a_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    facts = pickwise("doctor", "--json").json
    assert facts["library"] == ""
    assert facts["processors"] >= 1
    assert facts["compares pictures by"] == "efficientnet-lite0"
    assert pickwise("doctor").code == 0


def test_status_tells_what_the_library_holds(tmp_path: Path) -> None:
    family(tmp_path / "images", 1, bad="3")
    library_of(tmp_path / "images", tmp_path / "library")
    held = pickwise("status", "--library", tmp_path / "library", "--json").json
    assert (held["images"], held["groups"], held["needs_you"], held["keepers"]) == (3, 1, 1, 0)
    assert held["sources"] == [{"path": str(tmp_path / "images"), "images": 3, "missing": 0, "reachable": True}]
    assert "groups that need you" in pickwise("status", "--library", tmp_path / "library").out


def refused(library: Path, words: tuple[str, ...], code: str) -> str:
    """Run a command that must refuse this library and change nothing in it; answers with what it said."""
    before = snapshot(library)
    said = pickwise(*words, "--library", library, "--json")
    assert (said.code, said.json["error"]["code"]) == (1, code)
    after = snapshot(library)
    notes = {path for path in before if b"library.holder" in path or b"library.lock" in path}  # who looked last
    assert {path: after.get(path) for path in before.keys() - notes} == {p: before[p] for p in before.keys() - notes}
    return said.err


@pytest.mark.parametrize("words", [w for w in OPENERS if w[0] != "doctor"])
def test_a_library_of_a_newer_version_is_refused_and_left_as_it_is(words: tuple[str, ...], empty: Path) -> None:
    with sqlite3.connect(empty / "library.db") as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    connection.close()
    assert "newer Pickwise" in refused(empty, words, "library_too_new")


def test_a_database_of_another_program_is_refused(empty: Path) -> None:
    for name in ("library.db", "library.db-wal", "library.db-shm"):
        (empty / name).unlink(missing_ok=True)
    with sqlite3.connect(empty / "library.db") as connection:
        connection.execute("PRAGMA user_version = 1")
        connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    assert "another program wrote it" in refused(empty, ("status",), "library_damaged")
    assert "another program wrote it" in refused(empty, ("rescan",), "library_damaged")


def test_a_database_that_is_none_is_refused(empty: Path) -> None:
    for name in ("library.db-wal", "library.db-shm"):
        (empty / name).unlink(missing_ok=True)
    (empty / "library.db").write_bytes(b"this is no database" * 100)
    assert "rebuild" in refused(empty, ("rescan",), "library_damaged")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[scan\n", "not valid TOML"),
        ("[picks]\npolicy = 'best'\n", "picks.policy (Policy)"),
        ("[nonsense]\n", "nonsense"),
        ("[groups]\nphash_distance = 99\n", "groups.phash_distance"),
    ],
)  # fmt: skip
def test_broken_settings_are_named_and_left_alone(empty: Path, text: str, named: str) -> None:
    (empty / "pickwise.toml").write_text(text, encoding="utf-8")
    assert named in refused(empty, ("rescan",), "settings")


def test_a_library_that_another_process_holds_is_open_for_reading_only(empty: Path) -> None:
    hold = (
        "import sys, pathlib; from engine.library.store import Library;"
        "library = Library(pathlib.Path(sys.argv[1])); print('held', flush=True); sys.stdin.read(); library.close()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(empty)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        for words in OPENERS:
            said = pickwise(*words, "--library", empty, "--json")
            if words[0] in READERS | {"doctor"}:
                assert said.code == 0, said
            else:
                assert said.json["error"]["code"] == "library_held"
                assert f"process {other.pid} on" in said.err
        other.communicate("")
    assert pickwise("rescan", "--library", empty, "--json").code == 0


def test_an_unexpected_fault_is_one_object_and_no_traceback(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise OSError(5, "the disk is on fire")

    monkeypatch.setattr("shell.commands.look.holdings", broken)
    said = pickwise("status", "--library", empty, "--json")
    assert (said.code, said.json["error"]["code"]) == (1, "fault")
    assert "Traceback" not in said.err
    assert json.dumps("the disk is on fire")[1:-1] in said.err
