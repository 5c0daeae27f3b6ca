"""`status` and `doctor`: look, change nothing."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from pathlib import Path

import msgspec

from engine.culling.status import holdings
from engine.errors import PickwiseError
from engine.library import history
from engine.library.paths import home
from engine.library.text import to_text
from shell.commands import common


def status(library: Path | None, *, as_json: bool) -> None:
    with common.opened(common.find(library), write=False) as opened:
        held = holdings(opened)
        with opened.db.read() as connection:
            undo, redo = history.labels(connection)
        answer = {"library": to_text(opened.paths.root), **msgspec.structs.asdict(held), "undo": undo, "redo": redo}
    if as_json:
        common.answer(answer)
        return
    words = {
        "needs_you": "groups that need you",
        "decided": "groups you decided",
        "undo": "undo would",
        "redo": "redo would",
    }
    rows = [(words.get(k, k), str(v)) for k, v in answer.items() if k != "sources" and v != ""]
    rows += [(f"source {s.path}", _source(s.images, s.missing, reachable=s.reachable)) for s in held.sources]
    common.table(rows, "Pickwise library")


def _source(images: int, missing: int, *, reachable: bool) -> str:
    return f"{images} images, {missing} missing" + ("" if reachable else ", cannot be reached")


def doctor(library: Path | None, *, as_json: bool) -> None:
    """Print what Pickwise would work with here."""
    facts = _facts(library)
    if as_json:
        common.answer(facts)
    else:
        common.table([(name, str(value)) for name, value in facts.items()], "This machine")


def _facts(library: Path | None) -> dict[str, object]:
    from importlib import metadata

    import apsw
    from PIL import features

    from engine.intake.pool import processors
    from shell.page import PAGE

    try:
        place: Path | None = common.find(library)
    except PickwiseError:
        place = None
    where = place if place and place.exists() else _existing(home())
    packages = (
        "pywebview", "opencv-contrib-python", "pillow", "kornia-rs", "simplejpeg", "imagehash", "faiss-cpu",
        "mediapipe", "onnxruntime", "open-clip-torch",
    )  # fmt: skip
    return {
        "pickwise": "0.1.0",
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "processors": processors(),
        "sqlite": apsw.sqlite_lib_version(),
        **{name: metadata.version(name) for name in packages},
        "compares pictures by": _embedder(),
        **_networks(),
        "decodes": [name for name in ("jpg", "webp", "avif", "libtiff") if features.check(name)],
        "display": sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")),
        "page built": PAGE.is_file(),
        "libraries in": to_text(home()),
        "library": to_text(place) if place else "",
        "free disk, GB": round(shutil.disk_usage(where).free / 1e9, 1),
    }


def _embedder() -> str:
    from engine.vision.embedders import default

    try:
        return default().name
    except PickwiseError as error:
        return error.message


def _networks() -> dict[str, str]:
    """Where networks run, and how each model that is not brought along stands."""
    from engine.vision.device import device, half
    from engine.vision.weights import states
    from shell.commands.models import line

    on = device()
    try:
        models = {f"model {state.name}": line(state) for state in states()}
    except PickwiseError as error:
        models = {"models": error.message}
    return {"networks run on": f"{on}, in half precision" if half(on) else on, **models}


def _existing(folder: Path) -> Path:
    return next(p for p in (folder, *folder.parents) if p.exists())
