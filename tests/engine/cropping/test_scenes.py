"""What is known of a picture, out of the library: looks are made up, thumbnails are real, no model runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.cropping import proposing, rows, scenes, versions
from engine.cropping.model import Scene
from engine.intake.thumbnames import thumb_path
from engine.library.store import Library
from engine.vision import checks
from engine.vision.saliency import store
from engine.vision.saliency.shape import mask_shape
from tests.again import Again
from tests.cropped import look_at_all, pixels_of
from tests.scene import culled, doubtful


@pytest.fixture(scope="module")
def again(tmp_path_factory: pytest.TempPathFactory) -> Again:
    def make(folder: Path) -> None:
        doubtful(folder / "pictures", 1)
        culled(folder / "pictures", folder / "library")

    return Again(tmp_path_factory.mktemp("scenes"), make)


@pytest.fixture
def library(again: Again) -> Iterator[Library]:
    with Library(again.put_back() / "library") as opened:
        yield opened


def picture(library: Library, image: int = 1) -> rows.Picture:
    with library.db.read() as connection:
        return rows.pictures(connection, [image])[0]


def scene(library: Library) -> Scene:
    return scenes.load(library, picture(library))


def version(library: Library) -> str:
    with library.db.read() as connection:
        return versions.of(connection, versions.base(library), [picture(library)])[1]


def test_of_a_picture_never_looked_at_only_the_detail_is_known(library: Library) -> None:
    found = scene(library)
    assert (found.saliency, found.heads, found.people, found.keep_out) == (None, (), (), ())
    assert found.detail is not None
    assert 0 <= float(found.detail.min()) < float(found.detail.max()) <= 1
    made = proposing.make(library, picture(library))
    assert (made.width, made.height) == pixels_of(library, 1)
    assert made.candidates


def test_without_a_thumbnail_nothing_is_known_and_something_is_proposed(library: Library) -> None:
    thumb_path(library.paths.thumbs, picture(library).content).unlink()
    assert scene(library).detail is None
    assert proposing.make(library, picture(library)).candidates


def test_a_thumbnail_that_is_none_is_passed_over(library: Library) -> None:
    thumb_path(library.paths.thumbs, picture(library).content).write_bytes(b"\xff\xd8\xff no more")
    assert scene(library).detail is None


def test_what_was_seen_is_in_the_scene(library: Library) -> None:
    look_at_all(library)
    found = scene(library)
    assert len(found.heads) == 1
    assert any(person.whole for person in found.people)
    (wrong,) = found.keep_out  # the weak cue is no doubt
    assert (wrong.shape, wrong.tag, wrong.region) == ("hand", "long_hand", (40, 100, 130, 200))


def test_a_mask_is_read_and_a_damaged_one_is_not(library: Library) -> None:
    here = picture(library)
    mask = np.zeros(mask_shape(here.width, here.height), np.float32)
    mask[: len(mask) // 2] = 1
    library.paths.saliency.mkdir(parents=True)
    store.save(library.paths.saliency, here.content, mask, width=here.width, height=here.height, by="contrast")
    found = scene(library).saliency
    assert found is not None
    assert np.array_equal(found, mask)
    store.mask_file(library.paths.saliency, here.content).write_bytes(b"damaged")
    assert scene(library).saliency is None


def test_what_the_person_said_of_a_doubt_counts_before_the_settings(library: Library) -> None:
    look_at_all(library)
    checks.answer(library, 1, "long_hand", yes=False)
    checks.answer(library, 1, "limb_misaligned", yes=True)
    assert [one.tag for one in scene(library).keep_out] == ["limb_misaligned"]
    library.undo()
    library.undo()
    library.change_setting("cues.hand_size", False)
    assert scene(library).keep_out == ()


def test_a_doubt_beyond_the_picture_is_clipped_or_left_out(library: Library) -> None:
    look_at_all(library)
    library.write(lambda c: c.execute("UPDATE cues SET x1 = -50, y1 = 200.5, x2 = 9e9, y2 = 210.2 WHERE score = 1"))
    (wrong,) = scene(library).keep_out
    assert wrong.region == (0, 200, 240, 211)
    library.write(lambda c: c.execute("UPDATE cues SET x1 = 9e9 WHERE score = 1"))
    assert scene(library).keep_out == ()


def test_the_version_follows_all_that_a_proposal_is_made_from(library: Library) -> None:
    said = [version(library)]
    look_at_all(library)
    said.append(version(library))
    checks.answer(library, 1, "long_hand", yes=False)
    said.append(version(library))
    library.change_setting("crop.margin", 0.3)
    said.append(version(library))
    library.change_setting("crop.thirds", 2.0)
    said.append(version(library))
    library.change_setting("cues.hand_size_from", 0.9)
    said.append(version(library))
    beside = Path(picture(library).path + ".crop_suggestions.json")
    beside.write_text('{"candidates": [{"box": [0, 0, 120, 160]}]}')
    said.append(version(library))
    assert len(set(said)) == len(said)
    beside.write_text('{"by": "pickwise"}')  # ours changes nothing
    assert version(library) == said[-2]
    library.change_setting("crop.order", "unsure")
    assert version(library) == said[-2]
