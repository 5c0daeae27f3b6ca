"""Vectors are worked out once a content, by the network whose weights are on this disk, and survive a cancel."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from engine.errors import PickwiseError
from engine.library.paths import LibraryPaths
from engine.progress import Cancelled, Quiet
from engine.vision import embedders, vectors
from tests import draw
from tests.engine.vision import shelf

PICTURES = 24


class Done:
    """What a run, cancelled and taken up again, left behind."""

    def __init__(self, root: Path) -> None:
        self.paths: LibraryPaths = shelf.library(root)
        self.embedder = embedders.default()
        drawn = [draw.natural(seed, 200, 300) for seed in range(PICTURES)]
        file = draw.save(draw.natural(0, 200, 300), root / "taken.png")
        self.images = [shelf.put(self.paths, picture) for picture in drawn]
        self.images += [shelf.put(self.paths, draw.to_picture(drawn[0] * 1.25)), ("e" * 64, str(file))]
        with pytest.raises(Cancelled):
            vectors.embed(self.paths, self.embedder, self.images, shelf.Stops(after=1))
        self.kept = int(self.load()[1].sum())
        self.heard = shelf.Stops()
        self.notices = vectors.embed(self.paths, self.embedder, self.images, self.heard)

    def load(self) -> tuple[np.ndarray, np.ndarray]:
        return vectors.Vectors(self.paths, self.embedder).load([content for content, _ in self.images])


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Done:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vectors, "workers", lambda each: 1)  # one start of the network instead of one a core
        return Done(tmp_path_factory.mktemp("vectors"))


def test_a_cancelled_run_keeps_what_was_finished_and_goes_on_there(done: Done) -> None:
    assert 0 < done.kept < PICTURES
    assert done.heard.phases == [("embed", len(done.images) - done.kept)]


def test_each_picture_has_a_vector_of_length_one(done: Done) -> None:
    found, there = done.load()
    assert there.tolist() == [True] * (PICTURES + 1) + [False]
    assert found.shape == (len(done.images), done.embedder.size)
    assert np.abs(np.linalg.norm(found[there].astype(np.float64), axis=1) - 1).max() < 1e-3
    assert not found[~there].any()


def test_a_picture_that_changed_since_is_told_and_has_none(done: Done) -> None:
    assert len(done.notices) == 1
    assert "taken.png could not be compared by its looks: The file has changed" in done.notices[0]


def test_a_brighter_copy_is_a_candidate_and_no_other_picture_is_nearer(done: Done) -> None:
    found, there = done.load()
    cosine = found[there].astype(np.float32) @ found[PICTURES].astype(np.float32)
    assert cosine[0] >= done.embedder.threshold
    assert np.argsort(-cosine)[:2].tolist() == [PICTURES, 0]


def test_what_is_there_is_not_worked_out_again(done: Done, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors.batches, "run", lambda *_, **__: pytest.fail("a worker was started"))
    assert vectors.embed(done.paths, done.embedder, done.images[:-1], Quiet()) == []
    assert vectors.Vectors(done.paths, done.embedder).missing([c for c, _ in done.images]) == [PICTURES + 1]


def test_this_process_never_loads_the_network(done: Done) -> None:
    assert "timm" not in sys.modules


def test_without_a_network_the_answer_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedders, "find_spec", lambda name: None)
    with pytest.raises(PickwiseError, match="No network") as caught:
        embedders.default()
    assert "pHash" in caught.value.hint


def test_a_network_without_its_weights_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedders, "weights", lambda embedder: None)
    assert not any(embedders.installed(embedder) for embedder in embedders.registered().values())


def test_workers_take_half_the_memory_at_most_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors.platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(vectors.pool, "processors", lambda: 6)
    for memory, each, wanted in ((32, 2, 6), (16, 2, 4), (16, 3, 2), (16, 5, 1), (2, 5, 1)):
        monkeypatch.setattr(vectors, "_memory", lambda memory=memory: memory << 30)
        assert vectors.workers(each << 30) == wanted
    monkeypatch.setattr(vectors, "_memory", lambda: 5_000_000_000)
    assert vectors.workers() == 2
