"""EXIF is read as cameras and generators write it, and damage is survived."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from engine.intake.metadata import exif_orientation, exif_taken_at, read_generation

PARAMETERS = "a dück\nNegative prompt: snow\nSteps: 15, Sampler: UniPC, CFG scale: 5, Seed: 42, Size: 512x400, Model: m"


def made(orientation: object = None, taken: object = None, comment: bytes = b"") -> bytes:
    exif = Image.Exif()
    if orientation is not None:
        exif[0x0112] = orientation
    inner = exif.get_ifd(0x8769)
    if taken is not None:
        inner[0x9003] = taken
    if comment:
        inner[0x9286] = comment
    return exif.tobytes()


@pytest.mark.parametrize("value", range(1, 9))
def test_all_eight_orientations_are_read(value: int) -> None:
    assert exif_orientation(made(value)) == value
    assert exif_orientation(made(value).removeprefix(b"Exif\0\0")) == value


@pytest.mark.parametrize("value", [0, 9, 65535])
def test_an_impossible_orientation_is_upright(value: int) -> None:
    assert exif_orientation(made(value)) == 1


def test_big_endian_blocks_are_read() -> None:
    block = b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, 6, 0, 0)
    assert exif_orientation(block) == 6


@pytest.mark.parametrize(
    ("written", "when"),
    [
        ("2024:02:29 10:11:12", "2024-02-29T10:11:12"),
        ("2023:02:29 10:11:12", ""),
        ("0000:00:00 00:00:00", ""),
        ("    :  :     :  :  ", ""),
        ("2024-02-29 10:11:12", "2024-02-29T10:11:12"),
        ("", ""),
    ],
)
def test_the_time_taken_is_read_when_it_exists(written: str, when: str) -> None:
    assert exif_taken_at(made(taken=written)) == when


@pytest.mark.parametrize(
    "comment",
    [
        b"UNICODE\0" + PARAMETERS.encode("utf-16-be"),
        b"UNICODE\0" + PARAMETERS.encode("utf-16-le"),
        b"UNICODE\0" + PARAMETERS.encode("utf-16"),
        b"ASCII\0\0\0" + PARAMETERS.encode(),
        b"\0" * 8 + PARAMETERS.encode(),
        b"UNICODE\0" + PARAMETERS.replace("ü", "u").encode(),
        PARAMETERS.encode(),
    ],
)
def test_parameters_in_a_comment_are_read_in_any_character_set(comment: bytes) -> None:
    found = read_generation("JPEG", {}, made(comment=comment))
    assert (found.prompt.replace("ü", "u"), found.negative, found.seed, found.model) == ("a duck", "snow", "42", "m")
    assert (found.width, found.height, found.origin) == (512, 400, "exif")


def test_a_photo_says_nothing_about_generation() -> None:
    assert read_generation("JPEG", {}, made(6, "2024:02:29 10:11:12", b"ASCII\0\0\0holiday")).origin == ""


def test_comfyui_in_webp_tags_is_read() -> None:
    exif = Image.Exif()
    exif[0x0110] = (
        'prompt:{"1":{"class_type":"KSampler","inputs":{"seed":7,"steps":4,"positive":["2",0]}},'
        '"2":{"class_type":"CLIPTextEncode","inputs":{"text":"a hare"}}}'
    )
    found = read_generation("WEBP", {}, exif.tobytes())
    assert (found.tool, found.prompt, found.seed, found.origin) == ("ComfyUI", "a hare", "7", "exif")


@given(st.binary(max_size=300))
def test_noise_is_survived(noise: bytes) -> None:
    for block in (noise, b"Exif\0\0II*\0\x08\0\0\0" + noise, b"MM\0*\0\0\0\x08" + noise):
        assert 1 <= exif_orientation(block) <= 8
        assert len(exif_taken_at(block)) in {0, 19}
        read_generation("JPEG", {}, block)


@given(st.data())
def test_damage_anywhere_is_survived(data: st.DataObject) -> None:
    block = bytearray(made(6, "2024:02:29 10:11:12", b"UNICODE\0" + PARAMETERS.encode("utf-16-be")))
    for _ in range(data.draw(st.integers(1, 5))):
        block[data.draw(st.integers(0, len(block) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(block[: data.draw(st.integers(0, len(block)))])
    assert 1 <= exif_orientation(cut) <= 8
    exif_taken_at(cut)
    read_generation("JPEG", {}, cut)
