"""What a search is asked for: the settings for what is left out, a sentence for what cannot be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.errors import WrongUse
from engine.library.settings import Thinning
from engine.thinning.how import How, how


def test_what_is_left_out_is_as_the_settings_say() -> None:
    settings = Thinning(by="time", seconds=5, keep="newest")
    assert how(settings) == How("time", 5, False, "newest", "")
    assert how(Thinning()) == How("phash", 8, False, "stage", "")
    assert how(Thinning(by="embedding", similarity=0.9, orientations=True)) == How("embedding", 0.9, True, "stage", "")


def test_what_is_given_goes_before_the_settings() -> None:
    given = how(Thinning(), by="both", threshold=0.97, keep="quality")
    assert given == How("both", 0.97, False, "quality", "")


def test_a_folder_alone_is_the_rule_for_it() -> None:
    assert how(Thinning(), folder="/best")[3:5] == ("folder", "/best")


def test_a_file_is_an_import() -> None:
    assert how(Thinning(), file="/r.json") == How("czkawka", 0, False, "stage", "", Path("/r.json"))


def test_the_settings_own_turned_copies_are_no_matter_where_a_way_has_none() -> None:
    assert not how(Thinning(by="time", orientations=True)).orientations


@pytest.mark.parametrize(
    "given",
    [
        {"by": "magic"}, {"keep": "luck"}, {"by": "czkawka"}, {"keep": "folder"}, {"by": "phash", "threshold": 17},
        {"by": "phash", "threshold": 2.5}, {"by": "phash", "threshold": -1}, {"by": "embedding", "threshold": 1.5},
        {"by": "both", "threshold": float("nan")}, {"by": "time", "threshold": 1e9},
        {"by": "time", "threshold": float("inf")}, {"by": "name", "orientations": True},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_a_sentence(given: dict[str, Any]) -> None:
    with pytest.raises(WrongUse, match=r"\.$|\?$"):
        how(Thinning(), **given)
