from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pictures import as_pillow, encoded, exif_with, noise
from PIL import Image

from engine.errors import Unreadable
from engine.intake import pixels
from engine.intake.decode import Decoded, decode

LIMIT = 10_000_000


def read(data: bytes, full_jpeg: bool = True, max_pixels: int = LIMIT) -> Decoded:
    return decode(data, full_jpeg=full_jpeg, max_pixels=max_pixels)


def read_or_none(data: bytes) -> np.ndarray | None:
    """The pixels; None where the file is refused, which is checked to be done in a sentence."""
    try:
        return read(data).rgb
    except Unreadable as refused:
        if not refused.message.endswith("."):
            raise AssertionError(refused.message) from refused
        return None


IMAGE = Image.fromarray(noise(61, 97, seed=1))
ALPHA = Image.merge("RGBA", [*IMAGE.split(), IMAGE.getchannel(0)])
SAMPLES = {
    "png": encoded(IMAGE),
    "png grey": encoded(IMAGE.convert("L")),
    "png alpha": encoded(ALPHA),
    "png grey alpha": encoded(ALPHA.convert("LA")),
    "png palette": encoded(IMAGE.convert("P")),
    "png transparent colour": encoded(IMAGE, transparency=(0, 0, 0)),
    "png transparent palette": encoded(IMAGE.convert("P"), transparency=3),
    "png bits": encoded(IMAGE.convert("1")),
    "png animated": encoded(IMAGE, save_all=True, append_images=[IMAGE.rotate(180)]),
    "jpeg": encoded(IMAGE, "JPEG", quality=95),
    "jpeg grey": encoded(IMAGE.convert("L"), "JPEG"),
    "jpeg 444": encoded(IMAGE, "JPEG", subsampling=0),
    "jpeg progressive": encoded(IMAGE, "JPEG", progressive=True),
    "jpeg restarts": encoded(IMAGE, "JPEG", restart_marker_blocks=3),
    "jpeg cmyk": encoded(IMAGE.convert("CMYK"), "JPEG"),
    "webp": encoded(IMAGE, "WEBP"),
    "gif": encoded(IMAGE, "GIF"),
    "bmp": encoded(IMAGE, "BMP"),
    "tiff": encoded(IMAGE, "TIFF", compression="tiff_lzw"),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_pixels_are_pillows(name: str) -> None:
    decoded = read(SAMPLES[name])
    assert np.array_equal(decoded.rgb, as_pillow(SAMPLES[name]))
    assert decoded.rgb.dtype == np.uint8
    assert decoded.pixels.flags.c_contiguous
    assert (decoded.width, decoded.height, decoded.scale) == (97, 61, 1)
    assert decoded.format == name.split(maxsplit=1)[0].upper()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_is_applied(kind: str, orientation: int) -> None:
    data = encoded(IMAGE, kind, exif=exif_with(orientation=orientation))
    decoded = read(data)
    assert np.array_equal(decoded.rgb, as_pillow(data))
    assert (decoded.width, decoded.height) == ((61, 97) if orientation >= 5 else (97, 61))


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_is_none_changes_nothing(orientation: int) -> None:
    data = encoded(IMAGE, "JPEG", exif=exif_with(orientation=orientation))
    assert np.array_equal(read(data).rgb, as_pillow(data))


def test_sixteen_bits_are_scaled_and_not_clipped() -> None:
    ramp = np.linspace(0, 65535, 256 * 64).astype(np.uint16).reshape(64, 256)
    grey = read(encoded(Image.fromarray(ramp))).rgb[:, :, 0]
    assert np.abs(grey - ramp / 257.0).max() <= 0.5


def test_floats_are_scaled_by_the_range_they_use() -> None:
    unit = np.linspace(0, 1, 4096, dtype=np.float32).reshape(64, 64)
    unit[0, 0] = np.nan
    for values, white in ((unit, 1.0), (unit * 255, 255.0), (unit * 9e6, 9e6)):
        grey = read(encoded(Image.fromarray(values), "TIFF")).rgb[:, :, 0]
        assert np.abs(grey - np.nan_to_num(values) * (255 / white)).max() <= 0.5 + 1e-3


@pytest.mark.parametrize("name", ["png", "jpeg", "webp", "gif", "tiff", "png palette", "jpeg cmyk"])
def test_too_many_pixels_are_refused_before_decoding(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.intake.png._fast", None)
    monkeypatch.setattr("engine.intake.jpeg._turbo", None)
    with pytest.raises(Unreadable, match="too large") as refused:
        read(SAMPLES[name], max_pixels=61 * 97 - 1)
    assert refused.value.hint


@pytest.mark.parametrize("name", [name for name in SAMPLES if name != "bmp"])
def test_a_file_cut_anywhere_is_refused_or_whole(name: str) -> None:
    data = SAMPLES[name]
    whole = read(data).rgb
    for stop in {0, 1, 4, 20, 33, *range(40, len(data), max(1, len(data) // 25))}:
        rgb = read_or_none(data[:stop])
        assert rgb is None or np.array_equal(rgb, whole)


@pytest.mark.parametrize("name", ["png", "jpeg", "jpeg progressive", "png palette"])
def test_half_a_file_says_that_it_is_cut_short(name: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(SAMPLES[name][: len(SAMPLES[name]) // 2])
    assert refused.value.message == pixels.CUT_SHORT


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=st.sampled_from(sorted(SAMPLES)), flips=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 7)), max_size=4))
def test_flipped_bits_never_raise_anything_else(name: str, flips: list[tuple[float, int]]) -> None:
    data = bytearray(SAMPLES[name])
    for place, bit in flips:
        data[int(place * (len(data) - 1))] ^= 1 << bit
    rgb = read_or_none(bytes(data))
    assert rgb is None or (rgb.ndim == 3 and rgb.shape[2] == 3)


@settings(max_examples=150, deadline=None)
@given(
    head=st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"RIFF\0\0\0\0WEBP", b"II*\0", b"BM"]),
    tail=st.binary(max_size=200),
)
def test_any_bytes_at_all_are_refused_with_a_sentence(head: bytes, tail: bytes) -> None:
    assert read_or_none(head + tail) is None or tail


def test_nothing_is_printed_and_nothing_is_warned(capfd: pytest.CaptureFixture[str]) -> None:
    for data in SAMPLES.values():
        for cut in (len(data), len(data) // 2):
            read_or_none(data[:cut])
    assert capfd.readouterr() == ("", "")


def test_what_is_no_picture_is_called_so() -> None:
    for data, word in ((b"", "empty"), (b"\0" * 500, "zeros"), (b"hello world", "not a picture")):
        with pytest.raises(Unreadable, match=word):
            read(data)
    with pytest.raises(Unreadable, match="HEIC"):
        read(b"\0\0\0\x18ftypheic" + b"\0" * 40)
