"""Groups follow answers at once, and are in every row what forming everything anew makes them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.culling import decide, form_write, rebind, run
from engine.learning import same
from engine.library.store import Library
from engine.progress import Cancelled, Quiet
from tests import linked, rows

# Families of look-alikes, some of them just beyond what makes one; and some that are like nothing.
LOOKS = [
    *(range(n) for n in range(0, 24, 3)), *([*range(30, 40), n] for n in range(6)), range(50, 52), range(50, 57),
    [1, 9, 17, 25, 33, 41, 49, 57, 60, 61, 62, 63],
]  # fmt: skip


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(linked.library(tmp_path / "library", LOOKS)) as made:
        yield made


def tables(library: Library) -> list[list[object]]:
    with library.db.read() as connection:
        return [connection.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall() for name in ("groups", "members")]


def said(library: Library, one: int, other: int, *, same_: bool | None) -> bool | None:
    same.answer(library, one, other, same=same_)
    return rebind.follow(library)


@pytest.mark.parametrize("seed", range(4))
def test_after_every_answer_undo_and_redo_the_tables_are_those_of_a_full_run(library: Library, seed: int) -> None:
    rng = random.Random(seed)
    images = range(1, len(LOOKS) + 1)
    with library.db.read() as connection:
        keys = [key for (key,) in connection.execute("SELECT key FROM groups ORDER BY id")]
    decide.pick(library, keys[0], 1, [])
    undone = 0
    for _ in range(25):
        if undone and rng.random() < 0.4:
            library.redo()
            undone -= 1
        elif rng.random() < 0.25:
            library.undo()
            undone += 1
        else:
            one, other = rng.sample(images, 2)
            same.answer(library, one, other, same=rng.choice([True, True, False, False, None]))
            undone = 0
        if rng.random() < 0.7:  # some answers wait for the next
            assert rebind.follow(library) is not None
            assert run.is_current(library)
            now = tables(library)
            rows.group(library)
            assert tables(library) == now


def test_it_says_whether_any_group_is_another_now(library: Library) -> None:
    before = tables(library)
    assert rebind.follow(library) is False
    assert said(library, 1, 2, same_=True) is False  # they are in one group
    assert tables(library) == before
    assert said(library, 1, 17, same_=True) is True
    assert said(library, 1, 17, same_=None) is True  # cannot say after all
    assert tables(library) == before
    assert said(library, 3, 15, same_=None) is False


def test_only_the_groups_that_an_answer_is_about_are_written(library: Library) -> None:
    before = tables(library)[0]
    said(library, 15, 17, same_=True)
    after = tables(library)[0]
    gone, come = [row for row in before if row not in after], [row for row in after if row not in before]
    assert [len(gone), len(come)] == [2, 1]
    assert come[0][3] == min(gone)[3]


def test_where_more_than_answers_changed_everything_has_to_be_formed_anew(library: Library) -> None:
    same.answer(library, 1, 17, same=True)
    assert rebind.follow(library, most=2) is None
    library.change_setting("groups.phash_distance", 3)
    assert rebind.follow(library) is None
    run.regroup(library, Quiet())
    assert run.is_current(library)
    assert said(library, 1, 16, same_=True) is True


@pytest.mark.parametrize("damage", ["gone", "cut", "other"])
def test_what_is_kept_is_only_trusted_where_it_belongs_to_the_groups(library: Library, damage: str) -> None:
    file = form_write.unbound_file(library)
    data = file.read_bytes()
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes(data[:-9] if damage == "cut" else data.replace(b"\x11", b"\x12"))
    assert said(library, 1, 17, same_=True) is None
    run.regroup(library, Quiet())
    now = tables(library)
    rows.group(library)
    assert tables(library) == now
    assert said(library, 1, 17, same_=False) is True


def test_a_run_that_others_answer_into_ends_with_the_last_answer(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, late = form_write.write, [(2, 15)]

    def write(*args: object) -> None:
        if late:
            same.answer(library, *late.pop(), same=True)
        written(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(form_write, "write", write)
    library.remember("formed", "")
    run.regroup(library, Quiet())
    assert run.is_current(library)
    with library.db.read() as connection:
        homes = "SELECT count(DISTINCT group_id) FROM members WHERE image_id IN (2, 15)"
        assert connection.execute(homes).get == 1


def test_a_run_that_follows_answers_can_be_stopped_and_then_changes_nothing(library: Library) -> None:
    class Stopped(Quiet):
        def step(self, done: int, current: str = "") -> None:
            raise Cancelled

    before = tables(library)
    same.answer(library, 1, 17, same=True)
    with pytest.raises(Cancelled):
        run.regroup(library, Stopped())
    assert tables(library) == before
    assert rebind.follow(library) is True


def test_an_answer_between_working_out_and_writing_is_seen(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    change, late = rebind._change, [(2, 15)]

    def slow(*args: object) -> object:
        found = change(*args)  # type: ignore[arg-type]
        if late:
            same.answer(library, *late.pop(), same=True)
        return found

    monkeypatch.setattr(rebind, "_change", slow)
    assert said(library, 1, 17, same_=True) is True
    assert run.is_current(library)
