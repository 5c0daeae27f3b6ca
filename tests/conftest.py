"""What every test shares: a home of its own for Pickwise, and the real images where they are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("patient", deadline=None)  # how long one example takes says how busy the machine is
settings.load_profile("patient")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session", autouse=True)
def _no_home_of_the_person(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nothing a test does, at any scope or in any process it starts, reaches the person's own libraries."""
    os.environ["PICKWISE_HOME"] = str(tmp_path_factory.mktemp("home"))


@pytest.fixture(autouse=True)
def pickwise_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh, empty home for this test; made on first use by Pickwise itself."""
    home = tmp_path_factory.getbasetemp() / "homes" / os.urandom(8).hex()
    monkeypatch.setenv("PICKWISE_HOME", str(home))
    return home


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the source tree."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real images that may lie beside the source tree; the test skips where it does not."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real images (../shared/data) are not on this machine")
    return folder
