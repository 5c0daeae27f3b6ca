"""pickwise.toml: read strictly, changed one key at a time, the person's own words kept."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import LibraryError, SettingsError
from engine.library import settings_file
from engine.library.settings import Settings
from engine.library.store import Library

HANDWRITTEN = """# mine
[groups]
window_seconds = 4.0   # shorter bursts
phash_distance = 6

[scan]
# the card
sources = ["/a", "/b"]
"""


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[groups]\nphash = 3", "phash"),
        ("[nonsense]\n", "nonsense"),
        ("top = 1", "top"),
        ("[groups]\nphash_distance = 'x'", "phash_distance"),
        ("[groups]\nphash_distance = 8.5", "phash_distance"),
        ("[groups]\nphash_distance = 33", "phash_distance"),
        ("[groups]\nphash_distance = 99999999999999999999999", "phash_distance"),
        ("[intake]\nworkers = -1", "workers"),
        ("[defects]\nblur_px = nan", "blur_px"),
        ("[defects]\nblur_px = inf", "blur_px"),
        ("[picks]\npolicy = 'best'", "policy"),
        ("[scan]\nsources = 'x'", "sources"),
        ("[scan]\nsources = [1]", "sources"),
        ("[scan", "TOML"),
        ("a = 1\na = 2", "TOML"),
        ("a = " + "9" * 5000, "TOML"),
        ("a = " + "[" * 5000, "TOML"),
        ("\0", "TOML"),
    ],
)
def test_what_cannot_be_used_is_named_in_a_sentence(text: str, named: str) -> None:
    with pytest.raises(SettingsError) as found:
        settings_file.decode(text)
    assert named in found.value.message
    assert found.value.hint
    assert "Traceback" not in found.value.message


@given(st.binary(max_size=60))
def test_any_bytes_are_settings_or_a_sentence(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "any.toml"
    file.write_bytes(raw)
    try:
        assert isinstance(settings_file.load(file), Settings)
    except SettingsError as error:
        sentence = error.message
    else:
        sentence = "fine"
    assert sentence


def test_a_file_that_is_not_utf8_says_so(tmp_path: Path) -> None:
    file = tmp_path / "pickwise.toml"
    file.write_bytes(b"# \xff\xfe\n")
    with pytest.raises(SettingsError, match="UTF-8"):
        settings_file.load(file)


def test_a_folder_in_its_place_says_so(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        settings_file.load(tmp_path)


def test_no_file_means_the_defaults(tmp_path: Path) -> None:
    assert settings_file.load(tmp_path / "none.toml") == Settings()


def test_a_change_keeps_comments_and_order(tmp_path: Path) -> None:
    file = tmp_path / "pickwise.toml"
    file.write_text(HANDWRITTEN)
    settings = settings_file.change(file, "groups.phash_distance", 5)
    assert file.read_text() == HANDWRITTEN.replace("phash_distance = 6", "phash_distance = 5")
    assert settings == settings_file.load(file)
    settings_file.change(file, "picks.policy", "weighted")
    assert file.read_text().startswith(HANDWRITTEN.replace("phash_distance = 6", "phash_distance = 5"))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("groups.phash_distance", 33), ("groups.phash_distance", "8"), ("groups.phash_distance", True),
        ("groups.nothing", 1), ("nothing.at_all", 1), ("groups", 1), ("", 1), ("window.policy", "weighted"),
        ("picks.policy", "best"), ("defects.blur_px", float("nan")), ("intake.workers", 1 << 70), (".", 1),
    ],
)  # fmt: skip
def test_a_bad_change_leaves_the_file_as_it_was(tmp_path: Path, key: str, value: settings_file.Value) -> None:
    file = tmp_path / "pickwise.toml"
    file.write_text(HANDWRITTEN)
    with pytest.raises(SettingsError):
        settings_file.change(file, key, value)
    assert file.read_text() == HANDWRITTEN
    assert list(tmp_path.iterdir()) == [file]


def test_a_broken_file_is_not_built_upon(tmp_path: Path) -> None:
    file = tmp_path / "pickwise.toml"
    file.write_text("[groups\n")
    with pytest.raises(SettingsError):
        settings_file.change(file, "groups.phash_distance", 5)
    assert file.read_text() == "[groups\n"


def test_every_setting_but_the_lists_has_a_control_with_words() -> None:
    shown = {row["key"]: row for row in settings_file.views(Settings())}
    lists = {"scan.sources"}
    assert set(shown) == {f"{section}.{name}" for section, name, _ in settings_file.fields()} - lists
    for row in shown.values():
        assert row["label"]
        assert row["help"]
        assert row["value"] == row["default"]
        assert row["kind"] in ("bool", "int", "float", "text", "choice")
        if row["kind"] in ("int", "float"):
            assert row["minimum"] <= row["value"] <= row["maximum"]
            assert row["step"] > 0


def test_two_changes_at_once_both_stay(tmp_path: Path) -> None:
    with Library(tmp_path) as library:
        changes = [("groups.phash_distance", 3), ("picks.policy", "weighted"), ("intake.workers", 2)] * 8
        threads = [threading.Thread(target=library.change_setting, args=change) for change in changes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        settings = settings_file.load(library.paths.settings)
        assert (settings.groups.phash_distance, settings.picks.policy, settings.intake.workers) == (3, "weighted", 2)
        assert library.settings == settings


def test_a_disk_that_refuses_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Library(tmp_path) as library:
        before = library.paths.settings.read_bytes()

        def full(path: Path, text: str) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(settings_file, "write_atomically", full)
        with pytest.raises(LibraryError, match="No space"):
            library.change_setting("groups.phash_distance", 3)
        assert library.paths.settings.read_bytes() == before
