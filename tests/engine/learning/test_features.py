"""Features of a library: what is read of each image, and what stands for what is not there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.learning import features, figures
from engine.learning.figures import NAMED
from engine.library.store import Library
from engine.progress import Quiet
from engine.vision.cache import Cache
from engine.vision.embedders import LITE0
from engine.vision.saliency import store
from engine.vision.saliency.shape import mask_shape
from tests import likes, rows

COLUMN = {named.name: place for place, named in enumerate(NAMED)}


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with likes.library(tmp_path / "library", 12) as made:
        yield made


def column(library: Library, name: str) -> list[float]:
    return list(features.read(library, Quiet()).known.figures[:, COLUMN[name]])


def test_every_image_that_was_measured_has_features(library: Library) -> None:
    found = features.read(library, Quiet())
    assert found.known.ids.tolist() == list(range(1, 37))
    assert found.x.shape == (36, found.basis.axes.shape[1] + len(NAMED))
    assert found.x.dtype == np.float32
    assert np.isfinite(found.x).all()
    assert found.basis.embedder == LITE0.key


def test_an_image_without_a_vector_has_the_mean_and_says_so(library: Library) -> None:
    library.write(lambda c: c.execute("UPDATE images SET content_hash = 'fresh' WHERE id = 5"))
    found = features.read(library, Quiet())
    k = found.basis.axes.shape[1]
    assert not found.x[4, :k].any()
    assert found.known.figures[:, COLUMN["no_vector"]].tolist() == [float(n == 4) for n in range(36)]
    assert found.x[4, k + COLUMN["no_vector"]] > 0 > found.x[3, k + COLUMN["no_vector"]]


def test_a_library_without_any_vector_has_its_figures(library: Library) -> None:
    library.paths.vectors.unlink()
    found = features.read(library, Quiet())
    assert found.basis.embedder == ""
    assert found.x.shape == (36, len(NAMED))


def test_stages_doubts_faces_and_sizes_are_read(library: Library) -> None:
    def work(connection: object) -> None:
        execute = connection.execute  # type: ignore[attr-defined]
        execute("INSERT INTO looked VALUES (1, ?, 'v', 2, 3, 1, 0)", (f"{1:032x}",))
        for name, score in (("odd_eyes", 0.5), ("hand_size", 0.25), ("hand_size", 0.1), ("learned", 0.9)):
            execute("INSERT INTO cues VALUES (1, ?, ?, 0, 0, 1, 1, '', '')", (name, score))
        execute("UPDATE features SET width = 512 WHERE image_id = 2")

    library.write(work)
    assert column(library, "stage")[:3] == [1, 2, 3]
    assert column(library, "doubts")[0] == pytest.approx(0.75)  # what the person's own tags taught is left out
    assert np.isnan(column(library, "doubts")[1])
    assert (column(library, "faces")[0], column(library, "hands")[0]) == (3, 2)
    assert column(library, "not_looked")[:2] == [0, 1]
    assert column(library, "crop")[:3] == pytest.approx([0, np.log(2), 0])


def test_the_size_of_the_subject_is_read_from_its_mask_once(library: Library) -> None:
    high, wide = mask_shape(1024, 1536)
    mask = np.zeros((high, wide), np.float32)
    mask[: high // 4] = 1
    content = f"{3:032x}"
    store.save(library.paths.saliency, content, mask, width=1024, height=1536, by="contrast")
    first = column(library, "subject_size")
    assert first[2] == pytest.approx(0.25, abs=0.01)
    assert np.isnan(first[0])
    for file in library.paths.saliency.iterdir():
        file.unlink()
    assert column(library, "subject_size")[2] == first[2]


def test_a_note_that_is_damaged_or_another_pictures_is_passed_over(library: Library) -> None:
    library.paths.saliency.mkdir(parents=True)
    for image, text in ((1, b"{"), (2, b'{"content": "other", "share": 0.5}'), (3, b"[" * 4000)):
        (library.paths.saliency / f"{image:032x}.json").write_bytes(text)
    assert np.isnan(column(library, "subject_size")).all()


def test_the_directions_stay_while_the_library_grows_little(library: Library) -> None:
    first = features.read(library, Quiet()).basis
    assert first.images == 36
    assert features.read(library, Quiet(), first).basis.axes is first.axes
    other = first._replace(embedder="another/1")
    assert features.read(library, Quiet(), other).basis.axes is not other.axes
    small = first._replace(images=10)
    assert features.read(library, Quiet(), small).basis.axes is not small.axes


def test_a_library_that_grew_has_its_directions_found_anew_however_many_are_looked_at(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(features, "_SAMPLE", 16)
    first = features.read(library, Quiet()).basis
    rows.fill(library, [3] * 12, seed=5)
    rows.group(library)
    likes.add_vectors(library, 5)
    second = features.read(library, Quiet(), first).basis
    assert (first.images, second.images) == (36, 72)
    assert second.axes is not first.axes


def test_what_detectors_saw_since_the_last_model_is_weighed_by_the_next(library: Library) -> None:
    first = features.read(library, Quiet()).basis
    look = [COLUMN[name] for name in ("faces", "hands", "doubts")]
    assert not first.factor[look].any()

    def work(connection: object) -> None:
        for image in range(1, 37):
            row = (image, f"{image:032x}", "v", image % 3, image % 2, 1, 0)
            connection.execute("INSERT INTO looked VALUES (?, ?, ?, ?, ?, ?, ?)", row)  # type: ignore[attr-defined]
        sql = "INSERT INTO cues VALUES (5, 'hand_size', 0.9, 0, 0, 9, 9, '', 'long_hand')"
        connection.execute(sql)  # type: ignore[attr-defined]

    library.write(work)
    found = features.read(library, Quiet(), first)
    assert found.basis.axes is first.axes
    assert (found.basis.factor[look] > 0).all()
    x = found.x[:, found.basis.axes.shape[1] :]
    assert x[4, COLUMN["doubts"]] == x[:, COLUMN["doubts"]].max() > x[3, COLUMN["doubts"]]


def test_a_vector_of_the_wrong_size_counts_as_none(library: Library) -> None:
    with Cache(library.paths.vectors) as cache:
        cache.add_vectors(LITE0.key, [(f"{4:032x}", b"short")])
    assert column(library, "no_vector")[3] == 1


def test_images_are_found_by_id(library: Library) -> None:
    with library.db.read() as connection:
        known = figures.read(connection)
    assert known.places(np.array([1, 36, 99, 0])).tolist() == [0, 35, -1, -1]


def test_only_measured_defects_are_counted_and_nothing_that_the_persons_tags_taught(tmp_path: Path) -> None:
    with rows.filled(tmp_path / "library", [3, 3], blurred=1.0) as library:
        assert column(library, "defects") == [0, 0, 1, 0, 0, 1]

        def work(connection: object) -> None:
            for image, name in ((1, "learned"), (2, "hand_size"), (3, "learned")):
                sql = "INSERT INTO cues VALUES (?, ?, 0.9, 0, 0, 9, 9, 'Looks wrong.', 'long_hand')"
                connection.execute(sql, (image, name))  # type: ignore[attr-defined]

        library.write(work)
        rows.group(library)
        with library.db.read() as connection:
            found = connection.execute("SELECT defects FROM members WHERE image_id = 1").get
        assert b"learned" in found  # which the person sees on the card
        assert column(library, "defects") == [0, 0, 1, 0, 0, 1]
