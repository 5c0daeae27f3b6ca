"""What a person says of groups of copies: remembered, undone, told again from the journal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import rows

from engine.errors import NotFound, WrongUse
from engine.library.store import Library
from engine.progress import Quiet
from engine.thinning import decide, page, run
from engine.thinning.how import how
from engine.thinning.views import CopiesView


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """Families of four, three and two images whose hashes differ by two bits; 1000 bytes and some each."""
    with rows.filled(tmp_path / "library", [4, 3, 2, 1], blurred=0) as opened:
        search(opened)
        yield opened


def search(library: Library) -> run.Found:
    return run.find(library, how(library.settings.thinning), Quiet())


def groups(library: Library) -> list[CopiesView]:
    with library.db.read() as connection:
        items = page.copies(connection, library.paths.thumbs, kept=True, offset=0, limit=10).items
        return page.groups(connection, library.paths.thumbs, [item.id for item in items])


def staying(library: Library) -> list[list[int]]:
    return [[m.id for m in group.members if m.stays] for group in groups(library)]


def test_groups_come_largest_first_with_the_highest_stage_in_front(library: Library) -> None:
    assert [[m.stage for m in group.members] for group in groups(library)] == [[4, 3, 2, 1], [3, 2, 1], [2, 1]]
    assert staying(library) == [[4], [7], [9]]
    assert [m.distance for m in groups(library)[0].members] == [None, 2, 2, 2]


def test_the_totals_tell_what_goes_and_what_is_freed(library: Library) -> None:
    with library.db.read() as connection:
        shown = page.copies(connection, library.paths.thumbs, kept=False, offset=0, limit=1)
    assert (shown.total, shown.going, len(shown.items)) == (3, 6, 1)
    assert shown.bytes == sum(1000 + image for image in (1, 2, 3, 5, 6, 8))
    assert shown.run is not None
    assert (shown.run.by, shown.run.groups, shown.run.images) == ("phash", 3, 10)


def test_a_flip_is_an_exception_that_the_next_search_keeps(library: Library) -> None:
    first = groups(library)[0]
    assert decide.flip(library, first.id, 2) == "Let f000000_stage2.png stay"
    search(library)
    assert staying(library)[0] == [4, 2]
    assert [m.flipped for m in groups(library)[0].members] == [False, False, True, False]
    decide.flip(library, groups(library)[0].id, 2)
    assert staying(library)[0] == [4]


def test_a_group_of_which_nothing_would_stay_is_not_accepted(library: Library) -> None:
    last = groups(library)[2]
    decide.flip(library, last.id, 9)
    with pytest.raises(WrongUse, match="Nothing of this group would stay"):
        decide.going(library, last.id)
    assert not {8, 9} & set(decide.going(library)), "nor is it when all are"
    decide.flip(library, last.id, 8)
    assert decide.going(library, last.id) == [9]


def test_an_image_that_is_no_copy_leaves_its_group_for_good(library: Library) -> None:
    first = groups(library)[0]
    assert decide.split(library, first.id, 1) == "f000000_stage1.png is no copy"
    assert [[m.id for m in group.members] for group in groups(library)] == [[4, 3, 2], [7, 6, 5], [9, 8]]
    search(library)
    assert sorted([m.id for m in group.members] for group in groups(library)) == [[4, 3, 2], [7, 6, 5], [9, 8]]


def test_the_keeper_split_off_leaves_the_others_to_the_next_search(library: Library) -> None:
    decide.split(library, groups(library)[0].id, 4)
    assert [[m.id for m in group.members] for group in groups(library)] == [[7, 6, 5], [9, 8]]
    search(library)
    assert sorted([m.id for m in group.members] for group in groups(library)) == [[3, 2, 1], [7, 6, 5], [9, 8]]


def test_not_duplicates_is_remembered_of_every_pair(library: Library) -> None:
    decide.apart(library, groups(library)[0].id)
    search(library)
    assert [[m.id for m in group.members] for group in groups(library)] == [[7, 6, 5], [9, 8]]
    with pytest.raises(NotFound):
        decide.members(library.db.read().__enter__(), "ffffffffffff")


def test_undo_and_redo_restore_each_decision(library: Library) -> None:
    before = staying(library)
    first, second, third = (group.id for group in groups(library))
    states = [before]
    for step in (
        lambda: decide.flip(library, first, 3), lambda: decide.split(library, second, 5),
        lambda: decide.apart(library, third),
    ):  # fmt: skip
        step()
        states.append(staying(library))
    for state in reversed(states[:-1]):
        library.undo()
        assert staying(library) == state
    for state in states[1:]:
        library.redo()
        assert staying(library) == state


def test_a_rebuild_tells_all_of_it_again(library: Library) -> None:
    first, second, _ = (group.id for group in groups(library))
    decide.flip(library, first, 3)
    decide.split(library, second, 5)
    library.undo()
    decide.apart(library, second)
    before = groups(library)
    library.rebuild()
    assert groups(library) == before


def test_an_image_that_goes_missing_leaves_its_group_at_the_next_look(library: Library) -> None:
    library.write(lambda c: c.execute("UPDATE images SET missing_since = '2020' WHERE id IN (1, 8)"))
    library.remember("intake_serial", "anew")
    page.recount(library)
    with library.db.read() as connection:
        shown = page.copies(connection, library.paths.thumbs, kept=True, offset=0, limit=9)
    assert [(item.size, item.going) for item in shown.items] == [(3, 2), (3, 2)]


def test_another_rule_is_tried_on_all_images_searched_the_same_way_again(library: Library) -> None:
    library.write(lambda c: c.execute("UPDATE images SET mtime_ns = mtime_ns + 1000000000 WHERE id IN (1, 5)"))
    run.again(library, how(library.settings.thinning, keep="newest"), Quiet())
    assert staying(library) == [[1], [5], [9]]
    with library.db.read() as connection:
        assert page.copies(connection, library.paths.thumbs, kept=True, offset=0, limit=9).run.keep == "newest"  # type: ignore[union-attr]


def test_a_rule_cannot_be_tried_before_a_search(tmp_path: Path) -> None:
    with rows.filled(tmp_path / "library", [2]) as opened, pytest.raises(NotFound):
        run.again(opened, how(opened.settings.thinning), Quiet())
