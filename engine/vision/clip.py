"""CLIP as an embedder of pictures and of words: vectors of one space, so that words find pictures.

Radford et al., "Learning Transferable Visual Models From Natural Language Supervision", 2021, in open_clip's form, with
open_clip's own preparation. Only weights are read from the file, never code: safetensors, or `torch.load` with
`weights_only`. Nothing is fetched. Only ever imported in workers.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from engine.vision.device import Placed

Bytes = npt.NDArray[np.uint8]
Float32s = npt.NDArray[np.float32]

_OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TORCH_FORCE_WEIGHTS_ONLY_LOAD": "1",  # open_clip has a second way to load where the first one raises
}
_MOST_SAID = 200


class BadWeights(Exception):
    """The file is no weights of this network; the text says why, in one line."""


class Clip:
    """The network, where and as precisely as `device` says."""

    def __init__(self, model: str, weights: Path, config: Path | None = None) -> None:
        """Load it.

        Args:
            model: open_clip's name of the network.
            weights: safetensors, or what torch saved with only weights in it.
            config: JSON that describes the network, its stem the name, where open_clip does not know it.

        Raises:
            BadWeights: the file is damaged, another network's, or holds more than weights.
        """
        os.environ.update(_OFFLINE)
        os.environ.pop("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", None)
        import open_clip
        import torch

        torch.set_num_threads(1)  # a worker a core
        try:
            if config is not None:
                open_clip.add_model_config(config)
            network, _, self._prepare = open_clip.create_model_and_transforms(
                model, pretrained=str(weights.absolute()), pretrained_text=False, weights_only=True
            )
        except Exception as error:  # noqa: BLE001 - a file may break the loader in any way
            raise BadWeights(_line(error)) from None
        self._network = Placed(network)
        self._model = model

    def embed(self, pictures: list[Bytes]) -> Float32s:
        """(H, W, 3) RGB pictures -> (n, size) float32, each row of length 1."""
        batch = np.stack([np.asarray(self._prepare(Image.fromarray(picture)), np.float32) for picture in pictures])
        return _unit(self._network.run(batch, lambda network, given: network.encode_image(given)))

    def words(self, text: str) -> Float32s:
        """A text -> (1, size) float32 of length 1; what is beyond the network's 77 tokens is not read.

        Raises:
            BadWeights: the network's tokens are not part of open_clip.
        """
        import open_clip

        described = (open_clip.get_model_config(self._model) or {}).get("text_cfg", {})
        if described.get("hf_tokenizer_name") or "siglip" in self._model.lower():
            raise BadWeights(f"the tokens of {self._model} are not part of open_clip and would have to be fetched")
        tokens = open_clip.get_tokenizer(self._model)([text])
        place = np.zeros((1, 1), np.float32)  # tells the device: tokens are no numbers to be made half as precise
        return _unit(self._network.run(place, lambda network, given: network.encode_text(tokens.to(given.device))))


def _unit(rows: Float32s) -> Float32s:
    """Each row at length 1; one of zeros stays."""
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12), np.float32)


def _line(error: Exception) -> str:
    """What the loader says, in one line: it may name every tensor of a network."""
    said = " ".join(str(error).split()) or type(error).__name__
    return said if len(said) <= _MOST_SAID else said[:_MOST_SAID] + "…"
