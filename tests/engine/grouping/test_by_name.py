"""Files of one name in different folders are near, and nothing else is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.grouping.by_name import by_name
from tests.engine.grouping.crowds import apart_pairs, stars

PATHS = st.lists(
    st.tuples(st.sampled_from(["/a", "/b", "/a/c"]), st.sampled_from(["x.png", "X.PNG", "y.png", "x.jpg"])),
    max_size=25,
)


@settings(max_examples=150, deadline=None)
@given(files=PATHS, seed=st.integers(0, 9999), held=st.integers(0, 8), match_case=st.booleans())
def test_groups_are_the_stars_of_brute_force(files, seed, held, match_case) -> None:
    n = len(files)
    order, apart = np.random.default_rng(seed).permutation(n), apart_pairs(seed, n, held) if n else []
    hub = by_name(["/".join(file) for file in files], match_case=match_case).gather(order, apart)

    def near(a: int, b: int) -> bool:
        (folder, name), (other, second) = files[a], files[b]
        return folder != other and (name == second if match_case else name.lower() == second.lower())

    assert hub.tolist() == stars(order.tolist(), near, apart)


@pytest.mark.parametrize(
    ("paths", "match_case", "together"),
    [
        (["/a/x.png", "/b/x.png"], True, True),
        (["/a/x.png", "/b/X.PNG"], False, True),
        (["/a/x.png", "/b/X.PNG"], True, False),
        (["/a/x.png", "/a/X.png"], False, False),
        (["/a/x.png", "/b/x.jpg"], False, False),
        (["/a/Stra\u00dfe.png", "/b/STRASSE.png"], False, True),
        (["/a/caf\u00e9.png", "/b/cafe\u0301.png"], True, True),
        (["/a/\u00c9.png", "/b/e\u0301.png"], False, True),
    ],
)
def test_names_are_equal_as_most_disks_have_it(paths: list[str], match_case: bool, together: bool) -> None:
    hub = by_name(paths, match_case=match_case).gather(np.arange(2))
    assert (hub[1] == 0) == together


def test_a_name_measures_nothing() -> None:
    bits, cosine = by_name(["/a/x", "/b/x"]).between(np.array([0]), np.array([1]))
    assert (bits.tolist(), np.isnan(cosine).tolist()) == ([-1], [True])
