"""The Crop screen's calls, through the engine as the page makes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from engine import api, wire
from engine.api import Engine
from tests.cropped import ask, made


@pytest.fixture
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    started = Engine()
    started.open(made(tmp_path_factory.getbasetemp()).put_back() / "library")
    yield started
    started.close()


def first(engine: Engine, **more: Any) -> Any:
    """The first image that waits, as the screen shows it."""
    item = ask(engine, "crop.queue", **more)["items"][0]
    return ask(engine, "crop.images", images=item["images"])["images"][0]


def choose(engine: Engine, image: Any, choice: str = "best", **more: Any) -> Any:
    box = image["candidates"][0]["box"]
    answer = {"image": image["id"], "choice": choice, "box": box, **more.pop("answer", {})}
    return ask(engine, "crop.choose", answer=answer, **more)


def test_every_call_has_a_handler() -> None:
    assert set(wire.METHODS) == set(api._HANDLERS)


def test_the_queue_holds_keepers_and_trios(engine: Engine) -> None:
    singles, trios = ask(engine, "crop.queue"), ask(engine, "crop.queue", trios=True)
    assert [len(item["images"]) for item in singles["items"]] == [1, 1, 1]
    assert [len(item["images"]) for item in trios["items"]] == [3, 3]
    assert (singles["waiting"], singles["done"], singles["unproposed"], trios["waiting"]) == (3, 0, 0, 2)


def test_an_image_shows_up_to_three_boxes_of_its_own_ratio(engine: Engine) -> None:
    image = first(engine)
    assert 1 <= len(image["candidates"]) <= 3
    for one in image["candidates"]:
        x1, y1, x2, y2 = one["box"]
        assert 0 <= x1 < x2 <= image["width"]
        assert 0 <= y1 < y2 <= image["height"]
        assert (x2 - x1) * image["height"] == (y2 - y1) * image["width"]


def test_an_answer_leaves_the_queue_and_an_undo_brings_it_back(engine: Engine) -> None:
    image = first(engine)
    said = choose(engine, image, answer={"tags": ["toes"]}, timeMs=1500, actions=2)
    assert said["stale"][0] == "crop"
    done = ask(engine, "crop.images", images=[image["id"]])["images"][0]
    assert (done["choice"], done["box"], done["tags"]) == ("best", image["candidates"][0]["box"], ["toes"])
    assert ask(engine, "crop.queue")["waiting"] == 2
    back = ask(engine, "history.undo")
    assert (back["stale"][0], back["imageId"]) == ("crop", image["id"])
    assert ask(engine, "crop.queue")["waiting"] == 3
    assert ask(engine, "crop.images", images=[image["id"]])["images"][0]["choice"] is None


def test_a_trio_is_one_decision_and_one_undo(engine: Engine) -> None:
    item = ask(engine, "crop.queue", trios=True)["items"][0]
    winner, *losers = item["images"]
    image = ask(engine, "crop.images", images=[winner])["images"][0]
    before = ask(engine, "cull.groups", ids=[item["groupId"]])
    said = choose(engine, image, groupId=item["groupId"], losers=losers)
    assert (said["needsYou"], said["decided"]) == (1, 1)
    members = ask(engine, "cull.groups", ids=[item["groupId"]])["groups"][0]["members"]
    assert {m["id"]: m["verdict"] for m in members} == {winner: "keep", **dict.fromkeys(losers, "alternate")}
    back = ask(engine, "history.undo")
    assert (back["groupId"], back["needsYou"], back["undo"]) == (item["groupId"], 2, "")
    assert ask(engine, "cull.groups", ids=[item["groupId"]]) == before


def test_what_a_person_sends_comes_first(engine: Engine) -> None:
    last = ask(engine, "crop.queue", trios=True)["items"][-1]["images"][-1]
    assert ask(engine, "crop.send", image=last, on=True)["stale"][0] == "crop"
    head = ask(engine, "crop.queue")["items"][0]
    assert (head["images"], head["askedFor"]) == ([last], True)
    ask(engine, "crop.send", image=last, on=False)
    assert ask(engine, "crop.queue")["waiting"] == 3


@pytest.mark.parametrize(
    "box", [[0, 0, 10, 10], [-4, 0, 316, 240], [0, 0, 324, 243], [5, 5, 5, 5], [8, 6, 4, 3], [0, 0, 2**62, 2**62]]
)
@pytest.mark.parametrize("call", ["crop.choose", "crop.measure"])
def test_a_box_that_is_none_is_refused_in_a_sentence(engine: Engine, box: list[int], call: str) -> None:
    image = first(engine)["id"]
    body = {"image": image, "box": box}
    said = ask(engine, call, **({"answer": {**body, "choice": "nudged"}} if call == "crop.choose" else body))
    assert said["error"]["code"] == "wrong_use"
    assert said["error"]["message"].endswith(".")
    assert ask(engine, "crop.queue")["waiting"] == 3


def test_a_proposal_that_is_no_longer_the_one_shown_is_refused(engine: Engine) -> None:
    image = first(engine)
    said = choose(engine, image, answer={"box": [0, 0, 120, 160]})
    assert "made anew" in said["error"]["message"]


def test_what_was_shown_may_still_be_accepted_after_another_answer_has_taught(engine: Engine) -> None:
    one, two, *_ = (item["images"][0] for item in ask(engine, "crop.queue")["items"])
    early, late = ask(engine, "crop.images", images=[one, two])["images"]
    engine.need().change_setting("crop.saliency", 0.0)  # as a lesson would, and more
    engine.need().change_setting("crop.thirds", 10.0)
    anew = ask(engine, "crop.images", images=[two])["images"][0]
    assert anew["candidates"][0]["score"] != late["candidates"][0]["score"]
    for image in (early, late):
        assert "error" not in choose(engine, image)
    said = ask(engine, "crop.images", images=[two])["images"][0]
    assert (said["choice"], said["box"]) == ("best", late["candidates"][0]["box"])


def test_a_box_of_the_persons_own_is_measured_and_kept_as_it_is(engine: Engine) -> None:
    image = first(engine)
    measured = ask(engine, "crop.measure", image=image["id"], box=[3, 5, 123, 165])
    assert set(measured["terms"]) == set(image["candidates"][0]["terms"])
    assert measured["ratioError"] == 0
    choose(engine, image, "nudged", answer={"box": [3, 5, 123, 165]})
    assert ask(engine, "crop.images", images=[image["id"]])["images"][0]["box"] == [3, 5, 123, 165]


def test_strange_numbers_tags_and_images_are_refused(engine: Engine) -> None:
    image = first(engine)
    for more in ({"timeMs": -1}, {"actions": -1}, {"timeMs": 2**60}, {"answer": {"tags": ["nice"]}}):
        assert choose(engine, image, **more)["error"]["code"] == "wrong_use"
    for name, body in {
        "crop.send": {"image": 999, "on": True},
        "crop.measure": {"image": 999, "box": [0, 0, 4, 3]},
    }.items():
        assert ask(engine, name, **body)["error"]["code"] == "not_found"
    assert ask(engine, "crop.images", images=[999, -1, image["id"]])["images"][0]["id"] == image["id"]
    group = ask(engine, "crop.queue", trios=True)["items"][0]["groupId"]
    assert choose(engine, image, groupId=group, losers=[])["error"]["code"] == "wrong_use"
    assert choose(engine, image, groupId="gone", losers=[1])["error"]["code"] == "not_found"


def test_the_readouts_tell_what_was_accepted(engine: Engine) -> None:
    assert ask(engine, "crop.taste")["acceptRate"] is None
    choose(engine, first(engine), timeMs=2000, actions=1)
    image = first(engine)
    choose(engine, image, "full", answer={"box": [0, 0, image["width"], image["height"]]}, timeMs=4000, actions=3)
    taste = ask(engine, "crop.taste")
    assert (taste["answers"], taste["acceptRate"], taste["actions"], taste["seconds"]) == (2, 0.5, 2.0, 3.0)
    choose(engine, first(engine), unassisted=True, timeMs=9000)
    taste = ask(engine, "crop.taste")
    assert (taste["acceptRate"], taste["secondsUnassisted"], taste["secondsSaved"]) == (0.5, 9.0, 600.0)
