"""`pickwise simulate`."""

from __future__ import annotations

from terminal import pickwise


def test_it_prints_the_agreed_json() -> None:
    answer = pickwise("simulate", "--items", 100, "--picks", 40, "--top", 10, "--seeds", 2, "--json").json
    assert {"items", "picks", "up", "noise", "seeds", "top", "strategies"} <= set(answer)
    assert set(answer["strategies"]) == {"default", "spec", "random"}
    for line in answer["strategies"].values():
        assert {"recall", "recall_std", "pick_ms_p99"} <= set(line)
        assert 0 <= line["recall"] <= 1


def test_it_prints_a_table_with_a_line_a_strategy() -> None:
    said = pickwise("simulate", "--items", 60, "--picks", 20, "--top", 6, "--seeds", 1)
    assert said.code == 0
    assert all(name in said.out for name in ("default", "spec", "random", "recall"))


def test_wrong_use_is_a_sentence() -> None:
    assert pickwise("simulate", "--judge", "nobody").code == 2
    assert pickwise("simulate", "--noise", "inf").code == 2
    assert pickwise("simulate", "--items", 5, "--up", 4, "--families", 5).code == 2
