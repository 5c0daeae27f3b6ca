"""A library of rows for the figures of the Check screen: images that were never files, doubts, answers, verdicts."""

from __future__ import annotations

import random

import apsw
import msgspec

from engine.intake.records import VERSION
from engine.library.store import Library
from engine.library.tags import TAG_OF, TAGS
from tests.rows import quality

FAMILY = 4


def fill(library: Library, images: int, *, seed: int = 0) -> None:
    """Add so many images that were looked at, families of four: a doubt on about half of them, verdicts on a third."""
    rng = random.Random(seed)
    library.write(lambda connection: _insert(connection, images, rng))


def _insert(connection: apsw.Connection, images: int, rng: random.Random) -> None:
    measures = msgspec.json.encode(quality())
    numbers = range(1, images + 1)
    connection.executemany(
        "INSERT INTO images (id, filepath, filename, content_hash) VALUES (?, ?, ?, ?)",
        ((n, f"/source/{n:07}.png", f"{n:07}.png", f"{n:032x}") for n in numbers),
    )
    connection.executemany(
        "INSERT INTO features VALUES (?, ?, 'PNG', 1024, 1536, ?, 0, '', ?)",
        ((n, VERSION, rng.getrandbits(60), measures) for n in numbers),
    )
    connection.executemany("INSERT INTO looked VALUES (?, ?, 'rows', 1, 1, 1, 0)", ((n, f"{n:032x}") for n in numbers))
    connection.executemany(
        "INSERT INTO members VALUES (?, ?, 0, 0, NULL, 'alternate', 0, 0, '[]', '')",
        ((n, n // FAMILY) for n in numbers),
    )
    connection.executemany("INSERT INTO cues VALUES (?, ?, ?, 1, 2, 3, 4, ?, ?)", _cues(numbers, rng))
    for number in rng.sample(numbers, images // 3):
        verdict = rng.choices(("keep", "alternate", "reject"), (3, 2, 1))[0]
        tags = rng.sample(TAGS, rng.randint(0, 2)) if verdict == "reject" else []
        words = msgspec.json.encode(tags).decode()
        connection.execute("INSERT INTO verdicts VALUES (?, ?, ?, '', '')", (number, verdict, words))
    for number in rng.sample(numbers, min(2000, images // 10)):
        connection.execute("INSERT INTO checks VALUES (?, ?, ?, '')", (number, rng.choice(TAGS), rng.random() < 0.5))


def _cues(numbers: range, rng: random.Random) -> list[tuple[object, ...]]:
    names, rows = list(TAG_OF), list[tuple[object, ...]]()
    for number in numbers:
        for _ in range(rng.choice((0, 0, 1, 1))):
            name = rng.choice(names)
            rows.append((number, name, round(rng.random(), 3), "Something looks wrong here.", TAG_OF[name]))
        if rng.random() < 0.1:
            tag = rng.choice(TAGS)
            rows.append((number, "learned", round(rng.uniform(0.2, 1), 3), f"Looks like {tag}.", tag))
    return rows
