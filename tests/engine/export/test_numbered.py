"""Names that begin with a number: short enough for any disk, wide enough for any count, and still companions."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.export.numbered import LONGEST, Planned, find_place, named, prefixes, signature
from engine.intake.companions import companions_in, is_image_name

STEMS = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=250).filter(
    lambda stem: len(os.fsencode(stem)) <= 230 and not stem.startswith(".") and Path(stem).name == stem
)
TAILS = st.lists(st.sampled_from([".yaml", ".caption", ".png.crop_suggestions.json", ".b.txt"]), unique=True)


@given(STEMS, TAILS, st.integers(1, 99_999))
def test_a_numbered_image_keeps_its_companions_within_the_length_of_a_name(
    stem: str, tails: list[str], number: int
) -> None:
    prefix = f"{number:04}_"
    files = [Path("/s") / (stem + tail) for tail in (".png", *tails)]
    given_names = named(prefix, files)
    texts = [name for _, name in given_names]
    assert [file for file, _ in given_names] == files
    assert all(len(os.fsencode(name)) <= LONGEST and name.startswith(prefix) for name in texts)
    assert len(set(texts)) == len(texts)
    assert set(companions_in(texts, is_image_name).get(texts[0], ())) == set(texts[1:])
    if all(len(os.fsencode(prefix + file.name)) <= LONGEST for file in files):
        assert texts == [prefix + file.name for file in files]


def test_bytes_that_are_no_text_are_kept() -> None:
    image = Path(os.fsdecode(b"/s/\xff\xfe.png"))
    assert named("0001_", [image])[0][1] == os.fsdecode(b"0001_\xff\xfe.png")


def test_a_companion_that_leaves_no_room_is_refused() -> None:
    with pytest.raises(OSError, match="too long"):
        named("0001_", [Path("/s/a.png"), Path("/s/a." + "x" * 253)])


@pytest.mark.parametrize(("count", "first", "last"), [
    (1, "0001_", "0001_"), (9999, "0001_", "9999_"), (10_000, "00001_", "10000_"), (100_000, "000001_", "100000_"),
])  # fmt: skip
def test_the_numbers_are_as_wide_as_the_last_one_needs(count: int, first: str, last: str) -> None:
    made = list(prefixes(count))
    assert (made[0], made[-1], len(made)) == (first, last, count)
    assert made == sorted(made)


def test_the_order_is_part_of_what_an_export_is() -> None:
    one, other = (Planned(Path(f"/s/{name}.png"), "0001_", ()) for name in "ab")
    assert signature([one, other]) != signature([other, one])
    assert signature([one]) == signature([one._replace(files=((one.image, "0001_a.png"),))])


def test_a_date_at_the_start_of_a_name_is_no_number(tmp_path: Path) -> None:
    image = tmp_path / "a.png"
    image.write_bytes(b"a")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "20260101_mine.png").write_bytes(b"mine")
    plan = [Planned(image, "0001_", named("0001_", [image]))]
    assert find_place(tmp_path / "out", plan).folder == tmp_path / "out"
    (tmp_path / "out" / "0009_other.png").write_bytes(b"another export")
    assert find_place(tmp_path / "out", plan).folder == tmp_path / "out (2)"
