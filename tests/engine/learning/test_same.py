"""What is asked on Same?, and what a likeness is worth: faces where both are strong, the rest where they are not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.learning import same, same_pool
from engine.learning.same_evidence import ENOUGH, Scale, Shown, learned, likeness, strength
from engine.library.store import Library
from engine.vision.cache import Cache
from engine.vision.embedders import LITE0
from tests.linked import library

LIMIT = 8


def turned(cosine: float) -> np.ndarray:
    """A vector of this cosine to `turned(1)`."""
    return np.array([[cosine, (1 - cosine**2) ** 0.5]], np.float32)


def person(face: float, strong: float, body: float) -> Shown:
    return Shown(phash=None, faces=turned(face), strength=(strong,), bodies=turned(body))


def odds(one: Shown, other: Shown) -> float:
    found = likeness(one, other, LIMIT)
    assert found is not None
    return found.odds


@given(st.floats(0.3, 0.99), st.floats(0.3, 0.99))
def test_strong_faces_decide_and_weak_ones_leave_it_to_the_bodies(face, body) -> None:
    strong = odds(person(1, 1, 1), person(face, 1, body))
    assert strong == odds(person(1, 1, 1), person(face, 1, 0.5))
    weak = odds(person(1, 1, 1), person(face, 0, body))
    assert weak == odds(person(1, 1, 1), person(0.1, 0, body))


@given(st.floats(0.3, 0.99), st.floats(0, 0.009), st.floats(0, 1))
def test_more_alike_is_never_less_likely(alike, more, strong) -> None:
    one = person(1, strong, 1)
    assert odds(one, person(alike + more, strong, alike)) >= odds(one, person(alike, strong, alike)) - 1e-5
    assert odds(one, person(alike, strong, alike + more)) >= odds(one, person(alike, strong, alike)) - 1e-5


def test_a_face_is_strong_by_its_score_and_its_size() -> None:
    assert strength(0.9, 400) == pytest.approx(0.9)
    assert strength(0.9, 20) == 0
    assert 0 < strength(0.9, 60) < strength(0.9, 100) < 0.9


def test_why_names_what_was_compared_and_says_where_faces_tell_little() -> None:
    one, other = person(1, 0.3, 1)._replace(phash=0xFFFF0000), person(0.41, 0.9, 0.93)._replace(phash=0xFFFF0007)
    found = likeness(one, other, LIMIT)
    assert found is not None
    assert found.why == (
        "faces little alike (0.41), but too small or unclear to tell much;"
        " look alike (pHash 3 of 64 bits apart, family up to 8); bodies much alike (0.93)"
    )
    assert likeness(Shown(None), Shown(None), LIMIT) is None


def test_the_scale_of_chances_is_learned_from_answers_once_there_are_enough() -> None:
    rng = np.random.default_rng(1)
    drawn = rng.normal(0, 2, 400)
    true = rng.random(400) < 1 / (1 + np.exp(-(2.0 * drawn - 1.5)))
    scale = learned(drawn.tolist(), true.tolist())
    assert scale.slope == pytest.approx(2.0, abs=0.5)
    assert scale.offset == pytest.approx(-1.5, abs=0.5)
    assert learned(drawn[: ENOUGH - 1].tolist(), true[: ENOUGH - 1].tolist()) == Scale()
    one_sided = learned([1.0] * 60, [False] * 60)
    assert 0 < one_sided.chance(1.0) < 0.2


@given(st.lists(st.tuples(st.floats(-6, 6), st.booleans()), max_size=60))
def test_whatever_is_answered_chances_stay_chances_that_rise(answers) -> None:
    scale = learned([odds for odds, _ in answers], [said for _, said in answers])
    chances = [scale.chance(x) for x in (-6.0, 0.0, 6.0)]
    assert chances == sorted(chances)
    assert all(0 <= chance <= 1 for chance in chances)


def test_pairs_at_even_odds_come_first_and_no_group_is_asked_about_too_often(tmp_path: Path) -> None:
    looks = [range(0), *([*range(9), 9 + n] for n in range(12)), range(40, 64), range(50, 64)]
    with Library(library(tmp_path / "library", looks)) as made:
        found = same.queue(made, 100)
        with made.db.read() as connection:
            home = dict(connection.execute("SELECT image_id, group_id FROM members").fetchall())
        assert found.asked
        away = [abs(asked.chance - 0.5) for asked in found.asked]
        assert away[0] == min(away)
        for group in set(home.values()):
            assert sum(group in (home[asked.one], home[asked.other]) for asked in found.asked) <= 3
        assert same.queue(made, 1).asked == found.asked[:1]
        assert same.queue(made, 1).waiting == found.waiting == len(found.asked)


def test_a_pair_that_others_decide_is_not_asked(tmp_path: Path) -> None:
    looks = [range(0), range(10), range(20)]  # ten bits from one to the next
    with Library(library(tmp_path / "library", looks)) as made:
        assert {asked[:2] for asked in same.queue(made, 9).asked} == {(1, 2), (2, 3)}
        same.answer(made, 1, 3, same=True)
        same.answer(made, 1, 2, same=False)
        assert same.queue(made, 9).asked == []
        made.undo()
        assert {asked[:2] for asked in same.queue(made, 9).asked} == {(1, 2), (2, 3)}


def test_of_pairs_that_are_shown_it_says_what_they_are_now(tmp_path: Path) -> None:
    looks = [range(0), range(10), range(20), range(40, 64)]
    shown = [(1, 2), (3, 2), (1, 3), (4, 1), (2, 2), (1, 99)]
    with Library(library(tmp_path / "library", looks)) as made:
        before = {asked[:2]: asked for asked in same.queue(made, 9, held=shown).held}
        assert list(before) == [(1, 2), (2, 3), (1, 3), (1, 4)]
        assert all(asked.waits and asked.said is None for asked in before.values())
        assert before[1, 4].chance is None  # nothing tells how alike they are
        assert before[1, 2].chance is not None
        same.answer(made, 1, 2, same=True)
        same.answer(made, 3, 2, same=True)
        same.answer(made, 4, 1, same=None)
        now = {asked[:2]: asked for asked in same.queue(made, 9, held=shown).held}
        assert [(a.said, a.waits) for a in now.values()] == [
            ("yes", False), ("yes", False), (None, False), ("unsure", False)
        ]  # fmt: skip
        assert not any(asked.overruled for asked in now.values())
        same.answer(made, 1, 3, same=False)
        then = {asked[:2]: asked for asked in same.queue(made, 9, held=shown).held}
        assert [asked.overruled for asked in then.values()] == [True, False, False, False]
        made.write(lambda c: c.execute("INSERT INTO verdicts VALUES (4, 'reject', '[]', '', '')"))
        assert same.queue(made, 9, held=[(3, 4)]).held[0].waits is False


def test_rejected_and_missing_images_are_not_asked_about(tmp_path: Path) -> None:
    with Library(library(tmp_path / "library", [range(0), range(10), range(20)])) as made:
        made.write(lambda c: c.execute("INSERT INTO verdicts VALUES (1, 'reject', '[]', '', '')"))
        assert {asked[:2] for asked in same.queue(made, 9).asked} == {(2, 3)}
        made.write(lambda c: c.execute("UPDATE images SET missing_since = 'now' WHERE id = 3"))
        assert same.queue(made, 9).asked == []


def test_pictures_that_only_their_embeddings_bring_together_are_asked_about(tmp_path: Path) -> None:
    with Library(library(tmp_path / "library", [range(0), range(30), range(20, 64)])) as made:
        assert same.queue(made, 9).asked == []
        with made.db.read() as connection:
            contents = [content for (content,) in connection.execute("SELECT content_hash FROM images ORDER BY id")]
        vectors = np.zeros((3, LITE0.size), np.float16)
        vectors[:, :2] = [[1, 0], [0.8, 0.6], [0, 1]]
        with Cache(made.paths.vectors) as cache:
            cache.add_vectors(LITE0.key, zip(contents, (row.tobytes() for row in vectors), strict=True))
        same_pool.forget(made)
        found = same.queue(made, 9).asked
        assert [asked[:2] for asked in found] == [(1, 2)]
        assert found[0].why.endswith("pictures somewhat alike (0.80)")


def test_damaged_vectors_are_as_good_as_none(tmp_path: Path) -> None:
    with Library(library(tmp_path / "library", [range(0), range(10)])) as made:
        made.paths.vectors.parent.mkdir(parents=True, exist_ok=True)
        made.paths.vectors.write_bytes(b"SQLite format 3\0 but not really" * 50)
        assert {asked[:2] for asked in same.queue(made, 9).asked} == {(1, 2)}
