"""Every call of the page: an answer or a sentence, never a traceback, whatever it is sent."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import rows
from draw import natural, save, variant
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import wire
from engine.api import Engine
from engine.errors import LibraryError
from engine.library.store import Library
from engine.library.text import to_text

CALLS = sorted(str(kind.__struct_config__.tag) for kind in wire.METHODS)
HUGE = [1 << 31, 1 << 63, 1 << 64, 10**400, -1, -(1 << 70)]


def ask(engine: Engine, name: str, **body: Any) -> Any:
    return json.loads(engine.call(name, json.dumps({"type": name, **body})))


def ask_well(engine: Engine, name: str, **body: Any) -> Any:
    answer = ask(engine, name, **body)
    assert "error" not in answer, answer
    return answer


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """On a library of rows: families of 3, 2, 1 and 2."""
    engine = Engine()
    engine.library = rows.filled(tmp_path / "library", [3, 2, 1, 2])
    yield engine
    engine.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for n in (1, 2):
        save(variant(natural(0, 96, 120), n), tmp_path / "images" / f"a_stage{n}.png")
    return tmp_path / "images"


def wait_for_job(engine: Engine) -> Any:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        job = ask_well(engine, "library.status")["job"]
        if job is None or job["state"] != "running":
            return job
        time.sleep(0.02)
    raise AssertionError("the job does not end")


@pytest.mark.parametrize("name", CALLS)
def test_every_call_answers_without_a_library(name: str) -> None:
    engine = Engine()
    answer = json.loads(engine.call(name, json.dumps({"type": name})))
    assert "error" not in answer or answer["error"]["code"] in ("not_found", "wrong_use")
    engine.close()


@pytest.mark.parametrize(
    "body", ["", "{", "null", "[]", "7", '"x"', '{"type":"nobody"}', '{"type":1}', "\ud800", "[" * 100_000, "\0"]
)
def test_malformed_json_is_wrong_use(engine: Engine, body: str) -> None:
    for name in CALLS:
        error = json.loads(engine.call(name, body))["error"]
        assert error["code"] == "wrong_use", (name, error)
        assert error["message"]


def test_an_unknown_field_is_wrong_use(engine: Engine) -> None:
    for name in CALLS:
        assert ask(engine, name, surprise=1)["error"]["code"] == "wrong_use"


@pytest.mark.parametrize("name", ["", "nobody", "__init__", "cull.pick ", "\ud800", "\x00"])
def test_an_unknown_call_is_wrong_use(engine: Engine, name: str) -> None:
    assert json.loads(engine.call(name, "{}"))["error"]["code"] == "wrong_use"


@pytest.mark.parametrize("number", HUGE)
def test_numbers_of_any_size_are_answered(engine: Engine, number: int) -> None:
    key = ask_well(engine, "cull.queue", which="all")["items"][0]["id"]
    for name, body in (
        ("cull.flag", {"imageId": number, "on": True}),
        ("cull.pick", {"groupId": key, "winner": number}),
        ("cull.reject", {"groupId": key, "images": [number]}),
        ("job.cancel", {"id": number}),
        ("place.save", {"screen": "cull", "imageId": number}),
        ("settings.set", {"key": "intake.workers", "value": number}),
    ):
        answer = ask(engine, name, **body)
        assert answer.get("error", {}).get("code") in (None, "wrong_use", "not_found", "settings"), answer
    for name in ("cull.queue", "sweep.keepers", "quarantine.list"):
        for field in ("offset", "limit"):
            answer = ask(engine, name, **{field: number})
            assert answer.get("error", {}).get("code") in (None, "wrong_use"), answer
    assert ask_well(engine, "library.status")["decided"] == 0


def test_a_page_is_never_longer_than_a_thousand(engine: Engine, tmp_path: Path) -> None:
    rows.fill(engine.need(), [1] * 1100, seed=5)
    rows.group(engine.need())
    assert len(ask_well(engine, "cull.queue", which="all", limit=10**6)["items"]) == 1000
    assert ask_well(engine, "sweep.keepers", limit=-1)["items"] == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(
    st.sampled_from(CALLS),
    st.dictionaries(
        st.sampled_from(["path", "paths", "ids", "groupId", "winner", "images", "on", "imageId", "key", "value", "to"]),
        st.one_of(st.integers(), st.text(max_size=5), st.lists(st.integers(), max_size=2), st.none(), st.booleans()),
        max_size=3,
    ),
)
def test_any_body_gets_an_answer(engine: Engine, name: str, body: dict[str, Any]) -> None:
    if name.startswith("export.") or name in ("library.open", "sources.add", "cull.start", "dialog.reveal"):
        body = {**body, "surprise": 1}
    answer = msgspec.json.decode(engine.call(name, json.dumps({"type": name, **body})))
    assert answer.get("error", {"code": ""})["code"] != "fault", answer


def test_a_fault_is_a_sentence(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("\udcff")

    monkeypatch.setattr("engine.culling.queue.queue", broken)
    error = ask(engine, "cull.queue")["error"]
    assert error["code"] == "fault"
    assert "Traceback" not in error["message"]


def test_a_folder_becomes_a_library_and_a_cull(folder: Path) -> None:
    engine, events = Engine(), []
    engine.listen(events.append)
    answer = ask_well(engine, "library.open", path=to_text(folder))
    assert answer["status"]["sources"][0]["path"] == to_text(folder)
    job = wait_for_job(engine)
    assert (job["state"], job["message"]) == ("done", "2 images in 1 group: 1 keeper picked, nothing needs you.")
    status = ask_well(engine, "library.status")
    assert (status["images"], status["groups"], status["keepers"]) == (2, 1, 1)
    assert any(isinstance(e, wire.StaleEvent) for e in events)
    assert [e.job.state for e in events if isinstance(e, wire.JobEvent)][-1] == "done"
    engine.close()


def test_opening_what_is_open_leaves_it_open_and_writable(engine: Engine) -> None:
    library = engine.need()
    answer = ask_well(engine, "library.open", path=to_text(library.paths.root))
    assert engine.library is library
    assert not answer["status"]["readOnly"]
    ask_well(engine, "cull.flag", imageId=1, on=True)


def test_a_library_that_cannot_be_opened_leaves_the_open_one(engine: Engine, tmp_path: Path) -> None:
    library = engine.need()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "library.db").write_text("nonsense" * 100)
    assert ask(engine, "library.open", path=to_text(tmp_path / "broken"))["error"]["code"] == "library_damaged"
    assert engine.library is library
    ask_well(engine, "cull.flag", imageId=1, on=True)


def test_another_library_and_back_again(engine: Engine, tmp_path: Path) -> None:
    first = engine.need().paths.root
    Library(tmp_path / "second").close()
    for place in (tmp_path / "second", first):
        thread = threading.Thread(target=ask_well, args=(engine, "library.open"), kwargs={"path": to_text(place)})
        thread.start()
        thread.join(10)
        status = ask_well(engine, "library.status")
        assert (status["library"], status["readOnly"]) == (to_text(place), False)


def test_calls_under_way_while_the_library_changes_get_an_answer(engine: Engine, tmp_path: Path) -> None:
    first = engine.need().paths.root
    Library(tmp_path / "second").close()
    stop, codes = threading.Event(), set()

    def hammer() -> None:
        while not stop.is_set():
            answer = ask(engine, "cull.queue", which="all")
            codes.add(answer["error"]["code"] if "error" in answer else "fine")

    threads = [threading.Thread(target=hammer) for _ in range(4)]
    for thread in threads:
        thread.start()
    for place in [tmp_path / "second", first] * 3:
        ask_well(engine, "library.open", path=to_text(place))
    stop.set()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()
    assert codes <= {"fine", "library", "not_found"}


def test_a_decision_says_what_changed(engine: Engine) -> None:
    item = ask_well(engine, "cull.queue", which="all")["items"][0]
    (group,) = ask_well(engine, "cull.groups", ids=[item["id"], "gone"])["groups"]
    winner = group["members"][-1]["id"]
    changed = ask_well(engine, "cull.pick", groupId=item["id"], winner=winner)
    assert (changed["groupId"], changed["imageId"], changed["decided"]) == (item["id"], winner, 1)
    assert changed["undo"] == changed["label"]
    undone = ask_well(engine, "history.undo")
    assert (undone["decided"], undone["undo"], undone["redo"]) == (0, "", changed["label"])
    assert ask_well(engine, "history.redo")["decided"] == 1
    assert ask(engine, "history.redo")["error"]["code"] == "not_found"


def test_the_place_is_remembered(engine: Engine) -> None:
    ask_well(engine, "place.save", screen="cull", groupId="abc", imageId=3)
    place = ask_well(engine, "app.hello")["place"]
    assert (place["screen"], place["groupId"], place["imageId"]) == ("cull", "abc", 3)


def test_a_stage_pattern_that_is_no_pattern_is_refused(engine: Engine) -> None:
    for pattern in ("(", "no group", "(?P<stage>a+)+$"):
        assert ask(engine, "settings.set", key="stages.pattern", value=pattern)["error"]["code"] == "settings"
    assert engine.need().settings.stages.pattern == ""
    ask_well(engine, "settings.set", key="stages.pattern", value=r"_v(?P<stage>\d+)")


def test_decisions_made_while_a_cull_runs_are_kept(engine: Engine) -> None:
    """All groups are formed and written anew again and again while a person decides."""
    keys = [item["id"] for item in ask_well(engine, "cull.queue", which="all")["items"]]
    rows.fill(engine.need(), [4] * 200, seed=9)

    def work(progress: Any) -> str:
        for _ in range(5):
            rows.group(engine.need(), progress)
        return "done"

    engine.jobs.start("cull", work)
    decided, rounds = set(), 0
    while engine.jobs.running("cull"):
        key = keys[rounds % len(keys)]
        image = ask_well(engine, "cull.groups", ids=[key])["groups"][0]["members"][0]["id"]
        ask_well(engine, "cull.pick", groupId=key, winner=image)
        decided.add(key)
        rounds += 1
    assert rounds > 3
    assert ask_well(engine, "library.status")["decided"] == len(decided)
    for group in ask_well(engine, "cull.groups", ids=sorted(decided))["groups"]:
        assert group["status"] == "decided"
    assert engine.need().rebuild() == (rounds, [])


def test_starting_a_cull_again_takes_the_place_of_the_first(engine: Engine, folder: Path) -> None:
    ask_well(engine, "sources.add", paths=[to_text(folder)])
    numbers = [ask_well(engine, "cull.start")["job"] for _ in range(3)]
    job = wait_for_job(engine)
    assert (job["id"], job["state"]) == (numbers[-1], "done")


def test_a_cancel_ends_a_cull_within_a_second(engine: Engine, folder: Path) -> None:
    for n in range(40):
        save(natural(n, 400, 400), folder / f"more{n}.png")
    number = ask_well(engine, "sources.add", paths=[to_text(folder)])["job"]
    time.sleep(0.4)
    began = time.monotonic()
    ask_well(engine, "job.cancel", id=number)
    job = wait_for_job(engine)
    assert job["state"] == "cancelled"
    assert time.monotonic() - began < 1


def test_closing_while_a_cull_runs_ends_it(folder: Path) -> None:
    engine = Engine()
    ask_well(engine, "library.open", path=to_text(folder))
    library = engine.need()
    engine.close()
    with pytest.raises(LibraryError, match="closed"):
        library.fact("place")
    with Library(library.paths.root) as again:
        assert not again.read_only
