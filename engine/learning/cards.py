"""Rankers on disk: LIBRARY/models/ranker-TIME.json, a card that says what one is, and beside it a .npz, what it weighs.

The card is written last and names the other's digest, so a pair from two runs is not taken for one. Earlier ones are
kept. The one in use is the one that the tables are of (`state`), so card and tables cannot disagree. Nothing read here
is believed before it is checked, and nothing a file says is ever run.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import re
import time
from pathlib import Path
from typing import Annotated, Literal

import apsw
import msgspec

from engine.errors import BadCheckpoint, LibraryError
from engine.learning import packed, state
from engine.learning.bayes import Honesty
from engine.learning.figures import LOOK, NAMED
from engine.learning.packed import Bad
from engine.learning.predict import Model
from engine.library.paths import LibraryPaths
from engine.library.store import Library
from engine.library.text import to_text

VERSION = 1
KEPT = 20  # models; older ones are removed, but for the one in use
_NAME = re.compile(r"ranker-\d{8}T\d{12}Z", re.ASCII)
_TIME = "ranker-%Y%m%dT%H%M%S%fZ"
_LARGEST = {".json": 1_000_000, ".npz": packed.LARGEST}  # bytes of a file that is read
_Count = Annotated[int, msgspec.Meta(ge=0, le=10**12)]
_Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
_Word = Annotated[str, msgspec.Meta(max_length=200)]
# What a fit finds, and room round it: far beyond, the next one could not begin there.
_Strength = Annotated[float, msgspec.Meta(ge=1e-4, le=1e3)]
_Strictness = Annotated[float, msgspec.Meta(ge=1e-2, le=1e3)]
_Tilt = Annotated[float, msgspec.Meta(ge=0, le=2)]
_Slope = Annotated[float, msgspec.Meta(ge=1e-2, le=100)]
_Weight = Annotated[float, msgspec.Meta(ge=-1e4, le=1e4)]


class Bin(msgspec.Struct, frozen=True, array_like=True):
    """Held-out pairs of about one chance: what was said, how often it came true, how many."""

    said: _Share
    true: _Share
    n: _Count


class Metrics(msgspec.Struct, frozen=True):
    """On families held out: of pairs, of choices (`top1`), and of what the model in use then said of picks since."""

    accuracy: _Share | None = None
    loss: Annotated[float, msgspec.Meta(ge=0, le=1e6)] | None = None
    top1: _Share | None = None
    calibration_error: _Share | None = None
    bins: Annotated[list[Bin], msgspec.Meta(max_length=1000)] = []


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a ranker is.

    Attributes:
        name: of its files; at: when it was fitted, UTC; version: of this form.
        kind: `bayes`, or `mlp` with a hidden layer.
        embedder: key of the network behind the vectors, "" for none; features: their names, in order.
        pairs, choices, families, images: what it was fitted to; vectors: images that the directions were found from.
        sources: pairs by where they come from.
        since, until: when the first and the last of these choices were made.
        strength, tilt, strictness, window, slope, doubt, lapse: of the fit; see `bayes`, `fitting`.
        weights: of the named features and of "look" (the size of all directions together), a standard deviation each.
        recommended, agreed: picks made beside a recommendation so far, and those that took it.
        digest: sha256 of the .npz. versions: of what fitted it.
    """

    name: _Word
    at: _Word
    version: int
    kind: Literal["bayes", "mlp"]
    embedder: _Word
    features: list[_Word]
    pairs: _Count
    choices: _Count
    families: _Count
    images: _Count
    vectors: _Count
    sources: dict[_Word, _Count]
    since: _Word
    until: _Word
    strength: _Strength
    tilt: _Tilt
    strictness: _Strictness
    window: Annotated[int, msgspec.Meta(ge=1, le=10**12)] | None
    slope: _Slope
    doubt: _Share
    lapse: _Share
    weights: dict[_Word, _Weight]
    metrics: Metrics
    recommended: _Count
    agreed: _Count
    digest: _Word
    versions: dict[_Word, _Word]


def new_name(paths: LibraryPaths) -> str:
    """Of a model fitted now. Names sort by time, also where the clock was set back since the last one."""
    moment = dt.datetime.now(dt.UTC)
    with contextlib.suppress(ValueError, OverflowError, IndexError):  # a name made by hand is no time
        last = dt.datetime.strptime(names(paths)[-1], _TIME).replace(tzinfo=dt.UTC)
        moment = max(moment, last + dt.timedelta(microseconds=1))
    return moment.strftime(_TIME)


def save(library: Library, card: Card, model: Model) -> Card:
    """Write a model, not yet in use; answers with the card. Raises LibraryError: nothing of it is left."""
    data = packed.pack(model)
    card = msgspec.structs.replace(card, digest=hashlib.sha256(data).hexdigest())
    folder = library.paths.models
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / f"{card.name}.npz", data)
        _write(folder / f"{card.name}.json", msgspec.json.format(msgspec.json.encode(card)))
    except OSError as error:
        _remove(library.paths, card.name)
        raise LibraryError(
            f"The model could not be written: {error.strerror or error}.",
            f"Check the disk that holds {to_text(folder)}.",
        ) from None
    return card


def discard(library: Library, name: str) -> None:
    """Remove a model that was saved and not taken into use after all; where that cannot be told, it stays."""
    with contextlib.suppress(LibraryError, apsw.Error):
        # By the writer: a swap that is on its way then comes before the question.
        if library.write(lambda connection: state.read(connection).model) != name:
            _remove(library.paths, name)


def prune(library: Library) -> None:
    """Remove the oldest models beyond KEPT, never the one in use."""
    used = _used(library)
    for name in names(library.paths)[:-KEPT]:
        if name != used:
            _remove(library.paths, name)


def names(paths: LibraryPaths) -> list[str]:
    """The models there are, oldest first."""
    try:
        return sorted(file.stem for file in paths.models.glob("ranker-*.json") if _NAME.fullmatch(file.stem))
    except OSError:
        return []


def in_use(library: Library) -> tuple[Card | None, str]:
    """The card of the model in use; where there is one and it cannot be used, None and why. Changes no file."""
    name = _used(library)
    if not name:
        return None, ""
    try:
        return _read(library.paths, name, {})[0], ""
    except Bad as bad:
        return None, f"The model in use, {name}, cannot be read: {bad}. Learn again, and another takes its place."


def current(library: Library) -> Card | None:
    """The card of the model in use; None where there is none that can be read."""
    return in_use(library)[0]


def load(library: Library) -> tuple[tuple[Card, Model] | None, list[str]]:
    """The model in use, or the newest before it that can be used; and sentences about files that cannot.

    What is damaged is set aside, but not in a library that is open read-only.
    """
    used = _used(library)
    return _newest(library, [name for name in names(library.paths) if name <= used])


def earlier(library: Library) -> int:
    """How many models one could go back to."""
    used = _used(library)
    return sum(name < used for name in names(library.paths))


def before(library: Library) -> tuple[tuple[Card, Model] | None, list[str]]:
    """As `load`: the newest model before the one in use."""
    used = _used(library)
    return _newest(library, [name for name in names(library.paths) if name < used])


def feature_names(k: int) -> list[str]:
    """Of k directions of the embedding and the named figures."""
    return [*(f"look_{place + 1}" for place in range(k)), *(named.name for named in NAMED)]


def _used(library: Library) -> str:
    """The name of the model in use, "" for none; it sorts before every name."""
    with library.db.read() as connection:
        return state.read(connection).model


def _newest(library: Library, among: list[str]) -> tuple[tuple[Card, Model] | None, list[str]]:
    notices: list[str] = []
    sizes = _sizes(library) if among else {}
    for name in reversed(among):
        try:
            return _read(library.paths, name, sizes), notices
        except Bad as bad:
            told = "cannot be used"
            if bad.damaged and not library.read_only:
                told = "was set aside"
                _set_aside(library.paths, name)
            notices.append(f"The model {name} {told}: {bad}. An earlier one is used, or train one: pickwise train.")
    return None, notices


def _sizes(library: Library) -> dict[str, int]:
    """Numbers in a vector of each network that is known here, by its key."""
    from engine.vision import embedders

    try:
        return {embedder.key: embedder.size for embedder in embedders.registered(library.settings.vision).values()}
    except BadCheckpoint:
        return {embedders.LITE0.key: embedders.LITE0.size}


class _Version(msgspec.Struct, frozen=True):
    version: int


def _read(paths: LibraryPaths, name: str, sizes: dict[str, int]) -> tuple[Card, Model]:
    """Raises Bad."""
    told = _bytes(paths.models / f"{name}.json")
    try:
        version = msgspec.json.decode(told, type=_Version).version
        if version > VERSION:
            raise Bad("a newer Pickwise wrote it", damaged=False)
        card = msgspec.json.decode(told, type=Card)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise Bad("its card is damaged") from None
    data = _bytes(paths.models / f"{name}.npz")
    if card.name != name or card.version != VERSION or hashlib.sha256(data).hexdigest() != card.digest:
        raise Bad("its card is another's, or of another version")
    arrays = packed.unpack(data)
    model = packed.build(
        arrays, packed.Told(card.embedder, card.vectors, Honesty(card.slope, card.doubt, card.lapse)), sizes
    )
    _agree(card, model)
    return card, model


def _agree(card: Card, model: Model) -> None:
    """The card says what the arrays are, in words known here. Raises Bad."""
    if card.features != feature_names(model.basis.axes.shape[1]) or (card.kind == "mlp") != bool(model.hidden.size):
        raise Bad("it weighs other features than this version knows")
    if not set(card.weights) <= {LOOK.name, *(named.name for named in NAMED)}:
        raise Bad("its card is damaged")


def _bytes(file: Path) -> bytes:
    most = _LARGEST[file.suffix]
    try:
        with file.open("rb") as opened:
            data = opened.read(most + 1)
    except OSError as error:  # a disk that is away, or too many open files: the model may be whole
        raise Bad(f"{file.name} cannot be read ({error.strerror or error})", damaged=False) from None
    if len(data) > most:
        raise Bad(f"{file.name} is far too large")
    return data


def _write(file: Path, data: bytes) -> None:
    aside = file.with_name(f".{file.name}.part")
    aside.write_bytes(data)
    aside.replace(file)


def _remove(paths: LibraryPaths, name: str) -> None:
    for suffix in _LARGEST:
        for file in (f"{name}{suffix}", f".{name}{suffix}.part"):
            with contextlib.suppress(OSError):
                (paths.models / file).unlink(missing_ok=True)


def _set_aside(paths: LibraryPaths, name: str) -> None:
    mark = f".damaged-{time.time_ns()}"
    with contextlib.suppress(OSError):
        for suffix in _LARGEST:
            file = paths.models / f"{name}{suffix}"
            if file.exists():
                file.rename(file.with_name(file.name + mark))
