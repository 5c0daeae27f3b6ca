"""What intake writes about files and what picks write about images never get in each other's way."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from draw import natural, save

from engine.culling.run import add_sources, cull
from engine.intake import sync
from engine.library.store import Library
from engine.library.text import to_text
from engine.progress import Quiet
from engine.ranking import matches

JUDGED = "SELECT id, mu, sigma, comparison_count, last_compared_at FROM images WHERE comparison_count ORDER BY id"
FILES = "SELECT id, filepath, mtime_ns, missing_since, quarantine, content_hash FROM images"


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(function: Callable[[Any], Any], tasks: list[Any], *_: object, **__: object) -> Iterator[tuple[Any, Any]]:
        for task in tasks:
            yield task, function(task)

    monkeypatch.setattr(sync.pool, "run", run)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(4):
        save(natural(number, 64, 80), tmp_path / "images" / f"{number}.png")
    return tmp_path / "images"


@pytest.fixture
def library(tmp_path: Path, folder: Path) -> Iterator[Library]:
    with Library(tmp_path / "library") as opened:
        add_sources(opened, [folder])
        cull(opened, Quiet())
        yield opened


def read(library: Library, sql: str, *values: object) -> list[Any]:
    with library.db.read() as connection:
        return connection.execute(sql, values).fetchall()


def ids(library: Library, *files: Path) -> list[int]:
    return [read(library, "SELECT id FROM images WHERE filepath = ?", to_text(file))[0][0] for file in files]


def judged(library: Library) -> tuple[list[Any], list[Any]]:
    return read(library, JUDGED), read(library, "SELECT * FROM ratings")


def touch(folder: Path) -> None:
    for file in folder.iterdir():
        os.utime(file, ns=(10**15, 10**15))


def move(folder: Path) -> None:
    (folder / "deep").mkdir()
    for file in folder.glob("*.png"):
        file.rename(folder / "deep" / f"new-{file.name}")


def change(folder: Path) -> None:
    for number, file in enumerate(sorted(folder.glob("*.png"))):
        save(natural(10 + number, 64, 80), file)


def remove(folder: Path) -> None:
    for file in folder.glob("*.png"):
        file.unlink()


def spoil(folder: Path) -> None:
    for file in folder.glob("*.png"):
        file.write_bytes(b"torn")


@pytest.mark.parametrize("happen", [touch, move, change, remove, spoil])
@pytest.mark.parametrize("judge", ["", "Anna"])
def test_a_pick_can_be_undone_and_redone_whatever_a_rescan_finds(
    library: Library, folder: Path, happen: Callable[[Path], None], judge: str
) -> None:
    a, b, c, d = ids(library, *(folder / f"{n}.png" for n in range(4)))
    states = [judged(library)]
    for images in ([a, b, c, d], [b, a], [c, d, a]):
        matches.record(library, images, images[0], "match", judge)
        states.append(judged(library))
    happen(folder)
    cull(library, Quiet())
    files = read(library, FILES)
    assert judged(library) == states[-1]
    for expected in states[-2::-1]:
        library.undo()
        assert judged(library) == expected
    for expected in states[1:]:
        library.redo()
        assert judged(library) == expected
    library.rebuild()
    assert judged(library) == states[-1]
    assert read(library, FILES) == files


def test_a_file_that_moves_while_it_is_ranked_keeps_its_rating(library: Library, folder: Path) -> None:
    a, b = ids(library, folder / "0.png", folder / "1.png")
    matches.record(library, [a, b], a, "match")
    (folder / "0.png").rename(folder / "moved.png")
    cull(library, Quiet())
    matches.record(library, [a, b], b, "match")
    before = read(library, JUDGED)
    assert ids(library, folder / "moved.png") == [a]
    library.rebuild()
    assert read(library, JUDGED) == before
    library.undo()
    library.undo()
    assert read(library, JUDGED) == []


def test_a_journal_read_before_its_files_gives_them_their_ratings_when_they_are_found(
    library: Library, folder: Path, tmp_path: Path
) -> None:
    a, b = ids(library, folder / "0.png", folder / "1.png")
    matches.record(library, [a, b], a, "match")
    expected = [row[1:] for row in read(library, JUDGED)]
    library.close()
    library.paths.database.unlink()
    with Library(library.paths.root) as again:
        cull(again, Quiet())
        assert [row[1:] for row in read(again, JUDGED)] == expected
        assert read(again, "SELECT count(*), sum(missing_since IS NULL) FROM images") == [(4, 4)]
        again.undo()
        assert read(again, JUDGED) == []


@pytest.mark.parametrize("kind", ["match", "pick"])
def test_a_path_the_journal_speaks_of_is_not_taken_for_a_moved_file(
    library: Library, folder: Path, tmp_path: Path, kind: str
) -> None:
    """Lines of other programs have no hashes: what is found there later may have the content of an image that went."""
    new, old = to_text(folder / "new.png"), to_text(folder / "0.png")
    (library.paths.sessions / "2001-01-01__session.jsonl").write_text(
        f'{{"ts":"2001-01-01T00:00:00Z","set_id":"s","images":["{new}","{old}"],"winner":"{new}","kind":"{kind}"}}\n'
    )
    library.rebuild()
    (folder / "0.png").rename(folder / "new.png")
    cull(library, Quiet())
    assert read(library, "SELECT missing_since IS NULL FROM images WHERE filepath IN (?, ?) ORDER BY id", new, old) == [
        (0,),
        (1,),
    ]
    library.undo()
    library.redo()
    cull(library, Quiet())
