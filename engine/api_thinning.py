"""The calls of the Duplicates screen: decode, a few lines over `engine.thinning`, encode.

What thins brings numpy with it, so it is loaded when somebody thins.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from engine import answers, wire
from engine.errors import LibraryError
from engine.library.journal import Record
from engine.library.store import Library
from engine.progress import Progress, Quiet
from engine.wire import thin

if TYPE_CHECKING:
    from engine.api import Engine
    from engine.staging.model import Report
    from engine.thinning.how import How
    from engine.thinning.views import Batches, Copies, CopiesGroups, SetMatches

KINDS = (
    "stay",
    "go",
    "plain",
    "swap",
    "split",
    "apart",
    "stage",
    "restore",
)  # decisions of thinning that can be undone
_SCREENS: list[wire.Screen] = ["duplicates"]
MOST_GROUPS = 32


def _told(engine: Engine, label: str, *, group: str = "", image: int = 0, moved: bool = False) -> wire.Changed:
    """What changed; where files moved, it is stale everywhere."""
    stale: list[wire.Screen] = [*answers.EVERYWHERE] if moved else _SCREENS
    return answers.changed(engine, label, stale, group=group, image=image)


def turned(engine: Engine, record: Record, label: str) -> wire.Changed:
    """What undoing or redoing a decision of thinning answers."""
    from engine.thinning.page import group_of

    library = engine.need()
    with library.db.read() as connection:
        group, image = group_of(connection, record)
        apart = image and connection.execute("SELECT 1 FROM members WHERE image_id = ?", (image,)).get is None
    if apart and engine.jobs.running("cull") is None:  # the cull grouped the others meanwhile
        _regroup(engine, library)
    return _told(engine, label, group=group, image=image, moved=record.kind in ("stage", "restore"))


def _regroup(engine: Engine, library: Library) -> None:
    def work(progress: Progress) -> str:
        from engine.culling.run import regroup

        regroup(library, progress)
        return "The groups are up to date."

    engine.jobs.start("cull", work)


# ---- groups of copies


def _find(engine: Engine, request: thin.FindCopies) -> wire.JobRef:
    from engine.thinning.how import how

    library = engine.need()
    wanted = how(
        library.settings.thinning, by=request.by, threshold=request.threshold, orientations=request.orientations,
        keep=request.keep, folder=request.folder, file=request.file,
    )  # fmt: skip
    return _searching(engine, wanted, again=False)


def _rule(engine: Engine, request: thin.TryRule) -> wire.JobRef:
    from engine.thinning.how import how

    settings = engine.need().settings.thinning
    return _searching(engine, how(settings, keep=request.keep, folder=request.folder), again=True)


def _searching(engine: Engine, wanted: How, *, again: bool) -> wire.JobRef:
    library = engine.need()
    library.need_write()

    def work(progress: Progress) -> str:
        from engine.thinning import run

        return (run.again if again else run.find)(library, wanted, progress).sentence()

    return wire.JobRef(engine.jobs.start("dupes", work))


def _copies(engine: Engine, request: thin.GetCopies) -> Copies:
    from engine.thinning import page

    library = engine.need()
    if not library.read_only:
        page.recount(library, scanning=engine.jobs.running("cull") is not None)
    offset, limit = answers.page(request.offset, request.limit)
    with library.db.read() as connection:
        return page.copies(connection, library.paths.thumbs, kept=request.kept, offset=offset, limit=limit)


def _groups(engine: Engine, request: thin.GetCopiesGroups) -> CopiesGroups:
    from engine.thinning import page
    from engine.thinning.views import CopiesGroups

    library = engine.need()
    with library.db.read() as connection:
        return CopiesGroups(page.groups(connection, library.paths.thumbs, request.ids[:MOST_GROUPS]))


def _flip(engine: Engine, request: thin.Flip) -> wire.Changed:
    from engine.thinning import decide

    label = decide.flip(engine.need(), request.group_id, request.image_id)
    return _told(engine, label, group=request.group_id, image=request.image_id)


def _split(engine: Engine, request: thin.Split) -> wire.Changed:
    from engine.thinning import decide

    label = decide.split(engine.need(), request.group_id, request.image_id)
    return _told(engine, label, group=request.group_id, image=request.image_id)


def _apart(engine: Engine, request: thin.SetApart) -> wire.Changed:
    from engine.thinning import decide

    return _told(engine, decide.apart(engine.need(), request.group_id), group=request.group_id)


def _accept(engine: Engine, request: thin.Accept) -> wire.Changed:
    from engine.thinning import decide, staged

    library = engine.need()
    report = staged.stage(library, decide.going(library, request.group_id), "_review_dupes", wait=False)
    return _told(engine, staged.sentence(report, "set aside"), group=request.group_id, moved=True)


def _report(library: Library) -> None:
    """Bring reports/dupes.csv up to date; a disk that refuses it must not hide that files were moved."""
    from engine.thinning import report

    with suppress(LibraryError), library.db.read() as connection:
        report.write(connection, library.paths.reports)


def _accept_all(engine: Engine, _: object) -> wire.JobRef:
    from engine.thinning import decide

    return _moving(engine, "stage", decide.going, "_review_dupes")


def _moving(engine: Engine, kind: Any, images: Callable[[Library], Sequence[int]], folder: Any) -> wire.JobRef:
    library = engine.need()
    library.need_write()

    def work(progress: Progress) -> str:
        from engine.culling.run import regroup
        from engine.thinning import staged

        report = staged.stage(library, images(library), folder, progress)
        _report(library)
        regroup(library, Quiet() if report.stopped else progress)  # the cull's groups are without them from now on
        return staged.sentence(report, "set aside")

    return wire.JobRef(engine.jobs.start(kind, work))


# ---- stage sets


def _find_sets(engine: Engine, _: object) -> wire.JobRef:
    library = engine.need()
    library.need_write()

    def work(progress: Progress) -> str:
        from engine.thinning import sets

        return sets.find(library, progress).sentence()

    return wire.JobRef(engine.jobs.start("sets", work))


def _sets(engine: Engine, request: thin.GetSets) -> SetMatches:
    from engine.thinning import sets_page

    library = engine.need()
    offset, limit = answers.page(request.offset, request.limit)
    with library.db.read() as connection:
        return sets_page.matches(connection, library, offset, min(limit, MOST_GROUPS))


def _flip_set(engine: Engine, request: thin.FlipSet) -> wire.Changed:
    from engine.thinning import sets_decide

    return _told(engine, sets_decide.flip(engine.need(), request.id), group=request.id)


def _sets_apart(engine: Engine, request: thin.SetsApart) -> wire.Changed:
    from engine.thinning import sets_decide

    return _told(engine, sets_decide.apart(engine.need(), request.id), group=request.id)


def _accept_set(engine: Engine, request: thin.AcceptSet) -> wire.Changed:
    from engine.thinning import sets_decide, staged

    library = engine.need()
    report = staged.stage(library, sets_decide.going(library, request.id), "delete_review", wait=False)
    return _told(engine, staged.sentence(report, "set aside"), group=request.id, moved=True)


def _accept_sets(engine: Engine, _: object) -> wire.JobRef:
    from engine.thinning import sets_decide

    return _moving(engine, "stage", sets_decide.going, "delete_review")


# ---- staged batches


def _batches(engine: Engine, _: object) -> Batches:
    from engine.thinning import batches

    return batches.read(engine.need())


def _settled(engine: Engine, batch: str, kind: Any, words: str) -> wire.JobRef:
    library = engine.need()
    library.need_write()

    def work(progress: Progress) -> str:
        from engine.culling.run import regroup
        from engine.thinning import batches, staged

        settle = staged.restore if kind == "restore" else staged.approve
        reports: list[Report] = []
        for one in batches.standing(library, batch):
            reports.append(settle(library, one, progress))
            if reports[-1].stopped:
                break
        report = staged.together(reports)
        regroup(library, Quiet() if report.stopped else progress)
        return staged.sentence(report, words)

    return wire.JobRef(engine.jobs.start(kind, work))


def _restore(engine: Engine, request: thin.Restore) -> wire.JobRef:
    return _settled(engine, request.batch, "restore", "put back")


def _approve(engine: Engine, request: thin.Approve) -> wire.JobRef:
    return _settled(engine, request.batch, "approve", "sent to the Trash")


HANDLERS: dict[type[wire.Request], Callable[[Engine, Any], object]] = {
    thin.FindCopies: _find,
    thin.TryRule: _rule,
    thin.GetCopies: _copies,
    thin.GetCopiesGroups: _groups,
    thin.Flip: _flip,
    thin.Split: _split,
    thin.SetApart: _apart,
    thin.Accept: _accept,
    thin.AcceptAll: _accept_all,
    thin.FindSets: _find_sets,
    thin.GetSets: _sets,
    thin.FlipSet: _flip_set,
    thin.SetsApart: _sets_apart,
    thin.AcceptSet: _accept_set,
    thin.AcceptSets: _accept_sets,
    thin.GetBatches: _batches,
    thin.Restore: _restore,
    thin.Approve: _approve,
}
