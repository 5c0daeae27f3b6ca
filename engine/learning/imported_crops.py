"""An earlier `crop_decisions.csv`, spec 3's form A2: of another tool, or out of `labels` of another library.

All of a file is one decision, so one undo takes it back. An image's last line is its answer, and an image that has an
answer here keeps it. A `nudged` box and `full` speak for themselves. Which box `best`, `alt1` or `alt2` means is known
where the other tool's `*.crop_suggestions.json` lies beside the image, or where Pickwise's own `crops/*.crop.json` lies
beside the log; nowhere else, for it was no proposal of this library. What was proposed goes along, so that the taste
in crops learns of it; it is marked as earlier, so that nothing which measures our proposals counts it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec
import numpy as np

from engine.cropping import crop_files, rows, scenes, sidecars
from engine.cropping.crop_files import CropFile
from engine.cropping.effects import MOST_SECONDS
from engine.cropping.model import TERMS
from engine.cropping.model import Box as Corners
from engine.cropping.rows import Picture
from engine.cropping.terms import Ruler
from engine.errors import NotFound, PickwiseError, Unreadable, WrongUse
from engine.library.journal import Box, Cropped, Earlier, Record
from engine.library.store import Library, describe
from engine.library.tags import TAGS
from engine.library.text import to_path
from engine.progress import Progress
from engine.ranking import comparisons_csv
from engine.ranking.comparisons_csv import PassedOver

COLUMNS = ("image", "choice", "nudged_box", "reason_tags", "time_ms")
_IDS: tuple[str, ...] = ("best", "alt1", "alt2")
_FOUR = msgspec.json.Decoder(Annotated[list[float], msgspec.Meta(min_length=4, max_length=4)])
_UNKNOWN = (
    "Which box {} was is not known here: put the other tool's .crop_suggestions.json beside the image, or leave"
    " Pickwise's crop_decisions.csv beside its folder crops, and take the file over again."
)


class Taken(NamedTuple):
    """What became of a file: images whose crop is new, images that had an answer, and lines that gave none."""

    crops: int
    known: int
    passed_over: list[PassedOver]


class _Said(NamedTuple):
    """A line, its cells as they stand."""

    line: int
    image: str
    choice: str
    box: str
    tags: str
    time_ms: str


class _Known(NamedTuple):
    """What the choice meant: the box, and what had been proposed (best, alt1, alt2; nothing where that is not sure)."""

    box: Corners
    proposed: list[Corners]


def load(
    library: Library, file: Path, columns: Mapping[str, int], lines: Sequence[tuple[int, list[str]]], progress: Progress
) -> Taken:
    """Take over the lines of a file; `columns` says where each of COLUMNS stands.

    Raises:
        Cancelled: nothing was taken over. LibraryHeld, LibraryError.
    """
    passed: list[PassedOver] = []
    with library.db.read() as connection:
        finder = comparisons_csv._Finder(connection)
        last = _last(finder, columns, lines, passed)
        answered = {int(image) for (image,) in connection.execute("SELECT image_id FROM crop_answers")}
        fresh = rows.pictures(connection, [image for image in last if image not in answered])
    meant, found = _Meant(library, file), list[tuple[Picture, Earlier]]()
    progress.phase("crops", len(fresh))
    for number, picture in enumerate(fresh):
        progress.step(number, picture.path)
        try:
            found.append((picture, meant.answer(picture, last[picture.id])))
        except PickwiseError as error:
            passed.append(PassedOver(last[picture.id].line, error.message))
    if found:
        record = Record(
            ts="", set_id="", images=[picture.path for picture, _ in found],
            hashes=[picture.content for picture, _ in found], kind="crops", crops=[answer for _, answer in found],
        )  # fmt: skip
        library.decide(record, describe(record))
    return Taken(len(found), len(last) - len(fresh), sorted(passed, key=lambda one: one.line))


def _last(
    finder: comparisons_csv._Finder, columns: Mapping[str, int], lines: Sequence[tuple[int, list[str]]],
    passed: list[PassedOver],
) -> dict[int, _Said]:  # fmt: skip
    """The last line of each image, in their order; a sentence for each line whose image is not here."""
    found: dict[int, _Said] = {}
    for number, cells in lines:
        if len(cells) != len(columns):
            why = f"It has {len(cells)} cells where the header has {len(columns)}; a box must stand in quotes."
            passed.append(PassedOver(number, why))
            continue
        image, *others = (cells[columns[name]] if name in columns else "" for name in COLUMNS)
        choice, box, tags, time_ms = (cell.strip() for cell in others)
        try:
            known = finder.find(image, "cropped") if image else 0
        except NotFound as error:
            passed.append(PassedOver(number, error.message))
            continue
        if not known:
            passed.append(PassedOver(number, "It names no image."))
            continue
        found.pop(known, None)
        found[known] = _Said(number, image, choice.casefold(), box, tags, time_ms)
    return found


class _Meant:
    """What lines meant, by what lies beside the images and beside the log."""

    def __init__(self, library: Library, file: Path) -> None:
        self._library = library
        self._crops = file.parent / library.paths.crops.name

    def answer(self, picture: Picture, said: _Said) -> Earlier:
        """Raises WrongUse, Unreadable: why there is none, in a sentence."""
        if said.choice not in (*_IDS, "nudged", "full"):
            words = comparisons_csv._short(said.choice)
            raise WrongUse(f"Its choice is {words}: none of best, alt1, alt2, nudged and full.")
        if picture.width < 1 or picture.height < 1:
            raise WrongUse("The picture was never read, so it cannot be cropped.")
        try:
            known = self._known(picture, said)
        except ValueError as error:
            raise WrongUse(f"The line {error}.") from None
        whole = known.box == (0, 0, picture.width, picture.height)
        choice = "full" if whole and said.choice == "nudged" else said.choice
        x1, y1, x2, y2 = known.box
        terms = self._terms(picture, [known.box, *known.proposed]) if known.proposed else [{}]
        how = Cropped(
            choice=choice,  # type: ignore[arg-type] # one of the words above
            time_ms=_time(said.time_ms), chosen=terms[0], offered=terms[1:], proposed=known.proposed,
        )  # fmt: skip
        return Earlier(None if whole else Box(x1, y1, x2 - x1, y2 - y1), _tags(said.tags), how)

    def _known(self, picture: Picture, said: _Said) -> _Known:
        """Raises WrongUse, Unreadable, and ValueError with the end of a sentence."""
        ours = self._of_ours(said)
        if ours is not None:
            return _by_ours(picture, said, ours)
        if said.choice in _IDS:
            theirs = _beside(picture)
            if theirs is None:
                raise WrongUse(_UNKNOWN.format(said.choice))
            return _by_theirs(said, theirs)
        try:
            theirs = _beside(picture)
        except Unreadable:
            theirs = None  # the box of the line is sure all the same
        return _Known(_own(picture, said), _in_order(theirs) if theirs else [])

    def _of_ours(self, said: _Said) -> CropFile | None:
        """The file that Pickwise wrote of this very answer, beside the log."""
        if "\0" in said.image:
            return None
        for name in crop_files._names(said.image):
            try:
                data = sidecars._bytes(self._crops / name)
                found = None if data is None else msgspec.json.decode(data, type=CropFile)
            except (Unreadable, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                continue
            if found and (found.by, found.image, found.choice) == (crop_files.BY, said.image, said.choice):
                return found
        return None

    def _terms(self, picture: Picture, boxes: Sequence[Corners]) -> list[dict[str, float]]:
        """The terms of boxes of one picture, by what is known of it now."""
        ruler = Ruler(scenes.load(self._library, picture), self._library.settings.crop.margin)
        table = ruler.measure(np.array(boxes, np.float32).T)
        return [{name: round(float(value), 4) for name, value in zip(TERMS, one, strict=True)} for one in table.T]


def _beside(picture: Picture) -> sidecars.Foreign | None:
    """What another tool proposes of a picture. Raises Unreadable."""
    found = sidecars.foreign(to_path(picture.path))
    return None if found is None else sidecars.parsed(*found, picture.width, picture.height)


def _by_theirs(said: _Said, theirs: sidecars.Foreign) -> _Known:
    """By its name; in a file that names none, by its place."""
    ids = theirs.ids if any(theirs.ids) else list(_IDS[: len(theirs.ids)])
    if ids.count(said.choice) != 1:
        raise WrongUse(f"The .crop_suggestions.json beside the image does not say which box {said.choice} is.")
    return _Known(theirs.candidates[ids.index(said.choice)][0], _in_order(theirs))


def _in_order(theirs: sidecars.Foreign) -> list[Corners]:
    """Its boxes, where they are best, alt1, alt2 in this order: only then is it known which was chosen among which."""
    return [box for box, _ in theirs.candidates] if theirs.ids in _ORDERS or not any(theirs.ids) else []


_ORDERS = [list(_IDS[:count]) for count in range(1, len(_IDS) + 1)]


def _by_ours(picture: Picture, said: _Said, ours: CropFile) -> _Known:
    if (ours.width, ours.height) != (picture.width, picture.height):
        sides = f"{ours.width} x {ours.height} pixels, and this one has {picture.width} x {picture.height}"
        raise WrongUse(f"The crop was made of a picture of {sides}.")
    if said.choice == "full" or said.box:
        return _Known(_own(picture, said), [])
    place = ours.crop_box or Box(0, 0, picture.width, picture.height)
    box = sidecars.lawful((place.x, place.y, place.x + place.w, place.y + place.h), picture.width, picture.height)
    proposed = [sidecars.lawful(one, picture.width, picture.height) for one in ours.proposed[: len(_IDS)]]
    number = _IDS.index(said.choice) if said.choice in _IDS else len(proposed)
    return _Known(box, proposed if number < len(proposed) and proposed[number] == box else [])


def _own(picture: Picture, said: _Said) -> Corners:
    """The box that the line itself gives."""
    if said.choice == "full":
        return 0, 0, picture.width, picture.height
    if not said.box:
        raise ValueError("is nudged, and has no box")
    try:
        found = _FOUR.decode(said.box)
    except (msgspec.MsgspecError, RecursionError):
        raise ValueError("has a box that is no box; [x1,y1,x2,y2] would be one") from None
    return sidecars.lawful(found, picture.width, picture.height)


def _tags(text: str) -> list[str]:
    """Those that are known here, once each."""
    return [tag for tag in dict.fromkeys(part.strip().casefold() for part in text.split(";")) if tag in TAGS]


def _time(text: str) -> int:
    """Milliseconds; 0, which is not measured, where it is none that a person could need."""
    try:
        found = float(text or 0)
    except ValueError:
        return 0
    return round(found) if math.isfinite(found) and 0 <= found <= MOST_SECONDS * 1000 else 0
