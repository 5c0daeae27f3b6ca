"""Libraries of rows for tests and benchmarks: images that were never files, measured by decree, grouped for real."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import apsw
import msgspec

from engine.culling import form, form_write, run
from engine.intake.model import Quality
from engine.intake.records import VERSION, signed
from engine.library.store import Library
from engine.progress import Progress, Quiet

SOURCE = "/source"


def quality(blur: float = 0.6, detail: float = 6.0) -> Quality:
    """A picture nobody could fault; `blur` in pixels."""
    return Quality(
        laplacian=400.0, blur_px=blur, sharpness=1 / (1 + blur), brightness=0.5, contrast=0.2, clipped_low=0.0,
        clipped_high=0.0, p01=0.02, p99=0.95, noise=1.0, cast=2.0, detail=detail, p999=0.98, blown=0.0, crushed=0.0,
    )  # fmt: skip


def fill(library: Library, families: Sequence[int], *, seed: int = 0, blurred: float = 0.3) -> None:
    """Add families of these sizes, stages 1, 2, 3 …; a share of the top stages is blurred, so that they need a person.

    Args:
        library: an open one; rows are added to what it holds.
        families: how many images each has.
        seed: same seed, same rows.
        blurred: 0 to 1.
    """
    rng = random.Random(seed)
    library.write(lambda c: _insert(c, families, rng, blurred, seed * 10_000))


def _insert(
    connection: apsw.Connection, families: Sequence[int], rng: random.Random, blurred: float, first: int
) -> None:
    connection.execute("INSERT OR IGNORE INTO sources (path) VALUES (?)", (SOURCE,))
    source = connection.execute("SELECT id FROM sources WHERE path = ?", (SOURCE,)).get
    crisp, soft = (msgspec.json.encode(quality(blur)) for blur in (0.6, 9.0))
    base = connection.execute("SELECT coalesce(max(id), 0) FROM images").get
    for number, size in enumerate(families, first):
        look = rng.getrandbits(64)
        for stage in range(1, size + 1):
            base += 1
            name = f"f{number:06}_stage{stage}.png"
            bad = stage == size and size > 1 and rng.random() < blurred
            connection.execute(
                "INSERT INTO images (id, filepath, filename, source_id, size_bytes, mtime_ns, content_hash)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (base, f"{SOURCE}/{name}", name, source, 1000 + base, 10**18 + base, f"{base:032x}"),
            )
            connection.execute(
                "INSERT INTO features VALUES (?, ?, 'PNG', 1024, 1536, ?, ?, '', ?)",
                (base, VERSION, signed(look ^ 1 << stage), 0, soft if bad else crisp),
            )


def group(library: Library, progress: Progress | None = None) -> None:
    """Group and pick over the rows, without looking at any disk."""
    signature = run._signature(library)
    with library.db.read() as connection:
        formed = form.form(connection, library.settings, progress or Quiet())
    form_write.write(library, formed, signature, progress or Quiet())


def write_over(library: Library, families: Sequence[int], *, seed: int = 0, blurred: float = 0.3) -> None:
    """Add the same families to a library whose journal already names some of their images, as a scan would."""
    with library.db.read() as connection:
        known = [path for (path,) in connection.execute("SELECT filepath FROM images")]
    with Library(library.paths.root.with_name("rows"), write=True) as scratch:
        fill(scratch, families, seed=seed, blurred=blurred)
        with scratch.db.read() as connection:
            images = connection.execute(
                "SELECT i.filepath, i.filename, i.content_hash, i.size_bytes, i.mtime_ns, f.phash, f.quality"
                " FROM images i JOIN features f ON f.image_id = i.id ORDER BY i.id"
            ).fetchall()

    def work(connection: apsw.Connection) -> None:
        connection.execute("INSERT OR IGNORE INTO sources (path) VALUES (?)", (SOURCE,))
        for path, name, content, size, mtime, phash, measures in images:
            if path not in known:
                connection.execute("INSERT INTO images (filepath, filename) VALUES (?, ?)", (path, name))
            image = connection.execute("SELECT id FROM images WHERE filepath = ?", (path,)).get
            connection.execute(
                "UPDATE images SET content_hash = ?, size_bytes = ?, mtime_ns = ?, missing_since = NULL,"
                " source_id = (SELECT id FROM sources WHERE path = ?) WHERE id = ?",
                (content, size, mtime, SOURCE, image),
            )
            connection.execute(
                "INSERT INTO features VALUES (?, ?, 'PNG', 1024, 1536, ?, 0, '', ?)", (image, VERSION, phash, measures)
            )

    library.write(work)


def filled(root: Path, families: Sequence[int], *, seed: int = 0, blurred: float = 0.3) -> Library:
    """A new library with these families, grouped and open."""
    library = Library(root)
    fill(library, families, seed=seed, blurred=blurred)
    group(library)
    return library
