"""`compare-folders`: files of one name in two folders, equal or different."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

from engine.grouping import same_names
from engine.grouping.same_names import Compared
from engine.library.text import to_text
from shell.commands import common

_SHOWN = 40  # names on the terminal; --json has all
_WORDS = {"equal": "equal", "different": "DIFFERENT", "one file": "one file, linked", "unreadable": "not readable"}


def compare_folders(a: Path, b: Path, extensions: str, *, recursive: bool, as_json: bool) -> None:
    wanted = [one for one in extensions.replace(",", " ").split() if one.strip(".")]
    with common.progress() as progress:
        found = same_names.compare(a.absolute(), b.absolute(), wanted, recursive=recursive, progress=progress)
    if as_json:
        common.answer(
            {
                "a": to_text(a.absolute()),
                "b": to_text(b.absolute()),
                "equal": found.count("equal"),
                "different": found.count("different"),
                "one_file": found.count("one file"),
                "unreadable": found.count("unreadable"),
                **msgspec.structs.asdict(found),
            }
        )
    else:
        _print(found, a, b)
    if found.troubles:
        sys.exit(1)


def _print(found: Compared, a: Path, b: Path) -> None:
    # what differs is what a person must look at, so it comes first
    shown = sorted(found.same, key=lambda one: (one.content == "equal", one.name))
    rows = [
        (common.plain(one.name), f"{_WORDS[one.content]}  {_sizes(one.bytes_a, one.bytes_b)}") for one in shown[:_SHOWN]
    ]
    if rows:
        common.table(rows, "Files of one name")
    more = len(shown) - _SHOWN
    counts = [
        ("in both", f"{len(found.same)}, equal {found.count('equal')}, different {found.count('different')}"),
        (f"only in {to_text(a)}", str(found.only_a)),
        (f"only in {to_text(b)}", str(found.only_b)),
        *([("not shown", f"{more} more; --json has all")] if more > 0 else []),
        *(("one name on some disks", " = ".join(names)) for names in found.clashes[:_SHOWN]),
    ]
    common.table([(common.plain(name), value) for name, value in counts])
    for sentence in found.troubles:
        common.say(common.plain(sentence))


def _sizes(a: int, b: int) -> str:
    return f"{a} B" if a == b else f"{a} and {b} B"
