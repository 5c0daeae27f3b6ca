"""Ranking in the real window, by its keys, and what the disk says of it afterwards."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from openskill.models import PlackettLuce

from tests.shell.test_window import gtk_is_here, play, pytestmark
from tests.ui.ranking import gallery

__all__ = ["pytestmark"]


def standing(lines: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """The decisions of a journal that still stand, by kind: an undo takes the last one back."""
    made: list[dict[str, Any]] = []
    for line in lines:
        if line["kind"] == "undo":
            assert line["of"] == made.pop()["id"]
        else:
            made.append(line)
    return {kind: [line for line in made if line["kind"] == kind] for kind in ("match", "draw", "skip")} | {"all": made}


def ratings(lines: list[dict[str, Any]]) -> dict[str, tuple[float, float, int]]:
    """Mu, sigma and matches of every image, from the journal and the openskill package alone."""
    model = PlackettLuce()
    known: dict[str, Any] = {}
    count: dict[str, int] = {}
    for line in lines:
        if line["kind"] == "skip":
            continue
        order = sorted(line["images"], key=lambda path: path != line["winner"])
        ranks = [0.0 if line["kind"] == "draw" or path == line["winner"] else 1.0 for path in order]
        teams = [[known.get(path, model.rating())] for path in order]
        for path, [rated] in zip(order, model.rate(teams, ranks=ranks), strict=True):
            known[path], count[path] = rated, count.get(path, 0) + 1
    return {path: (rated.mu, rated.sigma, count[path]) for path, rated in known.items()}


@pytest.mark.parametrize("toolkit", ["qt", "gtk"])
def test_thirty_matches_by_keys_ten_undone_a_restart_and_the_csv_agrees(toolkit: str, tmp_path: Path) -> None:
    if toolkit == "gtk" and not gtk_is_here():
        pytest.skip("WebKitGTK's Python binding or Xvfb is not on this machine")
    folder = tmp_path / "pictures"
    gallery(folder, 40)

    first = play(toolkit, "rank", folder)
    assert first["counts"] == [19, 1]
    second = play(toolkit, "ranked", folder)
    assert second["counts"] == [19, 1]
    assert second["screen"] == "rank", "it reopens where it was left"
    stands = standing(second["journal"])
    assert [len(stands[kind]) for kind in ("match", "draw", "skip")] == [18, 1, 1]
    assert [line["kind"] for line in second["journal"]].count("undo") == 10
    by_keys = [[second["names"][str(image)] for image in shown] for _, shown in first["told"]]
    assert [line["images"] for line in stands["all"]] == by_keys, "what was shown is what was written"
    winners = [shown[int(key) - 1] for (key, _), shown in zip(first["told"], by_keys, strict=True) if key.isdigit()]
    assert [line["winner"] for line in stands["match"]] == winners

    table = tmp_path / "rankings.csv"
    command = [sys.executable, "-m", "shell.cli", "rankings", "--csv", str(table), "--library", second["library"]]
    root = Path(__file__).resolve().parent.parent.parent
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=root)
    assert done.returncode == 0, done.stderr[-2000:]
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 40
    assert [int(row["rank"]) for row in rows] == list(range(1, 41))
    wanted = ratings(stands["all"])
    for row in rows:
        mu, sigma, count = wanted.get(row["filepath"], (25.0, 25.0 / 3, 0))
        assert int(row["comparisons"]) == count
        figures = [float(row[name]) for name in ("mu", "sigma", "score")]
        assert figures == pytest.approx([mu, sigma, mu - 3 * sigma], abs=1e-9)
        assert bool(row["last_compared_at"]) == bool(count)
