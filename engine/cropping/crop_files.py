"""`labels/crops/<image>.crop.json`: one file an answered image, its present answer, for other tools.

    {"version": 1, "image": PATH, "content_hash": HASH, "width": W, "height": H, "choice": "best", "needs_crop": true,
     "crop_box": {"x": 0, "y": 0, "w": 0, "h": 0} or null, "reason_tags": [], "time_ms": 0, "at": TIME,
     "proposed": [[x1, y1, x2, y2]], "by": "pickwise"}

`<image>` is the image's name without its ending; where another image's file has that name already, a few digits of the
path follow it. A file that Pickwise did not write is left alone.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import apsw
import msgspec

from engine.cropping import rows
from engine.cropping.model import Box
from engine.library import history
from engine.library.journal import Box as Placed
from engine.library.journal import Record
from engine.library.store import Library
from engine.library.text import shortened, to_path

BY = "pickwise"
_SUFFIX = ".crop.json"
_LONGEST_NAME = 180  # bytes of the image's name that are kept: file systems end at 255
_LARGEST = 1 << 20  # bytes


class CropFile(msgspec.Struct, frozen=True):
    """See the module."""

    version: int
    image: str
    content_hash: str
    width: int
    height: int
    choice: str
    needs_crop: bool
    crop_box: Placed | None
    reason_tags: list[str]
    time_ms: int
    at: str
    proposed: list[Box]
    by: str = BY


class _Owner(msgspec.Struct):
    image: str = ""
    by: str = ""


def write(library: Library, record: Record) -> None:
    """Write, or take away, the file of the image that a decision about crops was about. Raises OSError."""
    with library.db.read() as connection:
        images = dict(zip(record.images, history.image_ids(connection, record), strict=True))
        about = [record.winner] if record.winner else of_batch(record) if record.batch else record.images
        for path in about:
            image = images.get(path)
            if image is not None:
                _write(connection, library.paths.crops, image, path)


def of_batch(record: Record) -> list[str]:
    """The images that a batch cropped; a journal may name images that there are not."""
    places = [part.winner for part in record.batch or [] if part.box is not None]
    return [record.images[place] for place in places if 0 <= place < len(record.images)]


def write_all(library: Library) -> None:
    """Make the folder say what the library says. Raises OSError."""
    folder, said = library.paths.crops, set[Path]()
    with library.db.read() as connection:
        answered = [image for (image,) in connection.execute("SELECT image_id FROM crop_answers ORDER BY at, image_id")]
        for image in answered:
            said |= _write(connection, folder, image, "")
    for file in folder.glob(f"*{_SUFFIX}") if folder.is_dir() else ():
        if file not in said and (owner := _owner(file)) is not None and owner.by == BY:
            file.unlink(missing_ok=True)


def _write(connection: apsw.Connection, folder: Path, image: int, once: str) -> set[Path]:
    """The file of one image as its answer is now; `once` is a path that it had. Answers with the file that stands."""
    picture = rows.pictures(connection, [image])[0]
    answer = rows.answer(connection, image)
    for path in {picture.path, once} - {""} if answer is None else {once} - {"", picture.path}:
        _take_away(folder, path)
    if answer is None:
        return set()
    box = answer.box
    value = CropFile(
        version=1, image=picture.path, content_hash=picture.content, width=picture.width, height=picture.height,
        choice=answer.choice, needs_crop=box is not None,
        crop_box=Placed(box[0], box[1], box[2] - box[0], box[3] - box[1]) if box else None,
        reason_tags=answer.tags, time_ms=answer.how.time_ms, at=answer.at, proposed=answer.how.proposed,
    )  # fmt: skip
    file = _place(folder, picture.path)
    _put(file, msgspec.json.encode(value) + b"\n")
    return {file}


def _names(path: str) -> tuple[str, str]:
    stem = shortened(to_path(path).stem, _LONGEST_NAME)
    mark = hashlib.blake2b(path.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
    return f"{stem}{_SUFFIX}", f"{stem}.{mark}{_SUFFIX}"


def _place(folder: Path, path: str) -> Path:
    """The file of the image at `path`: the plain name where it is free or of this image."""
    plain, marked = (folder / name for name in _names(path))
    owner = _owner(plain)
    return plain if not marked.exists() and (owner is None or (owner.by == BY and owner.image == path)) else marked


def _take_away(folder: Path, path: str) -> None:
    for name in _names(path):
        owner = _owner(folder / name)
        if owner is not None and owner.by == BY and owner.image == path:
            (folder / name).unlink(missing_ok=True)


def _owner(file: Path) -> _Owner | None:
    """Whose a file is; None where there is none."""
    try:
        with file.open("rb") as stream:
            return msgspec.json.decode(stream.read(_LARGEST), type=_Owner)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _Owner()


def _put(file: Path, data: bytes) -> None:
    from engine.intake.thumbs import write_atomic

    if not file.is_file() or file.read_bytes() != data:
        write_atomic(file, data)
