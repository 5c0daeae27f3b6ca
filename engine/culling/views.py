"""What the Cull and sweep screens show: plain values, read from the library in one go a group."""

from __future__ import annotations

from typing import Literal

import msgspec

GroupStatus = Literal["review", "auto", "decided", "rejected"]
Verdict = Literal["keep", "alternate", "reject"]
Decision = Literal["keeper", "alternate", "review"]


class View(msgspec.Struct, frozen=True, rename="camel"):
    """Base of every value shown."""


class DefectView(View):
    name: str  # contract word: blur, dark, bright, clipped, noise, color_cast, low_detail, corrupt; or a cue's name
    text: str  # "blur: sharpest edges are 2.6 px wide (limit 1.5)"
    tag: str = ""  # the anomaly tag that a cue suggests


class MemberView(View):
    """One image of a group."""

    id: int
    path: str
    filename: str
    url: str  # file:// address of the image itself
    thumb_url: str  # file:// address of its 512 px thumbnail, "" where there is none
    displayable: bool  # a browser engine can show the file itself
    missing: bool
    width: int
    height: int
    size_bytes: int
    format: str
    stage: float | None
    taken_at: str
    defects: list[DefectView]
    quality: float  # 0 to 1
    score: float  # the weighted score of spec 1, section 4
    blur_px: float
    noise: float
    brightness: float
    decision: Decision  # what the picks propose
    reason: str
    verdict: Verdict | None  # what a person said
    tags: list[str]
    likely_tags: list[str]  # what the detectors suggest; ticked beforehand, decided by nobody
    flagged: bool
    cropped: bool  # a person has cropped it: a `.cropped` file lies beside it
    to_crop: bool  # a person sent it to be cropped
    prompt: str
    negative: str
    seed: str
    model: str
    sampler: str


class Reason(View):
    """One thing that speaks for the recommended image, or against it: its share of the difference in log-odds."""

    name: str
    text: str
    weight: float


class RecommendedView(View):
    """What was learned from the person says of a group.

    Attributes:
        image: the image it would keep; None while a group that was drawn for a check is undecided: it is asked blind.
        confidence: 0 to 1.
        checked: drawn by chance, to measure by.
        agreed: whether the person's decision was what was recommended then; None before, or where nothing was.
        reasons: what weighs most first.
    """

    image: int | None
    confidence: float
    checked: bool
    agreed: bool | None
    reasons: list[Reason]


class GroupView(View):
    """One group, members in keeper order (best first); by name, with no proposal, while it is asked blind."""

    id: str
    label: str
    status: GroupStatus
    reasons: list[str]  # why it needs a person, or why the keeper was chosen
    proposed: int | None  # image id of the provisional keeper
    chosen: list[int]  # image ids a person keeps
    members: list[MemberView]
    recommended: RecommendedView | None


class QueueItem(View):
    id: str
    size: int
    status: GroupStatus
    reason: str
    thumb_url: str


class Queue(View):
    """A page of groups in working order, exceptions first."""

    total: int
    needs_you: int  # groups in review, undecided
    decided: int  # groups a person decided
    offset: int
    items: list[QueueItem]


class KeeperView(View):
    id: int
    group_id: str
    filename: str
    thumb_url: str
    url: str
    width: int
    height: int
    stage: float | None
    by: Literal["you", "default"]
    flagged: bool
    cropped: bool
    missing: bool
    group_size: int
    reason: str


class Keepers(View):
    total: int
    offset: int
    items: list[KeeperView]
