"""Rankers on disk: LIBRARY/models/ranker-TIME.json, a card that says what one is, and beside it a .npz, what it weighs.

The card is written last and names the other's digest, so a pair from two runs is not taken for one. Earlier ones are
kept; a fact of the library names the one in use. Nothing read here is believed before it is checked, and nothing a file
says is ever run: arrays are read without pickle, and only of the shapes that the card's features ask for.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import io
import math
import re
import time
import zipfile
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import apsw
import msgspec
import numpy as np
import numpy.typing as npt

from engine.errors import LibraryError, NotFound
from engine.learning.basis import DIRECTIONS, Basis
from engine.learning.bayes import Honesty
from engine.learning.figures import NAMED
from engine.learning.predict import Model
from engine.library.paths import LibraryPaths
from engine.library.store import Library, set_fact
from engine.library.text import to_text

VERSION = 1
KEPT = 20  # models; older ones are removed
_FACT = "ranker"
_NAME = re.compile(r"ranker-\d{8}T\d{12}Z", re.ASCII)
_LARGEST = {".json": 1_000_000, ".npz": 8_000_000}  # bytes of a file that is read
_ARRAYS = ("centre", "axes", "unit", "middle", "factor", "hidden", "mean", "covariance")
_HEADER = re.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '<f8', 'fortran_order': False, 'shape': \(([\d, ]*)\), \} *\n", re.DOTALL
)
_Count = Annotated[int, msgspec.Meta(ge=0)]
_Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Bin(msgspec.Struct, frozen=True, array_like=True):
    """Held-out pairs of about one chance: what was said, how often it came true, how many."""

    said: _Share
    true: _Share
    n: _Count


class Metrics(msgspec.Struct, frozen=True):
    """On families held out: of pairs, of choices (`top1`), and of what the model in use then said of picks since."""

    accuracy: _Share | None = None
    loss: float | None = None
    top1: _Share | None = None
    calibration_error: _Share | None = None
    bins: list[Bin] = []


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

    name: str
    at: str
    version: int
    kind: Literal["bayes", "mlp"]
    embedder: str
    features: list[str]
    pairs: _Count
    choices: _Count
    families: _Count
    images: _Count
    vectors: _Count
    sources: dict[str, int]
    since: str
    until: str
    strength: float
    tilt: float
    strictness: float
    window: int | None
    slope: float
    doubt: float
    lapse: _Share
    weights: dict[str, float]
    metrics: Metrics
    recommended: _Count
    agreed: _Count
    digest: str
    versions: dict[str, str]


def new_name() -> str:
    """Of a model fitted now; names sort by time."""
    return dt.datetime.now(dt.UTC).strftime("ranker-%Y%m%dT%H%M%S%fZ")


def save(library: Library, card: Card, model: Model) -> Card:
    """Write a model, not yet in use (`use`), and remove the oldest beyond KEPT; answers with the card.

    Raises LibraryError.
    """
    packed = io.BytesIO()
    arrays: dict[str, Any] = {name: np.ascontiguousarray(value, "<f8") for name, value in _named(model).items()}
    np.savez(packed, **arrays)
    card = msgspec.structs.replace(card, digest=hashlib.sha256(packed.getvalue()).hexdigest())
    folder = library.paths.models
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / f"{card.name}.npz", packed.getvalue())
        _write(folder / f"{card.name}.json", msgspec.json.format(msgspec.json.encode(card)))
    except OSError as error:
        raise LibraryError(
            f"The model could not be written: {error.strerror or error}.",
            f"Check the disk that holds {to_text(folder)}.",
        ) from None
    for name in names(library.paths)[:-KEPT]:
        for suffix in _LARGEST:
            with contextlib.suppress(OSError):
                (folder / f"{name}{suffix}").unlink(missing_ok=True)
    return card


def names(paths: LibraryPaths) -> list[str]:
    """The models there are, oldest first."""
    try:
        return sorted(file.stem for file in paths.models.glob("ranker-*.json") if _NAME.fullmatch(file.stem))
    except OSError:
        return []


def current(library: Library) -> Card | None:
    """The card of the model in use; None where there is none that can be used."""
    found = load(library)[0]
    return found[0] if found else None


def load(library: Library) -> tuple[tuple[Card, Model] | None, list[str]]:
    """The model in use, or the newest before it that can be used; and sentences about files that were set aside."""
    notices: list[str] = []
    used = library.fact(_FACT) or ""
    for name in reversed(names(library.paths)):
        if used and name > used:
            continue
        try:
            return _read(library.paths, name), notices
        except _Bad as bad:
            notices.append(_set_aside(library.paths, name, str(bad)))
    return None, notices


def earlier(library: Library) -> int:
    """How many models one could go back to."""
    used = library.fact(_FACT) or "~"
    return max(0, sum(name <= used for name in names(library.paths)) - 1)


def revert(library: Library) -> Card:
    """Use the model before the one in use; answers with its card. Raises NotFound, LibraryHeld."""
    library.need_write()
    now = current(library)
    for name in reversed(names(library.paths)):
        if now is not None and name < now.name:
            try:
                card, _ = _read(library.paths, name)
            except _Bad as bad:
                _set_aside(library.paths, name, str(bad))
                continue
            library.write(partial(use, name))
            return card
    raise NotFound("There is no earlier model to go back to.", "Train one: pickwise train.")


def use(name: str, connection: apsw.Connection) -> None:
    """This model is the one in use from now on."""
    set_fact(connection, _FACT, name)


class _Bad(Exception):
    """Why a file is no model."""


def _named(model: Model) -> dict[str, npt.NDArray[np.float64]]:
    basis = model.basis
    values = (
        basis.centre, basis.axes, basis.unit, basis.middle, basis.factor, model.hidden, model.mean, model.covariance,
    )  # fmt: skip
    return dict(zip(_ARRAYS, values, strict=True))


def _read(paths: LibraryPaths, name: str) -> tuple[Card, Model]:
    try:
        card = msgspec.json.decode(_bytes(paths.models / f"{name}.json"), type=Card)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise _Bad("its card is damaged") from None
    data = _bytes(paths.models / f"{name}.npz")
    if card.name != name or card.version != VERSION or hashlib.sha256(data).hexdigest() != card.digest:
        raise _Bad("its card is another's, or of another version")
    arrays = _unpacked(data)
    numbers = [card.strength, card.tilt, card.strictness, card.slope, card.doubt, *card.weights.values()]
    if (
        not all(map(math.isfinite, numbers))
        or card.slope <= 0
        or not 0 <= card.doubt <= 1
        or (card.window is not None and card.window < 1)
    ):
        raise _Bad("its numbers make no sense")
    model = _model(card, arrays)
    return card, model


def _model(card: Card, arrays: dict[str, npt.NDArray[np.float64]]) -> Model:
    axes, hidden = arrays["axes"], arrays["hidden"]
    if axes.ndim != 2 or hidden.ndim != 2 or axes.shape[1] > DIRECTIONS:
        raise _Bad("its weights have the wrong shape")
    k, named = axes.shape[1], len(NAMED)
    d = k + named + hidden.shape[1]
    wanted = {
        "centre": (axes.shape[0],), "unit": (k,), "middle": (named,), "factor": (named,), "mean": (d,),
        "covariance": (d, d),
    }  # fmt: skip
    if any(arrays[name].shape != shape for name, shape in wanted.items()) or hidden.shape[0] not in (0, k + named + 1):
        raise _Bad("its weights have the wrong shape")
    if card.features != feature_names(k) or (card.kind == "mlp") != bool(hidden.size):
        raise _Bad("it weighs other features than this version knows")
    if not all(bool(np.isfinite(value).all()) for value in arrays.values()) or bool((arrays["unit"] <= 0).any()):
        raise _Bad("its numbers make no sense")
    embedder = card.embedder if k else ""
    basis = Basis(embedder, card.vectors, *(arrays[name] for name in ("centre", "axes", "unit", "middle", "factor")))
    return Model(basis, hidden, arrays["mean"], arrays["covariance"], Honesty(card.slope, card.doubt, card.lapse))


def feature_names(k: int) -> list[str]:
    """Of k directions of the embedding and the named figures."""
    return [*(f"look_{place + 1}" for place in range(k)), *(named.name for named in NAMED)]


def _bytes(file: Path) -> bytes:
    most = _LARGEST[file.suffix]
    try:
        with file.open("rb") as opened:
            data = opened.read(most + 1)
    except OSError as error:
        raise _Bad(f"{file.name} cannot be read ({error.strerror or error})") from None
    if len(data) > most:
        raise _Bad(f"{file.name} is far too large")
    return data


def _unpacked(data: bytes) -> dict[str, npt.NDArray[np.float64]]:
    """The arrays of a .npz. Sizes are checked before room is made for what a header promises."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sorted(packed.namelist()) != sorted(f"{name}.npy" for name in _ARRAYS):
                raise _Bad("it does not hold what a model holds")
            if sum(entry.file_size for entry in packed.infolist()) > _LARGEST[".npz"]:
                raise _Bad("it is far too large")
            return {name: _array(packed.read(f"{name}.npy")) for name in _ARRAYS}
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError):
        raise _Bad("its weights are damaged") from None


def _array(data: bytes) -> npt.NDArray[np.float64]:
    header = _HEADER.match(data)
    if header is None:
        raise _Bad("its weights are not plain numbers")
    shape = [int(side) for side in header[1].decode().split(",") if side.strip()]
    if len(data) - header.end() != 8 * math.prod(shape):
        raise _Bad("its weights are cut short or too long")
    return np.asarray(np.load(io.BytesIO(data), allow_pickle=False), np.float64)


def _write(file: Path, data: bytes) -> None:
    aside = file.with_name(f".{file.name}.part")
    aside.write_bytes(data)
    aside.replace(file)


def _set_aside(paths: LibraryPaths, name: str, why: str) -> str:
    mark = f".damaged-{time.time_ns()}"
    with contextlib.suppress(OSError):
        for suffix in _LARGEST:
            file = paths.models / f"{name}{suffix}"
            if file.exists():
                file.rename(file.with_name(file.name + mark))
    return f"The model {name} was set aside: {why}. An earlier one is used, or train one: pickwise train."
