"""Model files: read back whole, and refused with a sentence whatever stands in them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from engine.learning import cards
from engine.learning.train import train
from engine.library.store import Library
from engine.progress import Quiet
from tests import likes


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with likes.library(tmp_path_factory.mktemp("taught") / "library", 40) as made:
        likes.pick(made, list(likes.groups(made))[:20], likes.liked(made))
        train(made, Quiet())
        yield made


@pytest.fixture
def library(taught: Library) -> Iterator[Library]:
    """With exactly one good model, whatever a test before did."""
    kept = {file: file.read_bytes() for file in taught.paths.models.iterdir()}
    yield taught
    for file in taught.paths.models.iterdir():
        file.unlink()
    for file, data in kept.items():
        file.write_bytes(data)
    taught.remember("ranker", cards.names(taught.paths)[-1])


def files(library: Library) -> tuple[Path, Path]:
    name = cards.names(library.paths)[-1]
    return library.paths.models / f"{name}.json", library.paths.models / f"{name}.npz"


def test_a_model_comes_back_as_it_was_written(library: Library) -> None:
    loaded, notices = cards.load(library)
    assert loaded is not None
    assert notices == []
    card, model = loaded
    again = cards.save(library, msgspec.structs.replace(card, name=cards.new_name()), model)
    assert cards.current(library) == card  # not before it is put in use
    library.remember("ranker", again.name)
    second, _ = cards.load(library)
    assert second is not None
    assert second[0].name == again.name
    assert np.array_equal(second[1].covariance, model.covariance)
    assert np.array_equal(second[1].basis.axes, model.basis.axes)


def rewritten(file: Path, card: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the arrays, and name their digest in the card, as somebody who means harm would."""
    import hashlib

    with np.load(file, allow_pickle=False) as found:
        arrays: dict[str, Any] = dict(found)
    change(arrays)
    packed = io.BytesIO()
    np.savez(packed, **arrays)
    file.write_bytes(packed.getvalue())
    told = msgspec.json.decode(card.read_bytes())
    told["digest"] = hashlib.sha256(packed.getvalue()).hexdigest()
    card.write_bytes(msgspec.json.encode(told))


ARRAYS: dict[str, Callable[[dict[str, Any]], None]] = {
    "pickled": lambda a: a.update(mean=np.array([{"x": 1}], object)),
    "missing": lambda a: a.pop("unit"),
    "more": lambda a: a.update(extra=np.zeros(1)),
    "shape": lambda a: a.update(mean=a["mean"][:-1]),
    "not a number": lambda a: a["covariance"].fill(np.nan),
    "single": lambda a: a.update(mean=a["mean"].astype(np.float32)),
    "large": lambda a: a.update(axes=np.zeros((400_000, 32))),
    "no spread": lambda a: a["unit"].fill(0),
}


@pytest.mark.parametrize("harm", ARRAYS)
def test_arrays_that_are_no_model_are_set_aside_with_a_sentence(library: Library, harm: str) -> None:
    card, file = files(library)
    rewritten(file, card, ARRAYS[harm])
    loaded, notices = cards.load(library)
    assert loaded is None
    assert len(notices) == 1
    assert notices[0].startswith(f"The model {card.stem} was set aside: ")
    assert cards.names(library.paths) == []


CARDS: dict[str, Callable[[dict[str, Any]], object]] = {
    "kind": lambda c: c.update(kind="pickle"),
    "unknown key": lambda c: c.update(run="rm"),
    "name": lambda c: c.update(name="ranker-20200101T000000000000Z"),
    "version": lambda c: c.update(version=99),
    "features": lambda c: c["features"].reverse(),
    "slope": lambda c: c.update(slope=-1.0),
    "pairs": lambda c: c.update(pairs=-4),
    "hidden": lambda c: c.update(kind="mlp"),
}


@pytest.mark.parametrize("harm", CARDS)
def test_a_card_that_makes_no_sense_is_set_aside(library: Library, harm: str) -> None:
    file, _ = files(library)
    told = msgspec.json.decode(file.read_bytes())
    CARDS[harm](told)
    file.write_bytes(msgspec.json.encode(told))
    assert cards.current(library) is None
    assert list(library.paths.models.glob("*.damaged-*"))


@pytest.mark.parametrize("data", [b"", b"[" * 100_000, b"\xff\xfe", b"{}", b"a" * 1_000_002])
def test_a_card_that_is_no_json_is_set_aside(library: Library, data: bytes) -> None:
    files(library)[0].write_bytes(data)
    assert cards.current(library) is None


def test_a_header_that_promises_more_than_is_there_takes_no_memory(library: Library) -> None:
    import hashlib

    card, file = files(library)
    with zipfile.ZipFile(file) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999,), }"
    parts["mean.npy"] = b"\x93NUMPY\x01\x00" + (len(header) + 1).to_bytes(2, "little") + header + b"\n" + bytes(8)
    with zipfile.ZipFile(file, "w") as packed:
        for name, data in parts.items():
            packed.writestr(name, data)
    told = msgspec.json.decode(card.read_bytes())
    told["digest"] = hashlib.sha256(file.read_bytes()).hexdigest()
    card.write_bytes(msgspec.json.encode(told))
    loaded, notices = cards.load(library)
    assert loaded is None
    assert "cut short or too long" in notices[0]


def test_weights_of_another_run_are_not_taken_for_its_own(library: Library) -> None:
    _, file = files(library)
    file.write_bytes(file.read_bytes() + b" ")
    assert cards.current(library) is None


def test_a_damaged_model_gives_way_to_the_one_before(library: Library) -> None:
    first = cards.names(library.paths)[0]
    train(library, Quiet())
    files(library)[1].write_bytes(b"broken")
    loaded, notices = cards.load(library)
    assert loaded is not None
    assert loaded[0].name == first
    assert len(notices) == 1


def test_only_so_many_models_are_kept(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "KEPT", 2)
    loaded, _ = cards.load(library)
    assert loaded is not None
    for _ in range(3):
        cards.save(library, msgspec.structs.replace(loaded[0], name=cards.new_name()), loaded[1])
    assert len(cards.names(library.paths)) == 2
    assert len(list(library.paths.models.iterdir())) == 4
