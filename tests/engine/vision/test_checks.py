"""What is asked on the Check screen: the strongest doubt of each image and tag, once, and never what was answered."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import NotFound, WrongUse
from engine.library import trials
from engine.library.journal import Record
from engine.library.store import Library
from engine.library.tags import TAGS
from engine.vision import checks
from tests import rows

NAMES = json.dumps(["odd_eyes", "hand_size", "learned"])


@pytest.fixture
def library(tmp_path: Path):
    with Library(tmp_path / "library") as opened:
        rows.fill(opened, [2, 2, 2], blurred=0)
        rows.group(opened)
        yield opened


def doubt(library: Library, image: int, tag: str, score: float, name: str = "learned") -> None:
    sql = "INSERT INTO cues VALUES (?, ?, ?, 1, 2, 3, 4, 'Look.', ?)"
    library.write(lambda c: c.execute(sql, (image, name, score, tag)))


def asked(library: Library, tag: str = "", offset: int = 0, limit: int = 100) -> list[tuple[int, str, float]]:
    with library.db.read() as connection:
        return [row[:2] + row[3:4] for row in checks.waiting(connection, NAMES, tag, offset, limit)]


def counted(library: Library) -> dict[str, int]:
    with library.db.read() as connection:
        return {tag: number for tag, number in checks.counts(connection, NAMES).items() if number}


def test_the_strongest_come_first_and_of_an_image_and_tag_the_strongest_cue_alone(library: Library) -> None:
    doubt(library, 1, "odd_eyes", 0.5)
    doubt(library, 1, "odd_eyes", 0.9, "odd_eyes")
    doubt(library, 1, "odd_eyes", 0.9, "odd_eyes")  # of two faces
    doubt(library, 2, "odd_eyes", 0.95)
    doubt(library, 1, "glare", 0.6)
    assert asked(library) == [(2, "odd_eyes", 0.95), (1, "odd_eyes", 0.9), (1, "glare", 0.6)]
    assert asked(library, "odd_eyes") == [(2, "odd_eyes", 0.95), (1, "odd_eyes", 0.9)]
    assert asked(library, offset=1, limit=1) == [(1, "odd_eyes", 0.9)]
    assert counted(library) == {"odd_eyes": 2, "glare": 1}


def test_what_is_weak_or_switched_off_or_without_a_tag_is_not_asked(library: Library) -> None:
    doubt(library, 1, "odd_eyes", 0.19)
    doubt(library, 2, "odd_eyes", 0.9, "stacked_faces")
    doubt(library, 3, "", 0.9)
    doubt(library, 4, "odd_eyes", 0.2)
    assert asked(library) == [(4, "odd_eyes", 0.2)]
    assert counted(library) == {"odd_eyes": 1}


def test_an_answer_is_asked_once_undone_and_done_again(library: Library) -> None:
    doubt(library, 1, "glare", 0.9)
    doubt(library, 1, "odd_eyes", 0.8)
    assert checks.answer(library, 1, "glare", yes=True) == "glare on f000000_stage1.png: yes"
    assert (asked(library), counted(library)) == ([(1, "odd_eyes", 0.8)], {"odd_eyes": 1})
    library.undo()
    assert counted(library) == {"glare": 1, "odd_eyes": 1}
    library.redo()
    assert counted(library) == {"odd_eyes": 1}


def answers(library: Library) -> list[tuple[object, ...]]:
    with library.db.read() as connection:
        return connection.execute("SELECT * FROM checks ORDER BY 1, 2").fetchall()


def test_a_second_answer_replaces_the_first_and_a_rebuild_gives_the_same(library: Library) -> None:
    checks.answer(library, 1, "glare", yes=True)
    checks.answer(library, 1, "glare", yes=False)
    checks.answer(library, 2, "glare", yes=True)
    checks.answer(library, 3, "odd_eyes", yes=True)
    library.undo()
    before = answers(library)
    assert [row[:3] for row in before] == [(1, "glare", 0), (2, "glare", 1)]
    library.rebuild()
    assert answers(library) == before
    library.redo()
    assert len(answers(library)) == 3


@pytest.mark.parametrize(
    "tag", ["", "../../x", "glare'; DROP TABLE checks; --", "extra fingers", "\udcff", "a" * 10_000]
)
def test_what_is_no_tag_is_refused_and_leaves_no_trace(library: Library, tag: str) -> None:
    with pytest.raises(WrongUse):
        checks.answer(library, 1, tag, yes=True)
    assert answers(library) == []
    assert list(library.paths.sessions.iterdir()) == []


def test_an_image_that_is_not_there_cannot_be_answered(library: Library) -> None:
    with pytest.raises(NotFound):
        checks.answer(library, 99, "glare", yes=True)


def test_lines_of_the_journal_that_say_nothing_or_of_no_tag_change_nothing(library: Library) -> None:
    checks.answer(library, 1, "glare", yes=True)
    [file] = library.paths.sessions.iterdir()
    line = msgspec.json.decode(file.read_bytes())
    hostile = [
        {**line, "id": "1", "anomaly_tags": ["'; DROP TABLE checks; --", "glare"]},
        {**line, "id": "2", "images": ["/elsewhere.png"], "hashes": [], "anomaly_tags": ["no_tag"]},
        {key: value for key, value in {**line, "id": "3", "anomaly_tags": ["odd_eyes"]}.items() if key != "yes"},
    ]
    file.write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in hostile))
    library.rebuild()
    assert [row[:3] for row in answers(library)] == [(1, "glare", 1)]


def test_tags_of_one_line_are_told_in_their_order_whatever_the_run(library: Library) -> None:
    one = trials.Drawn("crop", 1, "", "b", 0.9, trials.WHOLE, "2026-01-01T00:00:00Z")
    library.write(lambda c: trials.draw(c, one, checked=True))
    with library.db.read() as connection:
        path = str(connection.execute("SELECT filepath FROM images WHERE id = 1").get)
    tags = sorted(TAGS, reverse=True)
    library.decide(Record(ts="", set_id="", images=[path], kind="check", anomaly_tags=tags, yes=True), "Check")
    with library.db.read() as connection:
        told = connection.execute("SELECT tags FROM trials WHERE kind = 'residual'").get
    assert json.loads(str(told)) == sorted(TAGS)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_the_counts_are_the_lengths_of_the_lists(library: Library, data: st.DataObject) -> None:
    image, tag = st.integers(1, 6), st.sampled_from(["odd_eyes", "glare"])
    name, score = st.sampled_from(["odd_eyes", "learned", "digits"]), st.sampled_from([0.1, 0.2, 0.5, 0.9])
    cues = data.draw(st.lists(st.tuples(image, name, score, tag), max_size=20))
    said = data.draw(st.sets(st.tuples(image, tag)))
    verdicts = data.draw(
        st.dictionaries(image, st.sampled_from([("reject", '["x"]'), ("reject", "[]"), ("keep", "[]")]))
    )
    missing, broken = data.draw(st.sets(image)), data.draw(st.sets(image))

    def put(c) -> None:
        c.execute("DELETE FROM cues; DELETE FROM checks; DELETE FROM verdicts")
        c.execute("UPDATE images SET missing_since = NULL, quarantine = NULL")
        c.executemany("INSERT INTO cues VALUES (?, ?, ?, 1, 2, 3, 4, '', ?)", cues)
        c.executemany("INSERT INTO checks VALUES (?, ?, 1, '')", said)
        c.executemany("INSERT INTO verdicts VALUES (?, ?, ?, '', '')", [(i, *v) for i, v in verdicts.items()])
        c.executemany("UPDATE images SET missing_since = 'now' WHERE id = ?", [(i,) for i in missing])
        c.executemany("UPDATE images SET quarantine = 'broken' WHERE id = ?", [(i,) for i in broken])

    library.write(put)
    gone = missing | broken | {i for i, (verdict, tags) in verdicts.items() if verdict == "reject" and tags != "[]"}
    best: dict[tuple[int, str], float] = {}
    for i, n, s, t in cues:
        if n != "digits" and s >= 0.2 and i not in gone and (i, t) not in said:
            best[i, t] = max(s, best.get((i, t), 0))
    wanted = sorted(((i, t, s) for (i, t), s in best.items()), key=lambda row: (-row[2], row[0], row[1]))
    assert asked(library) == wanted
    for one in ("odd_eyes", "glare"):
        assert counted(library).get(one, 0) == len(asked(library, one)) == sum(row[1] == one for row in wanted)
