"""Who stays of copies, and the words for it."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from photo_columns import photos

from engine.thinning.rule import Rule, below
from engine.thinning.views import Keep

RULES = get_args(Keep)


@pytest.mark.parametrize(
    ("keep", "better", "worse", "stays", "goes"),
    [
        ("stage", {"stage": 3.0}, {"stage": 2.0}, "stage 3, no defect", "stage 2, the keeper has stage 3"),
        ("stage", {"stage": 2.0}, {"stage": 3.0, "defects": ("blur",)}, "stage 2, no defect", "blur"),
        ("stage", {"stage": 1.5}, {}, "stage 1.5, no defect", "no stage, the keeper has stage 1.5"),
        ("rating", {"score": 9.0, "compared": 3}, {"stage": 3.0}, "rating 9.0", "not rated, the keeper has rating 9.0"),
        ("resolution", {"width": 200}, {"stage": 3.0}, "200 x 100", "100 x 100, the keeper has 200 x 100"),
        (
            "newest", {"modified": 10**18 + 10**14}, {"stage": 3.0}, "written 2001-09-10 05:33",
            "2001-09-09 01:46, the keeper has 2001-09-10 05:33",
        ),
        ("quality", {"quality": 0.9}, {"stage": 3.0}, "quality 0.90", "quality 0.50, the keeper has quality 0.90"),
        ("folder", {"path": "/s/good/z.png"}, {"path": "/s/other/a.png", "stage": 3.0}, "in good", "not in good"),
    ],
)  # fmt: skip
def test_each_rule_keeps_the_better_and_says_why(
    keep: Any, better: dict[str, Any], worse: dict[str, Any], stays: str, goes: str
) -> None:
    for rows, first in (((better, worse), 0), ((worse, better), 1)):
        rule = Rule(photos(*rows), keep, "/s/good")
        assert rule.order().tolist() == [first, 1 - first]
        assert (rule.why_stays(first), rule.why_goes(1 - first, first)) == (stays, goes)


@pytest.mark.parametrize("keep", RULES)
def test_what_a_person_kept_comes_first_and_what_a_person_rejected_last(keep: Any) -> None:
    rule = Rule(photos({"verdict": -1, "stage": 9.0, "score": 50.0}, {}, {"verdict": 1, "defects": ("blur",)}), keep)
    assert rule.order().tolist() == [2, 1, 0]
    assert (rule.why_stays(2), rule.why_goes(1, 2)) == ("you kept it", "you kept the other")
    assert rule.why_goes(0, 1) == "you rejected it"


@pytest.mark.parametrize("keep", RULES)
def test_equals_are_settled_by_their_paths_and_it_is_said(keep: Any) -> None:
    rule = Rule(photos({}, {}, {}), keep)
    assert rule.order().tolist() == [0, 1, 2]
    assert rule.why_goes(2, 0) == "the same in every way; the keeper's path comes first"


def test_a_folder_beside_one_that_begins_alike_is_another() -> None:
    rule = Rule(photos({"path": "/s/good2/a.png"}, {"path": "/s/good/deep/b.png"}), "folder", "/s/good/")
    assert rule.order().tolist() == [1, 0]


@pytest.mark.parametrize("folder", ["/s/good", "/s/good/", "/s/./good//", "/s/other/../good"])
def test_a_folder_is_the_same_however_it_is_written(folder: str) -> None:
    paths = ["/s/good/a.png", "/s/good/deep/b.png", "/s/good2/c.png", "/s/good", "/other/s/good/d.png"]
    assert below(paths, folder).tolist() == [True, True, False, False, False]


def test_below_the_root_is_everything_and_below_no_folder_nothing() -> None:
    assert below(["/a.png", "/s/b.png"], "/").all()
    assert not below(["/a.png", "/s/b.png"], "").any()


def test_a_folder_that_is_named_says_nothing_where_the_rule_is_another() -> None:
    rule = Rule(photos({"path": "/s/good/a.png"}, {"path": "/s/other/b.png", "stage": 1.0}), "stage", "/s/good")
    assert rule.order().tolist() == [1, 0]


def test_draws_go_by_defects_stage_rating_resolution_quality_and_date_in_this_order() -> None:
    rows: list[dict[str, Any]] = [
        {"path": "/s/g/newest.png", "modified": 2 * 10**18},
        {"path": "/s/g/quality.png", "quality": 0.8},
        {"path": "/s/g/resolution.png", "width": 999},
        {"path": "/s/g/rating.png", "score": 3.0, "compared": 1},
        {"path": "/s/g/stage.png", "stage": 1.0},
        {"path": "/s/g/z_defect.png", "stage": 9.0, "defects": ("noise",)},
    ]
    rule = Rule(photos(*rows), "folder", "/s/g")
    assert [rows[k]["path"].rpartition("/")[2] for k in rule.order()] == [
        "stage.png", "rating.png", "resolution.png", "quality.png", "newest.png", "z_defect.png",
    ]  # fmt: skip


rows = st.lists(
    st.fixed_dictionaries(
        {
            "stage": st.sampled_from([1.0, 2.0, float("nan")]), "score": st.floats(-5, 40),
            "compared": st.integers(0, 3),
            "width": st.integers(1, 4), "modified": st.integers(-(10**19) // 2, 2**62), "quality": st.floats(0, 1),
            "defects": st.sampled_from([(), ("blur",)]), "verdict": st.integers(-1, 1),
        }
    ),
    min_size=2, max_size=6,
)  # fmt: skip


@given(rows, st.sampled_from(RULES))
def test_any_rule_orders_any_images_and_has_a_reason_for_each(rows: list[dict[str, Any]], keep: Any) -> None:
    rule = Rule(photos(*rows), keep, "/s")
    order = rule.order()
    assert sorted(order.tolist()) == list(range(len(rows)))
    assert order.dtype == np.int64
    best = int(order[0])
    assert rule.why_stays(best)
    assert all(rule.why_goes(int(other), best) for other in order[1:])
