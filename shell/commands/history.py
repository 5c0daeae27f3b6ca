"""`undo`, `redo`, `log`, `rebuild`: what was decided."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from engine.library import history
from shell.commands import common


def turn(library: Path | None, which: Literal["undo", "redo"], *, as_json: bool) -> None:
    with common.opened(common.find(library)) as opened:
        record, label = opened.undo() if which == "undo" else opened.redo()
        with opened.db.read() as connection:
            undo, redo = history.labels(connection)
    done = "undone" if which == "undo" else "redone"
    if as_json:
        common.answer({which: label, "id": record.id, "set_id": record.set_id, "next_undo": undo, "next_redo": redo})
    else:
        common.table([(done, label), ("undo would take back", undo or "nothing"), ("redo would do", redo or "nothing")])


def log(library: Path | None, limit: int, *, as_json: bool) -> None:
    with common.opened(common.find(library), write=False) as opened, opened.db.read() as connection:
        entries = history.entries(connection, limit)
    if as_json:
        common.answer({"decisions": entries})
    else:
        rows = [(e["ts"], e["label"] + ("" if e["state"] == "done" else f"  ({e['state']})")) for e in entries]
        common.table(rows or [("", "Nothing was decided yet.")], "Decisions, newest first")


def rebuild(library: Path | None, *, as_json: bool) -> None:
    place = common.find(library)
    with common.opened(place, make=True) as opened:
        decisions, notices = opened.rebuild()
    for notice in notices:
        common.say(notice)
    if as_json:
        common.answer({"decisions": decisions, "notices": notices})
    else:
        common.table([("decisions replayed", str(decisions)), ("notices", str(len(notices)))])
