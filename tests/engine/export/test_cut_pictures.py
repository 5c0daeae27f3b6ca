"""One picture cropped: the format, its depth, its profile and what it says of itself stay; pixels where they can."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageCms, ImageOps, PngImagePlugin

from engine.errors import Unreadable
from engine.export.crops.picture import Exactly, cut
from engine.export.crops.stored import stored
from engine.export.crops.thumbnail import without_thumbnail

W, H = 96, 64
BOX = (13, 7, 61, 39)


def drawn(mode: str = "RGB", size: tuple[int, int] = (W, H)) -> Image.Image:
    pixels = np.random.default_rng(3).integers(0, 256, (size[1], size[0], 4), np.uint8)
    pixels = cv2.GaussianBlur(pixels, (9, 9), 0)
    return Image.fromarray(pixels, "RGBA").convert(mode)


def saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def exif(orientation: int = 1) -> Image.Exif:
    block = Image.Exif()
    block[0x0112] = orientation
    block[0x010E] = "a red coat"
    return block


PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_a_png_of_any_mode_keeps_every_pixel_and_all_it_says(mode: str) -> None:
    about = PngImagePlugin.PngInfo()
    about.add_text("parameters", "a cat, Seed: 7")
    about.add_itxt("prompt", "ein Kätzchen", zip=True)
    original = drawn(mode)
    data = saved(original, "PNG", pnginfo=about, icc_profile=PROFILE if mode in ("RGB", "RGBA") else None, exif=exif())
    made = cut(data, BOX)
    there = opened(made.data)
    assert made.exact
    assert there.mode == opened(data).mode
    assert there.tobytes() == opened(data).crop(BOX).tobytes()
    assert there.text == {"parameters": "a cat, Seed: 7", "prompt": "ein Kätzchen"}
    assert there.info.get("icc_profile") == opened(data).info.get("icc_profile")
    assert there.getexif()[0x010E] == "a red coat"


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_sixteen_bits_stay_sixteen(channels: int) -> None:
    shape = (H, W) if channels == 1 else (H, W, channels)
    pixels = np.random.default_rng(1).integers(0, 65536, shape, np.uint16)
    data = cv2.imencode(".png", pixels)[1].tobytes()
    x1, y1, x2, y2 = BOX
    there = cv2.imdecode(np.frombuffer(cut(data, BOX).data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert there.dtype == np.uint16
    assert np.array_equal(there, pixels[y1:y2, x1:x2])


def test_a_transparent_colour_of_a_palette_stays_transparent() -> None:
    original = drawn("P")
    data = saved(original, "PNG", transparency=opened(saved(original, "PNG")).getpixel((20, 20)))
    there = opened(cut(data, BOX).data)
    assert there.convert("RGBA").tobytes() == opened(data).convert("RGBA").crop(BOX).tobytes()


def test_what_a_png_says_of_bytes_that_changed_is_left_out() -> None:
    data = saved(drawn(), "PNG")
    signed = b"".join(
        struct.pack(">I", 4) + kind + b"sign" + struct.pack(">I", zlib.crc32(kind + b"sign"))
        for kind in (b"caBX", b"vpAg")
    )
    data = data[:33] + signed + data[33:]
    made = cut(data, BOX).data
    assert b"caBX" not in made  # unsafe to copy, by its fourth letter
    assert b"vpAg" in made


def jpeg(orientation: int = 1, **options: Any) -> bytes:
    return saved(drawn(), "JPEG", quality=88, exif=exif(orientation), icc_profile=PROFILE, comment=b"mine", **options)


@pytest.mark.parametrize("subsampling", [0, 1, 2])
@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_cut_on_its_blocks_is_not_encoded_again(subsampling: int, progressive: bool) -> None:
    data = jpeg(subsampling=subsampling, progressive=progressive)
    box = (16, 16, 75, 49)
    made = cut(data, box)
    there, whole = opened(made.data), opened(data)
    assert made.exact
    assert there.size == (59, 33)
    inner = (2, 2, 48, 30)  # away from edges, where the decoder smooths colour with neighbours that are gone
    ours = np.asarray(there.crop(inner), np.int16)
    theirs = np.asarray(whole.crop((box[0] + 2, box[1] + 2, box[0] + 48, box[1] + 30)), np.int16)
    assert np.abs(ours - theirs).max() <= 1
    assert there.info["icc_profile"] == PROFILE
    assert there.getexif()[0x010E] == "a red coat"
    assert there.info["comment"] == b"mine"


def test_a_jpeg_cut_within_a_block_is_encoded_by_its_own_tables() -> None:
    data = jpeg(subsampling=2)
    made = cut(data, BOX)
    there, whole = opened(made.data), opened(data)
    assert not made.exact
    assert there.quantization == whole.quantization
    assert there.size == (48, 32)
    assert np.abs(np.asarray(there, np.int16) - np.asarray(whole.crop(BOX), np.int16)).mean() < 3
    assert there.info["icc_profile"] == PROFILE
    assert there.info["comment"] == b"mine"


def test_a_cmyk_jpeg_keeps_its_colours() -> None:
    data = saved(drawn("CMYK"), "JPEG", quality=90)
    for box in ((16, 16, 75, 49), BOX):
        there = opened(cut(data, box).data)
        assert there.mode == "CMYK"
        assert np.abs(np.asarray(there, np.int16) - np.asarray(opened(data).crop(box), np.int16)).mean() < 4


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_turned_picture_is_cropped_as_a_person_sees_it(kind: str, turn: int) -> None:
    options: Any = {"WEBP": {"lossless": True, "exact": True}, "JPEG": {"quality": 95}}.get(kind, {})
    data = saved(drawn(), kind, exif=exif(turn), **options)
    seen = ImageOps.exif_transpose(opened(data))
    there = ImageOps.exif_transpose(opened(cut(data, (9, 5, 53, 37)).data))
    want = seen.crop((9, 5, 53, 37))
    assert there.size == want.size
    difference = np.abs(np.asarray(there.convert("RGB"), np.int16) - np.asarray(want.convert("RGB"), np.int16))
    assert difference.mean() < (3 if kind == "JPEG" else 1e-9)


@given(st.integers(1, 8), st.integers(1, 40), st.integers(1, 40), st.data())
def test_a_stored_box_holds_the_same_pixels(turn: int, width: int, height: int, data: st.DataObject) -> None:
    picture = Image.fromarray(np.arange(width * height, dtype=np.int32).reshape(height, width))
    picture.getexif()[0x0112] = turn
    seen = ImageOps.exif_transpose(picture)
    x1, y1 = data.draw(st.integers(0, seen.width - 1)), data.draw(st.integers(0, seen.height - 1))
    x2, y2 = data.draw(st.integers(x1 + 1, seen.width)), data.draw(st.integers(y1 + 1, seen.height))
    place = stored((x1, y1, x2, y2), *seen.size, turn)
    inside = sorted(np.asarray(picture.crop(place)).ravel().tolist())
    assert inside == sorted(np.asarray(seen.crop((x1, y1, x2, y2))).ravel().tolist())


@pytest.mark.parametrize("lossless", [True, False])
def test_a_webp_stays_lossless_where_it_is(lossless: bool) -> None:
    data = saved(drawn("RGBA"), "WEBP", lossless=lossless, exact=True, icc_profile=PROFILE)
    made = cut(data, BOX)
    assert made.exact is lossless
    there = opened(made.data)
    assert there.info["icc_profile"] == PROFILE
    error = np.abs(np.asarray(there, np.int16) - np.asarray(opened(data).crop(BOX), np.int16)).mean()
    assert error == 0 if lossless else error < 4


@pytest.mark.parametrize("lossless", [True, False])
def test_a_webp_is_known_by_its_chunks_whatever_its_profile_holds(lossless: bool) -> None:
    profile = b"VP8L" * 10 if not lossless else bytes(9001)
    data = saved(drawn("RGB"), "WEBP", lossless=lossless, exact=True, icc_profile=profile)
    assert cut(data, BOX).exact is lossless


def with_thumbnail(order: str) -> bytes:
    """An EXIF block that says a word, its orientation, and shows a small JPEG of the whole picture."""
    small = saved(drawn(size=(16, 12)), "JPEG")
    words, first = b"a red coat\0\0", 8
    second = first + 2 + 2 * 12 + 4
    picture = second + 2 + 2 * 12 + 4
    mark = b"II*\0" if order == "<" else b"MM\0*"
    block = mark + struct.pack(f"{order}I", first)
    block += struct.pack(f"{order}HHHII", 2, 0x010E, 2, 11, picture + len(small))
    block += struct.pack(f"{order}HHIHHI", 0x0112, 3, 1, 1, 0, second)
    block += struct.pack(f"{order}HHHIIHHIII", 2, 0x0201, 4, 1, picture, 0x0202, 4, 1, len(small), 0)
    return block + small + words


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("box", [BOX, (16, 16, 64, 48)])
def test_no_thumbnail_shows_what_was_cut_away(kind: str, order: str, box: tuple[int, int, int, int]) -> None:
    data = saved(drawn(), kind, exif=b"Exif\0\0" + with_thumbnail(order))
    thumbnail = b"\xff\xd8" + with_thumbnail(order).split(b"\xff\xd8")[1][:100]
    assert thumbnail in data
    made = cut(data, box).data
    assert thumbnail not in made
    said = opened(made).getexif()
    assert (said[0x010E], said[0x0112]) == ("a red coat", 1)
    assert said.get_ifd(ExifTags.IFD.IFD1) == {}


@given(st.binary(max_size=80), st.sampled_from([b"II", b"MM", b"", b"Exif\0\0II"]))
def test_whatever_an_exif_block_holds_it_keeps_its_length(rest: bytes, start: bytes) -> None:
    assert len(without_thumbnail(start + rest)) == len(start + rest)


def test_tiff_and_bmp_keep_every_pixel() -> None:
    for kind, options in (("TIFF", {"compression": "tiff_lzw"}), ("BMP", {})):
        data = saved(drawn(), kind, **options)
        made = cut(data, BOX)
        assert made.exact
        assert opened(made.data).tobytes() == opened(data).crop(BOX).tobytes()
        assert opened(made.data).info.get("compression") == opened(data).info.get("compression")


def test_an_exact_ratio_is_resampled_from_the_float_rectangle() -> None:
    data = saved(drawn("RGB", (100, 133)), "PNG")
    made = cut(data, (10, 10, 60, 77), Exactly((10.0, 10.25, 60.0, 76.75), (100, 133)))
    assert opened(made.data).size == (100, 133)
    assert not made.exact
    want = drawn("RGB", (100, 133)).resize((100, 133), Image.Resampling.LANCZOS, box=(10.0, 10.25, 60.0, 76.75))
    assert opened(made.data).tobytes() == want.tobytes()


def test_what_cannot_be_cropped_is_said_in_a_sentence() -> None:
    frames = [drawn(), ImageOps.mirror(drawn())]
    moving = saved(frames[0], "PNG", save_all=True, append_images=frames[1:])
    with pytest.raises(Unreadable, match="animated"):
        cut(moving, BOX)
    with pytest.raises(Unreadable, match="beyond the picture"):
        cut(saved(drawn(), "PNG"), (10, 10, W + 1, 20))
    with pytest.raises(Unreadable, match="read but not written"):
        cut(saved(drawn("P"), "GIF"), BOX)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["PNG", "JPEG", "WEBP", "TIFF"]), st.data())
def test_broken_files_give_a_sentence_or_a_picture_and_nothing_else(kind: str, data: st.DataObject) -> None:
    whole = bytearray(saved(drawn(), kind))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    broken = bytes(whole[: data.draw(st.integers(1, len(whole)))])
    try:
        made = cut(broken, BOX)
    except Unreadable:
        return
    assert Image.open(io.BytesIO(made.data)).size in ((48, 32), (32, 48))


def test_nothing_is_written_beside_a_jpeg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    cut(jpeg(subsampling=2), (16, 16, 75, 49))
    assert list(tmp_path.iterdir()) == []
