"""The calls of learning: training as a job, going back, and learning by itself after enough picks."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.api import Engine
from engine.learning import cards, train
from engine.library.journal import Promoted, Record
from engine.library.store import Library
from engine.progress import Quiet
from tests import likes


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setattr(train, "_embed", lambda library, progress: [])  # no network is loaded here
    opened = Engine()
    opened.library = likes.library(tmp_path / "library", 44)
    yield opened
    opened.close()


def ask(engine: Engine, name: str, **body: Any) -> Any:
    return json.loads(engine.call(name, json.dumps({"type": name, **body})))


def ended(engine: Engine) -> Any:
    """The last job, once it has ended."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        job = engine.jobs.current()
        if job is not None and job.state != "running":
            return job
        time.sleep(0.02)
    raise AssertionError("the job did not end")


def opened(engine: Engine) -> Library:
    assert engine.library is not None
    return engine.library


def pick(engine: Engine, count: int, start: int = 0) -> None:
    taste = likes.liked(opened(engine))
    for key, members in list(likes.groups(opened(engine)).items())[start : start + count]:
        answer = ask(engine, "cull.pick", groupId=key, winner=max(members, key=lambda image: taste[image]))
        assert "error" not in answer


def test_training_is_a_job_that_says_what_it_learned(engine: Engine) -> None:
    likes.pick(opened(engine), list(likes.groups(opened(engine)))[:20], likes.liked(opened(engine)))
    assert ask(engine, "learn.train")["job"] >= 1
    job = ended(engine)
    assert (job.kind, job.state) == ("train", "done")
    assert job.message.startswith("Learned from 40 pairs of 20 families")


def test_training_on_too_little_says_so(engine: Engine) -> None:
    ask(engine, "learn.train")
    job = ended(engine)
    assert job.state == "done"
    assert "Not enough yet: 0 pairs of 0 families" in job.message


def test_going_back_is_a_job_and_says_when_there_is_nothing_to_go_back_to(engine: Engine) -> None:
    library = opened(engine)
    likes.pick(library, list(likes.groups(library))[:20], likes.liked(library))
    first = train.train(library, Quiet()).model
    train.train(library, Quiet())
    ask(engine, "learn.back")
    assert ended(engine).state == "done"
    current = cards.current(library)
    assert current is not None
    assert current.name == first
    ask(engine, "learn.back")
    job = ended(engine)
    assert job.state == "failed"
    assert "no earlier model" in job.message


def test_it_learns_by_itself_after_enough_picks_and_again_after_twenty_more(engine: Engine) -> None:
    pick(engine, 4)
    assert engine.jobs.current() is None
    pick(engine, 16, 4)
    assert ended(engine).kind == "learn"
    train.train(opened(engine), Quiet())
    before = cards.current(opened(engine))
    pick(engine, 20, 20)
    assert ended(engine).state == "done"
    after = cards.current(opened(engine))
    assert before is not None
    assert after is not None
    assert after.name > before.name
    assert after.pairs == before.pairs + 40


def test_it_learns_again_after_many_were_opened_again_or_rejected_and_after_a_page_was_accepted(engine: Engine) -> None:
    library = opened(engine)
    keys = list(likes.groups(library))
    likes.pick(library, keys[:30], likes.liked(library))
    library.change_setting("learning.random_share", 0.0)
    names = [train.train(library, Quiet()).model]

    def learned() -> str:
        assert ended(engine).kind == "learn"
        current = cards.current(library)
        assert current is not None
        return current.name

    for key in keys[:10]:
        ask(engine, "cull.reopen", groupId=key)
    assert engine.jobs.current() is None
    for key in keys[10:20]:
        ask(engine, "cull.reject", groupId=key, images=likes.groups(library)[key][:1], tags=[])
    names.append(learned())
    ask(engine, "learn.accept", groupIds=keys[:10] + keys[30:])
    names.append(learned())
    assert names == sorted(set(names))


def test_it_learns_nothing_by_itself_where_that_is_switched_off(engine: Engine) -> None:
    opened(engine).change_setting("learning.on", False)
    pick(engine, 24)
    assert engine.jobs.current() is None


def recommended(library: Library) -> int:
    with library.db.read() as connection:
        return int(connection.execute("SELECT count(*) FROM recommended").get)


def test_switching_learning_off_takes_the_recommendations_away_and_on_brings_them_back(engine: Engine) -> None:
    library = opened(engine)
    likes.pick(library, list(likes.groups(library))[:20], likes.liked(library))
    train.train(library, Quiet())
    before = recommended(library)
    assert before > 0
    ask(engine, "settings.set", key="learning.on", value=False)
    assert ended(engine).message == "Learning is off in the settings."
    assert recommended(library) == 0
    ask(engine, "settings.set", key="learning.on", value=True)
    assert ended(engine).message.startswith("Learned from 40 pairs")
    assert recommended(library) == before


def test_what_was_switched_off_in_the_file_is_taken_away_when_the_library_is_opened(engine: Engine) -> None:
    from engine import api_learning

    library = opened(engine)
    likes.pick(library, list(likes.groups(library))[:20], likes.liked(library))
    train.train(library, Quiet())
    library.change_setting("learning.on", False)
    api_learning.opened(engine)
    assert ended(engine).state == "done"
    assert recommended(library) == 0


def test_insight_says_why_there_is_no_card_or_why_it_cannot_be_read(engine: Engine) -> None:
    library = opened(engine)
    likes.pick(library, list(likes.groups(library))[:20], likes.liked(library))
    name = train.train(library, Quiet()).model
    said = ask(engine, "insight.all")
    assert (said["card"]["name"], said["why"]) == (name, "")
    card = library.paths.models / f"{name}.json"
    card.write_bytes(b"{}")
    said = ask(engine, "insight.all")
    assert (said["card"], said["likes"]) == (None, [])
    assert said["why"].startswith(f"The model in use, {name}, cannot be read: its card is damaged.")
    assert card.read_bytes() == b"{}"
    for _ in range(12):
        library.undo()
    done = train.train(library, Quiet())
    said = ask(engine, "insight.all")
    assert (said["card"], said["why"]) == (None, done.why)


def test_a_second_click_does_not_go_back_further(engine: Engine) -> None:
    library = opened(engine)
    likes.pick(library, list(likes.groups(library))[:20], likes.liked(library))
    names = [train.train(library, Quiet()).model for _ in range(3)]
    busy = threading.Event()
    engine.jobs.start("cull", lambda _: str(busy.wait(30)))
    ask(engine, "learn.back")
    ask(engine, "learn.back")
    busy.set()
    job = ended(engine)
    assert (job.state, job.message) == ("done", "Another model came into use meanwhile, so nothing was changed.")
    current = cards.current(library)
    assert current is not None
    assert current.name == names[1]


def test_what_the_last_session_left_is_learned_when_the_library_is_opened(engine: Engine) -> None:
    from engine import api_learning

    api_learning.opened(engine)
    assert engine.jobs.current() is None
    library = opened(engine)
    likes.pick(library, list(likes.groups(library))[:18], likes.liked(library))
    api_learning.opened(engine)
    assert ended(engine).state == "done"
    assert cards.current(library) is not None


def other(engine: Engine) -> threading.Event:
    """Start another job that nobody asked for; it ends once this is set."""
    go = threading.Event()
    engine.jobs.start("learn", lambda _: str(go.wait(30)))
    return go


@pytest.mark.parametrize("beside", [False, True])
def test_groups_that_a_batch_had_decided_are_recommended_again_once_it_is_undone(engine: Engine, beside: bool) -> None:
    pick(engine, 20)
    library = opened(engine)
    ended(engine)
    train.train(library, Quiet())
    with library.db.read() as connection:
        key, image = connection.execute("SELECT group_key, image_id FROM recommended ORDER BY 1 LIMIT 1").fetchone()
        members = connection.execute(
            "SELECT i.id, i.filepath, i.content_hash FROM members m JOIN groups g ON g.id = m.group_id"
            " JOIN images i ON i.id = m.image_id WHERE g.key = ?", (key,),
        ).fetchall()  # fmt: skip
    places = list(range(len(members)))
    winner = [number for number, _, _ in members].index(image)
    library.decide(
        Record(
            ts="", set_id="b", images=[path for _, path, _ in members], hashes=[content for _, _, content in members],
            kind="promote", batch=[Promoted(str(key), winner, places, 0.9)],
        ), "batch",
    )  # fmt: skip
    train.train(library, Quiet())

    def known() -> bool:
        with library.db.read() as connection:
            return connection.execute("SELECT 1 FROM recommended WHERE group_key = ?", (key,)).get is not None

    assert not known()
    go = other(engine) if beside else threading.Event()
    ask(engine, "history.undo")
    go.set()
    assert ended(engine).kind == "learn"
    assert known()


def test_what_is_recommended_goes_also_where_learning_is_switched_off_while_another_job_runs(engine: Engine) -> None:
    library = opened(engine)
    likes.pick(library, list(likes.groups(library))[:20], likes.liked(library))
    train.train(library, Quiet())
    go = other(engine)
    ask(engine, "settings.set", key="learning.on", value=False)
    pick(engine, 3, 20)
    job = engine.jobs.current()
    go.set()
    assert ended(engine).message == "Learning is off in the settings."
    assert job is not None
    assert ended(engine).id == job.id == 2  # one job for them all
    assert recommended(library) == 0
