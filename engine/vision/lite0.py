"""EfficientNet-Lite0 as an embedder: pooled features of the last layer, 1280 numbers of length 1.

Tan and Le, "EfficientNet", 2019, in the form without squeeze-and-excite. timm builds the network; its weights come from
a file on this disk, whose 296 tensors are timm's in the same order under other names. Only ever imported in workers.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from engine.vision.device import Placed

Bytes = npt.NDArray[np.uint8]
Float32s = npt.NDArray[np.float32]

SIDE = 224
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_LEAST_SPREAD = 0.03  # of luma, 0 to 1: a plain grey picture is not blown up into its noise


class Lite0:
    """The network, on the device this machine is fastest with."""

    def __init__(self, weights: Path) -> None:
        """Raises where torch or timm cannot be imported, or the file does not fit the network."""
        import timm
        import torch

        torch.set_num_threads(1)  # a worker a core
        network: Any = timm.create_model("tf_efficientnet_lite0", pretrained=False, num_classes=1000)
        network.load_state_dict(_renamed(network.state_dict(), torch.load(weights, "cpu", weights_only=True)))
        self._placed = Placed(network)

    def embed(self, pictures: list[Bytes]) -> Float32s:
        """(H, W, 3) RGB pictures -> (n, 1280) float32, each row of length 1."""
        batch = np.empty((len(pictures), SIDE, SIDE, 3), np.float32)  # colours last, as the network runs: no copy there
        for place, picture in zip(batch, pictures, strict=True):
            place[:] = prepared(picture)
        return self._placed.run(batch.transpose(0, 3, 1, 2), _features)


def _features(network: Any, given: Any) -> Any:
    """(n, 3, 224, 224) -> (n, 1280) of length 1; the length in float32, as squares leave half precision's range."""
    import torch

    return torch.nn.functional.normalize(network.forward_features(given).float().mean((2, 3)), dim=1)


def prepared(rgb: Bytes) -> Float32s:
    """(224, 224, 3): squeezed to a square, its luma brought to mean 0 and spread 1.

    The whole frame and not its middle, as an edge may be all that differs. Standardised by the picture's own light and
    not by ImageNet's: a copy made lighter or darker then gives nearly the same vector (cosine above 0.88 where it was
    0.71), and other copies do as before.
    """
    small = np.asarray(cv2.resize(rgb, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.float32) / 255
    luma = small @ _LUMA
    return np.asarray((small - luma.mean()) / max(float(luma.std()), _LEAST_SPREAD), np.float32)


def _renamed(own: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """The given tensors under the network's own names. Raises ValueError where they are not its tensors in order."""
    if [t.shape for t in own.values()] != [t.shape for t in given.values()]:
        raise ValueError("the weights are those of another network")
    return dict(zip(own, given.values(), strict=True))
