"""The folders round the files: those that staging made go once they are empty, and times come back with the files."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

from engine.staging import disk
from engine.staging.batch import Batch
from engine.staging.lines import After
from engine.staging.trees import Tree, Trees


class Folders:
    """Those of one operation on a batch; made before the operation begins."""

    def __init__(self, trees: Trees, batch: Batch) -> None:
        self._trees = trees
        self._batch = batch
        self._ours: set[tuple[str, str]] = set()

    def look(self) -> None:
        """Before a restore or an approval: see which folders nobody else has changed since the batch was staged."""
        after = self._batch.after
        self._ours = {(s, path) for s, path, mtime_ns in self._times() if after.get((s, path)) == mtime_ns}
        for source in self._batch.sources.values():
            for tree in self._tree(source.path):
                tree.modes.update({b.path: b.mode for b in source.before})

    def tidy(self) -> None:
        """Remove the staging folders that are Pickwise's own and empty."""
        for source in self._batch.sources.values():
            for tree in self._tree(source.path):
                for path in sorted(source.made, key=lambda p: -p.count("/")):
                    tree.remove_folder(path)

    def put_times_back(self) -> None:
        """Give the folders that only Pickwise changed the times they had before."""
        for source in self._batch.sources.values():
            for tree in self._tree(source.path):
                for before in source.before:
                    if (source.path, before.path) in self._ours:
                        with contextlib.suppress(OSError):  # a courtesy; the files are what was promised
                            tree.trim()
                            handle = tree.folder(before.path)
                            disk.set_times(handle, os.fstat(handle).st_atime_ns, before.mtime_ns)

    def after(self) -> list[After]:
        """The times now of the folders that nobody else has changed."""
        staged = self._batch.operation == "stage"
        return [After(s, p, m) for s, p, m in self._times() if staged or (s, p) in self._ours]

    def _times(self) -> Iterator[tuple[str, str, int]]:
        for source in self._batch.sources.values():
            for tree in self._tree(source.path):
                for before in source.before:
                    with contextlib.suppress(OSError):
                        tree.trim()
                        yield source.path, before.path, os.fstat(tree.folder(before.path)).st_mtime_ns

    def _tree(self, source: str) -> Iterator[Tree]:
        """The source, where it is there."""
        with contextlib.suppress(OSError):
            yield self._trees.of(source)
