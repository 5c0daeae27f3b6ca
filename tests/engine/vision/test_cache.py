"""The cache keeps what it is given, and a file that is none is set aside, never in the way."""

from __future__ import annotations

import os
from pathlib import Path

import apsw
import pytest

from engine.errors import LibraryError
from engine.vision.cache import Cache, key, pair_key


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "sidecar" / "vectors.db"


def test_entries_come_back_at_every_place_that_asks(file: Path) -> None:
    with Cache(file) as cache:
        cache.add_vectors("net/1", [("a", b"one"), ("b", b"two")])
    with Cache(file) as cache:
        assert sorted(cache.vectors("net/1", ["b", "x", "a", "b"])) == [(0, b"two"), (2, b"one"), (3, b"two")]
        assert list(cache.vectors("net/2", ["a", "b"])) == []


def test_many_are_found_as_few_are(file: Path) -> None:
    contents = [f"content {n}" for n in range(3000)]
    with Cache(file) as cache:
        cache.add_vectors("net/1", [(c, c.encode()) for c in contents[::2]])
        found = dict(cache.vectors("net/1", contents))
    assert found == {n: contents[n].encode() for n in range(0, 3000, 2)}


def test_a_pair_is_the_same_either_way_round(file: Path) -> None:
    one, other = key("a"), key("b")
    assert pair_key(one, other) == pair_key(other, one) != pair_key(one, one)
    with Cache(file) as cache:
        cache.add_pairs("same/1", [(pair_key(one, other), 0.25)])
        assert cache.pairs("same/1", [pair_key(other, one), pair_key(one, one)]) == {pair_key(one, other): 0.25}


def test_an_entry_is_replaced_by_a_later_one(file: Path) -> None:
    with Cache(file) as cache:
        for value in (b"old", b"new"):
            cache.add_vectors("net/1", [("a", value)])
        assert list(cache.vectors("net/1", ["a"])) == [(0, b"new")]


def damage(file: Path) -> None:
    with Cache(file) as cache:
        cache.add_vectors("net/1", [(str(n), os.urandom(2560)) for n in range(200)])
    data = bytearray(file.read_bytes())
    data[8192:40960] = os.urandom(32768)
    file.write_bytes(data)


def no_database(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"no database at all" * 999)


def another_program(file: Path) -> None:
    file.parent.mkdir()
    connection = apsw.Connection(str(file))
    connection.execute("CREATE TABLE vectors (a); PRAGMA application_id = 77")
    connection.close()


@pytest.mark.parametrize("spoil", [damage, no_database, another_program])
def test_a_file_that_is_no_cache_is_set_aside_and_made_anew(file: Path, spoil: object) -> None:
    spoil(file)  # type: ignore[operator]
    before = file.read_bytes()
    with Cache(file) as cache:
        assert "set aside" in cache.notice
        cache.add_vectors("net/1", [("a", b"one")])
        assert list(cache.vectors("net/1", ["a"])) == [(0, b"one")]
    (aside,) = file.parent.glob("vectors.db.damaged-*")
    assert aside.read_bytes() == before
    with Cache(file) as cache:
        assert cache.notice == ""


def test_a_place_that_cannot_be_used_is_told(file: Path) -> None:
    file.mkdir(parents=True)
    with pytest.raises(LibraryError, match="cannot be used"):
        Cache(file)
