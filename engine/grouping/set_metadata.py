"""Were two images made the same way? What is written of them is compared, field by field, where both have it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

import msgspec

Verdict = Literal["same", "differs", "unknown"]

_TIME = re.compile(
    r"(?:19|20)\d\d[-_.:/]?[01]\d[-_.:/]?[0-3]\d[T _.\-]{0,3}[0-2]?\d[-_.:]?[0-5]\d[-_.:]?[0-5]\d(?:\.\d{1,9})?Z?"
)
LONGEST_TEXT = 1_000_000  # characters of a text that are compared


class Made(msgspec.Struct, frozen=True):
    """How one image was made; "" where it is not known. `yaml` is the text of its YAML companion."""

    prompt: str = ""
    negative: str = ""
    seed: str = ""
    model: str = ""
    yaml: str = ""


def compare(pairs: Iterable[tuple[Made, Made]]) -> Verdict:
    """Whether the images of two sets were made the same way, given stage by stage.

    "differs" when any field that both images of a pair have is another, "unknown" when no pair has a field in common.
    Spaces and line ends do not count, nor do times: a set of another time says so in its YAML.
    """
    known = False
    for one, other in pairs:
        for field in Made.__struct_fields__:
            a, b = _plain(getattr(one, field), field), _plain(getattr(other, field), field)
            if a and b:
                known = True
                if a != b:
                    return "differs"
    return "same" if known else "unknown"


def _plain(text: str, field: str) -> str:
    text = text[:LONGEST_TEXT]
    if field == "yaml":
        text = _TIME.sub("", text)
    return " ".join(text.split())
