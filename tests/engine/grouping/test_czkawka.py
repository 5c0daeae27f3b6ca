"""Czkawka's result files: every version's shape gives the same groups, and a fault says where it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import NotFound, PickwiseError, WrongUse
from engine.grouping import czkawka
from engine.grouping.czkawka import Kept, Listed, parse, read, within
from engine.library.text import to_path, to_text

NEW = {"size": 9, "width": 4, "height": 3, "modified_date": 1, "hashes": [], "difference": 0}
ENTRIES: dict[str, dict[str, Any]] = {
    "12": NEW,
    "11": {"size": 9, "width": 4, "height": 3, "modified_date": 1, "hash": [1, 255], "difference": 2},
    "8-10": {"size": 9, "width": 4, "height": 3, "modified_date": 1, "hash": [1, 255], "similarity": 2},
    "7": {"size": 9, "width": 4, "height": 3, "modified_date": 1, "hash": [1], "similarity": 2, "image_type": "Normal"},
    "6.1": {"size": 9, "dimensions": "4x3", "modified_date": 1, "hash": [1], "similarity": {"Similar": 2}},
}


def listed(*paths: str, reference: bool = False) -> Listed:
    return Listed(paths, {}, reference)


def entry(path: str) -> dict[str, Any]:
    return {"path": path, **NEW}


def as_json(value: Any) -> bytes:
    return json.dumps(value).encode()


@pytest.mark.parametrize("version", ENTRIES)
@pytest.mark.parametrize("indent", [None, 2])
def test_the_json_of_every_version_gives_the_paths_of_each_group(version: str, indent: int | None) -> None:
    groups = [["/p/a.png", "/p/b.png"], ["/p/c d.png", "/p/é.png", "/p/e.png"]]
    value = [[{"path": path, **ENTRIES[version]} for path in group] for group in groups]
    raw = json.dumps(value, indent=indent, ensure_ascii=False).encode()
    assert parse(raw) == [listed(*group) for group in groups]


def test_the_first_of_a_group_with_a_reference_folder_is_the_reference() -> None:
    value = [[entry("/ref/a.png"), [entry("/p/b.png"), entry("/p/c.png")]], [entry("/ref/d.png"), []]]
    assert parse(as_json(value)) == [
        listed("/ref/a.png", "/p/b.png", "/p/c.png", reference=True),
        listed("/ref/d.png", reference=True),
    ]


def test_duplicates_are_read_by_size_by_name_and_with_a_reference() -> None:
    value = {
        "100": [[entry("a"), entry("b")], [entry("c"), entry("d")]],
        "200": [[entry("r"), [entry("s")]]],
        "x.png": [entry("e"), entry("f")],
        "y.png": [entry("g"), [entry("h"), entry("i")]],
    }
    assert parse(as_json(value)) == [
        listed("a", "b"),
        listed("c", "d"),
        listed("r", "s", reference=True),
        listed("e", "f"),
        listed("g", "h", "i", reference=True),
    ]


def text(*lines: str) -> bytes:
    head = 'Results of searching ["/p"] with excluded directories [] and excluded items []'
    return "\n".join([head, "2 images which have similar friends", "", *lines]).encode()


HEAD = "Found 2 images which have similar friends"


def test_text_is_read_with_quotes_and_without_in_any_language() -> None:
    raw = text(
        HEAD,
        '"/p/a - 10x10 - 5 KB - x.png" - 1024x1536 - 2.38 MiB - Original',
        '"/p/b.png" - 1024x1536 - 900 B - Sehr hoch',
        "",
        HEAD,
        "/p/c - 1.png - 4x3 - 2.38 MiB - 非常に高い",
        "/p/d - 10x10 - 5 KB - y.png - 1024x1536 - 2.38 MiB - High",
        "",
    )
    expected = [
        listed("/p/a - 10x10 - 5 KB - x.png", "/p/b.png"),
        listed("/p/c - 1.png", "/p/d - 10x10 - 5 KB - y.png"),
    ]
    for changed in (raw, raw.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + raw, raw.decode().encode("utf-16")):
        assert parse(changed) == expected


def test_a_group_that_ends_with_the_file_or_the_next_heading_counts() -> None:
    line = '"/p/{}.png" - 4x3 - 1 B - High'
    assert parse(text(HEAD, line.format("a"), HEAD, line.format("b"))) == [listed("/p/a.png"), listed("/p/b.png")]


def test_a_blank_line_after_the_heading_tells_the_reference_form() -> None:
    raw = text(HEAD, "", '"/ref/a.png" - 4x3 - 1 B - Original', '"/p/b.png" - 4x3 - 1 B - High', "", "done")
    assert parse(raw) == [listed("/ref/a.png", "/p/b.png", reference=True)]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        (r"C:\\new\\a.png", "C:\\new\\a.png"),
        (r"/p/a\"b\u{301}\n.png", '/p/a"b\u0301\n.png'),
        (r"/p/\xE9.png", to_text("/p/\udce9.png")),
        (r"C:\new\a.png", "C:\\new\\a.png"),
        (r"/p/back\slash.png", "/p/back\\slash.png"),
    ],
)
def test_a_path_is_found_whether_it_was_written_escaped_or_plain(written: str, name: str) -> None:
    groups = parse(text(HEAD, "", '"/ref/a.png" - 4x3 - 1 B - Original', f'"{written}" - 4x3 - 1 B - High'))
    assert within(groups, {"/ref/a.png": 1, name: 2}).groups == [Kept((1, 2), 1)]


def test_bytes_that_are_not_utf8_are_kept_as_in_any_path() -> None:
    raw = text(HEAD) + b'\n"/p/\xff.png" - 4x3 - 1 B - High\n'
    assert [to_path(path) for path in parse(raw)[0].paths] == [Path("/p/\udcff.png")]


def test_a_search_that_found_nothing_gives_no_groups() -> None:
    assert parse(b"Not found any similar images.") == parse(b"[]") == parse(b"{}") == []


@pytest.mark.parametrize(
    ("raw", "where"),
    [
        (b'[\n  [{"path": x}]]', "line 2, column 13"),
        (b'[[{"path": "/a"}', "ends in the middle"),
        (b'[[{"path": "/\xff"}]]', "column 14: this is not UTF-8"),
        (b'[[{"path": 3}]]', "group 1, entry 1: a text should stand there, and it is a number"),
        (as_json([[entry("a")], [entry("b"), NEW]]), "group 2, entry 2: the entry has no path"),
        (as_json([[entry("a"), [entry("b"), {"path": None}]]]), "group 1, entry 3"),
        (as_json([[entry("a"), [entry("b")], [entry("c")]]]), "group 1: it is neither"),
        (as_json([[entry("a"), entry("")]]), "group 1, entry 2: the path is empty"),
        (as_json({"1": [[entry("a")]], "k": [[entry("a"), 3]]}), "the groups of k, group 1, entry 2"),
        (as_json({"k": [entry("a"), [entry("b"), [entry("c")]]]}), "the groups of k, entry 2"),
        (as_json({"1": 3}), "the groups of 1, at the top: a list should stand there"),
        (b"[3]", "group 1: a list"),
        (b"[] []", "trailing"),
        (b"[" * 100_000, "group 1"),
        (b'[[{"path":"a","x":' + b"[" * 100_000, "nested too deeply"),
        (b'[[{"path":"a","x":' + b"9" * 10_000 + b"}]]x", "line 1"),
        (text(HEAD, "/p/a.png - no size"), "line 5"),
        (text('"/p/a.png" - 4x3 - 1 B - High'), "line 4: what is written there stands in no group"),
        (text(HEAD, "x" * 70_000), "line 5: longer than"),
        (b"", "no result of Czkawka"),
        (b"group_id,filepath\r\n1,/p/a.png\r\n", "no result of Czkawka"),
        (b"\xff\xfea", "UTF-16"),
    ],
    ids=range(22),
)
def test_a_malformed_file_says_where(raw: bytes, where: str) -> None:
    with pytest.raises(WrongUse) as caught:
        parse(raw, "r.json")
    assert where in caught.value.message
    assert caught.value.message.startswith("r.json")
    assert caught.value.hint
    assert "`$" not in caught.value.message


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    huge = tmp_path / "huge.json"
    with huge.open("wb") as file:
        file.truncate(500 * 1024 * 1024)
    monkeypatch.setattr(czkawka, "LARGEST_FILE", 1024 * 1024)
    with pytest.raises(WrongUse, match="larger than 1 MiB"):
        read(huge)


def test_more_lists_than_memory_should_hold_are_refused() -> None:
    with pytest.raises(WrongUse, match="4000000 is the most"):
        parse(b"[" + b"[]," * 4_000_000 + b"[]]")


def test_a_file_that_is_not_there_or_no_file_is_told(tmp_path: Path) -> None:
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(NotFound):
            read(path)
    with pytest.raises(PickwiseError):
        read("a\0b")


def test_only_the_librarys_own_paths_count_and_the_others_are_listed_once() -> None:
    known = {"/src/a.png": 1, "/src/b.png": 2, "/src/c.png": 3}
    hostile = ["/src/../etc/passwd", "/src/x\0.png", "/src/./a.png", "a.png", "C:\\a.png", "/elsewhere/a.png"]
    groups = [
        listed("/src/a.png", *hostile, "/src/b.png", "/src/a.png"),
        listed("/elsewhere/a.png", "/src/c.png"),
        listed("/ref/r.png", "/src/b.png", "/src/c.png", reference=True),
        listed("/src/c.png", "/src/a.png", reference=True),
    ]
    found = within(groups, known)
    assert found.groups == [Kept((1, 2), None), Kept((2, 3), None), Kept((3, 1), 3)]
    assert found.outside == [*hostile, "/ref/r.png"]


shapes = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.fixed_dictionaries({"path": st.text()}),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["path", "1", "k"]), inner, max_size=3),
    max_leaves=12,
)
pieces = st.sampled_from([
    HEAD.encode(), b"\n", b'"', b"/p/a.png", b" - 4x3 - 1 B - High", b"[", b"]", b"{", b"}", b'"path"', b":", b",",
    b"\\", b"\\u{", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\0", b"Not found any similar images.",
])  # fmt: skip


@given(st.binary() | st.lists(pieces, max_size=30).map(b"".join) | shapes.map(as_json))
def test_whatever_the_bytes_are_they_give_groups_or_a_sentence(raw: bytes) -> None:
    try:
        groups = parse(raw)
    except PickwiseError as error:
        groups = []
        told = error
    else:
        told = PickwiseError(".", "no fault")
    assert told.message.endswith(".")
    assert told.hint
    for group in groups:
        "".join(group.paths).encode()  # every path can be stored and printed
    assert within(groups, {}).groups == []


@given(st.lists(st.lists(st.text(min_size=1).map(lambda t: "/" + t), min_size=1, max_size=4), min_size=1, max_size=4))
def test_any_path_comes_through_json_and_text(groups: list[list[str]]) -> None:
    as_text = [[to_text(path) for path in group] for group in groups]
    read_json = [list(group.paths) for group in parse(as_json([[entry(p) for p in group] for group in groups]))]
    assert read_json == as_text
    tame = [[path.replace("\n", " ").replace("\r", " ") for path in group] for group in groups]
    lines = [line for group in tame for line in (HEAD, *(f'"{path}" - 4x3 - 1 B - x' for path in group), "")]
    assert [list(group.paths) for group in parse(text(*lines))] == [[to_text(p) for p in group] for group in tame]
