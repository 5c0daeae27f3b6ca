"""What would move where: units with their companions, names that are free, and the folders this touches."""

from __future__ import annotations

import errno
import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from engine.library.text import to_name, to_text
from engine.progress import Progress, Quiet
from engine.staging import checks, disk
from engine.staging.batch import whole
from engine.staging.checks import Checks
from engine.staging.families import Family, families
from engine.staging.lines import Before, File, Image, Planned, Source
from engine.staging.model import Folder, Trouble, Unit
from engine.staging.names import Taken, common_stem
from engine.staging.rename import Place
from engine.staging.trees import Tree, Trees
from engine.staging.words import Refused, because


@dataclass
class Plan:
    """Nothing of it is done. `stays`: whole paths of companions that an image which stays also owns."""

    units: list[Planned] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    stays: list[str] = field(default_factory=list)


class Planner:
    """Plans one batch. `first` is the number of its first unit; `library` the library's own folder."""

    def __init__(
        self, trees: Trees, library: Path, folder: Folder, first: int = 0, progress: Progress | None = None
    ) -> None:
        self._trees = trees
        self._progress = progress or Quiet()
        self._checks = Checks(trees, library)
        self._folder = folder
        self._next = first
        self._plan = Plan()

    def plan(self, units: Iterable[Unit]) -> Plan:
        """Look at everything, touch nothing. Raises Cancelled."""
        self._progress.phase("plan")
        for (source, above), wanted in sorted(self._by_folder(units).items()):
            self._progress.step(len(self._plan.units), whole(source, above))
            tree = self._trees.of(source)
            tree.trim()
            try:
                self._folder_of(tree, above, wanted)
            except OSError as error:
                self._plan.troubles += [Trouble(unit.image, because(error)) for unit in wanted.values()]
        for source in sorted({unit.source for unit in self._plan.units}):
            self._touched(self._trees.of(source))
        return self._plan

    def _by_folder(self, units: Iterable[Unit]) -> dict[tuple[str, str], dict[str, Unit]]:
        """Units that may move, by source, folder below it, and name; one named twice is moved once."""
        found: dict[tuple[str, str], dict[str, Unit]] = defaultdict(dict)
        for unit in units:
            try:
                tree, path = self._checks.where(unit)
                above, _, name = path.rpartition("/")
                checks.plain(tree.place(path), unit)
                tree.trim()
                found[unit.source, above].setdefault(name, unit)
            except OSError as error:
                self._plan.troubles.append(Trouble(unit.image, because(error)))
            except ValueError:  # no file can have this name
                self._plan.troubles.append(Trouble(unit.image, because(FileNotFoundError(errno.ENOENT, ""))))
        return found

    def _folder_of(self, tree: Tree, above: str, wanted: dict[str, Unit]) -> None:
        self._checks.folder(whole(tree.source, above))
        names = [to_text(name) for name in disk.files(tree.folder(above))]
        for name in wanted.keys() - set(names):  # there under another case only, on a disk that does not mind
            self._plan.troubles.append(Trouble(wanted.pop(name).image, because(FileNotFoundError(errno.ENOENT, ""))))
        found, stays = families(names, wanted)
        self._plan.stays += [whole(tree.source, _join(above, name)) for name in stays]
        there = _join(self._folder, above)
        taken = Taken(self._names_there(tree, there))
        for family in found:
            try:
                self._family(tree, above, there, family, wanted, taken)
            except OSError as error:
                self._plan.troubles += [Trouble(wanted[name].image, because(error)) for name in family.images]

    def _family(
        self, tree: Tree, above: str, there: str, family: Family, wanted: dict[str, Unit], taken: Taken
    ) -> None:
        names = [*family.images, *family.companions]
        handle = tree.folder(above)
        infos = []
        for name in names:
            try:
                infos.append(checks.plain(Place(handle, to_name(name))))
            except OSError as error:
                if name in family.images:
                    raise
                raise Refused(f"{name} beside it cannot go along. {because(error)}") from None
        files = [
            File(_join(above, name), _join(there, to), info.st_size, info.st_mtime_ns, info.st_mode, info.st_ino)
            for name, to, info in zip(names, taken.claim(names, common_stem(family.images)), infos, strict=True)
        ]
        images = [Image(wanted[n].tag, i, family.numbers(n)) for i, n in enumerate(family.images)]
        self._plan.units.append(Planned(self._next, tree.source, images, files))
        self._next += 1

    def _names_there(self, tree: Tree, there: str) -> Sequence[str]:
        try:
            return [to_text(name) for name in disk.names(tree.folder(there))]
        except FileNotFoundError:
            return ()

    def _touched(self, tree: Tree) -> None:
        """Remember the folders as they are, and which are to be made."""
        paths = {"", self._folder}
        for unit in self._plan.units:
            if unit.source == tree.source:
                for file in unit.files[:1]:
                    paths |= _folders(file.path) | _folders(file.to)
        before, made = [], []
        for path in sorted(paths):
            tree.trim()
            info = tree.look(path) if path else os.fstat(tree.root)
            if info is None:
                made.append(path)
            else:
                before.append(Before(path, info.st_mtime_ns, info.st_mode & 0o7777))
        self._plan.sources.append(Source(tree.source, tree.ino, made, before))


def _join(above: str, name: str) -> str:
    return f"{above}/{name}" if above and name else above or name


def _folders(path: str) -> set[str]:
    """The folders above a file, below the source."""
    parts = path.split("/")[:-1]
    return {"/".join(parts[: n + 1]) for n in range(len(parts))}
