"""What the Rank and Rankings screens show: plain values."""

from __future__ import annotations

from typing import Literal

from engine.culling.views import View

Column = Literal[
    "rank", "filename", "folder", "stage", "strength", "mu", "sigma", "score", "comparisons", "chance", "added_at",
    "last_compared_at",
]  # fmt: skip


class Contender(View, frozen=True):
    """One image of a match. `mu` and `sigma` are OpenSkill's, of the judge in use."""

    id: int
    path: str
    filename: str
    url: str  # file:// address of the image itself
    thumb_url: str  # file:// address of its 512 px thumbnail, "" where there is none
    displayable: bool  # a browser engine can show the file itself
    missing: bool
    width: int
    height: int
    stage: float | None
    group_size: int  # images of its near-duplicate group, itself included
    flagged: bool
    cropped: bool  # a person has cropped it: a `.cropped` file lies beside it
    mu: float
    sigma: float
    comparisons: int
    prompt: str
    negative: str
    seed: str
    model: str
    sampler: str


class Match(View, frozen=True):
    """Images to choose one from; none when there is nothing left to ask (`note` says why)."""

    images: list[Contender]
    note: str  # why these: "First look at 4 new images", "Near the edge of the top 100"


class CurvePoint(View, frozen=True):
    """The expected share of the true top N in the shown one, after so many picks."""

    picks: int
    share: float


class Advice(View, frozen=True):
    """What showing `up` images at once would need to reach the target."""

    up: int
    picks_left: int | None  # None: more than can sensibly be asked


class RankStatus(View, frozen=True):
    """How far the ranking of one judge is. Shares are 0 to 1."""

    judge: str  # "" is the person at this library
    judges: list[str]  # all that have picks here, "" first
    field: int  # images that are asked about
    looked: int  # ... of which were shown at least once
    matches: int  # picks and draws
    skips: int
    top: int  # N
    target: float  # the share a person wants
    share: float  # expected share of the true top N in the shown one, now
    low: float  # the share is above this with probability 0.95
    picks_left: int | None  # for the target, at the present number up; None while unknown or out of reach
    stop: bool  # the target is reached: you can stop
    advice: list[Advice]  # for 2, 4, 6 and 9 up
    curve: list[CurvePoint]
    up: int
    blind: bool
    preview: list[Contender]  # the best so far, at most 8
    learned: str  # when the model was made that new images are ordered by, UTC; "" where there is none


class RankingRow(View, frozen=True):
    """One row of the table. `strength` is what the order comes from: the fitted log-odds, 0 for an average image."""

    rank: int
    id: int
    path: str
    filename: str
    folder: str
    url: str
    thumb_url: str
    displayable: bool
    width: int  # 0 where it was never read
    height: int
    stage: float | None
    strength: float
    mu: float
    sigma: float
    score: float  # mu - 3 sigma
    comparisons: int
    added_at: str
    last_compared_at: str
    chance: float  # probability of belonging to the true top N
    in_field: bool  # it is asked about; alternates of a group and rejected images are not
    flagged: bool
    cropped: bool
    missing: bool


class Rankings(View, frozen=True):
    """A page of the table, and what its filters need."""

    total: int  # rows that pass the filter
    offset: int  # of the first item; not what was asked for where `around` moved it
    items: list[RankingRow]


class Histogram(View, frozen=True):
    """How many images have which strength; `edges` has one more entry than `counts`."""

    edges: list[float]
    counts: list[int]
    uncompared: int  # images never compared, which are in no bar
    cut: float | None  # the strength at which the top N ends


class RankingFacets(View, frozen=True):
    """What can be filtered by, with the histogram."""

    folders: list[str]
    stages: list[float]
    histogram: Histogram
