"""Looking at a library for real: drawn pictures, real worker processes, the models that come with MediaPipe."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from engine.culling.run import add_sources, cull
from engine.library.store import Library
from engine.progress import Cancelled, Quiet
from engine.vision import look as looking
from engine.vision.parquet import read_parquet
from engine.vision.saliency import store
from tests import draw
from tests.engine.vision.shelf import Stops

STAGES = 3


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one family of three and one picture that breaks after it was taken in."""
    folder = tmp_path_factory.mktemp("pictures")
    first = draw.natural(1)
    for stage in range(1, STAGES + 1):
        draw.save(draw.variant(first, stage), folder / f"a_stage{stage}.png")
    draw.save(draw.natural(9), folder / "later_broken.png")
    return folder


def test_a_library_is_looked_at_once_cancelled_resumed_and_told_of(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PICKWISE_MODELS", str(tmp_path / "none"))
    with Library(tmp_path / "library") as library:
        add_sources(library, [place])
        cull(library, Quiet())
        (place / "later_broken.png").write_bytes(b"\x89PNG\r\n\x1a\nno more")

        with pytest.raises(Cancelled):
            looking.look(library, Stops(1))
        stopped = len(list(library.paths.hands.glob("*.json")))
        assert 1 <= stopped <= STAGES

        heard = Stops()
        done = looking.look(library, heard)
        assert ("look", STAGES + 1 - stopped) in heard.phases
        assert (done.images, done.hands) == (STAGES, 0)
        assert done.models["faces"] == "mediapipe"
        assert "person mask" in done.models["saliency"]
        assert any("later_broken.png" in notice for notice in done.notices)
        assert len(list(library.paths.det.glob("*.facefoot.json"))) == STAGES
        with library.db.read() as connection:
            contents = [c for (c,) in connection.execute("SELECT content FROM looked")]
        assert all(store.load(library.paths.saliency, content) is not None for content in contents)

        assert len(read_parquet(library.paths.sidecar / "embeddings.parquet").contents) == STAGES + 1

        again = Stops()
        assert looking.look(library, again).images == STAGES
        assert ("siblings", 0) in again.phases  # compared once
        shutil.rmtree(library.paths.saliency)  # what can be made again is
        shutil.rmtree(library.paths.hands)
        looking.look(library, Quiet())
        assert len(list(library.paths.saliency.glob("*.npy"))) == STAGES
        assert len(list(library.paths.hands.glob("*.json"))) == STAGES

        before = library.fact("cue_serial")
        looking.look(library, Quiet())
        assert library.fact("cue_serial") == before  # so no group is made anew
