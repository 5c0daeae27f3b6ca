"""The Same? screen's calls: pairs in doubt, and answers that bind the groups at once and can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.api import Engine
from engine.culling.run import regroup
from engine.progress import Quiet
from engine.vision import embedders
from engine.vision.learned import part_vectors
from engine.vision.learned.labels import Item
from tests.linked import call, families, library, settled

# 1, 2 and 3 are one family; 4 and 5 another, ten bits away; 6 is like nothing.
LOOKS = [[], [1], [2, 3], range(20, 30), range(20, 31), [1, 2, 3, *range(32, 60)]]
A, B, ALONE = frozenset({1, 2, 3}), frozenset({4, 5}), frozenset({6})


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return library(tmp_path / "library", LOOKS)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedders, "installed", lambda _: False)


@pytest.fixture
def engine(root: Path) -> Iterator[Engine]:
    started = Engine()
    started.open(root)
    yield started
    started.close()


def asked(engine: Engine) -> list[tuple[int, int]]:
    return [(pair["one"]["id"], pair["other"]["id"]) for pair in call(engine, "same.list")["pairs"]]


def test_a_pair_just_beyond_the_limit_is_asked_about_with_its_reason(engine: Engine) -> None:
    assert families(engine) == {A, B, ALONE}
    page = call(engine, "same.list")
    [pair] = [pair for pair in page["pairs"] if not pair["together"]]
    assert {pair["one"]["id"], pair["other"]["id"]} <= A | B
    assert 0.04 < pair["chance"] < 0.5
    assert pair["why"].startswith("look a little too different for a family (pHash ")
    assert page["answered"] == 0
    assert page["waiting"] == len(page["pairs"])
    assert pair["one"]["groupId"] != pair["other"]["groupId"]


def test_yes_joins_the_groups_at_once_and_undo_parts_them_again(engine: Engine) -> None:
    one, other = next(pair for pair in asked(engine) if not {*pair} <= A and not {*pair} <= B)
    changed = call(engine, "same.answer", one=one, other=other, same=True)
    assert changed["stale"][0] == "same"
    assert {"cull", "sweep", "rank"} <= {*changed["stale"]}
    assert changed["match"] == [one, other]
    assert "belong together" in changed["label"]
    assert families(engine) == {A | B, ALONE}
    assert (one, other) not in asked(engine)
    undone = call(engine, "history.undo")
    assert undone["match"] == [one, other]
    assert families(engine) == {A, B, ALONE}
    assert (one, other) in asked(engine)
    call(engine, "history.redo")
    assert families(engine) == {A | B, ALONE}


def test_no_parts_a_family_and_a_replay_of_the_journal_parts_it_again(engine: Engine) -> None:
    call(engine, "same.answer", one=2, other=1, same=False)
    assert len([family for family in families(engine) if family & {1, 2}]) == 2
    before = families(engine)
    call(engine, "same.answer", one=4, other=6, same=True)
    call(engine, "history.undo")
    settled(engine)
    engine.need().rebuild()
    with engine.need().db.read() as connection:
        assert connection.execute("SELECT one, other, same FROM links").fetchall() == [(1, 2, 0)]
    regroup(engine.need(), Quiet())
    assert families(engine) == before


def test_who_cannot_say_is_not_asked_again_and_nothing_is_bound(engine: Engine) -> None:
    one, other = asked(engine)[0]
    label = call(engine, "same.answer", one=one, other=other, same=None)["label"]
    assert label.startswith("Cannot say whether ")
    assert label.endswith(" belong together")
    assert families(engine) == {A, B, ALONE}
    assert (one, other) not in asked(engine)
    assert call(engine, "same.list")["answered"] == 1
    call(engine, "history.undo")
    assert (one, other) in asked(engine)


def test_a_newer_answer_that_contradicts_older_ones_wins_and_says_so(engine: Engine) -> None:
    call(engine, "same.answer", one=1, other=4, same=True)
    call(engine, "same.answer", one=4, other=6, same=True)
    assert families(engine) == {A | B | ALONE}
    label = call(engine, "same.answer", one=6, other=1, same=False)["label"]
    assert "do not belong together. This overrules your earlier answer that" in label
    assert families(engine) == {A, B | ALONE}
    call(engine, "history.undo")
    assert families(engine) == {A | B | ALONE}


def test_what_was_kept_stays_kept_when_groups_merge_and_split(engine: Engine) -> None:
    [key] = [
        group["id"]
        for group in call(engine, "cull.queue", which="all", offset=0, limit=9)["items"]
        if group["size"] == 3
    ]
    call(engine, "cull.pick", groupId=key, winner=2, also=[3])
    call(engine, "same.answer", one=1, other=4, same=True)
    settled(engine)
    verdicts = "SELECT image_id, verdict FROM verdicts ORDER BY image_id"
    with engine.need().db.read() as connection:
        assert connection.execute(verdicts).fetchall() == [(1, "alternate"), (2, "keep"), (3, "keep")]
        assert [*connection.execute("SELECT status, keepers FROM groups WHERE keepers OR status = 'review'")] != []
    call(engine, "same.answer", one=2, other=3, same=False)
    settled(engine)
    with engine.need().db.read() as connection:
        assert connection.execute(verdicts).fetchall() == [(1, "alternate"), (2, "keep"), (3, "keep")]
        status = dict(connection.execute(
            "SELECT m.image_id, g.status FROM members m JOIN groups g ON g.id = m.group_id WHERE m.image_id IN (2, 3)"
        ).fetchall())  # fmt: skip
    assert "decided" in status.values()
    call(engine, "history.undo")
    call(engine, "history.undo")
    assert families(engine) == {A, B, ALONE}
    [group] = call(engine, "cull.groups", ids=[key])["groups"]
    assert (group["status"], sorted(group["chosen"])) == ("decided", [2, 3])


def test_pairs_are_looked_into_in_the_background_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedders, "installed", lambda _: True)
    asked_for: list[list[str]] = []

    def fill(_paths: object, _cache: object, wanted: dict[str, list[Item]], _progress: object) -> list[str]:
        asked_for.append(sorted(wanted))
        return []

    monkeypatch.setattr(part_vectors, "fill", fill)
    for _ in range(3):
        assert asked(engine)
        settled(engine)
    assert asked_for == [["body", "face", "whole"]]


def test_answers_in_a_row_are_all_in_the_groups_at_once_and_start_no_job(engine: Engine) -> None:
    for other in (2, 3, 4, 5, 6):
        assert "cull" in call(engine, "same.answer", one=1, other=other, same=True)["stale"] or other in (2, 3, 5)
    assert engine.jobs.current() is None
    assert families(engine) == {A | B | ALONE}


@pytest.mark.parametrize("first", [True, False])
def test_who_cannot_say_after_all_unbinds_the_groups_and_undo_binds_them_again(engine: Engine, first: bool) -> None:
    pair = (1, 4) if first else (1, 2)
    call(engine, "same.answer", one=pair[0], other=pair[1], same=first)
    bound = families(engine)
    assert bound != {A, B, ALONE}
    call(engine, "same.answer", one=pair[0], other=pair[1], same=None)
    assert families(engine) == {A, B, ALONE}
    call(engine, "history.undo")
    assert families(engine) == bound
    call(engine, "history.redo")
    assert families(engine) == {A, B, ALONE}


def test_what_was_said_before_a_restart_is_told(engine: Engine, root: Path) -> None:
    call(engine, "same.answer", one=1, other=4, same=True)
    engine.close()
    again = Engine()
    again.open(root)
    try:
        pair = call(again, "same.list", first=[1, 4])["pairs"][0]
        assert [pair[name] for name in ("said", "together", "waits", "overruled")] == ["yes", True, False, False]
        assert call(again, "same.list", first=[2, 6])["pairs"][0]["chance"] is None
        call(again, "history.undo")
        pair = call(again, "same.list", held=[[1, 4]])["held"][0]
        assert [pair[name] for name in ("said", "together")] == [None, False]
    finally:
        again.close()


@pytest.mark.parametrize(
    "body",
    [
        {"one": 1, "other": 1, "same": True},
        {"one": 1, "other": 999, "same": True},
        {"one": -5, "other": 2, "same": False},
        {"one": 2**70, "other": 2, "same": None},
        {"one": 1, "other": 2},
        {"one": "1", "other": 2, "same": True},
    ],
)
def test_images_that_are_not_there_are_refused_in_a_sentence(engine: Engine, body: dict[str, object]) -> None:
    answer = call(engine, "same.answer", **body)
    assert set(answer) == {"error"}
    assert answer["error"]["message"].endswith(".")
    with engine.need().db.read() as connection:
        assert connection.execute("SELECT count(*) FROM links").get == 0
        assert connection.execute("SELECT count(*) FROM decisions").get == 0


@pytest.mark.parametrize("first", [[1, 999], [999, 998], [1, 1], [2**70, 1], [-1, 0]])
def test_a_wish_for_a_pair_that_is_not_there_changes_nothing(engine: Engine, first: list[int]) -> None:
    answer = call(engine, "same.list", first=first)
    assert "error" in answer or [p["one"]["id"] for p in answer["pairs"]] == [one for one, _ in asked(engine)]


def test_a_pair_that_is_wished_for_comes_first_even_when_it_was_answered(engine: Engine) -> None:
    call(engine, "same.answer", one=1, other=6, same=False)
    settled(engine)
    pair = call(engine, "same.list", first=[6, 1])["pairs"][0]
    assert (pair["one"]["id"], pair["other"]["id"]) == (1, 6)
    assert call(engine, "same.list", limit=-3)["pairs"] == []
