"""The success readouts that scripts read: spec 4, section 8, and spec 3, section B5.

Rates are over the last 300 checks drawn by chance, and `lower95` is their exact 95 % lower bound (Clopper and Pearson).
Of `residual_anomaly` both are of the share of images in which something wrong is left; the gate `residual` goes by the
share in which nothing is. A gate takes more than a bound at its target to open, see `sequential`.
"""

from __future__ import annotations

import apsw
import msgspec

from engine.cropping import readouts
from engine.learning import gates
from engine.learning.gates import Gate
from engine.learning.sequential import lower_bound
from engine.library.settings import Settings


class Rate(msgspec.Struct, frozen=True):
    """`n` checks; `rate` None before the first."""

    n: int
    rate: float | None
    lower95: float


class GateState(msgspec.Struct, frozen=True):
    open: bool
    n: int
    lower95: float
    target: float


class Metrics(msgspec.Struct, frozen=True):
    """None where there is nothing to tell from; times in seconds."""

    agreement: Rate
    crop_accept: Rate
    residual_anomaly: Rate
    actions_per_image: float | None
    time_saved_per_100_s: float | None
    gates: dict[str, GateState]


def metrics(connection: apsw.Connection, settings: Settings) -> Metrics:
    found = {gate.kind: gate for gate in gates.gates(connection, settings.learning)}
    crops = readouts.read(connection)
    left = found["residual"]
    wrong = left.n - left.good
    return Metrics(
        agreement=_rate(found["winner"]), crop_accept=_rate(found["crop"]),
        residual_anomaly=Rate(left.n, wrong / left.n if left.n else None, lower_bound(wrong, left.n)),
        actions_per_image=crops.actions, time_saved_per_100_s=crops.seconds_saved,
        gates={kind: GateState(gate.open, gate.n, gate.lower95, gate.target) for kind, gate in found.items()},
    )  # fmt: skip


def _rate(gate: Gate) -> Rate:
    return Rate(gate.n, gate.rate, gate.lower95)
