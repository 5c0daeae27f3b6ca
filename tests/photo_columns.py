"""Images for tests of thinning: columns by decree, no files."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.thinning.photos import Photos


def photos(*rows: dict[str, Any]) -> Photos:
    """One image a row; what is left out is as unremarkable as can be. Paths rise: /s/000.png, /s/001.png ..."""
    paths = [row.get("path", f"/s/{k:03}.png") for k, row in enumerate(rows)]

    def ints(name: str, usual: int) -> Any:
        return np.array([row.get(name, usual) for row in rows], np.int64)

    def floats(name: str, usual: float) -> Any:
        return np.array([row.get(name, usual) for row in rows], np.float64)

    return Photos(
        ids=np.arange(1, len(rows) + 1), paths=paths, names=[path.rpartition("/")[2] for path in paths],
        contents=[row.get("content", f"{k:032x}") for k, row in enumerate(rows)], sources=["/s"] * len(rows),
        phash=np.array([row.get("phash", 0) for row in rows], np.uint64), flat=np.zeros(len(rows), np.bool_),
        width=ints("width", 100), height=ints("height", 100), bytes=ints("bytes", 1000),
        modified=ints("modified", 10**18), score=floats("score", 0.0), compared=ints("compared", 0),
        stage=floats("stage", np.nan), quality=floats("quality", 0.5),
        defects=[tuple(row.get("defects", ())) for row in rows], taken=[row.get("taken", "") for row in rows],
        verdict=ints("verdict", 0),
    )  # fmt: skip
