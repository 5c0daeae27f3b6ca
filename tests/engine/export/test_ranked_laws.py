"""Whatever was exported before: an export changes no folder but its own, holds what was asked for, and repeats."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

from hypothesis import example, given, settings
from hypothesis import strategies as st
from standings import add_files, standing
from terminal import snapshot

from engine.export.files import Link
from engine.export.ranked import Report, Wanted, export_ranked
from engine.intake.companions import companions_of
from engine.library.store import Library
from engine.progress import Quiet

LETTERS = "abcd"


class Step(NamedTuple):
    """One export, after something happened to the source or the order."""

    top: int
    named: bool  # into the folder `out`, else the library's own place
    link: Link
    order: list[int]
    change: str  # "", or "a.png": a file that gets these bytes (none: it goes)
    bytes: bytes


STEPS = st.builds(
    Step,
    top=st.integers(1, 4),
    named=st.booleans(),
    link=st.sampled_from(["copy", "hard", "symlink"]),
    order=st.sampled_from([[0, 1, 2, 3], [0, 1, 2, 3], [1, 0, 2, 3], [3, 2, 1, 0]]),
    change=st.sampled_from(["", "", "a.png", "b.png", "a.yaml", "c.png.json"]),
    bytes=st.sampled_from([b"", b"one", b"two"]),
)


class World:
    """A library of four images and everything exported from it so far."""

    def __init__(self, root: Path) -> None:
        self.root, self.source = root, root / "source"
        self.source.mkdir()
        for letter in LETTERS:
            (self.source / f"{letter}.png").write_bytes(letter.encode())
        (self.source / "b.yaml").write_bytes(b"b")
        self.library = Library(root / "library")
        self.ids = add_files(self.library, [self.source / f"{letter}.png" for letter in LETTERS])

    def change(self, step: Step) -> None:
        """Replace, never rewrite: a hard or symbolic link of an earlier export must not change with its source."""
        if step.change:
            file = self.source / step.change
            file.unlink(missing_ok=True)
            if step.bytes:
                file.write_bytes(step.bytes)

    def export(self, step: Step) -> Report:
        here = standing([self.ids[place] for place in step.order])
        to = self.root / "out" if step.named else None
        return export_ranked(self.library, here, Wanted(top=step.top), to, step.link, Quiet())

    def wanted(self, step: Step) -> dict[str, bytes]:
        """What the folder of this export must hold."""
        files = {}
        for number, place in enumerate(step.order[: step.top], 1):
            image = self.source / f"{LETTERS[place]}.png"
            if image.exists():
                files |= {f"{number:04}_{f.name}": f.read_bytes() for f in (image, *companions_of(image))}
        return files

    def folders(self) -> dict[Path, dict[bytes, tuple[int, int, str]]]:
        made = [*self.root.glob("out*"), *self.library.paths.exports.glob("top-*")]
        return {folder: snapshot(folder) for folder in made}


@settings(deadline=None, max_examples=25)
@given(steps=st.lists(STEPS, min_size=1, max_size=5))
@example(steps=[Step(n, True, "copy", [0, 1, 2, 3], "a.png", b"") for n in (2, 1)])  # the second has no image left
def test_an_export_changes_no_other_folder_and_a_second_one_changes_nothing(steps: list[Step]) -> None:
    root = Path(tempfile.mkdtemp())
    world = World(root)
    try:
        for step in steps:
            world.change(step)
            before = world.folders()
            report = world.export(step)
            after, target = world.folders(), Path(report.to)
            assert {f: after[f] for f in before if f != target} == {f: s for f, s in before.items() if f != target}
            held = {path.name: path.read_bytes() for path in target.glob("*") if path.exists()}
            wanted = world.wanted(step)
            assert {name: held[name] for name in wanted} == wanted
            if wanted:  # else there is nothing to write, and the folder asked for may hold another export
                assert {name.partition("_")[0] for name in held.keys() - wanted.keys()} <= _gone(world, step)
            if target in before:
                assert (after[target], report.written) == (before[target], 0)
            again = world.export(step)
            assert (again.to, again.written, again.unchanged) == (report.to, 0, len(wanted))
            assert world.folders() == after
    finally:
        world.library.close()
        shutil.rmtree(root)


def _gone(world: World, step: Step) -> set[str]:
    """The numbers of images that are no longer there: what an earlier export took of them may stay."""
    numbered = enumerate(step.order[: step.top], 1)
    return {f"{number:04}" for number, place in numbered if not (world.source / f"{LETTERS[place]}.png").exists()}
