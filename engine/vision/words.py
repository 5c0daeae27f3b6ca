"""Find pictures by words: the cosine of CLIP's vector of the words with that of each picture (Radford et al., 2021)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from engine.errors import NotFound, PickwiseError, WrongUse
from engine.intake import pool
from engine.library.store import Library
from engine.vision import embed_work, embedders
from engine.vision.embedders import Embedder
from engine.vision.vectors import Vectors

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Float32s = npt.NDArray[np.float32]

MOST_CHARACTERS = 1000
_AT_ONCE = 4096  # vectors turned into four-byte numbers at a time
_PRESENT = """
    SELECT id, filepath, content_hash FROM images
    WHERE missing_since IS NULL AND quarantine IS NULL AND content_hash IS NOT NULL ORDER BY filepath
"""


class Present(NamedTuple):
    """One image that is there: its id, its path as `to_text` writes it, its content hash."""

    id: int
    path: str
    content: str


def present(library: Library) -> list[Present]:
    """Every image whose file is there and can be read, by path."""
    with library.db.read() as connection:
        return [Present(*row) for row in connection.execute(_PRESENT)]


def network(library: Library) -> Embedder:
    """CLIP by this library's settings. Raises NotFound where there are no weights, BadCheckpoint for unusable ones."""
    embedder = embedders.clip(library.settings.vision)
    if embedder is None:
        raise NotFound(
            "Pictures are found by words with CLIP, and no weights for it are here.",
            "Put open_clip_*.safetensors into the models folder, or name a file in the setting vision.clip_checkpoint.",
        )
    return embedder


def search(library: Library, words: str, most: int = 50) -> list[tuple[int, float]]:
    """The images that fit some words best, of those that have a vector (`vectors.embed` makes them).

    Args:
        library: open, for reading at least.
        words: what to look for; the network reads the first 77 tokens.
        most: how many images, 1 or more.

    Returns:
        (image id, cosine from -1 to 1), the best first, draws by path.

    Raises:
        WrongUse: no words, or very many.
        NotFound: no CLIP weights are here.
        PickwiseError: they cannot be used, or not for words.
        LibraryError: the disk refuses.
    """
    import numpy as np

    text = checked(words)
    if most < 1:
        raise WrongUse("Ask for one image or more.")
    embedder = network(library)
    images = present(library)
    found, have = Vectors(library.paths, embedder).load([image.content for image in images])
    if not have.any():
        return []
    asked = encoded(embedder, text)
    alike = np.full(len(images), -np.inf, np.float32)
    for start in range(0, len(images), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        alike[part] = np.where(have[part], found[part].astype(np.float32) @ asked, -np.inf)
    order = np.argsort(-alike, kind="stable")[: min(most, int(have.sum()))]
    return [(images[place].id, float(alike[place])) for place in order]


def checked(words: str) -> str:
    """The words without blanks around them. Raises WrongUse for none, or very many."""
    text = words.encode("utf-8", "replace").decode("utf-8").strip()
    if not text or len(text) > MOST_CHARACTERS:
        raise WrongUse(f"Give words to look for, at most {MOST_CHARACTERS} characters.", "For example: red coat")
    return text


def encoded(embedder: Embedder, text: str) -> Float32s:
    """(size,) float32 of length 1: the vector of a text, worked out in a worker process. Raises PickwiseError."""
    import numpy as np

    prepare = partial(embed_work.prepare, embedder)
    for _, answer in pool.run(embed_work.words, [text], 1, prepare=prepare):
        if isinstance(answer, bytes) and len(answer) == 4 * embedder.size:
            return np.frombuffer(answer, np.float32)
        why = answer.reason if isinstance(answer, pool.Died) else answer
        raise PickwiseError(
            f"The words could not be turned into a vector: {why!s:.300}.", "Try other words or weights."
        )
    raise AssertionError("one text was given, so there is one answer")
