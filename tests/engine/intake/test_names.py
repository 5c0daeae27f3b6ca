"""The stage, the time and the family are read from a name as people write them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import SettingsError
from engine.intake.names import compile_pattern, parse_name

BUILT_IN = compile_pattern("")


def read(name: str):
    return parse_name(name, BUILT_IN)


@pytest.mark.parametrize(
    ("name", "stage"),
    [
        ("a_stage1.5_x.png", 1.5),
        ("a_stage-2.png", 2),
        ("a_s3.png", 3),
        ("A Stage 2.PNG", 2),
        ("a_stage01_x.jpg", 1),
        ("a_s1.5.png", 1.5),
        ("stage2_0007.png", 2),
        ("0007stage2.png", 2),
        ("a_stage2.0001.png", 2),
        ("a_stage1_stage2.png", 2),
        ("s01_show_stage3.png", 3),
    ],
)
def test_a_stage_is_read_from_the_usual_spellings(name: str, stage: float) -> None:
    assert read(name).stage == stage


@pytest.mark.parametrize(
    "name",
    [
        *("photos3.png", "news1.png", "class2.png", "s1e02.png", "backstage 2.png", "stage_0001.png", "a_s12345.png"),
        *("stagecoach.png", "a.png", "", ".png", "stage.png", "_s.png"),
    ],
)
def test_a_name_that_only_looks_like_it_has_no_stage(name: str) -> None:
    assert read(name).stage is None
    assert read(name).stage_text == ""


def test_steps_of_one_image_share_a_stem() -> None:
    names = ("stage1_generated", "stage1.5_face_swapped", "stage2_upscaled_4x", "stage3_enhanced", "Stage3 (final)")
    assert {read(f"20250705_230713_{name}.png").stem for name in names} == {"20250705_230713"}
    assert {read(name).stem for name in ("a.png", "a.jpg", "a_stage2.png", "A-s3.webp")} == {"a"}
    assert {read(name).stem for name in ("stage2_0007.png", "0007-stage1.png", "0007.png")} == {"0007"}


def test_numbers_after_the_stage_keep_families_apart() -> None:
    names = ["img_stage1_0001.png", "img_stage2_0001.png", "img_stage1_0002.png"]
    assert [read(name).stem for name in names] == ["img_0001", "img_0001", "img_0002"]


def test_words_are_kept_where_they_are_all_there_is() -> None:
    assert read("stage1_cat.png").stem != read("stage1_dog.png").stem
    assert read("stage1.png").stem == read("stage2.png").stem == ""


def test_seasons_are_not_joined_by_a_later_stage() -> None:
    assert read("s01_show_stage1.png").stem != read("s02_show_stage1.png").stem


def test_composed_and_decomposed_letters_are_one_family() -> None:
    assert read("caf\u00e9_s1.png").stem == read("cafe\u0301_s2.png").stem


@pytest.mark.parametrize(
    ("name", "when"),
    [
        ("20250705_230713_stage1.png", "2025-07-05T23:07:13"),
        ("x 2025-07-05 23.07.13.png", "2025-07-05T23:07:13"),
        ("20250705230713.png", "2025-07-05T23:07:13"),
        ("IMG_20250705_230713123.jpg", "2025-07-05T23:07:13"),
        ("2025-07-05T23-07-13.png", "2025-07-05T23:07:13"),
        ("Screenshot 2025-07-05 at 9.07.13 PM.png", "2025-07-05T21:07:13"),
        ("Screenshot 2025-07-05 at 12.07.13\u202fAM.png", "2025-07-05T00:07:13"),
        ("20250230_230713.png", ""),
        ("20251301_230713.png", ""),
        ("20250705_250713.png", ""),
        ("120250705_2307139.png", ""),
        ("20250705.png", ""),
        ("20250230_230713_20250301_000000.png", "2025-03-01T00:00:00"),
    ],
)
def test_a_time_is_read_when_it_exists(name: str, when: str) -> None:
    assert read(name).timestamp == when


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("(?P<stage>[0-9]+", "not a regular expression"),
        ("_v([0-9]+)", "no group called"),
        ("(?P<stage>1)" * 100, "longer than"),
        ("(?P<stage>1){99999999999999999999}", "not a regular expression"),
        (r"(a+)+(?P<stage>1)", "too long"),
        (r"^(\w*)*-(?P<stage>\d)$", "too long"),
        (r"^img(x|xx)+-(?P<stage>\d)", "too long"),
        (r".*.*.*.*.*(?P<stage>\d+)zz", "too long"),
    ],
)
def test_a_bad_pattern_is_refused_in_words(pattern: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        compile_pattern(pattern)


def test_a_pattern_that_explodes_is_refused_before_it_does() -> None:
    with pytest.raises(SettingsError):  # unguarded, one name would take longer than a day
        compile_pattern(r"^(([a-z])+.)+[A-Z]([a-z])+(?P<stage>\d)$")


def test_an_own_pattern_finds_stage_family_and_time() -> None:
    pattern = compile_pattern(r"^(.*)_v(?P<stage>\d+)_(.*)$")
    assert [parse_name(n, pattern).stem for n in ("b_v2_007.png", "b_v3_007.png", "b_v3_008.png")] == [
        *("b_007", "b_007", "b_008")
    ]
    timed = compile_pattern(r"(?P<timestamp>\d{14})-pass(?P<stage>\d)")
    assert parse_name("20250705230713-pass4.png", timed).timestamp == "2025-07-05T23:07:13"
    assert parse_name("20250705230713-pass4.png", timed).stage == 4


def test_an_own_pattern_may_name_the_extension() -> None:
    assert parse_name("a_v3.png", compile_pattern(r"_v(?P<stage>\d)\.png$")).stage == 3


def test_a_stage_that_is_no_number_is_none() -> None:
    assert parse_name("a_final.png", compile_pattern(r"_(?P<stage>final|nan|\d+)")).stage is None
    assert parse_name("a_nan.png", compile_pattern(r"_(?P<stage>final|nan|\d+)")).stage is None
    assert parse_name("a.png", compile_pattern(r"a(?P<stage>\d)?")).stage is None


@given(
    st.text(st.characters(), max_size=700), st.sampled_from(["", r"(?P<stage>.+)", r"(?P<stage>)", r"_(?P<stage>\w)"])
)
def test_any_name_at_all_can_be_read(name: str, pattern: str) -> None:
    parsed = parse_name(name, compile_pattern(pattern))
    parsed.stem.encode()
    assert parsed.stage is None or 0 <= parsed.stage < 10**6
    assert parsed.timestamp == "" or re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", parsed.timestamp)


@given(st.from_regex(r"[a-z]{1,8}_[0-9]{4}", fullmatch=True), st.integers(0, 99), st.sampled_from(["", "_upscaled"]))
def test_the_stem_does_not_depend_on_the_stage(base: str, stage: int, word: str) -> None:
    parsed = read(f"{base}_stage{stage}{word}.png")
    assert (parsed.stage, parsed.stem) == (stage, read(f"{base}.png").stem)
