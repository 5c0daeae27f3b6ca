"""What a model would have said, put into a library by hand: for tests of how it is shown, asked and measured."""

from __future__ import annotations

from typing import Any

import apsw
import msgspec

from engine.learning import state
from engine.library.store import Library

REASONS = [
    {"name": "sharpness", "text": "sharper", "weight": 0.9},
    {"name": "subject", "text": "larger subject", "weight": 0.4},
    {"name": "anomalies", "text": "a hand in doubt", "weight": -0.2},
]


def key_of(library: Library, image: int) -> str:
    """The group an image is in."""
    with library.db.read() as connection:
        sql = "SELECT key FROM groups JOIN members ON group_id = id WHERE image_id = ?"
        return str(connection.execute(sql, (image,)).get)


def say(
    library: Library, image: int, confidence: float = 0.87, *, information: float = 0.1, checked: bool = False,
    differs: bool = False, model: str = "bayes-1",
) -> str:  # fmt: skip
    """Recommend this image of its group; answers with the group's key."""
    key = key_of(library, image)
    row = (key, image, confidence, information, differs, checked, msgspec.json.encode(REASONS), model)
    library.write(lambda c: c.execute("INSERT OR REPLACE INTO recommended VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row))
    return key


def experienced(library: Library) -> None:
    """Say that the model learned from many decisions, and well: before that, chance decides what is asked."""
    library.write(lambda c: state.write(c, state.State(model="bayes-1", decisions=1000, accuracy=0.9)))


def at_rest(connection: apsw.Connection, told: state.State) -> state.State:
    """As a run leaves it that has just ended, so that none begins by itself."""
    return msgspec.structs.replace(
        told, last=state.last(connection), decisions=state.count(connection), formed=state.formed(connection)
    )


def agreements(library: Library) -> list[tuple[Any, ...]]:
    """subject, agreed, confidence, checked, model: in the order of the decisions."""
    with library.db.read() as connection:
        return list(
            connection.execute(
                "SELECT subject, agreed, round(confidence, 3), checked, model FROM agreements ORDER BY at, decision"
            )
        )
