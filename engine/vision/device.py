"""Where networks run: one place decides, for all of them.

Metal where PyTorch has it, else CUDA, else the processor. An operator that a graphics processor lacks moves the network
to the processor for good, and so does memory too small for even one picture. Only workers and `doctor` call this.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from functools import cache
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Device = Literal["mps", "cuda", "cpu"]
Floats = npt.NDArray[np.float32]

MOST = 64  # pictures a batch; beyond it no device measured is faster
_SHARE = 8  # a batch may take one part in so many of the memory
_TENSOR_CORES = (7, 0)  # compute capability from which on half precision is faster on CUDA


@cache
def device() -> Device:
    """The device this machine is fastest with; `cpu` too where PyTorch is not installed or cannot be loaded."""
    try:
        import torch
    except (ImportError, OSError):
        return "cpu"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a driver that is too old: then it is not available, which is all we ask
        if torch.backends.mps.is_available():
            return "mps"
        return "cuda" if torch.cuda.is_available() else "cpu"


def half(on: Device) -> bool:
    """Whether half precision pays: on Metal and on CUDA with tensor cores; a processor is slower with it."""
    if on == "cuda":
        import torch

        return bool(torch.cuda.get_device_capability() >= _TENSOR_CORES)
    return on == "mps"


def memory(on: Device) -> int:
    """Bytes that networks may count on: free on CUDA, recommended on Metal, all of the machine's else; 0 unknown."""
    if on == "cpu":
        try:
            return int(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
        except (AttributeError, OSError, ValueError):
            return 0
    import torch

    found = torch.cuda.mem_get_info()[0] if on == "cuda" else torch.mps.recommended_max_memory()
    return int(found)


def batch_size(picture_bytes: int, on: Device, *, workers: int = 1, most: int = MOST) -> int:
    """How many pictures to give a network at once: a power of two from 1 to `most`.

    Args:
        picture_bytes: what one picture takes at the widest place of the network.
        on: the device.
        workers: processes that share its memory.
        most: beyond it nothing is won.
    """
    room = memory(on) // (_SHARE * max(1, workers) * max(1, picture_bytes))
    fitting = max(1, min(room, most))
    return 1 << (fitting.bit_length() - 1)


class Placed:
    """A PyTorch network on its device.

    Attributes:
        device: where it runs now.
        half: in half precision.
    """

    def __init__(self, network: Any, on: Device | None = None, *, in_half: bool | None = None) -> None:
        """Move the network, to `device()` and in half precision where that pays, unless told; set it to evaluate."""
        import torch

        self._torch: Any = torch
        self._network = network.eval()
        wanted = on or device()
        self.device: Device = "cpu"
        self.half = False
        try:
            self._move(wanted, in_half=half(wanted) if in_half is None else in_half)
        except (NotImplementedError, RuntimeError):
            self._move("cpu", in_half=False)

    def run(self, batch: Floats, forward: Callable[[Any, Any], Any]) -> Floats:
        """What the network makes of a batch.

        Args:
            batch: (n, channels, H, W) or whatever the network takes, first axis the pictures.
            forward: (network, tensor on its device) -> tensor of n rows.

        Returns:
            n rows, float32. The same for the same batch and device.

        Raises:
            Exception: what the network raises on the processor too.
        """
        try:
            found = self._run(batch, forward)
        except self._torch.OutOfMemoryError:
            return self._smaller(batch, forward)
        except (NotImplementedError, RuntimeError):
            if self.device == "cpu" and not self.half:
                raise
            self._move("cpu", in_half=False)
            return self._run(batch, forward)
        if self.half and not np.isfinite(found).all():  # out of half precision's range: 65 504
            self._move(self.device, in_half=False)
            return self.run(batch, forward)
        return found

    def _smaller(self, batch: Floats, forward: Callable[[Any, Any], Any]) -> Floats:
        """The memory of the device was too small: half the batch at a time, then on the processor."""
        if len(batch) > 1:
            middle = len(batch) // 2
            return np.concatenate([self.run(batch[:middle], forward), self.run(batch[middle:], forward)])
        if self.device == "cpu":
            raise MemoryError("the memory is too small for one picture")
        self._move("cpu", in_half=False)
        return self._run(batch, forward)

    def _run(self, batch: Floats, forward: Callable[[Any, Any], Any]) -> Floats:
        torch = self._torch
        with torch.inference_mode():
            given = torch.from_numpy(batch).to(self.device, torch.float16 if self.half else torch.float32)
            if given.ndim == 4:
                given = given.contiguous(memory_format=torch.channels_last)
            found: Floats = forward(self._network, given).float().cpu().numpy()
        return found

    def _move(self, to: Device, *, in_half: bool) -> None:
        torch = self._torch
        precision = torch.float16 if in_half else torch.float32
        self._network = self._network.to(to, precision).to(memory_format=torch.channels_last)
        self.device, self.half = to, in_half
