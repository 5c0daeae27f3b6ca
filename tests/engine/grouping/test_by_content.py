"""Equal bytes and equal pixels are near; files that are gone, changed or say more than 8-bit colours are left alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from engine.grouping.by_content import by_content
from engine.grouping.pixel_equal import Task, pixel_contents, pixel_digest
from engine.intake.digest import content_hash
from engine.progress import Cancelled, Quiet
from tests.engine.grouping.crowds import apart_pairs, stars
from tests.pictures import encoded, noise

PICTURE = noise(24, 36)
CLEAR = np.dstack([PICTURE, np.full((24, 36), 255, np.uint8)])
VEILED = CLEAR.copy()
VEILED[0, 0, 3] = 200


def lay(folder: Path, files: dict[str, bytes]) -> tuple[list[str], list[str]]:
    """Write the files; answers with their content hashes and their paths."""
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return [content_hash(data) for data in files.values()], [str(folder / name) for name in files]


def digest(data: bytes, folder: Path, pixels: int = PICTURE.size) -> str:
    contents, paths = lay(folder, {"one": data})
    return pixel_digest(Task(contents[0], paths, pixels))


@settings(max_examples=100, deadline=None)
@given(contents=st.lists(st.sampled_from(["", "a", "b", "c"]), max_size=30), seed=st.integers(0, 999))
def test_groups_by_bytes_are_the_stars_of_brute_force(contents: list[str], seed: int) -> None:
    n = len(contents)
    order, apart = np.random.default_rng(seed).permutation(n), apart_pairs(seed, n, 6) if n else []
    hub = by_content(contents).gather(order, apart)
    assert hub.tolist() == stars(order.tolist(), lambda a, b: contents[a] == contents[b] != "", apart)


def test_the_same_pixels_in_other_files_are_one_content(tmp_path: Path) -> None:
    files = {
        "a.png": encoded(PICTURE),
        "b.png": encoded(PICTURE, compress_level=1),
        "c.bmp": encoded(PICTURE, "BMP"),
        "d.png": encoded(255 - PICTURE),
        "e.jpg": encoded(PICTURE, "JPEG"),
        "f.png": encoded(PICTURE),
    }
    contents, paths = lay(tmp_path, files)
    way = by_content(contents, paths, [(36, 24)] * 6, np.zeros(6, np.uint64))
    assert way.gather(np.array([3, 2, 5, 4, 1, 0])).tolist() == [2, 2, 2, 3, 4, 2]


def test_only_files_of_one_size_and_one_hash_are_read(tmp_path: Path) -> None:
    contents, paths = lay(tmp_path, {"a.png": encoded(PICTURE), "b.bmp": encoded(PICTURE, "BMP")})
    for sizes, hashes in (([(36, 24), (24, 36)], [1, 1]), ([(36, 24)] * 2, [1, 2])):
        assert pixel_contents(contents, paths, sizes, np.array(hashes, np.uint64)) == contents


def test_a_file_that_is_gone_or_changed_or_unknown_is_left_alone(tmp_path: Path) -> None:
    contents, paths = lay(tmp_path, {name: encoded(PICTURE, level) for name, level in (("a", "PNG"), ("b", "BMP"))})
    (tmp_path / "a").unlink()
    (tmp_path / "c").write_bytes(encoded(PICTURE, "TIFF"))
    known = [*contents, content_hash(b"what it was"), ""]
    found = pixel_contents(known, [*paths, str(tmp_path / "c"), paths[1]], [(36, 24)] * 4, np.zeros(4, np.uint64))
    assert found == known


def test_any_file_of_a_content_will_do(tmp_path: Path) -> None:
    data = encoded(PICTURE)
    contents, paths = lay(tmp_path, {"b.png": data})
    assert pixel_digest(Task(contents[0], [str(tmp_path / "gone"), paths[0]], PICTURE.size)) != ""


def test_opaque_alpha_is_no_difference_and_a_veil_is(tmp_path: Path) -> None:
    plain, clear, veiled = (digest(encoded(p), tmp_path) for p in (PICTURE, CLEAR, VEILED))
    assert plain == clear != veiled
    assert veiled


def test_a_colour_profile_is_a_difference(tmp_path: Path) -> None:
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    assert digest(encoded(PICTURE, icc_profile=profile), tmp_path) not in {"", digest(encoded(PICTURE), tmp_path)}


@pytest.mark.parametrize(
    "data",
    [
        encoded(PICTURE, "GIF", save_all=True, append_images=[Image.fromarray(255 - PICTURE)]),
        encoded(Image.fromarray(np.arange(864, dtype=np.uint16).reshape(24, 36) * 70)),
        encoded(Image.fromarray(np.arange(864, dtype=np.uint16).reshape(24, 36) * 70), "TIFF"),
        encoded(Image.fromarray(PICTURE).convert("CMYK"), "JPEG"),
        encoded(PICTURE)[:200],
        b"no picture",
        b"",
    ],
    ids=["two frames", "16-bit PNG", "16-bit TIFF", "CMYK", "cut short", "text", "empty"],
)
def test_a_file_that_may_show_more_or_nothing_is_left_alone(data: bytes, tmp_path: Path) -> None:
    assert digest(data, tmp_path) == ""


def test_a_file_larger_than_the_library_knows_is_not_decoded(tmp_path: Path) -> None:
    assert digest(encoded(PICTURE), tmp_path, 36 * 24 - 1) == ""
    assert digest(encoded(PICTURE), tmp_path, 36 * 24) != ""


def test_comparing_stops_when_asked(tmp_path: Path) -> None:
    class Stop(Quiet):
        def step(self, done: int, current: str = "") -> None:
            raise Cancelled

    contents, paths = lay(tmp_path, {"a.png": encoded(PICTURE), "b.bmp": encoded(PICTURE, "BMP")})
    with pytest.raises(Cancelled):
        by_content(contents, paths, [(36, 24)] * 2, np.zeros(2, np.uint64), Stop())
