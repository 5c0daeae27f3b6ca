"""The plots of Insight: shares in their bands, only blind picks, and nothing drawn from what cannot be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.learning import insight, likes
from engine.learning.insight import Point
from engine.library.store import Library
from tests.engine.learning import taught


@pytest.fixture
def library(tmp_path: Path):
    with taught.library(tmp_path / "library", [2] * 20) as opened:
        yield opened


def plots(library: Library) -> insight.Plots:
    with library.db.read() as connection:
        return insight.plots(connection, library.paths)


@given(st.integers(0, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_band_holds_its_share_and_stays_within_0_and_1(counted: tuple[int, int]) -> None:
    good, n = counted
    low, high = insight.wilson(good, n)
    assert 0 <= low <= (good / n if n else 0) <= high <= 1
    assert insight.wilson(n - good, n) == pytest.approx((1 - high, 1 - low))


@given(st.lists(st.booleans(), max_size=400))
def test_every_check_is_in_one_point_of_the_agreement(said: list[bool]) -> None:
    points = insight.agreement([("2026-01-01", good) for good in said])
    assert sum(point.n for point in points) == len(said)
    assert sum(round(point.y * point.n) for point in points) == sum(said)
    assert len(points) <= 24
    assert [point.x for point in points[-1:]] == ([len(said)] if said else [])


def test_an_empty_library_has_empty_plots(library: Library) -> None:
    assert all(points == [] for points in plots(library))


def test_agreement_and_calibration_are_of_blind_picks_alone(library: Library) -> None:
    taught.agreements(library, [False] * 50, checked=False)
    assert (plots(library).agreement, plots(library).calibration) == ([], [])
    taught.agreements(library, [True, True, True, False] * 5, sure=0.77)
    assert [(p.n, p.y, p.x) for p in plots(library).agreement] == [(10, 0.8, 10), (10, 0.7, 20)]
    [point] = plots(library).calibration
    assert (point.n, point.y, point.label) == (20, 0.75, "said 75 to 80 %")
    assert point.x == pytest.approx(0.77)


def test_confidences_below_a_half_have_bins_of_their_own() -> None:
    points = insight.calibration([(0.0, False), (0.31, True), (0.34, False), (0.52, True), (1.0, True)])
    assert [point.label for point in points] == [
        "said 0 to 5 %", "said 30 to 35 %", "said 50 to 55 %", "said 95 to 100 %",
    ]  # fmt: skip
    assert [point.n for point in points] == [1, 2, 1, 1]


def test_crops_give_a_point_a_day(library: Library) -> None:
    taught.crop(library, 1)
    taught.crop(library, 2, (100, 150, 612, 918))
    taught.crop(library, 3, unassisted=True)
    taught.propose(library, 1, 0.8)
    for number, note in enumerate([b"", b"{", b"7", b"\xff"]):
        row = (number + 10, "best", 0, 0, 5, 5, "[]", note, "2026-01-01")
        library.write(lambda c, row=row: c.execute("INSERT INTO crop_answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row))
    found = plots(library)
    assert [(p.y, p.n) for p in found.accept_rate] == [(0.5, 2)]
    assert [(p.y, p.n) for p in found.actions] == [(2.0, 2)]
    assert [(p.y, p.n) for p in found.saved] == [(0.0, 2)]
    assert [(p.y, p.n) for p in found.queue_mix] == [(1.0, 1)]
    assert found.accept_rate[0].label[:2] == "20"


def test_the_ask_rate_falls_with_what_was_decided_at_once(library: Library) -> None:
    first, second = taught.keys(library)[:2]
    taught.pick(library, first, taught.members(library, first)[0], taught.members(library, first)[0], checked=False)
    assert [(p.y, p.n) for p in plots(library).ask_rate] == [(1.0, 1)]
    day = plots(library).ask_rate[0].label
    row = (taught.members(library, second)[0], "winner", "b", 0.9, 0, 0, f"{day}T00:00:00Z")
    library.write(lambda c: c.execute("INSERT INTO promoted VALUES (?, ?, ?, ?, ?, ?, ?)", row))
    assert [(p.y, p.n) for p in plots(library).ask_rate] == [(0.5, 2)]


def test_the_learning_curve_is_of_the_cards_that_can_be_read(library: Library) -> None:
    folder = library.paths.models
    folder.mkdir(exist_ok=True)
    for number, (pairs, accuracy) in enumerate([(400, 0.9), (50, 0.7), (100, None)]):
        card = {"at": f"2026-01-0{number + 1}T10:00:00Z", "pairs": pairs, "metrics": {"accuracy": accuracy}}
        (folder / f"ranker-2026010{number + 1}T100000000000Z.json").write_text(json.dumps(card))
    (folder / "ranker-20260109T100000000000Z.json").write_text("{")
    (folder / "ranker-hello.json").write_text("{}")
    assert insight.learning(library.paths) == [
        Point(50, 0.7, None, None, 50, "2026-01-02 10:00"),
        Point(400, 0.9, None, None, 400, "2026-01-01 10:00"),
    ]


def test_what_is_liked_is_shown_by_its_ends_the_heaviest_first(library: Library) -> None:
    library.write(lambda c: c.execute("INSERT INTO predictions SELECT id, id, 0.1 FROM images"))
    with library.db.read() as connection:
        assert likes.likes(connection, {}) == []
        found = likes.likes(connection, {"stage": -0.5, "look": 2.0, "sharpness": 0.1, "strange": 9.0, "crop": 5.0})
    assert [(one.name, one.text) for one in found] == [("look", "more like what you kept"), ("stage", "earlier stage")]
    assert found[0].most == [f"{image:032x}" for image in (40, 38, 36, 34)]  # one of each group
    assert found[0].least == [f"{image:032x}" for image in (1, 3, 5, 7)]
    assert all(int(content, 16) % 2 == 0 for content in found[1].most)  # of the later stage


def test_few_groups_are_shown_at_one_end_each_and_a_single_one_not_at_all(library: Library) -> None:
    library.write(lambda c: c.execute("INSERT INTO predictions SELECT id, id, 0.1 FROM images WHERE id <= 10"))
    library.write(lambda c: c.execute("UPDATE members SET group_id = 1 WHERE image_id <= 7"))
    with library.db.read() as connection:
        assert [(one.most, one.least) for one in likes.likes(connection, {"look": 2.0})] == [
            ([f"{10:032x}"], [f"{1:032x}"])
        ]
    library.write(lambda c: c.execute("UPDATE members SET group_id = 1"))
    with library.db.read() as connection:
        assert likes.likes(connection, {"look": 2.0}) == []


def test_without_predictions_nothing_is_liked(library: Library) -> None:
    with library.db.read() as connection:
        assert likes.likes(connection, {"look": 2.0}) == []
