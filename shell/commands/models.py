"""`models`: which weights are here, bring those that are not, check those that are."""

from __future__ import annotations

import sys

from engine.vision import weights
from engine.vision.weights import State
from shell.commands import common


def show(*, as_json: bool) -> None:
    _print(weights.states(), as_json=as_json)


def verify(*, as_json: bool) -> None:
    states = weights.states(again=True)
    _print(states, as_json=as_json)
    wrong = [state for state in states if state.present and not state.verified]
    for state in wrong:
        common.say(f"{common.plain(state.path)} is not {state.name}: its size or sha256 differs. It is never loaded.")
    if wrong:
        common.say(f"Remove it, or get the right one: pickwise models fetch {' '.join(s.name for s in wrong)}")
        sys.exit(1)


def fetch(names: list[str], *, as_json: bool) -> None:
    """Bring these, or all that are missing; those that are here are not fetched again.

    Raises:
        NotFound: there is no model of such a name; nothing was fetched.
        WeightsFailed: one could not be fetched; those before it are kept.
    """
    from engine.vision.fetch import fetch as bring

    known = {name: weights.known(name) for name in names}  # all names are right before anything is fetched
    missing = [s for s in weights.states() if not s.verified and (s.name in known or not names)]
    for state in missing:
        common.say(f"Fetching {state.name}, {_size(state)}, {state.licence}: {weights.known(state.name).address}")
        with common.progress() as progress:
            bring(state.name, progress)
    _print(weights.states(), as_json=as_json, fetched=[state.name for state in missing])


def line(state: State) -> str:
    """How a model stands, in words."""
    if state.in_use:
        return f"{state.path}, in use: {state.what_for}"
    if state.verified:
        return f"{state.path}, but what runs it is not installed; in its place: {state.without}"
    wrong = f"{state.path} is not the right file" if state.present else f"not here ({_size(state)})"
    return f"{wrong}; in its place: {state.without}"


def _size(state: State) -> str:
    return f"{state.size / 1e6:.1f} MB"


def _print(states: list[State], *, as_json: bool, fetched: list[str] | None = None) -> None:
    if as_json:
        common.answer({"models": states, **({} if fetched is None else {"fetched": fetched})})
    else:
        common.table([(state.name, line(state)) for state in states], "Models")
