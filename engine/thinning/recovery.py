"""When a library opens: what was under way in its staging folders is settled, and the decisions follow the files.

Files move first and the decision is recorded after, so being killed between the two leaves a batch that the library
does not know of. Only batches whose journal has changed since the last look are compared.
"""

from __future__ import annotations

import msgspec

from engine.errors import PickwiseError
from engine.library.store import Library
from engine.progress import Progress, Quiet
from engine.staging import recovery as files
from engine.staging.journal import journal_files
from engine.thinning import staged

_SEEN = "staging_seen"  # the fact that holds the sizes of journals that are settled and followed
_WHAT = {"stage": "set aside", "restore": "put back", "approve": "sent to the Trash"}


def recover(library: Library, progress: Progress | None = None) -> list[str]:
    """Settle and record what is not; answers with sentences a person should see. Never raises for one batch's sake.

    What cannot be settled now, as its disk is not there, is tried again at the next open.

    Raises:
        Cancelled: between two units; the next open goes on.
    """
    home, notices, waiting = library.paths.staging, list[str](), set[str]()
    seen = _seen(library)
    changed = [file.stem for file in journal_files(home) if seen.get(file.stem) != file.stat().st_size]
    if not changed:
        return []
    for settled in files.recover(home, progress or Quiet()):
        if settled.report.moved:
            count = len(settled.report.moved)
            images = f"{count} image{'s' * (count != 1)}"
            notices.append(f"Pickwise ended while {images} were being {_WHAT[settled.operation]}; that is settled.")
        notices += [f"{trouble.path}: {trouble.reason}" for trouble in settled.report.troubles]
        if not settled.settled:
            waiting.add(settled.report.batch)
    for batch in changed:
        try:
            staged.follow(library, batch)
        except PickwiseError as error:
            notices.append(error.message)
            waiting.add(batch)
    sizes = {file.stem: file.stat().st_size for file in journal_files(home) if file.stem not in waiting}
    library.remember(_SEEN, msgspec.json.encode(sizes).decode())
    return notices


def _seen(library: Library) -> dict[str, int]:
    try:
        return msgspec.json.decode(library.fact(_SEEN) or "{}", type=dict[str, int])
    except msgspec.MsgspecError:
        return {}
