"""Who is asked about: measured, there, not rejected, and one of a group."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import apsw
import numpy as np
import pytest
import rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.library.store import Library
from engine.ranking import field

FAMILIES = [3, 1, 2, 1]  # images 1-3, 4, 5-6, 7


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with rows.filled(tmp_path / "library", FAMILIES, blurred=0.0) as library:
        yield library


def asked(library: Library, *, one: bool = True) -> list[int]:
    with library.db.read() as connection:
        now = field.read(connection, one_per_group=one)
    return [int(image) for image in now.ids[now.asked]]


def sql(library: Library, *statements: str) -> None:
    def work(connection: apsw.Connection) -> None:
        for statement in statements:
            connection.execute(statement)

    library.write(work)


def verdict(image: int, word: str) -> str:
    return f"INSERT OR REPLACE INTO verdicts VALUES ({image}, '{word}', '[]', '', '')"


def best(library: Library, image: int) -> list[int]:
    """The group of an image, in the picks' order."""
    with library.db.read() as connection:
        found = connection.execute(
            "SELECT image_id FROM members WHERE group_id = (SELECT group_id FROM members WHERE image_id = ?)"
            " ORDER BY rank",
            (image,),
        ).fetchall()
    return [member for (member,) in found]


def test_an_empty_library_has_an_empty_field(tmp_path: Path) -> None:
    with Library(tmp_path / "empty") as library, library.db.read() as connection:
        for one in (True, False):
            now = field.read(connection, one_per_group=one)
            assert [len(column) for column in now] == [0, 0, 0]


def test_one_of_a_group_is_the_picks_best(library: Library) -> None:
    assert asked(library) == sorted([best(library, 1)[0], 4, best(library, 5)[0], 7])
    assert asked(library, one=False) == [1, 2, 3, 4, 5, 6, 7]


def test_what_a_person_kept_stands_for_its_group(library: Library) -> None:
    first, second, third = best(library, 1)
    sql(library, verdict(third, "keep"), verdict(second, "keep"), verdict(first, "alternate"))
    assert set(asked(library)) & {1, 2, 3} == {second}
    sql(library, f"UPDATE images SET missing_since = 'now' WHERE id = {second}")
    assert set(asked(library)) & {1, 2, 3} == {third}


@pytest.mark.parametrize(
    "gone",
    [
        "UPDATE images SET missing_since = 'now' WHERE id = {0}",
        "UPDATE images SET quarantine = 'broken' WHERE id = {0}",
        "INSERT INTO verdicts VALUES ({0}, 'reject', '[]', '', '')",
        "UPDATE images SET content_hash = NULL WHERE id = {0}",
    ],
)
def test_the_next_best_stands_in_for_one_that_is_out(library: Library, gone: str) -> None:
    first, second, _ = best(library, 1)
    sql(library, gone.format(first))
    assert set(asked(library)) & {1, 2, 3} == {second}
    assert first not in asked(library, one=False)


def test_a_quarantined_image_is_not_known_a_missing_one_is(library: Library) -> None:
    sql(
        library,
        "UPDATE images SET quarantine = 'broken' WHERE id IN (1, 2)",
        "UPDATE images SET missing_since = 'now' WHERE id IN (2, 4)",
    )
    with library.db.read() as connection:
        now = field.read(connection, one_per_group=False)
    assert now.ids[~now.known].tolist() == [1, 2]
    assert now.ids[now.asked].tolist() == [3, 5, 6, 7]


def test_members_without_an_image_do_no_harm(library: Library) -> None:
    sql(library, "DELETE FROM features WHERE image_id IN (1, 7)", "DELETE FROM images WHERE id IN (1, 7)")
    assert set(asked(library)) & {1, 7} == set()
    assert len(asked(library)) == 3


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    st.dictionaries(st.integers(1, 7), st.sampled_from(["keep", "alternate", "reject", "open"])),
    st.sets(st.integers(1, 7)),
    st.sets(st.integers(1, 7)),
)
def test_the_field_agrees_with_its_rule(
    library: Library, verdicts: dict[int, str], missing: set[int], broken: set[int]
) -> None:
    sql(
        library,
        "DELETE FROM verdicts",
        "UPDATE images SET missing_since = NULL, quarantine = NULL",
        *(verdict(image, word) for image, word in verdicts.items()),
        *(f"UPDATE images SET missing_since = 'now' WHERE id = {image}" for image in missing),
        *(f"UPDATE images SET quarantine = 'broken' WHERE id = {image}" for image in broken),
    )
    fit = {i for i in range(1, 8) if i not in missing | broken and verdicts.get(i) != "reject"}
    assert asked(library, one=False) == sorted(fit)
    expected = set()
    for group in {tuple(best(library, image)) for image in range(1, 8)}:
        there = [image for image in group if image in fit]
        kept = [image for image in there if verdicts.get(image) == "keep"]
        expected |= set((kept or there)[:1])
    assert asked(library) == sorted(expected)


def test_ids_ascend(library: Library) -> None:
    with library.db.read() as connection:
        assert np.all(np.diff(field.read(connection, one_per_group=True).ids) > 0)
