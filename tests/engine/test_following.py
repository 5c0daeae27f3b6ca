"""What follows from answers on Same? once the person pauses: reports, what was learned, and groups that took long."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine import answers, following, wire
from engine.api import Engine
from engine.culling import form_write, run
from engine.culling.run import is_current
from engine.errors import LibraryError
from engine.learning import state, train
from engine.progress import Cancelled, Progress, Quiet
from engine.vision import embedders
from tests import likes
from tests.linked import call, library

LOOKS = [[], [1], [2, 3], range(20, 30), range(20, 31), [1, 2, 3, *range(32, 60)]]


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setattr(embedders, "installed", lambda _: False)
    monkeypatch.setattr(following, "PAUSE", 0.05)
    monkeypatch.setattr(following, "REST", 0.2)
    started = Engine()
    started.open(library(tmp_path / "library", LOOKS))
    yield started
    started.close()


def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def reported(engine: Engine) -> bool:
    return engine.need().fact("reported") == engine.need().fact("formed")


def test_the_reports_are_written_once_answers_pause_and_by_one_quiet_job(engine: Engine) -> None:
    for other in (4, 6, 2):
        call(engine, "same.answer", one=1, other=other, same=True)
        assert not reported(engine)
    until(lambda: reported(engine))
    text = (engine.need().paths.reports / "groups.csv").read_text(encoding="utf-8")
    assert len({line.split(",")[0] for line in text.splitlines()[1:]}) == 1
    until(lambda: (job := engine.jobs.current()) is not None and job.state == "done")
    assert engine.jobs.current() == job_of(engine, 1)


def job_of(engine: Engine, number: int) -> object:
    """The job that runs or ran last, where it is this one and of those that nobody asked for."""
    job = engine.jobs.current()
    return job if job is not None and job.id == number and job.kind == "learn" else None


def test_what_was_learned_is_told_of_the_new_groups(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    made = engine.need()

    def learn(*_: object) -> train.Trained:
        told.append(made.fact("formed"))
        made.write(lambda c: state.write(c, state.State(model="m", formed=told[-1])))
        raise following.Cancelled  # as where another job comes first

    monkeypatch.setattr(train, "train", learn)
    made.write(lambda c: state.write(c, state.State(model="m", formed=made.fact("formed"))))
    call(engine, "same.answer", one=1, other=4, same=True)
    assert told == []
    until(lambda: told)
    assert told == [made.fact("formed")]
    call(engine, "history.undo")
    until(lambda: len(told) == 2)


def test_a_group_that_an_answer_makes_has_a_recommendation_once_answers_pause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train, "_embed", lambda library, progress: [])  # no network is loaded here
    monkeypatch.setattr(following, "REST", 0.1)
    engine = Engine()
    engine.library = made = likes.library(tmp_path / "library", 44)
    try:
        groups = likes.groups(made)
        likes.pick(made, list(groups)[:24], likes.liked(made))
        train.train(made, Quiet())
        key, members = next((key, members) for key, members in list(groups.items())[24:] if len(members) > 2)
        call(engine, "same.answer", one=members[0], other=members[1], same=False)
        query = (
            "SELECT count(*), count(r.image_id) FROM groups g LEFT JOIN recommended r ON r.group_key = g.key"
            " WHERE g.key != ? AND (SELECT count(*) FROM members m WHERE m.group_id = g.id) > 1 AND g.id IN"
            " (SELECT group_id FROM members WHERE image_id IN (SELECT value FROM json_each(?)))"
        )

        def told() -> bool:
            with made.db.read() as connection:
                many, said = connection.execute(query, (key, json.dumps(members))).get
            return many == said >= 1

        assert not told()
        until(told)
    finally:
        engine.close()


def test_an_answer_that_touches_too_many_images_is_carried_out_in_the_background(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "AT_ONCE", 3)
    assert "cull" in call(engine, "same.answer", one=1, other=4, same=True)["stale"]
    assert not is_current(engine.need())
    call(engine, "same.answer", one=1, other=6, same=True)
    until(lambda: is_current(engine.need()))
    until(lambda: reported(engine))
    with engine.need().db.read() as connection:
        assert connection.execute("SELECT count(*) FROM groups").get == 1


def test_an_answer_stands_where_the_disk_refuses_its_groups_and_they_follow_later(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = [1]
    replace = form_write.replace

    def refused(*args: object) -> None:
        if full:
            raise LibraryError(f"The disk is full {full.pop()}.")
        replace(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(form_write, "replace", refused)
    assert "error" not in call(engine, "same.answer", one=1, other=4, same=True)
    assert not is_current(engine.need())
    until(lambda: is_current(engine.need()))


@pytest.mark.parametrize("failure", [LibraryError("The disk is full."), Cancelled()])
def test_new_groups_are_told_also_where_their_reports_fail_or_are_stopped(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    told: list[object] = []

    def report(*_: object) -> None:
        raise failure

    monkeypatch.setattr(following, "AT_ONCE", 3)
    monkeypatch.setattr(run, "report", report)
    monkeypatch.setattr(engine, "tell", told.append)
    call(engine, "same.answer", one=1, other=4, same=True)
    until(lambda: (job := engine.jobs.current()) is not None and job.state != "running")
    assert is_current(engine.need())
    assert told.count(wire.StaleEvent(answers.EVERYWHERE)) == 1


@pytest.mark.parametrize("another", [False, True])
def test_it_begins_again_where_another_job_came_first_but_not_where_the_person_stopped_it(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, another: bool
) -> None:
    begun: list[bool] = []

    def report(_: object, progress: Progress) -> None:
        begun.append(True)
        until(progress.cancelled)
        progress.step(0)

    monkeypatch.setattr(run, "report", report)
    call(engine, "same.answer", one=1, other=4, same=True)
    until(lambda: begun)
    if another:
        engine.jobs.start("export", lambda _: "Done.")
        until(lambda: len(begun) == 2)
    job = engine.jobs.current()
    assert job is not None
    engine.jobs.cancel(job.id)
    before = len(begun)
    time.sleep(0.6)
    assert len(begun) == before


def test_it_waits_for_the_job_that_runs_and_forgets_a_library_that_was_closed(engine: Engine, tmp_path: Path) -> None:
    go: list[bool] = []

    def long(_: object) -> str:
        until(lambda: go)
        return "Done."

    engine.jobs.start("export", long)
    call(engine, "same.answer", one=1, other=4, same=True)
    time.sleep(0.5)
    assert not reported(engine)
    go.append(True)
    until(lambda: reported(engine))
    call(engine, "same.answer", one=1, other=6, same=True)
    engine.open(library(tmp_path / "other", LOOKS))
    time.sleep(0.4)
    assert engine.need().fact("reported") == ""
