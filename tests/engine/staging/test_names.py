"""Names in the staging folder never meet, and the files of a unit still belong together by them."""

from __future__ import annotations

import os

from hypothesis import given
from hypothesis import strategies as st

from engine.intake.companions import companions_in, is_image_name
from engine.staging.families import families
from engine.staging.names import NAME_BYTES, Taken, common_stem, key

NAMES = st.builds(
    lambda parts, end: ".".join(parts) + end,
    st.lists(st.sampled_from(["a", "A", "b", "é", "e\u0301", "a (2)", "🦊" * 55]), min_size=1, max_size=2),
    st.sampled_from([".png", ".jpg", ".yaml", ".cropped"]),
)


ENDINGS = (".png", ".yaml", ".png.crop_suggestions.json")


def test_names_of_other_case_or_composition_are_one() -> None:
    assert len({key(name) for name in ("É.png", "é.PNG", "e\u0301.png", "E\u0301.Png")}) == 1
    assert key("straße") == key("STRASSE")
    assert key("a") != key("b")


@given(st.sets(NAMES, max_size=8), st.lists(st.sampled_from(["a", "é", "🦊" * 55]), min_size=1, max_size=6))
def test_claimed_names_are_free_short_enough_and_alike(there: set[str], stems: list[str]) -> None:
    taken, given_out = Taken(there), list[str]()
    for stem in stems:
        claimed = taken.claim([f"{stem}{end}" for end in ENDINGS], stem)
        given_out += claimed
        assert all(len(os.fsencode(name)) <= NAME_BYTES for name in claimed)
        assert len({name.removesuffix(end) for name, end in zip(claimed, ENDINGS, strict=True)}) == 1
    keys = {key(name) for name in given_out}
    assert len(keys) == len(given_out)
    assert keys.isdisjoint(key(name) for name in there)


@given(st.sets(NAMES, max_size=10), st.data())
def test_families_hold_all_companions_of_what_goes_and_none_of_what_stays(names: set[str], data: st.DataObject) -> None:
    images = sorted(name for name in names if is_image_name(name))
    wanted = {image for image in images if data.draw(st.booleans())}
    found, stays = families(sorted(names), wanted)
    going = [name for family in found for name in (*family.images, *family.companions)]
    assert len(going) == len(set(going))
    assert {image for family in found for image in family.images} == wanted
    for image, companions in companions_in(names, is_image_name).items():
        mine = {n for f in found if image in f.images for n in f.companions}
        if image in wanted:
            assert set(companions) <= mine | set(stays)
        else:
            assert set(companions).isdisjoint(going)
    for family in found:
        stem = common_stem(family.images)
        assert all(name.startswith(f"{stem}.") for name in (*family.images, *family.companions))
        told = [number for image in family.images for number in family.numbers(image)]
        assert sorted(told) == list(range(len(family.images), len(family.images) + len(family.companions)))
