"""The library knows which images have a crop mark beside them, and reads no image again for one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from draw import natural, save

from engine.culling.queue import groups, keepers
from engine.culling.run import add_sources, cull
from engine.intake import sync
from engine.intake.companions import is_cropped
from engine.intake.scan import Scan
from engine.library.store import Library
from engine.library.text import to_path
from engine.progress import Quiet
from engine.ranking.contenders import contenders

read: list[str] = []


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    """Two images, read once, by this process; `read` then names what is read again."""

    def run(function: Any, tasks: list[Any], *_: object, **__: object) -> Iterator[tuple[Any, Any]]:
        for task in tasks:
            read.append(to_path(task.file.path).name)
            yield task, function(task)

    monkeypatch.setattr(sync.pool, "run", run)
    for seed, name in enumerate(("a.png", "b.png")):
        save(natural(seed, 64, 48), tmp_path / "images" / name)
    with Library(tmp_path / "library") as opened:
        add_sources(opened, [tmp_path / "images"])
        cull(opened, Quiet())
        read.clear()
        yield opened


def cropped(library: Library) -> set[str]:
    with library.db.read() as connection:
        return {name for (name,) in connection.execute("SELECT filename FROM images WHERE cropped")}


@pytest.mark.parametrize(
    ("name", "beside", "answer"),
    [
        ("a.png", ["a.cropped"], True),
        ("a.png", ["a.yaml", "a.png.cropped"], True),
        ("a.png", ["a.CROPPED"], True),
        ("a.png", ["a.yaml", "a.cropped.txt"], False),
        ("a.png", ["a.note.cropped"], False),
        ("a.png", [], False),
    ],
)
def test_a_crop_mark_is_the_stem_or_the_name_and_cropped(name: str, beside: list[str], answer: bool) -> None:
    assert is_cropped(name, beside) is answer


def test_a_mark_is_found_beside_a_name_of_any_bytes(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/\xff"
    for end in (b".png", b".cropped"):
        Path(os.fsdecode(name + end)).touch()
    (tmp_path / "plain.png").touch()
    assert [file.cropped for file in Scan([tmp_path], recursive=True, library=tmp_path / "no")] == [False, True]


def test_a_mark_shows_after_the_next_scan_and_nothing_is_read_for_it(library: Library, tmp_path: Path) -> None:
    mark = tmp_path / "images" / "a.cropped"
    mark.touch()
    cull(library, Quiet())
    assert (cropped(library), read) == ({"a.png"}, [])
    mark.unlink()
    cull(library, Quiet())
    assert (cropped(library), read) == (set(), [])


def test_a_library_from_before_learns_of_marks_by_one_scan(library: Library, tmp_path: Path) -> None:
    (tmp_path / "images" / "b.cropped").touch()
    cull(library, Quiet())
    library.write(lambda c: c.execute("UPDATE images SET cropped = 0"))
    cull(library, Quiet())
    assert (cropped(library), read) == ({"b.png"}, [])


def test_a_mark_moves_with_its_image_and_comes_with_a_new_one(library: Library, tmp_path: Path) -> None:
    images = tmp_path / "images"
    (images / "a.cropped").touch()
    cull(library, Quiet())
    for end in ("png", "cropped"):
        (images / f"a.{end}").rename(images / f"moved.{end}")
    save(natural(7, 64, 48), images / "c.png")
    (images / "c.cropped").touch()
    cull(library, Quiet())
    assert cropped(library) == {"moved.png", "c.png"}
    (images / "c.png").write_bytes(b"no image any more")
    (images / "c.cropped").unlink()
    cull(library, Quiet())
    assert cropped(library) == {"moved.png"}


def test_every_view_of_an_image_says_whether_it_is_cropped(library: Library, tmp_path: Path) -> None:
    (tmp_path / "images" / "a.cropped").touch()
    cull(library, Quiet())
    thumbs = library.paths.thumbs
    with library.db.read() as connection:
        keys = [key for (key,) in connection.execute("SELECT key FROM groups")]
        ids = [image for (image,) in connection.execute("SELECT id FROM images")]
        shown = [
            {m.filename: m.cropped for g in groups(connection, thumbs, keys) for m in g.members},
            {k.filename: k.cropped for k in keepers(connection, thumbs, 0, 9).items},
            {c.filename: c.cropped for c in contenders(connection, thumbs, "", ids)},
        ]
    assert shown == [{"a.png": True, "b.png": False}] * 3
