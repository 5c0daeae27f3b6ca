"""CLIP with weights a person brings: what open_clip itself makes of them, found by words; unusable ones are told."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from terminal import pickwise

from engine.errors import BadCheckpoint
from engine.intake.thumbnames import thumb_path
from engine.library.settings import Settings, Vision
from engine.library.store import Library
from engine.progress import Quiet
from engine.thinning import looks
from engine.vision import embedders, manifest, vectors, words
from engine.vision.cache import Cache
from tests import draw
from tests.engine.vision import shelf, tinyclip

PICTURES = 12
SETTINGS = Settings(vision=Vision(clip_model=tinyclip.NAME))


class Done:
    """A library whose pictures were embedded by CLIP, in a worker, and searched."""

    def __init__(self, root: Path) -> None:
        with Library(root / "library") as library:
            drawn = [draw.natural(seed, 200, 300) for seed in range(PICTURES)]
            self.images = [shelf.put(library.paths, picture) for picture in drawn]
            thumbs = [thumb_path(library.paths.thumbs, content) for content, _ in self.images]
            self.file = tinyclip.make(root / "models", thumbs)
            self.expected = np.load(root / "models" / "expected.npy")
            rows = [(path, path, content) for content, path in [*self.images, ("0" * 64, "/nowhere/later.png")]]
            library.write(
                lambda c: c.executemany("INSERT INTO images (filepath, filename, content_hash) VALUES (?, ?, ?)", rows)
            )
            library.settings = SETTINGS
            self.embedder, self.notices = vectors.embed_best(library, self.images, Quiet())
            self.found = words.search(library, tinyclip.WORDS, 5)
            self.paths = {image.id: image.path for image in words.present(library)}
        self.root = root / "library"
        self.vectors, self.there = vectors.Vectors(library.paths, self.embedder).load([c for c, _ in self.images])


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Done:
    root = tmp_path_factory.mktemp("clip")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PICKWISE_MODELS", str(root / "models"))
        patch.setattr(vectors, "workers", lambda each=0: 1)
        return Done(root)


@pytest.fixture
def models(done: Done, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PICKWISE_MODELS", str(done.file.parent))
    return done.file.parent


def test_the_vectors_are_those_of_open_clip_and_of_length_one(done: Done) -> None:
    assert done.notices == []
    assert done.embedder.name == "clip-tiny"
    assert done.there.all()
    assert (
        np.abs(done.vectors.astype(np.float32) - done.expected[:-1]).max() < 5e-3
    )  # a JPEG decoder rounds its own way
    assert np.abs(np.linalg.norm(done.vectors.astype(np.float64), axis=1) - 1).max() < 2e-3


def test_words_find_what_open_clip_finds_in_its_order(done: Done) -> None:
    cosine = done.expected[:-1] @ done.expected[-1]
    of_path = {path: value for (_, path), value in zip(done.images, cosine, strict=True)}
    got = [of_path[done.paths[image]] for image, _ in done.found]
    assert np.allclose([value for _, value in done.found], got, atol=5e-3)
    assert np.allclose(got, np.sort(cosine)[::-1][:5], atol=5e-3)
    assert [value for _, value in done.found] == sorted((value for _, value in done.found), reverse=True)


def test_other_weights_are_another_version(done: Done, models: Path, tmp_path: Path) -> None:
    other = tmp_path / done.file.name
    data = bytearray(done.file.read_bytes())
    data[-1] ^= 1
    other.write_bytes(data)
    shutil.copy(models / "tiny.json", tmp_path)
    found = embedders.clip(Vision(clip_model="tiny", clip_checkpoint=str(other)))
    assert found is not None
    assert found.version != done.embedder.version
    assert found.key != done.embedder.key
    assert embedders.clip(Vision(clip_model="tiny")) == done.embedder


def test_clip_is_best_where_it_is_and_the_built_in_network_else(models: Path, tmp_path: Path) -> None:
    assert embedders.default(Vision(clip_model="tiny")).name == "clip-tiny"
    assert list(embedders.registered(Vision(clip_model="tiny"))) == ["clip-tiny", "efficientnet-lite0"]
    assert embedders.default(Vision(clip_checkpoint=str(tmp_path / "gone.pt"))) == embedders.LITE0


def test_weights_of_another_network_are_told_and_the_built_in_one_goes_on(
    done: Done, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "workers", lambda each=0: 1)
    content = "a" * 64
    with Library(done.root) as library:
        library.settings = Settings(vision=Vision(clip_model="tiny", clip_checkpoint=str(models / "other.safetensors")))
        with Cache(library.paths.vectors) as cache:
            cache.add_vectors(embedders.LITE0.key, [(content, bytes(2 * embedders.LITE0.size))])
        used, notices = vectors.embed_best(library, [(content, "/nowhere/a.png")], Quiet())
    assert used == embedders.LITE0
    assert len(notices) == 1
    assert "other.safetensors cannot be used" in notices[0]


def test_a_file_with_a_program_in_it_is_refused_and_the_program_never_runs(models: Path) -> None:
    assert "eights" in (models / "evil.txt").read_text(encoding="utf-8")
    assert not (models / "ran").exists()


def test_half_precision_gives_nearly_the_same(done: Done, models: Path) -> None:
    half = np.load(models / "half.npy")
    assert np.abs(np.linalg.norm(half, axis=1) - 1).max() < 1e-5
    assert (half * done.expected).sum(axis=1).min() > 0.999


def test_copies_are_looked_for_by_it(done: Done, models: Path) -> None:
    with Library(done.root, write=False) as library:
        library.settings = SETTINGS
        seen = looks.vectors(library, [c for c, _ in done.images], [p for _, p in done.images], Quiet())
    assert np.array_equal(seen.vectors, done.vectors)
    assert (seen.threshold, seen.notices) == (done.embedder.both, [])


def test_searching_on_the_terminal_embeds_what_is_missing_and_prints_the_best(
    done: Done, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(vectors, "embed", lambda *given: asked.append(given) or ["One could not be compared."])
    monkeypatch.setattr(words, "encoded", lambda embedder, text: done.expected[-1])
    (done.root / "pickwise.toml").write_text('[vision]\nclip_model = "tiny"\n', encoding="utf-8")
    said = pickwise("search", *tinyclip.WORDS.split(), "--top", 3, "--library", done.root, "--json")
    assert said.code == 0, said
    assert (said.json["model"], said.json["images"]) == ("clip-tiny", PICTURES + 1)
    assert [r["id"] for r in said.json["results"]] == [image for image, _ in done.found[:3]]
    assert [r["cosine"] for r in said.json["results"]] == pytest.approx(
        [value for _, value in done.found[:3]], abs=1e-5
    )
    assert said.err == "One could not be compared.\n"
    assert sorted(path for _, path in asked[0][2]) == sorted(done.paths.values())


@pytest.mark.parametrize("name", ["hf-hub:a/b", "local-dir:x", "../x", "nosuch", ""])
def test_a_name_open_clip_does_not_know_is_told(models: Path, name: str) -> None:
    with pytest.raises(BadCheckpoint, match="knows"):
        embedders.clip(Vision(clip_model=name))


@pytest.mark.parametrize("keep", [0, 7, 100, -1])
def test_a_damaged_file_is_told_before_any_worker_starts(done: Done, models: Path, keep: int, tmp_path: Path) -> None:
    shutil.copy(models / "tiny.json", tmp_path)
    file = tmp_path / "cut.safetensors"
    file.write_bytes(done.file.read_bytes()[:keep])
    with pytest.raises(BadCheckpoint, match="damaged"):
        embedders.clip(Vision(clip_model="tiny", clip_checkpoint=str(file)))


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"embed_dim": -1, "vision_cfg": {}, "text_cfg": {}}', "[" * 9999, "\x00"]
)
def test_a_description_that_is_none_is_told(done: Done, tmp_path: Path, text: str) -> None:
    file = Path(shutil.copy(done.file, tmp_path))
    (tmp_path / "tiny.json").write_text(text, encoding="utf-8")
    with pytest.raises(BadCheckpoint, match="does not describe a CLIP network"):
        embedders.clip(Vision(clip_model="tiny", clip_checkpoint=str(file)))


def test_a_network_whose_parts_would_be_fetched_is_refused(done: Done, tmp_path: Path) -> None:
    file = Path(shutil.copy(done.file, tmp_path))
    text_cfg = {"hf_model_name": "somebody/something"}
    (tmp_path / "tiny.json").write_text(json.dumps({**tinyclip.CONFIG, "text_cfg": text_cfg}), encoding="utf-8")
    with pytest.raises(BadCheckpoint, match="fetched"):
        embedders.clip(Vision(clip_model="tiny", clip_checkpoint=str(file)))


def test_a_file_under_a_name_of_the_manifest_must_be_that_file(done: Done, tmp_path: Path) -> None:
    file = Path(shutil.copy(done.file, tmp_path / manifest.read()["clip-vit-b-32"].file))
    with pytest.raises(BadCheckpoint, match="fetch them again"):
        embedders.clip(Vision(clip_checkpoint=str(file)))


def test_an_image_without_a_vector_is_not_found(done: Done) -> None:
    assert len(done.found) == 5
    assert "/nowhere/later.png" not in {done.paths[image] for image, _ in done.found}
