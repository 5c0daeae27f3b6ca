"""How the images of sets were made, read only for sets that look alike: from the library and from YAML beside them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import apsw

from engine.grouping.set_metadata import Made
from engine.intake.companions import companions_of
from engine.library.text import to_path

LARGEST_FILE = 1_000_000  # bytes of a YAML companion that is read
_YAML = {".yaml", ".yml"}


class Making:
    """Answers for places, as `engine.grouping.stage_sets.match` asks; each is read once."""

    def __init__(self, connection: apsw.Connection, images: Sequence[int]) -> None:
        """
        Args:
            connection: to read from; in use for as long as this is.
            images: ids by place.
        """
        self._connection, self._images = connection, images
        self._known: dict[int, Made] = {}

    def __call__(self, place: int) -> Made:
        made = self._known.get(place)
        if made is None:
            made = self._known[place] = self._read(self._images[place])
        return made

    def _read(self, image: int) -> Made:
        row = self._connection.execute(
            "SELECT i.filepath, coalesce(g.prompt, ''), coalesce(g.negative, ''), coalesce(g.seed, ''),"
            " coalesce(g.model, '') FROM images i LEFT JOIN generations g ON g.image_id = i.id WHERE i.id = ?",
            (image,),
        ).fetchone()
        if row is None:
            return Made()
        path, prompt, negative, seed, model = row
        return Made(prompt, negative, seed, model, yaml_beside(to_path(path)))


def yaml_beside(image: Path) -> str:
    """The text of an image's YAML companions, in the order of their names; "" where there is none to read."""
    try:
        files = [file for file in companions_of(image) if file.suffix.lower() in _YAML]
    except (OSError, ValueError):
        return ""
    return "\n".join(filter(None, map(_text, files)))


def _text(file: Path) -> str:
    try:
        if not file.is_file():  # a pipe would never end
            return ""
        with file.open("rb") as opened:
            raw = opened.read(LARGEST_FILE + 1)
    except OSError:
        return ""
    return "" if len(raw) > LARGEST_FILE else raw.decode("utf-8-sig", "replace")
