"""A library with images to crop, for tests: drawn, grouped, with made-up looks and proposals; no model runs."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import apsw

from engine.api import Engine
from engine.cropping import job
from engine.library.store import Library
from engine.progress import Quiet
from tests import scene, seen
from tests.again import Again

FAMILIES = 2  # of three images of equal worth each: they need a person


def library_in(folder: Path) -> Path:
    """`folder/library` over `folder/pictures`: trios, and families of stages whose keepers nobody has to look at."""
    scene.doubtful(folder / "pictures", FAMILIES)
    scene.staged(folder / "pictures", 3)
    scene.culled(folder / "pictures", folder / "library")
    return folder / "library"


def look_at_all(library: Library) -> None:
    """Everybody in every image is where `seen.made_up` says."""
    with library.db.read() as connection:
        images = [image for (image,) in connection.execute("SELECT id FROM images")]
    for image in images:
        seen.keep_look(library, image)


def proposed(library: Library) -> job.Summary:
    """Proposals for all that waits, from made-up looks."""
    look_at_all(library)
    return job.propose(library, Quiet(), look=False)


@functools.cache
def made(base: Path) -> Again:
    """A library with looks and proposals, in `here/library` over `here/pictures`; made once a run of the tests."""

    def make(folder: Path) -> None:
        with Library(library_in(folder)) as library:
            proposed(library)

    folder = base / "cropped"
    folder.mkdir()
    return Again(folder, make)


def ask(engine: Engine, name: str, **body: Any) -> Any:
    return json.loads(engine.call(name, json.dumps(body)))


def table(library: Library, name: str) -> list[tuple[Any, ...]]:
    """All rows of a table."""
    with library.db.read() as connection:
        cursor: apsw.Cursor = connection.execute(f"SELECT * FROM {name} ORDER BY 1")
        return list(cursor)


def pixels_of(library: Library, image: int) -> tuple[int, int]:
    with library.db.read() as connection:
        width, height = connection.execute("SELECT width, height FROM features WHERE image_id = ?", (image,)).get
    return width, height
