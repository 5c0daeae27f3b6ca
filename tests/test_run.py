"""build/run from end to end, without a display: the table on the terminal, the picture of the window in out/."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import draw
import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent

pytestmark = [
    pytest.mark.window,
    pytest.mark.skipif(
        not (ROOT / ".venv" / "pickwise-run").exists(),
        reason="build/test has not set this .venv up, so build/run would",
    ),
]


def test_without_a_display_a_folder_is_culled_and_the_window_pictured(tmp_path: Path) -> None:
    folder = tmp_path / "my pictures #1"
    scene = draw.natural(5, 256, 256)
    for stage in (1, 2, 3):
        draw.save(draw.variant(scene, stage), folder / f"a_stage{stage}_.png")
    picture = ROOT / "out" / "window.png"
    picture.unlink(missing_ok=True)
    environment = {k: v for k, v in os.environ.items() if k not in {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}}
    done = subprocess.run(
        [ROOT / "build" / "run", folder.name],
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr
    assert "no display" in done.stderr
    assert "keepers" in done.stdout + done.stderr
    assert sorted(file.name for file in folder.iterdir()) == [f"a_stage{stage}_.png" for stage in (1, 2, 3)]
    with Image.open(picture) as image:
        assert min(image.size) >= 600
        assert len(image.convert("RGB").resize((160, 100)).getcolors(160 * 100) or []) > 20  # not one plain grey
