"""Companions belong to the image whose stem is the longest that fits."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.intake.companions import companions_in, companions_of, is_image_name


def pairs(*names: str) -> dict[str, tuple[str, ...]]:
    return companions_in(names, is_image_name)


def test_a_companion_starts_with_the_stem_and_a_dot() -> None:
    names = ("a.png", "a.yaml", "a.caption", "a.cropped", "a.png.crop_suggestions.json", "ab.yaml", "a_b.yaml", "a")
    assert pairs(*names) == {"a.png": ("a.caption", "a.cropped", "a.png.crop_suggestions.json", "a.yaml")}


def test_the_longest_stem_wins() -> None:
    assert pairs("a.png", "a.b.png", "a.b.yaml") == {"a.b.png": ("a.b.yaml",)}
    assert pairs("a.png", "a.b.yaml") == {"a.png": ("a.b.yaml",)}


def test_two_formats_of_one_stem_share_what_does_not_name_one_of_them() -> None:
    assert pairs("a.png", "a.jpg", "a.yaml", "a.png.json") == {"a.png": ("a.png.json", "a.yaml"), "a.jpg": ("a.yaml",)}


def test_an_image_is_nobodys_companion() -> None:
    assert pairs("a.png", "a.b.png", "a.jpg") == {}


@pytest.mark.parametrize("name", ["a.png", "a.PNG", "a.b.jpeg", "a.webp", "a.avif", "a.heic", "a.tif", "a.bmp"])
def test_an_image_is_known_by_its_suffix(name: str) -> None:
    assert is_image_name(name)


@pytest.mark.parametrize("name", [".a.png", "._a.png", ".png", "png", "a.png.json", "a.yaml", "a.", "", "a.png "])
def test_hidden_files_and_others_are_no_images(name: str) -> None:
    assert not is_image_name(name)


def test_one_images_companions_are_found_on_disk(tmp_path: Path) -> None:
    for name in ("a.png", "a.b.png", "a.yaml", "a.b.yaml", "a.c.txt", "b.yaml", "a\udcff.png", "a\udcff.txt"):
        (tmp_path / name).touch()
    (tmp_path / "a.folder").mkdir()
    assert companions_of(tmp_path / "a.png") == (tmp_path / "a.c.txt", tmp_path / "a.yaml")
    assert companions_of(tmp_path / "a.b.png") == (tmp_path / "a.b.yaml",)
    assert companions_of(tmp_path / "a\udcff.png") == (tmp_path / "a\udcff.txt",)
    assert companions_of(tmp_path / "none.png") == ()


def owners(name: str, images: list[str]) -> set[str]:
    """The rule word for word, image by image."""
    fits = [(stem, i) for i in images for stem in {i.rpartition(".")[0], i} if name.startswith(stem + ".")]
    longest = max((len(stem) for stem, _ in fits), default=0)
    return {i for stem, i in fits if len(stem) == longest}


NAMES = st.lists(st.from_regex(r"[ab]{1,2}(\.(png|jpg|b|yaml|a)){0,3}", fullmatch=True), max_size=12, unique=True)


@given(NAMES)
def test_the_fast_pairing_is_the_rule_word_for_word(names: list[str]) -> None:
    images = [n for n in names if is_image_name(n)]
    found = companions_in(names, is_image_name)
    for name in set(names) - set(images):
        assert {i for i in images if name in found.get(i, ())} == owners(name, images)
    assert set(found) <= set(images)


@given(NAMES)
def test_the_order_of_the_names_does_not_matter(names: list[str]) -> None:
    assert companions_in(names, is_image_name) == companions_in(sorted(names), is_image_name)


def test_a_folder_of_many_files_takes_one_pass() -> None:
    asked = 0

    def is_image(name: str) -> bool:
        nonlocal asked
        asked += 1
        return is_image_name(name)

    names = [f"img_{n // 2:06}.{'png' if n % 2 else 'yaml'}" for n in range(100_000)]
    assert len(companions_in(names, is_image)) == 50_000
    assert asked == len(names)
