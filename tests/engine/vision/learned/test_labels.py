"""What counts as a yes and as a no of a tag, and that the quick count says what the slow list does."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.culling import decide
from engine.library.store import Library
from engine.library.tags import TAGS
from engine.vision import checks
from engine.vision.learned import labels
from tests.engine.vision.learned import shelves

TAG = "extra_fingers"


@pytest.fixture
def library(tmp_path: Path):
    with Library(tmp_path / "library") as opened:
        shelves.fill(opened, 4)
        yield opened


def said(library: Library, tag: str = TAG) -> dict[str, bool]:
    """By file name."""
    with library.db.read() as connection:
        return {label.item.path.rpartition("/")[2]: label.yes for label in labels.labels(connection, tag)}


def counts(library: Library, tag: str = TAG) -> tuple[int, int]:
    with library.db.read() as connection:
        return labels.counts(connection)[tag]


def group(library: Library, number: int) -> tuple[str, list[int]]:
    with library.db.read() as connection:
        keys = [key for (key,) in connection.execute("SELECT key FROM groups ORDER BY key")]
        found = connection.execute(
            "SELECT image_id FROM members JOIN groups ON groups.id = group_id WHERE key = ? ORDER BY 1", (keys[number],)
        )
        return keys[number], [image for (image,) in found]


def test_an_answer_is_a_label_of_its_tag_alone(library: Library) -> None:
    checks.answer(library, 1, TAG, yes=True)
    checks.answer(library, 2, TAG, yes=False)
    assert said(library) == {"f000000_stage1.png": True, "f000000_stage2.png": False}
    assert said(library, "glare") == {}
    assert counts(library) == (1, 1)
    assert counts(library, "glare") == (0, 0)


def test_a_reject_with_tags_says_yes_to_them_and_no_to_all_others(library: Library) -> None:
    key, (first, second) = group(library, 0)
    decide.reject(library, key, [first], [TAG, "glare"])
    decide.reject(library, key, [second], [])  # without a tag it says nothing
    assert [counts(library, tag) for tag in (TAG, "glare", "odd_eyes")] == [(1, 0), (1, 0), (0, 1)]
    assert list(said(library).values()) == [True]
    assert list(said(library, "odd_eyes").values()) == [False]


def test_what_the_person_keeps_is_a_no_and_its_alternates_say_nothing(library: Library) -> None:
    key, (first, _) = group(library, 1)
    decide.pick(library, key, first)
    assert counts(library) == (0, 1)
    assert list(said(library).values()) == [False]


def test_what_was_kept_in_bulk_says_nothing_until_somebody_looked(library: Library) -> None:
    key, (first, _) = group(library, 1)
    decide.pick(library, key, first)
    library.write(lambda c: c.execute("INSERT INTO promoted VALUES (?, 'winner', 'b', 0.9, 0, 0, '')", (first,)))
    assert (counts(library), said(library)) == ((0, 0), {})
    library.write(lambda c: c.execute("UPDATE promoted SET reviewed = 1"))
    assert counts(library) == (0, 1)


def test_an_answer_outweighs_what_was_said_of_the_image_by_the_way(library: Library) -> None:
    key, (first, second) = group(library, 1)
    decide.pick(library, key, first)
    decide.reject(library, key, [second], [TAG])
    checks.answer(library, first, TAG, yes=True)
    checks.answer(library, second, TAG, yes=False)
    assert counts(library) == (1, 1)
    assert counts(library, "glare") == (0, 2)
    assert sorted(said(library).values()) == [False, True]


def test_undo_and_redo_take_labels_away_and_bring_them_back(library: Library) -> None:
    checks.answer(library, 1, TAG, yes=True)
    library.undo()
    assert (counts(library), said(library)) == ((0, 0), {})
    library.redo()
    assert counts(library) == (1, 0)


def test_a_picture_that_was_not_looked_at_as_it_is_now_teaches_nothing(library: Library) -> None:
    checks.answer(library, 1, TAG, yes=True)
    library.write(lambda c: c.execute("UPDATE looked SET content = 'an earlier one' WHERE image_id = 1"))
    assert said(library) == {}


def test_copies_are_one_label_and_yes_where_one_of_them_is(library: Library) -> None:
    library.write(lambda c: c.execute("UPDATE images SET content_hash = 'copy' WHERE id IN (1, 3)"))
    library.write(lambda c: c.execute("UPDATE looked SET content = 'copy' WHERE image_id IN (1, 3)"))
    checks.answer(library, 1, TAG, yes=False)
    checks.answer(library, 3, TAG, yes=True)
    assert list(said(library).values()) == [True]


def test_keepers_are_no_more_than_a_background_and_answers_come_first(tmp_path: Path) -> None:
    with Library(tmp_path / "many") as library:
        shelves.fill(library, 150)
        library.write(lambda c: c.execute("INSERT INTO verdicts SELECT id, 'keep', '[]', '', '' FROM images"))
        shelves.say(library, TAG, {1: True, 2: False})
        with library.db.read() as connection:
            found = labels.labels(connection, TAG)
            assert found == labels.labels(connection, TAG)
    assert [(label.yes, label.direct) for label in found[:3]] == [(True, True), (False, True), (False, False)]
    assert len(found) == 1 + labels._LEAST_NO


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_the_quick_count_is_the_length_of_the_list(library: Library, data: st.DataObject) -> None:
    some = st.lists(st.sampled_from([TAG, "glare", 'a"glare', "odd_eyes"]), max_size=3)
    verdicts = [
        (image, data.draw(st.sampled_from(["keep", "alternate", "reject", "open"])), data.draw(some))
        for image in data.draw(st.sets(st.integers(1, 8)))
    ]
    answers = data.draw(st.dictionaries(st.tuples(st.integers(1, 8), st.sampled_from(TAGS[:3])), st.booleans()))

    def put(c) -> None:
        c.execute("DELETE FROM verdicts; DELETE FROM checks")
        words = [(i, v, msgspec.json.encode(tags).decode()) for i, v, tags in verdicts]
        c.executemany("INSERT INTO verdicts VALUES (?, ?, ?, '', '')", words)
        c.executemany("INSERT INTO checks VALUES (?, ?, ?, '')", [(*key, yes) for key, yes in answers.items()])

    library.write(put)
    for tag in (TAG, "glare", "odd_eyes"):
        listed = list(said(library, tag).values())
        assert counts(library, tag) == (sum(listed), len(listed) - sum(listed))
