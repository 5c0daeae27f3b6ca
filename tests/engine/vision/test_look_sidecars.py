"""The files that other tools read what was seen from."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from engine.library.paths import LibraryPaths
from engine.library.text import to_text
from engine.vision import look_sidecars
from engine.vision.pictures import Picture
from tests import seen


@pytest.mark.parametrize("raw", [b"a.png", "花".encode() * 80 + b".png", b"\xe9" * 200 + b".png"])
def test_every_name_a_disk_can_hold_has_its_files(tmp_path: Path, raw: bytes) -> None:
    paths = LibraryPaths(tmp_path)
    name = to_text(os.fsdecode(raw))
    look_sidecars.write(paths, Picture("0123456789abcdef", f"/pictures/{name}"), seen.made_up())
    for folder in (paths.hands, paths.det):
        (written,) = folder.iterdir()
        assert json.loads(written.read_bytes())["image"] == name
