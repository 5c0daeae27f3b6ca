"""What crosses the bridge for what is learned from the person: recommendations, Same?, bulk proposals, Insight."""

from __future__ import annotations

from typing import Literal

import msgspec

from engine.culling.views import QueueItem, Reason, View
from engine.wire_base import Request

GateKind = Literal["winner", "crop", "residual"]


class Train(Request, frozen=True, tag="learn.train"):
    """Fit the ranker to everything decided so far, and say of every open group which image it would keep (a job)."""


class RevertModel(Request, frozen=True, tag="learn.back"):
    """Go back to the model before the one in use."""


class GetAsk(Request, frozen=True, tag="learn.ask"):
    """Undecided groups in the order in which asking teaches most, or the clearest first.

    `obvious`: clear winners first, of at least this confidence, without those that are drawn for a check.
    `informative`: those whose answer tells the model most.
    `close`: those whose two best it likes most alike.
    `disputed`: those where the ranker, the rule of stages and quality and the detectors are at odds, most so first.
    In these three, groups drawn for a check are spread evenly among the others.
    `doubted`: decided groups that the model and the person's other decisions contradict.
    """

    order: Literal["obvious", "informative", "close", "disputed", "doubted"] = "obvious"
    least: float = 0.0
    offset: int = 0
    limit: int = 100


class GetContradictions(Request, frozen=True, tag="learn.contradictions"):
    """Answers of the person that do not go together, to be answered again."""

    offset: int = 0
    limit: int = 24


class AcceptRecommended(Request, frozen=True, tag="learn.accept"):
    """Keep the recommended image of each of these groups, which the person has looked at; one decision, one undo.

    Groups that are drawn for a check, decided or changed meanwhile are left as they are.
    `images`: what was shown as recommended, one a group; where another is by now, the group is left as it is.
    """

    group_ids: list[str]
    images: list[int] = msgspec.field(default_factory=list)


class GetSame(Request, frozen=True, tag="same.list"):
    """Pairs of images of which it is not clear whether they belong together, the most useful first.

    `first`: a pair to begin with, answered or not.
    `held`: pairs on the page, of which it wants to know what they are now.
    """

    limit: int = 60
    first: tuple[int, int] | None = None
    held: list[tuple[int, int]] = msgspec.field(default_factory=list)


class AnswerSame(Request, frozen=True, tag="same.answer"):
    """Whether two images belong to one family; None: cannot say. Grouping is bound by it at once."""

    one: int
    other: int
    same: bool | None


class Promote(Request, frozen=True, tag="learn.promote"):
    """Decide every group (or crop) that an open gate allows, as one batch (a job)."""

    kind: Literal["winner", "crop"] = "winner"


class GetReview(Request, frozen=True, tag="learn.review"):
    """What the last batches decided and nobody has looked at since, the least sure and re-flagged first."""

    offset: int = 0
    limit: int = 100


class ReviewDone(Request, frozen=True, tag="learn.reviewed"):
    """These were looked at and are right: that these images are kept, and how those are cropped."""

    images: list[int]
    crops: list[int] = msgspec.field(default_factory=list)


class ShutGate(Request, frozen=True, tag="learn.gate"):
    """Keep a gate shut whatever its record says, or leave it to its record."""

    kind: GateKind
    shut: bool


class GetInsight(Request, frozen=True, tag="insight.all"):
    """Everything of the Insight screen."""


class ExportInsight(Request, frozen=True, tag="insight.csv"):
    """Write the data of every plot into reports/insight_*.csv; answers with their paths."""


# ---- answers


class AskItem(View, frozen=True):
    """A group with what is recommended of it; nothing (image 0) where it is drawn for a check, or doubted by others.

    Attributes:
        rival: of a close call the runner-up, of a dispute with the rule what that would keep; 0 for none.
        dispute: who is at odds: the ranker with the rule; the detectors doubt what the ranker would keep; the detectors
            among themselves. "" outside that order.
        tag: what the detectors doubt, "" for none.
    """

    group: QueueItem
    image: int
    url: str
    thumb_url: str
    filename: str
    confidence: float
    information: float  # bits that its answer is expected to tell
    differs: bool  # the stage rule would keep another
    reasons: list[Reason]
    rival: int = 0
    dispute: Literal["", "rule", "doubt", "detectors"] = ""
    tag: str = ""


class Ask(View, frozen=True):
    total: int
    offset: int
    model: str  # "" : not enough was decided yet; `why` says what is missing
    why: str
    items: list[AskItem]


class ContradictingImage(View, frozen=True):
    id: int
    filename: str
    thumb_url: str


class Contradiction(View, frozen=True):
    """Answers that do not go together.

    Attributes:
        kind: `circle`: each image came before the next, and the last before the first; `match`: the first was chosen
            over the second, and the other decisions say otherwise.
        against: of a match, how likely they say the other answer is, 0.5 to 1; else 0.
    """

    kind: Literal["circle", "match"]
    images: list[ContradictingImage]
    against: float


class Contradictions(View, frozen=True):
    """A page of them; `groups` is how many decided groups are contradicted besides: Cull offers those again."""

    total: int
    groups: int
    offset: int
    items: list[Contradiction]


class SameImage(View, frozen=True):
    id: int
    filename: str
    url: str
    thumb_url: str
    displayable: bool
    width: int
    height: int
    group_id: str


class SamePair(View, frozen=True):
    """A pair, and what is known of it.

    Attributes:
        together: they are in one group now.
        chance: that they belong together, 0 to 1; None where nothing tells. why: what tells, in words.
        said: what was answered, None for nothing yet; overruled: newer answers contradict that.
        waits: it is not answered, and other answers do not decide it.
    """

    one: SameImage
    other: SameImage
    together: bool
    chance: float | None
    why: str
    said: Literal["yes", "no", "unsure"] | None
    overruled: bool
    waits: bool


class SamePairs(View, frozen=True):
    waiting: int
    answered: int
    pairs: list[SamePair]
    held: list[SamePair]  # those of the request whose images are in the library


class ReviewItem(View, frozen=True):
    image: int
    group_id: str
    kind: Literal["winner", "crop"]
    batch: str
    filename: str
    url: str
    thumb_url: str
    confidence: float
    flags: list[str]  # what the detectors say of it
    width: int  # of the original, 0 where not known
    height: int
    box: tuple[int, int, int, int] | None  # of a crop that leaves something out: x1, y1, x2, y2 in its pixels


class Review(View, frozen=True):
    total: int
    offset: int
    items: list[ReviewItem]


class Gate(View, frozen=True):
    """Whether the record allows deciding in bulk.

    Attributes:
        n, good: of the last random checks, and those that agreed; rate: None before the first.
        lower95: their exact 95 % lower bound. Where it falls below the target the gate closes by itself; to open, the
            checks since have to pass a bound that holds however often they are looked at.
        target: what it has to pass; open: it does, and the person did not shut it. Crops need the residual gate too.
        missing: what is missing to open, a clause with its verb; "" where it is open.
        ready: groups or crops that could be decided at once now; 0 where it is not open.
    """

    kind: GateKind
    open: bool
    shut: bool
    n: int
    good: int
    rate: float | None
    lower95: float
    target: float
    missing: str
    ready: int


class Point(View, frozen=True):
    """A point of a plot, with a band where there is one."""

    x: float
    y: float
    low: float | None
    high: float | None
    n: int
    label: str


class Liking(View, frozen=True):
    """What the ranker likes: one named feature, and images at its two ends."""

    name: str
    text: str
    weight: float
    most: list[str]  # thumbnail addresses
    least: list[str]


class Card(View, frozen=True):
    """The model in use."""

    name: str
    kind: Literal["bayes", "mlp"]
    at: str
    pairs: int
    families: int
    images: int
    accuracy: float | None
    calibration_error: float | None
    earlier: int  # models one could go back to


class Insight(View, frozen=True):
    """Plots as points: shares from 0 to 1, times in seconds.

    Attributes:
        agreement: share of winners that were the recommended one, over decisions in order.
        calibration: how often a recommendation of a confidence was right.
        learning: held-out accuracy by pairs learned from.
        accept_rate, ask_rate, actions, saved, queue_mix: of crops and of groups over sessions.
    """

    card: Card | None
    why: str
    gates: list[Gate]
    agreement: list[Point]
    calibration: list[Point]
    learning: list[Point]
    accept_rate: list[Point]
    ask_rate: list[Point]
    actions: list[Point]
    saved: list[Point]
    queue_mix: list[Point]
    likes: list[Liking]
    contradictions: int
    reviewing: int  # what the last batches decided and nobody has looked at since


class CsvFiles(View, frozen=True):
    paths: list[str]


METHODS: dict[type[Request], type[View]] = {
    GetAsk: Ask,
    GetContradictions: Contradictions,
    GetSame: SamePairs,
    GetInsight: Insight,
    ExportInsight: CsvFiles,
    GetReview: Review,
}
