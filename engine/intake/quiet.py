"""Keep C libraries from writing to the terminal: libtiff and others report every oddity of a file on file descriptor 2.

What another thread writes meanwhile is lost too, so this is for worker processes and for single decodes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock

_STDERR = 2
_one_at_a_time = RLock()


@contextmanager
def quiet() -> Iterator[None]:
    """Nothing inside reaches standard error; without one (a windowed program) it does nothing."""
    with _one_at_a_time:
        try:
            kept = os.dup(_STDERR)
        except OSError:
            yield
            return
        try:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, _STDERR)
            os.close(nowhere)
            yield
        finally:
            os.dup2(kept, _STDERR)
            os.close(kept)
