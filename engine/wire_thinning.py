"""What crosses the bridge for the Duplicates screen; part of `wire.METHODS`."""

from __future__ import annotations

from engine.culling.views import View
from engine.thinning.views import Batches, By, Copies, CopiesGroups, Keep, SetMatches
from engine.wire_base import Request


class FindCopies(Request, frozen=True, tag="dupes.find"):
    """Search all sources for copies (a job). What is left out is as the settings say.

    `file` is a result file of Czkawka, for `by` "czkawka".
    """

    by: By | None = None
    threshold: float | None = None  # bits for phash, cosine for embedding and both, seconds for time
    orientations: bool | None = None
    keep: Keep | None = None
    folder: str | None = None  # for `keep` "folder"
    file: str = ""


class TryRule(Request, frozen=True, tag="dupes.rule"):
    """Search the same way again, by another rule for who stays (a job).

    Another keeper may gather other images, since each image goes only beside a keeper it is near. An import's groups
    are taken as they stand; its file is not read again.
    """

    keep: Keep
    folder: str = ""


class GetCopies(Request, frozen=True, tag="dupes.page"):
    """Groups of copies, largest first; with `kept` also those of which nothing goes any more."""

    kept: bool = False
    offset: int = 0
    limit: int = 500


class GetCopiesGroups(Request, frozen=True, tag="dupes.groups"):
    """Whole groups, in the order asked for; ids that are gone are left out. At most 32."""

    ids: list[str]


class Flip(Request, frozen=True, tag="dupes.flip"):
    """Let an image stay that would go, or go that would stay, whatever the rule says."""

    group_id: str
    image_id: int


class Split(Request, frozen=True, tag="dupes.split"):
    """This image is no copy of the others of its group; remembered."""

    group_id: str
    image_id: int


class SetApart(Request, frozen=True, tag="dupes.apart"):
    """The images of this group are not duplicates of each other; remembered."""

    group_id: str


class Accept(Request, frozen=True, tag="dupes.accept"):
    """Set aside what goes of one group."""

    group_id: str


class AcceptAll(Request, frozen=True, tag="dupes.accept_all"):
    """Set aside what goes of every group (a job)."""


class FindSets(Request, frozen=True, tag="sets.find"):
    """Search for stage sets of another timestamp that show the same (a job)."""


class GetSets(Request, frozen=True, tag="sets.page"):
    offset: int = 0
    limit: int = 32


class FlipSet(Request, frozen=True, tag="sets.flip"):
    """Let the other set of a match stay."""

    id: str


class SetsApart(Request, frozen=True, tag="sets.apart"):
    """These two sets are not duplicates; remembered."""

    id: str


class AcceptSet(Request, frozen=True, tag="sets.accept"):
    """Set aside the redundant set of one match."""

    id: str


class AcceptSets(Request, frozen=True, tag="sets.accept_all"):
    """Set aside the redundant set of every match (a job)."""


class GetBatches(Request, frozen=True, tag="staged.list"):
    """The staged batches, newest first."""


class Restore(Request, frozen=True, tag="staged.restore"):
    """Put a batch back where it was (a job); an empty id is every batch."""

    batch: str = ""


class Approve(Request, frozen=True, tag="staged.approve"):
    """Send a batch to the system's Trash (a job); an empty id is every batch."""

    batch: str = ""


METHODS: dict[type[Request], type[View]] = {
    GetCopies: Copies,
    GetCopiesGroups: CopiesGroups,
    GetSets: SetMatches,
    GetBatches: Batches,
}
"""The calls that answer with a view of their own; `wire.METHODS` adds those that answer with `Changed` or `JobRef`."""
