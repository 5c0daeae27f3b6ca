"""Proposing for a whole library: what is made, what is kept, cancels, and sidecars beside the images."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.cropping import job, proposing, rows
from engine.cropping.beside import write_beside
from engine.errors import WorkersFailed
from engine.library.store import Library
from engine.progress import Cancelled, Quiet
from engine.vision import look as looking
from engine.vision.saliency import store
from engine.vision.saliency.shape import mask_shape
from tests.cropped import made, table
from tests.engine.vision.shelf import Stops

WAITING = 9  # three keepers, two trios


@pytest.fixture
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library(made(tmp_path_factory.getbasetemp()).put_back() / "library") as opened:
        opened.write(lambda c: c.execute("DELETE FROM crops"))
        yield opened


def run(library: Library, **more: Any) -> job.Summary:
    return job.propose(library, Quiet(), **more)


def paths(library: Library) -> list[Path]:
    with library.db.read() as connection:
        return [
            Path(p) for (p,) in connection.execute("SELECT filepath FROM images i JOIN crops c ON c.image_id = i.id")
        ]


def test_all_that_waits_is_proposed_once(library: Library) -> None:
    done = run(library)
    assert (done.images, done.proposed, done.made, done.notices) == (WAITING, WAITING, WAITING, [])
    kept = table(library, "crops")
    again = run(library)
    assert (again.proposed, again.made, again.no_clean_crop) == (WAITING, 0, done.no_clean_crop)
    assert table(library, "crops") == kept
    assert run(library, again=True).made == WAITING
    assert table(library, "crops") == kept


def test_a_run_that_was_stopped_goes_on_where_it_was(library: Library) -> None:
    with pytest.raises(Cancelled):
        job.propose(library, Stops(4))
    assert len(table(library, "crops")) == 4
    assert run(library).made == WAITING - 4


def test_workers_propose_the_same(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    run(library)
    alone = table(library, "crops")
    library.write(lambda c: c.execute("DELETE FROM crops"))
    monkeypatch.setattr(job, "ALONE", 0)
    monkeypatch.setattr(job, "BLOCK", 5)
    assert run(library).made == WAITING
    assert table(library, "crops") == alone


def test_only_what_was_asked_for_is_proposed(library: Library) -> None:
    done = run(library, images=[1, 1, 2, 999])
    assert (done.images, done.proposed) == (3, 2)
    assert [row[0] for row in table(library, "crops")] == [1, 2]


def test_another_content_is_proposed_anew(library: Library) -> None:
    run(library)
    image = table(library, "crops")[0][0]
    library.write(lambda c: c.execute("UPDATE images SET content_hash = 'other' WHERE id = ?", (image,)))
    assert run(library, look=False).made == 1


def test_only_what_waits_and_was_not_looked_at_is_looked_at_first(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[set[str]] = []

    def look(_: Library, __: Any, contents: set[str]) -> Any:
        asked.append(contents)
        raise WorkersFailed("No model can be loaded.")

    monkeypatch.setattr(looking, "look_at", look)
    run(library)
    assert asked == []
    image = table(library, "crops")[0][0]
    library.write(lambda c: c.execute("DELETE FROM looked WHERE image_id = ?", (image,)))
    done = run(library)
    with library.db.read() as connection:
        assert asked == [{rows.pictures(connection, [image])[0].content}]
    assert (done.proposed, done.notices) == (WAITING, ["They were not looked at: No model can be loaded."])
    run(library, look=False)
    assert len(asked) == 1


def test_looking_at_some_leaves_the_others_alone(
    library: Library, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PICKWISE_MODELS", str(tmp_path / "none"))  # the version that the made-up looks have
    library.paths.saliency.mkdir(parents=True)
    with library.db.read() as connection:
        one, two = rows.pictures(connection, [1, 2])
    for here in (one, two):
        mask = np.zeros(mask_shape(here.width, here.height), np.float32)
        store.save(library.paths.saliency, here.content, mask, width=here.width, height=here.height, by="contrast")
    library.write(lambda c: c.execute("DELETE FROM looked WHERE image_id IN (1, 2)"))
    assert looking.look_at(library, Quiet(), {one.content}) == []  # known to the cache: no model runs
    with library.db.read() as connection:
        assert [picture.look for picture in rows.pictures(connection, [1, 2])] == ["look-1", ""]


def test_a_row_that_is_no_proposal_is_made_anew(library: Library) -> None:
    run(library)
    image = table(library, "crops")[0][0]
    library.write(lambda c: c.execute("UPDATE crops SET proposal = CAST('{}' AS BLOB) WHERE image_id = ?", (image,)))
    with library.db.read() as connection:
        here = rows.pictures(connection, [image])[0]
        assert rows.get(connection, image, here.content) == (None, "")
    assert proposing.current(library, here) is not None


def test_sidecars_are_written_when_asked_and_only_where_they_differ(library: Library) -> None:
    run(library)
    assert write_beside(library, Quiet(), apply=False).written == WAITING
    beside = [path.with_name(path.name + ".crop_suggestions.json") for path in paths(library)]
    assert not any(file.exists() for file in beside)
    assert write_beside(library, Quiet(), apply=True).written == WAITING
    said = json.loads(beside[0].read_bytes())
    assert (said["version"], said["ratio"], said["candidates"][0]["id"]) == (1, "original", "best")
    assert write_beside(library, Quiet(), apply=True).written == 0
    assert run(library).made == 0  # our own sidecars change no proposal


def test_another_tools_boxes_are_proposed_and_its_file_stays(library: Library) -> None:
    run(library)
    image = paths(library)[0]
    beside = image.with_name(image.name + ".crop_suggestions.json")
    theirs = b'{"ratio": "original", "candidates": [{"box": [60, 80, 180, 240], "note": "best"}]}'
    beside.write_bytes(theirs)
    assert run(library).made == 1
    told = write_beside(library, Quiet(), apply=True)
    assert (told.written, told.theirs) == (WAITING - 1, 1)
    assert beside.read_bytes() == theirs
    with library.db.read() as connection:
        here = next(p for p in rows.pictures(connection, list(range(1, 20))) if p.path == str(image))
        stored, _ = rows.get(connection, here.id, here.content)
    assert stored is not None
    assert [(one.id, one.box, one.note) for one in stored.candidates] == [("best", (60, 80, 180, 240), "best")]
    assert "another tool" in stored.why


def test_a_broken_sidecar_is_told_of_and_left_alone(library: Library) -> None:
    first, second, *_ = paths_after_a_run(library)
    for image in (first, second):
        image.with_name(image.name + ".crop_suggestions.json").write_text("{}")
    done = run(library)
    assert done.proposed == WAITING
    assert done.notices[0].endswith("it was passed over.")
    assert done.notices[1] == "So were the sidecars of 1 more."
    assert write_beside(library, Quiet(), apply=True).theirs == 2
    assert first.with_name(first.name + ".crop_suggestions.json").read_text() == "{}"


def paths_after_a_run(library: Library) -> list[Path]:
    run(library)
    return paths(library)


def test_a_folder_that_cannot_be_written_is_told_of(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    run(library)
    gone = paths(library)[0]
    gone.unlink()
    told = write_beside(library, Quiet(), apply=True)
    assert told.written == WAITING - 1
    assert gone.name in told.failed[0]
