"""The demo: the same pictures every time, over nothing of anybody's, showing what the cull is for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from terminal import groups, pickwise, snapshot

from engine.demo import draw, plan
from engine.demo.files import MARK
from engine.errors import WrongUse
from engine.library import settings_file
from engine.library.csvfile import read_csv
from engine.library.store import Library


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    place = tmp_path_factory.mktemp("demo")
    said = pickwise("demo", place, "--json")
    assert said.code == 0, said
    return place, said.json


Demo = tuple[Path, dict[str, Any]]


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_it_has_keepers_a_few_doubts_and_one_broken_file(demo: Demo) -> None:
    _, answer = demo
    counts = {k: answer[k] for k in ("images", "quarantined", "groups", "keepers", "review")}
    assert counts == {"images": 41, "quarantined": 1, "groups": 13, "keepers": 9, "review": 4}


def test_the_doubts_are_a_blurred_a_dark_and_a_noisy_stage_and_two_that_are_close(demo: Demo) -> None:
    _, rows = read_csv(demo[1]["reports"]["picks"])
    reasons = [row[7] for row in rows if row[6] == "review"]
    assert len(reasons) == 4
    assert all(
        word in " ".join(reasons) for word in ("defective: blur", "defective: dark", "defective: noise", "score within")
    )


def test_every_family_is_one_group(demo: Demo) -> None:
    place, _ = demo
    seeds = {str(place / "images" / shot.name): shot.seed for shot in plan.shots()}
    for members in groups(place / "library").values():
        assert len({seeds[path] for path in members}) == 1, members


def test_it_shows_settings_from_files_and_companions_an_upright_photo_and_odd_names(demo: Demo) -> None:
    place, _ = demo
    with Library(place / "library", write=False) as library, library.db.read() as connection:
        origins = " ".join(origin for (origin,) in connection.execute("SELECT origin FROM generations"))
        photo = connection.execute(
            "SELECT f.width, f.height, f.taken_at FROM features f JOIN images i ON i.id = f.image_id"
            " WHERE i.filename = 'IMG_0042.jpg'"
        ).fetchone()
    assert photo == (768, 1024, "2025-07-06T10:02:31")
    assert all(kind in origins for kind in ("png:parameters", "png:prompt", ".yaml", ".caption", ".txt"))
    names = names_in(place / "images")
    assert any("🎈" in name for name in names)
    assert os.name == "nt" or any("\n" in name for name in names)


def test_its_top_leaves_something_to_choose(demo: Demo) -> None:
    place, first = demo
    assert 0 < settings_file.load(place / "library" / "pickwise.toml").ranking.top < first["groups"] / 2


def test_a_second_demo_in_the_same_place_changes_nothing(demo: Demo) -> None:
    place, first = demo
    before = snapshot(place / "images")
    again = pickwise("demo", place, "--json").json
    assert snapshot(place / "images") == before
    assert (again["new"], again["groups"]) == (0, first["groups"])


def test_what_its_owner_did_to_it_stays(demo: Demo, tmp_path: Path) -> None:
    (tmp_path / MARK).write_text("done\n", encoding="utf-8")
    (tmp_path / "mine.png").touch()
    draw(tmp_path)
    assert names_in(tmp_path) == [MARK, "mine.png"]


def test_the_same_bytes_come_out_every_time_and_an_interrupted_one_is_gone_on_with(
    demo: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = plan.shots()[:2] + plan.shots()[-4:-1]
    monkeypatch.setattr("engine.demo.files.shots", lambda: few)
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / MARK).write_text("begun\n", encoding="utf-8")
    kept = tmp_path / "images" / few[0].name
    kept.write_bytes(b"made before the interruption")
    draw(tmp_path / "images")
    assert kept.read_bytes() == b"made before the interruption"
    for shot in few[1:]:
        assert (tmp_path / "images" / shot.name).read_bytes() == (demo[0] / "images" / shot.name).read_bytes()


def test_a_folder_of_other_things_is_refused_untouched(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "holiday.png").write_bytes(b"mine")
    with pytest.raises(WrongUse, match="holds other things"):
        draw(tmp_path / "images")
    assert pickwise("demo", tmp_path, "--json").code == 2
    assert pickwise("demo", tmp_path / "images", "--json").code == 2
    assert names_in(tmp_path / "images") == ["holiday.png"]
    assert names_in(tmp_path) == ["images"]


def test_a_file_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    said = pickwise("demo", tmp_path / "file", "--json")
    assert (said.code, list(said.json)) == (1, ["error"])
