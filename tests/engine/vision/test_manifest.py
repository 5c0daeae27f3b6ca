"""The manifest is read strictly: no name leaves its folder, no address is open to others, no format is a program."""

from __future__ import annotations

import shutil
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import WeightsFailed
from engine.vision import manifest
from tests.engine.vision.pinned import ENTRY, write


def test_the_manifest_of_this_project_is_good_and_pinned(repository: Path) -> None:
    models = manifest.read(repository / "build" / "weights.toml")
    assert list(models) == ["u2netp", "yunet", "clip-vit-b-32"]
    moving = ("/main/", "/master/", "/latest/", "/HEAD/")
    assert [m.name for m in models.values() if any(word in m.address for word in moving)] == []


def test_without_being_told_the_checkouts_manifest_is_read(repository: Path) -> None:
    assert manifest.read() == manifest.read(repository / "build" / "weights.toml")


def test_an_installed_pickwise_reads_the_manifest_that_was_installed_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, repository: Path
) -> None:
    monkeypatch.setattr(manifest, "_CHECKOUT", tmp_path / "site-packages")
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    with pytest.raises(WeightsFailed, match="missing"):
        manifest.read()
    (tmp_path / "share" / "pickwise").mkdir(parents=True)
    shutil.copy(repository / "build" / "weights.toml", tmp_path / "share" / "pickwise")
    assert manifest.read() == manifest.read(repository / "build" / "weights.toml")
    told = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))
    assert told["tool"]["setuptools"]["data-files"] == {"share/pickwise": ["build/weights.toml"]}


@pytest.mark.parametrize(
    "wrong",
    [
        {"file": "../net.onnx"},
        {"file": "/etc/net.onnx"},
        {"file": "a\\net.onnx"},
        {"file": ".net.onnx"},
        {"file": "net.onnx\n"},
        {"file": "net.pt"},
        {"file": "net.pkl"},
        {"file": "net.bin"},
        {"name": ""},
        {"name": "Net\x1b[2J"},
        {"address": "http://example.org/net.onnx"},
        {"address": "file:///etc/passwd"},
        {"address": "https:///net.onnx"},
        {"address": "https://example.org/a b"},
        {"address": "https://someone@example.org/net.onnx"},
        {"sha256": "0" * 63},
        {"sha256": "G" * 64},
        {"sha256": ""},
        {"size": 0},
        {"size": -1},
        {"size": 1 << 40},
        {"size": "12"},
        {"licence": ""},
        {"unheard_of": 1},
    ],
)
def test_a_hostile_entry_is_refused_with_all_the_rest(tmp_path: Path, wrong: dict[str, object]) -> None:
    with pytest.raises(WeightsFailed, match=r"weights\.toml cannot be read"):
        manifest.read(write(tmp_path / "weights.toml", {"name": "good", "file": "good.onnx"}, wrong))


@pytest.mark.parametrize("twin", [{"name": "net", "file": "b.onnx"}, {"name": "b", "file": "NET.onnx"}])
def test_a_model_or_file_named_twice_is_refused(tmp_path: Path, twin: dict[str, object]) -> None:
    with pytest.raises(WeightsFailed, match="twice"):
        manifest.read(write(tmp_path / "weights.toml", {}, twin))


@pytest.mark.parametrize("field", sorted(set(ENTRY) - {"modules"}))
def test_nothing_may_be_left_out(tmp_path: Path, field: str) -> None:
    file = write(tmp_path / "weights.toml")
    lines = [line for line in file.read_text().splitlines() if not line.startswith(f"{field} ")]
    file.write_text("\n".join(lines))
    with pytest.raises(WeightsFailed):
        manifest.read(file)


@given(st.binary(max_size=200))
def test_any_other_bytes_are_refused_in_a_sentence(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "weights.toml"
    file.write_bytes(data)
    with pytest.raises(WeightsFailed):
        manifest.read(file)
