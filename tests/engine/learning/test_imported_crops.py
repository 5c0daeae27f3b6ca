"""An earlier `crop_decisions.csv`: what is known of each crop is taken over, what is not is said, and nothing counts it
as a check of our own proposals."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from engine.api import Engine
from engine.cropping import decide, queue, readouts, rows, sidecars, weights
from engine.cropping.decide import Choice
from engine.cropping.model import Proposal
from engine.errors import WrongUse
from engine.learning import imported, insight, records, review
from engine.library.csvfile import read_csv, write_csv
from engine.library.journal import files, read
from engine.library.settings import Learning
from engine.library.store import Library
from tests.cropped import ask, made, table

HEADER = ("image", "choice", "nudged_box", "reason_tags", "time_ms")
BEST, ALT1, ALT2 = (0, 0, 120, 160), (60, 80, 180, 240), (120, 160, 240, 320)
A, B, C = "scene00_a.png", "scene00_b.png", "scene00_c.png"  # of 240 x 320 pixels


@pytest.fixture
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.getbasetemp()).put_back()


@pytest.fixture
def library(place: Path) -> Iterator[Library]:
    with Library(place / "library") as opened:
        yield opened


def log(folder: Path, *lines: tuple[str, ...]) -> Path:
    file = folder / "crop_decisions.csv"
    write_csv(file, HEADER, [line + ("",) * (5 - len(line)) for line in lines])
    return file


def beside(place: Path, name: str, *candidates: object) -> None:
    (place / "pictures" / f"{name}.crop_suggestions.json").write_text(json.dumps({"candidates": candidates}))


def three(place: Path, name: str) -> None:
    """The sidecar of another tool."""
    named = {"alt2": ALT2, "best": BEST, "alt1": ALT1}
    beside(place, name, *({"id": one, "box": box} for one, box in named.items()))


def image_of(library: Library, name: str) -> int:
    with library.db.read() as connection:
        return int(connection.execute("SELECT id FROM images WHERE filename = ?", (name,)).get)


def answer(library: Library, name: str) -> rows.Answered | None:
    with library.db.read() as connection:
        return rows.answer(connection, image_of(library, name))


def reasons(found: imported.Imported) -> list[tuple[int, str]]:
    return [(passed.line, passed.reason) for passed in found.passed_over]


def everything(library: Library) -> dict[str, Any]:
    labels = library.paths.root / "labels"
    said = {f.name: f.read_bytes() for f in sorted(labels.rglob("*")) if f.suffix in (".csv", ".json")}
    return {**said, **{name: table(library, name) for name in ("crop_answers", "to_crop")}}


def test_a_box_of_the_persons_own_is_their_crop_here_and_one_undo_takes_the_file_back(
    library: Library, place: Path
) -> None:
    before = everything(library)
    file = log(place, (A, "nudged", "[3,5,123,165]", "awkward_edge; Glare;odd", "4200"), (B, "full"))
    found = imported.load(library, file)
    assert (found.crops, found.pairs, found.known, found.passed_over) == (2, 0, 0, [])
    said = answer(library, A)
    assert said is not None
    assert (said.choice, said.box, said.tags) == ("nudged", (3, 5, 123, 165), ["awkward_edge", "glare"])
    assert said.how.time_ms == 4200
    whole = answer(library, B)
    assert whole is not None
    assert (whole.choice, whole.box) == ("full", None)
    lines = [tuple(line[1:]) for line in read_csv(library.paths.crop_decisions)[1]]
    assert lines == [("nudged", "[3,5,123,165]", "awkward_edge;glare", "4200"), ("full", "", "", "")]
    assert len(list(library.paths.crops.glob("*.crop.json"))) == 2
    assert [r.record.kind for f in files(library.paths.sessions) for r in read(f) if r.record] == ["crops"]
    assert library.undo()[1] == "Take over 2 crops"
    assert table(library, "crop_answers") == before["crop_answers"]
    assert read_csv(library.paths.crop_decisions)[1] == []
    assert not list(library.paths.crops.glob("*.crop.json"))


def test_a_file_taken_over_again_adds_nothing_and_an_answer_given_here_stays(library: Library, place: Path) -> None:
    decide.choose(library, Choice(image_of(library, B), "nudged", (0, 0, 60, 80)))
    file = log(place, (A, "nudged", "[3,5,123,165]"), (B, "nudged", "[3,5,123,165]"), (B, "best"))
    assert (found := imported.load(library, file)).crops == 1
    assert (found.known, found.passed_over) == (1, [])
    state = everything(library)
    assert (again := imported.load(library, file)).crops == 0
    assert (again.known, everything(library)) == (2, state)
    kept = answer(library, B)
    assert kept is not None
    assert kept.box == (0, 0, 60, 80)


def test_a_named_box_is_that_of_the_other_tools_file_and_teaches_taste(library: Library, place: Path) -> None:
    for name in (A, B, C):
        three(place, name)
    found = imported.load(library, log(place, (A, "best"), (B, "alt2"), (C, "nudged", "[3,5,123,165]")))
    assert (found.crops, found.passed_over) == (3, [])
    for name, box in ((A, BEST), (B, ALT2), (C, (3, 5, 123, 165))):
        said = answer(library, name)
        assert said is not None
        assert said.box == box
        assert said.how.proposed == [BEST, ALT1, ALT2]
        assert [set(one) for one in said.how.offered] == [set(said.how.chosen)] * 3
        assert (said.how.earlier, said.how.unassisted) == (True, False)
    assert weights.taught(library) == 3
    assert weights.weights(library) != weights.start(library.settings.crop)


def test_without_the_other_tools_file_a_named_box_is_not_guessed(library: Library, place: Path) -> None:
    image = image_of(library, A)
    with library.db.read() as connection:
        picture = rows.pictures(connection, [image])[0]
        proposal, _ = rows.get(connection, image, picture.content)
    assert isinstance(proposal, Proposal)
    sidecars.write(place / "pictures" / A, sidecars.encoded(proposal))  # of this library: not what was meant
    found = imported.load(library, log(place, (A, "best"), (B, "alt1")))
    assert [line for line, _ in reasons(found)] == [2, 3]
    assert all("put the other tool's .crop_suggestions.json beside the image" in why for _, why in reasons(found))
    assert table(library, "crop_answers") == []
    assert not files(library.paths.sessions)


def test_a_file_that_does_not_name_the_box_gives_none_and_one_without_names_goes_by_place(
    library: Library, place: Path
) -> None:
    beside(place, A, {"id": "best", "box": BEST}, {"id": "alt2", "box": ALT2})
    beside(place, B, {"box": ALT1}, {"box": BEST})
    beside(place, C, {"id": "best", "box": BEST}, {"id": "alt2", "box": ALT2})
    found = imported.load(library, log(place, (A, "alt1"), (B, "alt1"), (C, "alt2")))
    assert reasons(found) == [(2, "The .crop_suggestions.json beside the image does not say which box alt1 is.")]
    by_place, gap = answer(library, B), answer(library, C)
    assert by_place is not None
    assert gap is not None
    assert (by_place.box, by_place.how.proposed) == (BEST, [ALT1, BEST])
    assert (gap.box, gap.how.proposed) == (ALT2, [])  # which place alt2 has among them is not sure: no lesson


def test_the_log_of_another_library_says_by_its_folder_crops_which_boxes_were_taken(
    library: Library, place: Path
) -> None:
    with library.db.read() as connection:
        one, two, three = [
            e.images[0] for e in queue.page(connection, library.settings.crop, "waiting", 0, 3, trios=False)
        ]
        stored, _ = rows.get(connection, one, rows.pictures(connection, [one])[0].content)
    assert stored is not None
    decide.choose(library, Choice(one, "best", stored.candidates[0].box, ("toes",), 700))
    decide.choose(library, Choice(two, "nudged", (0, 0, 240, 320)))
    decide.choose(library, Choice(three, "nudged", (3, 5, 123, 165)))
    shutil.copytree(library.paths.root / "labels", place / "elsewhere")
    before = {row[0]: row[2:7] for row in table(library, "crop_answers")}
    for _ in range(3):
        library.undo()
    found = imported.load(library, place / "elsewhere" / "crop_decisions.csv")
    assert (found.crops, found.passed_over) == (3, [])
    assert {row[0]: row[2:7] for row in table(library, "crop_answers")} == before
    with library.db.read() as connection:
        said = rows.answer(connection, one)
    assert said is not None
    assert said.how.proposed == [candidate.box for candidate in stored.candidates]
    library.undo()
    shutil.rmtree(place / "elsewhere" / "crops")
    assert [line for line, _ in reasons(imported.load(library, place / "elsewhere" / "crop_decisions.csv"))] == [2, 3]


def test_nothing_that_measures_our_proposals_counts_it(library: Library, place: Path) -> None:
    for name in (A, B, C):
        three(place, name)
    imported.load(library, log(place, (A, "best", "", "", "900"), (B, "alt1", "", "", "9"), (C, "full", "", "", "5")))
    with library.db.read() as connection:
        read_out = readouts.read(connection)
        plots = insight.plots(connection, library.paths)
        assert records.record(connection, "crop") == []
        assert records.record(connection, "residual") == []
        assert review.count(connection) == 0
    assert read_out == readouts.Readouts(0, None, None, None, None, None, None, None)
    assert (plots.accept_rate, plots.actions, plots.saved, plots.queue_mix) == ([], [], [], [])


def test_an_answer_given_here_afterwards_counts(library: Library, place: Path) -> None:
    imported.load(library, log(place, (A, "nudged", "[3,5,123,165]")))
    library.settings = msgspec.structs.replace(library.settings, learning=Learning(random_share=1))
    decide.choose(library, Choice(image_of(library, A), "nudged", (0, 0, 60, 80), time_ms=900, actions=2))
    with library.db.read() as connection:
        assert readouts.read(connection).answers == 1
        assert len(records.record(connection, "crop")) == 1


def test_a_rebuild_and_a_redo_say_the_same(library: Library, place: Path) -> None:
    three(place, A)
    imported.load(library, log(place, (A, "best"), (B, "nudged", "[3,5,123,165]", "toes")))
    before = everything(library)
    library.undo()
    library.redo()
    assert everything(library) == before
    for file in before:
        for found in (library.paths.root / "labels").rglob(file):
            found.unlink()
    library.rebuild()
    assert everything(library) == before


def test_the_last_line_of_an_image_is_its_answer_even_where_it_gives_none(library: Library, place: Path) -> None:
    found = imported.load(
        library,
        log(place, (A, "full"), (B, "nudged", "[3,5,123,165]"), (A, "nudged", "[0,0,60,80]"), (B, "later")),
    )
    assert reasons(found) == [(5, "Its choice is later: none of best, alt1, alt2, nudged and full.")]
    said = answer(library, A)
    assert said is not None
    assert said.box == (0, 0, 60, 80)
    assert answer(library, B) is None


def test_what_was_sent_to_crop_here_still_waits(library: Library, place: Path) -> None:
    decide.send(library, image_of(library, A), on=True)
    imported.load(library, log(place, (A, "nudged", "[3,5,123,165]")))
    assert [row[0] for row in table(library, "to_crop")] == [image_of(library, A)]


def test_a_box_is_fitted_like_that_of_a_sidecar(library: Library, place: Path) -> None:
    imported.load(library, log(place, (A, "nudged", "[2.6, 5, 124, 164]"), (B, "nudged", "[0,0,240,320]")))
    fitted, whole = answer(library, A), answer(library, B)
    assert fitted is not None
    assert fitted.box is not None
    assert (fitted.box[2] - fitted.box[0]) * 4 == (fitted.box[3] - fitted.box[1]) * 3
    assert whole is not None
    assert (whole.choice, whole.box) == ("full", None)


@pytest.mark.parametrize(
    ("box", "why"),
    [
        ("", "has no box"), ("[1,2,3]", "is no box"), ("[NaN,0,120,160]", "is no box"), ("[1e999,0,1,2]", "is no box"),
        ("[" * 90_000, "is no box"), ('["0",0,120,160]', "is no box"), ("[0,0,241,320]", "does not lie"),
        (f"[0,0,{'9' * 400},160]", "box"), ("[5,5,5,5]", "does not lie"), ("[0,0,200,50]", "has not the ratio"),
    ],
)  # fmt: skip
def test_a_box_that_is_none_is_passed_over(library: Library, place: Path, box: str, why: str) -> None:
    found = imported.load(library, log(place, (A, "nudged", box), (B, "full", "", "nonsense", "NaN")))
    ((line, said),) = reasons(found)
    assert (line, found.crops) == (2, 1)
    assert why in said
    assert len(said) < 200
    other = answer(library, B)
    assert other is not None
    assert (other.tags, other.how.time_ms) == ([], 0)


def test_lines_that_cannot_be_used_are_named_and_the_rest_is_taken(library: Library, place: Path) -> None:
    file = place / "crop_decisions.csv"
    file.write_bytes(
        b"choice,image\r\n"
        b"full," + A.encode() + b"\r\nfull,/nowhere/x.png\r\nfull\r\nfull,\r\nfu\0ll," + B.encode() + b"\r\n"
        b"full,../../\0etc\r\nbest,C:\\pics\\" + C.encode() + b"\r\nfull," + b"y" * 300 + b"\r\n"
    )
    found = imported.load(library, file)
    assert found.crops == 1
    assert [(line, why.split(":")[0][:40]) for line, why in reasons(found)] == [
        (3, "/nowhere/x.png is not in the library."), (4, "It has 1 cells where the header has 2; a"),
        (5, "It names no image."), (6, "Its choice is fu?ll"), (7, "../../?etc is not in the library."),
        (8, "Which box best was is not known here"), (9, f"…{'y' * 39}"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["image,choice,Choice\n", 'image,choice\na.png,"best\n', "image,choice\n\xff\n"])
def test_a_file_that_is_torn_is_refused_whole(library: Library, place: Path, text: str) -> None:
    (place / "crop_decisions.csv").write_bytes(text.encode("latin-1"))
    with pytest.raises(WrongUse):
        imported.load(library, place / "crop_decisions.csv")
    assert table(library, "crop_answers") == []


@pytest.mark.parametrize(
    "change",
    [
        {"width": 480}, {"crop_box": {"x": 0, "y": 0, "w": 10**400, "h": 5}},
        {"crop_box": {"x": 9, "y": 0, "w": 240, "h": 320}},
        {"choice": "alt1"}, {"by": "other"}, {"image": "/other.png"}, {"proposed": [[1, 2]]},
    ],
)  # fmt: skip
def test_a_file_of_crops_that_does_not_fit_is_not_believed(
    library: Library, place: Path, change: dict[str, Any]
) -> None:
    said = {
        "version": 1, "image": A, "content_hash": "", "width": 240, "height": 320, "choice": "best", "needs_crop": True,
        "crop_box": {"x": 0, "y": 0, "w": 120, "h": 160}, "reason_tags": [], "time_ms": 0, "at": "",
        "proposed": [BEST], "by": "pickwise",
    }  # fmt: skip
    (place / "crops").mkdir()
    file = place / "crops" / f"{Path(A).stem}.crop.json"
    file.write_text(json.dumps({**said, **change}))
    found = imported.load(library, log(place, (A, "best")))
    assert (found.crops, len(found.passed_over)) == (0, 1)
    file.write_text(json.dumps(said))
    assert imported.load(library, log(place, (A, "best"))).crops == 1


def test_the_window_undoes_it(place: Path) -> None:
    with Library(place / "library") as library:
        imported.load(library, log(place, (A, "full"), (B, "full")))
    engine = Engine()
    try:
        engine.start(None, place / "library")
        said = ask(engine, "history.undo")
        assert (said["label"], said["redo"]) == ("Undid: Take over 2 crops", "Take over 2 crops")
        assert "crop" in said["stale"]
        assert table(engine.need(), "crop_answers") == []
    finally:
        engine.close()


def test_taste_is_the_same_whether_it_was_followed_or_learned_anew(library: Library, place: Path) -> None:
    weights.weights(library)
    for name in (A, B):
        three(place, name)
    imported.load(library, log(place, (A, "alt1"), (B, "best")))
    weights.weights(library)
    decide.choose(library, Choice(image_of(library, C), "nudged", (0, 0, 60, 80)))
    followed = weights.weights(library)
    weights._known.pop(library)
    assert weights.weights(library) == pytest.approx(followed, abs=1e-12)


@pytest.mark.parametrize(
    "crops",
    [None, [], [[None, [], {"choice": "full"}]] * 2, [[{"x": -1, "y": 0, "w": 3, "h": 4}, [], {"choice": "best"}]],
     [[{"x": 0, "y": 0, "w": 0, "h": 4}, [], {"choice": "best"}]], [[None, [], {"choice": "sideways"}]]],
)  # fmt: skip
def test_a_journal_that_says_nonsense_of_crops_is_passed_over_with_a_sentence(
    library: Library, place: Path, crops: object
) -> None:
    imported.load(library, log(place, (A, "full")))
    before = everything(library)
    (file,) = files(library.paths.sessions)
    line = json.loads(file.read_bytes())
    line |= {"id": "odd", "images": [line["images"][0].replace(A, B)], "hashes": [""]}
    line.pop("crops")
    file.write_bytes(
        file.read_bytes() + json.dumps(line | ({} if crops is None else {"crops": crops})).encode() + b"\n"
    )
    _, notices = library.rebuild()
    assert len(notices) == 1
    assert everything(library) == before


def test_crops_that_two_lines_of_a_journal_give_are_those_of_the_first(library: Library, place: Path) -> None:
    imported.load(library, log(place, (A, "full")))
    (file,) = files(library.paths.sessions)
    line = json.loads(file.read_bytes()) | {"id": "again", "crops": [[None, ["toes"], {"choice": "full"}]]}
    file.write_bytes(file.read_bytes() + json.dumps(line).encode() + b"\n")
    assert library.rebuild()[0] == 2
    said = answer(library, A)
    assert said is not None
    assert said.tags == []
    assert said.how.earlier is True
