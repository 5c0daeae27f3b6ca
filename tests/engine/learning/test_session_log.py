"""Reading a session log: whatever stands in it, it is read or refused in a sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import WrongUse
from engine.learning import session_log

KINDS = ["pick", "trio", "reject", "reopen", "crop", "uncrop", "to_crop", "check", "match", "undo", "redo", "flag"]
NAMES = st.sampled_from(["a.png", "b.png", "c.png"])
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=3),
    st.lists(NAMES, max_size=3),
)
LINE = st.fixed_dictionaries(
    {"images": st.lists(NAMES, max_size=3)},
    optional={
        "ts": st.sampled_from(["", "2025-10-05T19:12:31Z", "0001-01-01", "never"]),
        "set_id": st.sampled_from(["", "x", "y", 3, None]),
        "winner": st.one_of(st.none(), NAMES),
        "needs_crop": st.booleans(),
        "delete": st.booleans(),
        "kind": st.sampled_from(KINDS),
        "id": st.sampled_from(["", "1", "2"]),
        "of": st.sampled_from(["", "1", "2"]),
        "also": st.lists(NAMES, max_size=2),
        "anomaly_tags": st.lists(st.sampled_from(["toes", "odd"]), max_size=2),
        "crop_box": st.one_of(st.none(), st.fixed_dictionaries({one: st.integers() for one in "xywh"}), ODD),
        "crop": ODD,
        "yes": st.booleans(),
    },
)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("log") / "session.jsonl"


def read(file: Path, lines: list[Any], ours: set[str]) -> session_log.Session | None:
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    try:
        return session_log.read(file, ours)
    except WrongUse:
        return None


@settings(max_examples=150, deadline=None)
@given(
    lines=st.lists(st.one_of(LINE, st.dictionaries(st.sampled_from(["images", "ts", "kind", "x"]), ODD)), max_size=8)
)
def test_any_lines_are_read_or_refused_and_nothing_wins_over_itself(file: Path, lines: list[Any]) -> None:
    said = read(file, lines, set())
    for one in said.picks if said else []:
        assert one.winner in lines[one.line - 1]["images"]
        assert one.losers
        assert one.winner not in one.losers


@settings(max_examples=60, deadline=None)
@given(lines=st.lists(LINE, min_size=1, max_size=6))
def test_lines_of_this_library_say_nothing_new(file: Path, lines: list[dict[str, Any]]) -> None:
    named = [{**line, "id": f"d{number}"} for number, line in enumerate(lines)]
    said = read(file, named, {f"d{number}" for number in range(len(named))})
    if said is not None:
        assert [*said.picks, *said.crops, *said.sent, *said.tagged, *said.passed] == []


@settings(max_examples=60, deadline=None)
@given(lines=st.lists(LINE, min_size=1, max_size=6))
def test_of_each_named_set_one_line_is_a_pick_at_most(file: Path, lines: list[dict[str, Any]]) -> None:
    plain = [{**line, "kind": "pick", "set_id": line.get("set_id") or "x"} for line in lines]
    said = read(file, plain, set())
    deciding = {one.line for one in said.picks} if said else set()
    sets = [str(plain[number - 1]["set_id"]) for number in deciding]
    assert len(sets) == len(set(sets))
