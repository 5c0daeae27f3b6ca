"""Random trees, stages, restores, approvals, crashes and failing disks, against a model of where each file is."""

from __future__ import annotations

import errno
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from engine.errors import NotFound, StagingError
from engine.staging import moves, run
from engine.staging.batches import batches, held
from engine.staging.model import Held, Report
from engine.staging.recovery import recover
from tests.engine.staging.conftest import MEMORY
from tests.engine.staging.ground import (
    LONG_AGO,
    QUIET,
    Shape,
    another_disk,
    crash_at,
    fail,
    files,
    killed,
    no_waiting,
    plain_disk,
    shape,
    units,
    write,
)

STEMS = st.sampled_from(["a", "A", "b", "a.b", "é", "e\u0301", "a (2)"])
PLACES = st.sampled_from(["", "in/", "in/deeper/"])
ENDINGS = st.sampled_from([".png", ".jpg", ".png.jpg", ".yaml", ".cropped", ".png.caption", ".b.yaml"])
FAULTS = st.one_of(
    st.none(),
    st.integers(1, 25).map(lambda number: lambda: crash_at(number)),
    st.tuples(st.integers(1, 25), st.sampled_from([errno.ENOSPC, errno.EACCES, errno.EIO, errno.ENOENT])).map(
        lambda f: lambda: fail(*f)
    ),
)
DISKS = st.sampled_from([None, another_disk, lambda: plain_disk(links=True), lambda: plain_disk(links=False)])


class Staging(RuleBasedStateMachine):
    """`home` and `where` are the place of each file's own and where it is now, by what makes it unlike all others."""

    @initialize(disk=DISKS)
    def begin(self, disk: Callable[[], Any] | None) -> None:
        self.stack = ExitStack()
        memory = MEMORY if MEMORY.is_dir() else None
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory(prefix="pickwise-test-", dir=memory)))
        if disk is not None:
            self.stack.enter_context(disk())
        self.stack.enter_context(no_waiting())
        patch = self.stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(run, "GROUP_SECONDS", 1e9)  # how many calls there are must not depend on the clock
        self.source, self.staging = folder / "source", folder / "library" / "staging"
        self.source.mkdir()
        self.home: dict[Shape, str] = {}
        self.where: dict[Shape, str] = {}
        self.holder: dict[Shape, str] = {}  # the batch that holds a staged one
        self.count = 0

    @rule(place=PLACES, stem=STEMS, ending=ENDINGS)
    def add(self, place: str, stem: str, ending: str) -> None:
        path = self.source / f"{place}{stem}{ending}"
        if not path.exists():
            self.count += 1
            write(path, f"{self.count}" if self.count % 3 else b"", LONG_AGO + self.count)
            relative = str(path.relative_to(self.source))
            self.home[shape(path)] = self.where[shape(path)] = relative

    @rule(data=st.data(), fault=FAULTS, folder=st.sampled_from(["_review_dupes", "delete_review"]))
    def stage(self, data: st.DataObject, fault: Callable[[], Any] | None, folder: Any) -> None:
        images = sorted(p for s, p in self.where.items() if p == self.home[s] and p.endswith((".png", ".jpg")))
        wanted = [self.source / image for image in images if data.draw(st.booleans())]
        self.count += 1
        name = f"b{self.count}"
        self.act(name, fault, lambda: moves.stage(self.staging, units(self.source, *wanted), folder, QUIET, name))

    @precondition(lambda self: self.names())
    @rule(data=st.data(), fault=FAULTS, again=st.booleans())
    def put_back_or_again(self, data: st.DataObject, fault: Callable[[], Any] | None, again: bool) -> None:
        name = data.draw(st.sampled_from(self.names()))
        if again:
            self.act(name, fault, lambda: moves.restage(self.staging, name, QUIET))
        else:
            self.act(name, fault, lambda: moves.restore(self.staging, name, QUIET))

    @precondition(lambda self: self.names())
    @rule(data=st.data(), fault=FAULTS)
    def approve(self, data: st.DataObject, fault: Callable[[], Any] | None) -> None:
        name = data.draw(st.sampled_from(self.names()))
        self.act(name, fault, lambda: moves.approve(self.staging, name, QUIET, lambda path: Path(path).unlink()))

    def names(self) -> list[str]:
        return sorted(state.id for state in batches(self.staging))

    def act(self, name: str, fault: Callable[[], Any] | None, work: Callable[[], Report]) -> None:
        """Do it, on a disk that may fail; then, as a start of Pickwise would, recover and see what the batch holds."""
        reports: list[Report] = []
        with ExitStack() as stack:
            stack.enter_context(suppress(StagingError))
            if fault is not None:
                stack.enter_context(fault())
            killed(lambda: reports.append(work()))
        for recovered in recover(self.staging, QUIET, lambda path: Path(path).unlink()):
            assert recovered.settled
            reports.append(recovered.report)
        told = {moved.image for report in reports for moved in report.moved}
        with suppress(NotFound):  # it never came to a journal
            changed = {h.moved.image for h in held(self.staging, name) if self.follow(name, h)}
            assert told == changed or (fault is not None and told <= changed)  # killed before it could tell

    def follow(self, name: str, one: Held) -> bool:
        """True where the image is in another place than the model had it."""
        at = {where: found for found, where in self.where.items()}
        changed = False
        for own, there in [(one.moved.image, one.moved.to), *one.moved.companions]:
            old, new = self.relative(own), self.relative(there)
            staged = at.get(new)
            mine = staged is not None and self.holder.get(staged) == name
            if one.state == "staged" and not mine and old in at:
                changed = True
                self.where[at[old]], self.holder[at[old]] = new, name
            elif one.state != "staged" and staged is not None and mine:
                changed = True
                del self.holder[staged]
                self.where[staged] = old
                if one.state == "approved":
                    del self.where[staged], self.home[staged]
        return changed

    def relative(self, path: str) -> str:
        return str(Path(path).relative_to(self.source))

    @invariant()
    def every_file_is_where_the_reports_say_and_as_it_was(self) -> None:
        assert files(self.source) == {path: shape for shape, path in self.where.items()}

    def teardown(self) -> None:
        if not hasattr(self, "stack"):
            return
        try:
            self.everything_goes_home()
        finally:
            self.stack.close()

    def everything_goes_home(self) -> None:
        """Once nothing stands in the way any more."""
        for found, path in list(self.where.items()):
            if path == self.home[found] and list(self.home.values()).count(path) > 1:
                (self.source / path).unlink()
                del self.where[found], self.home[found]
        taken = Counter(self.home.values())
        for name in self.names():
            moves.restore(self.staging, name, QUIET)
        if max(taken.values(), default=0) == 1:  # else two that were staged from one place wait for each other
            assert files(self.source) == {path: shape for shape, path in self.home.items()}
            left = {p.name for p in self.source.iterdir()}
            assert not left & {"_review_dupes", "delete_review"} or self.failed_folders()

    def failed_folders(self) -> bool:
        """A folder that a failing disk would not remove may stay, empty."""
        return all(p.is_dir() for name in ("_review_dupes", "delete_review") for p in (self.source / name).rglob("*"))


TestStaging = Staging.TestCase
TestStaging.settings = settings(
    max_examples=60, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck)
)
