"""The index misses next to nothing, is the same however it came to be, and is trusted only as far as it is whole."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.grouping import vector_index as module
from engine.grouping.vector_index import VectorIndex, key_of, keys_of
from tests.engine.grouping.crowds import embeddings

NOWHERE = Path("nowhere")
STEPS = st.lists(st.tuples(st.booleans(), st.integers(0, 59), st.integers(0, 30)), max_size=8)


def found(index: VectorIndex, vectors: np.ndarray, threshold: float = 0.9) -> list[tuple[int, int]]:
    rows, keys = index.candidates(vectors, threshold)
    return sorted(zip(rows.tolist(), keys.tolist(), strict=True))


def near(vectors: np.ndarray, threshold: float) -> set[tuple[int, int]]:
    full = vectors.astype(np.float32)
    return {(int(a), int(b)) for a, b in zip(*np.nonzero(full @ full.T >= threshold), strict=True)}


@settings(max_examples=25, deadline=None)
@given(steps=STEPS, seed=st.integers(0, 999), size=st.sampled_from([16, 200]))
def test_added_and_removed_is_the_same_as_from_scratch(steps, seed: int, size: int) -> None:
    vectors, keys = embeddings(seed, 60, size), np.random.default_rng(seed).permutation(60) * 2**55
    index, held = VectorIndex(NOWHERE, "x", size), set()
    for adds, start, count in steps:
        some = np.arange(start, min(start + count, 60))
        change = set(some.tolist()) - held if adds else set(some.tolist()) & held
        answer = index.add(keys[some], vectors[some]) if adds else index.remove(keys[some])
        assert answer == len(change)
        held = held | change if adds else held - change
    scratch = VectorIndex(NOWHERE, "x", size)
    scratch.add(keys[sorted(held)], vectors[sorted(held)])
    assert index.keys().tolist() == scratch.keys().tolist() == sorted(keys[sorted(held)].tolist())
    assert found(index, vectors) == found(scratch, vectors)


@pytest.mark.parametrize("celled", [False, True])
def test_saved_and_opened_is_the_same_and_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, celled) -> None:
    if celled:
        monkeypatch.setattr(module, "_CELLS_FROM", 50)
    vectors, keys = embeddings(1, 900, 160), np.arange(900) * 31
    index = VectorIndex.open(tmp_path, "x", 160, "1")
    index.add(keys[:800], vectors[:800])
    index.save()
    opened = VectorIndex.open(tmp_path, "x", 160, "1")
    assert (len(opened), found(opened, vectors)) == (800, found(index, vectors))
    for either in (index, opened):
        either.add(keys[700:], vectors[700:])
        either.remove(keys[:100])
    assert found(opened, vectors) == found(index, vectors)
    assert opened.holds(keys).tolist() == [False] * 100 + [True] * 800


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 999), threshold=st.sampled_from([0.8, 0.9, 0.95, 1.0]))
def test_short_vectors_compared_one_by_one_are_all_found(seed: int, threshold: float) -> None:
    vectors = embeddings(seed, 120, 24)
    index = VectorIndex(NOWHERE, "x", 24)
    index.add(np.arange(120), vectors)
    assert near(vectors, threshold) <= set(found(index, vectors, threshold))


def test_of_long_vectors_in_cells_hardly_one_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_CELLS_FROM", 1000)
    vectors = embeddings(5, 4000, 512)
    index = VectorIndex(NOWHERE, "x", 512)
    index.add(np.arange(4000), vectors)
    wanted, proposed = near(vectors, 0.9), set(found(index, vectors, 0.9))
    assert len(wanted) > 6000
    assert len(wanted & proposed) >= 0.99 * len(wanted)
    assert len(proposed) < 2 * len(wanted)


def test_more_images_make_no_new_cells_until_there_are_many_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_CELLS_FROM", 50)
    made: list[int] = []
    celled = module._celled
    monkeypatch.setattr(module, "_celled", lambda rows, count: made.append(count) or celled(rows, count))
    vectors, index = embeddings(2, 900, 32), VectorIndex(NOWHERE, "x", 32)
    for start in range(0, 900, 20):
        index.add(np.arange(start, start + 20), vectors[start : start + 20])
    assert made == [60, 500]
    assert len(index) == 900
    assert len(near(vectors, 0.95) - set(found(index, vectors, 0.95))) < 20


@pytest.mark.parametrize("other", [("y", 32, "1"), ("x", 33, "1"), ("x", 32, "2")])
def test_the_index_of_another_embedder_or_version_is_not_taken_up(tmp_path: Path, other) -> None:
    index = VectorIndex.open(tmp_path, "x", 32, "1")
    index.add(np.arange(20), embeddings(1, 20, 32))
    index.save()
    for end in ("", ".json"):
        (tmp_path / f"{other[0]}.faiss{end}").write_bytes((tmp_path / f"x.faiss{end}").read_bytes())
    assert len(VectorIndex.open(tmp_path, "x", 32, "1")) == 20
    assert len(VectorIndex.open(tmp_path, *other)) == 0


@settings(max_examples=30, deadline=None)
@given(at=st.integers(0, 10_000), byte=st.integers(1, 255), note=st.booleans(), cut=st.booleans())
def test_a_damaged_file_is_noticed(tmp_path_factory: pytest.TempPathFactory, at, byte, note, cut) -> None:
    folder = tmp_path_factory.mktemp("side")
    index = VectorIndex.open(folder, "x", 32)
    index.add(np.arange(20), embeddings(1, 20, 32))
    index.save()
    file = folder / ("x.faiss.json" if note else "x.faiss")
    data = bytearray(file.read_bytes())
    at %= len(data) - 1  # the note's last byte is the end of its line
    data = data[:at] if cut else data[:at] + bytes([data[at] ^ byte]) + data[at + 1 :]
    file.write_bytes(data)
    opened = VectorIndex.open(folder, "x", 32)
    assert len(opened) in ({0, 20} if note else {0})
    assert opened.add(np.arange(20), embeddings(1, 20, 32)) == 20 - len(opened) or len(opened) == 20
    assert found(opened, embeddings(1, 20, 32)) == found(index, embeddings(1, 20, 32))


def test_a_crash_between_the_two_files_is_noticed(tmp_path: Path) -> None:
    index = VectorIndex.open(tmp_path, "x", 32)
    index.add(np.arange(20), embeddings(1, 20, 32))
    index.save()
    before = (tmp_path / "x.faiss.json").read_bytes()
    index.add(np.arange(30), embeddings(1, 30, 32))
    index.save()
    (tmp_path / "x.faiss.json").write_bytes(before)
    assert len(VectorIndex.open(tmp_path, "x", 32)) == 0
    assert sorted(file.name for file in tmp_path.iterdir()) == ["x.faiss", "x.faiss.json"]


def test_an_empty_index_finds_nothing_and_saves_nothing(tmp_path: Path) -> None:
    index = VectorIndex.open(tmp_path / "side", "x", 8)
    assert found(index, embeddings(1, 3, 8)) == []
    assert index.remove(np.arange(3)) == 0
    index.save()
    assert not (tmp_path / "side").exists()


def test_keys_are_of_the_content_and_never_negative() -> None:
    assert key_of("f" * 32) == 2**63 - 1
    assert keys_of(["0" * 15 + "a" + "b" * 16, "", "8" + "0" * 31]).tolist() == [10, -1, 0]
    index = VectorIndex(NOWHERE, "x", 8)
    assert index.add(np.array([-1, 4, 4]), embeddings(1, 3, 8)) == 1
    assert index.keys().tolist() == [4]
