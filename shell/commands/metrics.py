"""`metrics` and `promote`: how good the recommendations are, and deciding in bulk where that allows it."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from engine.errors import WrongUse
from engine.learning import metrics as readouts
from engine.learning.promote import Kind, promote
from shell.commands import common

PROMOTE = ("kind", "gate", "missing", "ready", "decided", "checks", "batch")


def metrics(library: Path | None, *, as_json: bool) -> None:
    with common.opened(common.find(library), write=False) as opened, opened.db.read() as connection:
        found = readouts.metrics(connection, opened.settings)
    if as_json:
        common.answer(found)
    else:
        common.table(_rows(found), "Metrics")


def _rows(found: readouts.Metrics) -> list[tuple[str, str]]:
    actions, saved = found.actions_per_image, found.time_saved_per_100_s
    gates = [(f"gate {kind}", _gate(gate)) for kind, gate in found.gates.items()]
    return [
        ("winners agreed", _rate(found.agreement)),
        ("crops accepted", _rate(found.crop_accept)),
        ("something wrong left", _rate(found.residual_anomaly)),
        ("actions an image", "not known" if actions is None else f"{actions:.1f}"),
        ("saved per 100 images", "not known" if saved is None else f"{saved:.0f} s"),
        *gates,
    ]


def _gate(gate: readouts.GateState) -> str:
    state = "open" if gate.open else "shut"
    return f"{state}: {gate.lower95:.1%} of {gate.target:.1%} after {gate.n:,} random checks"


def _rate(rate: readouts.Rate) -> str:
    if rate.rate is None:
        return "no random check yet"
    return f"{rate.rate:.1%} of {rate.n:,} random check{'s' * (rate.n != 1)}"


def promote_all(library: Path | None, kind: str, *, as_json: bool, apply: bool) -> None:
    if kind not in ("winner", "crop"):
        raise WrongUse(f"There is nothing of the kind {kind} to decide.", "winner or crop.")
    with common.opened(common.find(library), write=apply) as opened, common.progress() as progress:
        done = promote(opened, cast("Kind", kind), progress, apply=apply)
    if as_json:
        common.answer({name: getattr(done, name) for name in PROMOTE})
    else:
        common.say(done.sentence() if apply or not done.gate else f"{done.sentence()} Decide them: --apply.")
