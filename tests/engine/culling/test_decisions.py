"""Decisions: what may be said about a group, and what it does to its images."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import rows

from engine.culling import decide
from engine.errors import NotFound, WrongUse
from engine.library.store import Library


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """One family of images 1, 2, 3 and a lone image 4."""
    with rows.filled(tmp_path, [3, 1]) as library:
        yield library


@pytest.fixture
def key(library: Library) -> str:
    with library.db.read() as connection:
        return str(connection.execute("SELECT key FROM groups JOIN members ON group_id = id WHERE image_id = 1").get)


def verdicts(library: Library) -> dict[int, str]:
    with library.db.read() as connection:
        return dict(connection.execute("SELECT image_id, verdict FROM verdicts"))


def status(library: Library, key: str) -> str:
    with library.db.read() as connection:
        return str(connection.execute("SELECT status FROM groups WHERE key = ?", (key,)).get)


def test_a_pick_keeps_one_and_leaves_alternates(library: Library, key: str) -> None:
    assert decide.pick(library, key, 2) == "Keep f000000_stage2.png"
    assert verdicts(library) == {1: "alternate", 2: "keep", 3: "alternate"}
    assert status(library, key) == "decided"


def test_more_than_one_may_be_kept(library: Library, key: str) -> None:
    decide.pick(library, key, 2, [3, 3, 2])
    assert verdicts(library) == {1: "alternate", 2: "keep", 3: "keep"}


def test_what_was_rejected_stays_so_beside_a_pick_and_can_be_kept_after_all(library: Library, key: str) -> None:
    decide.reject(library, key, [3], ["extra_fingers"])
    assert status(library, key) == "review"
    decide.pick(library, key, 2)
    assert verdicts(library) == {1: "alternate", 2: "keep", 3: "reject"}
    decide.pick(library, key, 3)
    assert verdicts(library) == {1: "alternate", 2: "alternate", 3: "keep"}


def test_all_may_be_rejected(library: Library, key: str) -> None:
    assert decide.reject(library, key, [1, 2, 3]) == "Reject 3 images"
    assert status(library, key) == "rejected"


def test_rejecting_an_image_twice_at_once_is_rejecting_it(library: Library, key: str) -> None:
    assert decide.reject(library, key, [3, 3]) == "Reject f000000_stage3.png"
    assert verdicts(library) == {3: "reject"}


def test_reopening_takes_every_verdict_back(library: Library, key: str) -> None:
    decide.pick(library, key, 2)
    decide.reopen(library, key)
    assert set(verdicts(library).values()) == {"open"}
    assert status(library, key) == "review"


def test_a_flag_changes_no_verdict_and_comes_off(library: Library) -> None:
    decide.flag(library, 4, on=True)
    decide.flag(library, 4, on=True)
    with library.db.read() as connection:
        assert connection.execute("SELECT image_id FROM flags").fetchall() == [(4,)]
    decide.flag(library, 4, on=False)
    decide.flag(library, 4, on=False)
    with library.db.read() as connection:
        assert connection.execute("SELECT image_id FROM flags").fetchall() == []
    assert verdicts(library) == {}
    for _ in range(4):
        library.undo()


def test_what_is_not_there_or_not_meant_is_refused_and_leaves_no_trace(library: Library, key: str) -> None:
    with pytest.raises(NotFound):
        decide.pick(library, "nowhere", 1)
    with pytest.raises(NotFound):
        decide.reopen(library, "nowhere")
    with pytest.raises(NotFound):
        decide.flag(library, 99, on=True)
    with pytest.raises(WrongUse):
        decide.pick(library, key, 4)
    with pytest.raises(WrongUse):
        decide.pick(library, key, 1, [4])
    with pytest.raises(WrongUse):
        decide.reject(library, key, [1, 4])
    with pytest.raises(WrongUse):
        decide.reject(library, key, [])
    with pytest.raises(WrongUse, match="six_fingers"):
        decide.reject(library, key, [1], ["toes", "six_fingers"])
    assert verdicts(library) == {}
    assert list(library.paths.sessions.iterdir()) == []


def test_an_image_that_joins_later_puts_a_decided_group_before_the_person_again(library: Library, key: str) -> None:
    decide.pick(library, key, 2)

    def join(connection: object) -> None:
        library.db._writer.execute(  # type: ignore[union-attr]
            "INSERT INTO images (id, filepath, filename, source_id, content_hash)"
            " SELECT 9, '/source/f000000_stage4.png', 'f000000_stage4.png', source_id, 'x' FROM images WHERE id = 1;"
            "INSERT INTO features SELECT 9, version, format, width, height, phash, dhash, taken_at, quality"
            " FROM features WHERE image_id = 1"
        )

    library.write(join)
    rows.group(library)
    with library.db.read() as connection:
        (found,) = connection.execute(
            "SELECT status, keepers FROM groups JOIN members ON group_id = id WHERE image_id = 9"
        ).fetchall()
    assert found == ("review", 0)
