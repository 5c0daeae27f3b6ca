"""An open library: settings, database, journal and the lock, behind a few verbs."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import apsw
import msgspec

from engine.errors import LibraryError, LibraryHeld, NotFound
from engine.library import history, settings_file, verdicts
from engine.library.db import Database
from engine.library.journal import Journal, Record, new_id, now
from engine.library.lock import LibraryLock
from engine.library.paths import LibraryPaths, remember_library
from engine.library.settings import Settings
from engine.library.text import to_text

T = TypeVar("T")
# By name: they are further right, and who never staged or cropped loads nothing of them.
_RECOVERS = "engine.thinning.recovery"
# After decisions of these kinds, their undo and redo, the module's `follow(library, record)` brings files up to date
# that say what the library says; with None, after a rebuild, all of them. It answers with sentences, and never raises.
_FOLLOWS = dict.fromkeys(("crop", "crops", "uncrop", "trio", "promote"), "engine.cropping.logs")


class _FilesFirst(Exception):  # an outcome, not an error
    """Raised where files have to move before a decision is undone or redone."""

    def __init__(self, record: Record) -> None:
        super().__init__(record.id)
        self.record = record


class Library:
    """One library folder, opened. Writing is serialised on one thread; reading may happen on any.

    Attributes:
        read_only: another process holds the library (or the disk is read-only).
        holder: who holds it, in words, where read_only.
        notices: sentences a person should see once: what was repaired or could not be.
        moving: held by whoever moves the person's files, until that is recorded.
    """

    def __init__(self, root: Path, *, write: bool = True) -> None:
        """Open the library at `root`, made where there is none.

        With `write` False, or when another process holds it, it is opened read-only.

        Raises:
            LibraryError: the folder cannot be made; LibraryTooNew, LibraryDamaged; SettingsError.
        """
        self.paths = LibraryPaths(root)
        self.settings: Settings = settings_file.load(self.paths.settings)
        if write:
            self.paths.make()
        self._lock = LibraryLock(self.paths)
        self.read_only = not (write and self._lock.acquire())
        self.holder = self._lock.holder() if self.read_only and write else ""
        self.notices: list[str] = []
        self._journal = Journal(self.paths.sessions)
        self._settings_lock = threading.RLock()
        self.moving = threading.RLock()
        self._turning = threading.RLock()  # no decision comes between the files of an undo and its record
        try:
            self.db = Database(self.paths.database, read_only=self.read_only)
            if not self.read_only:
                self._prepare()
            if not self.read_only:
                self._settle_files()
        except BaseException:
            self._lock.release()
            raise

    def _settle_files(self) -> None:
        """Where files of the person's were being moved when Pickwise ended, that comes to its end."""
        if self.paths.staging.is_dir():
            try:
                self.notices += importlib.import_module(_RECOVERS).recover(self)
            except BaseException:
                self.db.close()
                raise

    def _prepare(self) -> None:
        try:
            self._first_settings()
            self.notices += self.db.write(lambda c: history.replay(c, self.paths.sessions, describe))
            remember_library(self.paths.root)
        except BaseException:
            self.db.close()
            raise

    def _first_settings(self) -> None:
        if not self.paths.settings.exists():
            text = "# Pickwise: the settings of this library. Keys left out have their defaults.\n"
            text += "\n[scan]\nsources = []\n"
            with _saving(self.paths.settings):
                settings_file.write_atomically(self.paths.settings, text)

    @property
    def name(self) -> str:
        sources = self.settings.scan.sources
        return sources[0].rstrip("/").rpartition("/")[2] if sources else to_text(self.paths.root.name)

    def need_write(self) -> None:
        """Raises LibraryHeld where the library is open read-only."""
        if self.read_only:
            raise LibraryHeld(
                f"This library is open read-only here: {self.holder or 'it was opened for reading'} holds it.",
                "Close the other Pickwise, then try again.",
            )

    def write(self, work: Callable[[apsw.Connection], T]) -> T:
        """Run `work` in one transaction on the writer's thread. Raises LibraryHeld."""
        self.need_write()
        return self.db.write(work)

    def decide(self, record: Record, label: str) -> Record:
        """Record a decision for good: `ts` and `id` are set here. Raises LibraryHeld, LibraryError (disk full)."""
        stamped = msgspec.structs.replace(record, ts=now(), id=new_id())
        with self._turning:
            self._commit(lambda _: (stamped, label))
            self._follow(stamped)
        return stamped

    def _follow(self, record: Record) -> None:
        if record.kind in _FOLLOWS:
            said = importlib.import_module(_FOLLOWS[record.kind]).follow(self, record)
            self.notices += [sentence for sentence in said if sentence not in self.notices]

    def _commit(self, choose: Callable[[apsw.Connection], tuple[Record, str]]) -> None:
        """Journal and carry out the record `choose` gives; where the database refuses it, so does the journal."""
        self.need_write()
        before = 0

        def work(connection: apsw.Connection) -> None:
            nonlocal before
            before = self._journal.lines
            record, label = choose(connection)
            history.commit(connection, self._journal, record, label)

        def failed() -> None:
            if self._journal.lines > before:
                self._journal.take_back()

        self.db.write(work, failed)

    def undo(self) -> tuple[Record, str]:
        """Take back the last decision; answers with it and its label. Raises NotFound, LibraryHeld."""
        return self._turn("undo")

    def redo(self) -> tuple[Record, str]:
        """Do again what the last undo took back. Raises NotFound, LibraryHeld."""
        return self._turn("redo")

    def _turn(self, kind: str) -> tuple[Record, str]:
        turned: list[tuple[Record, str]] = []
        moved = ""  # the decision whose files were moved

        def choose(connection: apsw.Connection) -> tuple[Record, str]:
            found = history.last(connection, kind)
            if found is None:
                raise NotFound(f"There is nothing to {kind}.")
            target, label = found
            if target.id != moved and target.kind in history.MOVES:
                raise _FilesFirst(target)
            line = Record(
                ts=now(), set_id=target.set_id, images=[] if target.batch else target.images, id=new_id(),
                kind="undo" if kind == "undo" else "redo", hashes=[] if target.batch else target.hashes, of=target.id,
            )  # fmt: skip
            turned.append((target, label))
            return line, label

        with self._turning:
            try:
                self._commit(choose)
            except _FilesFirst as first:
                moved = first.record.id
                with self.files_still(wait=False):  # whoever moves files may wait for `_turning`
                    self._turn_files(first.record, kind, lambda: self._commit(choose))
            self._follow(turned[0][0])
        return turned[0]

    def _turn_files(self, record: Record, kind: str, commit: Callable[[], None]) -> None:
        """Move the files of a decision, then record that; where it cannot be recorded, they move back."""
        module = importlib.import_module(history.MOVES[record.kind])
        module.turn(self, record, kind)
        try:
            commit()
        except BaseException:
            module.turn(self, record, "redo" if kind == "undo" else "undo")
            raise

    @contextmanager
    def files_still(self, *, wait: bool) -> Iterator[None]:
        """Hold `moving`. Raises LibraryError where somebody else does and `wait` is False."""
        if not self.moving.acquire(blocking=wait):
            raise LibraryError("Files are being moved now.", "Wait until that is done, or stop it first.")
        try:
            yield
        finally:
            self.moving.release()

    def rebuild(self) -> tuple[int, list[str]]:
        """Recompute verdicts, flags, ratings and history from the journal.

        Answers with how many decisions there are and what was passed over. Raises LibraryHeld.
        """

        def work(connection: apsw.Connection) -> tuple[int, list[str]]:
            history.forget(connection)
            notices = history.replay(connection, self.paths.sessions, describe)
            verdicts.refresh_all_groups(connection)
            importlib.import_module("engine.thinning.effects").refresh_all_copies(connection)
            return int(connection.execute("SELECT count(*) FROM decisions").get), notices

        decisions, notices = self.write(work)
        for module in set(_FOLLOWS.values()):
            notices += importlib.import_module(module).follow(self, None)
        return decisions, notices

    def change_setting(self, key: str, value: settings_file.Value) -> None:
        """Set one key of pickwise.toml. Raises SettingsError, LibraryHeld."""
        self.need_write()
        with self._settings_lock, _saving(self.paths.settings):
            self.settings = settings_file.change(self.paths.settings, key, value)

    def reload_settings(self) -> Settings:
        """Read pickwise.toml again: a person may have edited it meanwhile. Raises SettingsError."""
        with self._settings_lock:
            self.settings = settings_file.load(self.paths.settings)
            return self.settings

    def fact(self, name: str) -> str:
        """A small remembered value, "" where there is none."""
        with self.db.read() as connection:
            return str(connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).get or "")

    def remember(self, name: str, value: str) -> None:
        self.write(lambda c: set_fact(c, name, value))

    def close(self) -> None:
        self.db.close()  # first: a decision may be on its way
        self._journal.close()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@contextmanager
def _saving(file: Path) -> Iterator[None]:
    """Say in a sentence what the disk refused."""
    try:
        yield
    except OSError as error:
        raise LibraryError(
            f"{to_text(file.name)} could not be written: {error.strerror or error}.",
            f"Check the disk that holds {to_text(file.parent)}.",
        ) from None


def set_fact(connection: apsw.Connection, name: str, value: str) -> None:
    connection.execute(
        "INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, value)
    )


def describe(record: Record) -> str:
    """What a record did, in the words Undo shows."""
    first = (record.winner or (record.images[0] if record.images else "")).replace("\\", "/").rpartition("/")[2]
    if record.kind == "pick":
        return f"Keep {first}"
    if record.kind == "reject":
        return f"Reject {first}" if len(record.images) == 1 else f"Reject {len(record.images)} images"
    if record.kind == "import":
        pairs = len(record.pairs) if record.pairs else 0
        return f"Import {pairs:,} comparison{'s' * (pairs != 1)}".replace(",", " ")
    second = record.images[-1].replace("\\", "/").rpartition("/")[2] if record.images else ""
    pair = f"{first} and {second} {'do not ' * (record.yes is False)}belong together"
    pair = f"Cannot say whether {pair}" if record.yes is msgspec.UNSET else pair
    shown = len(record.images)
    count = f"{shown} image{'s' * (shown != 1)}"
    tags = " and ".join(tag.replace("_", " ") for tag in record.anomaly_tags)
    these = first if shown < 2 else count
    return {
        "stay": f"Let {first} stay", "go": f"Let {first} go", "swap": "Let the other set stay",
        "plain": f"Leave {first} to the rule", "lost": f"{count} gone from the staging folder",
        "split": f"{first} is no copy", "apart": f"{count} are not duplicates",
        "stage": f"Set {count} aside", "restore": f"Put {count} back",
        "approve": f"Send {count} to the Trash", "reopen": "Reopen a group",
        "flag": f"Flag {first}", "unflag": f"Unflag {first}", "match": f"Pick {first} over {shown - 1}",
        "draw": f"Draw of {shown}", "skip": f"Skip {shown} images",
        "check": f"{tags} on {these}: {'yes' if record.yes is True else 'no'}",
        "crop": f"Crop {first}" if record.needs_crop else f"Leave {first} whole",
        "crops": f"Take over {shown:,} crop{'s' * (shown != 1)}".replace(",", " "),
        "uncrop": f"Take back the crop of {first}",
        "trio": f"Keep {first}, cropped" if record.needs_crop else f"Keep {first}, whole",
        "to_crop": f"Send {these} to crop" if record.needs_crop else f"Leave {these} out of the crops",
        "same": pair, "promote": _batch(record),
        "reviewed": f"{count} reviewed", "gate": f"{'Shut' if record.yes is True else 'Free'} a gate",
        "taste": "Forget what was learned about crops", "cut": f"Write {count}, cropped",
    }.get(record.kind, record.kind)  # fmt: skip


def _batch(record: Record) -> str:
    parts = record.batch or []
    what = "crop" if parts and parts[0].box is not None else "group"
    count = f"{len(parts):,} {what}{'s' * (len(parts) != 1)}".replace(",", " ")
    return f"Keep what was recommended in {count}" if record.yes is True else f"Decide {count} at once"
