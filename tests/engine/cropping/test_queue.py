"""Which images wait for a crop and in which order, over libraries of rows: no image is read."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import apsw
import msgspec
import pytest

from engine.cropping import decide, queue, rows
from engine.cropping.decide import Choice
from engine.cropping.model import TERMS, Candidate, Proposal
from engine.export.crops import run
from engine.library.settings import Crop
from engine.library.store import Library
from tests.rows import filled

FAMILIES = [1, 2, 3, 4, 5] * 12
WHOLE = (0, 0, 1024, 1536)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with filled(tmp_path / "library", FAMILIES, blurred=0.5) as opened:
        yield opened


def page(library: Library, *, trios: bool = False, order: str = "easy", **more: bool) -> list[queue.Entry]:
    settings = msgspec.convert({"order": order, **more}, Crop)
    with library.db.read() as connection:
        return queue.page(connection, settings, "waiting", 0, 10_000, trios=trios)


def counts(library: Library, *, trios: bool = False) -> queue.Counts:
    with library.db.read() as connection:
        return queue.counts(connection, trios=trios)


def propose(library: Library, images: list[int]) -> dict[int, float]:
    """Proposals of some confidence for these images."""
    rng = random.Random(7)
    sure = {image: rng.choice([0.1, 0.5, 0.9, rng.random()]) for image in images}

    def work(connection: apsw.Connection) -> None:
        for picture in rows.pictures(connection, images):
            best = Candidate("best", WHOLE, "the whole", 0.0, dict.fromkeys(TERMS, 0.5))
            made = Proposal(1024, 1536, [best], [], sure[picture.id] > 0.2, "", sure[picture.id], 0.0, "mass")
            rows.put(connection, picture.id, picture.content, "v", made)

    library.write(work)
    return sure


def status(library: Library) -> dict[str, list[list[int]]]:
    """The members of each group, by the group's status."""
    found: dict[str, dict[int, list[int]]] = {}
    with library.db.read() as connection:
        for state, group, image in connection.execute(
            "SELECT g.status, g.id, m.image_id FROM groups g JOIN members m ON m.group_id = g.id ORDER BY g.id, m.rank"
        ):
            found.setdefault(str(state), {}).setdefault(group, []).append(image)
    return {state: list(groups.values()) for state, groups in found.items()}


def test_the_first_choice_of_every_settled_group_waits_and_no_other_image(library: Library) -> None:
    groups = status(library)
    assert sorted(entry.images[0] for entry in page(library)) == sorted(group[0] for group in groups["auto"])
    assert all(len(entry.images) == 1 for entry in page(library))


def test_trios_are_the_small_groups_that_need_a_person_whole(library: Library) -> None:
    groups = status(library)["review"]
    told = page(library, trios=True)
    assert [entry.images for entry in told] == [group for group in groups if 2 <= len(group) <= 4]
    assert any(len(group) == 5 for group in groups)
    assert all(entry.group for entry in told)


@pytest.mark.parametrize("order", ["easy", "unsure"])
def test_the_order_is_by_confidence_and_stable_with_those_without_a_proposal_last(library: Library, order: str) -> None:
    images = [entry.images[0] for entry in page(library)]
    sure = propose(library, images[:-5])
    told = page(library, order=order)
    values = [entry.confidence for entry in told[:-5]]
    assert values == sorted(values, reverse=order == "easy")
    assert {entry.images[0] for entry in told[-5:]} == set(images) - set(sure)
    assert told == page(library, order=order)
    ties = [entry.images[0] for entry in told if entry.confidence == 0.5]
    assert ties == sorted(ties, reverse=order == "unsure")
    assert counts(library).unproposed == 5


def test_those_near_the_bound_of_what_counts_as_sure_can_come_first(library: Library) -> None:
    images = [entry.images[0] for entry in page(library)]
    propose(library, images[:-2])
    told = page(library, order="close")
    apart = [abs(entry.confidence - 0.7) for entry in told[:-2]]
    assert apart == sorted(apart)
    assert {entry.confidence > 0.7 for entry in told[:4]} == {False, True}
    assert {entry.images[0] for entry in told[-2:]} == set(images[-2:])
    settings = msgspec.convert({"order": "close"}, Crop)
    with library.db.read() as connection:
        pages = [queue.page(connection, settings, "waiting", at, 3, trios=False) for at in range(0, len(told), 3)]
    assert [entry for some in pages for entry in some] == told
    propose(library, [image for entry in page(library, trios=True) for image in entry.images])
    apart = [abs(entry.confidence - 0.7) for entry in page(library, trios=True, order="close")]
    assert apart == sorted(apart)


def test_pages_are_parts_of_the_whole(library: Library) -> None:
    propose(library, [entry.images[0] for entry in page(library)][::2])
    for trios in (False, True):
        whole = page(library, trios=trios)
        assert len(whole) == counts(library, trios=trios).waiting
        with library.db.read() as connection:
            parts = [queue.page(connection, Crop(), "waiting", at, 4, trios=trios) for at in range(0, len(whole), 4)]
        assert [entry for part in parts for entry in part] == whole


def test_trios_come_by_their_least_sure_image(library: Library) -> None:
    sure = propose(library, [image for entry in page(library, trios=True) for image in entry.images])
    told = page(library, trios=True)
    values = [min(sure[image] for image in entry.images) for entry in told]
    assert [entry.confidence for entry in told] == values == sorted(values, reverse=True)


def test_what_is_missing_or_unreadable_does_not_wait(library: Library) -> None:
    one, two, *_ = (entry.images[0] for entry in page(library))
    before = counts(library).waiting
    library.write(lambda c: c.execute("UPDATE images SET missing_since = 'now' WHERE id = ?", (one,)))
    library.write(lambda c: c.execute("UPDATE images SET quarantine = 'broken' WHERE id = ?", (two,)))
    assert counts(library).waiting == before - 2
    assert {one, two} & {entry.images[0] for entry in page(library)} == set()


def test_only_copies_that_can_be_written_are_told_of(library: Library) -> None:
    one, two, *_ = (entry.images[0] for entry in page(library))
    for image in (one, two):
        decide.choose(library, Choice(image, "nudged", (0, 0, 512, 768)))
    library.write(lambda c: c.execute("UPDATE images SET missing_since = 'now' WHERE id = ?", (one,)))
    assert counts(library).copies == len(run.wanted(library)) == 1


def test_the_copies_of_an_image_are_found_by_an_index(library: Library) -> None:
    with library.db.read() as connection:
        plans = [
            str(row) for sql in (run._WANTED, queue._COPIES) for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")
        ]
    assert len([plan for plan in plans if "idx_crop_copies_image" in plan]) == 2


def test_an_answer_is_asked_again_only_when_the_person_sends_the_image(library: Library) -> None:
    image = page(library)[0].images[0]
    decide.choose(library, Choice(image, "full", WHOLE))
    assert image not in [entry.images[0] for entry in page(library)]
    decide.send(library, image, on=True)
    assert (page(library)[0].images, page(library)[0].asked) == ([image], True)
    decide.choose(library, Choice(image, "full", WHOLE))
    assert image not in [entry.images[0] for entry in page(library)]
    library.undo()
    assert page(library)[0].images == [image]


def test_one_in_twenty_is_unassisted_whatever_its_place(library: Library) -> None:
    chosen = {image for image in range(20_000) if queue.is_unassisted(Crop(measure_unassisted=True), image)}
    assert 800 < len(chosen) < 1200
    assert not any(queue.is_unassisted(Crop(), image) for image in chosen)
    for order in ("easy", "close", "unsure"):
        told = page(library, order=order, measure_unassisted=True)
        assert {entry.images[0] for entry in told if entry.unassisted} == {e.images[0] for e in told} & chosen


def test_all_that_may_be_shown_gets_a_proposal(library: Library) -> None:
    with library.db.read() as connection:
        wanted = queue.wanted(connection)
    shown = [image for trios in (False, True) for entry in page(library, trios=trios) for image in entry.images]
    assert sorted(wanted) == sorted(shown)
    assert len(set(wanted)) == len(wanted)
