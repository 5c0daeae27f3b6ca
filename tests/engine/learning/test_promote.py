"""Deciding in bulk: only through an open gate, only what nobody touched, one undo, and looked at afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from engine.cropping import decide
from engine.errors import NotFound, WrongUse
from engine.learning import promote, review
from engine.learning.sequential import trust
from engine.library import chance, journal
from engine.library.journal import Box, Promoted, Record
from engine.library.settings import Learning
from engine.library.store import Library
from engine.progress import Cancelled, Quiet
from engine.vision import checks
from tests.engine.learning import taught

TABLES = ("verdicts", "promoted", "crop_answers", "shut_gates", "groups", "flags")


@pytest.fixture
def library(tmp_path: Path):
    with taught.library(tmp_path / "library", [2, 3, 1, 2, 2, 2, 2, 2]) as opened:
        opened.settings = msgspec.structs.replace(
            opened.settings, learning=Learning(target_winner=0.9, target_crop=0.9, random_share=0.25)
        )
        yield opened


def tables(library: Library) -> dict[str, list[Any]]:
    with library.db.read() as connection:
        return {name: sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr) for name in TABLES}


def opened_gate(library: Library) -> None:
    taught.agreements(library, [True] * 120)


def run(library: Library, kind: promote.Kind = "winner", *, apply: bool = True) -> promote.Summary:
    return promote.promote(library, kind, Quiet(), apply=apply)


def waiting(library: Library, **least: float) -> list[review.Item]:
    with library.db.read() as connection:
        found = review.waiting(connection, least, 0, 100)
        assert review.count(connection) == len(found)
        return found


def test_a_shut_gate_decides_nothing_and_a_dry_run_says_why(library: Library) -> None:
    taught.recommend(library, taught.keys(library)[0])
    before = tables(library)
    found = run(library, apply=False)
    assert (found.gate, found.ready, found.decided) == (False, 1, 0)
    assert found.sentence().startswith("1 group is sure enough, but the gate is shut: ")
    with pytest.raises(WrongUse, match="The gate is shut"):
        run(library)
    assert tables(library) == before


def test_a_batch_decides_the_sure_groups_that_nobody_touched(library: Library) -> None:
    opened_gate(library)
    keys = taught.keys(library)
    sure = {key: taught.recommend(library, key) for key in keys}
    two = [key for key in keys if len(taught.members(library, key)) > 1]
    taught.recommend(library, two[0], 0.94)  # not sure enough
    taught.recommend(library, two[1], checked=True)  # to be asked
    taught.pick(library, two[2], taught.members(library, two[2])[0], sure[two[2]], checked=False)
    sql = "UPDATE images SET missing_since = 'x' WHERE id = ?"
    library.write(lambda c: c.execute(sql, (taught.members(library, two[3])[0],)))  # one is left
    library.write(lambda c: c.execute("INSERT INTO flags VALUES (?, 'x')", (sure[two[4]],)))
    assert run(library, apply=False).ready == len(two) - 5
    found = run(library)
    assert (found.decided, found.ready) == (len(two) - 5, len(two) - 5)
    with library.db.read() as connection:
        status = dict(connection.execute("SELECT key, status FROM groups"))
        kept = {i for (i,) in connection.execute("SELECT image_id FROM verdicts WHERE verdict = 'keep'")}
    assert {key for key in keys if status[key] == "decided"} == {two[2], *two[5:]}
    assert kept == {taught.members(library, two[2])[0], *(sure[key] for key in two[5:])}
    assert run(library, apply=False).ready == 0


def test_a_batch_is_one_line_one_undo_and_replays_to_the_same(library: Library) -> None:
    opened_gate(library)
    for key in taught.keys(library):
        taught.recommend(library, key)
    before = tables(library)
    found = run(library)
    after = tables(library)
    assert found.decided == 7
    lines = [line for file in journal.files(library.paths.sessions) for line in journal.read(file)]
    assert [line.record.kind for line in lines if line.record] == ["promote"]
    record, label = library.undo()
    assert (record.kind, label) == ("promote", "Decide 7 groups at once")
    assert tables(library) == before
    library.redo()
    assert tables(library) == after
    decisions, notices = library.rebuild()
    assert (decisions, notices) == (1, [])
    assert tables(library) == after


def test_a_cancel_leaves_nothing(library: Library) -> None:
    class Stopped(Quiet):
        def step(self, done: int, current: str = "") -> None:
            raise Cancelled

    opened_gate(library)
    taught.recommend(library, taught.keys(library)[0])
    before = tables(library)
    with pytest.raises(Cancelled):
        promote.promote(library, "winner", Stopped(), apply=True)
    assert tables(library) == before


def test_a_random_share_is_marked_and_judges_the_batch_once_looked_at(library: Library) -> None:
    opened_gate(library)
    library.settings = msgspec.structs.replace(library.settings, learning=Learning(target_winner=0.9, random_share=1))
    winners = [taught.recommend(library, key) for key in taught.keys(library) if len(taught.members(library, key)) > 1]
    assert run(library).checks == len(winners)
    assert len(taught.record(library, "winner")) == 120
    review.done(library, winners[:3])
    key = next(key for key in taught.keys(library) if winners[3] in taught.members(library, key))
    taught.pick(library, key, taught.members(library, key)[0], winners[3], checked=False)
    assert taught.record(library, "winner")[120:] == [True, True, True, False]
    assert taught.record(library, "residual") == [True, True, True, False]


def test_the_doubtful_are_reviewed_first_then_the_least_sure(library: Library) -> None:
    opened_gate(library)
    keys = [key for key in taught.keys(library) if len(taught.members(library, key)) > 1]
    images = [taught.recommend(library, key, 0.99 - number / 200) for number, key in enumerate(keys)]
    run(library)
    assert [item.image for item in waiting(library)] == images[::-1]
    cue = (images[0], "hand_size", 0.6, 0, 0, 9, 9, "A large hand.", "long_hand")
    library.write(lambda c: c.execute("INSERT INTO cues VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", cue))
    assert waiting(library, hand_size=0.7)[0].image == images[-1]
    assert waiting(library, hand_size=0.5)[0] == review.Item(
        images[0], "winner", waiting(library)[0].batch, 0.99, ["A large hand."]
    )
    checks.answer(library, images[0], "long_hand", yes=False)
    checks.answer(library, images[2], "glare", yes=True)
    assert [item.flags for item in waiting(library, hand_size=0.5)][:2] == [["You said: glare."], []]
    review.done(library, images[1:3])
    assert {item.image for item in waiting(library)} == set(images) - set(images[1:3])
    library.undo()
    assert len(waiting(library)) == len(images)
    with pytest.raises(NotFound):
        review.done(library, [10**9])


def test_sure_clean_crops_are_accepted_and_come_back_with_one_undo(tmp_path: Path) -> None:
    settings = Learning(target_crop=0.5, target_residual=0.5, random_share=0)
    needed = trust([], 0.5).needed
    with taught.library(tmp_path / "crops", [1] * (needed + 6)) as library:
        library.settings = msgspec.structs.replace(library.settings, learning=settings)
        images = [taught.members(library, key)[0] for key in taught.keys(library)]
        for image in images:
            taught.propose(library, image)
        taught.propose(library, images[0], 0.9)
        taught.propose(library, images[1], clean=False)
        library.write(lambda c: c.execute("INSERT INTO to_crop VALUES (?, 'x')", (images[2],)))
        with pytest.raises(WrongUse):
            run(library, "crop")
        for image in images[6:]:
            taught.crop(library, image, unassisted=True, drawn=True)
        with pytest.raises(WrongUse, match="that nothing wrong is left has to be sure too"):
            run(library, "crop")
        library.write(lambda c: taught.judged(c, "residual", [True] * needed))
        before = tables(library)
        assert run(library, "crop").decided == 3
        assert [(item.image, item.kind) for item in waiting(library)] == [(image, "crop") for image in images[3:6]]
        assert run(library, "crop", apply=False).ready == 0
        with library.db.read() as connection:
            sql = "SELECT choice, x, y, w, h FROM crop_answers WHERE image_id = ?"
            assert connection.execute(sql, (images[3],)).fetchone() == ("best", 0, 0, 512, 768)
        assert len(list(library.paths.crops.glob("*.crop.json"))) == needed + 3
        library.undo()
        assert tables(library) == before
        assert len(list(library.paths.crops.glob("*.crop.json"))) == needed
        library.redo()
        library.rebuild()
        assert len(list(library.paths.crops.glob("*.crop.json"))) == needed + 3


def test_a_batch_leaves_alone_what_was_sent_to_crop_or_said_to_be_wrong_since_it_was_recommended(
    library: Library,
) -> None:
    opened_gate(library)
    two = [key for key in taught.keys(library) if len(taught.members(library, key)) > 1]
    winners = [taught.recommend(library, key) for key in two]
    checks.answer(library, winners[0], "glare", yes=True)
    checks.answer(library, winners[1], "glare", yes=False)
    decide.send(library, taught.members(library, two[2])[0], on=True)
    assert run(library).decided == len(two) - 2
    with library.db.read() as connection:
        status = dict(connection.execute("SELECT key, status FROM groups"))
    assert {key for key in two if status[key] != "decided"} == {two[0], two[2]}


def test_crops_of_what_was_flagged_or_said_to_be_wrong_are_not_accepted_at_once(library: Library) -> None:
    for kind in ("crop", "residual"):
        library.write(lambda c, kind=kind: taught.judged(c, kind, [True] * 500))
    for image in range(1, 12):
        taught.propose(library, image)
        taught.keep(library, image)
    before = run(library, "crop", apply=False).ready
    checks.answer(library, 5, "glare", yes=True)
    library.write(lambda c: c.execute("INSERT INTO flags VALUES (6, 'x')"))
    drawn = {image for image in (5, 6) if chance.crop_drawn(0.25, image)}
    assert run(library, "crop", apply=False).ready == before - 2 + len(drawn)
    assert len(drawn) < 2


def hostile(library: Library, parts: list[Promoted], images: list[str] | None = None) -> None:
    names = [taught.path(library, image) for image in (1, 2)] if images is None else images
    library.decide(Record(ts="", set_id="b", images=names, kind="promote", batch=parts), "Batch")


@pytest.mark.parametrize(
    "part",
    [
        Promoted("g", 5, [0, 1], 0.9),
        Promoted("g", -1, [0, 1], 0.9),
        Promoted("g", 0, [0, 10**9], 0.9),
        Promoted("g", 0, [0], 7.0),
        Promoted("", 0, [0], 0.9, Box(-1, 0, 5, 5)),
        Promoted("", 0, [0], 0.9, Box(0, 0, 0, 5)),
        Promoted("", 0, [0], 0.9, Box(0, 0, 2**40, 2**40)),
    ],
)
def test_a_batch_that_is_nonsense_is_refused_as_a_whole(library: Library, part: Promoted) -> None:
    before = tables(library)
    with pytest.raises(Exception, match=r"it names images|it is surer|its crop is no box"):
        hostile(library, [Promoted("g", 0, [0, 1], 0.9), part])
    assert tables(library) == before
    assert [line for file in journal.files(library.paths.sessions) for line in journal.read(file)] == []


def test_a_batch_never_changes_what_a_person_decided_meanwhile(library: Library) -> None:
    key = taught.keys(library)[0]
    first, last = taught.members(library, key)
    taught.pick(library, key, first, last, checked=False)
    before = tables(library)
    names = [taught.path(library, image) for image in (first, last)]
    hostile(library, [Promoted(key, 1, [0, 1], 0.9), Promoted(key, 1, [0, 1], 0.9)], names)
    assert tables(library) == before
    hostile(library, [], [])
    assert tables(library) == before
