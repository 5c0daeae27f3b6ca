"""Looks that were never taken: what is said to have been seen in an image, for tests of those who show it."""

from __future__ import annotations

import msgspec

from engine.library.store import Library
from engine.vision import look_rows
from engine.vision.cache import Cache
from engine.vision.seen import Abstained, Body, Cue, Face, Hand, Look, People, Point

VERSION = "look-1"
SENTENCE = "A hand is 2.0 times as long as its person's face."


def made_up(width: int = 320, height: int = 240, *, people: bool = True) -> Look:
    """A hand with a doubt, a face, a body, a weak cue and a hand that was not judged; or nobody."""
    if not people:
        return Look(People(width, height))
    found = People(
        width, height, [Hand(_hand(), [0.0] * 21, "left", 0.9, (40, 100, 130, 200))],
        [Face((200, 20, 260, 90), 0.9, ((215, 45), (245, 45)), [(1.0, 1.0)] * 468)],
        [Body(_body(), [0.9] * 31 + [0.1] * 2, (150, 20, 290, 236))],
    )  # fmt: skip
    cues = [
        Cue("hand_size", 1.0, (40, 100, 130, 200), SENTENCE),
        Cue("limb_length", 0.01, (150, 100, 200, 160), "limb length: the left forearm is 1.1 times the right."),
    ]
    return Look(found, cues, [Abstained("digits", (270, 150, 300, 190), "The hand is closed.")])


def keep_look(library: Library, image: int, *, people: bool = True) -> None:
    """Write it as the job does: rows of the database, and the whole in the cache."""
    look = made_up(people=people)
    with library.db.read() as connection:
        content = str(connection.execute("SELECT content_hash FROM images WHERE id = ?", (image,)).get)
    with Cache(library.paths.vectors) as cache:
        cache.add_vectors(f"look/{VERSION}", [(content, msgspec.json.encode(look))])
    library.write(lambda connection: look_rows.put(connection, VERSION, content, look))


def _hand() -> list[Point]:
    """A spread hand: the wrist below, five fingers of four joints up."""
    fingers = [(85 + (f - 2) * (6 + 5 * j), 165 - j * 18.0) for f in range(5) for j in range(4)]
    return [(85.0, 195.0), *((float(x), y) for x, y in fingers)]


def _body() -> list[Point]:
    """A standing figure by MediaPipe's places."""
    face = [(230.0, 55.0)] * 11
    arms = [(250, 100), (205, 100), (270, 135), (180, 140), (280, 165), (130, 190)]
    hands = [(282, 170), (126, 194)] * 3
    legs = [(245, 170), (212, 170), (246, 200), (210, 200), (247, 228), (209, 228), (245, 233), (212, 233)]
    feet = [(255, 235), (200, 235)]
    return face + [(float(x), float(y)) for x, y in arms + hands + legs + feet]
