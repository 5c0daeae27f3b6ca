"""The CLIP weights a person has: which file, whose network, how many numbers it gives, and its fingerprint.

Networks are open_clip's, described by JSON files in its package (github.com/mlfoundations/open_clip), or by one beside
the weights for a network of one's own. Nothing here loads open_clip or torch, and nothing is ever fetched.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from engine.errors import BadCheckpoint, WeightsFailed
from engine.library.settings import Vision
from engine.library.text import to_path, to_text
from engine.vision import manifest, weights

SUFFIXES = (".safetensors", ".pt", ".pth", ".bin")
_MOST_HEADER = 100_000_000  # bytes of JSON; safetensors itself allows no more
_MOST_CONFIG = 1_000_000
_MOST_NUMBERS = 8192
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class Checkpoint(NamedTuple):
    """Weights that were found, as far as can be told without loading them.

    Attributes:
        model: open_clip's name of the network.
        file: the weights.
        config: the file that describes the network, where it is not one of open_clip's own; else None.
        size: numbers in a vector.
        digest: the first 12 hex digits of the file's BLAKE3.
        version: of weights and description together.
    """

    model: str
    file: Path
    config: Path | None
    size: int
    digest: str
    version: str


def find(vision: Vision) -> Checkpoint | None:
    """The CLIP weights of these settings; None where there are none.

    Raises:
        BadCheckpoint: there are, and they cannot be used.
    """
    file = _named(vision.clip_checkpoint) if vision.clip_checkpoint else _found(vision.clip_model)
    if file is None:
        return None
    model = vision.clip_model.replace("/", "-")  # open_clip writes ViT-B/32 so
    try:
        size, config = _described(model, file)
        _check(file)
        mark = digest(file)
        return Checkpoint(model, file, config, size, mark, f"{mark}-{digest(config)}" if config else mark)
    except OSError as error:
        raise _bad(f"The CLIP weights {to_text(file)} cannot be read: {error.strerror or error}.") from None


def digest(file: Path) -> str:
    """The fingerprint of a file, read whole once as long as it stays as it is. Raises OSError."""
    stat = file.stat()
    return _digest(file, stat.st_size, stat.st_mtime_ns, stat.st_ino)


@lru_cache(maxsize=8)
def _digest(file: Path, *_: int) -> str:
    from blake3 import blake3

    return blake3(max_threads=blake3.AUTO).update_mmap(file).hexdigest()[:12]


def _named(text: str) -> Path:
    file = to_path(text).expanduser()
    if not file.is_absolute() or not file.is_file():
        raise _bad(f"There is no file of CLIP weights at {text}; its whole path is needed.")
    if file.suffix not in SUFFIXES:
        raise _bad(f"{text} is no file of CLIP weights: those end in {', '.join(SUFFIXES)}.")
    return file


def _found(model: str) -> Path | None:
    """The first open_clip_*.safetensors of the folders, those that carry the network's name before others.

    A file that has the name of a model of the manifest is passed over unless it is that model to the last bit.
    """
    name = _plain(model)
    for folder in weights.folders():
        try:
            files = sorted(folder.glob("open_clip_*.safetensors"), key=lambda f: (name not in _plain(f.name), f.name))
        except OSError:
            continue
        for file in files:
            if file.is_file() and not weights.refused(file):
                return file
    return None


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _described(model: str, file: Path) -> tuple[int, Path | None]:
    """How many numbers the network gives, and the file that says so where it is not open_clip's. Raises OSError."""
    if not _NAME.fullmatch(model):
        raise _bad(f"{model!r} is no name of a network that open_clip knows.")
    package = find_spec("open_clip")
    places = list(package.submodule_search_locations or []) if package else []
    for own in (Path(place, "model_configs", f"{model}.json") for place in places):
        if own.is_file():
            return _numbers(own), None
    beside = file.with_name(f"{model}.json")
    if beside.is_file():
        return _numbers(beside), beside
    raise _bad(f"open_clip knows no network called {model}, and {to_text(beside)} does not describe it.")


def _numbers(config: Path) -> int:
    what: Any = None
    if config.stat().st_size <= _MOST_CONFIG:
        try:
            what = msgspec.json.decode(config.read_bytes())
        except (msgspec.DecodeError, RecursionError):
            what = None
    described: dict[str, Any] = what if isinstance(what, dict) else {}
    size: Any = described.get("embed_dim")
    text: Any = described.get("text_cfg")
    sized = type(size) is int and 1 <= size <= _MOST_NUMBERS
    if not (sized and isinstance(text, dict) and isinstance(described.get("vision_cfg"), dict)):
        raise _bad(f"{to_text(config)} does not describe a CLIP network.")
    if text.get("hf_model_name"):
        raise _bad(f"The network {config.stem} needs files that would have to be fetched.")
    return int(size)


def _check(file: Path) -> None:
    """That it is what the manifest says, where it bears a name of it, and is whole. Raises BadCheckpoint, OSError."""
    if not _as_told(file):
        raise _bad(f"The CLIP weights {to_text(file)} are not what the manifest of weights says; fetch them again.")
    if file.suffix != ".safetensors":
        return
    bad = _bad(f"The CLIP weights {to_text(file)} are damaged, or no safetensors file.")
    with file.open("rb") as opened:
        length = int.from_bytes(opened.read(8), "little")
        whole = file.stat().st_size
        if not 2 <= length <= min(_MOST_HEADER, whole - 8):
            raise bad
        try:
            tensors = msgspec.json.decode(opened.read(length), type=dict[str, dict[str, Any]])
            ends = [tensor["data_offsets"][1] for name, tensor in tensors.items() if name != "__metadata__"]
            good = bool(ends) and max(ends) == whole - 8 - length
        except (msgspec.MsgspecError, RecursionError, LookupError, TypeError):
            good = False
    if not good:
        raise bad


def _as_told(file: Path) -> bool:
    try:
        known = manifest.read().values()
    except WeightsFailed:
        return True  # without a manifest nothing is told
    return all(weights.right(file, wanted) for wanted in known if wanted.file == file.name)


def _bad(message: str) -> BadCheckpoint:
    return BadCheckpoint(message, "Choose others in the settings: vision.clip_checkpoint and vision.clip_model.")
