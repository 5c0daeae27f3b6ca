"""With the network unplugged and no weights installed, `pickwise vision` does all but CLIP, U^2-Net and YuNet.

The real command runs in a network of its own without any interface where the machine allows that (`unshare`); in any
case every process of it writes down, and is refused, each connection it asks Python for.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests import draw
from tests.terminal import COMMAND, ROOT, Said

STAGES = 2
GUARD = """
import os, sys

def _refuse(event, given):
    inet = event == "socket.getaddrinfo" or (
        event in ("socket.connect", "socket.sendto", "socket.sendmsg") and isinstance(given[1], tuple)
    )
    if inet:
        with open(os.environ["ASKED"], "a", encoding="utf-8") as file:
            file.write(f"{event} {given[1:] if event != 'socket.getaddrinfo' else given[:2]}\\n")
        raise OSError("the network is unplugged")

sys.addaudithook(_refuse)
"""


@functools.cache
def unplugged() -> tuple[str, ...]:
    """What goes before a command so that it has no network; nothing where the machine does not allow that."""
    unshare = shutil.which("unshare")
    for flags in ("-rn", "-n"):
        if unshare and subprocess.run([unshare, flags, "true"], capture_output=True).returncode == 0:
            return unshare, flags
    return ()


def alone(place: Path, *words: str | Path) -> Said:
    """Run it without network, settings, weights or anything else of this machine's person; `asked` is the log."""
    empty, guard = place / "empty", place / "guard"
    for folder in (empty, guard):
        folder.mkdir(exist_ok=True)
    (guard / "sitecustomize.py").write_text(GUARD, encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PICKWISE", "XDG", "HF_"))}
    own = {name: str(empty) for name in ("HOME", "PICKWISE_HOME", "PICKWISE_MODELS", "XDG_CACHE_HOME")}
    more = {"PYTHONPATH": os.pathsep.join((str(guard), str(ROOT))), "ASKED": str(place / "asked")}
    done = subprocess.run(
        [*unplugged(), *map(str, words)], cwd=ROOT, env={**kept, **own, **more}, capture_output=True, timeout=300
    )
    return Said(done.returncode, done.stdout.decode(), done.stderr.decode())


def test_a_look_needs_no_network_and_no_weights(tmp_path: Path) -> None:
    pictures, library = tmp_path / "pictures", tmp_path / "library"
    pictures.mkdir()
    for stage in range(1, STAGES + 1):
        draw.save(draw.variant(draw.natural(1), stage), pictures / f"a_stage{stage}.png")
    culled = alone(tmp_path, *COMMAND, "cull", pictures, "--library", library, "--json")
    assert culled.code == 0, culled.err

    looked = alone(tmp_path, *COMMAND, "vision", "--library", library, "--json")

    assert looked.code == 0, looked.err
    assert looked.json["images"] == STAGES
    assert looked.json["models"] == {
        "hands": "mediapipe",
        "poses": "mediapipe",
        "faces": "mediapipe",
        "saliency": "person mask and fine-grained saliency",
        "embeddings": "efficientnet-lite0",
    }
    sidecar = library / "sidecar"
    assert [len(list(sidecar.glob(f"{kind}/*.json"))) for kind in ("hands", "det", "saliency")] == [STAGES] * 3
    assert (sidecar / "embeddings.parquet").is_file()
    assert not (tmp_path / "asked").exists(), (tmp_path / "asked").read_text()


def test_whoever_asks_for_the_network_is_refused_and_written_down(tmp_path: Path) -> None:
    for ask in ("socket.create_connection(('192.0.2.1', 9))", "urllib.request.urlopen('http://example.invalid')"):
        code = f"import socket, urllib.request; {ask}"
        assert "unplugged" in alone(tmp_path, sys.executable, "-c", code).err
    asked = (tmp_path / "asked").read_text(encoding="utf-8")
    assert "192.0.2.1" in asked
    assert "example.invalid" in asked
    if unplugged():
        names = "import socket; print([name for _, name in socket.if_nameindex() if name != 'lo'])"
        assert alone(tmp_path, sys.executable, "-c", names).out.strip() == "[]"
