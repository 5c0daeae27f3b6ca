"""Which weights Pickwise knows: `build/weights.toml`, read strictly.

In a checkout the file is where it is written; an installed Pickwise carries it in `share/pickwise`, the app in itself.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from engine.errors import WeightsFailed
from engine.library.text import to_text

NAME = "weights.toml"
_CHECKOUT = Path(__file__).resolve().parents[2]

Word = Annotated[str, Meta(pattern=r"\A[a-z0-9][a-z0-9.-]{0,60}\Z")]
# A plain name, and only formats that hold numbers and no program: never a pickle.
FileName = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9][A-Za-z0-9_.-]{0,100}\.(onnx|safetensors|tflite)\Z")]
Address = Annotated[str, Meta(pattern=r"\Ahttps://[a-z0-9.-]+/[\x21-\x7e]+\Z")]
Sha256 = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
Size = Annotated[int, Meta(ge=1, le=8_000_000_000)]
Sentence = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\A[\x20-\x7e]+\Z")]


class Weights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One model.

    Attributes:
        name: what it is called here.
        file: its name in a folder of models.
        address: where it can be fetched; one commit or release for good.
        sha256: of the whole file, hexadecimal.
        size: bytes.
        licence: SPDX.
        what_for: what it is good for.
        without: what is used in its place where it is not here.
        modules: Python modules it needs to run.
    """

    name: Word
    file: FileName
    address: Address
    sha256: Sha256
    size: Size
    licence: Sentence
    what_for: Sentence
    without: Sentence
    modules: list[str] = []


class _Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    models: list[Weights]


def places() -> list[Path]:
    """Where the manifest may stand, the likeliest first."""
    inside = getattr(sys, "_MEIPASS", None)
    app = [Path(inside) / "build" / NAME] if inside else []
    return [*app, _CHECKOUT / "build" / NAME, Path(sys.prefix) / "share" / "pickwise" / NAME]


def read(file: Path | None = None) -> dict[str, Weights]:
    """All models by name, in the file's order.

    Raises:
        WeightsFailed: there is no manifest, or it is not as it should be.
    """
    file = file or next((place for place in places() if place.is_file()), None)
    if file is None:
        raise WeightsFailed(f"The list of models, {NAME}, is missing.", "Install Pickwise again.")
    try:
        models = msgspec.toml.decode(file.read_bytes(), type=_Manifest).models
    except (OSError, ValueError) as error:  # msgspec's and tomllib's errors are ValueErrors
        raise WeightsFailed(f"{to_text(file)} cannot be read: {error}.", "Install Pickwise again.") from None
    if len({m.name for m in models}) < len(models) or len({m.file.casefold() for m in models}) < len(models):
        raise WeightsFailed(f"{to_text(file)} names a model twice.", "Install Pickwise again.")
    return {model.name: model for model in models}
