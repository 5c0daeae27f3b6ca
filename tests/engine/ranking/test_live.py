"""A ranking in memory is what a fresh reading of the library gives, whatever happened and whoever did it."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import apsw
import numpy as np
import pytest
import rows
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.culling import decide
from engine.errors import NotFound, PickwiseError
from engine.library.store import Library, set_fact
from engine.ranking import matches
from engine.ranking.live import Live


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with rows.filled(tmp_path / "library", [1] * 9 + [3, 2], blurred=0.0) as library:
        yield library


@pytest.fixture
def live(library: Library) -> Iterator[Live]:
    live = Live(library)
    yield live
    live.close()


def seen(live: Live) -> dict[str, Any]:
    """All that a ranking knows, by image."""
    with live._true() as state:
        ranker, ids = state.ranker, state.places.ids.tolist()
        known = dict(enumerate(ids))
        return {
            "asked": {image for place, image in known.items() if ranker.eligible[place]},
            "known": {image for place, image in known.items() if state.known[place]},
            "count": {image: int(ranker.count[place]) for place, image in known.items() if ranker.count[place]},
            "shown": {image: int(state.shown[place]) for place, image in known.items() if state.shown[place]},
            "ratings": {i: (float(ranker.mu[p]), float(ranker.sigma[p])) for p, i in known.items()},
            "entries": list(state.entries),
            "tally": (state.matches, state.skips, state.judge),
            "unused": bool(ranker.eligible[len(ids) :].any()),
        }


def answer(library: Library, live: Live, rng: random.Random, kind: Any, up: int = 3) -> None:
    shown, _ = live.next(up)
    if shown:
        winner = rng.choice(shown) if kind == "match" else None
        matches.record(library, shown, winner, kind, library.settings.ranking.judge)


def play(library: Library, live: Live, seed: int, picks: int, up: int = 3) -> None:
    rng = random.Random(seed)
    for _ in range(picks):
        answer(library, live, rng, "match", up)


def some_member(library: Library, rng: random.Random) -> tuple[str, int]:
    """A group's key and one of its images."""
    with library.db.read() as connection:
        found = connection.execute(
            "SELECT g.key, m.image_id FROM members m JOIN groups g ON g.id = m.group_id ORDER BY g.key, m.image_id"
        ).fetchall()
    key, image = rng.choice(found)
    return str(key), int(image)


def vanish(connection: apsw.Connection, image: int) -> None:
    connection.execute("UPDATE images SET missing_since = 'now' WHERE id = ?", (image,))
    serial = int(connection.execute("SELECT value FROM facts WHERE name = 'intake_serial'").get or 0)
    set_fact(connection, "intake_serial", str(serial + 1))


def scan(library: Library, rng: random.Random) -> None:
    rows.fill(library, [2], seed=rng.randrange(1, 10**6))
    rows.group(library)


# What may happen to a library: three answers, what a person and a scan do, and what the settings say.
ACTIONS: dict[str, Callable[[Library, Live, random.Random], object]] = {
    "match": lambda library, live, rng: answer(library, live, rng, "match"),
    "draw": lambda library, live, rng: answer(library, live, rng, "draw"),
    "skip": lambda library, live, rng: answer(library, live, rng, "skip"),
    "undo": lambda library, live, rng: library.undo(),
    "redo": lambda library, live, rng: library.redo(),
    "keep": lambda library, live, rng: decide.pick(library, *some_member(library, rng)),
    "reject": lambda library, live, rng: decide.reject(library, (m := some_member(library, rng))[0], [m[1]]),
    "flag": lambda library, live, rng: decide.flag(library, some_member(library, rng)[1], on=True),
    "judge": lambda library, live, rng: library.change_setting("ranking.judge", rng.choice(["", "Anna"])),
    "one": lambda library, live, rng: library.change_setting("ranking.one_per_group", rng.random() < 0.5),
    "scan": lambda library, live, rng: scan(library, rng),
    "vanish": lambda library, live, rng: library.write(lambda c: vanish(c, some_member(library, rng)[1])),
    "strategy": lambda library, live, rng: library.change_setting("ranking.strategy", rng.choice(["spec", "default"])),
    "rebuild": lambda library, live, rng: library.rebuild(),
}
OFTEN = [*ACTIONS, "match", "match", "undo", "undo", "redo"]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(OFTEN), st.booleans()), max_size=25), st.integers(0, 10**6))
def test_whatever_happens_it_is_what_a_fresh_reading_gives(
    tmp_path_factory: pytest.TempPathFactory, story: list[tuple[str, bool]], seed: int
) -> None:
    """Looked at after some of the steps only, so that it has to follow several at once."""
    rng = random.Random(seed)
    with rows.filled(tmp_path_factory.mktemp("story") / "library", [1] * 4 + [3, 2], blurred=0.0) as library:
        live = Live(library, fits=False)  # its thread would look in the middle of the steps below
        for action, look in story:
            try:
                ACTIONS[action](library, live, rng)
            except NotFound:
                assert action in ("undo", "redo")
            if look:
                live.follow()
        fresh = Live(library)
        one, other = seen(live), seen(fresh)
        live.close()
        fresh.close()
        assert one == other


def test_strengths_followed_are_strengths_read(library: Library, live: Live) -> None:
    rng = random.Random(3)
    for number in range(12):
        answer(library, live, rng, "draw" if number % 5 == 4 else "match")
    library.undo()
    live.settle()
    fresh = Live.load(library)
    one, other = live.standing(), fresh.standing()
    fresh.close()
    of = dict(zip(one.ids.tolist(), one.strength, strict=True))
    assert [of[i] for i in other.ids.tolist()] == pytest.approx(other.strength.tolist(), abs=0.02)


def test_the_standing_has_everyone_who_is_not_quarantined_best_first(library: Library, live: Live) -> None:
    play(library, live, 4, 6)
    library.write(lambda c: c.execute("UPDATE images SET quarantine = 'broken' WHERE id = 2").get)
    library.remember("intake_serial", "x")
    live.settle()
    stand = live.standing()
    assert sorted(stand.ids.tolist()) == [i for i in range(1, 15) if i != 2]
    inside = stand.strength[stand.in_field]
    assert np.all(np.diff(inside) <= 1e-9)
    assert not stand.in_field[len(inside) :].any()
    assert ((stand.chance >= 0) & (stand.chance <= 1)).all()
    assert stand.top == library.settings.ranking.top


def test_the_standing_is_the_same_object_until_something_changes(library: Library, live: Live) -> None:
    live.settle()
    first = live.standing()
    assert live.standing() is first
    play(library, live, 0, 1)
    assert live.standing() is not first


def test_skips_of_another_session_may_be_asked_again(library: Library, live: Live) -> None:
    asked = set()
    while shown := live.next(2)[0]:
        asked.add(frozenset(shown))
        matches.record(library, shown, None, "skip")
    time.sleep(0.001)
    again = Live(library)
    assert frozenset(again.next(2)[0]) in asked
    again.close()


def test_a_session_survives_a_new_reading(library: Library, live: Live) -> None:
    """A change that has everything read again does not bring pairs back that were skipped or decided."""
    met = set()
    for number in range(40):
        shown, _ = live.next(2)
        if not shown:
            break
        assert frozenset(shown) not in met
        met.add(frozenset(shown))
        matches.record(library, shown, shown[0] if number % 2 else None, "match" if number % 2 else "skip")
        if number == 9:
            library.change_setting("ranking.top", 7)
    assert len(met) > 20


def test_calls_on_many_threads_agree(library: Library, live: Live) -> None:
    problems: list[object] = []

    def work(number: int) -> None:
        rng = random.Random(number)
        for _ in range(25):
            kind = rng.choice(["match", "match", "skip", "undo", "look"])
            try:
                if kind == "look":
                    live.tally()
                    live.standing()
                else:
                    ACTIONS[kind](library, live, rng)
            except NotFound:
                pass
            except Exception as error:  # noqa: BLE001 - whatever it is, it is a fault
                problems.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not problems
    fresh = Live(library)
    assert seen(live) == seen(fresh)
    fresh.close()


def test_closing_waits_for_no_fit(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, release = threading.Event(), threading.Event()

    def slow(_: object) -> None:
        begun.set()
        release.wait(20)

    monkeypatch.setattr("engine.ranking.ranker.Ranker.refit", slow)
    live = Live(library)
    play(library, live, 0, 1)
    live.follow()
    assert begun.wait(10)
    before = time.monotonic()
    live.next(3)
    live.close()
    assert time.monotonic() - before < 5
    release.set()


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end, "it does not come true"
        time.sleep(0.01)


def curve(live: Live) -> list[int]:
    return [point.picks for point in live.tally().curve]


def test_the_curve_is_kept_over_a_restart(library: Library, live: Live) -> None:
    play(library, live, 5, 3)
    until(lambda: curve(live)[-1:] == [3])
    live.close()
    again = Live(library)
    assert again.tally().curve == live.tally().curve
    again.close()


def test_a_curve_that_is_lost_is_told_again_from_the_picks(library: Library, live: Live) -> None:
    library.change_setting("ranking.one_per_group", False)
    play(library, live, 6, 24, up=2)
    library.change_setting("ranking.top", 3)
    until(lambda: curve(live) == [2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24])
    assert all(0 <= point.share <= 1 for point in live.tally().curve)


def test_undone_picks_leave_the_curve(library: Library, live: Live) -> None:
    play(library, live, 7, 3)
    until(lambda: curve(live)[-1:] == [3])
    library.undo()
    assert 3 not in curve(live)
    until(lambda: curve(live)[-1:] == [2])


def test_a_library_closed_meanwhile_is_said_in_a_sentence(tmp_path: Path) -> None:
    library = rows.filled(tmp_path / "library", [1, 1])
    live = Live(library)
    live.close()
    library.close()
    with pytest.raises(PickwiseError, match="closed"):
        live.next(2)
