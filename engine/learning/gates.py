"""The gates: whether the record of random checks allows deciding in bulk, each for its own kind of decision.

A gate opens where the 95 % lower bound of its record passes its target (spec 4, section 8), closes by itself where the
record falls, and can be shut by the person whatever the record says. See `sequential` for the bound and `records` for
what counts.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import apsw

from engine.errors import WrongUse
from engine.learning import records
from engine.learning.sequential import trust
from engine.library.journal import Record
from engine.library.settings import Learning
from engine.library.store import Library, describe

Kind = Literal["winner", "crop", "residual"]
KINDS: tuple[Kind, ...] = ("winner", "crop", "residual")
SHUT = "shut by you"


class Gate(NamedTuple):
    """One gate; see `wire_learning.Gate`."""

    kind: Kind
    open: bool
    shut: bool
    n: int
    good: int
    rate: float | None
    lower95: float
    target: float
    missing: str


def targets(settings: Learning) -> dict[Kind, float]:
    return {"winner": settings.target_winner, "crop": settings.target_crop, "residual": settings.target_residual}


def gates(connection: apsw.Connection, settings: Learning) -> list[Gate]:
    """All three, in the order of KINDS."""
    return [gate(connection, settings, kind) for kind in KINDS]


def gate(connection: apsw.Connection, settings: Learning, kind: Kind) -> Gate:
    target = targets(settings)[kind]
    checks = [good for _, good in records.record(connection, kind, settings.random_share)]
    found = trust(checks, target)
    shut = connection.execute("SELECT 1 FROM shut_gates WHERE kind = ?", (kind,)).get is not None
    return Gate(
        kind=kind, open=found.open and not shut, shut=shut, n=found.n, good=found.good, rate=found.rate,
        lower95=found.lower, target=target, missing=SHUT if shut else _missing(found.needed),
    )  # fmt: skip


def _missing(needed: int) -> str:
    if not needed:
        return ""
    if needed == 1:
        return "1 more random check that agrees"
    return f"{needed:,} more random checks that all agree".replace(",", " ")


def shut(library: Library, kind: str, *, on: bool) -> str:
    """Keep a gate shut, or leave it to its record; answers with a label. Raises WrongUse, LibraryError."""
    if kind not in KINDS:
        raise WrongUse(f"There is no gate {kind}.")
    record = Record(ts="", set_id=kind, images=[], kind="gate", yes=on)
    label = describe(record)
    library.decide(record, label)
    return label
