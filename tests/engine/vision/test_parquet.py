"""embeddings.parquet holds what the cache holds, is replaced as a whole, and a file of anybody else is told apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from engine.errors import LibraryError, Unreadable
from engine.library.store import Library
from engine.vision import parquet
from engine.vision.cache import Cache
from engine.vision.embedders import LITE0

EMBEDDER = LITE0._replace(name="small", size=16)
N = 2500  # more than is read at once
WHOLE = {"filepath": ["a"], "content_hash": ["b"], "model": ["c"], "version": ["d"], "vector": [[1.0, 0.0]]}


@pytest.fixture
def library(tmp_path: Path) -> Library:
    rows = [(f"/a/{i:04d}.png", f"{i:04d}.png", f"{i:064x}", None if i else "2025-01-01") for i in range(N)]
    insert = "INSERT INTO images (filepath, filename, content_hash, missing_since) VALUES (?, ?, ?, ?)"
    with Library(tmp_path / "library") as library:
        library.write(lambda c: c.executemany(insert, rows))
        with Cache(library.paths.vectors) as cache:
            cache.add_vectors(EMBEDDER.key, [(row[2], vectors()[i].tobytes()) for i, row in enumerate(rows) if i != 7])
        yield library


def vectors() -> np.ndarray:
    return np.random.default_rng(1).standard_normal((N, 16)).astype(np.float16)


def test_what_is_written_is_read_back_bit_for_bit(library: Library) -> None:
    file = parquet.write_parquet(library, EMBEDDER)
    found = parquet.read_parquet(file)
    there = [i for i in range(N) if i not in (0, 7)]  # one is missing, one has no vector
    assert file == library.paths.sidecar / "embeddings.parquet"
    assert found.filepaths == [f"/a/{i:04d}.png" for i in there]
    assert found.contents == [f"{i:064x}" for i in there]
    assert (found.model, found.version) == ("small", LITE0.version)
    assert np.array_equal(found.vectors, vectors()[there].astype(np.float32))
    assert pl.read_parquet(file).columns == list(parquet.COLUMNS)


def test_a_library_without_vectors_gives_a_file_without_rows(library: Library) -> None:
    found = parquet.read_parquet(parquet.write_parquet(library, EMBEDDER._replace(name="none")))
    assert found.filepaths == []
    assert found.vectors.shape == (0, 0)


def test_a_disk_that_refuses_leaves_the_old_file(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    file = parquet.write_parquet(library, EMBEDDER)
    before = file.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(parquet.os, "fsync", full)
    with pytest.raises(LibraryError, match="No space left"):
        parquet.write_parquet(library, EMBEDDER._replace(name="none"))
    assert file.read_bytes() == before
    assert [place.name for place in file.parent.glob("*.new")] == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"vector": [[1.0, 0.0], [1.0]]}, "one length"),
        ({"vector": [[1.0, 0.0], None]}, "empty"),
        ({"vector": [[1.0, None], [1.0, 0.0]]}, "finite"),
        ({"vector": [[1.0, float("inf")], [1.0, 0.0]]}, "finite"),
        ({"vector": [[0.0] * 9000] * 2}, "one length"),
        ({"filepath": ["a", None]}, "empty"),
        ({"model": ["c", "other"]}, "several models"),
    ],
)
def test_a_file_of_wrong_rows_is_refused_in_a_sentence(tmp_path: Path, change: dict[str, list], said: str) -> None:
    rows = {name: value * 2 for name, value in WHOLE.items()} | change
    file = tmp_path / "a.parquet"
    pl.DataFrame(rows, schema=parquet._schema()).write_parquet(file)
    with pytest.raises(Unreadable, match=said):
        parquet.read_parquet(file)


def test_files_that_are_no_parquet_of_vectors_are_refused_in_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "a.parquet"
    pl.DataFrame(WHOLE, schema=parquet._schema()).write_parquet(file)
    whole = file.read_bytes()
    other = tmp_path / "b.parquet"
    pl.DataFrame({"filepath": [1]}).write_parquet(other)
    with pytest.raises(Unreadable, match="columns"):
        parquet.read_parquet(other)
    for data in (b"", b"no parquet", b"PAR1", whole[:-1], whole[: len(whole) // 2], b"PAR1" + bytes(100) + b"PAR1"):
        other.write_bytes(data)
        with pytest.raises(Unreadable, match="cannot be read as vectors"):
            parquet.read_parquet(other)
    with pytest.raises(Unreadable):
        parquet.read_parquet(tmp_path / "gone.parquet")
