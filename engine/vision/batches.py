"""Work on many pictures in worker processes: batches out, answers in, committed as they come, cancelled at once.

A batch that its worker died on is given again one piece at a time, so that one picture loses only its own place.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Generic, TypeVar

from engine.intake import pool
from engine.progress import Progress

Piece = TypeVar("Piece")
Answer = TypeVar("Answer")
BATCH_SECONDS = 0.5  # what is finished is committed this often


def run(
    work: Callable[[tuple[Piece, ...]], Sequence[Answer]],
    pieces: Sequence[Piece],
    size: int,
    keep: Callable[[list[tuple[Piece, Answer]]], object],
    progress: Progress,
    *,
    workers: int = 0,
    prepare: Callable[[], object] | None = None,
    patience: float = pool.PATIENCE,
) -> list[tuple[Piece, str]]:
    """Do the work, `size` pieces at a time.

    Args:
        work: importable; answers a batch with one answer a piece, in order.
        pieces: small things that can be sent to a process.
        size: of a batch.
        keep: given what is finished, some at a time; also before an exception leaves.
        progress: stepped with the number of finished pieces.
        workers, prepare, patience: as in `engine.intake.pool`.

    Returns:
        The pieces whose worker died on them, alone and twice, each with what is known of why.

    Raises:
        Cancelled: what was finished is kept.
        WorkersFailed: workers end before they are ready.
    """
    batches = [tuple(pieces[i : i + size]) for i in range(0, len(pieces), size)]
    kept = _Kept(keep, progress)
    try:
        for alone in (False, True):
            died: list[tuple[tuple[Piece, ...], str]] = []
            with closing(pool.run(work, batches, workers, patience, prepare=prepare, beat=kept.beat)) as answers:
                for batch, answer in answers:
                    if isinstance(answer, pool.Died):
                        died.append((batch, answer.reason))
                    else:
                        kept.take(list(zip(batch, answer, strict=True)))
            if alone or size == 1 or not died:
                break
            batches = [(piece,) for batch, _ in died for piece in batch]
    finally:
        kept.flush()
    return [(piece, reason) for batch, reason in died for piece in batch]


def told(refused: Sequence[tuple[str, str]], what: str) -> list[str]:
    """A sentence about paths that were refused, each with its reason: the first in full. `what` they could not be."""
    if not refused:
        return []
    path, reason = refused[0]
    more = f" So it is with {len(refused) - 1} more." if len(refused) > 1 else ""
    return [f"{path} could not be {what}: {reason.rstrip('.')}.{more}"]


class _Kept(Generic[Piece, Answer]):
    """What is finished and not yet committed."""

    def __init__(self, keep: Callable[[list[tuple[Piece, Answer]]], object], progress: Progress) -> None:
        self._keep, self._progress = keep, progress
        self._rows: list[tuple[Piece, Answer]] = []
        self._done, self._last = 0, time.monotonic()

    def take(self, rows: list[tuple[Piece, Answer]]) -> None:
        self._rows += rows
        self._done += len(rows)
        self.beat()

    def beat(self) -> None:
        if time.monotonic() - self._last > BATCH_SECONDS:
            self.flush()
        self._progress.step(self._done)

    def flush(self) -> None:
        rows, self._rows = self._rows, []
        self._last = time.monotonic()
        if rows:
            self._keep(rows)
