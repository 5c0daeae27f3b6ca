"""What groups and picks are made from, in a word: where it changes, they could."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import apsw
import msgspec

from engine.culling.form import links
from engine.grouping.links import Link
from engine.intake.records import VERSION
from engine.library.settings import Settings
from engine.library.store import Library


def of(library: Library) -> str:
    """Of this moment: the images, the settings, what the person said of pairs, and the code."""
    with library.db.read() as connection:
        return unsaid(connection, library.settings) + said(links(connection))


def unsaid(connection: apsw.Connection, settings: Settings) -> str:
    """Without what the person said of pairs."""
    serial = connection.execute("SELECT value FROM facts WHERE name = 'intake_serial'").get
    cues = connection.execute("SELECT value FROM facts WHERE name = 'cue_serial'").get
    about = msgspec.json.encode((settings.stages, settings.groups, settings.defects, settings.picks)).decode()
    seen = f"|{cues}|{msgspec.json.encode(settings.cues).decode()}" if cues else ""  # nothing was looked at yet
    return f"{serial}|{VERSION}|{about}{seen}"


def said(answers: Sequence[Link]) -> str:
    """What follows after `unsaid`."""
    if not answers:
        return ""
    return f"|{blake2b(msgspec.json.encode(sorted(map(tuple, answers))), digest_size=8).hexdigest()}"
