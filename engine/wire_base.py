"""The bases of requests and the words several of them share."""

from __future__ import annotations

from typing import Literal

import msgspec

Screen = Literal[
    "library", "cull", "sweep", "rank", "rankings", "crop", "duplicates", "check", "same", "insight", "export",
    "settings",
]  # fmt: skip
Link = Literal["copy", "hard", "symlink"]


class Request(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, tag_field="type"):
    """Base of every request."""
