"""A FAISS index over the library's embeddings, kept up to date image by image: which vectors may be near which.

It only proposes; the cosine itself is worked out on the vectors (`by_vectors`). So it holds them projected to
128 numbers by random signs, which keeps each distance within a few percent whatever the vectors are (Johnson and
Lindenstrauss, 1984), two bytes a number. A few thousand are compared one by one; more lie in cells round k-means
centres of which the nearest are searched (Jégou et al., "Product Quantization for Nearest Neighbor Search", 2011, the
IVF part). Images come and go without new centres until there are eight times as many as they were made for.

The file is a cache: damaged, foreign or of another version it is passed over, and what is missing is added again.
"""

from __future__ import annotations

import contextlib
import math
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from engine.grouping.nearness import Bools, Ints

Float32s = npt.NDArray[np.float32]
Vectors = npt.NDArray[np.float16] | npt.NDArray[np.float32]
_FORMAT = 1
_KEPT = 128  # numbers a vector is cut to
_MARGIN = 3.0  # standard deviations by which a distance may have shrunk or grown by that
_CELLS_FROM = 10_000  # vectors; below, comparing all is quick
_GROWTH = 8  # times as many vectors as the cells were made for
_SAMPLE = 40  # vectors a cell that the centres are learned from
_AT_ONCE = 4096  # vectors turned into four-byte numbers at a time
_PROBES = 1.75  # times the root of the number of cells are searched: 54 of 948
_ROUNDING = 2e-3  # of two-byte numbers, on a squared distance
_SEED = b"cut vectors for the index of near copies"


class _Made(msgspec.Struct, frozen=True):
    """What an index file was made of; stands beside it as JSON."""

    format: int
    name: str
    version: str
    size: int
    count: int
    trained_for: int
    digest: str


def key_of(content: str) -> int:
    """The 63-bit key of a content hash (hex, 16 digits or more)."""
    return int(content[:16], 16) & (2**63 - 1)


def keys_of(contents: Sequence[str]) -> Ints:
    """Shape (n,): the keys of content hashes; -1 for "", which is never in an index."""
    return np.array([key_of(content) if content else -1 for content in contents], np.int64)


class VectorIndex:
    """Vectors by key. Not for several threads at once."""

    def __init__(self, folder: Path, name: str, size: int, version: str = "") -> None:
        """An empty index; `open` takes up the saved one."""
        self._folder, self._name, self._size, self._version = folder, name, size, version
        self._signs = _signs(size)
        self._index: Any = None
        self._trained_for = 0
        self._keys: set[int] = set()

    @classmethod
    def open(cls, folder: Path, name: str, size: int, version: str = "") -> VectorIndex:
        """The index saved as `folder/name.faiss`, or an empty one where there is none that fits and is whole.

        Args:
            folder: LIBRARY/sidecar; made when something is saved.
            name: of the embedder; a plain file name.
            size: numbers a vector.
            version: of the embedder; an index of another version is not taken up.
        """
        index = cls(folder, name, size, version)
        # A damaged file must never stop a search: whatever is wrong with it, it is made again.
        with contextlib.suppress(OSError, ValueError, RuntimeError, msgspec.MsgspecError):
            index._load()
        return index

    def __len__(self) -> int:
        return len(self._keys)

    def holds(self, keys: Ints) -> Bools:
        """Shape (n,): which of these keys are in the index."""
        return np.fromiter((key in self._keys for key in keys.tolist()), np.bool_, len(keys))

    def keys(self) -> Ints:
        """All keys, ascending."""
        return np.array(sorted(self._keys), np.int64)

    def add(self, keys: Ints, vectors: Vectors) -> int:
        """Add what is not in it yet; answers with how many that were.

        Args:
            keys: shape (n,), 0 or more each; of repeats the first counts.
            vectors: shape (n, size), L2-normalised.
        """
        new, first = np.unique(keys, return_index=True)  # ascending: the answer depends on no one's order
        fresh = ~self.holds(new) & (new >= 0)
        new, first = new[fresh], first[fresh]
        if not len(new):
            return 0
        self._make_room(vectors, first)
        for start in range(0, len(new), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            self._index.add_with_ids(self._short(vectors[first[part]]), new[part])
        self._keys.update(new.tolist())
        return len(new)

    def remove(self, keys: Ints) -> int:
        """Remove what is in it; answers with how many that were."""
        gone = np.unique(keys[self.holds(keys)])
        if len(gone):
            self._index.remove_ids(gone)
            self._keys.difference_update(gone.tolist())
        return len(gone)

    def candidates(self, vectors: Vectors, threshold: float) -> tuple[Ints, Ints]:
        """Every key whose vector may be within the cosine `threshold` of a row; some are not, hardly one is missed.

        Args:
            vectors: shape (k, size), L2-normalised; at most a few thousand, as the answer is held whole.
            threshold: -1 to 1.

        Returns:
            (row, key), each shape (found,), rows ascending.
        """
        if not self._keys or not len(vectors):
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        widest = max(2 - 2 * threshold, 0) * (1 if self._signs is None else 1 + _MARGIN * math.sqrt(2 / _KEPT))
        if self._trained_for:
            self._index.nprobe = int(_PROBES * math.sqrt(self._index.nlist))
        limits, _, keys = self._index.range_search(self._short(vectors), widest + _ROUNDING)
        rows = np.repeat(np.arange(len(vectors)), np.diff(limits.astype(np.int64)))
        return rows, keys

    def save(self) -> None:
        """Write the index and what it was made of, each file whole or not at all.

        Raises:
            OSError: the disk did not take it.
        """
        from blake3 import blake3

        if self._index is None:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        data = _faiss().serialize_index(self._index).tobytes()
        made = _Made(
            _FORMAT, self._name, self._version, self._size, len(self), self._trained_for, blake3(data).hexdigest()
        )
        _write(self._file, data)  # a crash before the next line leaves a digest that does not fit, and is noticed
        _write(self._note, msgspec.json.encode(made) + b"\n")

    @property
    def _file(self) -> Path:
        return self._folder / f"{self._name}.faiss"

    @property
    def _note(self) -> Path:
        return self._folder / f"{self._name}.faiss.json"

    def _load(self) -> None:
        from blake3 import blake3

        made = msgspec.json.decode(self._note.read_bytes(), type=_Made)
        if (made.format, made.name, made.version, made.size) != (_FORMAT, self._name, self._version, self._size):
            return
        data = self._file.read_bytes()
        if blake3(data).hexdigest() != made.digest:
            return
        index = _faiss().deserialize_index(np.frombuffer(data, np.uint8))
        keys = {key for ids, _ in _contents(index) for key in ids.tolist()}
        if index.d == min(self._size, _KEPT) and index.ntotal == made.count == len(keys):
            self._index, self._keys, self._trained_for = index, keys, made.trained_for

    def _make_room(self, vectors: Vectors, first: Ints) -> None:
        """Make the index, or move what is in it to more cells, when so many come that it would be slow."""
        count = len(self) + len(first)
        if self._index is not None and count <= max(_CELLS_FROM, _GROWTH * self._trained_for):
            return
        held = list(_contents(self._index)) if self._index is not None else []
        if count <= _CELLS_FROM:
            self._index = _flat(min(_KEPT, self._size))
        else:
            spread = np.unique(
                np.linspace(0, len(first) - 1, min(len(first), _SAMPLE * _cells(count))).astype(np.int64)
            )
            known = [row for _, row in held] + [self._short(vectors[first[spread]])]
            self._index, self._trained_for = _celled(np.concatenate(known), count), count
        for ids, rows in held:
            self._index.add_with_ids(rows, ids)

    def _short(self, vectors: Vectors) -> Float32s:
        """(k, size) -> (k, 128 at most): the same distances, nearly."""
        full = np.ascontiguousarray(vectors, np.float32)
        return full if self._signs is None else full @ self._signs


def _signs(size: int) -> Float32s | None:
    """(size, 128) of random signs (Achlioptas, "Database-friendly random projections", 2003), always the same ones.

    None where vectors are short enough as they are.
    """
    from blake3 import blake3

    if size <= _KEPT:
        return None
    bits = np.unpackbits(np.frombuffer(blake3(_SEED).digest(size * _KEPT // 8), np.uint8)).reshape(size, _KEPT)
    signs: Float32s = ((bits * 2.0 - 1) / math.sqrt(_KEPT)).astype(np.float32)
    return signs


def _faiss() -> Any:
    import faiss

    return faiss


def _flat(size: int) -> Any:
    return _faiss().IndexIDMap2(_faiss().IndexFlatL2(size))


def _cells(count: int) -> int:
    return int(3 * math.sqrt(count))


def _celled(rows: Float32s, count: int) -> Any:
    """An empty index for about `count` vectors, its cells learned from these rows."""
    faiss = _faiss()
    size, cells = rows.shape[1], min(_cells(count), len(rows))
    index = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatL2(size), size, cells, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_L2, False
    )
    index.cp.niter, index.cp.seed = 8, 1
    index.cp.max_points_per_centroid, index.cp.min_points_per_centroid = _SAMPLE, 1
    index.train(rows)
    return index


def _contents(index: Any) -> Iterator[tuple[Ints, Float32s]]:
    """What an index holds, part by part: ids and rows."""
    faiss = _faiss()
    if isinstance(index, faiss.IndexIDMap2):
        flat = faiss.downcast_index(index.index)
        yield faiss.vector_to_array(index.id_map), flat.reconstruct_n(0, flat.ntotal)
        return
    lists = index.invlists
    for cell in range(index.nlist):
        if count := lists.list_size(cell):
            codes = faiss.rev_swig_ptr(lists.get_codes(cell), count * lists.code_size)
            rows = codes.view(np.float16).reshape(count, index.d).astype(np.float32)
            yield faiss.rev_swig_ptr(lists.get_ids(cell), count).copy(), rows


def _write(path: Path, data: bytes) -> None:
    new = path.with_name(f"{path.name}.new")
    with new.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
