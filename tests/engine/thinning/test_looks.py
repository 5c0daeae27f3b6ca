"""Pairs worth a look: bounded however alike a library is, equal contents always, turned pictures by their hashes."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from engine.grouping.vector_index import VectorIndex, keys_of
from engine.progress import Quiet
from engine.thinning import looks


def seen(rows: np.ndarray, have: np.ndarray | None = None) -> looks.Vectors:
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    known = np.ones(len(rows), np.bool_) if have is None else have
    return looks.Vectors(unit.astype(np.float16), known, 0.95, [])


def pairs(vectors: looks.Vectors, contents: list[str], tmp_path: Path, threshold: float) -> set[tuple[int, int]]:
    keys = np.where(vectors.have, keys_of(contents), -1)
    index = VectorIndex(tmp_path, "test", vectors.vectors.shape[1])
    index.add(keys, vectors.vectors)
    found = looks.candidates(index, keys, vectors, threshold, Quiet())
    assert (found[:, 0] < found[:, 1]).all()
    return {(int(a), int(b)) for a, b in found}


def contents(count: int) -> list[str]:
    return [f"{k * 7919 + 1:032x}"[::-1] for k in range(count)]


def test_pairs_within_the_threshold_are_those_that_a_comparison_of_all_finds(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    centres = rng.normal(size=(20, 64))
    rows = np.repeat(centres, 3, axis=0) + rng.normal(size=(60, 64)) * 0.2
    vectors = seen(rows)
    full = vectors.vectors.astype(np.float64)
    one, other = np.nonzero(np.triu(full @ full.T >= 0.9, 1))
    expected = set(zip(one.tolist(), other.tolist(), strict=True))
    assert len(expected) > 30
    assert pairs(vectors, contents(60), tmp_path, 0.9) == expected


def test_where_everything_is_alike_each_image_has_a_few_pairs(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    vectors = seen(np.ones((400, 32)) + rng.normal(size=(400, 32)) * 0.01)
    found = pairs(vectors, contents(400), tmp_path, 0.5)
    assert 400 <= len(found) <= 400 * looks.NEAREST
    assert {image for pair in found for image in pair} == set(range(400))


def test_equal_contents_are_pairs_however_many_and_images_without_a_vector_are_in_none(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(52, 32))
    rows[:50] = rows[0]
    have = np.ones(52, np.bool_)
    have[51] = False
    names = [contents(52)[0]] * 50 + contents(52)[50:]
    assert pairs(seen(rows, have), names, tmp_path, 0.9) == {(0, k) for k in range(1, 50)}


def test_a_turned_picture_is_paired_with_the_one_as_it_is_and_with_no_other() -> None:
    rng = np.random.default_rng(4)
    hashes = rng.integers(0, 2**63, size=(6, 8), dtype=np.uint64)
    hashes[4, 3] = hashes[1, 0] ^ np.uint64(0b111)  # image 4, turned, is nearly image 1
    hashes[5, 2] = hashes[2, 6]  # both turned: that pair is found where one is as it is
    assert looks.turned_pairs(hashes).tolist() == [[1, 4]]
    assert looks.turned_pairs(hashes[:1]).tolist() == []
