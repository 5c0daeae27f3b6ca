"""The best go out numbered with their companions; whatever goes wrong is told, and going on later ends in the same."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from standings import add_files, rate, standing
from terminal import snapshot

from engine.errors import ExportError, WrongUse
from engine.export.files import Link
from engine.export.numbered import UNFINISHED
from engine.export.ranked import Report, Wanted, export_ranked
from engine.library.store import Library
from engine.progress import Cancelled, Progress, Quiet


class Scene(NamedTuple):
    """Six images a.png .. f.png, best first, the last one outside the field; b.png has two companions."""

    library: Library
    source: Path
    ids: list[int]

    def export(
        self,
        wanted: Wanted,
        to: Path | None = None,
        link: Link = "copy",
        progress: Progress | None = None,
        *,
        dry: bool = False,
    ) -> Report:
        here = standing(self.ids, field=5)
        return export_ranked(self.library, here, wanted, to, link, progress or Quiet(), dry=dry)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    source = tmp_path / "source"
    source.mkdir()
    for letter in "abcdef":
        (source / f"{letter}.png").write_bytes(letter.encode() * 50)
    (source / "b.yaml").write_text("prompt: b")
    (source / "b.png.crop_suggestions.json").write_text("{}")
    with Library(tmp_path / "library") as library:
        library.change_setting("scan.sources", [str(source)])
        yield Scene(library, source, add_files(library, [source / f"{letter}.png" for letter in "abcdef"]))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


TOP3 = ["0001_a.png", "0002_b.png", "0002_b.png.crop_suggestions.json", "0002_b.yaml", "0003_c.png"]


def test_the_best_are_numbered_and_companions_travel(scene: Scene) -> None:
    report = scene.export(Wanted(top=3))
    folder = scene.library.paths.exports / "top-3"
    assert (report.to, report.asked, report.images, report.written) == (str(folder), 3, 3, 5)
    assert names(folder) == TOP3
    assert (folder / "0002_b.yaml").read_text() == "prompt: b"


def test_alternates_that_nobody_was_asked_about_stay(scene: Scene) -> None:
    report = scene.export(Wanted(top=100))
    assert (report.asked, report.images, report.uncompared) == (5, 5, 5)
    assert not any("_f." in name for name in names(Path(report.to)))


def test_a_threshold_takes_the_field_from_that_score_on(scene: Scene) -> None:
    for image, mu in zip(scene.ids, (30.0, 29.0, 35.0, 20.0, 27.0, 50.0), strict=True):
        rate(scene.library, image, mu)
    report = scene.export(Wanted(min_score=26.0))
    assert names(Path(report.to)) == ["0001_a.png", *(n for n in TOP3 if n.startswith("0002")), "0003_c.png"]
    assert report.to.endswith("score-26")
    assert report.uncompared == 0
    assert scene.export(Wanted(min_score=26.0 + 1e-9)).asked == 2
    nobody = scene.export(Wanted(min_score=99.0))
    assert (nobody.asked, "nothing to export" in nobody.sentence()) == (0, True)
    assert not Path(nobody.to).exists()


@pytest.mark.parametrize(
    "wanted", [Wanted(), Wanted(3, 2.0), Wanted(top=0), Wanted(min_score=float("nan")), Wanted(min_score=float("inf"))]
)
def test_an_export_needs_one_sensible_measure(scene: Scene, wanted: Wanted) -> None:
    with pytest.raises(WrongUse):
        scene.export(wanted)


def test_a_dry_run_tells_the_same_and_writes_nothing(scene: Scene, tmp_path: Path) -> None:
    before = snapshot(scene.source)
    dry = scene.export(Wanted(top=3), tmp_path / "out", dry=True)
    assert snapshot(scene.source) == before
    assert not (tmp_path / "out").exists()
    done = scene.export(Wanted(top=3), tmp_path / "out")
    assert (dry.written, dry.images, dry.to) == (done.written, done.images, done.to)
    assert "would be" in dry.sentence()


@pytest.mark.parametrize("link", ["copy", "hard", "symlink"])
def test_links_are_what_was_asked_for(scene: Scene, tmp_path: Path, link: Link) -> None:
    scene.export(Wanted(top=3), tmp_path / "out", link)
    for name, source in (("0001_a.png", "a.png"), ("0002_b.yaml", "b.yaml")):
        made = tmp_path / "out" / name
        assert made.is_symlink() == (link == "symlink")
        assert made.samefile(scene.source / source) == (link != "copy")


def test_a_file_of_the_person_is_left_alone_and_in_nobodys_way(scene: Scene, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "notes.txt").write_text("mine")
    report = scene.export(Wanted(top=3), out)
    assert (report.to, report.beside) == (str(out), "")
    assert (out / "notes.txt").read_text() == "mine"
    assert names(out) == [*TOP3, "notes.txt"]
    assert scene.export(Wanted(top=3), out).unchanged == 5


def test_a_folder_with_another_export_gets_one_beside_it_and_says_so(scene: Scene, tmp_path: Path) -> None:
    scene.export(Wanted(top=2), tmp_path / "out")
    before = snapshot(tmp_path / "out")
    report = scene.export(Wanted(top=3), tmp_path / "out")
    assert (report.to, report.beside) == (str(tmp_path / "out (2)"), str(tmp_path / "out"))
    assert "holds another export" in report.sentence()
    assert snapshot(tmp_path / "out") == before
    assert names(tmp_path / "out (2)") == TOP3
    assert scene.export(Wanted(top=3), tmp_path / "out").unchanged == 5
    assert not (tmp_path / "out (3)").exists()


def test_a_changed_export_is_another_one(scene: Scene, tmp_path: Path) -> None:
    scene.export(Wanted(top=3), tmp_path / "out")
    (tmp_path / "out" / "0001_a.png").write_bytes(b"painted over by the person")
    assert scene.export(Wanted(top=3), tmp_path / "out").to == str(tmp_path / "out (2)")
    assert (tmp_path / "out" / "0001_a.png").read_bytes() == b"painted over by the person"


def test_images_that_are_gone_are_named_and_keep_their_number(scene: Scene, tmp_path: Path) -> None:
    (scene.source / "a.png").unlink()
    report = scene.export(Wanted(top=3), tmp_path / "out")
    assert (report.missing, report.images, report.failed) == ([str(scene.source / "a.png")], 2, [])
    assert names(tmp_path / "out") == TOP3[1:]
    assert "No longer on disk: 1" in report.sentence()
    assert scene.export(Wanted(top=3), tmp_path / "out").to == str(tmp_path / "out")


def test_an_image_gone_after_its_export_does_not_make_a_second_folder(scene: Scene, tmp_path: Path) -> None:
    scene.export(Wanted(top=3), tmp_path / "out")
    before = snapshot(tmp_path / "out")
    for name in ("b.png", "b.yaml", "b.png.crop_suggestions.json"):
        (scene.source / name).unlink()
    report = scene.export(Wanted(top=3), tmp_path / "out")
    assert (report.to, report.unchanged, len(report.missing)) == (str(tmp_path / "out"), 2, 1)
    assert snapshot(tmp_path / "out") == before


class At(Quiet):
    """Does something once, when so many images of a phase are done."""

    def __init__(self, phase: str, count: int, then: Callable[[], object]) -> None:
        self._wanted, self._now, self._then = (phase, count), "", then

    def phase(self, name: str, total: int = 0) -> None:
        self._now = name

    def step(self, done: int, current: str = "") -> None:
        if (self._now, done) == self._wanted:
            self._then()


def test_a_file_that_goes_mid_way_is_missing_not_failed(scene: Scene, tmp_path: Path) -> None:
    gone = At("export", 1, (scene.source / "b.png").unlink)
    report = scene.export(Wanted(top=3), tmp_path / "out", "copy", gone)
    assert (report.missing, report.failed, report.images) == ([str(scene.source / "b.png")], [], 2)
    assert names(tmp_path / "out") == ["0001_a.png", "0003_c.png"]
    assert scene.export(Wanted(top=3), tmp_path / "out").to == str(tmp_path / "out")


def fill_after(monkeypatch: pytest.MonkeyPatch, files: int) -> None:
    """The disk takes so many copies and no more."""
    left, real = [files], shutil.copy2

    def copy2(source: Path, target: Path) -> object:
        if not left[0]:
            Path(target).write_bytes(b"half")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        left[0] -= 1
        return real(source, target)

    monkeypatch.setattr("shutil.copy2", copy2)


@pytest.mark.parametrize("files", range(5))
def test_a_full_disk_is_told_and_the_same_export_goes_on_there_later(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: int
) -> None:
    with monkeypatch.context() as patched:
        fill_after(patched, files)
        report = scene.export(Wanted(top=3), tmp_path / "out")
    whole = (0, 1, 1, 1, 2)[files]
    assert (report.written, report.images, len(report.failed)) == (files, whole, 3 - whole)
    assert "Not done" in report.sentence()
    assert names(tmp_path / "out") == [UNFINISHED, *TOP3[:files]]
    assert not [name for name in names(tmp_path / "out") if name.endswith(".part")]
    other = scene.export(Wanted(top=4), tmp_path / "out")
    assert other.to == str(tmp_path / "out (2)")
    again = scene.export(Wanted(top=3), tmp_path / "out")
    assert (again.to, again.unchanged, again.written, again.failed) == (str(tmp_path / "out"), files, 5 - files, [])
    assert names(tmp_path / "out") == TOP3


def test_a_cancelled_export_goes_on_there_later(scene: Scene, tmp_path: Path) -> None:
    def stop() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        scene.export(Wanted(top=3), tmp_path / "out", "copy", At("export", 2, stop))
    report = scene.export(Wanted(top=3), tmp_path / "out")
    assert (report.to, report.unchanged, report.written) == (str(tmp_path / "out"), 4, 1)
    assert names(tmp_path / "out") == TOP3


def test_a_link_to_another_disk_is_told_in_words(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def link(*_: object) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr("os.link", link)
    report = scene.export(Wanted(top=3), tmp_path / "out", "hard")
    assert len(report.failed) == 3
    assert "copy instead" in report.sentence()


def test_a_source_is_never_written_not_even_beside_a_taken_folder(scene: Scene) -> None:
    before = snapshot(scene.source)
    with pytest.raises(ExportError, match="inside the source folder"):
        scene.export(Wanted(top=3), scene.source / "out")
    outer = scene.source.with_name("best")
    scene.export(Wanted(top=2), outer)
    (scene.source.parent / "best (2)").mkdir()
    scene.library.change_setting("scan.sources", [str(scene.source), str(scene.source.parent / "best (2)")])
    with pytest.raises(ExportError, match="inside the source folder"):
        scene.export(Wanted(top=3), outer)
    assert names(scene.source.parent / "best (2)") == []
    assert snapshot(scene.source) == before


def test_a_target_that_is_a_file_or_closed_is_refused_in_words(scene: Scene, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(ExportError, match="is a file"):
        scene.export(Wanted(top=3), tmp_path / "out")
    with pytest.raises(ExportError):
        scene.export(Wanted(top=3), tmp_path / "out" / "deeper")
    assert (tmp_path / "out").read_text() == "mine"


def test_a_disk_that_takes_nothing_at_all_is_told_in_words(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write_text(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", write_text)
    with pytest.raises(ExportError, match="No space left"):
        scene.export(Wanted(top=3), tmp_path / "out")
    assert names(tmp_path / "out") == []
