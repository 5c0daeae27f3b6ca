"""The main job over other people's broken, odd and rotated files: nothing crashes, nothing is lost."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from engine.culling.run import add_sources, cull
from engine.intake.companions import is_image_name
from engine.library.store import Library
from engine.library.text import to_text
from engine.progress import Quiet

FOLDERS = ("pillow_images", "imagers_tests", "exif_orientation", "immich_assets")


def snapshot(folder: Path) -> dict[str, str]:
    return {str(p): hashlib.blake2b(p.read_bytes()).hexdigest() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.mark.parametrize("name", FOLDERS)
def test_every_file_is_read_or_quarantined_with_a_reason(name: str, shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / name
    before = snapshot(source)
    with Library(tmp_path / "library") as library:
        add_sources(library, [source])
        summary = cull(library, Quiet())
        with library.db.read() as connection:
            rows = connection.execute(
                "SELECT i.filepath, i.quarantine, f.width, m.group_id FROM images i"
                " LEFT JOIN features f ON f.image_id = i.id LEFT JOIN members m ON m.image_id = i.id"
            ).fetchall()
    expected = {to_text(p) for p in source.rglob("*") if p.is_file() and is_image_name(p.name)}
    assert {row[0] for row in rows} == expected
    for path, reason, width, group in rows:
        assert bool(reason) != bool(width), path
        assert bool(reason) != bool(group), path
    assert summary.images + summary.quarantined == len(expected)
    assert snapshot(source) == before, "a source is only read"


def test_all_eight_orientations_are_one_upright_picture(shared_data: Path, tmp_path: Path) -> None:
    with Library(tmp_path / "library") as library:
        add_sources(library, [shared_data / "exif_orientation"])
        cull(library, Quiet())
        with library.db.read() as connection:
            rows = connection.execute(
                "SELECT width, height, phash, group_id FROM features f JOIN members USING (image_id)"
            )
            sizes, hashes, groups = set(), [], set()
            for width, height, phash, group in rows:
                sizes.add((width, height))
                hashes.append(phash & (1 << 64) - 1)
                groups.add(group)
    assert len(hashes) == 9
    assert len(sizes) == 1
    assert len(groups) == 1
    assert all((hashes[0] ^ other).bit_count() <= 4 for other in hashes)
