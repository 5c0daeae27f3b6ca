"""The gates: whether the record of random checks allows deciding in bulk, each for its own kind of decision.

A gate opens where its record passes its target (spec 4, section 8), closes by itself where the record falls, and can be
shut by the person whatever the record says. See `sequential` for the bounds and `records` for what counts. Crops are
accepted in bulk only while nothing wrong is left as well, as a crop is there to leave that out: their gate needs the
residual one, which has no decisions of its own.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import apsw

from engine.errors import WrongUse
from engine.learning import records
from engine.learning.sequential import Trust, trust
from engine.library.journal import Record
from engine.library.settings import Learning
from engine.library.store import Library, describe

Kind = Literal["winner", "crop", "residual"]
KINDS: tuple[Kind, ...] = ("winner", "crop", "residual")
SHUT = "shut by you"


class Gate(NamedTuple):
    """One gate; see `wire_learning.Gate`. `missing` is a clause, "" where it is open."""

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
    found = {kind: _alone(connection, settings, kind) for kind in KINDS}
    return [_needing(found[kind], found["residual"]) if kind == "crop" else found[kind] for kind in KINDS]


def gate(connection: apsw.Connection, settings: Learning, kind: Kind) -> Gate:
    found = _alone(connection, settings, kind)
    return _needing(found, _alone(connection, settings, "residual")) if kind == "crop" else found


def _alone(connection: apsw.Connection, settings: Learning, kind: Kind) -> Gate:
    """By its own record."""
    target = targets(settings)[kind]
    found = trust([good for _, good in records.record(connection, kind)], target)
    shut = connection.execute("SELECT 1 FROM shut_gates WHERE kind = ?", (kind,)).get is not None
    missing = SHUT if shut else _missing(kind, found, target, settings.random_share)
    return Gate(
        kind=kind, open=found.open and not shut, shut=shut, n=found.n, good=found.good, rate=found.rate,
        lower95=found.lower, target=target, missing=missing,
    )  # fmt: skip


def _needing(crop: Gate, residual: Gate) -> Gate:
    """Crops with the gate that they need beside their own."""
    if residual.open or crop.shut:
        return crop
    also = "that nothing wrong is left has to be sure too"
    if not crop.open:
        return crop._replace(missing=f"{crop.missing}, and {also}")
    what = "its gate is shut by you" if residual.shut else residual.missing
    return crop._replace(open=False, missing=f"{also}, and {what}")


def _missing(kind: Kind, found: Trust, target: float, share: float) -> str:
    needed = found.needed
    if not needed:
        return ""
    agrees, agree = ("finds nothing wrong", "find nothing wrong") if kind == "residual" else ("agrees", "agree")
    number = f"{needed:,}".replace(",", " ")
    said = f"1 more random check that {agrees}" if needed == 1 else f"{number} more random checks that all {agree}"
    why = ", as a record that is looked at after every check takes more to be sure" if found.lower >= target else ""
    return f"{said} would open it{why}" + ", but the settings draw none" * (share <= 0)


def shut(library: Library, kind: str, *, on: bool) -> str:
    """Keep a gate shut, or leave it to its record; answers with a label. Raises WrongUse, LibraryError."""
    if kind not in KINDS:
        raise WrongUse(f"There is no gate {kind}.")
    record = Record(ts="", set_id=kind, images=[], kind="gate", yes=on)
    label = describe(record)
    library.decide(record, label)
    return label
