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

from engine.errors import LibraryError, NotFound
from engine.learning import cards, state
from engine.learning.train import revert, train
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
    """With exactly one good model, in use, whatever a test before did."""
    kept = {file: file.read_bytes() for file in taught.paths.models.iterdir()}
    with taught.db.read() as connection:
        told = state.read(connection)
    yield taught
    for file in taught.paths.models.iterdir():
        file.unlink()
    for file, data in kept.items():
        file.write_bytes(data)
    taught.write(lambda connection: state.write(connection, told))


def use(library: Library, name: str) -> None:
    library.write(lambda connection: state.write(connection, state.State(model=name)))


def kept(library: Library) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in library.paths.models.iterdir()}


def files(library: Library) -> tuple[Path, Path]:
    name = cards.names(library.paths)[-1]
    return library.paths.models / f"{name}.json", library.paths.models / f"{name}.npz"


def test_a_model_comes_back_as_it_was_written(library: Library) -> None:
    loaded, notices = cards.load(library)
    assert loaded is not None
    assert notices == []
    card, model = loaded
    again = cards.save(library, msgspec.structs.replace(card, name=cards.new_name(library.paths)), model)
    assert cards.current(library) == card  # not before it is put in use
    use(library, again.name)
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
    "hardly any spread": lambda a: a.update(unit=a["unit"] * 1e-320),
    "another network's": lambda a: a.update(axes=np.repeat(a["axes"], 2, 0), centre=np.repeat(a["centre"], 2)),
    "endless directions": lambda a: a.update(axes=a["axes"] * 1e300),
    "endless scales": lambda a: a["factor"].fill(1e300),
    "scales the other way": lambda a: a["factor"].fill(-1),
    "endless weights": lambda a: a["mean"].fill(1e300),
    "endless doubt": lambda a: a.update(covariance=a["covariance"] * 1e300),
    "doubt below none": lambda a: a.update(covariance=-a["covariance"]),
    "one-sided doubt": lambda a: a.update(covariance=np.triu(a["covariance"] + 1)),
    "hidden units of no inputs": lambda a: a.update(hidden=np.zeros((0, 5))),
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
    "version": lambda c: c.update(version=-1),
    "features": lambda c: c["features"].reverse(),
    "slope": lambda c: c.update(slope=-1.0),
    "steep": lambda c: c.update(slope=1e300),
    "pairs": lambda c: c.update(pairs=-4),
    "endless pairs": lambda c: c.update(pairs=10**30),
    "hidden": lambda c: c.update(kind="mlp"),
    "no strength": lambda c: c.update(strength=0.0),
    "strength below none": lambda c: c.update(strength=-1.0),
    "endless strength": lambda c: c.update(strength=1e300),
    "strictness below none": lambda c: c.update(strictness=-5.0),
    "endless tilt": lambda c: c.update(tilt=1e6),
    "doubt": lambda c: c.update(doubt=3.0),
    "window": lambda c: c.update(window=0),
    "unknown weight": lambda c: c["weights"].update({"<b>": 2.0}),
    "endless weight": lambda c: c["weights"].update(quality=1e300),
    "endless loss": lambda c: c["metrics"].update(loss=1e300),
}


@pytest.mark.parametrize("harm", CARDS)
def test_a_card_that_makes_no_sense_is_set_aside(library: Library, harm: str) -> None:
    file, _ = files(library)
    told = msgspec.json.decode(file.read_bytes())
    CARDS[harm](told)
    file.write_bytes(msgspec.json.encode(told))
    assert cards.current(library) is None
    loaded, notices = cards.load(library)
    assert loaded is None
    assert len(notices) == 1
    assert list(library.paths.models.glob("*.damaged-*"))


@pytest.mark.parametrize("harm", ["endless strength", "endless tilt", "strictness below none", "steep"])
def test_learning_goes_on_whatever_the_last_card_says(library: Library, harm: str) -> None:
    file, _ = files(library)
    told = msgspec.json.decode(file.read_bytes())
    CARDS[harm](told)
    file.write_bytes(msgspec.json.encode(told))
    done = train(library, Quiet())
    assert done.model
    assert done.notices[0].startswith(f"The model {file.stem} was set aside: ")


@pytest.mark.parametrize("harm", ["another network's", "endless directions", "endless weights", "endless doubt"])
def test_going_back_passes_over_weights_that_would_overflow(library: Library, harm: str) -> None:
    card, file = files(library)
    train(library, Quiet())
    rewritten(file, card, ARRAYS[harm])
    with pytest.raises(NotFound, match=f"The model {card.stem} was set aside: "):
        revert(library, Quiet())


def test_looking_at_the_model_in_use_changes_no_file_and_says_what_is_wrong(library: Library) -> None:
    card, _ = files(library)
    card.write_bytes(b"{")
    before = kept(library)
    told, why = cards.in_use(library)
    assert told is None
    assert why == (
        f"The model in use, {card.stem}, cannot be read: its card is damaged. Learn again, and another takes its place."
    )
    assert kept(library) == before


def test_a_library_that_is_open_read_only_keeps_its_damaged_models_where_they_are(library: Library) -> None:
    files(library)[0].write_bytes(b"{")
    before = kept(library)
    with Library(library.paths.root, write=False) as reading:
        loaded, notices = cards.load(reading)
    assert loaded is None
    assert len(notices) == 1
    assert "cannot be used" in notices[0]
    assert kept(library) == before


def test_a_model_of_a_newer_version_is_left_where_it_is(library: Library) -> None:
    file, _ = files(library)
    told = msgspec.json.decode(file.read_bytes())
    file.write_bytes(msgspec.json.encode({**told, "version": cards.VERSION + 1, "more": True}))
    before = kept(library)
    loaded, notices = cards.load(library)
    assert loaded is None
    assert len(notices) == 1
    assert "a newer Pickwise wrote it" in notices[0]
    assert kept(library) == before


def test_a_model_that_the_disk_does_not_give_now_is_left_where_it_is(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, before = Path.open, kept(library)

    def refused(self: Path, *how: Any, **more: Any) -> Any:
        if self.suffix == ".npz":
            raise OSError(24, "Too many open files")
        return whole(self, *how, **more)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", refused)
        loaded, notices = cards.load(library)
    assert loaded is None
    assert len(notices) == 1
    assert "Too many open files" in notices[0]
    assert kept(library) == before
    assert cards.current(library) is not None


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


def test_compressed_weights_are_set_aside_however_they_are_damaged(library: Library) -> None:
    import hashlib

    card, file = files(library)
    with zipfile.ZipFile(file) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in parts.items():
            packed.writestr(name, data)
    damaged = bytearray(file.read_bytes())
    start = damaged.find(b"centre.npy") + len("centre.npy")
    damaged[start : start + 6] = b"\xff" * 6
    file.write_bytes(damaged)
    told = msgspec.json.decode(card.read_bytes())
    told["digest"] = hashlib.sha256(damaged).hexdigest()
    card.write_bytes(msgspec.json.encode(told))
    loaded, notices = cards.load(library)
    assert loaded is None
    assert "its weights are compressed" in notices[0]
    assert cards.names(library.paths) == []


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


def saved(library: Library, count: int) -> None:
    loaded, _ = cards.load(library)
    assert loaded is not None
    for _ in range(count):
        cards.save(library, msgspec.structs.replace(loaded[0], name=cards.new_name(library.paths)), loaded[1])


def test_only_so_many_models_are_kept_and_always_the_one_in_use(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cards, "KEPT", 2)
    first = cards.names(library.paths)[0]
    saved(library, 3)
    cards.prune(library)
    assert len(cards.names(library.paths)) == 3
    assert cards.names(library.paths)[0] == first
    use(library, cards.names(library.paths)[-1])
    cards.prune(library)
    assert first not in cards.names(library.paths)
    assert len(list(library.paths.models.iterdir())) == 4


def test_a_later_model_has_the_later_name_though_the_clock_was_set_back(library: Library) -> None:
    ahead = "ranker-20991231T235959999999Z"
    (library.paths.models / f"{ahead}.json").write_bytes(b"{}")
    assert cards.new_name(library.paths) == "ranker-21000101T000000000000Z"


def test_a_model_that_could_not_be_written_leaves_nothing(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    before, whole = kept(library), Path.write_bytes

    def full(self: Path, data: Any) -> int:
        if ".json" in self.name:
            raise OSError(28, "No space left on device")
        return whole(self, data)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", full)
        with pytest.raises(LibraryError, match="No space left on device"):
            saved(library, 1)
    assert kept(library) == before
