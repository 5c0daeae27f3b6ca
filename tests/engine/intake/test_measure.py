from __future__ import annotations

import os
from pathlib import Path

import imagehash
import numpy as np
import pytest
from blake3 import blake3
from pictures import encoded, exif_with, noise
from PIL import Image, PngImagePlugin

from engine.errors import Unreadable
from engine.intake import measure as subject
from engine.intake.measure import measure, read_file
from engine.intake.model import Measured
from engine.intake.thumbnames import thumb_path


def measured(path: Path, thumbs: Path, full_jpeg: bool = False) -> Measured:
    return measure(read_file(path), thumbs, full_jpeg=full_jpeg, max_pixels=50_000_000)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    info = PngImagePlugin.PngInfo()
    info.add_text("parameters", "a red cat\nNegative prompt: dog\nSteps: 20, Sampler: Euler, Seed: 42, Size: 300x200")
    path = tmp_path / "source" / "a picture.png"
    path.parent.mkdir()
    path.write_bytes(encoded(Image.fromarray(noise(200, 300, seed=9)), pnginfo=info))
    return path


def test_one_pass_tells_everything(picture: Path, tmp_path: Path) -> None:
    found = measured(picture, tmp_path / "thumbs")
    with Image.open(picture) as image:
        assert found.phash == int(str(imagehash.phash(image)), 16)
        assert found.dhash == int(str(imagehash.dhash(image)), 16)
    about = picture.stat()
    assert (found.size_bytes, found.mtime_ns) == (about.st_size, about.st_mtime_ns)
    assert (found.format, found.width, found.height) == ("PNG", 300, 200)
    assert found.content_hash == blake3(picture.read_bytes()).hexdigest(16)
    assert found.generation.prompt == "a red cat"
    assert found.generation.seed == "42"
    assert 0 < found.quality.brightness < 1


def test_the_thumbnail_is_written_once(picture: Path, tmp_path: Path) -> None:
    thumbs = tmp_path / "thumbs"
    path = thumb_path(thumbs, measured(picture, thumbs).content_hash)
    with Image.open(path) as small:
        assert small.size == (300, 200)
    path.write_bytes(b"already there")
    measured(picture, thumbs)
    assert path.read_bytes() == b"already there"
    assert list(tmp_path.rglob("*.part")) == []


def test_the_source_folder_is_left_as_it_was(picture: Path, tmp_path: Path) -> None:
    before = (picture.stat().st_mtime_ns, picture.read_bytes(), list(picture.parent.iterdir()))
    measured(picture, tmp_path / "thumbs")
    assert before == (picture.stat().st_mtime_ns, picture.read_bytes(), list(picture.parent.iterdir()))


def test_a_jpeg_tells_when_it_was_taken_and_its_whole_size(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(encoded(noise(2000, 2600), "JPEG", exif=exif_with(orientation=6, taken="2021:07:08 09:10:11")))
    half = measured(path, tmp_path / "thumbs")
    full = measured(path, tmp_path / "thumbs", full_jpeg=True)
    assert half.taken_at == "2021-07-08T09:10:11"
    assert (half.width, half.height) == (full.width, full.height) == (2000, 2600)
    assert (half.phash ^ full.phash).bit_count() <= 2


def test_a_name_that_is_no_utf8_is_read(picture: Path, tmp_path: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe\n.png"))
    try:
        odd.write_bytes(picture.read_bytes())
    except OSError:
        pytest.skip("this disk holds only UTF-8 names")
    assert read_file(odd).hash == read_file(picture).hash


def test_what_is_no_file_is_refused_with_its_reason(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="cannot be opened"):
        read_file(tmp_path / "missing.png")
    with pytest.raises(Unreadable):
        read_file(tmp_path)
    with pytest.raises(Unreadable):
        read_file(str(tmp_path) + "/nul\0name.png")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_refused_and_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(Unreadable, match="not a regular file"):
        read_file(tmp_path / "pipe.png")


def test_a_file_too_large_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "LARGEST_FILE", 10)
    (tmp_path / "big.png").write_bytes(b"x" * 11)
    with pytest.raises(Unreadable, match="too large"):
        read_file(tmp_path / "big.png")


def test_a_full_disk_costs_the_thumbnail_and_not_the_image(
    picture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(subject.thumbs, "write_atomic", full)
    assert measured(picture, tmp_path / "thumbs").width == 300
    assert not (tmp_path / "thumbs").exists()


def test_alpha_is_dropped_from_the_hash(tmp_path: Path) -> None:
    rgb = noise(200, 150, seed=4)
    clear = np.dstack([rgb, np.zeros((200, 150), np.uint8)])
    for name, pixels in (("plain.png", rgb), ("clear.png", clear)):
        (tmp_path / name).write_bytes(encoded(pixels))
    plain, seen_through = (measured(tmp_path / name, tmp_path / "t") for name in ("plain.png", "clear.png"))
    assert (plain.phash, plain.dhash) == (seen_through.phash, seen_through.dhash)
