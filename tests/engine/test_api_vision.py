"""What the window is told of what was seen in an image; the looks are made up, no model runs."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.api import Engine
from engine.vision import look as looking
from engine.vision.cache import Cache
from engine.vision.look_seen import known
from tests import scene
from tests.seen import keep_look


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    scene.doubtful(tmp_path / "pictures", 1)
    scene.culled(tmp_path / "pictures", tmp_path / "library")
    started = Engine()
    started.open(tmp_path / "library")
    yield started
    started.close()


def seen(engine: Engine, image: int) -> dict[str, Any]:
    return dict(json.loads(engine.call("vision.seen", json.dumps({"image": image}))))


def test_an_image_that_was_not_looked_at_is_told_apart_from_one_without_people(engine: Engine) -> None:
    keep_look(engine.need(), 1, people=False)
    assert [seen(engine, 1)["looked"], seen(engine, 2)["looked"]] == [True, False]
    assert seen(engine, 1)["hands"] == seen(engine, 2)["hands"] == []


def test_what_was_seen_comes_in_pixels_of_the_original_and_without_meshes(engine: Engine) -> None:
    keep_look(engine.need(), 1)
    answer = seen(engine, 1)
    assert (answer["width"], answer["height"], answer["whole"]) == (320, 240, True)
    assert [len(points) for points in answer["hands"]] == [21]
    assert answer["faces"] == [{"box": [200.0, 20.0, 260.0, 90.0], "eyes": [[215.0, 45.0], [245.0, 45.0]]}]
    assert len(answer["bodies"][0]["points"]) == len(answer["bodies"][0]["visibility"]) == 33
    assert [a["text"] for a in answer["abstained"]] == ["The hand is closed."]


def test_a_cue_is_a_doubt_from_its_threshold_on(engine: Engine) -> None:
    keep_look(engine.need(), 1)
    assert [(c["name"], c["doubt"]) for c in seen(engine, 1)["cues"]] == [("hand_size", True), ("limb_length", False)]
    engine.need().change_setting("cues.hand_size", False)
    assert [c["doubt"] for c in seen(engine, 1)["cues"]] == [False, False]


def test_a_file_that_changed_since_was_not_looked_at(engine: Engine) -> None:
    library = engine.need()
    keep_look(library, 1)
    library.write(lambda c: c.execute("UPDATE images SET content_hash = 'other' WHERE id = 1"))
    assert not seen(engine, 1)["looked"]
    assert seen(engine, 1)["cues"] == []


@pytest.mark.parametrize("damage", [lambda f: f.unlink(), lambda f: f.write_bytes(b"no database" * 99)])
def test_without_the_cache_the_cues_are_still_known(engine: Engine, damage: Any) -> None:
    library = engine.need()
    keep_look(library, 1)
    for log in ("-wal", "-shm"):
        library.paths.vectors.with_name(library.paths.vectors.name + log).unlink(missing_ok=True)
    damage(library.paths.vectors)
    answer = seen(engine, 1)
    assert (answer["looked"], answer["whole"], len(answer["cues"])) == (True, False, 2)


def test_an_entry_of_the_cache_that_is_no_look_is_not_believed(engine: Engine) -> None:
    library = engine.need()
    keep_look(library, 1)
    with library.db.read() as connection:
        content = connection.execute("SELECT content_hash FROM images WHERE id = 1").get
    with Cache(library.paths.vectors) as cache:
        cache.add_vectors("look/look-1", [(content, b"{}")])
    assert known(library, 1).look is None


def test_an_image_that_does_not_exist_is_said_so(engine: Engine) -> None:
    assert seen(engine, 99)["error"]["code"] == "not_found"


def test_looking_is_a_job_that_says_how_it_went(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    done = looking.Summary(3, 1, 1, 1, {"digits": 1, "odd_eyes": 0}, 0, 1.0, 3.0, {}, ["One was set aside."])
    monkeypatch.setattr(looking, "look", lambda library, progress: done)
    json.loads(engine.call("vision.look", "{}"))["job"]
    end = time.monotonic() + 30
    while (job := engine.jobs.current()) is None or job.state == "running":
        assert time.monotonic() < end
        time.sleep(0.02)
    assert (job.kind, job.state, job.message) == (
        "look",
        "done",
        "3 images looked at so far: 1 doubt. One was set aside.",
    )
