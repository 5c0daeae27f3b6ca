"""A fetch keeps the one right file or nothing, says what went wrong, and never speaks anything but HTTPS."""

from __future__ import annotations

import io
import ssl
import urllib.error
import urllib.request
from http.client import HTTPMessage, IncompleteRead
from pathlib import Path

import pytest
from filelock import FileLock

from engine.errors import NotFound, WeightsFailed
from engine.progress import Cancelled, Quiet
from engine.vision import fetch as fetching
from engine.vision import manifest, weights
from engine.vision.fetch import fetch
from tests.engine.vision.pinned import ENTRY, WHOLE, write


class Server:
    """An opener that gives these bytes, a few at a time, and may break on the way."""

    def __init__(self, data: bytes = WHOLE, breaks: Exception | None = None) -> None:
        self.asked: list[str] = []
        self.closed = 0
        self._data, self._breaks = data, breaks

    def __call__(self, address: str) -> Server:
        self.asked.append(address)
        self._rest = io.BytesIO(self._data)
        return self

    def read(self, size: int, /) -> bytes:
        piece = self._rest.read(min(size, 1000))
        if not piece and self._breaks:
            raise self._breaks
        return piece

    def close(self) -> None:
        self.closed += 1


class Stopping(Quiet):
    """A person who cancels after a while."""

    def step(self, done: int, current: str = "") -> None:
        if done > 3:
            raise Cancelled


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own folder of models, with a manifest of one."""
    file = write(tmp_path / "weights.toml")
    monkeypatch.setattr(manifest, "places", lambda: [file])
    monkeypatch.delenv("PICKWISE_MODELS", raising=False)
    return weights.own_folder()


def kept(folder: Path) -> list[str]:
    return sorted(f.name for f in folder.iterdir() if not f.name.endswith(".lock")) if folder.is_dir() else []


def test_the_right_file_is_kept_and_found_and_not_fetched_again(folder: Path) -> None:
    server = Server()
    assert fetch("net", Quiet(), opener=server) == folder / "net.onnx" == weights.find("net")
    assert fetch("net", Quiet(), opener=server) == folder / "net.onnx"
    assert (server.asked, server.closed) == ([ENTRY["address"]], 1)
    assert kept(folder) == ["net.onnx"]


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"", "ended after 0"), (WHOLE[:-1], "ended after"), (WHOLE + b"x", "larger"), (WHOLE[::-1], "sha256 differs")],
)
def test_any_other_file_is_refused_and_nothing_of_it_is_kept(folder: Path, data: bytes, said: str) -> None:
    server = Server(data)
    with pytest.raises(WeightsFailed, match=said) as caught:
        fetch("net", Quiet(), opener=server)
    assert (kept(folder), server.closed) == ([], 1)
    assert str(folder) in caught.value.hint


def test_an_answer_without_end_is_left_early(folder: Path) -> None:
    server = Server(WHOLE * 100)
    with pytest.raises(WeightsFailed):
        fetch("net", Quiet(), opener=server)
    assert server._rest.tell() <= len(WHOLE) + 1000


@pytest.mark.parametrize(
    "breaks", [TimeoutError("timed out"), ConnectionResetError("reset"), IncompleteRead(b""), ssl.SSLError("bad")]
)
def test_a_connection_that_breaks_is_said_and_leaves_nothing(folder: Path, breaks: Exception) -> None:
    with pytest.raises(WeightsFailed, match="could not be fetched"):
        fetch("net", Quiet(), opener=Server(WHOLE[:5000], breaks))
    assert kept(folder) == []


def test_no_network_is_said_in_a_sentence(folder: Path) -> None:
    def unplugged(address: str) -> Server:
        raise urllib.error.URLError("Network is unreachable")

    with pytest.raises(WeightsFailed, match=r"Network is unreachable\.$"):
        fetch("net", Quiet(), opener=unplugged)
    assert kept(folder) == []


def test_a_cancel_leaves_nothing(folder: Path) -> None:
    with pytest.raises(Cancelled):
        fetch("net", Stopping(), opener=Server())
    assert kept(folder) == []


def test_a_wrong_file_and_what_a_killed_fetch_left_are_replaced(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "net.onnx").write_bytes(b"wrong")
    (folder / "net.onnx.part").write_bytes(WHOLE * 2)
    assert fetch("net", Quiet(), opener=Server()).read_bytes() == WHOLE
    assert kept(folder) == ["net.onnx"]


def test_a_refused_file_leaves_what_was_there(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "net.onnx").write_bytes(b"older")
    with pytest.raises(WeightsFailed):
        fetch("net", Quiet(), opener=Server(b"x"))
    assert (folder / "net.onnx").read_bytes() == b"older"


def test_one_fetches_at_a_time(folder: Path) -> None:
    folder.mkdir(parents=True)
    server = Server()
    with FileLock(folder / ".net.onnx.lock"), pytest.raises(WeightsFailed, match="Another Pickwise"):
        fetch("net", Quiet(), opener=server)
    assert server.asked == []


def test_places_that_cannot_hold_the_file_are_said_before_or_after_but_never_as_a_fault(folder: Path) -> None:
    (folder / "net.onnx" / "inside").mkdir(parents=True)
    with pytest.raises(WeightsFailed, match="cannot be written"):
        fetch("net", Quiet(), opener=Server())
    (folder / "net.onnx" / "inside").rmdir()
    (folder / "net.onnx").rmdir()
    (folder / "net.onnx.part" / "inside").mkdir(parents=True)
    with pytest.raises(WeightsFailed, match="cannot be written"):
        fetch("net", Quiet(), opener=Server())


def test_a_folder_that_cannot_be_made_and_a_full_disk_are_said_before_anything_is_asked(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server()
    folder.parent.mkdir(parents=True)
    folder.write_bytes(b"a file in its place")
    with pytest.raises(WeightsFailed, match="cannot be written"):
        fetch("net", Quiet(), opener=server)
    folder.unlink()
    monkeypatch.setattr(fetching.shutil, "disk_usage", lambda place: type("Use", (), {"free": 100})())
    with pytest.raises(WeightsFailed, match="are free"):
        fetch("net", Quiet(), opener=server)
    assert server.asked == []


def test_a_model_that_nobody_knows_is_not_asked_for() -> None:
    server = Server()
    with pytest.raises(NotFound):
        fetch("https://example.org/evil", Quiet(), opener=server)
    assert server.asked == []


@pytest.mark.parametrize("to", ["http://example.org/x", "ftp://example.org/x", "file:///etc/passwd"])
def test_a_redirect_away_from_https_is_refused(to: str) -> None:
    request = urllib.request.Request("https://example.org/net.onnx")
    with pytest.raises(OSError, match="not https"):
        fetching._HttpsOnly().redirect_request(request, io.BytesIO(), 302, "Found", HTTPMessage(), to)


def test_a_redirect_within_https_is_followed() -> None:
    request = urllib.request.Request("https://example.org/net.onnx")
    to = "https://objects.example.org/x"
    found = fetching._HttpsOnly().redirect_request(request, io.BytesIO(), 302, "Found", HTTPMessage(), to)
    assert found is not None
    assert found.full_url == to
