"""U^2-Net through onnxruntime: Qin et al., "U^2-Net: Going Deeper with Nested U-Structure", 2020.

The file is any of its exports that takes (1, 3, 320, 320) and gives the fused map first, as (1, 1, 320, 320) in 0..1:
`u2netp.onnx` (4.6 MB) or `u2net.onnx` (176 MB). One thread a process, as there is a worker a core.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Float32s = npt.NDArray[np.float32]

SIDE = 320
_MEAN = np.array([0.485, 0.456, 0.406], np.float32)
_SPREAD = np.array([0.229, 0.224, 0.225], np.float32)
_LARGEST = 512 * 2**20  # bytes of a file that is worth reading


class WrongWeights(Exception):
    """The file is not U^2-Net, or cannot be read; the text is a sentence that says which."""


class U2Net:
    """The network, on Core ML where onnxruntime has it, else on the processor."""

    def __init__(self, weights: Path) -> None:
        """Raises WrongWeights."""
        self.session = _session(_read(weights), weights.name)
        takes, gives = self.session.get_inputs(), self.session.get_outputs()
        if len(takes) != 1 or takes[0].shape != [1, 3, SIDE, SIDE] or not gives or gives[0].shape != [1, 1, SIDE, SIDE]:
            raise WrongWeights(f"{weights.name} is another network than U^2-Net.")
        self._takes, self._gives = takes[0].name, [gives[0].name]

    def map(self, rgb: Bytes) -> Float32s:
        """(H, W, 3) uint8 RGB -> (320, 320) float32, about 0 to 1, the whole picture squeezed to a square.

        The map is taken as it is. The authors' script stretches it to 0..1 for each picture, which turns the faint
        noise over an empty sky into a subject.
        """
        found = self.session.run(self._gives, {self._takes: prepared(rgb)})[0]
        return np.asarray(found[0, 0], np.float32)


def prepared(rgb: Bytes) -> Float32s:
    """(1, 3, 320, 320) float32: as the network was trained, divided by the picture's own brightest value."""
    small = np.asarray(cv2.resize(np.ascontiguousarray(rgb), (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.float32)
    light = (small / max(float(small.max()), 1.0) - _MEAN) / _SPREAD
    return np.ascontiguousarray(light.transpose(2, 0, 1)[None], np.float32)


def _read(weights: Path) -> bytes:
    try:
        if not weights.is_file():
            raise WrongWeights(f"{weights.name} is not there.")
        if weights.stat().st_size > _LARGEST:
            raise WrongWeights(f"{weights.name} is too large to be U^2-Net.")
        return weights.read_bytes()
    except OSError as error:
        raise WrongWeights(f"{weights.name} cannot be read: {error.strerror or error}.") from None


def _session(data: bytes, name: str) -> Any:
    """A session over the first set of providers that takes the model. Raises WrongWeights."""
    try:
        import onnxruntime
    except ImportError as error:
        raise WrongWeights(f"onnxruntime cannot be loaded: {error}.") from None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_mem_pattern = False  # its plan holds 200 MB more, and is no faster
    options.log_severity_level = 4  # what is wrong is said by the exception
    processor = ["CPUExecutionProvider"]
    here = set(onnxruntime.get_available_providers())
    ways = [["CoreMLExecutionProvider", *processor]] if "CoreMLExecutionProvider" in here else []
    for providers in [*ways, processor]:
        with contextlib.suppress(Exception):  # onnxruntime has no root of its own for what a file can do to it
            return onnxruntime.InferenceSession(data, options, providers=providers)
    raise WrongWeights(f"{name} is no model that onnxruntime can load.")
