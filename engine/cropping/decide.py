"""What a person decides about crops, written as journal records.

Nothing that they chose is changed: what cannot be recorded as it is, is refused with a sentence.
"""

from __future__ import annotations

from collections.abc import Sequence

import apsw
import msgspec

from engine.cropping import grid, proposing, rows
from engine.cropping.effects import MOST_SECONDS
from engine.cropping.model import Box, Candidate, Proposal
from engine.cropping.rows import Picture
from engine.culling import recommended
from engine.errors import NotFound, WrongUse
from engine.library import chance, journal, trials
from engine.library.journal import Cropped, Proposed, Record
from engine.library.store import Library, describe
from engine.library.tags import TAGS
from engine.library.text import to_path, to_text

_AGAIN = "Look at the picture again and choose again."


class Choice(msgspec.Struct, frozen=True):
    """One answer.

    Attributes:
        choice: best, alt1, alt2 (a proposal as it was shown), nudged (a box of the person's own), full (no crop).
        box: x1, y1, x2, y2; of `full` the whole picture.
        tags: why; anomaly tags of contract.md.
        time_ms: from first paint to the decision without idle time; actions: keys and drags until then.
        unassisted: decided without having been shown a proposal.
    """

    image: int
    choice: str
    box: Box
    tags: Sequence[str] = ()
    time_ms: int = 0
    actions: int = 0
    unassisted: bool = False


def choose(library: Library, answer: Choice, group: str = "", losers: Sequence[int] = ()) -> str:
    """Record how an image is cropped; with `group` and `losers` a trio: it is kept as well. Answers with a label.

    Raises:
        NotFound: the image or the group is not there.
        WrongUse: the box lies outside or has another ratio, a tag is unknown, a proposal is no longer the one shown.
        LibraryHeld, LibraryError.
    """
    library.need_write()
    with library.db.read() as connection:
        picture = _picture(connection, answer.image)
        proposal, _ = rows.get(connection, picture.id, picture.content)
        members = _members(connection, group, answer.image, losers) if group or losers else {}
        said = recommended.proposed(connection, group) if members else msgspec.UNSET
    _check(picture, answer)
    how = _how(library, picture, (*proposing.shown(library, picture), *([proposal] if proposal else [])), answer)
    return _record(library, picture, answer, how, group, members, said)


def send(library: Library, image: int, *, on: bool) -> str:
    """Ask for a crop of this image before others, or no longer. Raises NotFound."""
    with library.db.read() as connection:
        picture = _picture(connection, image)
    record = Record(
        ts="", set_id="", images=[picture.path], hashes=[picture.content], kind="to_crop", needs_crop=on
    )  # fmt: skip
    return _decide(library, record)


def forget_taste(library: Library) -> str:
    """Begin again from the settings' weights; the answers stay."""
    return _decide(library, Record(ts="", set_id="", images=[], kind="taste"))


def _record(
    library: Library, picture: Picture, answer: Choice, how: Cropped, group: str, members: dict[int, tuple[str, str]],
    said: Proposed | msgspec.UnsetType,
) -> str:  # fmt: skip
    x1, y1, x2, y2 = answer.box
    whole = _is_whole(picture, answer.box)
    images = list(members.values()) or [(picture.path, picture.content)]
    record = Record(
        ts="", set_id=group, images=[path for path, _ in images], hashes=[content for _, content in images],
        winner=picture.path, needs_crop=not whole, anomaly_tags=list(dict.fromkeys(answer.tags)),
        crop_box=msgspec.UNSET if whole else journal.Box(x1, y1, x2 - x1, y2 - y1),
        kind="trio" if members else "crop", crop=how, proposed=said,
    )  # fmt: skip
    return _decide(library, record)


def _decide(library: Library, record: Record) -> str:
    label = describe(record)
    library.decide(record, label)
    return label


def _picture(connection: apsw.Connection, image: int) -> Picture:
    found = rows.pictures(connection, [image])
    if not found:
        raise NotFound("That image is no longer in the library.")
    return found[0]


def _members(
    connection: apsw.Connection, group: str, winner: int, losers: Sequence[int]
) -> dict[int, tuple[str, str]]:  # fmt: skip
    """The group's images in keeper order: id -> (path, content)."""
    found = {
        image: (path, content)
        for image, path, content in connection.execute(
            "SELECT i.id, i.filepath, coalesce(i.content_hash, '') FROM members m JOIN images i ON i.id = m.image_id"
            " JOIN groups g ON g.id = m.group_id WHERE g.key = ? ORDER BY m.rank",
            (group,),
        )
    }
    if not found:
        raise NotFound("That group is no longer there.", "The folder was scanned again; go to the next group.")
    if not {winner, *losers} <= set(found) or winner in losers:
        raise WrongUse("One of these images is not in this group.", "Go back to the group and choose again.")
    return found


def _is_whole(picture: Picture, box: Box) -> bool:
    return box == (0, 0, picture.width, picture.height)


def _check(picture: Picture, answer: Choice) -> None:
    """Raises WrongUse for what cannot be recorded as it is."""
    strange = sorted(set(answer.tags) - set(TAGS))
    if strange:
        raise WrongUse(f"There is no tag {strange[0]}.")
    if not (0 <= answer.time_ms <= MOST_SECONDS * 1000 and 0 <= answer.actions <= MOST_SECONDS):
        raise WrongUse("The time or the number of actions is not one a person could need.")
    name = to_text(to_path(picture.path).name)
    if picture.width < 1 or picture.height < 1:
        raise WrongUse(f"{name} was never read, so it cannot be cropped.", "Scan its folder again.")
    check_box(name, picture.width, picture.height, answer.box)
    if answer.choice == "full" and not _is_whole(picture, answer.box):
        raise WrongUse("No crop means the whole picture, and this box is smaller.", _AGAIN)


def check_box(name: str, width: int, height: int, box: Box) -> None:
    """Raises WrongUse where a box does not lie in the picture or has another ratio."""
    x1, y1, x2, y2 = box
    if not (0 <= x1 < x2 <= width and 0 <= y1 < y2 <= height):
        raise WrongUse(f"The box {list(box)} does not lie in {name}, which has {width} x {height} pixels.", _AGAIN)
    size = x2 - x1, y2 - y1
    w, h, _ = grid.fitting(width, height, size[0])
    if size != (w, h) and not (size == (width, height)):
        raise WrongUse(
            f"A box of {size[0]} x {size[1]} pixels has not the ratio of {name}, which has {width} x {height}.",
            f"The nearest that has it is {w} x {h}.",
        )


def _how(library: Library, picture: Picture, shown: Sequence[Proposal], answer: Choice) -> Cropped:
    """How it was decided, with the terms of the chosen box and of all that was offered; `shown` the last first."""
    if answer.choice in ("best", "alt1", "alt2"):
        about = next((one for one in shown if _offers(one, answer)), None)
        if about is None:
            raise WrongUse("The proposals for this picture were made anew since they were shown.", _AGAIN)
        chosen = next(one.terms for one in about.candidates if one.id == answer.choice)
    else:
        about = shown[0] if shown else None
        chosen = proposing.measure(library, picture, answer.box).terms
    candidates = about.candidates if about else []
    agreed, again = _drawn(library.settings.learning.random_share, picture, answer, candidates)
    return Cropped(
        choice=answer.choice,  # type: ignore[arg-type] # the call's own type holds only these words
        time_ms=answer.time_ms, actions=answer.actions, unassisted=answer.unassisted, chosen=chosen,
        offered=[one.terms for one in candidates], proposed=[one.box for one in candidates],
        agreed=agreed, again=again,
    )  # fmt: skip


_Said = bool | msgspec.UnsetType


def _drawn(share: float, picture: Picture, answer: Choice, candidates: Sequence[Candidate]) -> tuple[_Said, _Said]:
    """What chance draws to measure by, and what the answer says then (see `library/trials.py`)."""
    agreed: _Said = msgspec.UNSET
    if candidates and (answer.unassisted or chance.crop_drawn(share, picture.id)):
        agreed = trials.overlap(answer.box, candidates[0].box) >= trials.SAME
    return agreed, chance.again_drawn(share, picture.id) or msgspec.UNSET


def _offers(proposal: Proposal, answer: Choice) -> bool:
    return any(one.id == answer.choice and one.box == answer.box for one in proposal.candidates)
