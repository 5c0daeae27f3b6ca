"""Whatever is decided, undone and done again: the journal tells the same agreements, and a group is measured once."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

import rows
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.culling import decide
from engine.errors import NotFound, WrongUse
from engine.library.store import Library
from tests.advice import agreements, say

ACTS = st.one_of(
    st.tuples(st.sampled_from(["pick", "reject"]), st.integers(0, 2), st.integers(1, 3)),
    st.tuples(st.sampled_from(["reopen", "advise", "accept"]), st.integers(0, 2), st.integers(1, 3)),
    st.tuples(st.sampled_from(["undo", "undo", "redo"]), st.just(0), st.just(1)),
)


def act(library: Library, keys: list[str], what: str, group: int, nth: int) -> None:
    key, image = keys[group], 3 * group + nth
    if what == "pick":
        decide.pick(library, key, image)
    elif what == "reject":
        decide.reject(library, key, [image])
    elif what == "reopen":
        decide.reopen(library, key)
    elif what == "advise":
        say(library, image, 0.5 + nth / 10, checked=group == 0, model=f"bayes-{nth}")
    elif what == "accept":
        decide.accept_recommended(library, keys)
    elif what == "undo":
        library.undo()
    else:
        library.redo()


@settings(max_examples=40, deadline=None)
@given(st.lists(ACTS, max_size=14))
def test_the_journal_tells_the_same_agreements_and_measures_a_group_once(acts: list[tuple[str, int, int]]) -> None:
    with tempfile.TemporaryDirectory() as place, rows.filled(Path(place), [3, 3, 3], blurred=1.0) as library:
        keys = [say(library, 1, checked=True), say(library, 5), say(library, 9)]
        first: bool | None = None
        for what, group, nth in acts:
            with contextlib.suppress(NotFound, WrongUse):
                act(library, keys, what, group, nth)
            blind = [bool(row[1]) for row in agreements(library) if row[3]]
            first = blind[0] if first is None and blind else first
            assert blind in ([], [first])
        told = agreements(library)
        assert len({row[0] for row in told}) == len(told)
        library.rebuild()
        assert agreements(library) == told
