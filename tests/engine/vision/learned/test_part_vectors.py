"""Vectors of parts by real workers and the built-in network: worked out once, kept, cut where the part stands."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.culling.run import add_sources, cull
from engine.library.store import Library
from engine.progress import Quiet
from engine.vision.cache import Cache
from engine.vision.embedders import LITE0
from engine.vision.learned import part_vectors
from engine.vision.learned.labels import Item
from engine.vision.learned.parts import MOST, WIDER, boxes, window
from engine.vision.seen import Body, Face, Hand, Look, People
from tests import draw
from tests.engine.vision.shelf import Stops

VERSION = "made up"
WIDTH, HEIGHT = 2000, 1500  # wider than what a worker looks at, so that boxes have to be scaled
HANDS = [(100.0, 100.0, 400.0, 400.0), (1500.0, 900.0, 1700.0, 1100.0)]


def hand(box) -> Hand:
    return Hand([(box[0], box[1])] * 21, [0.0] * 21, "left", 0.9, box)


def look(*hands) -> Look:
    return Look(People(WIDTH, HEIGHT, [hand(box) for box in hands], [Face((800, 200, 1000, 450), 0.9)]))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory):
    """A library of two pictures that are alike but for one hand's place; and their items."""
    folder = tmp_path_factory.mktemp("pictures")
    first = np.repeat(np.repeat(draw.natural(1, WIDTH // 5, HEIGHT // 5), 5, 0), 5, 1)
    second = first.copy()
    second[850:1150, 1450:1750] = draw.natural(5, 300, 300)
    for number, picture in enumerate((first, second)):
        draw.save(picture, folder / f"{number}.png")
    with Library(tmp_path_factory.mktemp("library")) as library:
        add_sources(library, [folder])
        cull(library, Quiet())
        with library.db.read() as connection:
            rows = connection.execute("SELECT content_hash, filepath FROM images ORDER BY filepath").fetchall()
        items = [Item(content, path, VERSION, WIDTH, HEIGHT) for content, path in rows]
        with Cache(library.paths.vectors) as cache:
            looks = [look(*HANDS), look(*HANDS)]
            pairs = zip(items, looks, strict=True)
            cache.add_vectors(f"look/{VERSION}", [(i.content, msgspec.json.encode(seen)) for i, seen in pairs])
        yield library, items


def test_every_part_has_a_vector_of_what_stands_there_and_is_worked_out_once(place) -> None:
    library, items = place
    wanted = {"hand": items, "foot": items, "face": items[:1]}
    gone = Item("nowhere", "/nowhere.png", VERSION, 1, 1)
    with Cache(library.paths.vectors) as cache:
        cache.add_vectors(f"look/{VERSION}", [("nowhere", msgspec.json.encode(look(*HANDS)))])
        cache.add_vectors(part_vectors._kind("hand"), [(part_vectors._key(items[0]), b"damaged")])
        told = part_vectors.fill(library.paths, cache, {**wanted, "hand": [*items, gone]}, Quiet())
        assert [notice.partition(" could")[0] for notice in told] == ["/nowhere.png"]
        hands = dict(part_vectors.bags(cache, "hand", items))
        assert dict(part_vectors.bags(cache, "foot", items)) == {}
        assert list(dict(part_vectors.bags(cache, "face", items))) == [0]
        heard = Stops()
        part_vectors.fill(library.paths, cache, wanted, heard)
    assert ("parts", 0) in heard.phases
    assert hands[0].boxes.tolist() == [list(box) for box in HANDS]
    assert np.linalg.norm(hands[0].vectors, axis=1) == pytest.approx(1, abs=1e-3)
    same, changed = (float(hands[0].vectors[n] @ hands[1].vectors[n]) for n in (0, 1))
    assert same > 0.999
    assert changed < 0.9


@pytest.mark.parametrize("data", [b"odd", b"", np.full(LITE0.size + 8, np.nan, np.float16).tobytes()])
def test_an_entry_that_is_damaged_or_empty_is_no_part(place, data: bytes) -> None:
    library, _ = place
    item = Item("another", "", VERSION, 1, 1)
    with Cache(library.paths.vectors) as cache:
        cache.add_vectors(part_vectors._kind("hand"), [(part_vectors._key(item), data)])
        assert dict(part_vectors.bags(cache, "hand", [item])) == {}


def test_tiny_parts_are_left_out_and_of_many_the_largest_stay() -> None:
    many = [(10.0 * n, 0.0, 10.0 * n + 20 + n, 40.0) for n in range(20)]
    found = boxes(look(*many, (5, 5, 10, 300)), "hand")
    assert len(found) == MOST
    assert found[0] == many[-1]
    assert boxes(Look(People(100, 100, bodies=[Body([(0, 0)] * 33, [1.0] * 33, (-50, -50, 60, 60))])), "body") == [
        (0, 0, 60, 60)
    ]


SIDE = st.integers(1, 3000)
PLACE = st.floats(-500, 3500)


@given(st.sampled_from(sorted(WIDER)), SIDE, SIDE, PLACE, PLACE, PLACE, PLACE)
def test_the_window_lies_in_the_picture_and_is_never_empty(part, width, height, x1, y1, x2, y2) -> None:
    box = min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)
    left, top, right, bottom = window(box, part, width, height)
    assert 0 <= left < right <= width
    assert 0 <= top < bottom <= height
