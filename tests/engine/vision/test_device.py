"""One place says where networks run, and a device that cannot do something never costs the answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.vision import device
from engine.vision.device import Placed

torch: Any = pytest.importorskip("torch")
BATCH = np.arange(24, dtype=np.float32).reshape(2, 3, 2, 2)


def doubled(network: Any, given: Any) -> Any:
    return network(given) * 2


def failing(times: int, error: Exception) -> Callable[[Any, Any], Any]:
    """A forward pass that fails the first times."""
    left = [error] * times

    def forward(network: Any, given: Any) -> Any:
        if left:
            raise left.pop()
        return doubled(network, given)

    return forward


def placed(*, in_half: bool = False) -> Placed:
    return Placed(torch.nn.Identity(), "cpu", in_half=in_half)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """`machine(mps=, cuda=)`: the device chosen on a machine that has these."""

    def chosen(*, mps: bool, cuda: bool) -> str:
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
        monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
        device.device.cache_clear()
        try:
            return device.device()
        finally:
            device.device.cache_clear()

    return chosen


def test_metal_goes_before_cuda_and_cuda_before_the_processor(machine: Callable[..., str]) -> None:
    assert [machine(mps=mps, cuda=cuda) for mps, cuda in ((True, True), (False, True), (False, False))] == [
        "mps", "cuda", "cpu",
    ]  # fmt: skip


def test_half_precision_is_for_graphics_processors_that_are_faster_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda: (6, 1))
    assert not device.half("cuda")
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda: (8, 6))
    assert device.half("cuda")
    assert device.half("mps")
    assert not device.half("cpu")


@given(st.integers(0, 1 << 34), st.integers(0, 64), st.integers(1, 300))
def test_a_batch_is_a_power_of_two_that_the_memory_holds(picture: int, workers: int, most: int) -> None:
    size = device.batch_size(picture, "cpu", workers=workers, most=most)
    assert 1 <= size <= most
    assert size & (size - 1) == 0
    assert size == 1 or size * picture * max(1, workers) * 8 <= device.memory("cpu")


def test_more_memory_never_makes_a_smaller_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []
    for gigabytes in (0, 1, 2, 4, 8, 16, 64):
        monkeypatch.setattr(device, "memory", lambda on, g=gigabytes: g << 30)
        sizes.append(device.batch_size(40 << 20, "cuda"))
    assert sizes == sorted(sizes)
    assert (sizes[0], sizes[-1]) == (1, 64)


def test_what_is_run_comes_back_as_float32_rows_of_the_batch() -> None:
    found = placed().run(BATCH, doubled)
    assert found.dtype == np.float32
    assert np.array_equal(found, BATCH * 2)
    assert np.array_equal(placed(in_half=True).run(BATCH, doubled), BATCH * 2)


@pytest.mark.parametrize("error", [NotImplementedError("aten::x is not for MPS"), RuntimeError("no kernel")])
def test_an_operator_that_is_missing_moves_the_network_to_the_processor_once(error: Exception) -> None:
    network = placed(in_half=True)
    assert np.array_equal(network.run(BATCH, failing(1, error)), BATCH * 2)
    assert (network.device, network.half) == ("cpu", False)


def test_what_fails_on_the_processor_too_is_raised() -> None:
    with pytest.raises(RuntimeError, match="shapes"):
        placed().run(BATCH, failing(2, RuntimeError("shapes differ")))
    with pytest.raises(RuntimeError, match="shapes"):
        placed(in_half=True).run(BATCH, failing(2, RuntimeError("shapes differ")))


def test_too_little_memory_makes_the_batch_smaller_and_the_answer_no_other() -> None:
    assert np.array_equal(placed().run(BATCH, failing(1, torch.OutOfMemoryError("full"))), BATCH * 2)
    with pytest.raises(MemoryError):
        placed().run(BATCH, failing(9, torch.OutOfMemoryError("full")))


def test_numbers_beyond_half_precision_are_worked_out_again_in_full() -> None:
    network = placed(in_half=True)
    assert np.array_equal(network.run(BATCH + 60000, doubled), (BATCH + 60000) * 2)
    assert not network.half


def test_a_device_that_cannot_take_the_network_leaves_it_on_the_processor() -> None:
    if torch.cuda.is_available():
        pytest.skip("this machine has CUDA")
    network = Placed(torch.nn.Conv2d(3, 4, 1), "cuda", in_half=True)
    assert network.device == "cpu"
    assert network.run(BATCH, lambda net, tensor: net(tensor)).shape == (2, 4, 2, 2)
