"""Records of many images: each is found as it would be alone, whatever moved or changed since."""

from __future__ import annotations

from pathlib import Path

from engine.library import history
from engine.library.journal import Record
from tests import rows


def test_many_images_are_found_as_each_alone(tmp_path: Path) -> None:
    with rows.filled(tmp_path / "library", [1] * 150) as library:

        def work(connection):  # type: ignore[no-untyped-def]
            connection.execute("UPDATE images SET content_hash = 'new' WHERE id = 3")
            connection.execute("UPDATE images SET filepath = '/source/moved.png' WHERE id = 4")
            connection.execute("INSERT INTO aliases VALUES (?, 4)", (found[3][1],))
            connection.execute("UPDATE images SET content_hash = NULL WHERE id = 5")

        with library.db.read() as connection:
            found = connection.execute("SELECT id, filepath, content_hash FROM images ORDER BY id").fetchall()
        library.write(work)
        paths = [path for _, path, _ in found] + ["/never/seen.png", found[0][1]]
        hashes = [content for *_, content in found] + ["ff"]
        record = Record(ts="", set_id="", images=paths, hashes=hashes)
        together = library.write(lambda c: history.image_ids(c, record))
        assert together[:150] == list(range(1, 151))
        assert together[150] > 150
        assert together[151] == 1
        alone = [
            library.write(lambda c, n=n: history.image_ids(c, Record("", "", [paths[n]], hashes=hashes[n : n + 1])))
            for n in range(len(paths))
        ]
        assert [one for [one] in alone] == together
