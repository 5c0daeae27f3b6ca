"""A session log taken over: each thing that a line says becomes what it is here, or is said not to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.cropping import decide as crops
from engine.culling import decide
from engine.learning import imported, labels
from engine.library import journal, trials
from engine.library.store import Library
from engine.progress import Cancelled, Quiet
from engine.vision import checks
from tests import rows

BOX = {"x": 10, "y": 15, "w": 512, "h": 768}  # of the 1024 x 1536 pixels of `rows`


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with rows.filled(tmp_path / "library", [3] * 4, blurred=0.0) as made:
        yield made


def name(family: int, stage: int) -> str:
    return f"f{family:06}_stage{stage}.png"


def line(family: int = 0, kept: int | None = 2, **more: Any) -> dict[str, Any]:
    """Of spec 4's form."""
    return {
        "ts": f"2025-10-05T19:12:{family:02}Z", "set_id": f"set{family}",
        "images": [name(family, stage) for stage in (1, 2, 3)], "winner": name(family, kept) if kept else None,
        "needs_crop": False, "delete": False, "anomaly_tags": [], **more,
    }  # fmt: skip


def take(library: Library, tmp_path: Path, *lines: object) -> imported.Imported:
    file = tmp_path / "other__session.jsonl"
    file.write_text("".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in lines), "utf-8")
    return imported.load(library, file)


def pairs(library: Library) -> list[tuple[int, int]]:
    with library.db.read() as connection:
        said = labels.read(connection)
    return list(zip(said.winner.tolist(), said.loser.tolist(), strict=True))


def table(library: Library, name_: str) -> list[tuple[Any, ...]]:
    with library.db.read() as connection:
        return list(connection.execute(f"SELECT * FROM {name_} ORDER BY 1, 2"))


def reasons(found: imported.Imported) -> list[tuple[int, str]]:
    return [(passed.line, passed.reason) for passed in found.passed_over]


def key_of(library: Library, image: int) -> str:
    sql = "SELECT g.key FROM groups g JOIN members m ON m.group_id = g.id WHERE m.image_id = ?"
    with library.db.read() as connection:
        return str(connection.execute(sql, (image,)).get)


def test_a_pick_with_a_box_is_a_pick_and_a_crop(library: Library, tmp_path: Path) -> None:
    found = take(library, tmp_path, line(needs_crop=True, crop_box=BOX, anomaly_tags=["toes"]))
    assert (found.pairs, found.crops, found.tags, found.sent, found.passed_over) == (2, 1, 0, 0, [])
    assert found.notices == ["It became 2 decisions here, and each undo takes one back."]
    assert pairs(library) == [(2, 1), (2, 3)]
    (answer,) = table(library, "crop_answers")
    assert answer[:6] == (2, "nudged", 10, 15, 512, 768)
    assert answer[6] == '["toes"]'
    assert [library.undo()[1] for _ in range(2)] == ["Import 2 comparisons", "Take over 1 crop"]
    assert pairs(library) == table(library, "crop_answers") == []


def test_what_is_to_be_cropped_waits_for_it_and_its_tags_are_answers(library: Library, tmp_path: Path) -> None:
    lines = [line(n, needs_crop=True, anomaly_tags=["toes", "Glare ", "odd"]) for n in range(2)]
    found = take(library, tmp_path, *lines)
    assert (found.pairs, found.sent, found.tags, found.crops) == (4, 2, 4, 0)
    assert [row[0] for row in table(library, "to_crop")] == [2, 5]
    assert [row[:3] for row in table(library, "checks")] == [
        (2, "glare", 1),
        (2, "toes", 1),
        (5, "glare", 1),
        (5, "toes", 1),
    ]
    assert found.notices[0] == "Tags that mean nothing here were passed over: odd (2)."
    again = take(library, tmp_path, *lines)
    assert (again.pairs, again.sent, again.tags, again.known) == (0, 0, 0, 10)
    assert [library.undo()[1] for _ in range(3)] == [
        "Send 2 images to crop",
        "glare on 2 images: yes",
        "toes on 2 images: yes",
    ]


def test_what_was_decided_here_stands(library: Library, tmp_path: Path) -> None:
    checks.answer(library, 2, "toes", yes=False)
    decide.reject(library, key_of(library, 5), [5], ["glare"])
    crops.choose(library, crops.Choice(8, "full", (0, 0, 1024, 1536)))
    decide.pick(library, key_of(library, 11), 11)
    before = [table(library, one) for one in ("checks", "verdicts", "crop_answers", "to_crop")]
    found = take(
        library, tmp_path, line(0, needs_crop=True, anomaly_tags=["toes"]),
        line(1, needs_crop=True, anomaly_tags=["toes"]), line(2, needs_crop=True), line(2, crop_box=BOX),
        line(3, delete=True, anomaly_tags=["toes"]),
    )  # fmt: skip
    assert (found.tags, found.crops, found.sent, found.known) == (0, 0, 1, 5)
    after = [table(library, one) for one in ("checks", "verdicts", "crop_answers")]
    assert after == before[:3]
    assert [row[0] for row in table(library, "to_crop")] == [2]


def test_a_deletion_is_no_pick_and_rejects_nothing_here_but_its_tags_teach(library: Library, tmp_path: Path) -> None:
    found = take(
        library, tmp_path, line(0, delete=True, anomaly_tags=["long_hand"]),
        line(1, None, delete=True, anomaly_tags=["toes"]),
        line(2, None, delete=True, images=[name(2, 1)], anomaly_tags=["toes"]),
    )  # fmt: skip
    assert (found.pairs, found.tags, found.passed_over) == (0, 2, [])
    assert found.notices[:2] == [
        "3 lines are about deleted images; a log rejects, moves or deletes nothing here.",
        "1 line is tagged without saying which image; these tags were passed over.",
    ]
    assert [row[:3] for row in table(library, "checks")] == [(2, "long_hand", 1), (7, "toes", 1)]
    assert table(library, "verdicts") == []


def test_a_later_line_of_a_set_takes_the_place_of_the_earlier_one(library: Library, tmp_path: Path) -> None:
    found = take(
        library, tmp_path, line(0, 1, crop_box=BOX), line(0, 3), line(1), line(1, None, delete=True),
        line(2, set_id=""), line(2, 1, set_id=""), line(3, set_id="", images=[name(3, 1), name(3, 2)]),
        line(3, 3, set_id=""),
    )  # fmt: skip
    assert set(pairs(library)) == {(3, 1), (3, 2), (7, 8), (7, 9), (11, 10), (12, 10), (12, 11)}
    assert found.crops == 0
    assert found.notices[0] == (
        "3 lines are passed over, because a later line takes them back or decides their set again."
    )


def test_what_was_opened_again_rejected_or_undone_is_no_pick(library: Library, tmp_path: Path) -> None:
    take(
        library, tmp_path, line(0, id="a"), line(0, None, kind="reopen"), line(1, id="b"),
        {"ts": "", "set_id": "set1", "images": [], "kind": "undo", "of": "b", "id": "u"},
        line(2), line(2, None, kind="reject", delete=True, images=[name(2, 2)]),
        line(3, id="c"), line(3, None, kind="reopen", id="d"), {"images": [], "kind": "undo", "of": "d", "id": "v"},
    )  # fmt: skip
    assert pairs(library) == [(11, 10), (11, 12)]


def test_what_a_longer_log_replaces_and_was_taken_over_before_is_said(library: Library, tmp_path: Path) -> None:
    first = [line(0, 1, id="a"), line(1, 1)]
    take(library, tmp_path, *first)
    found = take(library, tmp_path, *first, line(1, 2), {"images": [], "kind": "undo", "of": "a"})
    assert (found.pairs, found.known) == (2, 0)
    assert found.notices[1:] == [
        "4 pairs taken over before stand on lines that count no more; undo what took them over to drop them."
    ]


def test_a_line_that_stands_twice_replaces_nothing_that_was_taken_over(library: Library, tmp_path: Path) -> None:
    for known in (0, 2):
        found = take(library, tmp_path, line(0), line(0))
        assert (found.pairs, found.known, len(found.notices)) == (2 - known, known, 1)


def test_what_chance_drew_is_not_judged_by_a_log(library: Library, tmp_path: Path) -> None:
    draws = [trials.Drawn(what, 2, "", "b", 0.9, trials.WHOLE, "2026-01-01T00:00:00Z") for what in ("crop", "winner")]
    library.write(lambda connection: [trials.draw(connection, one, checked=True) for one in draws])
    before = table(library, "trials")
    assert len(before) == 4
    lines = [line(family, needs_crop=True, anomaly_tags=["toes"]) for family in (0, 1)]
    found = take(library, tmp_path, *lines)
    assert (found.pairs, found.sent, found.tags, found.known) == (4, 1, 1, 2)
    assert [row[0] for row in [*table(library, "to_crop"), *table(library, "checks")]] == [5, 5]
    assert table(library, "trials") == before


def test_one_line_or_pair_is_spoken_of_as_one(library: Library, tmp_path: Path) -> None:
    two = [name(0, 1), name(0, 2)]
    first = line(0, 1, images=two)
    take(library, tmp_path, first)
    assert take(library, tmp_path, first, line(0, 2, images=two)).notices == [
        "1 line is passed over, because a later line takes it back or decides its set again.",
        "1 pair taken over before stands on a line that counts no more; undo what took it over to drop it.",
    ]
    decide.pick(library, key_of(library, 5), 5)
    (own,) = journal.files(library.paths.sessions)
    kept = own.read_text("utf-8").splitlines()[-1]
    assert take(library, tmp_path, kept).notices == ["1 line is decided in this library, which knows it."]


def test_what_takes_back_a_decision_of_another_file_is_said(library: Library, tmp_path: Path) -> None:
    turn = {"images": [], "kind": "undo", "of": "a"}
    join = "join the files into one, oldest first, and take that over."
    found = take(library, tmp_path, line(1), turn)
    assert (found.pairs, found.notices) == (
        2, [f"1 line undoes or redoes a decision that was not found in this file; if it is in another, {join}"],
    )  # fmt: skip
    found = take(library, tmp_path, line(1), turn, {**turn, "of": "b", "kind": "redo"})
    assert found.notices == [
        f"2 lines undo or redo decisions that were not found in this file; if they are in others, {join}"
    ]
    assert "not found in this file" not in "".join(take(library, tmp_path, line(0, id="a"), turn).notices)


def test_a_line_that_is_too_long_is_passed_over_and_the_places_after_it_stay(library: Library, tmp_path: Path) -> None:
    lines = [line(0), line(1, mood="x" * 2_500_000), line(2)]
    found = take(library, tmp_path, *lines, {"images": [], "kind": "undo", "of": "a"})
    assert (found.pairs, reasons(found)) == (4, [(2, "This line is longer than 1,000,000 bytes.")])
    place = sum(len(json.dumps(one)) + 1 for one in lines)
    undo = {"images": [], "kind": "undo", "of": f"other__session.jsonl:{place}"}
    assert take(library, tmp_path, *lines, undo).known == 2
    assert take(library, tmp_path, line(3), "x" * 2_500_000).pairs == 2


def test_what_was_undone_and_done_again_stands(library: Library, tmp_path: Path) -> None:
    turns = [{"images": [], "kind": kind, "of": "a"} for kind in ("undo", "redo")]
    assert take(library, tmp_path, line(0, id="a"), *turns).pairs == 2


def test_a_log_of_this_library_adds_nothing(library: Library, tmp_path: Path) -> None:
    for image in (2, 5, 8):
        decide.pick(library, key_of(library, image), image)
    decide.reopen(library, key_of(library, 8))
    library.undo()
    library.undo()
    checks.answer(library, 2, "toes", yes=True)
    (own,) = journal.files(library.paths.sessions)
    copied = tmp_path / "copy.jsonl"
    copied.write_bytes(own.read_bytes())
    before = own.read_bytes()
    for file in (own, copied):
        found = imported.load(library, file)
        assert (found.pairs, found.tags, found.known, found.passed_over) == (0, 0, 6, [])
        assert found.notices == ["5 lines are decided in this library, which knows them."]
    assert own.read_bytes() == before


def test_lines_of_another_tool_in_the_journal_itself_are_known_by_their_place(library: Library, tmp_path: Path) -> None:
    root = library.paths.root
    library.close()
    own = root / "labels" / "sessions" / "2025-10-05__session.jsonl"
    paths = [f"{rows.SOURCE}/{name(0, stage)}" for stage in (1, 2, 3)]
    own.write_text(json.dumps(line(0, images=paths, winner=paths[1])) + "\n")
    with Library(root) as again:
        assert pairs(again) == [(2, 1), (2, 3)]
        assert (found := imported.load(again, own)).pairs == 0
        assert found.known == 2


def test_a_log_of_another_library_tells_its_other_decisions_too(library: Library, tmp_path: Path) -> None:
    found = take(
        library, tmp_path, line(0, 1, kind="match", set_id=""), line(0, 2, kind="match", set_id=""),
        line(1, 1, kind="trio", crop_box=BOX, crop={"choice": "nudged", "time_ms": 900}),
        line(2, 1, kind="trio"), line(3, 1, kind="match", judge="Ann", set_id=""),
        line(3, 1, kind="crop", set_id="", images=[name(3, 1)], crop_box=BOX),
        line(3, 2, kind="crop", set_id="", images=[name(3, 2)], crop_box=BOX),
        line(3, None, kind="uncrop", set_id="", images=[name(3, 2)]),
        line(3, None, kind="to_crop", set_id="", images=[name(3, 3)], needs_crop=True),
        line(3, None, kind="check", set_id="", images=[name(3, 3)], anomaly_tags=["toes"], yes=False),
        line(3, None, kind="flag", set_id="", images=[name(3, 3)]),
    )  # fmt: skip
    assert (found.pairs, found.crops, found.sent, found.tags) == (8, 3, 1, 1)
    assert [row[:2] for row in table(library, "crop_answers")] == [(4, "nudged"), (7, "full"), (10, "nudged")]
    assert [row[:3] for row in table(library, "checks")] == [(12, "toes", 0)]
    assert found.notices[0] == "Kinds of decision that mean nothing here were passed over: flag (1), match (1)."


def test_fields_that_mean_nothing_are_said_once(library: Library, tmp_path: Path) -> None:
    more = {f"field{n}": n for n in range(9)}
    found = take(library, tmp_path, line(0, mood="good"), line(1, mood="bad", **more))
    assert found.pairs == 4
    assert found.notices == [
        "Fields that mean nothing here were passed over: mood (2), "
        + ", ".join(f"field{n} (1)" for n in range(7))
        + " and 2 more."
    ]


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"winner": "nowhere.png"}, "Its winner is not among its images."),
        ({"winner": "nowhere.png", "images": ["nowhere.png", name(0, 1)]}, "nowhere.png is not in the library."),
        ({"winner": None}, "It names no winner."),
        ({"winner": ""}, "It names no winner."),
        ({"ts": "yesterday"}, "Its time is no time (ISO 8601)."),
        ({"images": [name(0, 2)]}, "It names no other image that lost."),
        ({"images": "a.png"}, "This line is not a line of a session log."),
        ({"winner": 3}, "This line is not a line of a session log."),
        ({"images": [name(0, 2), f"{rows.SOURCE}/{name(0, 2)}"]},
         f"{rows.SOURCE}/{name(0, 2)} is here the same image as the winner."),
    ],
)  # fmt: skip
def test_a_line_that_gives_no_pair_says_why(library: Library, tmp_path: Path, more: dict[str, Any], why: str) -> None:
    found = take(library, tmp_path, line(1), line(0, **more))
    assert (found.pairs, reasons(found)) == (2, [(2, why)])


@pytest.mark.parametrize(
    ("box", "why"),
    [
        ([1, 2, 3, 4], 'Its crop_box is no box; {"x","y","w","h"} would be one.'),
        ({"x": 1}, 'Its crop_box is no box; {"x","y","w","h"} would be one.'),
        ({**BOX, "h": 100}, "The line has a box of 512 x 100 pixels, which has not the ratio of the picture."),
        ({**BOX, "x": 900}, "The line has a box that does not lie in the picture of 1024 x 1536 pixels."),
        ({**BOX, "x": 1e308, "w": 1e308}, "The line has a box that is no box; [x1,y1,x2,y2] would be one."),
    ],
)
def test_a_box_that_is_none_is_said_and_the_pick_is_taken(
    library: Library, tmp_path: Path, box: object, why: str
) -> None:
    found = take(library, tmp_path, line(crop_box=box))
    assert (found.pairs, found.crops, reasons(found)) == (2, 0, [(1, why)])


def test_a_log_whose_crops_are_stopped_is_not_taken_over_at_all(library: Library, tmp_path: Path) -> None:
    class Stopped(Quiet):
        def step(self, done: int, current: str = "") -> None:
            raise Cancelled

    file = tmp_path / "s.jsonl"
    file.write_text(json.dumps(line(crop_box=BOX, needs_crop=True)) + "\n")
    with pytest.raises(Cancelled):
        imported.load(library, file, Stopped())
    assert table(library, "decisions") == []
