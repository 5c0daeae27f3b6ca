"""Staging and restoring: everything of an image goes and comes back exactly, and nothing else is touched."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from engine.errors import NotFound, StagingError, WrongUse
from engine.progress import Cancelled, Quiet
from engine.staging import disk, moves
from engine.staging.batches import batches, held
from engine.staging.model import Unit
from engine.staging.recovery import recover
from tests.engine.staging.ground import QUIET, bag, files, folders, grow, no_waiting, staged, units, write


@pytest.fixture
def place(tmp_path: Path) -> SimpleNamespace:
    """A source, and the staging folder of a library beside it."""
    return SimpleNamespace(source=tmp_path / "source", home=tmp_path / "library" / "staging")


def test_what_was_staged_comes_back_to_the_last_byte_time_and_permission(place: SimpleNamespace) -> None:
    images = grow(place.source, 40)
    before, times = files(place.source), folders(place.source)
    report = staged(place.home, place.source, *images[::2])
    assert (len(report.moved), report.troubles) == (20, [])
    away = files(place.source)
    assert bag(away) == bag(before)
    moved = {m.image: m.to for m in report.moved} | {old: new for m in report.moved for old, new in m.companions}
    assert {str(place.source / p) for p in before} - {str(place.source / p) for p in away} == set(moved)
    assert all(new == old.replace(str(place.source), str(place.source / "_review_dupes")) for old, new in moved.items())
    assert report.bytes == sum(Path(new).stat().st_size for new in moved.values())

    back = moves.restore(place.home, "b", QUIET)
    assert (len(back.moved), back.troubles, back.bytes) == (20, [], report.bytes)
    assert files(place.source) == before
    assert folders(place.source) == times


def test_a_dry_run_says_what_staging_does_and_touches_nothing(place: SimpleNamespace) -> None:
    images = grow(place.source, 12)
    before, times = files(place.source), folders(place.source)
    preview = moves.plan(place.home, units(place.source, *images), "delete_review")
    assert (files(place.source), folders(place.source)) == (before, times)
    assert not place.home.exists()
    report = staged(place.home, place.source, *images, folder="delete_review")
    assert (preview.moves, preview.bytes) == (report.moved, report.bytes)


def test_a_companion_of_an_image_that_stays_stays_and_is_named(place: SimpleNamespace) -> None:
    for name in ("a.png", "a.jpg", "a.yaml", "a.png.crop_suggestions.json"):
        write(place.source / name, name)
    report = staged(place.home, place.source, place.source / "a.png")
    assert report.stays == [str(place.source / "a.yaml")]
    assert sorted(files(place.source)) == [
        "_review_dupes/a.png", "_review_dupes/a.png.crop_suggestions.json", "a.jpg", "a.yaml",
    ]  # fmt: skip


def test_images_that_share_companions_go_together_with_them(place: SimpleNamespace) -> None:
    for name in ("a.png", "a.jpg", "a.yaml", "a.jpg.caption"):
        write(place.source / name, name)
    report = staged(place.home, place.source, place.source / "a.png", place.source / "a.jpg")
    assert sorted(files(place.source)) == [f"_review_dupes/{n}" for n in ("a.jpg", "a.jpg.caption", "a.png", "a.yaml")]
    assert [len(m.companions) for m in report.moved] == [2, 0]
    assert report.bytes == sum(len(name) for name in ("a.png", "a.jpg", "a.yaml", "a.jpg.caption"))


@pytest.mark.parametrize(
    ("there", "number"),
    [("a.png", 2), ("A.PNG", 2), ("a.yaml", 2), ("a (2).png", 1), ("A.Yaml", 2)],
)
def test_a_name_already_taken_gets_a_suffix_and_its_own_name_back(
    place: SimpleNamespace, there: str, number: int
) -> None:
    taken = write(place.source / "_review_dupes" / there, "mine")
    for name in ("a.png", "a.yaml", "a.png.crop_suggestions.json"):
        write(place.source / name, name)
    before = files(place.source)
    report = staged(place.home, place.source, place.source / "a.png")
    stem = "a" if number == 1 else f"a ({number})"
    assert {new.rpartition("/")[2] for new in (report.moved[0].to, *(c[1] for c in report.moved[0].companions))} == {
        f"{stem}.png", f"{stem}.yaml", f"{stem}.png.crop_suggestions.json",
    }  # fmt: skip
    assert taken.read_text() == "mine"
    moves.restore(place.home, "b", QUIET)
    assert files(place.source) == before


def test_names_that_some_disks_take_for_one_are_kept_apart(place: SimpleNamespace) -> None:
    composed, decomposed = "é.png", "e\u0301.png"
    write(place.source / "_review_dupes" / composed, "1")
    write(place.source / decomposed, "2")
    assert staged(place.home, place.source, place.source / decomposed).moved[0].to.endswith("/e\u0301 (2).png")


def test_the_longest_name_is_shortened_for_its_suffix_and_comes_back_whole(place: SimpleNamespace) -> None:
    name = "🦊" * 62 + "abc.png"
    assert len(name.encode()) == 255
    write(place.source / "_review_dupes" / name, "1")
    write(place.source / name, "2")
    before = files(place.source)
    moved = staged(place.home, place.source, place.source / name).moved[0]
    assert moved.to.endswith("🦊 (2).png")
    assert moves.restore(place.home, "b", QUIET).troubles == []
    assert files(place.source) == before


def test_a_place_taken_meanwhile_keeps_the_whole_unit_staged(place: SimpleNamespace) -> None:
    images = grow(place.source, 8)
    taken = images[3].with_suffix(".yaml")  # of an image with three companions
    staged(place.home, place.source, *images)
    write(taken, "new")
    away = files(place.source)
    report = moves.restore(place.home, "b", QUIET)
    assert [t.path for t in report.troubles] == [str(images[3])]
    assert str(taken) in report.troubles[0].reason
    assert (len(report.moved), taken.read_text()) == (7, "new")
    assert bag(files(place.source)) == bag(away)
    assert (batches(place.home)[0].state, batches(place.home)[0].images) == ("mixed", 1)
    taken.unlink()
    assert moves.restore(place.home, "b", QUIET).troubles == []
    assert batches(place.home)[0].state == "restored"


def test_staging_again_after_a_restore_goes_into_the_same_batch(place: SimpleNamespace) -> None:
    images = grow(place.source, 6)
    before = files(place.source)
    first = staged(place.home, place.source, *images)
    for _ in range(3):
        moves.restore(place.home, "b", QUIET)
        assert files(place.source) == before
        again = moves.restage(place.home, "b", QUIET)
        assert again.moved == first.moved
        state = batches(place.home)
        assert [(s.state, s.images, s.files, s.bytes) for s in state] == [("staged", 6, len(before), first.bytes)]
    assert moves.restage(place.home, "b", QUIET).moved == []
    assert [h.state for h in held(place.home, "b")] == ["staged"] * 6


def test_the_folders_of_several_batches_go_with_the_last(place: SimpleNamespace) -> None:
    images = grow(place.source, 12)
    before, times = files(place.source), folders(place.source)
    staged(place.home, place.source, *images[:6], batch="one")
    staged(place.home, place.source, *images[6:], batch="two")
    assert [s.id for s in batches(place.home)] == ["two", "one"]
    moves.restore(place.home, "two", QUIET)
    assert (place.source / "_review_dupes").exists()
    moves.restore(place.home, "one", QUIET)
    assert (files(place.source), folders(place.source)) == (before, times)
    moves.restage(place.home, "one", QUIET)
    staged(place.home, place.source, *images[6:], batch="three")
    for batch in ("one", "three"):
        moves.restore(place.home, batch, QUIET)
    assert not (place.source / "_review_dupes").exists()


def test_a_folder_of_the_person_stays_when_it_is_empty_again(place: SimpleNamespace) -> None:
    own = place.source / "_review_dupes" / "mine"
    own.mkdir(parents=True)
    image = write(place.source / "mine" / "a.png")
    staged(place.home, place.source, image)
    moves.restore(place.home, "b", QUIET)
    assert own.is_dir()


def test_the_time_of_a_folder_that_others_changed_is_left_alone(place: SimpleNamespace) -> None:
    images = grow(place.source, 4, folders=1)
    staged(place.home, place.source, *images)
    os.utime(place.source / "d0", ns=(5, 5))
    moves.restore(place.home, "b", QUIET)
    assert (place.source / "d0").stat().st_mtime_ns != 5  # moving into it was a change; nothing older is pretended


def test_a_file_that_vanished_from_staging_is_told_and_the_rest_comes_back(place: SimpleNamespace) -> None:
    images = grow(place.source, 8)
    before = files(place.source)
    gone = {m.image: m.to for m in staged(place.home, place.source, *images).moved}
    Path(gone[str(images[0])]).unlink()  # has no companions
    Path(gone[str(images[3])]).with_suffix(".cropped").unlink()
    report = moves.restore(place.home, "b", QUIET)
    assert sorted(t.path for t in report.troubles) == sorted(
        [gone[str(images[0])], gone[str(images[3])].replace(".png", ".cropped")]
    )
    lost = {str(p.relative_to(place.source)) for p in (images[0], images[3].with_suffix(".cropped"))}
    assert files(place.source) == {name: shape for name, shape in before.items() if name not in lost}
    assert (len(report.moved), batches(place.home)[0].state) == (7, "restored")


def test_a_disk_that_is_away_loses_nothing(place: SimpleNamespace) -> None:
    images = grow(place.source, 8)
    before = files(place.source)
    staged(place.home, place.source, *images)
    away = place.source.rename(place.source.with_name("unplugged"))
    for empty in (False, True):  # the place where it was mounted may still be there
        if empty:
            place.source.mkdir()
        report = moves.restore(place.home, "b", QUIET)
        assert (report.moved, {t.path for t in report.troubles} >= {str(i) for i in images}) == ([], True)
        assert moves.approve(place.home, "b", QUIET, pytest.fail).moved == []
        assert moves.stage(place.home, units(place.source, *images), "_review_dupes", QUIET, f"n{empty}").moved == []
    place.source.rmdir()
    away.rename(place.source)
    assert len(moves.restore(place.home, "b", QUIET).moved) == 8
    assert files(place.source) == before


class StopsAt(Quiet):
    def __init__(self, done: int) -> None:
        self.done = done

    def step(self, done: int, current: str = "") -> None:
        if done == self.done and current.endswith(".png"):
            raise Cancelled


def test_a_cancel_ends_between_two_units_and_what_is_told_is_what_was_done(place: SimpleNamespace) -> None:
    images = grow(place.source, 20)
    before = files(place.source)
    report = moves.stage(place.home, units(place.source, *images), "_review_dupes", StopsAt(7), "b")
    assert (len(report.moved), report.stopped, report.troubles) == (7, True, [])
    assert recover(place.home, QUIET) == []
    back = moves.restore(place.home, "b", StopsAt(3))
    assert (len(back.moved), back.stopped) == (3, True)
    assert len(moves.restore(place.home, "b", QUIET).moved) == 4
    assert files(place.source) == before


def test_no_file_moves_before_its_plan_is_on_the_disk(place: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    images = grow(place.source, 10)
    seen: list[str] = []
    move, sync = disk.rename, disk.sync

    def renaming(*args: object) -> None:
        seen.append("rename")
        move(*args)  # type: ignore[arg-type]

    def syncing(handle: int) -> None:
        target = Path(f"/proc/self/fd/{handle}")
        name = str(target.readlink()) if target.is_symlink() else ""
        planned = name.endswith("b.jsonl") and b'"planned"' in Path(name).read_bytes()
        seen.append("plan" if planned else "sync")
        sync(handle)

    monkeypatch.setattr(disk, "rename", renaming)
    monkeypatch.setattr(disk, "sync", syncing)
    staged(place.home, place.source, *images)
    if "plan" not in seen:
        pytest.skip("this system does not tell which file a handle is of")
    assert seen.index("plan") < seen.index("rename")
    last = len(seen) - seen[::-1].index("rename")
    assert seen.count("sync") + seen.count("plan") < 30
    assert "sync" in seen[last:]  # the folders, before the moves count as done
    assert seen[-1] == "plan"  # the journal, at the very end


def test_a_journal_that_cannot_be_written_moves_nothing(place: SimpleNamespace) -> None:
    images = grow(place.source, 5)
    before = files(place.source)
    write(place.home, "a file where the folder should be")
    with pytest.raises(StagingError):
        staged(place.home, place.source, *images)
    assert files(place.source) == before


def test_wrong_names_and_unknown_batches_are_refused(place: SimpleNamespace) -> None:
    image = write(place.source / "a.png")
    for name in ("", "..", "a/b", "../b", ".hidden", "a\0b", "x" * 200):
        with pytest.raises(WrongUse):
            staged(place.home, place.source, image, batch=name)
        with pytest.raises(WrongUse):
            moves.restore(place.home, name, QUIET)
    for act in (moves.restore, moves.restage, moves.approve):
        with pytest.raises(NotFound):
            act(place.home, "unknown", QUIET)
    staged(place.home, place.source, image)
    with pytest.raises(WrongUse):
        staged(place.home, place.source, image)
    assert (batches(place.home / "nowhere"), recover(place.home / "nowhere", QUIET)) == ([], [])


def test_an_image_named_twice_moves_once(place: SimpleNamespace) -> None:
    image = write(place.source / "a.png")
    report = staged(place.home, place.source, image, image)
    assert (len(report.moved), report.troubles) == (1, [])


def test_several_sources_keep_their_own_staging_folders(place: SimpleNamespace) -> None:
    one, two = write(place.source / "1" / "a.png"), write(place.source / "2" / "a.png")
    wanted = [Unit(str(image), str(image.parent), "tag") for image in (one, two)]
    report = moves.stage(place.home, wanted, "_review_dupes", QUIET, "b")
    assert [m.to for m in report.moved] == [str(i.parent / "_review_dupes" / "a.png") for i in (one, two)]
    assert [m.tag for m in report.moved] == ["tag", "tag"]
    assert batches(place.home)[0].sources == [str(one.parent), str(two.parent)]


def test_any_file_name_goes_and_comes_back(place: SimpleNamespace) -> None:
    raw = [b"new\nline.png", "🦊 é.png".encode(), b"\xff\xfe.png", b"-rf.png", b"a'b\"c.png", b"\xf4\x8f\xbe\x80.png"]
    images = [write(place.source / os.fsdecode(name), name) for name in raw]
    before = files(place.source)
    with no_waiting():
        report = staged(place.home, place.source, *images)
        assert (len(report.moved), report.troubles) == (len(raw), [])
        assert set(files(place.source)).isdisjoint(before)
        moves.restore(place.home, "b", QUIET)
    assert files(place.source) == before
