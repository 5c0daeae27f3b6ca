"""The file of a classifier: what is written is read, and nothing else is."""

from __future__ import annotations

import base64
from pathlib import Path

import msgspec
import numpy as np
import pytest

from engine.errors import LibraryError
from engine.library.paths import LibraryPaths
from engine.vision.embedders import LITE0
from engine.vision.learned import store
from engine.vision.learned.store import Card

TAG = "odd_eyes"
GOOD = Card(
    version=store.VERSION, tag=TAG, part="face", embedder=LITE0.key, fitted_at="2026-01-01T00:00:00Z", signature="ab",
    yes=20, no=30, families=12, unusable=1, strength=0.01, average_precision=0.9, calibration_error=0.05, bias=0.5,
    slope=2.0, offset=-1.0, weights=np.linspace(-1, 1, LITE0.size).astype("<f4").tobytes(),
)  # fmt: skip


@pytest.fixture
def paths(tmp_path: Path) -> LibraryPaths:
    return LibraryPaths(tmp_path)


def test_what_is_saved_is_loaded(paths: LibraryPaths) -> None:
    store.save(paths, GOOD)
    assert store.load(paths, TAG) == (GOOD, "")
    assert GOOD.array()[[0, -1]].tolist() == [-1, 1]
    store.remove(paths, TAG)
    store.remove(paths, TAG)
    assert store.load(paths, TAG) == (None, "")


def text(**changes: object) -> str:
    return msgspec.json.encode({**msgspec.to_builtins(GOOD), **changes}).decode()


@pytest.mark.parametrize(
    "words",
    [
        "", "null", "[" * 900_000, '{"weights":' * 50_000, "\udcff", text()[:400], text() + " " * 1_000_000,
        text(weights="AAAA"), text(weights="no base64!"), text(slope=-3.0), text(average_precision=7),
        text(tag="glare"), text(part="hand"), text(embedder="another"), text(version=store.VERSION + 1),
        text(surprise=1), text(yes=-1), text(bias="0"), text().replace('"bias":0.5', '"bias":1e999'),
        text(weights=base64.b64encode(np.full(LITE0.size, np.nan, "<f4").tobytes()).decode()),
    ],
    ids=range(20),
)  # fmt: skip
def test_a_hostile_file_is_set_aside_with_a_sentence(paths: LibraryPaths, words: str) -> None:
    store.save(paths, GOOD)
    store.file_of(paths, TAG).write_bytes(words.encode("utf-8", "surrogateescape"))
    card, told = store.load(paths, TAG)
    assert card is None
    assert "set aside" in told
    assert len(list(paths.models.glob("*.damaged-*"))) == 1
    assert store.load(paths, TAG) == (None, "")


@pytest.mark.parametrize("tag", ["../../evil", "", "extra_fingers/..", "no_such_tag", "\0"])
def test_what_is_no_tag_names_no_file(paths: LibraryPaths, tag: str) -> None:
    with pytest.raises(ValueError, match="no such tag"):
        store.file_of(paths, tag)


def test_a_disk_that_refuses_is_told_in_a_sentence(paths: LibraryPaths) -> None:
    paths.models.write_text("a file where the folder should be")
    with pytest.raises(LibraryError, match="could not be written"):
        store.save(paths, GOOD)
    card, told = store.load(paths, TAG)
    assert card is None
    assert "fitted again" in told
