"""Killed at any call, refused at any call: each file is whole, in exactly one place, and can be put back as it was."""

from __future__ import annotations

import errno
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from engine.errors import StagingError
from engine.staging import moves
from engine.staging.batches import batches, held
from engine.staging.recovery import recover
from tests.engine.staging.ground import (
    QUIET,
    another_disk,
    bag,
    broken,
    crash_at,
    fail,
    files,
    grow,
    killed,
    no_waiting,
    plain_disk,
    staged,
    write,
)  # fmt: skip

DISKS: dict[str, Callable[[], AbstractContextManager[None]]] = {
    "one disk": nullcontext,
    "two disks": another_disk,
    "links only": partial(plain_disk, links=True),
    "neither": partial(plain_disk, links=False),
}
ERRORS = [errno.ENOSPC, errno.EACCES, errno.EIO, errno.EROFS, errno.ENOENT]


class Scene:
    """A few images with companions, in a tree that is put back before every try."""

    def __init__(self, folder: Path, images: int = 5) -> None:
        self.source, self.home = folder / "source", folder / "library" / "staging"
        self.images = grow(self.source, images, folders=2)
        self.before = files(self.source)
        self._tries = 0

    def batch(self) -> str:
        self._tries += 1
        return f"b{self._tries}"

    def settled(self, *, errors: bool = False) -> None:
        """After a recovery: nothing lost, doubled or half, nothing under way, and a restore makes the tree whole."""
        assert bag(files(self.source)) == bag(self.before)
        assert all(r.settled for r in recover(self.home, QUIET))
        assert recover(self.home, QUIET) == []
        whole_units(self)
        for state in batches(self.home):
            if state.state in ("staged", "mixed"):
                assert moves.restore(self.home, state.id, QUIET).troubles == []
        for journal in self.home.glob("*.jsonl"):
            journal.unlink()  # only so that the next try is as quick as this one
        assert files(self.source) == self.before
        assert errors or not (self.source / "_review_dupes").exists()  # an empty folder the disk would not remove
        shutil.rmtree(self.source / "_review_dupes", ignore_errors=True)


def whole_units(scene: Scene) -> None:
    """No image is apart from its companions."""
    home: dict[str, set[bool]] = defaultdict(set)
    for path in scene.before:
        above, _, name = path.rpartition("/")
        home[f"{above}/{name.partition('.')[0]}"].add((scene.source / path).exists())
    assert all(len(there) == 1 for there in home.values())


def points(work: Callable[[], Any]) -> int:
    """How many calls that change the disk a piece of work makes."""
    with broken(lambda *_: None) as faults:
        work()
    return faults.calls


@pytest.mark.parametrize("disk", DISKS)
def test_killed_at_every_call_of_a_staging_and_of_the_restore_that_follows(quick: Path, disk: str) -> None:
    scene = Scene(quick)
    with DISKS[disk](), no_waiting():
        name = scene.batch()
        there = points(lambda: staged(scene.home, scene.source, *scene.images, batch=name))
        back = points(lambda: moves.restore(scene.home, name, QUIET))
        assert min(there, back) > 15
        for number in range(1, there + 1):
            with crash_at(number):
                name = scene.batch()
                assert killed(lambda: staged(scene.home, scene.source, *scene.images, batch=name))  # noqa: B023
            recover(scene.home, QUIET)
            scene.settled()
        for number in range(1, back + 1):
            name = scene.batch()
            staged(scene.home, scene.source, *scene.images, batch=name)
            with crash_at(number):
                assert killed(lambda: moves.restore(scene.home, name, QUIET))  # noqa: B023
            recover(scene.home, QUIET)
            scene.settled()


@pytest.mark.parametrize("disk", DISKS)
def test_a_recovery_may_be_killed_as_often_as_you_like(quick: Path, disk: str) -> None:
    scene, rng = Scene(quick), random.Random(disk)
    kills = 0
    with DISKS[disk](), no_waiting():
        for _ in range(12):
            name = scene.batch()
            with crash_at(rng.randrange(6, 30)):
                killed(lambda: staged(scene.home, scene.source, *scene.images, batch=name))  # noqa: B023
            for number in (1, 2, 3, 4, 5):
                with crash_at(number, after=rng.random() < 0.5):
                    kills += killed(lambda: recover(scene.home, QUIET))
                assert len(files(scene.source)) >= len(scene.before)
            recover(scene.home, QUIET)
            scene.settled()
    assert kills > 20


@pytest.mark.parametrize("disk", DISKS)
def test_an_error_at_any_call_is_reported_and_the_rest_goes_on(quick: Path, disk: str) -> None:
    """The library's own disk may fail too: then nothing more is begun."""
    scene = Scene(quick, images=4)
    with DISKS[disk](), no_waiting():
        name = scene.batch()
        there = points(lambda: staged(scene.home, scene.source, *scene.images, batch=name))
        back = points(lambda: moves.restore(scene.home, name, QUIET))
        for number in range(1, max(there, back) + 1):
            name, code = scene.batch(), ERRORS[number % len(ERRORS)]
            with fail(number, code):
                told = trouble(lambda: staged(scene.home, scene.source, *scene.images, batch=name))  # noqa: B023
            assert told or number > there or everything_went(scene)
            recover(scene.home, QUIET)
            assert bag(files(scene.source)) == bag(scene.before)
            whole_units(scene)
            if (scene.home / f"{name}.jsonl").exists():
                with fail(number, code):
                    trouble(lambda: moves.restore(scene.home, name, QUIET))  # noqa: B023
                recover(scene.home, QUIET)
            scene.settled(errors=True)


def trouble(work: Callable[[], Any]) -> str:
    try:
        return " ".join(t.reason for t in work().troubles)
    except StagingError as error:
        return error.message


def everything_went(scene: Scene) -> bool:
    """An error that cost nothing: an empty folder that could not be removed, a time that could not be set."""
    return not any(image.exists() for image in scene.images)


@pytest.mark.parametrize("code", ERRORS, ids=lambda code: errno.errorcode[code])
def test_one_file_that_cannot_move_keeps_its_unit_and_no_other(quick: Path, code: int) -> None:
    scene = Scene(quick, images=8)
    with fail(4, code, "rename"):  # the image's first companion or a later one
        report = staged(scene.home, scene.source, *scene.images)
    assert (len(report.moved), len(report.troubles)) == (7, 1)
    whole_units(scene)
    assert Path(report.troubles[0].path).exists()
    assert "\n" not in report.troubles[0].reason
    assert recover(scene.home, QUIET) == []
    scene.settled()


def test_a_disk_that_stays_full_keeps_everything_where_it_is(quick: Path) -> None:
    scene = Scene(quick, images=6)
    with another_disk(), fail(30, errno.ENOSPC, "append", lasting=True):
        report = staged(scene.home, scene.source, *scene.images)
    assert 0 < len(report.moved) < 6
    recover(scene.home, QUIET)
    scene.settled()


def test_five_hundred_images_killed_at_a_hundred_random_points(quick: Path) -> None:
    """Staging and restoring by turns; after each kill a recovery, and then every file is whole and in one place."""
    scene, rng = Scene(quick, images=500), random.Random(4)
    everything, kills, away = bag(scene.before), 0, ""
    with no_waiting():
        name = scene.batch()
        total = points(lambda: staged(scene.home, scene.source, *scene.images, batch=name))
        moves.restore(scene.home, name, QUIET)
        while kills < 100:
            share = len(at_home(scene)) / len(scene.images)
            with crash_at(rng.randrange(1, 3 + int(total * (1 - share if away else share)))):
                if away:
                    kills += killed(lambda: moves.restore(scene.home, away, QUIET))  # noqa: B023
                else:
                    away = scene.batch()
                    kills += killed(lambda: staged(scene.home, scene.source, *at_home(scene), batch=away))  # noqa: B023
                    away = away if (scene.home / f"{away}.jsonl").exists() else ""
            recover(scene.home, QUIET)
            if away and not held_now(scene, away):
                (scene.home / f"{away}.jsonl").unlink()
                away = ""
            if kills % 10 == 0:
                assert bag(files(scene.source)) == everything
            whole_units(scene)
    scene.settled()


def held_now(scene: Scene, batch: str) -> bool:
    return any(h.state == "staged" for h in held(scene.home, batch))


def at_home(scene: Scene) -> list[Path]:
    return [image for image in scene.images if image.exists()]


@pytest.mark.kill
def test_killed_from_outside_while_staging_five_hundred_images(quick: Path) -> None:
    scene, rng = Scene(quick, images=500), random.Random(9)
    write(quick / "images", "\n".join(str(image) for image in scene.images))
    began = 0
    command = [sys.executable, "-m", "tests.engine.staging.victim", str(scene.home), str(scene.source)]
    for number in range(5):
        process = subprocess.Popen(
            [*command, f"k{number}", str(quick / "images")],
            stdout=subprocess.PIPE, cwd=Path(__file__).parents[3], text=True,
        )  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "go\n"
        while not (scene.source / "_review_dupes").exists() and process.poll() is None:
            time.sleep(0.001)
        time.sleep(rng.uniform(0, 0.05))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        began += bool(recover(scene.home, QUIET))
        scene.settled()
    assert began
