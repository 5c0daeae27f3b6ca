"""What of a library is looked at again: what was not seen, and what of it somebody deleted or a disk damaged."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import apsw
import numpy as np
import pytest

from engine.library.store import Library
from engine.progress import Cancelled, Quiet
from engine.vision import look as looking
from engine.vision import look_sidecars
from engine.vision.pictures import Picture
from engine.vision.saliency import store
from engine.vision.saliency.shape import mask_shape
from tests import rows, seen
from tests.engine.vision.shelf import Stops

SIZE = (1024, 1536)


def keep_mask(library: Library, picture: Picture) -> None:
    library.paths.saliency.mkdir(parents=True, exist_ok=True)
    mask = np.zeros(mask_shape(*SIZE), np.float32)
    store.save(library.paths.saliency, picture.content, mask, width=SIZE[0], height=SIZE[1], by="contrast")


def hashed(connection: apsw.Connection) -> None:
    """Hashes that differ in their first letters, as hashes do."""
    for (image,) in connection.execute("SELECT id FROM images").fetchall():
        content = hashlib.sha256(b"%d" % image).hexdigest()
        connection.execute("UPDATE images SET content_hash = ? WHERE id = ?", (content, image))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Picture]:
    """The pictures that models were asked about."""
    found: list[Picture] = []
    monkeypatch.setattr(looking.batches, "run", lambda work, pieces, *_, **__: found.extend(pieces) or [])
    return found


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    """A library that was looked at as a whole; nothing but looks is done in these tests."""
    monkeypatch.setenv("PICKWISE_MODELS", str(tmp_path / "none"))
    for name in ("_compare", "_embed"):
        monkeypatch.setattr(looking, name, lambda *_: [])
    with Library(tmp_path / "library") as opened:
        rows.fill(opened, [2, 2], blurred=0)
        opened.write(hashed)
        for picture in pictures(opened):
            with opened.db.read() as connection:
                image = connection.execute("SELECT id FROM images WHERE filepath = ?", (picture.path,)).get
            seen.keep_look(opened, image)
            keep_mask(opened, picture)
            look_sidecars.write(opened.paths, picture, seen.made_up())
        yield opened


def pictures(library: Library) -> list[Picture]:
    from engine.vision import look_rows

    with library.db.read() as connection:
        return look_rows.unseen(connection, "")


def files(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


def test_a_library_that_was_looked_at_is_left_alone(library: Library, asked: list[Picture]) -> None:
    before = library.fact("cue_serial")
    looking.look(library, Quiet())
    assert (asked, library.fact("cue_serial")) == ([], before)


@pytest.mark.parametrize("folder", ["hands", "det"])
def test_one_file_that_was_deleted_is_written_again_without_a_model(
    library: Library, asked: list[Picture], folder: str
) -> None:
    place: Path = getattr(library.paths, folder)
    before = files(place)
    (place / min(before)).unlink()
    looking.look(library, Quiet())
    assert (files(place), asked) == (before, [])


@pytest.mark.parametrize("ending", [".npy", ".json"])
def test_a_mask_that_was_deleted_is_made_again_as_its_hint_says(
    library: Library, asked: list[Picture], ending: str
) -> None:
    one, *_ = pictures(library)
    store.mask_file(library.paths.saliency, one.content).with_suffix(ending).unlink()
    looking.look(library, Quiet())
    assert asked == [one]


def test_folders_that_were_deleted_come_back_whole_also_after_a_stop(
    library: Library, asked: list[Picture], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files(library.paths.hands)
    shutil.rmtree(library.paths.hands)
    monkeypatch.setattr(looking, "AT_ONCE", 1)
    with pytest.raises(Cancelled):
        looking.look(library, Stops(1))
    assert len(files(library.paths.hands)) < len(before)
    looking.look(library, Quiet())
    assert (files(library.paths.hands), asked) == (before, [])


def _delete(file: Path) -> None:
    file.unlink()


def _damage(file: Path) -> None:
    file.write_bytes(b"no database")


@pytest.mark.parametrize("harm", [_delete, _damage])
def test_where_the_cache_is_gone_everything_is_looked_at_again(
    library: Library, asked: list[Picture], harm: Callable[[Path], Any]
) -> None:
    harm(library.paths.vectors)
    looking.look(library, Quiet())
    assert asked == pictures(library)


def test_no_more_looks_are_held_at_once_than_are_put(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(library.paths.det)
    monkeypatch.setattr(looking, "AT_ONCE", 2)
    put, real = list[int](), looking._put
    monkeypatch.setattr(looking, "_put", lambda *given: (put.append(len(given[2])), real(*given))[1])
    decoded, decode = list[int](), looking.look_rows.decoded

    def counted(data: bytes) -> Any:
        decoded.append(sum(put))
        return decode(data)

    monkeypatch.setattr(looking.look_rows, "decoded", counted)
    looking.look(library, Quiet())
    assert sum(put) == len(pictures(library))
    assert all(place - done < 2 for place, done in enumerate(decoded))
