"""CLIP as an embedder of pictures and of words: vectors of one space, so that words find pictures.

Radford et al., "Learning Transferable Visual Models From Natural Language Supervision", 2021, in open_clip's form, with
open_clip's own preparation. Only weights are read from the file, never code: safetensors, or `torch.load` with
`weights_only`. Nothing is fetched. Only ever imported in workers.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

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
    """The network, on the device this machine is fastest with; at half precision off the processor."""

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
        self._torch: Any = torch
        self._device = _device(torch)
        self._half = self._device != "cpu"
        try:
            if config is not None:
                open_clip.add_model_config(config)
            self._network, _, self._prepare = _built(open_clip, model, weights, self._device, half=self._half)
        except Exception as error:  # noqa: BLE001 - a file may break the loader in any way
            raise BadWeights(_line(error)) from None
        self._network.eval()
        self._model = model

    def embed(self, pictures: list[Bytes]) -> Float32s:
        """(H, W, 3) RGB pictures -> (n, size) float32, each row of length 1."""
        torch = self._torch
        batch = torch.stack([self._prepare(Image.fromarray(picture)) for picture in pictures])
        if self._half:
            batch = batch.half()
        with torch.inference_mode():
            return self._unit(self._network.encode_image(batch.to(self._device)))

    def words(self, texts: list[str]) -> Float32s:
        """Texts -> (n, size) float32, each row of length 1; what is beyond the network's 77 tokens is not read.

        Raises:
            BadWeights: the network's tokens are not part of open_clip.
        """
        import open_clip

        described = (open_clip.get_model_config(self._model) or {}).get("text_cfg", {})
        if described.get("hf_tokenizer_name") or "siglip" in self._model.lower():
            raise BadWeights(f"the tokens of {self._model} are not part of open_clip and would have to be fetched")
        tokens = open_clip.get_tokenizer(self._model)(texts)
        with self._torch.inference_mode():
            return self._unit(self._network.encode_text(tokens.to(self._device)))

    def _unit(self, features: Any) -> Float32s:
        found: Float32s = self._torch.nn.functional.normalize(features.float(), dim=1).cpu().numpy()
        return found


def _built(open_clip: Any, model: str, weights: Path, device: str, *, half: bool) -> Any:
    return open_clip.create_model_and_transforms(
        model,
        pretrained=str(weights.absolute()),
        precision="fp16" if half else "fp32",
        device=device,
        pretrained_text=False,
        weights_only=True,
    )


def _device(torch: Any) -> str:
    if torch.backends.mps.is_available():
        return "mps"
    return "cuda" if torch.cuda.is_available() else "cpu"


def _line(error: Exception) -> str:
    """What the loader says, in one line: it may name every tensor of a network."""
    said = " ".join(str(error).split()) or type(error).__name__
    return said if len(said) <= _MOST_SAID else said[:_MOST_SAID] + "…"
