from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures import noise
from PIL import Image

from engine.intake import thumbs
from engine.intake.thumbnames import thumb_path


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@settings(max_examples=40, deadline=None)
@given(height=st.integers(1, 1700), width=st.integers(1, 1700))
def test_long_side_is_the_asked_one_and_nothing_grows(height: int, width: int) -> None:
    small = opened(thumbs.thumbnail(np.zeros((height, width, 3), np.uint8), 256))
    assert small.format == "JPEG"
    assert max(small.size) == min(256, max(height, width))
    shrink = max(1.0, max(height, width) / 256)
    assert abs(small.width - width / shrink) <= 1
    assert abs(small.height - height / shrink) <= 1


@pytest.mark.parametrize("shape", [(1536, 1024), (700, 900), (513, 512), (2001, 1333), (4000, 600)])
def test_it_looks_like_the_picture(shape: tuple[int, int]) -> None:
    rgb = noise(*shape, seed=5, cell=max(shape) // 12)
    small = opened(thumbs.thumbnail(rgb))
    expected = np.asarray(Image.fromarray(rgb).resize(small.size, Image.Resampling.BOX), np.float64)
    assert np.abs(np.asarray(small, np.float64) - expected).mean() < 4


def test_path_spreads_over_folders_by_the_first_two_digits(tmp_path: Path) -> None:
    assert thumb_path(tmp_path, "abcdef0123") == tmp_path / "ab" / "abcdef0123.jpg"


def test_writing_replaces_whole_and_leaves_nothing_beside(tmp_path: Path) -> None:
    target = tmp_path / "ab" / "abc.jpg"
    thumbs.write_atomic(target, b"one")
    thumbs.write_atomic(target, b"two")
    assert target.read_bytes() == b"two"
    assert [p.name for p in target.parent.iterdir()] == ["abc.jpg"]


def test_a_write_that_fails_leaves_the_old_file_and_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "abc.jpg"
    thumbs.write_atomic(target, b"one")
    monkeypatch.setattr(thumbs.os, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        thumbs.write_atomic(target, b"two")
    assert target.read_bytes() == b"one"
    assert [p.name for p in tmp_path.iterdir()] == ["abc.jpg"]
