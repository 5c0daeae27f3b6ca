"""Only a file with the right size and sha256 is ever given out, from wherever it is found first."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.errors import NotFound
from engine.vision import checkpoints, manifest, weights
from tests.engine.vision.pinned import WHOLE, write


@pytest.fixture(autouse=True)
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A manifest with one model, and a folder named by PICKWISE_MODELS."""
    file = write(tmp_path / "weights.toml", {}, {"name": "other", "file": "other.onnx", "modules": ["no_such_module"]})
    monkeypatch.setattr(manifest, "places", lambda: [file])
    folder = tmp_path / "told"
    folder.mkdir()
    monkeypatch.setenv("PICKWISE_MODELS", str(folder))
    return folder


def put(folder: Path, data: bytes = WHOLE, name: str = "net.onnx") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)
    return folder / name


def test_the_told_folder_goes_before_the_app_and_the_app_before_the_persons_own(
    told: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys._MEIPASS", str(tmp_path / "app"), raising=False)
    assert weights.folders() == [told, tmp_path / "app" / "models", weights.own_folder()]
    assert weights.find("net") is None
    for folder in reversed(weights.folders()):
        file = put(folder)
        assert weights.find("net") == file


def test_several_folders_may_be_told(told: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PICKWISE_MODELS", os.pathsep.join([str(tmp_path / "none"), "", str(told)]))
    assert weights.find("net") is None
    file = put(told)
    assert weights.find("net") == file


@pytest.mark.parametrize("data", [b"", WHOLE[:-1], WHOLE + b"x", bytes([WHOLE[0] ^ 1]) + WHOLE[1:]])
def test_a_wrong_file_is_never_given_out_and_a_right_one_behind_it_is(told: Path, data: bytes) -> None:
    put(told, data)
    assert weights.find("net") is None
    state = weights.states()[0]
    assert (state.present, state.verified, state.in_use) == (True, False, False)
    right = put(weights.own_folder())
    assert weights.find("net") == right


def test_what_is_no_plain_file_is_not_opened_for_long_nor_given_out(told: Path) -> None:
    (told / "net.onnx").mkdir()
    assert weights.find("net") is None
    (told / "net.onnx").rmdir()
    os.mkfifo(told / "net.onnx")
    assert weights.find("net") is None
    (told / "net.onnx").unlink()
    (told / "net.onnx").symlink_to(told / "nowhere")
    assert weights.find("net") is None
    (told / "net.onnx").unlink()
    (told / "net.onnx").symlink_to("/dev/zero")
    assert weights.find("net") is None


def test_a_link_to_the_right_file_is_as_good(told: Path, tmp_path: Path) -> None:
    (told / "net.onnx").symlink_to(put(tmp_path / "elsewhere", name="x"))
    assert weights.find("net") == told / "net.onnx"


def test_a_file_is_read_once_and_again_when_it_changes(told: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[int] = []
    real = weights._sha256
    monkeypatch.setattr(weights, "_sha256", lambda opened, size: (reads.append(size), real(opened, size))[1])
    file = put(told)
    assert [weights.find("net"), weights.find("net")] == [file, file]
    assert len(reads) == 1
    put(told, WHOLE[::-1])
    os.utime(file, ns=(1, 1))
    assert weights.find("net") is None
    assert len(reads) == 2


def test_verifying_trusts_no_earlier_check(told: Path) -> None:
    file = put(told)
    stamp = file.stat().st_mtime_ns
    assert weights.states()[0].verified
    put(told, WHOLE[::-1])
    os.utime(file, ns=(stamp, stamp))
    assert not weights.states(again=True)[0].verified
    assert weights.find("net") is None


def test_a_model_is_in_use_only_where_what_runs_it_is_installed(told: Path) -> None:
    put(told)
    put(told, name="other.onnx")
    states = {state.name: state for state in weights.states()}
    assert (states["net"].verified, states["net"].in_use) == (True, True)
    assert (states["other"].verified, states["other"].in_use) == (True, False)


def test_a_file_with_a_models_name_that_is_not_that_model_is_refused_and_any_other_name_is_not(told: Path) -> None:
    assert not weights.refused(put(told))
    assert weights.refused(put(told, WHOLE[::-1]))
    assert weights.refused(put(told, b"x", "NET.onnx"))
    assert not weights.refused(put(told, b"x", "mine.onnx"))


def test_clip_weights_with_the_pinned_name_and_other_bytes_are_passed_over(told: Path) -> None:
    named = {"name": "clip", "file": "open_clip_vit_b_32.safetensors"}
    write(manifest.places()[0], {}, named)
    put(told, b"other bytes", "open_clip_vit_b_32.safetensors")
    assert checkpoints._found("ViT-B-32") is None
    mine = put(told, b"other bytes", "open_clip_mine.safetensors")
    assert checkpoints._found("ViT-B-32") == mine


def test_a_model_that_nobody_knows_is_said_with_those_there_are() -> None:
    with pytest.raises(NotFound) as caught:
        weights.find("../../etc/passwd")
    assert "net, other" in caught.value.hint


def test_the_models_beside_the_source_are_the_pinned_ones(
    shared_data: Path, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shared_data.parent / "models"
    if not (folder / "u2netp.onnx").is_file():
        pytest.skip("the real weights (../shared/models) are not on this machine")
    monkeypatch.setattr(manifest, "places", lambda: [repository / "build" / "weights.toml"])
    monkeypatch.setenv("PICKWISE_MODELS", str(folder))
    assert weights.find("u2netp") == folder / "u2netp.onnx"
    assert weights.find("yunet") == folder / "yunet_n_dynamic.onnx"
