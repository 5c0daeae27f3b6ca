"""When it is worth learning again: whatever says or takes back choices counts, also where one decision says many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from engine.culling import decide
from engine.learning import review, state
from engine.library.journal import Pair, Promoted, Record
from engine.library.store import Library
from tests.engine.learning import taught


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with taught.library(tmp_path / "library", [2] * 60) as made:
        yield made


def learned(library: Library) -> None:
    """As if a model had just been fitted to what was decided so far."""
    with library.db.read() as connection:
        told = state.State("m", "", state.count(connection), state.last(connection), state.formed(connection))
    library.write(lambda c: state.write(c, told))


def pages(library: Library, keys: Sequence[str], a_page: int) -> None:
    for first in range(0, len(keys), a_page):
        page = keys[first : first + a_page]
        for key in page:
            taught.recommend(library, key)
        decide.accept_recommended(library, page)


def test_pages_that_were_accepted_count_by_their_groups_and_so_does_taking_them_back(library: Library) -> None:
    keys = taught.keys(library)
    learned(library)
    pages(library, keys[:19], 19)
    assert not state.due(library)
    assert state.due(library, 19)
    pages(library, keys[19:40], 21)
    assert state.due(library)
    learned(library)
    library.undo()
    assert state.due(library)
    library.redo()
    assert not state.due(library)


def test_groups_opened_again_and_images_rejected_count(library: Library) -> None:
    keys = taught.keys(library)
    pages(library, keys[:20], 20)
    learned(library)
    for key in keys[:10]:
        decide.reopen(library, key)
    assert not state.due(library)
    for key in keys[10:20]:
        decide.reject(library, key, taught.members(library, key)[:1])
    assert state.due(library)


def test_one_import_of_many_pairs_is_news(library: Library) -> None:
    learned(library)
    images = [taught.path(library, image) for image in range(1, 51)]
    pairs = [Pair(place, place + 1, draw=False, ts="2024-01-01T00:00:00.000000Z") for place in range(0, 50, 2)]
    library.decide(Record(ts="", set_id="", images=images[:36], kind="import", pairs=pairs[:18]), "import")
    assert not state.due(library)
    assert state.due(library, 1)
    learned(library)
    library.decide(Record(ts="", set_id="", images=images, kind="import", pairs=pairs), "import")
    assert state.due(library)
    learned(library)
    library.undo()
    assert state.due(library)


def test_a_batch_says_something_once_it_was_looked_at(library: Library) -> None:
    learned(library)
    images = [taught.path(library, image) for image in range(1, 61)]
    batch = [Promoted(f"g{place}", place, [place, place + 1], 0.99) for place in range(0, 60, 2)]
    library.decide(Record(ts="", set_id="b", images=images, kind="promote", batch=batch), "batch")
    assert not state.due(library, 1)
    review.done(library, list(range(1, 20, 2)))
    assert not state.due(library)
    review.done(library, list(range(21, 60, 2)))
    assert state.due(library)


def test_what_teaches_nothing_is_no_news(library: Library) -> None:
    learned(library)
    for image in range(1, 31):
        decide.flag(library, image, on=True)
    assert not state.due(library, 1)
