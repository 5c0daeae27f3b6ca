"""A search for copies: images in, groups with who stays out, in the library's tables and in a report."""

from __future__ import annotations

import apsw
import msgspec

from engine.culling.run import regroup
from engine.errors import NotFound, WrongUse
from engine.library.journal import now
from engine.library.store import Library
from engine.library.text import to_text
from engine.progress import Progress
from engine.thinning import found, page, photos, report, ways
from engine.thinning.how import How
from engine.thinning.rule import Rule, below
from engine.thinning.views import RunView
from engine.thinning.words import size


class Found(msgspec.Struct, frozen=True):
    """What a search gave.

    `going` and `bytes_freed` are what accepting all sets aside. `outside` are paths of an import that no source holds;
    they are left alone.
    """

    by: str
    images: int
    groups: int
    going: int
    bytes_freed: int
    report: str
    outside: list[str] = []
    notices: list[str] = []

    def sentence(self) -> str:
        words = f"{self.groups} group{'s' * (self.groups != 1)} of copies among {self.images} images"
        if not self.groups:
            return f"No copies among {self.images} images."
        left = f" {len(self.outside)} paths are outside your sources and were left alone." if self.outside else ""
        return f"{words}: {self.going} can go, {size(self.bytes_freed)} to free.{left}"


def find(library: Library, how: How, progress: Progress) -> Found:
    """Search, put the groups in the place of the last ones, and write reports/dupes.csv.

    Raises:
        LibraryHeld: the library is open read-only.
        NotFound: nothing was taken in yet.
        WrongUse: the rule is to keep what lies in a folder, and no image does.
        Cancelled: the groups of the last search stand.
        PickwiseError: an import cannot be read, or the way needs what is not installed.
    """
    return _find(library, how, progress)


def _find(library: Library, how: How, progress: Progress, outside: int = 0) -> Found:
    """See `find`; `outside` is how many paths of the import were known to be when its file was read."""
    library.need_write()
    regroup(library, progress)  # what was put back meanwhile is in no group yet
    progress.phase("group")
    with library.db.read() as connection:
        seen = photos.read(connection, library.settings)
    if not len(seen):
        raise NotFound("No image was taken in yet.", "Run the cull first: pickwise cull FOLDER.")
    if how.keep == "folder" and not below(seen.paths, how.folder).any():
        raise WrongUse(f"None of your images lies in {how.folder}.", "Choose a folder inside your sources.")
    near = ways.near(library, seen, how, progress)
    progress.phase("group", len(seen))
    with library.db.read() as connection:
        apart = found.apart(connection, seen)
    copies = list(found.groups(seen, near, Rule(seen, how.keep, how.folder), apart))
    copies.sort(key=lambda g: (-len(g), -sum(seen.bytes[c.place] for c in g[1:]), g[0].place))
    progress.step(len(seen))
    run = RunView(
        by=how.by, threshold=near.threshold, orientations=how.orientations, keep=how.keep, folder=how.folder,
        at=now(), images=len(seen), groups=len(copies), outside=len(near.outside) or outside,
        report=to_text(library.paths.reports / "dupes.csv"), note=" ".join(near.notices),
    )  # fmt: skip

    def work(connection: apsw.Connection) -> tuple[int, int, int]:
        found.write(connection, seen, copies, run)
        page.refresh(connection)
        totals = connection.execute(page.TOTALS, {"kept": True}).fetchone()
        return totals or (0, 0, 0)

    groups, going, freed = library.write(work)
    with library.db.read() as connection:
        file = report.write(connection, library.paths.reports)
    return Found(
        by=run.by, images=len(seen), groups=groups, going=going, bytes_freed=freed, report=to_text(file),
        outside=list(near.outside), notices=list(near.notices),
    )  # fmt: skip


def again(library: Library, how: How, progress: Progress) -> Found:
    """Search the same way again, with another rule for who stays. See `find` for what is raised.

    An image goes only beside a keeper it is near, so that another keeper may gather other images: who is near whom is
    asked again, of what is known of the images already. Of an import, whose file may have moved since, the groups are
    taken as they stand.

    Raises:
        NotFound: there was no search.
    """
    with library.db.read() as connection:
        last = found.last_run(connection)
    if last is None:
        raise NotFound("There was no search for copies yet.", "Search first.")
    before = how._replace(by=last.by, threshold=last.threshold, orientations=last.orientations, file=None)
    return _find(library, before, progress, last.outside)
