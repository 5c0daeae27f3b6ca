"""Learning as a whole, over vectors that are known: on and off, doubts, nothing twice, hostile files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.culling.queue import groups
from engine.culling.run import regroup
from engine.library.store import Library
from engine.progress import Cancelled, Quiet
from engine.vision import look_rows
from engine.vision.learned import state
from engine.vision.learned.run import learn
from engine.vision.seen import Cue, Look, People
from tests.engine.vision.learned import shelves
from tests.engine.vision.shelf import Stops

TAG = "extra_fingers"
FAMILIES = 40


@pytest.fixture
def library(tmp_path: Path):
    """Eighty pictures, one of each two shows it; of the last twenty nothing is said."""
    with Library(tmp_path / "library") as opened:
        images = shelves.fill(opened, FAMILIES)
        shelves.embed(opened, TAG, {image: shows(image) for image in images})
        yield opened


def shows(image: int) -> bool:
    return image % 2 == 0


def teach(library: Library, until: int = 60) -> None:
    shelves.say(library, TAG, {image: shows(image) for image in range(1, until + 1)})


def cues(library: Library) -> list[tuple[int, float]]:
    with library.db.read() as connection:
        sql = "SELECT image_id, score FROM cues WHERE name = 'learned' AND tag = ? ORDER BY 1"
        return connection.execute(sql, (TAG,)).fetchall()


def card(library: Library) -> Path:
    return library.paths.models / f"tag_{TAG}.json"


def test_it_is_off_below_twenty_of_each_kind_and_on_from_there(library: Library) -> None:
    teach(library, 39)
    assert learn(library, Quiet()).on == ()
    assert (cues(library), card(library).exists()) == ([], False)
    teach(library, 40)
    assert learn(library, Quiet()).on == (TAG,)
    assert card(library).exists()


def test_pictures_that_nobody_spoke_of_are_told_apart_with_a_sentence_and_the_place(library: Library) -> None:
    teach(library)
    done = learn(library, Quiet())
    assert done.sentence() == "Learned from your tags: extra fingers."
    found = {image: score for image, score in cues(library) if image > 60}
    assert {image for image, score in found.items() if score >= 0.5} == {i for i in range(61, 81) if shows(i)}
    with library.db.read() as connection:
        text, *box = connection.execute("SELECT text, x1, y1, x2, y2 FROM cues WHERE image_id = 62").fetchone()
    assert text == f"Looks like extra fingers, as in 30 images you tagged ({found[62]:.2f})."
    assert tuple(box) == shelves.BOX  # the hand that shows it, not the other one


def test_a_doubt_it_taught_sends_the_group_to_review_and_ticks_its_tag(library: Library) -> None:
    teach(library)
    learn(library, Quiet())
    regroup(library, Quiet())
    with library.db.read() as connection:
        key, reason = connection.execute(
            "SELECT key, g.reason FROM groups g JOIN members m ON m.group_id = g.id WHERE image_id = 62 AND review"
        ).fetchone()
        [group] = groups(connection, library.paths.thumbs, [key])
    assert "Looks like extra fingers" in reason
    assert {member.id: member.likely_tags for member in group.members} == {61: [], 62: [TAG]}


def test_nothing_is_fitted_or_told_again_where_nothing_is_new(library: Library) -> None:
    teach(library)
    first = learn(library, Quiet())
    before = card(library).read_bytes(), library.fact("cue_serial"), cues(library)
    heard = Stops()
    again = learn(library, heard)
    assert (first.fitted, again.fitted, first.changed, again.changed) == ((TAG,), (), True, False)
    assert (card(library).read_bytes(), library.fact("cue_serial"), cues(library)) == before
    assert "score" not in [phase for phase, _ in heard.phases]
    shelves.say(library, TAG, {61: True})
    assert learn(library, Quiet()).fitted == (TAG,)


def test_undo_below_twenty_takes_its_doubts_away_and_redo_brings_them_back(library: Library) -> None:
    teach(library, 40)
    learn(library, Quiet())
    before = cues(library)
    library.undo()
    assert learn(library, Quiet()).changed
    assert (cues(library), card(library).exists()) == ([], False)
    library.redo()
    learn(library, Quiet())
    assert cues(library) == before


def test_a_rebuild_from_the_journal_teaches_the_same(library: Library) -> None:
    teach(library)
    learn(library, Quiet())
    before = card(library).read_bytes(), cues(library)
    library.rebuild()
    assert learn(library, Quiet()).fitted == ()
    assert (card(library).read_bytes(), cues(library)) == before
    card(library).unlink()
    learn(library, Quiet())
    assert cues(library) == before[1]


def test_labels_of_pictures_without_such_a_part_do_not_count(library: Library) -> None:
    shelves.embed(library, TAG, dict.fromkeys(range(1, 31), False), parts=0)
    teach(library, 60)
    assert learn(library, Quiet()).on == ()


def test_a_tag_of_the_whole_picture_learns_from_the_picture_itself(library: Library) -> None:
    shelves.embed(library, "glare", {image: shows(image) for image in range(1, 81)})
    shelves.say(library, "glare", {image: shows(image) for image in range(1, 61)})
    assert learn(library, Quiet()).on == ("glare",)
    with library.db.read() as connection:
        box = connection.execute("SELECT x1, y1, x2, y2 FROM cues WHERE tag = 'glare'").fetchone()
    assert box == (0, 0, 1024, 1536)


def test_a_hostile_file_is_set_aside_with_a_sentence_and_fitted_again(library: Library) -> None:
    teach(library)
    learn(library, Quiet())
    before, good = cues(library), card(library).read_text()
    card(library).write_text(good[:100])
    done = learn(library, Quiet())
    assert (done.fitted, cues(library)) == ((TAG,), before)
    assert any("set aside" in notice for notice in done.notices)
    assert json.loads(card(library).read_text())["weights"] == json.loads(good)["weights"]


def test_a_stopped_run_leaves_the_doubts_of_before(library: Library) -> None:
    teach(library)
    with pytest.raises(Cancelled):
        learn(library, Stops(0))
    assert (cues(library), library.fact("learned")) == ([], "")
    assert learn(library, Quiet()).on == (TAG,)


def test_a_look_at_the_same_content_keeps_what_was_learned_and_at_another_does_not(library: Library) -> None:
    teach(library)
    learn(library, Quiet())
    content = shelves.items(library)[62].content
    look = Look(People(10, 10), [Cue("odd_eyes", 0.5, (1, 2, 3, 4), "Odd.")])
    library.write(lambda c: look_rows.put(c, "newer", content, look))
    assert 62 in dict(cues(library))
    library.write(lambda c: c.execute("UPDATE images SET content_hash = 'other' WHERE id = 62"))
    library.write(lambda c: look_rows.put(c, "newer", "other", look))
    assert 62 not in dict(cues(library))


def test_a_lost_or_damaged_fact_is_no_state(library: Library) -> None:
    library.remember("learned", '{"counts": 3}')
    with library.db.read() as connection:
        assert state.read(connection) == state.State()


def test_learning_is_due_after_ten_answers_or_when_a_tag_gets_or_loses_enough() -> None:
    last = state.State(counts={TAG: (30, 30), "glare": (19, 40)})
    assert not state.due(last, {TAG: (34, 35), "glare": (19, 40)})
    assert state.due(last, {TAG: (35, 35), "glare": (19, 40)})
    assert state.due(last, {TAG: (30, 30), "glare": (20, 40)})
    assert state.due(last, {TAG: (19, 30), "glare": (19, 40)})
    assert not state.due(state.State(), {TAG: (19, 500)})
