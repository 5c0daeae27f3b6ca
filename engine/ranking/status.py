"""How far a ranking is, in the words of the Rank screen."""

from __future__ import annotations

from engine.library.store import Library
from engine.ranking import judges
from engine.ranking.contenders import contenders
from engine.ranking.live import ADVISED, Live
from engine.ranking.views import Advice, RankStatus


def status(live: Live, library: Library) -> RankStatus:
    """Counts, certainty and advice, as of the last fit; of all judges together there is no preview."""
    tally = live.tally()
    wanted = tally.settings
    with library.db.read() as connection:
        everyone = judges.names(connection)
        best = [] if tally.judge is None else tally.preview
        preview = contenders(connection, library.paths.thumbs, tally.judge or "", best)
    left = tally.left.get
    return RankStatus(
        judge=judges.check(wanted.judge), judges=everyone, field=tally.field, looked=tally.looked,
        matches=tally.matches, skips=tally.skips, top=wanted.top, target=wanted.target, share=tally.share,
        low=tally.low, picks_left=left(wanted.up), stop=tally.share >= wanted.target,
        advice=[Advice(up, left(up)) for up in ADVISED], curve=tally.curve, up=wanted.up,
        blind=wanted.blind, preview=preview, learned=tally.learned,
    )  # fmt: skip
