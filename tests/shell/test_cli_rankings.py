"""`pickwise rankings` and the numbered exports of `pickwise export`, on a library ranked by picks."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from terminal import Said, family, groups, library_of, pickwise, snapshot

from engine.library.csvfile import read_csv
from engine.library.store import Library
from engine.ranking import matches
from shell.commands.rankings import JSON

FIELDS = ["rank", "filepath", "filename", "mu", "sigma", "score", "comparisons", "added_at", "last_compared_at"]
REPORT = [
    "to", "dry", "asked", "images", "uncompared", "written", "unchanged", "beside", "missing", "failed", "applied",
]  # fmt: skip


@pytest.fixture(scope="module")
def ranked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with four families; the keeper of the second was picked over the others, and Ada picked the third's."""
    root = tmp_path_factory.mktemp("ranked")
    for seed in (1, 2, 3, 4):
        family(root / "images", seed)
    library_of(root / "images", root / "library")
    best = [next(iter(members.values())) for members in groups(root / "library").values()]
    with Library(root / "library") as library:
        for _ in range(3):
            matches.record(library, best, best[1], "match")
        matches.record(library, best, best[2], "match", "Ada")
    return root


def ask(ranked: Path, *words: object) -> Said:
    return pickwise(*words, "--library", ranked / "library")


def stage3(number: int) -> str:
    return f"2025070{number}_120000_stage3_generated.png"


def test_the_table_lists_the_best_first_for_people_and_for_scripts(ranked: Path) -> None:
    said = ask(ranked, "rankings")
    assert said.code == 0
    assert said.out.index(stage3(2)) < said.out.index(stage3(1))
    assert "12" in said.out.splitlines()[0]
    assert "The rank comes from the fit of all picks" in said.out
    answer = ask(ranked, "rankings", "--json").json
    assert tuple(answer) == JSON
    assert (answer["judge"], answer["images"], answer["csv"]) == ("", 12, "")
    assert [row["rank"] for row in answer["rankings"]] == list(range(1, 13))
    assert list(answer["rankings"][0]) == FIELDS
    assert (answer["rankings"][0]["filename"], answer["rankings"][0]["comparisons"]) == (stage3(2), 3)
    assert len(ask(ranked, "rankings", "--json", "--top", 3).json["rankings"]) == 3


def test_the_csv_says_what_the_json_says(ranked: Path, tmp_path: Path) -> None:
    answer = ask(ranked, "rankings", "--csv", tmp_path / "r.csv", "--json").json
    assert answer["csv"] == str(tmp_path / "r.csv")
    header, rows = read_csv(tmp_path / "r.csv")
    assert header == FIELDS
    assert rows == [[str(value) for value in row.values()] for row in answer["rankings"]]
    with (tmp_path / "r.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == 12
    assert "Wrote" in ask(ranked, "rankings", "--csv", tmp_path / "again.csv").err


def test_another_judge_has_another_order_and_an_unknown_one_is_refused(ranked: Path) -> None:
    answer = ask(ranked, "rankings", "--judge", "Ada", "--json").json
    assert (answer["judge"], answer["rankings"][0]["filename"]) == ("Ada", stage3(3))
    assert [row["comparisons"] for row in answer["rankings"][:4]] == [1, 1, 1, 1]
    unknown = ask(ranked, "rankings", "--judge", "Bob", "--json")
    assert (unknown.code, unknown.json["error"]["code"]) == (1, "not_found")
    assert "Ada" in unknown.err


def test_merged_is_the_order_of_all_judges_together(ranked: Path, tmp_path: Path) -> None:
    answer = ask(ranked, "rankings", "--merged", "--json").json
    assert tuple(answer) == JSON
    assert (answer["judge"], answer["merged"]) == ("", True)
    assert [row["filename"] for row in answer["rankings"][:2]] == [stage3(2), stage3(3)], "Ada picked the third"
    assert [row["comparisons"] for row in answer["rankings"][:4]] == [4] * 4
    own = ask(ranked, "rankings", "--json").json["rankings"][0]
    assert answer["rankings"][0]["mu"] < own["mu"]
    assert ask(ranked, "rankings", "--merged", "--csv", tmp_path / "r.csv").code == 0
    assert read_csv(tmp_path / "r.csv")[1] == [[str(value) for value in row.values()] for row in answer["rankings"]]
    both = ask(ranked, "rankings", "--merged", "--judge", "Ada", "--json")
    assert (both.code, both.json["error"]["code"]) == (2, "wrong_use")


def test_the_best_are_exported_only_with_apply(ranked: Path, tmp_path: Path) -> None:
    to = tmp_path / "out"
    dry = ask(ranked, "export", "--top", 2, "--to", to, "--json")
    assert (dry.code, list(dry.json), dry.json["applied"], dry.json["written"]) == (0, REPORT, False, 2)
    assert not to.exists()
    done = ask(ranked, "export", "--top", 2, "--to", to, "--json", "--apply").json
    assert (done["images"], done["written"], done["applied"]) == (2, 2, True)
    assert (to / f"0001_{stage3(2)}").is_file()
    before = snapshot(to)
    again = ask(ranked, "export", "--top", 2, "--to", to, "--json", "--apply").json
    assert (again["written"], again["unchanged"], again["to"]) == (0, 2, str(to))
    assert snapshot(to) == before
    assert "add --apply" in ask(ranked, "export", "--top", 2, "--to", to).out


def test_the_best_of_all_judges_together_are_exported_in_their_order(ranked: Path, tmp_path: Path) -> None:
    for judge, words in enumerate([("--merged",), ("--judge", "Ada"), ()]):
        assert ask(ranked, "export", "--top", 2, "--to", tmp_path / str(judge), "--apply", *words).code == 0
    merged, ada, own = (sorted(file.name for file in (tmp_path / str(judge)).iterdir()) for judge in range(3))
    assert merged == [f"0001_{stage3(2)}", f"0002_{stage3(3)}"], "Ada picked the third"
    assert ada[0] == f"0001_{stage3(3)}"
    assert own[0] == f"0001_{stage3(2)}"
    assert own != merged


def test_only_keepers_of_groups_are_exported(ranked: Path, tmp_path: Path) -> None:
    done = ask(ranked, "export", "--top", 100, "--to", tmp_path / "out", "--json", "--apply", "--link", "symlink").json
    assert (done["asked"], done["uncompared"]) == (4, 0)
    assert sorted(path.name[5:] for path in (tmp_path / "out").iterdir()) == [stage3(n) for n in (1, 2, 3, 4)]


def test_a_score_is_a_measure_too(ranked: Path) -> None:
    best = ask(ranked, "rankings", "--json").json["rankings"][0]["score"]
    done = ask(ranked, "export", "--min-score", best, "--json").json
    assert (done["asked"], done["images"]) == (1, 1)
    assert ask(ranked, "export", "--min-score", best + 1, "--json").json["asked"] == 0


@pytest.mark.parametrize(
    "words",
    [
        (), ("--top", 3, "--keepers"), ("--top", 3, "--min-score", 1), ("--top", 0), ("--min-score", "nan"),
        ("--top", 3, "--merged", "--judge", "Ada"), ("--keepers", "--merged"), ("--keepers", "--judge", "Ada"),
    ],
)  # fmt: skip
def test_an_export_says_which_images_in_one_way(ranked: Path, words: tuple[object, ...]) -> None:
    assert ask(ranked, "export", *words).code == 2


def test_nothing_is_exported_into_a_source(ranked: Path) -> None:
    before = snapshot(ranked / "images")
    said = ask(ranked, "export", "--top", 2, "--to", ranked / "images" / "best", "--apply", "--json")
    assert (said.code, said.json["error"]["code"]) == (1, "export")
    assert ask(ranked, "rankings", "--csv", ranked / "images" / "r.csv").code == 1
    assert snapshot(ranked / "images") == before
