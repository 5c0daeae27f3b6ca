"""The README against the program: what it lists is what there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.culling.reports import GROUPS, PICKS
from engine.library.paths import LibraryPaths
from engine.library.settings_file import fields
from shell.cli import COMMANDS
from shell.commands.cull import JSON

README = (Path(__file__).resolve().parent.parent / "README.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return README.split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_every_setting_is_in_its_table_and_no_other() -> None:
    told = re.findall(r"`([a-z]+\.[a-z_]+)`", section("Settings").replace("`pickwise.toml`", ""))
    assert sorted(told) == sorted(f"{part}.{name}" for part, name, _ in fields())


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_row(command: str) -> None:
    assert re.search(rf"^\|.*`{command}\b", section("On the terminal"), re.MULTILINE)


def test_the_json_of_cull_and_the_columns_of_the_reports_are_as_told() -> None:
    terminal = section("On the terminal")
    assert " ".join(JSON) + "{groups,picks}" in terminal
    assert ",".join(GROUPS) in terminal
    assert ",".join(PICKS) in terminal


def test_the_library_folder_is_laid_out_as_told() -> None:
    paths = LibraryPaths(Path("L"))
    places = [paths.database, paths.settings, paths.sessions, paths.reports, paths.thumbs, paths.exports / "approved"]
    assert [p for p in places if p.relative_to("L").as_posix() not in section("The library folder")] == []


def test_every_file_it_links_to_is_there() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert links
    assert [link for link in links if not (Path(__file__).parent.parent / link).exists()] == []
