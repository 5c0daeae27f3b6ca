"""Sets of one timestamp: only a whole line-up that is alike at every stage is ever redundant."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.grouping.model import Item
from engine.grouping.set_metadata import Made, compare
from engine.grouping.set_order import Order
from engine.grouping.stage_sets import Limits, Looks, StageSet, match, sets_of
from engine.intake.names import compile_pattern, parse_name

PATTERN = compile_pattern("")
FOUR = ("1", "1.5", "2", "3")


def item(number: int, name: str, folder: str = "/s") -> Item:
    parsed = parse_name(name, PATTERN)
    when = datetime.fromisoformat(parsed.timestamp).replace(tzinfo=UTC).timestamp() if parsed.timestamp else None
    return Item(
        id=number + 100, path=f"{folder}/{name}", phash=0, stem=parsed.stem, stage=parsed.stage, timestamp=when,
        name_timestamp=bool(parsed.timestamp), source="/s",
    )  # fmt: skip


def shot(minute: int, stages: tuple[str, ...] = FOUR, first: int = 0) -> list[Item]:
    return [item(first + at, f"20250705_23{minute:02}13_stage{stage}_x.png") for at, stage in enumerate(stages)]


def shots(*minutes: int, stages: tuple[str, ...] = FOUR) -> list[Item]:
    return [one for at, minute in enumerate(minutes) for one in shot(minute, stages, at * len(stages))]


def looks(vectors: np.ndarray, have: np.ndarray | None = None, phash: list[int] | None = None) -> Looks:
    count = len(vectors)
    return Looks(
        phash=np.array(phash or [0] * count, dtype=np.uint64),
        flat=np.zeros(count, dtype=np.bool_),
        vectors=vectors.astype(np.float16),
        have=np.ones(count, dtype=np.bool_) if have is None else have,
    )


def turned(*angles: float) -> np.ndarray:
    """Vectors whose cosine with the one of angle 0 is that of the angle."""
    return np.array([[np.cos(a) * 3, np.sin(a) * 3] for a in angles])


def by_time(sets: list[StageSet]) -> list[int]:
    return sorted(range(len(sets)), key=lambda index: sets[index].seconds)


def goes(items: list[Item], seen: Looks, limits: Limits | None = None, **more: object) -> list[tuple[str, str]]:
    """Minutes of the pairs, the one that stays first; the older stays."""
    sets, _ = sets_of(items)
    found = match(sets, by_time(sets), seen, limits or Limits(), **more)  # type: ignore[arg-type]
    return [(m.stays.timestamp[14:16], m.goes.timestamp[14:16]) for m in found.matches]


def test_a_set_is_one_timestamp_across_its_stages_in_whichever_folder() -> None:
    items = shot(7)
    items[2] = item(2, "20250705_230713_stage2_upscaled.png", "/s/selected")
    items += [item(4, "20250705_230713_x.png"), item(5, "cat_stage1.png"), item(6, "cat_stage2.png")]
    items += [item(7, "20250705_230800_stage1.png")]
    (one,), unclear = sets_of(items[::-1])
    assert (one.stages, one.images, unclear) == ((1, 1.5, 2, 3), (100, 101, 102, 103), 0)
    assert one.timestamp == "2025-07-05T23:07:13"


def test_a_family_with_two_images_of_one_stage_is_no_set() -> None:
    items = [*shot(7), item(9, "20250705_230713_stage1_x.jpg"), *shot(8, first=10)]
    sets, unclear = sets_of(items)
    assert ([one.timestamp[14:16] for one in sets], unclear) == (["08"], 1)


def test_every_stage_must_be_alike() -> None:
    items = shots(1, 2, 3)
    vectors = turned(0, 0, 0, 0, *[0.1] * 4, 0, 0, 0, 0.6)
    assert goes(items, looks(vectors)) == [("01", "02")]


def test_another_line_up_or_the_same_time_is_no_duplicate() -> None:
    items = shot(1) + shot(2, ("1", "1.5", "2"), 4) + shot(3, ("1", "1.5", "2", "4"), 7)
    items += [Item(**{**{f: getattr(one, f) for f in Item.__struct_fields__}, "source": "/t", "path": one.path + "t",
                      "id": one.id + 50}) for one in shot(1)]  # fmt: skip
    assert goes(items, looks(turned(*[0.0] * len(items)))) == []


def test_sets_do_not_chain() -> None:
    items = shots(1, 2, 3, 4, stages=("1", "2"))
    vectors = turned(0, 0, 0.3, 0.3, 0.6, 0.6, 0.9, 0.9)
    assert goes(items, looks(vectors), Limits(cosine=0.95)) == [("01", "02"), ("03", "04")]


def test_where_an_image_has_no_vector_its_hash_is_compared_and_that_is_said() -> None:
    items = shots(1, 2, 3, stages=("1", "2"))
    have = np.array([True, True, True, False, True, True])
    seen = looks(turned(0, 0, 0, 0, 1, 1), have, [0, 0, 0b111, 0b1, 0, 2**20 - 1])
    sets, _ = sets_of(items)
    (found,) = match(sets, by_time(sets), seen, Limits()).matches
    assert (found.measure, found.similarity) == ("phash", (1 - 3 / 64, 1 - 1 / 64))
    assert (found.stays.timestamp[14:16], found.goes.timestamp[14:16]) == ("01", "02")


def test_without_any_vectors_hashes_decide_and_blank_ones_only_when_equal() -> None:
    items = shots(1, 2, 3, stages=("1", "2"))
    seen = Looks(
        phash=np.array([5, 5, 5, 4, 5, 5], dtype=np.uint64),
        flat=np.array([False, True] * 3),
        vectors=np.zeros((6, 0), dtype=np.float16),
        have=np.zeros(6, dtype=np.bool_),
    )
    assert goes(items, seen) == [("01", "03")]


def test_a_vector_of_zeros_or_no_numbers_is_like_nothing() -> None:
    items = shots(1, 2, stages=("1", "2"))
    for odd in (0.0, np.nan, np.inf):
        vectors = turned(0, 0, 0, 0)
        vectors[[0, 2]] = odd
        assert goes(items, looks(vectors)) == []


def test_what_a_person_set_apart_stays_apart() -> None:
    items, seen = shots(1, 2, 3), looks(turned(*[0.0] * 12))
    assert goes(items, seen, apart=[(104, 100)]) == [("01", "03")]


def test_sets_made_another_way_do_not_match_unless_asked_to() -> None:
    items, seen = shots(1, 2, 3), looks(turned(*[0.0] * 12))
    made = [Made(seed="1")] * 4 + [Made(seed="2")] * 4 + [Made(seed="1")] * 4
    sets, _ = sets_of(items)
    strict = match(sets, by_time(sets), seen, Limits(), made=made.__getitem__)
    loose = match(sets, by_time(sets), seen, Limits(metadata=False), made=made.__getitem__)
    assert ([m.metadata for m in strict.matches], strict.differing) == (["same"], 1)
    assert [m.metadata for m in loose.matches] == ["differs", "same"]
    assert [m.metadata for m in match(sets, by_time(sets), seen, Limits()).matches] == ["unknown"] * 2


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        (Made(prompt="a  cat\n"), Made(prompt="a cat"), "same"),
        (Made(prompt="a cat", seed="1"), Made(prompt="a cat"), "same"),
        (Made(prompt="a cat"), Made(prompt="a dog"), "differs"),
        (Made(seed="1"), Made(prompt="a cat"), "unknown"),
        (Made(yaml="a: 1\nfile: 20250705_230713_x"), Made(yaml="a: 1\r\nfile: 20250706_110713_x"), "same"),
        (Made(yaml="a: 1"), Made(yaml="a: 2"), "differs"),
    ],
)
def test_metadata_is_compared_where_both_have_it(one: Made, other: Made, verdict: str) -> None:
    assert compare([(one, other)]) == compare([(other, one)]) == verdict


def test_fewer_defects_then_quality_then_age_decide_who_stays_and_the_reason_says_so() -> None:
    items = shots(1, 2, 3, 4, stages=("1", "2"))
    rule = Order(
        np.array([0.9, 0.9, 0.5, 0.5, 0.8, 0.8, 0.801, 0.801]),
        np.array([True, False, False, False, False, False, False, False]),
    )
    sets, _ = sets_of(items)
    best = [sets[index] for index in rule.best_first(sets)]
    assert [one.timestamp[14:16] for one in best] == ["03", "04", "02", "01"]
    assert [rule.why(a, b) for a, b in itertools.pairwise(best)] == [
        "equally good, and the older one",
        "better quality: 80% against 50%",
        "fewer images with defects: 0 against 1",
    ]
    assert rule.why(best[1], best[0]) == "you chose it"


angles = st.sampled_from([0.0, 0.1, 0.25, 0.4, 0.7])


@settings(max_examples=60)
@given(st.lists(st.tuples(angles, angles), min_size=1, max_size=8), st.randoms(), st.booleans())
def test_each_set_goes_once_to_one_that_stays_and_input_order_changes_nothing(
    turns: list[tuple[float, float]], rng: object, missing: bool
) -> None:
    items = shots(*range(len(turns)), stages=("1", "2"))
    vectors = turned(*itertools.chain(*turns))
    have = np.array([not missing or at % 3 > 0 for at in range(len(items))])
    sets, _ = sets_of(items)
    found = match(sets, by_time(sets), looks(vectors, have), Limits()).matches
    gone = [m.goes.key for m in found]
    assert len(set(gone)) == len(gone)
    assert not {m.stays.key for m in found} & set(gone)
    assert all(min(m.similarity) >= (0.95 if m.measure == "cosine" else 0.875) - 1e-3 for m in found)
    mixed = list(range(len(items)))
    rng.shuffle(mixed)  # type: ignore[attr-defined]
    other, _ = sets_of([items[at] for at in mixed])
    again = match(other, by_time(other), looks(vectors[mixed], have[mixed]), Limits()).matches
    assert [(m.stays.key, m.goes.key) for m in again] == [(m.stays.key, m.goes.key) for m in found]


def test_keys_are_the_same_in_every_run() -> None:
    (one,), _ = sets_of(shot(7))
    assert re.fullmatch("[0-9a-f]{12}", one.key)
    assert one.key == sets_of(shot(7, first=30))[0][0].key
