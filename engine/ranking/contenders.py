"""What the page shows of the images of a match, read for a handful of them at a time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import apsw
import msgspec

from engine.culling.queue import DISPLAYABLE, thumb_url
from engine.library.text import file_url, to_path
from engine.ranking.judges import ONE
from engine.ranking.ratings import MU, SIGMA, stored
from engine.ranking.views import Contender

_SHOWN = """
    SELECT i.id, i.filepath, i.filename, i.content_hash, i.missing_since IS NOT NULL,
        coalesce(f.width, 0), coalesce(f.height, 0), coalesce(f.format, ''), m.stage,
        CASE WHEN m.image_id IS NULL THEN 1 ELSE (SELECT count(*) FROM members n WHERE n.group_id = m.group_id) END,
        EXISTS (SELECT 1 FROM flags WHERE image_id = i.id), i.cropped,
        coalesce(g.prompt, ''), coalesce(g.negative, ''), coalesce(g.seed, ''), coalesce(g.model, ''),
        coalesce(g.sampler, '')
    FROM json_each(?) j CROSS JOIN images i ON i.id = j.value LEFT JOIN features f ON f.image_id = i.id
    LEFT JOIN members m ON m.image_id = i.id LEFT JOIN generations g ON g.image_id = i.id
    ORDER BY j.key
"""


def contenders(connection: apsw.Connection, thumbs: Path, judge: str, images: Sequence[int]) -> list[Contender]:
    """These images as contenders, in this order, with the judge's figures; those that are gone are left out."""
    found = []
    rows: list[Any] = connection.execute(_SHOWN, (msgspec.json.encode(images).decode(),)).fetchall()
    for row in rows:
        image, path, name, content, missing, width, height, kind, stage, size, flagged, cropped, *made = row
        mu, sigma, comparisons = figures(connection, judge, image)
        found.append(
            Contender(
                id=image, path=path, filename=name, url=file_url(to_path(path)), thumb_url=thumb_url(thumbs, content),
                displayable=kind in DISPLAYABLE, missing=bool(missing), width=width, height=height, stage=stage,
                group_size=size, flagged=bool(flagged), cropped=bool(cropped), mu=mu, sigma=sigma,
                comparisons=comparisons, prompt=made[0], negative=made[1], seed=made[2], model=made[3], sampler=made[4],
            )
        )  # fmt: skip
    return found


def figures(connection: apsw.Connection, judge: str, image: int) -> tuple[float, float, int]:
    """One image's mu, sigma and number of matches for a judge; OpenSkill's beginning where there is none."""
    row = connection.execute(ONE, {"image": image, "judge": judge}).fetchone()
    return (*stored(*row[:3]), row[2]) if row else (MU, SIGMA, 0)
