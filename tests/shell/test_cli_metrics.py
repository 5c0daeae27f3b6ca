"""`pickwise metrics` and `pickwise promote`: keys that scripts read, and nothing decided without --apply."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.library.store import Library
from tests.engine.learning import taught
from tests.terminal import pickwise


@pytest.fixture
def place(tmp_path: Path) -> Path:
    with taught.library(tmp_path / "library", [2, 2, 2]) as library:
        taught.agreements(library, [True] * 395)
        for key in taught.keys(library):
            taught.recommend(library, key)
    return tmp_path / "library"


def test_metrics_have_exactly_the_keys_that_scripts_read(place: Path) -> None:
    said = pickwise("metrics", "--library", place, "--json").json
    rate = {"n", "rate", "lower95"}
    assert set(said) == {
        "agreement", "crop_accept", "residual_anomaly", "actions_per_image", "time_saved_per_100_s", "gates",
    }  # fmt: skip
    assert set(said["agreement"]) == set(said["crop_accept"]) == set(said["residual_anomaly"]) == rate
    assert set(said["gates"]) == {"winner", "crop", "residual"}
    assert all(set(gate) == {"open", "n", "lower95", "target"} for gate in said["gates"].values())
    assert (said["agreement"]["n"], said["agreement"]["rate"]) == (300, 1.0)
    assert (said["gates"]["winner"]["open"], said["gates"]["crop"]["open"]) == (True, False)
    assert said["gates"]["winner"]["lower95"] >= said["gates"]["winner"]["target"] == 0.99
    assert said["agreement"]["lower95"] == said["gates"]["winner"]["lower95"]
    assert said["crop_accept"] == {"n": 0, "rate": None, "lower95": 0.0}
    assert (said["actions_per_image"], said["time_saved_per_100_s"]) == (None, None)
    assert "100.0% of 300 random checks" in pickwise("metrics", "--library", place).out


def test_the_residual_rate_and_its_bound_are_of_what_is_wrong_and_its_gate_of_what_is_not(place: Path) -> None:
    with Library(place) as library:
        library.write(lambda c: taught.judged(c, "residual", [True] * 90 + [False] * 10))
    said = pickwise("metrics", "--library", place, "--json").json
    wrong = said["residual_anomaly"]
    assert (wrong["n"], wrong["rate"]) == (100, 0.1)
    assert 0 < wrong["lower95"] < 0.1
    assert 0.8 < said["gates"]["residual"]["lower95"] < 0.9


def test_promote_decides_only_when_asked_and_one_undo_takes_it_back(place: Path) -> None:
    dry = pickwise("promote", "--library", place, "--json")
    assert dry.json == {
        "kind": "winner", "gate": True, "missing": "", "ready": 3, "decided": 0, "checks": 0, "batch": "",
    }  # fmt: skip
    assert "3 groups are sure enough. Decide them: --apply." in pickwise("promote", "--library", place).err
    done = pickwise("promote", "--apply", "--library", place, "--json").json
    assert (done["decided"], len(done["batch"])) == (3, 32)
    assert pickwise("promote", "--library", place, "--json").json["ready"] == 0
    assert "Decide 3 groups at once" in pickwise("undo", "--library", place).out
    assert pickwise("promote", "--library", place, "--json").json["ready"] == 3


def test_a_shut_gate_ends_in_a_sentence(place: Path) -> None:
    said = pickwise("promote", "--kind", "crop", "--apply", "--library", place)
    assert said.code == 2
    assert "The gate is shut: 395 more random checks that all agree would open it" in " ".join(said.err.split())
    assert pickwise("promote", "--kind", "all", "--library", place).code == 2
