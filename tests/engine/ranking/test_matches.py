"""A pick, a draw or a skip is one line of the journal and spec 5's rows; what is no match is refused in a sentence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rows

from engine.errors import LibraryHeld, NotFound, WrongUse
from engine.library import history, journal
from engine.library.journal import Record
from engine.library.store import Library, describe
from engine.ranking import judges, matches
from tests.engine.ranking import stood


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with rows.filled(tmp_path / "library", [12]) as opened:
        yield opened


def read(library: Library, sql: str) -> list[Any]:
    with library.db.read() as connection:
        return connection.execute(sql).fetchall()


def lines(library: Library) -> list[dict[str, Any]]:
    return [json.loads(x) for file in journal.files(library.paths.sessions) for x in file.read_text().splitlines()]


def test_a_pick_of_four_is_one_line_one_match_and_three_comparisons(library: Library) -> None:
    assert matches.record(library, [4, 2, 3, 1], 3, "match") == "Pick f000000_stage3.png over 3"
    (line,) = lines(library)
    assert (line["kind"], line["judge"], line["winner"]) == ("match", "", "/source/f000000_stage3.png")
    assert [path[-5] for path in line["images"]] == list("4231")
    assert len(line["hashes"]) == 4
    assert "pairs" not in line
    found = read(library, "SELECT winner_id, loser_id, was_draw, compared_at, match_id FROM comparisons")
    assert found == [(3, other, 0, line["ts"], 1) for other in (4, 2, 1)]
    assert read(library, "SELECT decision, judge, kind, shown, at FROM matches") == [
        (line["id"], "", "pick", "[3,4,2,1]", line["ts"])
    ]
    assert read(library, "SELECT id, comparison_count, last_compared_at FROM images WHERE comparison_count > 0") == [
        (image, 1, line["ts"]) for image in (1, 2, 3, 4)
    ]


def test_a_draw_is_spec_5s_draw_and_pulls_the_ratings_together(library: Library) -> None:
    matches.record(library, [1, 2], 1, "match")
    before = read(library, "SELECT mu FROM images WHERE id < 3")
    assert matches.record(library, [2, 1, 3], None, "draw") == "Draw of 3"
    assert read(library, "SELECT winner_id, loser_id FROM comparisons WHERE was_draw") == [(2, 1), (2, 3)]
    after = read(library, "SELECT mu FROM images WHERE id < 3")
    assert after[0][0] - after[1][0] < before[0][0] - before[1][0]


def test_a_skip_rates_nothing(library: Library) -> None:
    assert matches.record(library, [5, 6, 7], None, "skip") == "Skip 3 images"
    assert read(library, "SELECT * FROM comparisons") == []
    assert read(library, "SELECT count(*) FROM images WHERE comparison_count OR mu != 25") == [(0,)]
    with library.db.read() as connection:
        assert stood.skips(connection) == [(5, 6, 7)]
        assert stood.outcomes(connection) == []


def test_what_was_answered_reads_back_in_order_and_by_judge(library: Library) -> None:
    matches.record(library, [1, 2], 2, "match")
    matches.record(library, [3, 4, 5], None, "draw", "Anna")
    matches.record(library, [6, 7], None, "skip", "Anna")
    matches.record(library, [1, 3, 2], 3, "match")
    with library.db.read() as connection:
        assert stood.outcomes(connection) == [((2, 1), False), ((3, 1, 2), False)]
        assert stood.outcomes(connection, "Anna") == [((3, 4, 5), True)]
        assert stood.skips(connection, "Anna") == [(6, 7)]
        assert [(one.kind, one.at != "") for one in stood.entries(connection, "Anna")] == [
            ("draw", False),
            ("skip", True),
        ]
        assert stood.outcomes(connection, "Nobody") == []
        assert judges.names(connection) == ["", "Anna"]


def test_a_named_judge_leaves_the_persons_own_ratings_alone(library: Library) -> None:
    matches.record(library, [1, 2], 1, "match", " Anna ")
    assert read(library, "SELECT count(*) FROM images WHERE comparison_count") == [(0,)]
    assert read(library, "SELECT judge, image_id, comparison_count FROM ratings") == [("Anna", 1, 1), ("Anna", 2, 1)]
    matches.record(library, [1, 2], 2, "match")
    assert read(library, "SELECT comparison_count FROM ratings") == [(1,), (1,)]


NO_MATCH = [
    ([1, 1], 1, "match"), ([1, 2, 1], None, "draw"), ([1], 1, "match"), ([], None, "skip"), ([1, 2], 3, "match"),
    (list(range(1, 11)), 1, "match"), ([1, 2], None, "match"), ([1, 2], 1, "draw"), ([1, 2], 1, "skip"),
    ([1, 999], 1, "match"), ([1, -1], 1, "match"), ([1, 0], 1, "match"), ([1, 2**63], 1, "match"),
    ([1, -(2**70)], 1, "match"), ([1, 2], 2**70, "match"), ([1, 2], None, "dance"),
]  # fmt: skip


@pytest.mark.parametrize(("images", "winner", "kind"), NO_MATCH)
def test_what_is_no_match_is_refused_in_a_sentence(library: Library, images: Any, winner: Any, kind: Any) -> None:
    with pytest.raises((WrongUse, NotFound)) as found:
        matches.record(library, images, winner, kind)
    assert found.value.message.endswith(".")
    assert lines(library) == []


@pytest.mark.parametrize("name", ["a\nb", "\x00", "x" * 61, "\x1b[31m", "\u202eevil", "a\tb", "\ud800"])
def test_a_name_that_is_no_name_is_refused(library: Library, name: str) -> None:
    with pytest.raises(WrongUse, match="judge's name"):
        matches.record(library, [1, 2], 1, "match", name)
    assert lines(library) == []


@pytest.mark.parametrize(
    "name", ["Zoë", "李 小龍", "'; DROP TABLE images; --", "=1+1", "%", "a" * 60, "👩‍🎨".replace("\u200d", "")]
)
def test_a_name_may_be_odd(library: Library, name: str) -> None:
    matches.record(library, [1, 2], 1, "match", name)
    library.rebuild()
    with library.db.read() as connection:
        assert judges.names(connection) == ["", judges.check(name)]
        assert len(judges.board(connection, name).ids) == 2


def test_one_name_in_two_spellings_is_one_judge(library: Library) -> None:
    matches.record(library, [1, 2], 1, "match", "Zoe\u0308")
    matches.record(library, [1, 2], 1, "match", "Zoë")
    with library.db.read() as connection:
        assert judges.names(connection) == ["", "Zoë"]


def test_an_image_that_was_never_read_or_cannot_be_is_not_ranked(library: Library) -> None:
    library.write(lambda c: c.execute("UPDATE images SET quarantine = 'torn' WHERE id = 1"))
    library.write(lambda c: c.execute("UPDATE images SET content_hash = NULL WHERE id = 2"))
    for image in (1, 2):
        with pytest.raises(WrongUse, match="cannot be ranked"):
            matches.record(library, [image, 3], 3, "match")


def test_an_image_that_is_missing_for_now_can_still_win(library: Library) -> None:
    library.write(lambda c: c.execute("UPDATE images SET missing_since = 'now' WHERE id = 1"))
    matches.record(library, [1, 2], 1, "match")


def test_a_library_open_for_reading_takes_no_pick(library: Library) -> None:
    with Library(library.paths.root) as second, pytest.raises(LibraryHeld):
        matches.record(second, [1, 2], 1, "match")


HOSTILE: list[dict[str, Any]] = [
    {"images": ["/a", "/b"], "winner": "/c"}, {"images": ["/a", "/b"], "winner": None},
    {"images": ["/a"], "winner": "/a"},
    {"images": [f"/{n}" for n in range(10)], "winner": "/1"}, {"images": ["/a", "/a"], "winner": "/a"},
    {"images": [], "winner": None}, {"images": ["/a", "/b"], "winner": "/a", "judge": "a\nb"},
    {"images": ["/a", "/b"], "kind": "import", "pairs": [[0, 2, False, "t"]]},
    {"images": ["/a", "/b"], "kind": "import", "pairs": [[-1, 0, False, "t"]]},
]  # fmt: skip


@pytest.mark.parametrize("line", HOSTILE)
def test_a_hostile_line_of_the_journal_is_a_notice_and_changes_nothing(library: Library, line: dict[str, Any]) -> None:
    matches.record(library, [1, 2], 1, "match")
    before = read(library, "SELECT * FROM images"), read(library, "SELECT * FROM matches")
    made = {"ts": "2001-01-01T00:00:00Z", "set_id": "", "id": "x", "kind": "match", **line}
    (library.paths.sessions / "2001-01-01__session.jsonl").write_text(json.dumps(made) + "\n")
    count, notices = library.rebuild()
    assert (count, len(notices)) == (1, 1)
    assert (read(library, "SELECT * FROM images"), read(library, "SELECT * FROM matches")) == before


def test_a_copy_that_is_gone_does_not_meet_itself_on_a_replay(library: Library) -> None:
    """Two files of one content are one image where only one of them is left to scan."""
    library.write(lambda c: c.execute("UPDATE images SET content_hash = 'same' WHERE id < 3"))
    matches.record(library, [1, 2], 2, "match")
    matches.record(library, [1, 2, 3], 2, "match")
    library.write(
        lambda c: c.execute(
            "DELETE FROM comparisons; DELETE FROM members; DELETE FROM groups; DELETE FROM features;"
            "DELETE FROM images WHERE id = 2"
        )
    )
    assert library.rebuild() == (2, [])
    with library.db.read() as connection:
        assert stood.outcomes(connection) == [((1, 3), False)]
    library.undo()
    library.undo()
    assert read(library, "SELECT count(*) FROM images WHERE comparison_count") == [(0,)]


def test_every_kind_of_decision_has_its_effect_and_its_words() -> None:
    for kind in journal.Kind.__args__:  # type: ignore[attr-defined]
        if kind not in ("undo", "redo"):
            assert callable(history._effect(kind))
            assert describe(Record(ts="", set_id="", images=["/a.png"], kind=kind)) != kind


def test_a_library_replays_matches_though_nobody_ranked_in_this_process(library: Library) -> None:
    import subprocess
    import sys

    matches.record(library, [1, 2], 1, "match")
    library.close()
    library.paths.database.unlink()
    code = (
        "import sys; from pathlib import Path; from engine.library.store import Library\n"
        "assert 'engine.ranking.projection' not in sys.modules\n"
        f"with Library(Path({str(library.paths.root)!r})) as l, l.db.read() as c:\n"
        "    print(l.notices, c.execute('SELECT count(*) FROM images WHERE comparison_count = 1').get)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (said.stdout.strip(), said.stderr) == ("[] 2", "")


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (Record("", "", ["/x/a.png"] * 4, "/x/a.png", kind="match"), "Pick a.png over 3"),
        (Record("", "", ["/x/a.png"] * 4, kind="draw"), "Draw of 4"),
        (Record("", "", ["/x/a.png"] * 4, kind="skip"), "Skip 4 images"),
        (Record("", "", [], kind="import", pairs=[journal.Pair(0, 1, False, "")] * 1204), "Import 1 204 comparisons"),
        (Record("", "", [], kind="import", pairs=[journal.Pair(0, 1, False, "")]), "Import 1 comparison"),
    ],
)
def test_undo_says_what_it_takes_back(record: Record, words: str) -> None:
    assert describe(record) == words
