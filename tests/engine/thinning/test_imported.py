"""Czkawka's groups over a library: the reference stays, what is outside is left alone, hostile paths move nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import rows

from engine.errors import WrongUse
from engine.library.store import Library
from engine.progress import Quiet
from engine.thinning import decide, run, staged
from engine.thinning import found as stored
from engine.thinning.how import how

HOSTILE = [
    "/source/../etc/passwd", "../../etc/passwd", "/etc/passwd", "/source/./f000000_stage1.png", "f000000_stage1.png",
    "/source//f000000_stage1.png", "/source/f000000_stage1.png\0.png", "C:\\Windows\\a.png", "/", "~/a.png",
]  # fmt: skip


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return rows.filled(tmp_path / "library", [1] * 6)


def image(number: int) -> str:
    return f"/source/f{number:06}_stage1.png"


def entry(path: str) -> dict[str, object]:
    return {"path": path, "size": 1, "width": 1, "height": 1, "modified_date": 0, "hashes": [], "difference": 0}


def found(library: Library, tmp_path: Path, groups: object) -> run.Found:
    file = tmp_path / "results.json"
    file.write_text(json.dumps(groups))
    return run.find(library, how(library.settings.thinning, file=file), Quiet())


def going(library: Library) -> set[str]:
    with library.db.read() as connection:
        return {
            str(connection.execute("SELECT filepath FROM images WHERE id = ?", (one,)).get)
            for one in decide.going(library)
        }


def test_groups_are_as_the_file_has_them_and_the_rule_says_who_stays(library: Library, tmp_path: Path) -> None:
    answer = found(library, tmp_path, [[entry(image(k)) for k in (3, 1)], [entry(image(k)) for k in (5, 4, 2)]])
    assert (answer.groups, answer.going, answer.outside) == (2, 3, [])
    assert going(library) == {image(1), image(2), image(4)}
    library.close()


def test_an_image_of_the_reference_folder_stays_whatever_the_rule_says(library: Library, tmp_path: Path) -> None:
    found(library, tmp_path, [[entry(image(5)), [entry(image(k)) for k in (0, 1)]]])
    assert going(library) == {image(0), image(1)}
    with library.db.read() as connection:
        reasons = {r for (r,) in connection.execute("SELECT reason FROM copies")}
    assert reasons == {"in the reference folder", "a copy of an image in the reference folder"}
    library.close()


def test_hostile_paths_are_listed_and_nothing_of_them_is_ever_moved(library: Library, tmp_path: Path) -> None:
    outside = tmp_path / "outside.png"
    outside.write_bytes(b"mine")
    groups = [[entry(image(0)), entry(path)] for path in (*HOSTILE, str(outside))]
    answer = found(library, tmp_path, groups)
    assert (answer.groups, set(answer.outside)) == (0, {*HOSTILE, str(outside)})
    assert decide.going(library) == []
    assert staged.stage(library, decide.going(library), "_review_dupes").moved == []
    assert outside.read_bytes() == b"mine"
    library.close()


def newer(library: Library, number: int) -> None:
    library.write(
        lambda c: c.execute("UPDATE images SET mtime_ns = mtime_ns + 10000000000 WHERE filepath = ?", (image(number),))
    )


def newest(library: Library, tmp_path: Path) -> run.Found:
    (tmp_path / "results.json").unlink()
    return run.again(library, how(library.settings.thinning, keep="newest"), Quiet())


def test_a_rule_is_tried_on_an_import_whose_file_is_gone(library: Library, tmp_path: Path) -> None:
    found(library, tmp_path, [[entry(image(k)) for k in (0, 1)], [entry(image(k)) for k in (2, 3)], [entry("/x.png")]])
    newer(library, 0)
    assert newest(library, tmp_path).groups == 2
    assert going(library) == {image(1), image(2)}
    with library.db.read() as connection:
        last = stored.last_run(connection)
    assert last is not None
    assert (last.by, last.keep, last.outside) == ("czkawka", "newest", 1)
    library.close()


def test_an_image_of_the_reference_folder_stays_under_another_rule_too(library: Library, tmp_path: Path) -> None:
    found(library, tmp_path, [[entry(image(5)), [entry(image(k)) for k in (0, 1)]]])
    newer(library, 0)
    newest(library, tmp_path)
    assert going(library) == {image(0), image(1)}
    library.close()


def test_images_whose_keeper_was_split_off_have_another_one_under_another_rule(
    library: Library, tmp_path: Path
) -> None:
    found(library, tmp_path, [[entry(image(k)) for k in (0, 1, 2)]])
    with library.db.read() as connection:
        key, keeper = connection.execute("SELECT key, keeper FROM copy_groups").fetchone() or ("", 0)
    decide.split(library, key, keeper)
    newest(library, tmp_path)
    assert len(going(library)) == 1
    library.close()


def test_a_malformed_file_says_where_and_the_last_search_stands(library: Library, tmp_path: Path) -> None:
    found(library, tmp_path, [[entry(image(k)) for k in (0, 1)]])
    with pytest.raises(WrongUse, match="group 1"):
        found(library, tmp_path, [[{"path": 3}]])
    assert going(library) == {image(0)}
    library.close()
