"""Masks on disk: `sidecar/saliency/<content hash>.npy`, and beside each a `.json` that says what it is a mask of.

The `.npy` is a plain (h, w) array of little-endian float16, 0 to 1, in C order, that any NumPy reads. The `.json`:

    {"version": 1,
     "content": "<hash>",           the image's content hash, the name of both files
     "by": "u2net" | "contrast",    how it was made
     "width": W, "height": H,       of the original, after its EXIF orientation
     "scale": [W / w, H / h],       a place in the mask times this is its place in the original
     "share": 0.31,                 of the picture, the part that is subject (mask >= 0.5)
     "box": [x1, y1, x2, y2],       round the subject, pixels of the original, right and bottom exclusive; or null
     "digest": "<hash>"}            of the .npy's bytes: a pair from two runs is not taken for one

The `.json` is written last, so a mask counts only once it is whole. Nothing read here is believed before it is checked.
"""

from __future__ import annotations

import io
import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

import msgspec
import numpy as np
import numpy.typing as npt

from engine.errors import Unreadable, WrongUse
from engine.library import wholefile
from engine.vision.saliency.shape import SIDE, Subject, mask_shape, subject
from engine.vision.seen import Box

By = Literal["u2net", "contrast"]
Float32s = npt.NDArray[np.float32]

_HASH = re.compile(r"[0-9a-f]{16,128}", re.ASCII)
_LARGEST = 2 * SIDE * SIDE + 4096  # bytes of the largest mask with its header
_NOTE = 4096
_ANEW = "Delete it and run `pickwise vision` again: it is made anew."
_Side = Annotated[int, msgspec.Meta(ge=1, le=2**31)]
_KIND = np.dtype("<f2")
_HEADER = re.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '<f2', 'fortran_order': False, 'shape': \((\d{1,3}), (\d{1,3})\), \} *\n",
    re.DOTALL,
)


class Note(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The `.json`; see the module."""

    version: Literal[1]
    content: str
    by: By
    width: _Side
    height: _Side
    scale: tuple[float, float]
    share: Annotated[float, msgspec.Meta(ge=0, le=1)]
    box: Box | None
    digest: str


class Stored(msgspec.Struct, frozen=True):
    """A mask read back: (h, w) float32, 0 to 1, and what is known of it."""

    mask: Any
    note: Note

    @property
    def subject(self) -> Subject:
        return Subject(self.note.share, self.note.box)


def mask_file(folder: Path, content: str) -> Path:
    """The mask of this content in `sidecar/saliency`. Raises WrongUse where `content` is no hash."""
    if not _HASH.fullmatch(content):
        raise WrongUse("A mask is named by the content hash of its image.")
    return folder / f"{content}.npy"


def contents(folder: Path) -> set[str]:
    """The contents that have both files of a mask, by their names alone."""
    if not folder.is_dir():
        return set()
    with os.scandir(folder) as entries:
        names = {entry.name for entry in entries}
    return {name[:-4] for name in names if name.endswith(".npy") and f"{name[:-4]}.json" in names}


def save(folder: Path, content: str, mask: npt.NDArray[np.floating[Any]], *, width: int, height: int, by: By) -> Note:
    """Write the mask of an image of `width` x `height` pixels, replacing an older one; answers with what was noted.

    Raises:
        WrongUse: `content` is no hash.
        ValueError: the mask is not finite, 0 to 1, of the shape `mask_shape` allows for an image of those sides.
        OSError: the folder cannot be written.
    """
    file = mask_file(folder, content)
    if not _fits(mask.shape, width, height) or not bool(((mask >= 0) & (mask <= 1)).all()):
        raise ValueError("a mask is (h, w), 0 to 1, at most as large as its image and in its shape")
    packed = io.BytesIO()
    half = np.ascontiguousarray(mask, _KIND)
    np.save(packed, half, allow_pickle=False)
    seen = subject(half, width, height)
    scale = (width / mask.shape[1], height / mask.shape[0])
    note = Note(1, content, by, width, height, scale, seen.share, seen.box, _digest(packed.getvalue()))
    _write(file, packed.getvalue())
    _write(file.with_suffix(".json"), msgspec.json.encode(note))
    return note


def load(folder: Path, content: str) -> Stored | None:
    """The mask of this content; None where there is none, or only half of it.

    Raises:
        WrongUse: `content` is no hash.
        Unreadable: the files are not what `save` writes.
    """
    file = mask_file(folder, content)
    told = wholefile.read(file.with_suffix(".json"), _NOTE, _ANEW)
    data = wholefile.read(file, _LARGEST, _ANEW)
    if told is None or data is None:
        return None
    try:
        note = msgspec.json.decode(told, type=Note)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        _refuse(file.with_suffix(".json"), "is not the note of a mask")
    if note.content != content or note.digest != _digest(data):
        _refuse(file, "does not belong to the note beside it")
    return Stored(_mask(file, data, note), note)


def _mask(file: Path, data: bytes, note: Note) -> Float32s:
    """The array in these bytes. Its header must be the one that `save` writes: NumPy's reader would make room first
    for whatever a header promises, and parse whatever it says."""
    header = _HEADER.match(data)
    shape = (int(header[1]), int(header[2])) if header else (0, 0)
    if header is None or not _fits(shape, note.width, note.height):
        _refuse(file, "is not a float16 mask in the shape of its image")
    if len(data) - header.end() != 2 * shape[0] * shape[1]:
        _refuse(file, "is cut short or too long")
    try:
        half = np.load(io.BytesIO(data), allow_pickle=False)
    except ValueError:
        _refuse(file, "is not a NumPy array")
    if not bool(((half >= 0) & (half <= 1)).all()):  # not a number is neither
        _refuse(file, "holds values outside 0 to 1")
    return np.asarray(half, np.float32)


def _fits(shape: tuple[int, ...], width: int, height: int) -> bool:
    """Whether a mask of this shape is of such an image: worked out from a smaller copy, it may be off by a pixel."""
    if len(shape) != 2 or min(shape) < 1 or max(shape) > SIDE:
        return False
    whole = mask_shape(width, height)
    return all(abs(side - other) <= 1 for side, other in zip(shape, whole, strict=True))


def _digest(data: bytes) -> str:
    from blake3 import blake3

    return blake3(data).hexdigest(16)


def _refuse(file: Path, what: str) -> NoReturn:
    raise Unreadable(f"{file.name} {what}.", _ANEW) from None


def _write(file: Path, data: bytes) -> None:
    from engine.intake.thumbs import write_atomic

    write_atomic(file, data)
