"""What the picks decide for groups one can name, and how they say it."""

from __future__ import annotations

import pytest

from engine.culling.candidates import Candidate, Picked
from engine.culling.picks import pick, weighted_score
from engine.library.settings import Picks


def limits(**more: object) -> Picks:
    """The settings, with a margin of 0.02 unless told otherwise."""
    return Picks(**{"close_margin": 0.02, **more})


BLUR = {"defects": ("blur",), "texts": ("blur: sharpest edges are 2.6 px wide (limit 1.6)",)}
WEIGHTED = limits(policy="weighted")


def image(number: int, stage: float | None = None, quality: float = 0.5, **more) -> Candidate:
    # Different hashes, so that no two are the same picture unless a test says so.
    return Candidate(
        id=number,
        path=f"/{number}.png",
        stage=stage,
        quality=quality,
        **{"phash": number, "width": 8, "height": 8, **more},
    )


def reasons(picked: Picked) -> dict[int, str]:
    return {choice.id: choice.reason for choice in picked.members}


def test_the_highest_stage_without_a_defect_is_kept() -> None:
    picked = pick([image(1, 1, 0.9), image(3, 3, 0.1), image(2, 1.5, 0.9)], limits())
    assert (picked.keeper, picked.review) == (3, False)
    assert picked.reasons == ("highest stage (3), no defect",)
    assert [c.id for c in picked.members] == [3, 2, 1]
    assert [c.decision for c in picked.members] == ["keeper", "alternate", "alternate"]
    assert reasons(picked)[2] == "stage 1.5, below stage 3"


def test_no_stage_is_below_every_stage() -> None:
    picked = pick([image(1, None, 0.9), image(2, 0.5, 0.1)], limits())
    assert picked.keeper == 2
    assert reasons(picked)[1] == "no stage, below stage 0.5"


def test_a_defective_top_stage_gives_way_to_the_next_and_goes_to_review() -> None:
    picked = pick([image(1, 1), image(2, 2), image(3, 3, 0.9, **BLUR)], limits())
    assert (picked.keeper, picked.review) == (2, True)
    assert picked.reasons == ("stage 3 is defective: blur (sharpest edges are 2.6 px wide, limit 1.6)",)
    assert [(c.id, c.decision) for c in picked.members] == [(2, "review"), (1, "alternate"), (3, "alternate")]
    assert reasons(picked)[3] == "defective: blur (sharpest edges are 2.6 px wide, limit 1.6)"


def test_every_defective_stage_above_the_first_choice_is_named() -> None:
    picked = pick(
        [image(1, 1), image(2, 2, **BLUR), image(3, 3, defects=("color_cast",)), image(4, 3, **BLUR)], limits()
    )
    assert picked.reasons[0] == "all two stage 3 images are defective: blur, color cast"
    assert picked.reasons[1].startswith("stage 2 is defective: blur")


def test_one_sound_image_of_the_top_stage_is_enough() -> None:
    picked = pick([image(1, 3, 0.9, **BLUR), image(2, 3, 0.3), image(3, 2, 0.9)], limits())
    assert (picked.keeper, picked.review) == (2, False)


def test_the_least_bad_goes_to_review_when_every_image_is_defective() -> None:
    picked = pick(
        [image(1, 1, 0.2, **BLUR), image(2, 1, 0.3, **BLUR), image(3, 3, 0.9, defects=("blur", "dark"))], limits()
    )
    assert (picked.keeper, picked.review) == (2, True)
    assert any("every image has a defect; the least bad: blur" in reason for reason in picked.reasons)


def test_a_clearly_better_image_of_the_same_stage_needs_nobody() -> None:
    picked = pick([image(1, 3, 0.70), image(2, 3, 0.82)], limits())
    assert (picked.keeper, picked.review) == (2, False)
    assert picked.reasons == ("highest stage (3), no defect, best quality of 2 (0.82 against 0.70)",)
    assert reasons(picked)[1] == "lower quality (0.70 against 0.82)"


def test_close_images_of_the_winning_stage_go_to_review() -> None:
    picked = pick([image(1, 3, 0.81), image(2, 3, 0.82), image(3, 2, 0.82)], limits())
    assert (picked.keeper, picked.review) == (2, True)
    assert picked.reasons == ("two stage 3 images score within 0.02: 0.820 and 0.810",)


def test_images_exactly_the_margin_apart_are_not_close() -> None:
    assert not pick([image(1, 3, 0.80), image(2, 3, 0.82)], limits()).review
    assert not pick([image(1, 3, 0.5), image(2, 3, 0.5)], limits(close_margin=0)).review


def test_many_close_images_name_the_best_three() -> None:
    picked = pick([image(n, None, 0.5) for n in range(1, 6)], limits())
    assert picked.reasons == ("five images score within 0.02: 0.500, 0.500, 0.500 and two more",)


@pytest.mark.parametrize(
    ("better", "word"),
    [
        ({"width": 80, "height": 80}, "the larger"),
        ({"sharpness": 0.9}, "the sharper"),
        ({"mtime_ns": 5}, "the newer"),
        ({"path": "/0.png"}, "the first by path"),
    ],
)
def test_copies_are_settled_by_size_then_sharpness_then_time_then_path(better: dict[str, object], word: str) -> None:
    same = {"phash": 7, "width": 8, "height": 8, "sharpness": 0.5, "content_hash": "aa"}
    one = Candidate(id=1, path="/1.png", stage=2, quality=0.51, **same)
    values = {"path": "/2.png", **same, **better}
    two = Candidate(id=2, stage=2, quality=0.5, **values)
    picked = pick([one, two], limits())
    assert (picked.keeper, picked.review) == (2, False)
    assert picked.reasons == (f"highest stage (2), no defect, {word} of 2 copies",)
    assert reasons(picked)[1] == f"same picture as the first choice, which is {word}"


def test_a_rescaled_picture_is_a_copy_whatever_its_bytes() -> None:
    assert not pick([image(1, 2, phash=5, width=80, height=80), image(2, 2, phash=5)], limits()).review


def test_equal_hashes_at_equal_size_are_no_proof_of_a_copy() -> None:
    assert pick([image(1, 2, phash=5, content_hash="aa"), image(2, 2, phash=5, content_hash="bb")], limits()).review


def test_equal_bytes_are_copies_and_another_shape_is_not() -> None:
    assert not pick([image(1, 2, content_hash="aa"), image(2, 2, content_hash="aa")], limits()).review
    assert pick([image(1, 2, phash=5, width=800), image(2, 2, phash=5)], limits()).review


def test_a_far_better_copy_is_not_a_draw() -> None:
    picked = pick([image(1, 2, 0.9, phash=5), image(2, 2, 0.3, phash=5, sharpness=1.0)], limits())
    assert (picked.keeper, picked.review) == (1, False)


def test_an_image_alone_is_kept_unless_it_is_defective() -> None:
    sound = pick([image(1)], limits())
    assert (sound.review, sound.reasons) == (False, ("the only image of its family, no defect",))
    dark = pick([image(1, defects=("dark",))], limits())
    assert (dark.keeper, dark.review) == (1, True)
    assert dark.reasons == ("the only image of its family has a defect: dark",)


def test_no_images_have_no_keeper() -> None:
    assert pick([], limits()) == Picked(None, False, (), ())


def test_the_weighted_score_is_the_one_of_the_spec() -> None:
    assert weighted_score(image(1, 3, 0.8, defects=("blur", "dark")), limits()) == pytest.approx(2 * 3 + 0.8 - 2 * 5)
    assert weighted_score(image(1, None, 0.8), limits()) == pytest.approx(0.8)


def test_the_score_is_given_under_either_policy() -> None:
    group = [image(1, 1, 0.2), image(2, 2, 0.3, **BLUR)]
    for settings in (limits(), WEIGHTED):
        assert {c.id: c.score for c in pick(group, settings).members} == pytest.approx({1: 2.2, 2: -0.7})


def test_weights_can_prefer_quality_to_stage() -> None:
    settings = limits(policy="weighted", stage_weight=0.1, quality_weight=10)
    picked = pick([image(1, 1, 0.9), image(2, 3, 0.2)], settings)
    assert (picked.keeper, picked.review) == (1, False)
    assert picked.reasons == ("highest score (9.10), no defect",)
    assert reasons(picked)[2] == "lower score (2.30 against 9.10)"


def test_a_weighted_winner_with_a_defect_goes_to_review() -> None:
    picked = pick([image(1, 1), image(2, 3, **BLUR)], limits(policy="weighted", defect_penalty=1))
    assert (picked.keeper, picked.review) == (2, True)
    assert picked.reasons[0].startswith("the highest score has a defect, ahead of a defect-free image: blur")


def test_close_weighted_scores_go_to_review_across_stages() -> None:
    picked = pick([image(1, 1, 0.9), image(2, 2, 0.4)], limits(policy="weighted", stage_weight=0.5))
    assert picked.review
    assert picked.reasons == ("two images score within 0.02: 1.400 and 1.400",)


def test_a_defective_top_stage_goes_to_review_under_weights_too() -> None:
    picked = pick([image(1, 2), image(2, 3, **BLUR)], WEIGHTED)
    assert (picked.keeper, picked.review) == (1, True)
    assert picked.reasons[0].startswith("stage 3 is defective")


def test_what_looks_wrong_to_a_detector_sends_the_group_to_review_and_costs_the_first_choice_nothing() -> None:
    odd = image(3, 3, 0.9, doubts=(("digits", "Six fingers on a left hand.", "extra_fingers"),))
    picked = pick([image(1, 1), image(2, 2), odd], limits())
    assert (picked.keeper, picked.review) == (3, True)
    assert picked.reasons == ("something may be wrong: Six fingers on a left hand.",)


def test_a_doubt_about_another_image_sends_nobody_to_review() -> None:
    odd = image(1, 1, doubts=(("digits", "Six fingers on a left hand.", "extra_fingers"),))
    assert not pick([odd, image(2, 2)], limits()).review
