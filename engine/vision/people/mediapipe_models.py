"""MediaPipe's models out of its own wheel, with its warnings kept from the log.

`mp.solutions` of 0.10.21 is the last that carries its models, so nothing is fetched. Read by worker processes only.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def quiet() -> Iterator[None]:
    """Without protobuf's word on a call that MediaPipe makes at each result, and without jax's and matplotlib's."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"SymbolDatabase\.GetPrototype")
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        yield


def solutions() -> Any:
    """`mediapipe.solutions`."""
    with quiet():
        import mediapipe

        return mediapipe.solutions
