"""What was seen, as rows, files and doubts of the picks; with looks made up, no model runs."""

from __future__ import annotations

import math
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.culling.run import regroup
from engine.library.store import Library
from engine.progress import Quiet
from engine.vision import look_rows, look_sidecars
from engine.vision.pictures import Picture
from engine.vision.scaling import scaled
from engine.vision.seen import Abstained, Body, Cue, Face, Hand, Look, People
from tests import rows

BOX = (10.0, 20.0, 30.0, 40.0)
SIX = Cue("digits", 0.9, BOX, "Six fingers on a left hand.")


def hand(x: float = 10.0) -> Hand:
    return Hand([(x + i, 20.0 + i) for i in range(21)], [0.0] * 21, "left", 0.9, (x, 20.0, x + 20, 40.0))


def body(visibility: float = 1.0) -> Body:
    return Body([(float(i), 2.0 * i) for i in range(33)], [visibility] * 33, (0, 0, 32, 64))


def seen(*cues: Cue) -> Look:
    face = Face((1, 2, 3, 4), 0.8, mesh=[(1.0, 2.0)])
    return Look(People(100, 200, [hand()], [face], [body()]), list(cues), [Abstained("digits", BOX, "It is closed.")])


@pytest.fixture
def library(tmp_path: Path):
    with Library(tmp_path / "library") as opened:
        opened.change_setting("cues.digits", True)  # off unless asked for
        rows.fill(opened, [2, 3], blurred=0)
        regroup(opened, Quiet())
        yield opened


def keeper(library: Library) -> tuple[int, str, str]:
    """Id, content and path of the first choice of the last group."""
    with library.db.read() as connection:
        return connection.execute(
            "SELECT i.id, i.content_hash, i.filepath FROM members m JOIN images i ON i.id = m.image_id"
            " WHERE m.rank = 0 ORDER BY m.group_id DESC"
        ).fetchone()


def review(library: Library) -> list[tuple[int, str]]:
    with library.db.read() as connection:
        return connection.execute("SELECT id, reason FROM groups WHERE review ORDER BY id").fetchall()


def test_only_what_this_version_did_not_look_at_is_looked_at(library: Library) -> None:
    with library.db.read() as connection:
        wanted = look_rows.unseen(connection, "one")
    assert len(wanted) == 5
    library.write(lambda c: look_rows.put(c, "one", wanted[0].content, seen()))
    with library.db.read() as connection:
        assert look_rows.unseen(connection, "one") == wanted[1:]
        assert look_rows.unseen(connection, "two") == wanted


def test_counts_are_of_what_was_seen_and_flags_of_what_reaches_its_threshold(library: Library) -> None:
    _, content, _ = keeper(library)
    library.write(lambda c: look_rows.put(c, "one", content, seen(SIX, Cue("odd_eyes", 0.2, BOX, "Odd."))))
    with library.db.read() as connection:
        found = look_rows.counts(connection, {"digits": 0.5, "odd_eyes": 0.5})
    assert found == (1, 1, 1, 1, 1, {"digits": 1, "odd_eyes": 0})


def test_a_look_replaces_the_look_before_and_keeps_what_the_siblings_told(library: Library) -> None:
    image, content, path = keeper(library)
    lost = Cue("lost_from_siblings", 0.8, BOX, "Something is gone.")
    library.write(lambda c: look_rows.put(c, "one", content, seen(SIX)))
    library.write(lambda c: look_rows.put_lost(c, [(Picture(content, path), [lost])]))
    library.write(lambda c: look_rows.put(c, "two", content, seen()))
    with library.db.read() as connection:
        assert connection.execute("SELECT image_id, name FROM cues").fetchall() == [(image, "lost_from_siblings")]


def test_a_cue_sends_its_group_to_review_with_its_sentence_and_rejects_nothing(library: Library) -> None:
    image, content, _ = keeper(library)
    assert review(library) == []
    library.write(lambda c: look_rows.put(c, "one", content, seen(SIX)))
    regroup(library, Quiet())
    assert [reason for _, reason in review(library)] == ["something may be wrong: Six fingers on a left hand."]
    assert keeper(library)[0] == image


def test_a_cue_below_its_threshold_or_switched_off_changes_nothing(library: Library) -> None:
    _, content, _ = keeper(library)
    library.write(lambda c: look_rows.put(c, "one", content, seen(SIX)))
    library.change_setting("cues.digits_from", 0.95)
    regroup(library, Quiet())
    assert review(library) == []
    library.change_setting("cues.digits_from", 0.5)
    regroup(library, Quiet())
    assert len(review(library)) == 1
    library.change_setting("cues.digits", False)
    regroup(library, Quiet())
    assert review(library) == []


def test_families_are_groups_of_different_contents(library: Library) -> None:
    with library.db.read() as connection:
        assert sorted(len(family) for family in look_rows.families(connection)) == [2, 3]


def test_the_sidecars_say_what_was_seen_in_pixels_of_the_original(library: Library) -> None:
    picture = Picture("ab" * 16, "/somewhere/a [1]#ü.png")
    look_sidecars.write(library.paths, picture, seen())
    hands = msgspec.json.decode((library.paths.hands / "a [1]#ü.png.abababababab.keypoints.json").read_bytes())
    boxes = msgspec.json.decode((library.paths.det / "a [1]#ü.png.abababababab.facefoot.json").read_bytes())
    assert (hands["image"], hands["width"], hands["height"]) == ("a [1]#ü.png", 100, 200)
    assert hands["hands"][0]["points"][0] == [10.0, 20.0]
    assert boxes["faces"][0]["box"] == [1, 2, 3, 4]
    assert not boxes["faces"][0]["mesh"]
    assert [foot["side"] for foot in boxes["feet"]] == ["left", "right"]
    assert boxes["feet"][0]["box"] == [27.0, 54.0, 31.0, 62.0]


def test_feet_that_were_guessed_are_left_out() -> None:
    assert look_sidecars.feet(Look(People(1, 1, bodies=[body(0.2)]))) == []


def test_a_name_of_any_length_gives_a_name_a_disk_takes(library: Library) -> None:
    look_sidecars.write(library.paths, Picture("ab" * 16, "/x/" + "ü" * 120 + ".png"), seen())
    assert len(list(library.paths.hands.iterdir())) == 1


@given(st.floats(0.1, 50), st.floats(0.1, 50))
def test_points_and_boxes_scale_alike(x: float, y: float) -> None:
    look = scaled(seen(SIX), x, y, 1000, 2000)
    assert (look.people.width, look.people.height) == (1000, 2000)
    for before, after in zip(hand().points, look.people.hands[0].points, strict=True):
        assert after == (pytest.approx(before[0] * x, abs=0.01), pytest.approx(before[1] * y, abs=0.01))
    assert look.cues[0].box == pytest.approx((10 * x, 20 * y, 30 * x, 40 * y), abs=0.01)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_part_with_a_coordinate_that_is_no_number_is_left_out(bad: float) -> None:
    broken = Look(People(1, 1, [hand(bad), hand()]), [Cue("digits", bad, BOX, ""), SIX])
    look = scaled(broken, 1, 1, 1, 1)
    assert len(look.people.hands) == 1
    assert look.cues == [SIX]


def test_a_damaged_entry_of_the_cache_is_no_look() -> None:
    assert look_rows.decoded(b"\xff") is None
    assert look_rows.decoded(msgspec.json.encode(seen())) == seen()


def test_numbers_of_numpy_go_into_the_files_as_numbers() -> None:
    n = np.float64
    odd = msgspec.structs.replace(hand(), points=[(n(1), n(2))] * 21, depth=[n(1)] * 21, side_score=n(0.9))
    face = Face((n(1), n(2), n(3), n(4)), n(0.8), ((n(1), n(2)), (n(3), n(4))), [(n(1), n(2))])
    people = People(1, 1, [odd], [face], [Body([(n(1), n(2))] * 33, [n(1)] * 33, (n(1), n(1), n(2), n(2)))])
    look = scaled(Look(people, [Cue("digits", n(7), (n(1), n(2), n(3), n(4)), "")]), n(2), n(2), 1, 1)
    assert look_rows.decoded(msgspec.json.encode(look)) == look
    assert look.cues[0].score == 1.0
