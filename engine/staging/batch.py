"""A batch as its journal tells it: which units it has, where each stands, and what was under way last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from engine.staging import journal
from engine.staging.lines import After, Begin, Copied, End, Image, Line, Planned, Reserves, Source, State, Verified
from engine.staging.model import Folder, Moved, Operation
from engine.staging.trees import Tree


@dataclass
class Entry:
    """One unit. While an operation on it is under way, where its files are is known from the disk alone."""

    planned: Planned
    state: State
    under_way: Operation | None
    copied: dict[tuple[int, bool], Copied] = field(default_factory=dict)
    missing: set[int] = field(default_factory=set)  # files that were found gone, and so were not moved

    def moved(self) -> list[Moved]:
        """What the caller is told of the unit's images."""
        there = [image for image in self.planned.images if image.file not in self.missing]
        return [_moved(self.planned, image, self.missing) for image in there]

    def images(self) -> list[str]:
        """The whole paths of its images, in their own places."""
        return [whole(self.planned.source, self.planned.files[i.file].path) for i in self.planned.images]


@dataclass
class Batch:
    """`sources` and `after` are those of the last staging."""

    id: str
    folder: Folder = "_review_dupes"
    at: str = ""
    entries: dict[int, Entry] = field(default_factory=dict)
    operation: Operation = "stage"
    current: list[int] = field(default_factory=list)
    ended: bool = True
    reserves: bool = False
    sources: dict[str, Source] = field(default_factory=dict)
    after: dict[tuple[str, str], int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def live(self) -> list[Entry]:
        """Every image once, as it was last: what was restored and staged again counts as staged again."""
        begun = [e for e in self.entries.values() if e.state != "stayed" or e.under_way is not None]
        last = {image: entry.planned.unit for entry in begun for image in entry.images()}
        return [e for e in begun if all(last[image] == e.planned.unit for image in e.images())]

    def in_state(self, state: State) -> list[Entry]:
        return [e for e in self.live() if e.state == state and e.under_way is None]

    def unsettled(self) -> list[Entry]:
        return [e for e in self.entries.values() if e.under_way is not None]

    def knows(self, tree: Tree) -> bool:
        """True where a source is the folder it was: not the empty place where a disk belongs."""
        known = self.sources.get(tree.source)
        return known is not None and known.ino == tree.ino

    def take(self, line: Line) -> None:
        """Let one line happen."""
        match line:
            case Begin():
                self._begin(line)
            case Planned():
                self.entries[line.unit] = Entry(line, "stayed", "stage")
                self.current.append(line.unit)
            case Copied() if line.unit in self.entries:
                self.entries[line.unit].copied[line.file, line.back] = line
            case Verified():
                for unit in line.units:
                    if unit in self.entries:
                        self.entries[unit].state, self.entries[unit].under_way = line.state, None
            case Reserves():
                self.reserves = True
            case End():
                self._end(line.after)

    def _begin(self, line: Begin) -> None:
        self.operation, self.current, self.ended, self.reserves = line.operation, [], False, False
        if line.operation == "stage":
            self.folder, self.at, self.after = line.folder, line.at, {}
            self.sources |= {source.path: _joined(self.sources.get(source.path), source) for source in line.sources}
        for unit in line.units:
            if unit in self.entries:
                self.entries[unit].under_way = line.operation
                self.current.append(unit)

    def _end(self, after: Iterable[After]) -> None:
        self.ended = True
        self.after |= {(a.source, a.path): a.mtime_ns for a in after}
        for entry in self.unsettled():
            entry.under_way = None


def load(file: Path) -> Batch:
    """Raises NotFound, StagingError."""
    batch = Batch(file.stem)
    for line in journal.read(file):
        if isinstance(line, str):
            batch.problems.append(line)
        elif isinstance(line, Planned) and not is_safe(line):
            batch.problems.append(f"The journal {file.name} names a place outside its source; it is left alone.")
        else:
            batch.take(line)
    batch.ended = batch.ended and not batch.unsettled()
    return batch


def ended(file: Path) -> bool:
    """False where something may be under way."""
    line = journal.last_line(file)
    return isinstance(line, End) or (line is None and load(file).ended)


def is_inside(path: str) -> bool:
    """True for a path that cannot lead out of the folder it is joined to."""
    closed = f"/{path}/"
    return not ("//" in closed or "/./" in closed or "/../" in closed or "\0" in path)


def is_safe(line: Planned) -> bool:
    """True where a line read back can only be about files below its source."""
    files = range(len(line.files))
    return (
        line.source.startswith("/")
        and all(is_inside(f.path) and is_inside(f.to) for f in line.files)
        and all(i.file in files and all(c in files for c in i.companions) for i in line.images)
        and bool(line.images)
    )


def whole(source: str, path: str) -> str:
    return f"{source.rstrip('/')}/{path}" if path else source


def _joined(old: Source | None, new: Source) -> Source:
    if old is None:
        return new
    return Source(new.path, new.ino, sorted({*old.made, *new.made}), new.before)


def _moved(planned: Planned, image: Image, missing: set[int]) -> Moved:
    def pair(number: int) -> tuple[str, str]:
        file = planned.files[number]
        return whole(planned.source, file.path), whole(planned.source, file.to)

    companions = [number for number in image.companions if number not in missing]
    size = sum(planned.files[number].size for number in (image.file, *companions))
    return Moved(image.tag, *pair(image.file), [pair(number) for number in companions], size)
