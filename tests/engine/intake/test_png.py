from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from pictures import as_pillow, encoded, noise
from PIL import Image, PngImagePlugin

from engine.errors import Unreadable
from engine.intake import png
from engine.intake.decode import Decoded, decode

PICTURE = noise(40, 50, seed=3)


def read(data: bytes) -> Decoded:
    return decode(data, full_jpeg=True, max_pixels=10_000_000)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def with_chunks(*chunks: bytes) -> bytes:
    """A PNG of PICTURE with these after its header."""
    data = encoded(PICTURE)
    return data[:33] + b"".join(chunks) + data[33:]


def interlaced(pixels: np.ndarray) -> bytes:
    """Adam7, written by hand: Pillow reads it but does not write it."""
    height, width, channels = pixels.shape
    rows = b""
    for x0, y0, dx, dy in (
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ):
        part = pixels[y0::dy, x0::dx]
        if part.size:
            rows += b"".join(b"\0" + row.tobytes() for row in part)
    color = {1: 0, 3: 2, 4: 6}[channels]
    header = struct.pack(">IIBBBBB", width, height, 8, color, 0, 0, 1)
    return png.SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("size", [(40, 50), (1, 1), (3, 2), (9, 17)])
def test_interlaced_files_give_pillows_pixels(channels: int, size: tuple[int, int]) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (*size, channels), dtype=np.uint8)
    data = interlaced(pixels)
    assert np.array_equal(read(data).rgb, as_pillow(data))


def test_texts_of_every_kind_are_read() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("parameters", "a cat\nSteps: 20")
    info.add_text("packed", "b" * 5000, zip=True)
    info.add_itxt("prompt", '{"1": "Ω 漢"}')
    info.add_itxt("workflow", "ž" * 3000, zip=True)
    text = read(encoded(Image.fromarray(PICTURE), pnginfo=info)).text
    assert text == {
        "parameters": "a cat\nSteps: 20",
        "packed": "b" * 5000,
        "prompt": '{"1": "Ω 漢"}',
        "workflow": "ž" * 3000,
    }


def test_text_after_the_picture_is_read_too() -> None:
    data = encoded(PICTURE)
    assert read(data[:-12] + chunk(b"tEXt", b"late\0yes") + data[-12:]).text == {"late": "yes"}


def test_a_text_bomb_is_left_out_and_the_picture_kept() -> None:
    bomb = zlib.compress(b"a" * (60 << 20))
    data = with_chunks(
        chunk(b"zTXt", b"bomb\0\0" + bomb), chunk(b"iTXt", b"b2\0\x01\0\0\0" + bomb), chunk(b"tEXt", b"k\0v")
    )
    decoded = read(data)
    assert decoded.text == {"k": "v"}
    assert np.array_equal(decoded.rgb, PICTURE)


def test_all_texts_together_have_a_limit() -> None:
    packed = zlib.compress(b"a" * (png.MAX_TEXT - 1))
    text = read(with_chunks(*(chunk(b"zTXt", b"k%d\0\0" % i + packed) for i in range(20)))).text
    assert 0 < sum(map(len, text.values())) <= png.MAX_TEXTS


@pytest.mark.parametrize("body", [b"", b"nokey", b"\0", b"k\0", b"k\0\0", b"k\0\x01\0", b"k\0\x01\0\0\0notzip"])
@pytest.mark.parametrize("kind", [b"tEXt", b"zTXt", b"iTXt"])
def test_malformed_text_does_no_harm(kind: bytes, body: bytes) -> None:
    assert np.array_equal(read(with_chunks(chunk(kind, body))).rgb, PICTURE)


def test_text_too_large_for_pillow_does_not_refuse_a_palette_picture() -> None:
    plain = encoded(Image.fromarray(PICTURE).convert("P"))
    data = plain[:33] + chunk(b"zTXt", b"bomb\0\0" + zlib.compress(b"a" * (60 << 20))) + plain[33:]
    assert np.array_equal(read(data).rgb, as_pillow(plain))


def test_image_data_that_fails_its_checksum_is_refused() -> None:
    data = bytearray(encoded(PICTURE))
    for place in range(60, len(data) - 12, max(1, len(data) // 40)):
        broken = bytearray(data)
        broken[place] ^= 4
        with pytest.raises(Unreadable):
            read(bytes(broken))


def test_a_raw_exif_profile_in_text_turns_the_picture() -> None:
    block = Image.Exif()
    block[274] = 6
    payload = block.tobytes()
    profile = f"\nexif\n{len(payload):8}\n{payload.hex()}\n"
    data = with_chunks(chunk(b"tEXt", b"Raw profile type exif\0" + profile.encode()))
    assert np.array_equal(read(data).rgb, as_pillow(data))
    assert read(data).width == 40


def test_an_orientation_in_xmp_turns_the_picture() -> None:
    packet = b'<x:xmpmeta><rdf:Description tiff:Orientation="8"/></x:xmpmeta>'
    data = with_chunks(chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + packet))
    assert np.array_equal(read(data).rgb, as_pillow(data))
    assert read(data).width == 40


def test_a_picture_without_size_is_refused() -> None:
    header = struct.pack(">IIBBBBB", 0, 5, 8, 2, 0, 0, 0)
    with pytest.raises(Unreadable, match="no size"):
        read(png.SIGNATURE + chunk(b"IHDR", header) + chunk(b"IEND", b""))
