"""Drawn items for the grouping tests: few bits, few names and few seconds, so that everything meets."""

from __future__ import annotations

from hypothesis import strategies as st

from engine.grouping.model import Item
from engine.library.settings import Groups

BASES = (0x0123456789ABCDEF, 0xF0F0F0F0A5A5A5A5, 0x00FF00FF33CC33CC, 0, 1 << 63)


@st.composite
def hashes(draw: st.DrawFn) -> int:
    """A base with up to 12 flipped bits out of 16: distances of 0 to 24 inside a family."""
    value = draw(st.sampled_from(BASES))
    for bit in draw(st.lists(st.integers(0, 15), max_size=12, unique=True)):
        value ^= 1 << (bit * 4)
    return value


@st.composite
def item_lists(draw: st.DrawFn, max_size: int = 24) -> list[Item]:
    paths = draw(
        st.lists(
            st.tuples(st.sampled_from(["/a", "/a/stage1", "/a/stage2", "/b"]), st.integers(0, 30)),
            max_size=max_size,
            unique=True,
        )
    )
    return [
        Item(
            id=number + 1,
            path=f"{folder}/{name}.png",
            phash=draw(hashes()),
            stem=draw(st.sampled_from(["", "x", "y", "20250102_030405"])),
            stage=draw(st.sampled_from([None, 1.0, 1.5, 2.0, 3.0])),
            timestamp=draw(st.sampled_from([None, 0.0, 4.0, 9.0, 14.0, 30.0, float("nan")])),
            name_timestamp=draw(st.booleans()),
            width=draw(st.sampled_from([0, 512])),
            height=512,
            flat=draw(st.sampled_from([False, False, False, True])),
        )
        for number, (folder, name) in enumerate(paths)
    ]


limits = st.builds(
    Groups,
    by_name=st.booleans(),
    phash_distance=st.integers(0, 12),
    window_seconds=st.sampled_from([0.0, 5.0, 10.0]),
    window_distance=st.integers(0, 20),
    name_distance=st.sampled_from([10, 26, 64]),
)
