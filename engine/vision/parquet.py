"""LIBRARY/sidecar/embeddings.parquet: the vectors of a library's pictures for other programs, written from the cache.

One row an image: filepath, content_hash, model, version, vector (a list of 4-byte numbers, of length 1). Written by
polars some thousand rows at a time, so that 100 000 vectors of 1280 numbers need no memory to speak of.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from engine.errors import LibraryError, Unreadable
from engine.library.store import Library
from engine.library.text import to_text
from engine.vision.embedders import Embedder
from engine.vision.vectors import Vectors
from engine.vision.words import Present, present

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import polars as pl

    Float32s = npt.NDArray[np.float32]

FILE = "embeddings.parquet"
COLUMNS = ("filepath", "content_hash", "model", "version", "vector")
_ROWS = 1000  # read from the cache at once, which finds so many without a pass over all it holds
_GROUP = 4000  # rows of a group of the file
_MOST_ROWS = 5_000_000
_MOST_NUMBERS = 8192
_MOST_BYTES = 8_000_000_000  # of vectors that are read into memory


class Embeddings(NamedTuple):
    """What a file of vectors holds.

    Attributes:
        filepaths, contents: n of each.
        model, version: of all rows; "" where there are none.
        vectors: (n, d) float32.
    """

    filepaths: list[str]
    contents: list[str]
    model: str
    version: str
    vectors: Float32s


def write_parquet(library: Library, embedder: Embedder) -> Path:
    """Write the vectors this embedder has given to pictures that are there, in place of the file as a whole.

    Returns:
        The file, LIBRARY/sidecar/embeddings.parquet.

    Raises:
        LibraryError: the disk refuses; the file is as it was.
    """
    import polars as pl
    from polars.io.plugins import register_io_source

    file = library.paths.sidecar / FILE
    new = file.with_name(FILE + ".new")
    images = present(library)

    def source(*_: Any) -> Iterator[pl.DataFrame]:
        yield from _frames(library, embedder, images)

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        lazy = register_io_source(source, schema=_schema(), is_pure=True)
        lazy.sink_parquet(new, row_group_size=_GROUP, compression_level=1, engine="streaming")
        with new.open("rb+") as written:
            os.fsync(written.fileno())
        new.replace(file)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise LibraryError(
            f"{to_text(file)} cannot be written: {_line(error)}.", "Free space on that disk, and check its permissions."
        ) from None
    finally:
        with contextlib.suppress(OSError):
            new.unlink()
    return file


def _schema() -> dict[str, Any]:
    import polars as pl

    return {**dict.fromkeys(COLUMNS[:-1], pl.String()), "vector": pl.List(pl.Float32())}


def _frames(library: Library, embedder: Embedder, images: list[Present]) -> Iterator[pl.DataFrame]:
    import numpy as np
    import polars as pl

    parts = Vectors(library.paths, embedder).parts([image.content for image in images], _ROWS)
    for part, (found, there) in enumerate(parts):
        some = [images[part * _ROWS + place] for place in np.flatnonzero(there)]
        rows = found[there].astype(np.float32)
        values = (
            [image.path for image in some],
            [image.content for image in some],
            [embedder.name] * len(some),
            [embedder.version] * len(some),
            pl.Series(rows, dtype=pl.Array(pl.Float32, embedder.size)).cast(pl.List(pl.Float32)),
        )
        yield pl.DataFrame(dict(zip(COLUMNS, values, strict=True)), schema=_schema())


def read_parquet(file: Path) -> Embeddings:
    """Read a file of vectors, whoever wrote it.

    Raises:
        Unreadable: it is no Parquet file, damaged, of other columns, of several models, or too large.
    """
    import polars as pl

    try:
        with file.open("rb") as opened:
            if opened.read(4) != b"PAR1":
                raise _refused(file, "it is no Parquet file")
        return _read(file)
    except (OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException, ValueError) as error:
        raise _refused(file, _line(error)) from None


def _read(file: Path) -> Embeddings:
    import numpy as np
    import polars as pl

    lazy = pl.scan_parquet(file, glob=False)
    if dict(lazy.collect_schema()) != _schema():
        raise _refused(file, f"its columns are not {', '.join(COLUMNS)}")
    count = int(lazy.select(pl.len()).collect().item())
    if count > _MOST_ROWS:
        raise _refused(file, f"it has more than {_MOST_ROWS} rows")
    size = _size(file, lazy, count)
    embeddings = Embeddings([], [], *_made_by(file, lazy, count), np.empty((count, size), np.float32))
    done = 0
    for frame in lazy.select("filepath", "content_hash", "vector").collect_batches(chunk_size=_GROUP):
        embeddings.filepaths.extend(frame["filepath"].to_list())
        embeddings.contents.extend(frame["content_hash"].to_list())
        flat = frame["vector"].explode(empty_as_null=False).to_numpy()
        embeddings.vectors[done : done + len(frame)] = flat.reshape(len(frame), size)
        done += len(frame)
    if not np.isfinite(embeddings.vectors).all():
        raise _refused(file, "not all its numbers are finite")
    return embeddings


def _size(file: Path, lazy: pl.LazyFrame, count: int) -> int:
    """How many numbers each vector has, the same of all."""
    import polars as pl

    length = pl.col("vector").list.len()
    asked = lazy.select(
        length.min().alias("low"),
        length.max().alias("high"),
        pl.any_horizontal(*(pl.col(name).null_count() > 0 for name in COLUMNS)).alias("gaps"),
    )
    low, high, gaps = asked.collect(engine="streaming").row(0)
    if gaps or low != high or (count and not 1 <= high <= _MOST_NUMBERS):
        raise _refused(file, "its vectors are not all of one length, or cells are empty")
    if 4 * count * (high or 0) > _MOST_BYTES:
        raise _refused(file, "it is too large to read at once")
    return int(high or 0)


def _made_by(file: Path, lazy: pl.LazyFrame, count: int) -> tuple[str, str]:
    made = lazy.select("model", "version").unique().head(2).collect(engine="streaming").rows()
    if len(made) > 1:
        raise _refused(file, "it holds vectors of several models")
    return made[0] if count else ("", "")


def _refused(file: Path, why: str) -> Unreadable:
    return Unreadable(
        f"{to_text(file)} cannot be read as vectors: {why}.", "Delete it; `pickwise vision` makes it again."
    )


def _line(error: BaseException) -> str:
    said = " ".join(str(getattr(error, "strerror", "") or error).split()) or type(error).__name__
    return said[:200]
