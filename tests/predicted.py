"""Predictions as training leaves them, of a model that was never trained."""

from __future__ import annotations

from collections.abc import Iterable

import apsw

from engine.learning import state
from engine.library.store import Library

MODEL = "ranker-20251112T101112000000Z"


def say(library: Library, model: str, means: Iterable[float]) -> None:
    """Image 1 has the first of these means, and so on; "" for no model."""
    lines = [(image, mean, 0.2) for image, mean in enumerate(means, 1)]

    def write(connection: apsw.Connection) -> None:
        connection.execute("DELETE FROM predictions")
        connection.executemany("INSERT INTO predictions VALUES (?, ?, ?)", lines)
        state.write(connection, state.State(model=model, why="" if model else "Not enough yet."))

    library.write(write)
