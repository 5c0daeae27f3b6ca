"""What is compared of two sets' making comes from the library and from the YAML beside each image, and never fails."""

from __future__ import annotations

import os
from pathlib import Path

from engine.grouping.set_metadata import Made
from engine.library.store import Library
from engine.library.text import to_text
from engine.thinning.sets_made import LARGEST_FILE, Making, yaml_beside


def test_library_and_yaml_make_one_answer_and_each_is_read_once(tmp_path: Path) -> None:
    image = tmp_path / "a.png"
    image.touch()
    (tmp_path / "a.yaml").write_text("﻿seed: 7\n", encoding="utf-8")
    with Library(tmp_path / "library") as library:

        def fill(connection: object) -> None:
            execute = connection.execute  # type: ignore[attr-defined]
            execute("INSERT INTO images (id, filepath, filename) VALUES (5, ?, 'a.png')", (to_text(image),))
            execute("INSERT INTO images (id, filepath, filename) VALUES (6, '/gone/b.png', 'b.png')")
            execute("INSERT INTO generations VALUES (5, 't', 'cat', 'dog', '7', 'm', '', '', '', 0, 0, '')")

        library.write(fill)
        with library.db.read() as connection:
            making = Making(connection, [6, 5, 99])
            assert [making(place) for place in range(3)] == [
                Made(), Made("cat", "dog", "7", "m", "seed: 7\n"), Made(),
            ]  # fmt: skip
            (tmp_path / "a.yaml").unlink()
            assert making(1).yaml == "seed: 7\n"


def test_only_yaml_of_this_image_counts_and_nothing_that_cannot_be_read(tmp_path: Path) -> None:
    image = tmp_path / "a.png"
    for name in ("a.png", "a.b.png"):
        (tmp_path / name).touch()
    (tmp_path / "a.b.yaml").write_text("another's", encoding="utf-8")
    (tmp_path / "a.txt").write_text("no yaml", encoding="utf-8")
    (tmp_path / "a.yaml").symlink_to(tmp_path / "nothing")
    os.mkfifo(tmp_path / "a.x.yml")
    (tmp_path / "a.huge.yaml").write_bytes(b"x" * (LARGEST_FILE + 1))
    assert yaml_beside(image) == ""
    (tmp_path / "a.png.yml").write_bytes(b"seed: \xff\n")
    assert yaml_beside(image) == "seed: �\n"
    assert yaml_beside(Path("a\0.png")) == ""
