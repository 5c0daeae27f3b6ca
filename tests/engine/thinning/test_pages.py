"""What the pages of the Duplicates screen count, and the rows of sets a decision reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
import rows

from engine.errors import NotFound, WrongUse
from engine.library.store import Library
from engine.progress import Quiet
from engine.thinning import decide, page, run, sets_decide, ways
from engine.thinning.how import how
from engine.thinning.sets_about import About
from engine.thinning.views import Copies


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """Families of three and two images; 1000 bytes and their number each."""
    with rows.filled(tmp_path / "library", [3, 2], blurred=0) as opened:
        yield opened


def search(library: Library, **asked: Any) -> run.Found:
    return run.find(library, how(library.settings.thinning, **asked), Quiet())


def shown(library: Library) -> Copies:
    with library.db.read() as connection:
        return page.copies(connection, library.paths.thumbs, kept=True, offset=0, limit=9)


# ---- totals


def test_the_totals_are_what_accepting_all_sets_aside(library: Library) -> None:
    found = search(library)
    assert (found.going, found.bytes_freed) == (3, 1001 + 1002 + 1004)
    decide.flip(library, shown(library).items[1].id, 5)
    seen = shown(library)
    assert [(item.size, item.going) for item in seen.items] == [(3, 2), (2, 2)]
    assert (seen.total, seen.going, seen.bytes) == (2, 2, 1001 + 1002)
    assert len(decide.going(library)) == seen.going
    again = search(library)
    assert (again.groups, again.going, again.bytes_freed) == (2, 2, 1001 + 1002)
    assert "2 can go" in again.sentence()


# ---- counting while a scan runs


def test_looks_during_a_scan_count_at_most_once_a_second(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    search(library)
    clock = SimpleNamespace(now=100.0, counted=[])
    refresh = page.refresh

    def count(connection: Any) -> None:
        clock.counted.append(clock.now)
        refresh(connection)

    monkeypatch.setattr(page, "time", SimpleNamespace(monotonic=lambda: clock.now))
    monkeypatch.setattr(page, "refresh", count)
    for batch in range(8):  # of a scan, twice a second, and two looks after each
        library.remember("intake_serial", f"batch {batch}")
        page.recount(library, scanning=True)
        page.recount(library, scanning=True)
        clock.now += 0.5
    assert clock.counted == [100.0, 101.0, 102.0, 103.0]
    library.write(lambda c: c.execute("UPDATE images SET missing_since = '2020' WHERE id = 1"))
    library.remember("intake_serial", "the last batch")
    clock.now = 103.1
    page.recount(library, scanning=True)
    assert [item.size for item in shown(library).items] == [3, 2]
    page.recount(library)
    assert [item.size for item in shown(library).items] == [2, 2], "exact once the scan rests"
    page.recount(library)
    assert clock.counted[4:] == [103.1], "nothing has changed since"


# ---- the folder to keep from


def test_a_folder_without_images_is_refused_before_anything_is_searched(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ways, "near", lambda *_: pytest.fail("searched"))
    for folder in ("/source2", "/source/f000000_stage1.png", "/sour", "source"):
        with pytest.raises(WrongUse, match=r"None of your images lies in .*\.$"):
            search(library, folder=folder)


def test_a_folder_with_images_is_taken(library: Library) -> None:
    assert search(library, folder="/source/").groups == 2
    with pytest.raises(WrongUse, match="None of your images"):
        run.again(library, how(library.settings.thinning, keep="folder", folder="/elsewhere"), Quiet())


# ---- sets


def matched(library: Library, *pairs: tuple[str, tuple[int, ...], tuple[int, ...]]) -> None:
    about = msgspec.json.encode(
        About((1.0,), (0.9,), "phash", "same", "better", "worse", ("", ""), ("a", "b"), (1, 1)),
    )
    encode = msgspec.json.encode
    library.write(
        lambda c: c.executemany(
            "INSERT INTO set_matches VALUES (?, ?, ?, ?, ?)",
            [(key, k, encode(s).decode(), encode(g).decode(), about) for k, (key, s, g) in enumerate(pairs)],
        )
    )


def standing(library: Library) -> list[tuple[str, tuple[int, ...], bool]]:
    with library.db.read() as connection:
        return [(pair.id, pair.goes, pair.flipped) for pair in sets_decide.standing(connection)]


def test_one_match_is_decided_without_reading_the_others(library: Library) -> None:
    matched(library, ("one", (1, 2), (4, 5)))
    library.write(lambda c: c.execute("INSERT INTO set_matches VALUES ('broken', 9, '[', '[', '{')"))
    assert sets_decide.going(library, "one") == [4, 5]
    sets_decide.flip(library, "one")
    assert sets_decide.going(library, "one") == [1, 2]
    sets_decide.apart(library, "one")
    for key in ("one", "none"):
        with pytest.raises(NotFound, match="no longer stand"):
            sets_decide.going(library, key)


def test_matches_stand_until_an_image_is_gone_or_they_are_set_apart(library: Library) -> None:
    matched(library, ("one", (1, 2), (4, 5)), ("two", (3,), (5,)), ("three", (3,), (4,)))
    assert standing(library) == [("one", (4, 5), False), ("two", (5,), False), ("three", (4,), False)]
    sets_decide.flip(library, "two")
    assert standing(library)[1] == ("two", (3,), True)
    sets_decide.apart(library, "one")
    assert [key for key, *_ in standing(library)] == ["two", "three"]
    library.write(lambda c: c.execute("UPDATE images SET missing_since = '2020' WHERE id = 5"))
    assert [key for key, *_ in standing(library)] == ["three"]
    with pytest.raises(NotFound):
        sets_decide.going(library, "two")
