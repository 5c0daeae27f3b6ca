"""A tiny siamese network, for tastes that no weighted sum can tell: both images of a pair go through one hidden layer.

What it learns is the layer. Its answers stand behind the plain features, and the Bayesian model of `bayes` is fitted
over both, so chances stay as unsure as the data leave them (the Bayesian last layer of Kristiadi, Hein and Hennig,
"Being Bayesian, even just a bit, fixes overconfidence", 2020). Only learning needs PyTorch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.vision.device import device

Floats = npt.NDArray[np.float64]
Float32s = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

HIDDEN = 12
_STEPS, _SEED = 150, 20260103
_RATE, _DECAY = 0.02, 0.02


def learn(x: Float32s, winner: Ints, loser: Ints, weight: Floats, pause: Callable[[], object] = lambda: None) -> Floats:
    """The hidden layer of a network fitted to n pairs; the same on a processor for the same input.

    Args:
        x: (m, d) features of images.
        winner, loser: (n,) rows of x; weight: (n,).
        pause: called every few steps; what it raises ends it.

    Returns:
        (d + 1, HIDDEN): weights, and the offsets last.
    """
    import torch

    rows, places = np.unique(np.concatenate([winner, loser]), return_inverse=True)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # so little work that sharing it out takes longer
    try:
        return _learned(torch, x[rows], places[: len(winner)], places[len(winner) :], weight, pause)
    finally:
        torch.set_num_threads(threads)


def _learned(torch: Any, x: Float32s, winner: Ints, loser: Ints, weight: Floats, pause: Callable[[], object]) -> Floats:
    make = torch.Generator().manual_seed(_SEED)
    on = device()
    size = x.shape[1]

    def fresh(*shape: int, scale: float) -> Any:
        return (torch.randn(*shape, generator=make) * scale).to(on).requires_grad_()

    inner, offset = fresh(size, HIDDEN, scale=size**-0.5), fresh(HIDDEN, scale=0.5)
    outer, plain = fresh(HIDDEN, scale=0.1), fresh(size, scale=0.01)
    images, counts = torch.from_numpy(x).to(on), torch.from_numpy(weight.astype(np.float32)).to(on)
    first, second = torch.from_numpy(winner).to(on), torch.from_numpy(loser).to(on)
    steps = torch.optim.AdamW([inner, offset, outer, plain], lr=_RATE, weight_decay=_DECAY)
    for step in range(_STEPS):
        if step % 10 == 0:
            pause()
        steps.zero_grad()
        liked = torch.tanh(images @ inner + offset) @ outer + images @ plain
        lost = (counts * torch.nn.functional.softplus(liked[second] - liked[first])).sum() / counts.sum()
        lost.backward()
        steps.step()
    both = torch.cat([inner, offset[None]]).detach().cpu().numpy()
    return np.asarray(both, np.float64)
