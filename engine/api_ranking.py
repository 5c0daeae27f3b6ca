"""The calls of the Rank and Rankings screens: decode, a few lines over `engine.ranking`, encode.

What ranks brings numpy and scipy with it, so it is loaded when somebody ranks.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal

from engine import answers, wire
from engine.errors import WrongUse
from engine.library import history
from engine.library.journal import Record
from engine.library.store import Library
from engine.library.text import to_path, to_text
from engine.progress import Progress
from engine.wire import rank

if TYPE_CHECKING:
    from engine.api import Engine
    from engine.ranking.live import Live, Standing
    from engine.ranking.table import Table
    from engine.ranking.views import Match, RankingFacets, Rankings, RankStatus

KINDS = ("match", "draw", "skip", "import")  # decisions of a ranking
_MOST = 9  # images of a match


class Desk:
    """What ranking holds in memory for the open library; made when it is first asked for."""

    def __init__(self, tell: Callable[[wire.AnyEvent], None]) -> None:
        self._tell = tell
        self._lock = threading.Lock()
        self._live: Live | None = None
        self._everyone: Live | None = None  # all judges together, once somebody asks for that
        self._table: Table | None = None

    def live(self, library: Library) -> Live:
        from engine.ranking.live import Live

        with self._lock:
            if self._live is None or self._live.library is not library:
                self._close()
                self._live = Live(library, lambda: self._tell(wire.StaleEvent(answers.RANKED)))
            return self._live

    def everyone(self, library: Library) -> Live:
        """The ranking that all judges make together; nobody is asked from it."""
        from engine.ranking.live import Live

        self.live(library)  # lets go of another library
        with self._lock:
            if self._everyone is None or self._everyone.library is not library:
                said = wire.StaleEvent(["rankings"])
                self._everyone = Live(library, lambda: self._tell(said), everyone=True)
            return self._everyone

    def table(self, library: Library) -> Table:
        from engine.ranking.table import Table

        live = self.live(library)
        with self._lock:
            if self._table is None or self._live is not live:
                self._table = Table(library)
            return self._table

    def close(self) -> None:
        """Let go of the library; to be called before it is closed."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        lives = (self._live, self._everyone)
        self._live = self._everyone = self._table = None
        for live in lives:
            if live is not None:
                live.close()


def _live(engine: Engine, *, everyone: bool = False) -> Live:
    return engine.desk.everyone(engine.need()) if everyone else engine.desk.live(engine.need())


def _shown(engine: Engine, ids: Sequence[int], note: str) -> Match:
    from engine.ranking.contenders import contenders
    from engine.ranking.judges import check
    from engine.ranking.views import Match

    library = engine.need()
    with library.db.read() as connection:
        judge = check(library.settings.ranking.judge)
        return Match(contenders(connection, library.paths.thumbs, judge, ids), note)


def _match(engine: Engine, request: rank.GetMatch) -> Match:
    if not 2 <= request.up <= _MOST:
        raise WrongUse(f"A match is of 2 to {_MOST} images, not of {request.up}.")
    return _shown(engine, *_live(engine).next(request.up, request.champion, request.avoid))


def _show(engine: Engine, request: rank.ShowMatch) -> Match:
    return _shown(engine, list(dict.fromkeys(request.ids))[:_MOST], "")


def _answer(
    engine: Engine, images: Sequence[int], winner: int | None, kind: Literal["match", "draw", "skip"]
) -> wire.Changed:
    from engine.ranking import matches

    library = engine.need()
    label = matches.record(library, images, winner, kind, library.settings.ranking.judge)
    _live(engine).soon()
    return answers.changed(engine, label, answers.RANKED, image=winner or 0, match=images)


def _pick(engine: Engine, request: rank.PickBest) -> wire.Changed:
    return _answer(engine, request.images, request.winner, "match")


def _draw(engine: Engine, request: rank.Draw) -> wire.Changed:
    return _answer(engine, request.images, None, "draw")


def _skip(engine: Engine, request: rank.Skip) -> wire.Changed:
    return _answer(engine, request.images, None, "skip")


def turned(engine: Engine, record: Record, label: str) -> wire.Changed:
    """What undoing or redoing a decision of a ranking answers: the match as it was shown, and who had won it.

    Another judge's match is only told of: on the screen, it would be answered anew in the name of the present one.
    """
    from engine.ranking.judges import check

    library, shown = engine.need(), list[int]()
    if record.judge != check(library.settings.ranking.judge):
        label = f"{label}, by {record.judge or 'you'}"
    elif record.kind != "import":
        with library.db.read() as connection:
            shown = history.image_ids(connection, record)
    won = shown[record.images.index(record.winner)] if shown and record.winner in record.images else 0
    _live(engine).follow()
    return answers.changed(engine, label, answers.RANKED, image=won, match=shown)


def _status(engine: Engine, request: rank.GetRankStatus) -> RankStatus:
    from engine.ranking.status import status

    return status(_live(engine, everyone=request.everyone), engine.need())


def _rankings(engine: Engine, request: rank.GetRankings) -> Rankings:
    from engine.ranking.table import Query

    library = engine.need()
    query = Query(*(getattr(request, field) for field in Query._fields))
    return engine.desk.table(library).page(_live(engine, everyone=request.everyone).standing(), query)


def _facets(engine: Engine, request: rank.GetRankingFacets) -> RankingFacets:
    return engine.desk.table(engine.need()).facets(_live(engine, everyone=request.everyone).standing())


def _exported(
    engine: Engine, work: Callable[[Library, Standing, Progress], tuple[str, str]], *, everyone: bool
) -> wire.JobRef:
    """A job that writes what stands now; `work` answers with where, and how it went."""
    library = engine.need()

    def job(progress: Progress) -> str:
        live = engine.desk.everyone(library) if everyone else engine.desk.live(library)
        live.settle()
        place, sentence = work(library, live.standing(), progress)
        if not library.read_only:
            library.remember("exported_to", place)
        return sentence

    return wire.JobRef(engine.jobs.start("export", job))


def _export(engine: Engine, request: rank.ExportRanked) -> wire.JobRef:
    from engine.export.ranked import Wanted, export_ranked

    wanted, to = Wanted(request.top, request.min_score), to_path(request.to) if request.to else None
    wanted.check()

    def work(library: Library, standing: Standing, progress: Progress) -> tuple[str, str]:
        report = export_ranked(library, standing, wanted, to, request.link, progress)
        return report.to, report.sentence()

    return _exported(engine, work, everyone=request.everyone)


def _csv(engine: Engine, request: rank.ExportCsv) -> wire.JobRef:
    from engine.export.rankings_csv import export_csv

    def work(library: Library, standing: Standing, progress: Progress) -> tuple[str, str]:
        file, count = export_csv(library, standing, to_path(request.to) if request.to else None, progress)
        return to_text(file.parent), f"{count} images are listed in {to_text(file)}."

    return _exported(engine, work, everyone=request.everyone)


HANDLERS: dict[type[wire.Request], Callable[[Engine, Any], object]] = {
    rank.GetMatch: _match,
    rank.ShowMatch: _show,
    rank.PickBest: _pick,
    rank.Draw: _draw,
    rank.Skip: _skip,
    rank.GetRankStatus: _status,
    rank.GetRankings: _rankings,
    rank.GetRankingFacets: _facets,
    rank.ExportRanked: _export,
    rank.ExportCsv: _csv,
}
