"""`pickwise models`: what is here, what is fetched when asked, what is checked; and what `doctor` says of it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from terminal import pickwise

from engine.vision import fetch, manifest, weights
from tests.engine.vision.pinned import ENTRY, WHOLE, write


@pytest.fixture(autouse=True)
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A manifest of two models, and the addresses that were asked for; nothing reaches a network."""
    second = {"name": "other", "file": "other.onnx", "address": "https://example.org/other.onnx"}
    file = write(tmp_path / "weights.toml", {}, second)
    addresses: list[str] = []

    def opener(address: str) -> io.BytesIO:
        addresses.append(address)
        return io.BytesIO(WHOLE)

    monkeypatch.setattr(manifest, "places", lambda: [file])
    monkeypatch.setattr(fetch, "over_https", opener)
    monkeypatch.delenv("PICKWISE_MODELS", raising=False)
    return addresses


def put(data: bytes, name: str = "net.onnx") -> Path:
    weights.own_folder().mkdir(parents=True, exist_ok=True)
    (weights.own_folder() / name).write_bytes(data)
    return weights.own_folder() / name


def test_the_list_says_of_each_whether_it_is_present_verified_and_in_use(asked: list[str]) -> None:
    put(WHOLE)
    put(b"wrong", "other.onnx")
    models = pickwise("models", "list", "--json").json["models"]
    assert [(m["name"], m["present"], m["verified"], m["in_use"]) for m in models] == [
        ("net", True, True, True),
        ("other", True, False, False),
    ]
    assert asked == []


def test_in_words_it_says_what_is_used_in_place_of_what_is_missing() -> None:
    said = pickwise("models", "list")
    assert said.code == 0
    assert "not here" in said.out
    assert "the next best" in said.out


def test_fetch_brings_what_is_missing_and_only_that(asked: list[str]) -> None:
    put(WHOLE)
    said = pickwise("models", "fetch", "--json")
    assert (said.code, said.json["fetched"], asked) == (0, ["other"], ["https://example.org/other.onnx"])
    assert all(model["verified"] for model in said.json["models"])
    assert pickwise("models", "fetch", "--json").json["fetched"] == []


def test_fetch_brings_only_what_is_named_and_nothing_where_a_name_is_wrong(asked: list[str]) -> None:
    said = pickwise("models", "fetch", "net", "nonsense", "--json")
    assert (said.code, said.json["error"]["code"], asked) == (1, "not_found", [])
    assert pickwise("models", "fetch", "net", "--json").json["fetched"] == ["net"]
    assert asked == [ENTRY["address"]]


def test_a_fetch_that_fails_says_so_in_one_object(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "over_https", lambda address: io.BytesIO(b"a page that says no"))
    said = pickwise("models", "fetch", "net", "--json")
    assert (said.code, said.json["error"]["code"]) == (1, "weights")


def test_verify_fails_when_a_file_is_wrong_and_not_when_one_is_missing() -> None:
    put(WHOLE)
    assert pickwise("models", "verify", "--json").code == 0
    wrong = put(WHOLE[::-1])
    said = pickwise("models", "verify", "--json")
    assert (said.code, said.json["models"][0]["verified"]) == (1, False)
    assert f"{wrong} is not net" in said.err
    assert "pickwise models fetch net" in said.err


def test_a_manifest_that_is_broken_is_an_error_here_and_a_line_in_doctor(tmp_path: Path) -> None:
    (tmp_path / "weights.toml").write_text("models = 1")
    assert pickwise("models", "list", "--json").json["error"]["code"] == "weights"
    assert "cannot be read" in pickwise("doctor", "--json").json["models"]


def test_doctor_says_where_networks_run_and_which_weights_are_here() -> None:
    put(WHOLE)
    facts = pickwise("doctor", "--json").json
    assert facts["networks run on"].split(",")[0] in {"mps", "cuda", "cpu"}
    assert "in use" in facts["model net"]
    assert "not here" in facts["model other"]
