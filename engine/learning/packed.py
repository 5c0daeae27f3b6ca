"""What a ranker weighs, as a .npz: plain arrays of fixed names, believed only where they make a model.

Arrays are read without pickle, sizes are checked before room is made, and every number has to lie where a fit could
have left it: far beyond that a later fit, or what is said of an image, would overflow.
"""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.learning.basis import DIRECTIONS, Basis
from engine.learning.bayes import Honesty
from engine.learning.figures import NAMED
from engine.learning.predict import Model

Arrays = dict[str, npt.NDArray[np.float64]]

LARGEST = 8_000_000  # bytes
_HIDDEN = 64  # units of a hidden layer at the most
_HEADER = re.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '<f8', 'fortran_order': False, 'shape': \(([\d, ]*)\), \} *\n", re.DOTALL
)
# The largest size of a number of each array; directions are orthonormal, weights are of standardised features.
_FARTHEST = {
    "centre": 1e5, "axes": 10.0, "unit": 1e5, "middle": 1e12, "factor": 1e10, "hidden": 1e4, "mean": 1e3,
    "covariance": 1e6,
}  # fmt: skip
_LEAST_UNIT = 1e-7
_NO_SENSE = "its numbers make no sense"


class Bad(Exception):
    """Why a file is no model; `damaged` is False where it may be a good one that cannot be used here and now."""

    def __init__(self, why: str, *, damaged: bool = True) -> None:
        super().__init__(why)
        self.damaged = damaged


class Told(NamedTuple):
    """What the card says of the arrays."""

    embedder: str
    vectors: int
    honesty: Honesty


def pack(model: Model) -> bytes:
    """A model as a .npz; `unpack` and `build` read it."""
    basis = model.basis
    values = (
        basis.centre, basis.axes, basis.unit, basis.middle, basis.factor, model.hidden, model.mean, model.covariance,
    )  # fmt: skip
    packed = io.BytesIO()
    arrays: dict[str, Any] = {
        name: np.ascontiguousarray(value, "<f8") for name, value in zip(_FARTHEST, values, strict=True)
    }
    np.savez(packed, **arrays)
    return packed.getvalue()


def unpack(data: bytes) -> Arrays:
    """The arrays of a .npz. Sizes are checked before room is made for what a header promises. Raises Bad."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sorted(packed.namelist()) != sorted(f"{name}.npy" for name in _FARTHEST):
                raise Bad("it does not hold what a model holds")
            if sum(entry.file_size for entry in packed.infolist()) > LARGEST:
                raise Bad("it is far too large")
            if any(entry.compress_type != zipfile.ZIP_STORED for entry in packed.infolist()):
                raise Bad("its weights are compressed, which a model's never are")
            return {name: _array(packed.read(f"{name}.npy")) for name in _FARTHEST}
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError):
        raise Bad("its weights are damaged") from None


def build(arrays: Arrays, told: Told, sizes: Mapping[str, int]) -> Model:
    """The model that these arrays are.

    Args:
        sizes: numbers in a vector of each network that is known here, by its key.

    Raises:
        Bad: they are none.
    """
    axes, hidden = arrays["axes"], arrays["hidden"]
    if axes.ndim != 2 or hidden.ndim != 2 or axes.shape[1] > DIRECTIONS or hidden.shape[1] > _HIDDEN:
        raise Bad("its weights have the wrong shape")
    k, named = axes.shape[1], len(NAMED)
    d = k + named + hidden.shape[1]
    wanted = {
        "centre": (axes.shape[0],), "unit": (k,), "middle": (named,), "factor": (named,), "mean": (d,),
        "covariance": (d, d),
    }  # fmt: skip
    tall = k + named + 1 if hidden.shape[1] else 0
    if any(arrays[name].shape != shape for name, shape in wanted.items()) or hidden.shape[0] != tall:
        raise Bad("its weights have the wrong shape")
    if k and axes.shape[0] != sizes.get(told.embedder, axes.shape[0]):
        raise Bad("its directions are of another network's vectors")
    _sane(arrays)
    basis = Basis(
        told.embedder if k else "", told.vectors, arrays["centre"], axes, arrays["unit"], arrays["middle"],
        arrays["factor"],
    )  # fmt: skip
    return Model(basis, hidden, arrays["mean"], arrays["covariance"], told.honesty)


def _sane(arrays: Arrays) -> None:
    """Every number within reach, and a covariance that is one. Raises Bad."""
    for name, value in arrays.items():
        if not (np.abs(value) <= _FARTHEST[name]).all():  # NaN is not
            raise Bad(_NO_SENSE)
    if (arrays["unit"] < _LEAST_UNIT).any() or (arrays["factor"] < 0).any():
        raise Bad(_NO_SENSE)
    covariance = arrays["covariance"]
    most = float(np.abs(covariance).max(initial=0.0))
    try:
        least = float(np.linalg.eigvalsh(covariance).min(initial=0.0))
    except np.linalg.LinAlgError:
        raise Bad(_NO_SENSE) from None
    if least < -1e-9 * most or not np.allclose(covariance, covariance.T, rtol=1e-6, atol=1e-9 * most):
        raise Bad(_NO_SENSE)


def _array(data: bytes) -> npt.NDArray[np.float64]:
    header = _HEADER.match(data)
    if header is None:
        raise Bad("its weights are not plain numbers")
    shape = [int(side) for side in header[1].decode().split(",") if side.strip()]
    if len(data) - header.end() != 8 * math.prod(shape):
        raise Bad("its weights are cut short or too long")
    return np.asarray(np.load(io.BytesIO(data), allow_pickle=False), np.float64)
