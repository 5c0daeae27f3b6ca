"""The rankings table gives every page that sorting and filtering all of its rows would give."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, get_args

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standings import Row, add, standing

from engine import wire
from engine.library.journal import Record
from engine.library.store import Library
from engine.ranking import matches
from engine.ranking.live import Standing
from engine.ranking.table import LONGEST_PAGE, Query, Table, rows
from engine.ranking.views import Column, RankingRow

NAMES = [
    "/s/a/50%.png", "/s/a/50x.png", "/s/a/under_score.png", "/s/a/underXscore.png", "/s/a/back\\slash.png",
    "/s/b/[ab]*?.png", "/s/b/it's \"so\".png", "/s/b/new\nline.png", "/s/b/ÄRGER.png", "/s/b/ärger.png",
    "/s/b/\U0010fffe.png", "/s/c d/same.png", "/s/a/same.png", "/s/c d/Same.png", "/s/c d/🦊.png", "/root.png",
]  # fmt: skip
PROMPTS = ["", "a Fox in 100% snow", "ДОМ у моря", "дом_", "plain \\ text", "a fox"]
TEXTS = [
    "",
    "%",
    "_",
    "\\",
    "50%",
    "*",
    "[a",
    "FOX",
    "ärg",
    "Дом",
    "🦊",
    "same",
    "\n",
    "'",
    '"',
    "nothing like it",
    "s/",
]


class Scene(NamedTuple):
    library: Library
    here: Standing
    prompts: dict[int, str]
    rows: list[RankingRow]


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    rng = np.random.default_rng(5)
    made = [
        Row(
            path.replace("/s/", f"/s{copy}/"), PROMPTS[rng.integers(6)], [None, 1.0, 1.5, 3.0][rng.integers(4)],
            f"2026-01-{rng.integers(1, 6):02}T00:00:00.00000{rng.integers(3)}Z", bool(rng.random() < 0.2),
        )
        for copy in range(3) for path in NAMES if copy == 0 or path.startswith("/s/")
    ]  # fmt: skip
    with Library(tmp_path_factory.mktemp("table") / "library") as library:
        ids = add(library, made)
        order = [int(i) for i in rng.permutation(ids)]
        for _ in range(25):
            shown = [int(i) for i in rng.permutation(ids)[:4]]
            matches.record(library, shown, shown[0], "match")
        for image in ids[::7]:
            library.decide(Record("", "", [made[ids.index(image)].path], kind="flag"), "Flag")
        here = standing(order, field=30, top=9)
        with library.db.read() as connection:
            every = rows(connection, library.paths.thumbs, here, "", range(len(order)))
        yield Scene(library, here, {i: r.prompt for i, r in zip(ids, made, strict=True)}, every)


def passes(scene: Scene, row: RankingRow, query: Query) -> bool:
    text = query.text.lower()
    which = {
        "all": True, "top": row.in_field and row.rank <= scene.here.top, "field": row.in_field,
        "compared": row.comparisons > 0, "flagged": row.flagged, "missing": row.missing,
    }  # fmt: skip
    return (
        which[query.only]
        and (not query.folder or row.folder == query.folder)
        and (query.stage is None or row.stage == query.stage)
        and (text in row.path.lower() or text in scene.prompts[row.id].lower())
    )


def expected(scene: Scene, query: Query) -> list[RankingRow]:
    """Every row that passes, sorted the slow way."""
    passing = [row for row in scene.rows if passes(scene, row, query)]
    values: dict[int, Any] = {row.id: getattr(row, query.sort) for row in passing}
    if query.sort == "filename":
        values = {image: "".join(c.lower() if c.isascii() else c for c in name) for image, name in values.items()}
    known = [row for row in passing if values[row.id] not in (None, "")]
    known.sort(key=lambda row: values[row.id])
    if query.descending:
        groups: dict[Any, list[RankingRow]] = {}
        for row in known:
            groups.setdefault(values[row.id], []).append(row)
        known = [row for value in reversed(groups) for row in groups[value]]
    return known + [row for row in passing if values[row.id] in (None, "")]


FOLDERS = ["/", "/s0/a", "/s1/c d", "/s2/b", "/s0", "/nowhere", "/s0/%"]


def mostly(usual: Any, others: Sequence[Any]) -> st.SearchStrategy[Any]:
    """Three in four times the usual: filters that all cut at once leave too few rows to sort."""
    return st.sampled_from([*others, *[usual] * (3 * len(others))])


QUERIES = st.builds(
    Query,
    sort=st.sampled_from(get_args(Column)),
    descending=st.booleans(),
    text=mostly("", TEXTS),
    folder=mostly("", FOLDERS),
    stage=mostly(None, [1.0, 1.5, 9.0]),
    only=mostly("all", ["top", "field", "compared", "flagged", "missing"]),
    offset=mostly(0, range(-3, 50)),
    limit=mostly(60, range(-1, 60)),
    around=st.none(),
)


@settings(deadline=None, max_examples=300)
@given(query=QUERIES)
def test_a_page_is_what_sorting_and_filtering_every_row_gives(scene: Scene, query: Query) -> None:
    page = Table(scene.library).page(scene.here, query)
    wanted = expected(scene, query)
    first, count = max(query.offset, 0), max(query.limit, 0)
    assert (page.total, page.offset) == (len(wanted), first)
    assert page.items == wanted[first : first + count]


@settings(deadline=None, max_examples=60)
@given(asked=st.lists(QUERIES, min_size=2, max_size=8))
def test_what_a_table_remembers_of_earlier_pages_changes_no_later_one(scene: Scene, asked: list[Query]) -> None:
    table = Table(scene.library)
    for query in asked:
        assert table.page(scene.here, query) == Table(scene.library).page(scene.here, query)


@pytest.mark.parametrize("limit", [1, 7, 200])
def test_the_page_around_an_image_holds_it_and_begins_at_a_multiple_of_its_length(scene: Scene, limit: int) -> None:
    for row in scene.rows[::5]:
        query = Query(sort="filename", offset=3, limit=limit, around=row.id)
        page = Table(scene.library).page(scene.here, query)
        assert page.offset % limit == 0
        assert row in page.items
        filtered = Table(scene.library).page(scene.here, query._replace(text="no such text"))
        assert (filtered.offset, filtered.items) == (3, [])


def test_a_query_has_the_fields_of_its_request() -> None:
    fields = {field.encode_name: field.default for field in msgspec.structs.fields(wire.rank.GetRankings)}
    assert fields == {**Query._field_defaults, "everyone": False}, "whose picks is told by the standing"


def test_a_page_is_never_longer_than_the_longest(scene: Scene) -> None:
    many = standing([scene.rows[0].id] * (LONGEST_PAGE + 5))
    assert len(Table(scene.library).page(many, Query(limit=10**9)).items) <= LONGEST_PAGE


def test_an_image_that_is_not_in_the_library_has_no_row(scene: Scene) -> None:
    here = standing([scene.rows[0].id, 10**6, scene.rows[1].id])
    for sort in get_args(Column):
        page = Table(scene.library).page(here, Query(sort=sort))
        assert sorted(row.id for row in page.items) == sorted(row.id for row in scene.rows[:2])


def test_figures_that_are_no_numbers_come_last(scene: Scene) -> None:
    ids = [row.id for row in scene.rows[:3]]
    here = standing(ids)._replace(strength=np.array([math.nan, 1.0, 2.0]))
    for down, order in ((False, [1, 2, 0]), (True, [2, 1, 0])):
        page = Table(scene.library).page(here, Query(sort="strength", descending=down))
        assert [row.id for row in page.items] == [ids[place] for place in order]


def test_facets_name_what_can_be_filtered_by(scene: Scene) -> None:
    facets = Table(scene.library).facets(scene.here)
    assert facets.folders == sorted({row.folder for row in scene.rows})
    assert facets.stages == [1.0, 1.5, 3.0]
    for folder in facets.folders:
        assert Table(scene.library).page(scene.here, Query(folder=folder)).total > 0


@pytest.mark.parametrize("text", ["x" * 60_000, "%" * 30_000, "\0", "a\0"])
def test_text_that_no_path_holds_finds_nothing_however_long_or_odd(scene: Scene, text: str) -> None:
    assert Table(scene.library).page(scene.here, Query(text=text)).total == 0
