"""Masks on disk: what is written is read back, and nothing else is believed."""

from __future__ import annotations

import io
import json
import os
import pickle
import tempfile
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import Unreadable, WrongUse
from engine.vision.saliency import store
from engine.vision.saliency.shape import mask_shape, subject

CONTENT = "0123456789abcdef0123456789abcdef"


def drawn(width: int, height: int) -> np.ndarray:
    down, across = mask_shape(width, height)
    mask = np.random.default_rng(down).random((down, across), np.float32) * 0.4
    mask[down // 4 : down // 2 + 1, across // 4 : across // 2 + 1] = 0.9
    return mask


def put(folder: Path, data: bytes) -> None:
    """A mask file of these bytes with a note that vouches for them."""
    store.save(folder, CONTENT, drawn(640, 480), width=640, height=480, by="u2net")
    file = store.mask_file(folder, CONTENT)
    file.write_bytes(data)
    note = json.loads(file.with_suffix(".json").read_text())
    note["digest"] = store._digest(data)
    file.with_suffix(".json").write_text(json.dumps(note))


def packed(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=True)
    return stream.getvalue()


@settings(deadline=None, max_examples=25)
@given(st.integers(1, 5000), st.integers(1, 5000))
def test_a_mask_comes_back_as_it_was_to_half_precision(width: int, height: int) -> None:
    mask = drawn(width, height)
    with tempfile.TemporaryDirectory() as place:
        note = store.save(Path(place), CONTENT, mask, width=width, height=height, by="contrast")
        back = store.load(Path(place), CONTENT)
    assert back is not None
    np.testing.assert_array_equal(back.mask, mask.astype(np.float16).astype(np.float32))
    assert (back.note, back.mask.dtype, back.note.by) == (note, np.float32, "contrast")
    assert back.note.scale == (width / mask.shape[1], height / mask.shape[0])
    assert back.subject == subject(mask.astype(np.float16), width, height)


def test_the_file_is_plain_float16_that_any_numpy_reads(tmp_path: Path) -> None:
    mask = drawn(1600, 900)
    store.save(tmp_path / "new" / "saliency", CONTENT, mask, width=1600, height=900, by="u2net")
    found = np.load(tmp_path / "new" / "saliency" / f"{CONTENT}.npy", allow_pickle=False)
    assert (found.dtype, found.shape) == (np.float16, (180, 320))
    assert sorted(f.name for f in (tmp_path / "new" / "saliency").iterdir()) == [f"{CONTENT}.json", f"{CONTENT}.npy"]


def test_a_mask_made_from_a_smaller_copy_may_be_off_by_a_pixel_but_no_more(tmp_path: Path) -> None:
    mask = drawn(1600, 900)
    store.save(tmp_path, CONTENT, mask[:-1], width=1600, height=900, by="u2net")
    for wrong in (mask[:-2], mask.T, mask[0], np.full_like(mask, np.nan), mask + 1, mask - 1):
        with pytest.raises(ValueError, match="a mask is"):
            store.save(tmp_path, CONTENT, wrong, width=1600, height=900, by="u2net")
    back = store.load(tmp_path, CONTENT)
    assert back is not None
    assert back.mask.shape == (179, 320)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "a/b", "A" * 32, "0" * 15, "0" * 32 + "\n", "0" * 200])
def test_only_a_hash_names_a_mask(tmp_path: Path, name: str) -> None:
    with pytest.raises(WrongUse):
        store.load(tmp_path, name)
    with pytest.raises(WrongUse):
        store.save(tmp_path, name, drawn(9, 9), width=9, height=9, by="u2net")
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_there_is_none_and_half_a_pair_too(tmp_path: Path) -> None:
    assert store.load(tmp_path / "nowhere", CONTENT) is None
    store.save(tmp_path, CONTENT, drawn(64, 64), width=64, height=64, by="u2net")
    store.mask_file(tmp_path, CONTENT).with_suffix(".json").unlink()
    assert store.load(tmp_path, CONTENT) is None


class Bomb:
    def __reduce__(self) -> tuple[object, ...]:
        return os.abort, ()


def header(shape: str, kind: str = "<f2") -> bytes:
    text = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no array",
        packed(np.array([Bomb()], object)),
        pickle.dumps(Bomb()),
        b"PK\x03\x04" + b"\x00" * 40,
        header("(1000000, 1000000)"),
        header("(240, 320)"),
        header("(240, 320)") + b"\x00" * (240 * 320 * 2 + 1),
        header("(" * 3000),
        header("(-240, 320)"),
        header("(True, 320)") + b"\x00" * 640,
        packed(np.zeros((240, 320), np.float32)[:100]),
        packed(np.zeros((240, 320), ">f2")),
        packed(np.zeros((320, 240), np.float16).T),
        packed(np.zeros((320, 240), np.float16)),
        packed(np.full((240, 320), np.nan, np.float16)),
        packed(np.full((240, 320), 1.5, np.float16)),
        packed(np.full((240, 320), -0.5, np.float16)),
        b"\x00" * 2_000_000,
    ],
    ids=lambda data: f"{data[:12].hex()}-{len(data)}",
)
def test_a_hostile_mask_is_refused_in_a_sentence(tmp_path: Path, data: bytes) -> None:
    put(tmp_path, data)
    with pytest.raises(Unreadable, match=CONTENT) as refusal:
        store.load(tmp_path, CONTENT)
    assert "pickwise vision" in refusal.value.hint


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2}, {"by": "someone"}, {"width": 0}, {"width": 10**12}, {"share": 2}, {"scale": [1]},
        {"box": [1, 2]}, {"more": 1}, {"content": "f" * 32}, {"digest": "0" * 32}, {"height": 900}, {"width": "640"},
    ],
)  # fmt: skip
def test_a_note_that_says_otherwise_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    store.save(tmp_path, CONTENT, drawn(640, 480), width=640, height=480, by="u2net")
    file = tmp_path / f"{CONTENT}.json"
    file.write_bytes(msgspec.json.encode({**json.loads(file.read_bytes()), **change}))
    with pytest.raises(Unreadable, match=CONTENT):
        store.load(tmp_path, CONTENT)


@pytest.mark.parametrize("told", [b"", b"[]", b"\xff\xfe", b"[" * 4000, b" " * 5000, b"null"])
def test_a_note_that_is_none_is_refused(tmp_path: Path, told: bytes) -> None:
    store.save(tmp_path, CONTENT, drawn(640, 480), width=640, height=480, by="u2net")
    (tmp_path / f"{CONTENT}.json").write_bytes(told)
    with pytest.raises(Unreadable, match=CONTENT):
        store.load(tmp_path, CONTENT)


def test_the_masks_of_two_runs_are_not_taken_for_a_pair(tmp_path: Path) -> None:
    store.save(tmp_path, CONTENT, drawn(640, 480), width=640, height=480, by="u2net")
    older = (tmp_path / f"{CONTENT}.json").read_bytes()
    store.save(tmp_path, CONTENT, drawn(640, 480) / 2, width=640, height=480, by="contrast")
    (tmp_path / f"{CONTENT}.json").write_bytes(older)
    with pytest.raises(Unreadable, match="does not belong"):
        store.load(tmp_path, CONTENT)


def test_a_pipe_or_a_folder_is_no_mask(tmp_path: Path) -> None:
    store.save(tmp_path, CONTENT, drawn(64, 64), width=64, height=64, by="u2net")
    file = store.mask_file(tmp_path, CONTENT)
    file.unlink()
    file.mkdir()
    with pytest.raises(Unreadable):
        store.load(tmp_path, CONTENT)
    file.rmdir()
    os.mkfifo(file)
    with pytest.raises(Unreadable):
        store.load(tmp_path, CONTENT)


def test_a_write_that_fails_leaves_the_older_mask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = store.save(tmp_path, CONTENT, drawn(640, 480), width=640, height=480, by="u2net")

    def full(part: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        store.save(tmp_path, CONTENT, drawn(640, 480) / 2, width=640, height=480, by="contrast")
    monkeypatch.undo()
    back = store.load(tmp_path, CONTENT)
    assert back is not None
    assert back.note == first
    assert len(list(tmp_path.iterdir())) == 2
