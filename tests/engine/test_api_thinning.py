"""The Duplicates screen's calls, in the order a person makes them, on real files."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from again import Again
from draw import natural, save, variant

from engine.api import Engine


def images(folder: Path) -> None:
    """Two families of three stages at two places, the first also as a set of another time."""
    for name, seed in (("20250701_120000", 1), ("20250702_120000", 2), ("20250801_110000", 1)):
        for stage in (1, 2, 3):
            picture = variant(natural(seed, 64, 96), stage, 0.5)
            save(variant(picture, 9, 0.3) if "0801" in name else picture, folder / f"{name}_stage{stage}.png")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Again:
    def make(folder: Path) -> None:
        (folder / "images").mkdir()
        images(folder / "images")
        library = folder / "library"
        library.mkdir()
        (library / "pickwise.toml").write_text("[intake]\nworkers = 1\n[thinning]\nset_metadata = false\n", "utf-8")
        engine = Engine()
        engine.start(folder / "images", library)
        done(engine)
        engine.close()

    return Again(tmp_path_factory.mktemp("thinning"), make)


@pytest.fixture
def place(made: Again) -> Path:
    return made.put_back()


@pytest.fixture
def engine(place: Path) -> Iterator[Engine]:
    opened = Engine()
    opened.start(place / "images", place / "library")
    done(opened)
    yield opened
    opened.close()


def ask(engine: Engine, name: str, **body: Any) -> Any:
    answer = json.loads(engine.call(name, json.dumps({"type": name, **body})))
    assert "error" not in answer, answer
    return answer


def done(engine: Engine) -> str:
    """Wait for the job that runs; answers with its sentence."""
    end = time.monotonic() + 60
    while (job := engine.jobs.current()) is not None and job.state == "running":
        assert time.monotonic() < end
        time.sleep(0.01)
    assert job is not None
    assert job.state == "done", job
    return job.message


def run(engine: Engine, name: str, **body: Any) -> str:
    ask(engine, name, **body)
    return done(engine)


def files(place: Path) -> list[str]:
    return sorted(p.relative_to(place / "images").as_posix() for p in (place / "images").rglob("*.png"))


def open_groups(engine: Engine) -> list[tuple[int, int]]:
    return [(item["size"], item["going"]) for item in ask(engine, "dupes.page")["items"]]


def test_nothing_was_searched_at_first(engine: Engine) -> None:
    page = ask(engine, "dupes.page")
    assert (page["run"], page["total"], page["items"]) == (None, 0, [])
    assert ask(engine, "sets.page")["searched"] is False
    assert ask(engine, "staged.list") == {"items": [], "images": 0, "bytes": 0}


def test_groups_are_found_flipped_accepted_and_taken_back(engine: Engine, place: Path) -> None:
    before = files(place)
    said = run(engine, "dupes.find", by="phash")
    assert said.startswith("2 groups of copies among 9 images: 7 can go")
    page = ask(engine, "dupes.page")
    assert [(item["size"], item["going"]) for item in page["items"]] == [(6, 5), (3, 2)]
    second = page["items"][1]["id"]
    (group,) = ask(engine, "dupes.groups", ids=[second])["groups"]
    assert [(m["stage"], m["stays"], m["flipped"]) for m in group["members"]] == [
        (3, True, False), (2, False, False), (1, False, False),
    ]  # fmt: skip
    flipped = ask(engine, "dupes.flip", groupId=second, imageId=group["members"][1]["id"])
    assert (flipped["stale"], flipped["groupId"]) == (["duplicates"], second)
    assert open_groups(engine) == [(6, 5), (3, 1)]
    accepted = ask(engine, "dupes.accept", groupId=second)
    assert "cull" in accepted["stale"]
    assert files(place) != before
    assert open_groups(engine) == [(6, 5)]
    assert ask(engine, "dupes.page", kept=True)["total"] == 2
    undone = ask(engine, "history.undo")
    assert (undone["groupId"], files(place)) == (second, before)
    ask(engine, "history.redo")
    assert [p for p in files(place) if p.startswith("_review_dupes/")] == ["_review_dupes/20250702_120000_stage1.png"]
    assert "5 images set aside" in run(engine, "dupes.accept_all")
    batches = ask(engine, "staged.list")
    assert ([b["images"] for b in batches["items"]], batches["images"]) == ([5, 1], 6)
    assert len(batches["items"][0]["thumbs"]) == 5
    assert ask(engine, "library.status")["images"] == 3
    assert "6 images put back" in run(engine, "staged.restore")
    assert files(place) == before
    assert ask(engine, "library.status")["images"] == 9


def test_a_rule_is_tried_on_all_groups_and_splits_are_kept(engine: Engine) -> None:
    run(engine, "dupes.find")
    second = ask(engine, "dupes.page")["items"][1]["id"]
    (group,) = ask(engine, "dupes.groups", ids=[second])["groups"]
    ask(engine, "dupes.split", groupId=second, imageId=group["members"][2]["id"])
    assert open_groups(engine) == [(6, 5), (2, 1)]
    run(engine, "dupes.rule", keep="resolution")
    assert open_groups(engine) == [(6, 5), (2, 1)]
    assert ask(engine, "dupes.page")["run"]["keep"] == "resolution"
    ask(engine, "dupes.apart", groupId=ask(engine, "dupes.page")["items"][1]["id"])
    assert open_groups(engine) == [(6, 5)]


def test_sets_are_found_turned_round_and_set_aside_whole(engine: Engine, place: Path) -> None:
    before = files(place)
    assert run(engine, "sets.find").startswith("1 of 3 set shows the same as another")
    (match,) = ask(engine, "sets.page")["items"]
    assert (match["stages"], match["stays"]["timestamp"], match["goes"]["timestamp"]) == (
        [1, 2, 3], "2025-07-01T12:00:00", "2025-08-01T11:00:00",
    )  # fmt: skip
    assert [len(match[side]["images"]) for side in ("stays", "goes")] == [3, 3]
    ask(engine, "sets.flip", id=match["id"])
    (turned,) = ask(engine, "sets.page")["items"]
    assert (turned["flipped"], turned["goes"]["key"]) == (True, match["stays"]["key"])
    ask(engine, "sets.accept", id=match["id"])
    assert [p for p in files(place) if "delete_review" in p] == [
        f"delete_review/20250701_120000_stage{stage}.png" for stage in (1, 2, 3)
    ]
    assert ask(engine, "sets.page")["items"] == []
    ask(engine, "history.undo")
    assert files(place) == before
    ask(engine, "sets.apart", id=match["id"])
    assert ask(engine, "sets.page")["total"] == 0
    run(engine, "sets.find")
    assert ask(engine, "sets.page")["total"] == 0


def test_what_is_gone_is_answered_in_a_sentence(engine: Engine) -> None:
    for name, body in (
        ("dupes.flip", {"groupId": "f" * 12, "imageId": 1}), ("dupes.accept", {"groupId": ""}),
        ("dupes.apart", {"groupId": "x"}), ("sets.flip", {"id": "a-b"}), ("sets.accept", {"id": ""}),
        ("dupes.find", {"by": "phash", "threshold": 99}), ("dupes.find", {"by": "czkawka"}),
    ):  # fmt: skip
        answer = json.loads(engine.call(name, json.dumps({"type": name, **body})))
        assert answer["error"]["code"] in ("not_found", "wrong_use"), answer
    assert ask(engine, "dupes.groups", ids=["nothing"])["groups"] == []


def test_what_an_undo_brings_back_after_a_cull_is_grouped_again(engine: Engine, place: Path) -> None:
    run(engine, "dupes.find", by="phash")
    run(engine, "dupes.accept_all")
    assert ask(engine, "library.status")["groups"] == 2
    ask(engine, "history.undo")
    assert done(engine) == "The groups are up to date."
    shown = ask(engine, "dupes.groups", ids=[item["id"] for item in ask(engine, "dupes.page")["items"]])["groups"]
    assert sorted(m["stage"] for group in shown for m in group["members"]) == [1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert all(m["quality"] > 0 for group in shown for m in group["members"])
