"""`train`: learn what the person likes, go back to the model before, take over an earlier tool's logs."""

from __future__ import annotations

from pathlib import Path

from engine.errors import WrongUse
from engine.learning import imported, train
from engine.learning.train import Summary
from engine.library.store import Library
from shell.commands import common

_TOLD = 3  # lines passed over that are told of each file


def run(library: Path | None, files: list[Path], *, back: bool, as_json: bool) -> None:
    if back and files:
        raise WrongUse("--back and --from do not go together.", "Take the logs over first, then go back.")
    with common.opened(common.find(library)) as opened:
        taken = [_take(opened, file) for file in files]
        with common.progress() as progress:
            done = train.revert(opened, progress) if back else train.train(opened, progress, thorough=True)
        for notice in done.notices:
            common.say(notice)
        if as_json:
            common.answer({**done._asdict(), "imported": taken})
        else:
            _print(done)


def _take(opened: Library, file: Path) -> imported.Imported:
    with common.progress() as progress:
        taken = imported.load(opened, file, progress)
    counted = (
        (taken.pairs, "pair", "pairs"), (taken.crops, "crop", "crops"), (taken.tags, "tag", "tags"),
        (taken.sent, "image to crop", "images to crop"),
    )  # fmt: skip
    words = [f"{count} {one if count == 1 else many}" for count, one, many in counted if count] or ["nothing"]
    known = f", {taken.known} known already" if taken.known else ""
    common.say(f"{common.plain(taken.file)}: {', '.join(words)} taken over{known}.")
    for notice in taken.notices:
        common.say(f"  {common.plain(notice)}")
    for passed in taken.passed_over[:_TOLD]:
        common.say(f"  line {passed.line}: {passed.reason}")
    if len(taken.passed_over) > _TOLD:
        common.say(f"  and {len(taken.passed_over) - _TOLD} more lines passed over")
    return taken


def _print(done: Summary) -> None:
    if not done.model:
        common.table([("model", "none"), ("why", done.why)], "Train")
        return
    rows = [
        ("model", f"{done.model} ({done.kind})"),
        ("learned from", f"{done.pairs} pairs of {done.families} families"),
        ("right", _share(done.accuracy, "of pairs") + ", " + _share(done.top1, "of choices") + ", held out"),
        ("chances off by", _share(done.calibration_error, "on average")),
        ("recommended", f"{done.groups} groups"),
        ("worth a look", f"{done.doubts} decisions"),
    ]
    common.table(rows, "Train")


def _share(value: float | None, what: str) -> str:
    return f"{value:.1%} {what}" if value is not None else "not known"
