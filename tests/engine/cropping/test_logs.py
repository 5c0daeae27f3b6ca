"""What decisions about crops leave behind: tables, the journal's line, the CSVs and the files of labels/crops."""

from __future__ import annotations

import contextlib
import json
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.api import Engine
from engine.cropping import decide, grid, logs, rows
from engine.cropping.decide import Choice
from engine.errors import NotFound, WrongUse
from engine.library.csvfile import read_csv
from engine.library.journal import Box, Promoted, Record, files, read
from engine.library.store import Library
from engine.library.text import to_text
from tests.cropped import ask, made, table

KEPT = ("crop_answers", "to_crop", "taste_resets", "verdicts")


@pytest.fixture
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library(made(tmp_path_factory.getbasetemp()).put_back() / "library") as opened:
        yield opened


def waiting(library: Library) -> list[int]:
    with library.db.read() as connection:
        from engine.cropping import queue

        return [e.images[0] for e in queue.page(connection, library.settings.crop, "waiting", 0, 99, trios=False)]


def trio(library: Library) -> tuple[str, list[int]]:
    with library.db.read() as connection:
        from engine.cropping import queue

        entry = queue.page(connection, library.settings.crop, "waiting", 0, 1, trios=True)[0]
    return entry.group, entry.images


def accept(library: Library, image: int, which: int = 0, **more: Any) -> Choice:
    with library.db.read() as connection:
        picture = rows.pictures(connection, [image])[0]
        stored, _ = rows.get(connection, image, picture.content)
    assert stored is not None
    chosen = stored.candidates[which % len(stored.candidates)]
    answer = Choice(image, chosen.id, chosen.box, **more)
    decide.choose(library, answer)
    return answer


def nudge(library: Library, image: int, **more: Any) -> None:
    decide.choose(library, Choice(image, "nudged", (3, 5, 123, 165), **more))


def everything(library: Library) -> dict[str, Any]:
    """All that crops leave, but for the time at which a file was written."""
    labels = library.paths.root / "labels"
    said = {name: table(library, name) for name in KEPT}
    said["files"] = {f.name: f.read_bytes() for f in sorted(labels.rglob("*")) if f.suffix in (".csv", ".json")}
    return said


def csv(library: Library) -> list[list[str]]:
    return read_csv(library.paths.crop_decisions)[1]


def path_of(library: Library, image: int) -> str:
    with library.db.read() as connection:
        return rows.pictures(connection, [image])[0].path


def test_a_decision_is_one_line_in_each_form(library: Library) -> None:
    image = waiting(library)[0]
    nudge(library, image, tags=("awkward_edge", "glare"), time_ms=4200, actions=7)
    path = path_of(library, image)
    assert read_csv(library.paths.crop_decisions) == (
        list(logs.DECISIONS), [[path, "nudged", "[3,5,123,165]", "awkward_edge;glare", "4200"]],
    )  # fmt: skip
    said = json.loads((library.paths.crops / f"{Path(path).stem}.crop.json").read_bytes())
    assert (said["image"], said["crop_box"], said["needs_crop"]) == (path, {"x": 3, "y": 5, "w": 120, "h": 160}, True)
    (line,) = [line.record for file in files(library.paths.sessions) for line in read(file) if line.record]
    raw = json.loads(files(library.paths.sessions)[0].read_bytes())
    assert raw["crop_box"] == {"x": 3, "y": 5, "w": 120, "h": 160}
    assert (raw["needs_crop"], raw["winner"], raw["anomaly_tags"]) == (True, path, ["awkward_edge", "glare"])
    assert line.crop
    assert len(line.crop.offered) == len(line.crop.proposed) > 0
    assert set(line.crop.chosen) == set(line.crop.offered[0])


def test_no_crop_has_no_box_anywhere(library: Library) -> None:
    image = waiting(library)[0]
    decide.choose(library, Choice(image, "full", (0, 0, 240, 320)))
    assert csv(library) == [[path_of(library, image), "full", "", "", ""]]
    raw = json.loads(files(library.paths.sessions)[0].read_bytes())
    assert "crop_box" not in raw
    assert raw["needs_crop"] is False
    with library.db.read() as connection:
        answer = rows.answer(connection, image)
    assert answer is not None
    assert answer.box is None


def test_undo_and_redo_move_every_form_together(library: Library) -> None:
    states = [everything(library)]
    one, two, *_ = waiting(library)
    group, members = trio(library)
    accept(library, one, time_ms=900)
    states.append(everything(library))
    nudge(library, one, tags=("toes",))
    states.append(everything(library))
    decide.send(library, two, on=True)
    decide.choose(library, Choice(members[0], "nudged", (3, 5, 123, 165)), group, members[1:])
    states.append(everything(library))
    for steps, state in ((2, states[2]), (1, states[1])):
        for _ in range(steps):
            library.undo()
        assert everything(library) == state
    library.undo()
    assert csv(library) == []
    assert {name: table(library, name) for name in KEPT} == {name: states[0][name] for name in KEPT}
    for _ in range(4):
        library.redo()
    assert everything(library) == states[3]


def test_a_rebuild_says_the_same(library: Library) -> None:
    one, two, three = waiting(library)
    group, members = trio(library)
    accept(library, one)
    nudge(library, two, time_ms=12)
    accept(library, three)
    library.undo()
    decide.choose(library, Choice(members[1], "full", (0, 0, 240, 320), ("toes",)), group, [members[0], members[2]])
    decide.forget_taste(library)
    before = everything(library)
    for file in before["files"]:
        for found in (library.paths.root / "labels").rglob(file):
            found.unlink()
    library.rebuild()
    assert everything(library) == before


@pytest.mark.parametrize("seed", range(4))
def test_whatever_was_decided_and_undone_a_rebuild_says_the_same(library: Library, seed: int) -> None:
    rng, images = random.Random(seed), waiting(library)
    group, members = trio(library)
    acts: list[Callable[[], object]] = [
        lambda: accept(library, rng.choice(images), rng.randrange(3), time_ms=rng.randrange(9000)),
        lambda: nudge(library, rng.choice(images), tags=rng.sample(["toes", "glare"], rng.randrange(3))),
        lambda: decide.send(library, rng.choice(images), on=rng.random() < 0.6),
        lambda: decide.choose(library, Choice(members[0], "full", (0, 0, 240, 320)), group, members[1:]),
        lambda: decide.forget_taste(library),
        library.undo, library.undo, library.undo, library.redo, library.redo,
    ]  # fmt: skip
    for _ in range(40):
        with contextlib.suppress(NotFound):  # nothing to undo or to redo
            rng.choice(acts)()
    before = everything(library)
    assert [line[0] for line in csv(library)] == [winner for _, winner in standing(library)]
    library.rebuild()
    assert everything(library) == before


def standing(library: Library) -> list[tuple[int, str]]:
    """The decisions about crops that stand, in their order: number and winner."""
    sql = "SELECT seq, record FROM decisions WHERE state = 'done' AND kind IN ('crop', 'trio') ORDER BY seq"
    with library.db.read() as connection:
        return [(int(seq), json.loads(data)["winner"]) for seq, data in connection.execute(sql)]


def test_a_new_decision_after_an_undo_has_the_place_of_the_old_one(library: Library) -> None:
    one, two, three = waiting(library)
    accept(library, one)
    accept(library, two)
    library.undo()
    nudge(library, three)
    assert [line[0] for line in csv(library)] == [path_of(library, one), path_of(library, three)]
    library.undo()
    library.undo()
    assert csv(library) == []


@pytest.mark.parametrize("damage", [lambda f: f.unlink(), lambda f: f.write_text("mine"), lambda f: f.write_bytes(b"")])
def test_a_log_that_somebody_changed_is_made_anew(library: Library, damage: Any) -> None:
    one, two, three = waiting(library)
    accept(library, one)
    accept(library, two)
    damage(library.paths.crop_decisions)
    accept(library, three)
    assert [line[0] for line in csv(library)] == [path_of(library, image) for image in (one, two, three)]


def test_a_disk_that_refuses_the_log_keeps_the_decision(library: Library) -> None:
    one, two, *_ = waiting(library)
    library.paths.crop_decisions.mkdir()
    accept(library, one)
    assert any("could not be written" in notice for notice in library.notices)
    library.paths.crop_decisions.rmdir()
    accept(library, two)
    assert [line[0] for line in csv(library)] == [path_of(library, image) for image in (one, two)]


def test_what_a_crash_left_behind_follows_with_the_next_decision(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two, three = waiting(library)
    accept(library, one)
    with monkeypatch.context() as crash:
        crash.setattr(library, "_follow", lambda _: None)
        accept(library, two)
    assert len(csv(library)) == 1
    accept(library, three)
    assert [line[0] for line in csv(library)] == [path_of(library, image) for image in (one, two, three)]
    assert len(list(library.paths.crops.iterdir())) == 3


@pytest.mark.parametrize("size", [(240, 320), (1000, 1333), (1920, 1080), (4000, 3)])
def test_every_lawful_box_comes_back_as_it_was_chosen_and_an_undo_takes_it_off(
    library: Library, size: tuple[int, int]
) -> None:
    image, rng = waiting(library)[0], random.Random(sum(size))
    library.write(lambda c: c.execute("UPDATE features SET width = ?, height = ? WHERE image_id = ?", (*size, image)))
    for _ in range(6):
        w, h, _ = grid.fitting(*size, rng.randint(1, size[0]))
        x, y = rng.randint(0, size[0] - w), rng.randint(0, size[1] - h)
        decide.choose(library, Choice(image, "nudged", (x, y, x + w, y + h)))
        with library.db.read() as connection:
            answer = rows.answer(connection, image)
        assert answer is not None
        assert (answer.box or (0, 0, *size)) == (x, y, x + w, y + h)
        library.undo()
        assert table(library, "crop_answers") == []


@pytest.mark.parametrize("by", [(1, 0), (0, 1), (0, -1)])
def test_a_box_that_is_a_pixel_off_the_ratio_is_refused(library: Library, by: tuple[int, int]) -> None:
    image = waiting(library)[0]
    with pytest.raises(WrongUse) as said:
        decide.choose(library, Choice(image, "nudged", (3, 5, 123 + by[0], 165 + by[1])))
    assert "120 x 160" in said.value.hint
    assert table(library, "crop_answers") == []


def test_a_trio_names_winner_and_losers(library: Library) -> None:
    group, (winner, *losers) = trio(library)
    decide.choose(library, Choice(winner, "nudged", (3, 5, 123, 165), ("extra_fingers",), time_ms=1800), group, losers)
    header, (line,) = read_csv(library.paths.trio_choices)
    assert header == ["group_id", "winner", "loser1", "loser2", "tags", "time_ms"]
    assert line == [group, *(path_of(library, image) for image in (winner, *losers)), "extra_fingers", "1800"]
    assert csv(library)[0][0] == path_of(library, winner)


def test_four_variants_take_two_lines_and_two_take_one() -> None:
    record = Record(ts="", set_id="g", images=["a", "b", "c", "d"], winner="b", kind="trio")
    assert logs.trio_rows(record) == [("g", "b", "a", "c", "", ""), ("g", "b", "d", "", "", "")]
    assert logs.trio_rows(Record(ts="", set_id="g", images=["a", "b"], winner="b", kind="trio")) == [
        ("g", "b", "a", "", "", "")
    ]


def test_equal_names_in_different_folders_have_a_file_each(library: Library) -> None:
    one, two, *_ = waiting(library)
    same = "/elsewhere/" + Path(path_of(library, one)).name
    library.write(lambda c: c.execute("UPDATE images SET filepath = ? WHERE id = ?", (same, two)))
    accept(library, one)
    accept(library, two)
    said = {json.loads(f.read_bytes())["image"] for f in library.paths.crops.glob("*.crop.json")}
    assert said == {path_of(library, one), same}
    library.undo()
    (left,) = library.paths.crops.glob("*.crop.json")
    assert json.loads(left.read_bytes())["image"] == path_of(library, one)


def test_deciding_anew_after_an_undo_writes_nothing_anew(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two, *_ = waiting(library)
    nudge(library, one)
    monkeypatch.setattr(logs, "_write_all", lambda _: pytest.fail("at 100 000 answers that takes a second"))
    for _ in range(3):
        nudge(library, two)
        library.undo()
    assert [line[0] for line in csv(library)] == [path_of(library, one)]


@pytest.mark.parametrize("then", ["undo", "decide"])
def test_undos_that_a_crash_left_behind_follow_with_the_next_decision(
    library: Library, monkeypatch: pytest.MonkeyPatch, then: str
) -> None:
    one, two, three = waiting(library)[:3]
    for image in (one, one, two, three):
        nudge(library, image)
    monkeypatch.setattr(Library, "_follow", lambda *_: None)
    library.undo()
    monkeypatch.undo()
    if then == "undo":
        library.undo()
    else:
        nudge(library, one)
    said = everything(library)
    library.rebuild()
    assert everything(library)["files"] == said["files"]
    assert len(csv(library)) == (2 if then == "undo" else 4)


def test_a_long_name_that_is_no_text_has_its_file(library: Library) -> None:
    one = waiting(library)[0]
    path = to_text(os.fsdecode(b"/pictures/" + b"\xe9" * 200 + b".png"))
    library.write(lambda c: c.execute("UPDATE images SET filepath = ? WHERE id = ?", (path, one)))
    accept(library, one)
    assert library.notices == []
    (written,) = library.paths.crops.glob("*.crop.json")
    assert json.loads(written.read_bytes())["image"] == path


def test_a_file_of_another_maker_in_labels_stays(library: Library) -> None:
    one = waiting(library)[0]
    theirs = library.paths.crops / f"{Path(path_of(library, one)).stem}.crop.json"
    theirs.parent.mkdir()
    theirs.write_text('{"mine": true}')
    accept(library, one)
    library.rebuild()
    library.undo()
    assert theirs.read_text() == '{"mine": true}'
    assert list(theirs.parent.iterdir()) == [theirs]


def test_names_that_a_spreadsheet_would_run_are_quoted_and_come_back(library: Library) -> None:
    one, two, *_ = waiting(library)
    library.write(lambda c: c.execute("UPDATE images SET filepath = '=cmd()\r\n,\"x\"' WHERE id = ?", (one,)))
    accept(library, one)
    accept(library, two)
    assert csv(library)[0][0] == '=cmd()\r\n,"x"'
    assert b"'=cmd()" in library.paths.crop_decisions.read_bytes()
    library.undo()
    library.undo()
    assert csv(library) == []


@pytest.mark.parametrize(
    "record",
    [
        {"kind": "crop", "winner": None},
        {"kind": "crop", "winner": "another"},
        {"kind": "crop", "crop_box": {"x": -1, "y": 0, "w": 5, "h": 5}},
        {"kind": "trio", "crop_box": {"x": 0, "y": 0, "w": 0, "h": 5}},
        {"kind": "crop", "crop_box": {"x": 2**62, "y": 0, "w": 2**62, "h": 5}},
    ],
)
def test_a_line_of_the_journal_that_says_no_crop_is_passed_over(library: Library, record: dict[str, Any]) -> None:
    line = {"ts": "2026-01-01T00:00:00Z", "set_id": "", "images": ["a.png"], "winner": "a.png", "id": "x", **record}
    (library.paths.sessions / "2026-01-01__session.jsonl").write_text(json.dumps(line) + "\n")
    _, notices = library.rebuild()
    assert len(notices) == 1
    assert table(library, "crop_answers") == []


def test_the_window_and_the_files_say_the_same(tmp_path_factory: pytest.TempPathFactory) -> None:
    engine = Engine()
    engine.open(made(tmp_path_factory.getbasetemp()).put_back() / "library")
    library = engine.need()
    for image in waiting(library):
        accept(library, image)
    done = ask(engine, "crop.queue", which="done")
    assert done["total"] == done["done"] == len(csv(library)) == len(list(library.paths.crops.iterdir()))
    engine.close()


def test_crops_accepted_in_bulk_have_their_files_and_lose_them_with_the_batch(library: Library) -> None:
    with library.db.read() as connection:
        row = connection.execute("SELECT filepath, content_hash FROM crops JOIN images ON id = image_id").fetchone()
        path, content = (str(value) for value in row)
    box = Box(0, 0, 160, 120)
    batch = Record(
        ts="", set_id="b", images=[path], hashes=[content], kind="promote",
        batch=[Promoted("", 0, [0], 0.99, box)],
    )  # fmt: skip
    library.decide(batch, "batch")
    assert len(list(library.paths.crops.glob("*.crop.json"))) == 1
    library.undo()
    assert list(library.paths.crops.glob("*.crop.json")) == []
