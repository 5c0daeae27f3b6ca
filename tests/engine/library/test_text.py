"""Paths as text: any bytes a disk can hold come back unchanged, as text and as an address."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.library.text import file_url, shortened, to_path, to_text

names = st.one_of(
    st.binary(min_size=1, max_size=40),
    st.text(min_size=1, max_size=20).map(lambda t: t.encode("utf-8", "surrogatepass")),
    st.sampled_from([b"\xf4\x8f\xbe\x80", b"\xf4\x8f\xbf\xbf", b"\xff", b"a\xffb\xf4\x8f\xbe\x81", b"#?%41 \n"]),
).filter(lambda raw: b"\0" not in raw)


@given(names)
def test_any_bytes_come_back(raw: bytes) -> None:
    path = Path(os.fsdecode(raw))
    assert to_path(to_text(path)) == path


@given(names)
def test_text_is_utf8_that_json_carries(raw: bytes) -> None:
    text = to_text(os.fsdecode(raw))
    assert msgspec.json.decode(msgspec.json.encode(text)) == text


@given(names, st.integers(1, 40))
def test_a_shortened_name_is_text_and_no_longer_than_asked(raw: bytes, most: int) -> None:
    short = shortened(os.fsdecode(raw), most)
    assert len(short.encode()) <= most
    assert os.fsdecode(raw).startswith(short) or "\ufffd" in short


@given(names, names)
def test_two_paths_never_share_a_text(one: bytes, other: bytes) -> None:
    assert (to_text(os.fsdecode(one)) == to_text(os.fsdecode(other))) == (one == other)


@given(st.text(alphabet=st.characters(codec="utf-8", max_codepoint=0x10FF7F), min_size=1))
def test_ordinary_text_stays_as_it_is(name: str) -> None:
    assert to_text(name) == name


@given(names)
def test_an_address_decodes_to_the_same_bytes(raw: bytes) -> None:
    path = Path("/", os.fsdecode(raw))
    address = urlsplit(file_url(path))
    assert (address.scheme, address.query, address.fragment) == ("file", "", "")
    assert unquote_to_bytes(address.path if not address.netloc else f"//{address.netloc}{address.path}") == bytes(path)


@pytest.mark.parametrize("name", ["a#b.png", "a?b.png", "a%41.png", "a b.png", "<img onerror=x>.png", 'a".png'])
def test_what_means_something_in_an_address_is_encoded(name: str) -> None:
    assert set(file_url(Path("/", name)).removeprefix("file:///")).isdisjoint("#? <>\"'")
