"""`window`: open the window on a folder of images, on a library, or on where the person left off."""

from __future__ import annotations

from pathlib import Path

from engine.api import Engine
from engine.errors import NotFound
from engine.library.text import to_text


def window(place: Path | None, library: Path | None) -> None:
    from shell import app

    engine = Engine()
    if place is not None and not place.is_dir():
        raise NotFound(f"There is no folder {to_text(place)}.", "Give a folder of images or a library.")
    engine.start(place.absolute() if place else None, library.absolute() if library else None)
    app.run(engine)
    app.leave()
