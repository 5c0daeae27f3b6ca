"""What crosses the bridge for the Rank and Rankings screens; part of `wire.METHODS`."""

from __future__ import annotations

from typing import Literal

import msgspec

from engine.culling.views import View
from engine.ranking.views import Column, Match, RankingFacets, Rankings, RankStatus
from engine.wire_base import Link, Request


class GetMatch(Request, frozen=True, tag="rank.match"):
    """The next images to choose from; asked ahead, so that they can be decoded before they are needed.

    `champion` is an image that must be among them (a pinned champion against challengers); `avoid` are images on screen
    now, whose match is not decided yet.
    """

    up: int  # 2 to 9
    champion: int | None = None
    avoid: list[int] = msgspec.field(default_factory=list)


class ShowMatch(Request, frozen=True, tag="rank.show"):
    """These images as contenders, in this order: what an undo brings back."""

    ids: list[int]


class PickBest(Request, frozen=True, tag="rank.pick"):
    """`winner` is the best of `images` (2 to 9, as they were shown)."""

    images: list[int]
    winner: int


class Draw(Request, frozen=True, tag="rank.draw"):
    """These images are equally good: a result, unlike a skip."""

    images: list[int]


class Skip(Request, frozen=True, tag="rank.skip"):
    """No answer: these images do not meet again in this session, and no rating changes."""

    images: list[int]


class GetRankStatus(Request, frozen=True, tag="rank.status"):
    """How far the ranking of the judge in the settings is, or with `everyone` the one that all judges make together."""

    everyone: bool = False


class GetRankings(Request, frozen=True, tag="rankings.page"):
    """A page of the table. `text` is looked for in the path and the prompt; empty filters let everything pass.

    The order is of the judge in the settings, or with `everyone` from the picks of all judges together, with their
    OpenSkill figures merged; that view is only looked at: picks are always recorded for one judge.

    `around` is an image: where it passes the filters, `offset` moves to the multiple of `limit` whose page holds it.
    """

    sort: Column = "rank"
    descending: bool = False
    text: str = ""
    folder: str = ""
    stage: float | None = None
    only: Literal["all", "top", "field", "compared", "flagged", "missing"] = "all"
    offset: int = 0
    limit: int = 200
    around: int | None = None
    everyone: bool = False


class GetRankingFacets(Request, frozen=True, tag="rankings.facets"):
    everyone: bool = False


class ExportRanked(Request, frozen=True, tag="export.ranked"):
    """Copy or link the best images with their companions: the first `top`, or all that score `min_score` or more."""

    top: int | None = None
    min_score: float | None = None
    to: str = ""  # empty: a folder of its own in the library's exports
    link: Link = "copy"
    everyone: bool = False  # the order of all judges together


class ExportCsv(Request, frozen=True, tag="export.csv"):
    """Write the rankings as CSV; `to` empty means the library's reports/rankings.csv."""

    to: str = ""
    everyone: bool = False  # the order of all judges together


METHODS: dict[type[Request], type[View]] = {
    GetMatch: Match,
    ShowMatch: Match,
    GetRankStatus: RankStatus,
    GetRankings: Rankings,
    GetRankingFacets: RankingFacets,
}
"""The calls that answer with a view of their own; `wire.METHODS` adds those that answer with `Changed` or `JobRef`."""
