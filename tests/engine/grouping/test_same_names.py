"""Two folders by name: equal only where every byte is, and nothing is ever changed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from terminal import snapshot

from engine.errors import NotFound, WrongUse
from engine.grouping import same_names
from engine.grouping.same_names import SameName, compare


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for folder in "ab":
        (tmp_path / folder / "deep").mkdir(parents=True)
    return tmp_path


def put(file: Path, content: bytes = b"x") -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def test_names_of_both_folders_are_equal_or_different_and_the_rest_is_counted(place: Path) -> None:
    for name, one, other in (("same", b"1", b"1"), ("size", b"1", b"22"), ("content", b"12", b"21")):
        put(place / "a" / f"{name}.png", one)
        put(place / "b" / f"{name}.png", other)
    put(place / "a" / "only a.png")
    for name in ("x.png", "y.jpg", ".hidden.png", "note.txt", "deep/z.png"):
        put(place / "b" / name)
    before = snapshot(place)
    found = compare(place / "a", place / "b")
    assert found.same == [
        SameName("content.png", "different", 2, 2), SameName("same.png", "equal", 1, 1),
        SameName("size.png", "different", 1, 2),
    ]  # fmt: skip
    assert (found.only_a, found.only_b, found.clashes, found.troubles) == (1, 2, [], [])
    assert snapshot(place) == before


@pytest.mark.parametrize("given_as", ["png", ".PNG"])
def test_only_the_extensions_asked_for_count(place: Path, given_as: str) -> None:
    for name in ("a.png", "b.PNG", "c.jpg", "d.yaml"):
        put(place / "a" / name)
        put(place / "b" / name)
    assert [one.name for one in compare(place / "a", place / "b", [given_as]).same] == ["a.png", "b.PNG"]
    assert [one.name for one in compare(place / "a", place / "b", ["yaml", "jpg"]).same] == ["c.jpg", "d.yaml"]


def test_below_the_folders_whole_paths_are_compared_and_links_not_followed(place: Path) -> None:
    for name in ("a/deep/x.png", "b/deep/x.png", "a/y.png", "b/deep/y.png", "out/z.png"):
        put(place / name)
    (place / "a" / "loop").symlink_to(place / "a")
    for folder in "ab":
        (place / folder / "out").symlink_to(place / "out")
    found = compare(place / "a", place / "b", recursive=True)
    assert [one.name for one in found.same] == ["deep/x.png"]
    assert (found.only_a, found.only_b) == (1, 1)


def test_one_file_under_two_names_is_not_called_equal(place: Path) -> None:
    put(place / "a" / "hard.png")
    put(place / "a" / "soft.png")
    (place / "b" / "hard.png").hardlink_to(place / "a" / "hard.png")
    (place / "b" / "soft.png").symlink_to(place / "a" / "soft.png")
    assert [one.content for one in compare(place / "a", place / "b").same] == ["one file"] * 2


def test_names_that_some_disks_take_for_one_are_told(place: Path) -> None:
    for name in ("a/Cat.png", "b/cat.png", "a/é.png", "b/e\u0301.png", "a/dog.png", "b/dog.png"):
        put(place / name)
    found = compare(place / "a", place / "b")
    assert [one.name for one in found.same] == ["dog.png"]
    assert found.clashes == [["Cat.png", "cat.png"], ["e\u0301.png", "é.png"]]


def test_what_cannot_be_read_is_told_and_the_rest_goes_on(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("bad.png", "good.png"):
        put(place / "a" / name)
        put(place / "b" / name)
    (place / "a" / "gone.png").symlink_to(place / "nothing")
    os.mkfifo(place / "a" / "pipe.png")
    blocks = same_names._blocks

    def refusing(path: Path) -> object:
        if path.name == "bad.png":
            raise PermissionError(13, "Permission denied")
        return blocks(path)

    monkeypatch.setattr(same_names, "_blocks", refusing)
    found = compare(place / "a", place / "b")
    assert [one.content for one in found.same] == ["unreadable", "equal"]
    assert [sentence.split("/")[-1] for sentence in found.troubles] == [
        "gone.png cannot be read: No such file or directory.",
        "bad.png cannot be read: Permission denied.",
        "bad.png cannot be read: Permission denied.",
    ]


def test_one_folder_twice_or_none_is_refused(place: Path) -> None:
    (place / "link").symlink_to(place / "a")
    with pytest.raises(WrongUse, match="one folder"):
        compare(place / "a", place / "link")
    put(place / "file")
    for wrong in (place / "none", place / "file", Path("a\0b")):
        with pytest.raises(NotFound):
            compare(place / "a", wrong)


names = st.sampled_from(["a.png", "b.png", "c.PNG", "é.png", "\udcff.png"])


@settings(max_examples=25, deadline=None)
@given(*[st.dictionaries(names, st.binary(max_size=2), max_size=4) for _ in "ab"])
def test_the_counts_are_those_of_the_folders(
    tmp_path_factory: pytest.TempPathFactory, left: dict[str, bytes], right: dict[str, bytes]
) -> None:
    place = tmp_path_factory.mktemp("pair")
    for folder, files in (("a", left), ("b", right)):
        (place / folder).mkdir()
        for name, content in files.items():
            put(place / folder / name, content)
    found = compare(place / "a", place / "b")
    both = left.keys() & right.keys()
    assert (len(found.same), found.only_a, found.only_b) == (len(both), len(left) - len(both), len(right) - len(both))
    assert found.count("equal") == sum(left[name] == right[name] for name in both)
    "".join(one.name for one in found.same).encode()
