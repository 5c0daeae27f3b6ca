"""Fetch a model's weights from its pinned address, only when a person asks.

To a part file first, which takes the model's name once size and sha256 are right: a fetch cut short leaves no model.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import urllib.request
from collections.abc import Callable, Iterator
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import IO, Protocol

from filelock import FileLock, Timeout

from engine.errors import WeightsFailed
from engine.library.text import to_text
from engine.progress import Progress
from engine.vision import weights
from engine.vision.manifest import Weights

SECONDS = 30.0  # without a byte
KB = 1024
_BY_HAND = "Try again, or put the file {file} into {folder} yourself."


class Answer(Protocol):
    """What an opener gives: bytes, and headers where it has them."""

    def read(self, size: int, /) -> bytes: ...

    def close(self) -> None: ...


Opener = Callable[[str], Answer]


def fetch(name: str, progress: Progress, *, opener: Opener | None = None) -> Path:
    """Bring the weights of this model into the user's data folder, unless the right file is here already.

    Args:
        name: as in the manifest.
        progress: stepped in kB; a cancel leaves nothing behind.
        opener: opens an address; the default speaks HTTPS only.

    Raises:
        NotFound: the manifest does not know the model.
        WeightsFailed: it could not be fetched, is not the right file, or could not be kept.
        Cancelled: as asked.
    """
    wanted = weights.known(name)
    here = weights.find(name)
    if here is not None:
        return here
    folder = weights.own_folder()
    part = folder / f"{wanted.file}.part"
    with _alone(folder, wanted):
        try:
            _load(wanted, part, progress, opener or over_https)
            part.replace(folder / wanted.file)
        except OSError as error:
            raise WeightsFailed(
                f"{to_text(folder / wanted.file)} cannot be written: {error.strerror or error}.", "Free the folder."
            ) from None
        finally:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
    return folder / wanted.file


def over_https(address: str) -> Answer:
    """Open an address; follows redirects to https only. Raises OSError where that fails."""
    opener = urllib.request.build_opener(_HttpsOnly)
    request = urllib.request.Request(address, headers={"User-Agent": "pickwise"})  # noqa: S310 - https by the manifest
    answer: Answer = opener.open(request, timeout=SECONDS)
    return answer


class _HttpsOnly(urllib.request.HTTPRedirectHandler):
    """Refuses to be sent to an address that anybody on the way could change."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> urllib.request.Request | None:
        if not newurl.lower().startswith("https://"):
            raise OSError("the server points to an address that is not https")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


@contextlib.contextmanager
def _alone(folder: Path, wanted: Weights) -> Iterator[None]:
    """Have the folder, room for the file, and nobody else fetching it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free
        lock = FileLock(folder / f".{wanted.file}.lock", timeout=0)
        lock.acquire()
    except Timeout:
        raise WeightsFailed(f"Another Pickwise is fetching {wanted.name} now.", "Wait for it.") from None
    except OSError as error:
        raise WeightsFailed(
            f"The folder {to_text(folder)} cannot be written: {error.strerror or error}.", "Free the folder."
        ) from None
    try:
        if free < wanted.size:
            raise WeightsFailed(
                f"{wanted.name} takes {wanted.size / 1e6:.0f} MB and {free / 1e6:.0f} MB are free.", "Make room first."
            )
        yield
    finally:
        lock.release()


def _load(wanted: Weights, part: Path, progress: Progress, opener: Opener) -> None:
    """Write the file to `part`, whole and checked. Raises OSError where writing fails."""
    progress.phase("fetch", max(1, wanted.size // KB))
    digest, done = hashlib.sha256(), 0
    part.unlink(missing_ok=True)  # of a fetch that was killed
    with part.open("xb") as file:
        for piece in _pieces(wanted, opener):
            done += len(piece)
            if done > wanted.size:
                raise _other(wanted, f"is larger than the {wanted.size} bytes it must have")
            digest.update(piece)
            file.write(piece)
            progress.step(done // KB, wanted.name)
        file.flush()
        os.fsync(file.fileno())
    if done != wanted.size:
        raise _other(wanted, f"ended after {done} of {wanted.size} bytes")
    if digest.hexdigest() != wanted.sha256:
        raise _other(wanted, "is not the file it must be (its sha256 differs)")


def _pieces(wanted: Weights, opener: Opener) -> Iterator[bytes]:
    """The bytes as they come; what goes wrong on the way is said in a sentence."""
    try:
        answer = opener(wanted.address)
    except (OSError, HTTPException, ValueError) as error:
        raise _failed(wanted, error) from None
    with contextlib.closing(answer):
        while True:
            try:
                piece = answer.read(weights.PART)
            except (OSError, HTTPException, ValueError) as error:
                raise _failed(wanted, error) from None
            if not piece:
                return
            yield piece


def _failed(wanted: Weights, error: Exception) -> WeightsFailed:
    reason = getattr(error, "reason", None) or error
    return WeightsFailed(f"{wanted.name} could not be fetched from {wanted.address}: {reason}.", _by_hand(wanted))


def _other(wanted: Weights, what: str) -> WeightsFailed:
    return WeightsFailed(f"What {wanted.address} gives {what}; it was not kept.", _by_hand(wanted))


def _by_hand(wanted: Weights) -> str:
    return _BY_HAND.format(file=wanted.file, folder=to_text(weights.own_folder()))
