from __future__ import annotations

import numpy as np
import pytest
from pictures import as_pillow, encoded, exif_with, noise
from PIL import Image

from engine.errors import Unreadable
from engine.intake import exif, hashes
from engine.intake.decode import Decoded, decode


def read(data: bytes, full: bool = False) -> Decoded:
    return decode(data, full_jpeg=full, max_pixels=100_000_000)


@pytest.mark.parametrize(
    ("size", "scale"), [((1998, 2400), 1), ((2000, 2000), 2), ((2001, 3001), 2), ((1999, 3000), 1)]
)
def test_half_size_is_taken_only_where_a_thousand_pixels_remain(size: tuple[int, int], scale: int) -> None:
    data = encoded(noise(*size, seed=1), "JPEG")
    decoded = read(data)
    assert decoded.scale == scale
    assert (decoded.height, decoded.width) == size
    assert decoded.rgb.shape[:2] == (-(-size[0] // scale), -(-size[1] // scale))
    assert read(data, full=True).scale == 1


@pytest.mark.parametrize("subsampling", [0, 1, 2])
def test_hashes_of_a_half_size_decode_are_within_two_bits(subsampling: int) -> None:
    for seed in range(3):
        rgb = noise(2000, 2600, seed)
        rgb = np.clip(rgb.astype(int) + np.random.default_rng(seed).integers(-20, 20, rgb.shape), 0, 255)
        data = encoded(rgb.astype(np.uint8), "JPEG", quality=88, subsampling=subsampling)
        for half, full in zip(hashes.phash_dhash(read(data).rgb), hashes.phash_dhash(as_pillow(data)), strict=True):
            assert (half ^ full).bit_count() <= 2


@pytest.mark.parametrize("orientation", [1, 3, 6, 8, 7])
def test_a_half_size_decode_is_turned_upright_and_tells_the_whole_size(orientation: int) -> None:
    data = encoded(noise(2000, 2602, seed=1), "JPEG", exif=exif_with(orientation=orientation))
    decoded = read(data)
    full = as_pillow(data)
    assert (decoded.height, decoded.width) == full.shape[:2]
    half = np.asarray(Image.fromarray(full).reduce(2), int)
    assert np.abs(decoded.rgb.astype(int) - half).mean() < 2


def test_an_exif_date_is_read_and_a_wrong_one_is_not() -> None:
    assert exif.taken_at(read(encoded(noise(9, 9), "JPEG", exif=exif_with(taken="2024:02:29 10:11:12"))).exif) == (
        "2024-02-29T10:11:12"
    )
    for wrong in ("2023:02:29 10:11:12", "0000:00:00 00:00:00", "yesterday", "", "    :  :     :  :  "):
        assert exif.taken_at(read(encoded(noise(9, 9), "JPEG", exif=exif_with(taken=wrong))).exif) == ""


def test_exif_that_is_no_exif_is_survived() -> None:
    for block in (b"", b"II", b"II*\0\xff\xff\xff\xff", b"MM\0*" + bytes(range(256)), b"II*\0\x08\0\0\0\xff\xff"):
        assert exif.orientation(block) == 1
        assert exif.taken_at(block) == ""


def test_stray_bytes_before_a_marker_do_not_lose_the_picture() -> None:
    data = encoded(noise(40, 60), "JPEG")
    padded = data[:-2] + b"\0\0\0\0" + data[-2:]
    assert np.array_equal(read(padded).rgb, as_pillow(data))


def test_bytes_after_the_end_are_ignored() -> None:
    data = encoded(noise(40, 60), "JPEG")
    assert np.array_equal(read(data + b"trailing video" * 50).rgb, as_pillow(data))


@pytest.mark.parametrize("filler", [b"\0", b"\xff", b"\xff\xd0", b"\xff\xfe\0\0"])
def test_endless_filling_is_refused_at_once(filler: bytes) -> None:
    with pytest.raises(Unreadable):
        read(b"\xff\xd8\xff" + filler * 5_000_000)
