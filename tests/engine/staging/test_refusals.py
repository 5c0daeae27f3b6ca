"""What is left alone: links, what lies outside, what changed, what is no plain file; and what imports may not reach."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import msgspec
import pytest

from engine.staging import moves
from engine.staging.model import Report, Unit
from engine.staging.recovery import recover
from tests.engine.staging.ground import LONG_AGO, QUIET, files, grow, staged, units, write


def refused(home: Path, source: Path, image: Path | str) -> str:
    """Try to stage one image; the reason why it stayed."""
    before = files(source.parent)
    report = moves.stage(home, [Unit(str(image), str(source))], "_review_dupes", QUIET, "b")
    assert (report.moved, len(report.troubles)) == ([], 1)
    assert not (home / "b.jsonl").exists()
    assert files(source.parent) == before
    return report.troubles[0].reason


def test_links_are_left_alone(tmp_path: Path) -> None:
    source, outside = tmp_path / "source", write(tmp_path / "outside" / "a.png")
    inside = write(source / "real" / "b.png")
    (source / "out.png").symlink_to(outside)
    (source / "in.png").symlink_to(inside)
    (source / "dangling.png").symlink_to("nowhere.png")
    (source / "linked").symlink_to(outside.parent)
    (source / "near").symlink_to(inside.parent)
    for name, why in (
        ("out.png", "It is a link."), ("in.png", "It is a link."), ("dangling.png", "It is a link."),
        ("linked/a.png", "It lies behind a link."), ("near/b.png", "It lies behind a link."),
    ):  # fmt: skip
        assert refused(tmp_path / "library" / "staging", source, source / name) == why


def test_an_image_with_a_linked_companion_stays_with_it(tmp_path: Path) -> None:
    source = tmp_path / "source"
    image, other = write(source / "a.png"), write(source / "notes.txt")
    (source / "a.yaml").symlink_to(other)
    assert "a.yaml" in refused(tmp_path / "library" / "staging", source, image)


def test_what_is_no_plain_file_is_left_alone(tmp_path: Path) -> None:
    source, home = tmp_path / "source", tmp_path / "library" / "staging"
    write(source / "x.png")
    os.mkfifo(source / "pipe.png")
    (source / "folder.png").mkdir()
    with socket.socket(socket.AF_UNIX) as listening:
        try:
            listening.bind(str(source / "socket.png"))
        except OSError:
            pytest.skip("the temporary folder's name is too long for a socket")
        for name in ("pipe.png", "folder.png", "socket.png"):
            report = staged(home, source, source / name)
            assert [t.reason for t in report.troubles] == ["It is not a plain file."]
    assert refused_names(staged(home, source, source / "gone.png")) == ["It is not there any more."]


def refused_names(report: Report) -> list[str]:
    return [trouble.reason for trouble in report.troubles]


@pytest.mark.parametrize(
    "path", ["../outside/a.png", "x/../../outside/a.png", "./x.png", "x//x.png", "a\0b.png", "", "/x.png", "x.png/"]
)
def test_paths_that_could_lead_out_move_nothing(tmp_path: Path, path: str) -> None:
    write(tmp_path / "outside" / "a.png")
    write(tmp_path / "source" / "x.png")
    write(tmp_path / "source" / "x" / "x.png")
    refused(tmp_path / "library" / "staging", tmp_path / "source", f"{tmp_path / 'source'}/{path}")


def test_an_image_of_another_place_is_left_alone(tmp_path: Path) -> None:
    outside = write(tmp_path / "source2" / "a.png")
    write(tmp_path / "source" / "x.png")
    home = tmp_path / "library" / "staging"
    assert refused(home, tmp_path / "source", outside) == "It is not below its source folder."
    assert refused(home, tmp_path / "source", "a.png") == "It is not below its source folder."
    assert refused(home, tmp_path / "source", "\ud800.png") == "It is not below its source folder."
    refused(home, tmp_path / "source", f"{tmp_path}/source/\ud800.png")


@pytest.mark.parametrize("source", ["/", "relative", "", "/tmp/../etc", "/nowhere/at/all", "/a\0b"])
def test_a_source_that_is_no_folder_of_images_moves_nothing(tmp_path: Path, source: str) -> None:
    image = write(tmp_path / "a.png")
    report = moves.stage(tmp_path / "l" / "staging", [Unit(str(image), source)], "_review_dupes", QUIET, "b")
    assert (report.moved, len(report.troubles)) == ([], 1)
    assert image.exists()


def test_the_library_moves_nothing_of_its_own(tmp_path: Path) -> None:
    library = tmp_path / "source" / "library"
    thumb = write(library / "thumbs" / "a.png")
    (tmp_path / "alias").symlink_to(library)
    for source in (tmp_path / "source", library, library / "thumbs", tmp_path / "alias"):
        image = source / thumb.relative_to(source) if source in thumb.parents else source / "thumbs" / "a.png"
        report = staged(library / "staging", source, image)
        assert (report.moved, len(report.troubles)) == ([], 1)
    assert thumb.exists()


def test_what_is_set_aside_already_is_left_alone(tmp_path: Path) -> None:
    image = write(tmp_path / "source" / "in" / "delete_review" / "a.png")
    assert "already" in refused(tmp_path / "library" / "staging", tmp_path / "source", image)


@pytest.mark.parametrize("kind", ["link", "file", "linked deeper", "file deeper"])
def test_a_staging_folder_that_is_a_link_or_a_file_takes_nothing(tmp_path: Path, kind: str) -> None:
    source, trap = tmp_path / "source", tmp_path / "trap"
    image, free = write(source / "in" / "a.png"), write(source / "b.png")
    trap.mkdir()
    place = source / "_review_dupes"
    if kind.endswith("deeper"):
        place.mkdir()
        place = place / "in"
    place.symlink_to(trap) if kind.startswith("link") else write(place, "mine")
    report = staged(tmp_path / "library" / "staging", source, image, free)
    assert str(image) in [trouble.path for trouble in report.troubles]
    assert len(report.moved) == (1 if kind.endswith("deeper") else 0)
    assert image.exists()
    assert list(trap.iterdir()) == []


def test_an_image_that_changed_since_it_was_judged_is_left_alone(tmp_path: Path) -> None:
    source, home = tmp_path / "source", tmp_path / "library" / "staging"
    image = write(source / "a.png", "1234")
    for size, mtime_ns, moved in ((5, -1, 0), (4, LONG_AGO + 1, 0), (4, LONG_AGO, 1)):
        wanted = [Unit(str(image), str(source), "", size, mtime_ns)]
        report = moves.stage(home, wanted, "_review_dupes", QUIET, "b")
        assert (len(report.moved), len(report.troubles)) == (moved, 1 - moved)


def test_an_image_that_changes_under_our_hands_stays(tmp_path: Path) -> None:
    source, home = tmp_path / "source", tmp_path / "library" / "staging"
    images = grow(source, 4)

    class Writes(type(QUIET)):  # type: ignore[misc]
        def step(self, done: int, current: str = "") -> None:
            if current == str(images[2]):
                write(images[2].with_suffix(".yaml"), "another prompt")

    report = moves.stage(home, units(source, *images), "_review_dupes", Writes(), "b")
    assert [t.path for t in report.troubles] == [str(images[2])]
    assert images[2].exists()
    assert images[2].with_suffix(".yaml").read_text() == "another prompt"
    assert len(report.moved) == 3


def test_a_folder_that_may_not_be_changed_is_told(quick: Path) -> None:
    user, source = os.geteuid(), quick / "source"
    if user == 0:
        quick.chmod(0o777)
        os.seteuid(65534)  # an administrator may change every folder
    try:
        image, free = write(source / "in" / "a.png"), write(source / "b.png")
        image.parent.chmod(0o500)
        report = staged(quick / "library" / "staging", source, image, free)
        image.parent.chmod(0o700)
    finally:
        os.seteuid(user)
    assert [(t.path, t.reason) for t in report.troubles] == [(str(image), "Its folder may not be changed.")]
    assert len(report.moved) == 1


@pytest.mark.parametrize("where", ["path", "to", "source"])
@pytest.mark.parametrize("value", ["../../outside/a.png", "/outside/a.png", "x/../../y", "a\0b", ""])
def test_a_journal_that_someone_wrote_reaches_nothing_outside(tmp_path: Path, where: str, value: str) -> None:
    source, home = tmp_path / "source", tmp_path / "library" / "staging"
    staged(home, source, *grow(source, 4))
    write(tmp_path / "outside" / "a.png", "precious")
    before = files(tmp_path / "outside"), files(source)
    journal = home / "b.jsonl"
    lines = [msgspec.json.decode(line) for line in journal.read_bytes().splitlines()]
    for line in lines:
        if line["line"] == "planned" and where == "source":
            line["source"] = value.removeprefix("/")
        elif line["line"] == "planned":
            line["files"][0][0 if where == "path" else 1] = value
    journal.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
    assert recover(home, QUIET) == []
    report = moves.restore(home, "b", QUIET)
    assert report.moved == []
    assert len(report.troubles) == 4
    assert (files(tmp_path / "outside"), files(source)) == before


def test_a_damaged_line_is_told_and_costs_only_itself(tmp_path: Path) -> None:
    source, home = tmp_path / "source", tmp_path / "library" / "staging"
    images = grow(source, 4)
    staged(home, source, *images)
    journal = home / "b.jsonl"
    lines = journal.read_bytes().split(b"\n")
    lines[2] = b'{"line":"planned","unit":' + b"\xff" * 9
    journal.write_bytes(b"\n".join(lines))
    report = moves.restore(home, "b", QUIET)
    assert len(report.moved) == 3
    assert "Line 3" in report.troubles[0].reason
