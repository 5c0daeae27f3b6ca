"""Undo, redo and replay: whatever a person does, the journal alone tells the same story."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
import rows
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from engine.culling import decide
from engine.errors import NotFound
from engine.library import history
from engine.library.store import Library

FAMILIES = [3, 1, 2, 2]
IMAGES = sum(FAMILIES)


def story(library: Library) -> dict[str, Any]:
    """Everything decisions make, by path, so that two libraries can be compared."""
    with library.db.read() as c:
        return {
            "verdicts": c.execute(
                "SELECT filepath, verdict, tags, set_id, decided_at FROM verdicts JOIN images ON id = image_id"
                " ORDER BY 1"
            ).fetchall(),
            "flags": c.execute(
                "SELECT filepath, flagged_at FROM flags JOIN images ON id = image_id ORDER BY 1"
            ).fetchall(),
            "groups": c.execute("SELECT key, status, keepers FROM groups ORDER BY key").fetchall(),
            "decisions": c.execute("SELECT id, kind, label, state FROM decisions ORDER BY seq").fetchall(),
            "labels": history.labels(c),
        }


def expected_status(verdicts: list[str | None], review: bool) -> str:
    """The table in verdicts.py, read aloud."""
    if "keep" in verdicts:
        return "review" if None in verdicts else "decided"
    if all(v == "reject" for v in verdicts):
        return "rejected"
    if "reject" in verdicts or "open" in verdicts:
        return "review"
    return "review" if review else "auto"


def check_groups(library: Library) -> None:
    with library.db.read() as c:
        for group, status, review, keepers in c.execute("SELECT id, status, review, keepers FROM groups").fetchall():
            members = c.execute(
                "SELECT verdict, decision FROM members LEFT JOIN verdicts USING (image_id) WHERE group_id = ?", (group,)
            ).fetchall()
            verdicts = [v for v, _ in members]
            assert status == expected_status(verdicts, bool(review))
            stay = {"decided": verdicts.count("keep"), "auto": [d for _, d in members].count("keeper")}
            assert keepers == stay.get(status, 0)


def anew(library: Library, root: Path) -> Library:
    """Another library from the same files and journal: no database, the folder scanned again, the journal replayed."""
    shutil.copytree(library.paths.sessions, root / "labels" / "sessions")
    other = Library(root)
    other.close()
    with Library(root) as other:
        rows.write_over(other, FAMILIES, blurred=0.5)
        rows.group(other)
    return Library(root)


class Person(RuleBasedStateMachine):
    """Someone at the keyboard who never does the expected thing."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="pickwise-history-"))
        self.library = rows.filled(self.folder / "library", FAMILIES, blurred=0.5)
        with self.library.db.read() as connection:
            self.groups: dict[str, list[int]] = {}
            for key, image in connection.execute(
                "SELECT key, image_id FROM groups g JOIN members m ON m.group_id = g.id ORDER BY key, rank"
            ):
                self.groups.setdefault(key, []).append(image)
        self.keys = sorted(self.groups)
        self.done: list[str] = []
        self.undone: list[str] = []

    def _decided(self, label: str) -> None:
        self.done.append(label)
        self.undone.clear()

    @rule(group=st.integers(0, len(FAMILIES) - 1), which=st.integers(0, 9), also=st.sets(st.integers(0, 9), max_size=2))
    def pick(self, group: int, which: int, also: set[int]) -> None:
        members = self.groups[self.keys[group]]
        more = [members[i % len(members)] for i in also]
        self._decided(decide.pick(self.library, self.keys[group], members[which % len(members)], more))

    @rule(
        group=st.integers(0, len(FAMILIES) - 1),
        some=st.sets(st.integers(0, 9), min_size=1, max_size=3),
        tags=st.lists(st.sampled_from(decide.TAGS), max_size=2),
    )
    def reject(self, group: int, some: set[int], tags: list[str]) -> None:
        members = self.groups[self.keys[group]]
        chosen = [members[i % len(members)] for i in some]
        self._decided(decide.reject(self.library, self.keys[group], chosen, tags))

    @rule(group=st.integers(0, len(FAMILIES) - 1))
    def reopen(self, group: int) -> None:
        self._decided(decide.reopen(self.library, self.keys[group]))

    @rule(image=st.integers(1, IMAGES), on=st.booleans())
    def flag(self, image: int, on: bool) -> None:
        self._decided(decide.flag(self.library, image, on=on))

    @rule()
    def undo(self) -> None:
        if not self.done:
            with pytest.raises(NotFound):
                self.library.undo()
            return
        label = self.library.undo()[1]
        assert label == self.done.pop()
        self.undone.append(label)

    @rule()
    def redo(self) -> None:
        if not self.undone:
            with pytest.raises(NotFound):
                self.library.redo()
            return
        label = self.library.redo()[1]
        assert label == self.undone.pop()
        self.done.append(label)

    @precondition(lambda self: self.done)
    @rule()
    def undo_and_redo_is_nothing(self) -> None:
        before = story(self.library)
        self.library.undo()
        self.library.redo()
        assert story(self.library) == before

    @rule()
    def restart(self) -> None:
        before = story(self.library)
        self.library.close()
        self.library = Library(self.folder / "library")
        assert self.library.notices == []
        assert story(self.library) == before

    @rule()
    def rebuild(self) -> None:
        before = story(self.library)
        count, notices = self.library.rebuild()
        assert notices == []
        assert count == len(before["decisions"])
        assert story(self.library) == before

    @invariant()
    def the_groups_agree_with_the_verdicts(self) -> None:
        check_groups(self.library)

    @invariant()
    def the_labels_are_the_last_of_each_list(self) -> None:
        with self.library.db.read() as connection:
            assert history.labels(connection) == ((self.done or [""])[-1], (self.undone or [""])[-1])

    def teardown(self) -> None:
        before = story(self.library)
        other = anew(self.library, self.folder / "other")
        try:
            assert story(other) == before
            while self.done:
                self.undo()
            assert story(self.library)["verdicts"] == []
            assert story(self.library)["flags"] == []
            check_groups(self.library)
        finally:
            other.close()
            self.library.close()
            shutil.rmtree(self.folder)


Person.TestCase.settings = settings(max_examples=25, stateful_step_count=15, deadline=None)
TestPerson = Person.TestCase


def test_a_decision_finds_its_image_after_a_move(tmp_path: Path) -> None:
    with rows.filled(tmp_path, [2]) as library:
        with library.db.read() as connection:
            key = connection.execute("SELECT key FROM groups").get
        decide.reject(library, key, [1])
        library.write(
            lambda c: c.execute(
                "INSERT INTO aliases SELECT filepath, id FROM images WHERE id = 1;"
                "UPDATE images SET filepath = '/elsewhere.png' WHERE id = 1;"
                "INSERT INTO images (filepath, filename, content_hash)"
                " VALUES ('/source/f000000_stage1.png', 'x', 'new')"
            )
        )
        library.rebuild()
        with library.db.read() as connection:
            assert connection.execute("SELECT image_id, verdict FROM verdicts").fetchall() == [(1, "reject")]


def test_an_undo_of_what_nobody_knows_is_a_notice_and_stops_nothing(tmp_path: Path) -> None:
    with rows.filled(tmp_path, [2]) as library:
        with library.db.read() as connection:
            key = connection.execute("SELECT key FROM groups").get
        decide.pick(library, key, 1)
        (library.paths.sessions / "2001-01-01__session.jsonl").write_text(
            '{"ts":"2001-01-01T00:00:00Z","set_id":"","images":[],"id":"u","kind":"redo","of":"gone"}\n'
        )
        before = story(library)
        count, notices = library.rebuild()
        assert count == 1
        assert len(notices) == 1
        assert story(library) == before


def test_a_decision_that_cannot_be_carried_out_reaches_no_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with rows.filled(tmp_path, [2]) as library:
        with library.db.read() as connection:
            key = connection.execute("SELECT key FROM groups").get

        def broken(*_: object) -> None:
            raise ValueError("a fault")

        monkeypatch.setitem(history._effects, "pick", broken)
        with pytest.raises(ValueError, match="a fault"):
            decide.pick(library, key, 1)
        assert [f.stat().st_size for f in library.paths.sessions.iterdir()] == []
