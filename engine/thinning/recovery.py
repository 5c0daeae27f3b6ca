"""When a library opens: what was under way in its staging folders is settled, and the decisions follow the files.

Files move first and the decision is recorded after, so being killed between the two leaves a batch that the library
does not know of. Only batches whose journal has changed since the last look are compared.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

import msgspec

from engine.errors import PickwiseError
from engine.library.store import Library
from engine.progress import Progress, Quiet
from engine.staging import batches
from engine.staging import recovery as files
from engine.staging.journal import journal_files
from engine.thinning import staged

_SEEN = "staging_seen"  # the fact that holds journal sizes
_KINDS = {"staged": "stage", "restored": "restore", "approved": "approve"}


def recover(library: Library, progress: Progress | None = None) -> list[str]:
    """Settle and record what is not; answers with sentences a person should see. Never raises for one batch's sake.

    Raises:
        Cancelled: between two units; the next open goes on.
    """
    home, notices = library.paths.staging, list[str]()
    changed = {file.stem: size for file, size in _sizes(home).items() if _seen(library).get(file.stem) != size}
    if not changed:
        return []
    for settled in files.recover(home, progress or Quiet()):
        if settled.report.moved:
            count = len(settled.report.moved)
            what = {"stage": "set aside", "restore": "put back", "approve": "sent to the Trash"}[settled.operation]
            notices.append(
                f"Pickwise ended while {count} image{'s' * (count != 1)} were being {what}; that is settled."
            )
        notices += [f"{trouble.path}: {trouble.reason}" for trouble in settled.report.troubles]
    for batch in changed:
        with contextlib.suppress(PickwiseError):  # a journal that cannot be read was told of above
            _follow(library, batch)
    library.remember(_SEEN, msgspec.json.encode({file.stem: size for file, size in _sizes(home).items()}).decode())
    return notices


def _follow(library: Library, batch: str) -> None:
    """Record what the files of a batch say and the library does not."""
    known = {path for path, _ in staged.of_batch(library, batch)}
    by: dict[str, list[tuple[str, str]]] = {}
    for image in batches.held(library.paths.staging, batch):
        if (image.state == "staged") != (image.moved.image in known) and image.state in _KINDS:
            by.setdefault(image.state, []).append((image.moved.image, image.moved.tag))
    for state, images in by.items():
        staged.record(library, _KINDS[state], batch, images)  # type: ignore[arg-type]


def _sizes(home: Path) -> dict[Path, int]:
    return {file: file.stat().st_size for file in journal_files(home)}


def _seen(library: Library) -> dict[str, int]:
    try:
        return msgspec.json.decode(library.fact(_SEEN) or "{}", type=dict[str, int])
    except msgspec.MsgspecError:
        return {}
