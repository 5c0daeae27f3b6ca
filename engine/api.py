"""Every call of the page, by name: decode, a few lines over a domain module, encode."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import msgspec

from engine import (
    answers,
    api_ask,
    api_cropping,
    api_insight,
    api_learning,
    api_ranking,
    api_same,
    api_thinning,
    api_vision,
    wire,
)
from engine.culling import decide, queue, status, views
from engine.errors import NotFound, PickwiseError, WrongUse
from engine.intake import records
from engine.jobs import Jobs
from engine.library import history, paths, settings_file
from engine.library.journal import Record
from engine.library.store import Library
from engine.library.text import to_path, to_text
from engine.progress import giving_way

_TAGS = {str(kind.__struct_config__.tag): kind for kind in wire.METHODS}
_CULLED: list[wire.Screen] = ["library", "cull", "sweep", "crop", *answers.RANKED]


class Host(Protocol):
    """What only the window can do."""

    def choose_folders(self, title: str) -> list[str]: ...

    def choose_file(self, title: str) -> list[str]: ...

    def reveal(self, path: Path) -> None: ...


class Engine:
    """One open library (or none yet) behind named calls. `call` may be used from any thread."""

    def __init__(self) -> None:
        self._listener: Callable[[wire.AnyEvent], None] = lambda _: None
        self.host: Host | None = None
        self.library: Library | None = None
        self._opening = threading.RLock()
        self.jobs = Jobs(self._job_said)
        self.desk = api_ranking.Desk(self.tell)
        self._decoders = {name: msgspec.json.Decoder(kind) for name, kind in _TAGS.items()}
        self._encoder = msgspec.json.Encoder()

    def listen(self, listener: Callable[[wire.AnyEvent], None]) -> None:
        """Send events there from now on; it is called on any thread."""
        self._listener = listener

    def tell(self, event: wire.AnyEvent) -> None:
        self._listener(event)

    def call(self, name: str, body: str) -> str:
        """Answer one call with JSON: the response, or `{"error": {"code", "message", "hint"}}`; never raises."""
        try:
            with giving_way.first():
                return self._encoder.encode(self._handle(name, body)).decode()
        except PickwiseError as error:
            problem = wire.ErrorBody(error.code, error.message, error.hint)
        except (msgspec.MsgspecError, UnicodeError, OverflowError) as error:
            problem = wire.ErrorBody("wrong_use", f"The call {name} is malformed: {error}.", "")
        except Exception as error:  # noqa: BLE001 - the page gets a sentence, whatever happened
            problem = wire.ErrorBody("fault", f"Something went wrong in Pickwise: {error!r}.", "Try again.")
        plain = wire.ErrorBody(problem.code, *(_plain(words) for words in (problem.message, problem.hint)))
        return self._encoder.encode({"error": plain}).decode()

    def _handle(self, name: str, body: str) -> object:
        decoder = self._decoders.get(name)
        if decoder is None:
            raise WrongUse(f"There is no call {name}.")
        request = decoder.decode(body)
        answer = _HANDLERS[type(request)](self, request)
        if type(request) in api_learning.TEACHES:
            api_learning.chosen(self)
        return answer

    def open(self, place: Path) -> Library:
        """Open a library, or the one that holds (or will hold) this folder; closes the one that is open."""
        return self._open(paths.locate(place))

    def _open(self, root: Path) -> Library:
        """Open the library at `root`; the one that is open stays where this fails or where it is the same."""
        with self._opening:
            old = self.library
            if old is not None and _same(old.paths.root, root):
                if not old.read_only:
                    return old
                self._close_library()  # the other process may have let go of it
            library = Library(root)
            self._close_library()
            self.library = library
            return library

    def start(self, place: Path | None, library: Path | None = None) -> None:
        """What the window opens on: a library, a folder of images (made a source), or where the person left off."""
        from engine.culling.run import add_sources

        last = paths.last_library() if place is None and library is None else None
        if library is not None:
            self._open(library)
        elif place is not None or last is not None:
            self.open(place or last or Path())
        if self.library is None:
            return
        paths.remember_last(self.library.paths.root)
        if not self.library.read_only:
            if place is not None and not paths.is_library(place):
                add_sources(self.library, [place])
            if self.library.settings.scan.sources:
                _start_cull(self, None)
            api_learning.opened(self)

    def need(self) -> Library:
        if self.library is None:
            raise NotFound("No library is open.", "Add a folder of images first.")
        return self.library

    def _job_said(self, job: wire.JobInfo, changes: Sequence[wire.Screen] | None) -> None:
        self.tell(wire.JobEvent(job))
        if job.state != "running":
            self.tell(wire.StaleEvent(answers.EVERYWHERE if changes is None else list(changes)))

    def _close_library(self) -> None:
        library, self.library = self.library, None  # first: a call that comes now finds none, not half of one
        if library is not None:
            self.jobs.stop()
            self.desk.close()
            library.close()

    def close(self) -> None:
        with self._opening:
            self._close_library()
            self.jobs.close()


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return one == other


def _plain(words: str) -> str:
    """Words that JSON can carry, whatever a request put into them."""
    return words[:2000].encode("utf-8", "replace").decode()


# ---- handlers


def _open(engine: Engine, request: wire.OpenLibrary) -> wire.HelloAnswer:
    place = to_path(request.path)
    if not place.is_dir():
        raise NotFound(f"There is no folder {request.path}.", "Choose another.")
    engine.start(place)
    return answers.hello(engine, None)


def _choose(engine: Engine, request: wire.ChooseFolder) -> wire.Paths:
    if engine.host is None:
        raise WrongUse("There is no window to ask in.", "Name the folder on the command line.")
    return wire.Paths(engine.host.choose_folders(request.title))


def _choose_file(engine: Engine, request: wire.ChooseFile) -> wire.Paths:
    if engine.host is None:
        raise WrongUse("There is no window to ask in.", "Name the file on the command line.")
    return wire.Paths(engine.host.choose_file(request.title)[:1])


def _reveal(engine: Engine, request: wire.Reveal) -> wire.Ok:
    library = engine.need()
    exported = library.fact("exported_to")
    if not request.path and not exported:
        raise NotFound("Nothing was exported from this library yet.")
    place = to_path(request.path or exported or "").resolve()
    allowed = [library.paths.root, *map(to_path, library.settings.scan.sources)]
    if exported:
        allowed.append(to_path(exported))
    if not any(place == root.resolve() or root.resolve() in place.parents for root in allowed):
        raise WrongUse("Only this library, its sources and its exports can be shown.")
    if engine.host is not None:
        engine.host.reveal(place)
    return wire.Ok()


def _add_sources(engine: Engine, request: wire.AddSources) -> wire.JobRef:
    from engine.culling.run import add_sources

    folders = [to_path(p) for p in request.paths]
    if engine.library is None and folders:
        engine.open(folders[0])
    add_sources(engine.need(), folders, recursive=request.recursive)
    return _start_cull(engine, None)


def _start_cull(engine: Engine, _: object) -> wire.JobRef:
    library = engine.need()
    library.need_write()
    running = engine.jobs.running("cull")
    if running is not None:
        engine.jobs.cancel(running)  # the new one takes up where it stops, with the new sources

    def work(progress: Any) -> str:
        from engine.culling.run import cull

        return cull(library, progress).sentence()

    return wire.JobRef(engine.jobs.start("cull", work))


def _cancel(engine: Engine, request: wire.CancelJob) -> wire.Ok:
    engine.jobs.cancel(request.id)
    return wire.Ok()


def _quarantine(engine: Engine, request: wire.GetQuarantine) -> wire.Quarantine:
    with engine.need().db.read() as connection:
        rows = status.quarantined(connection, *answers.page(request.offset, request.limit))
        total = records.counts(connection)[2]
    return wire.Quarantine(total, request.offset, [wire.QuarantineItem(*row) for row in rows])


def _queue(engine: Engine, request: wire.GetQueue) -> views.Queue:
    library = engine.need()
    with library.db.read() as connection:
        part = answers.page(request.offset, request.limit)
        return queue.queue(connection, library.paths.thumbs, request.which, *part)


def _groups(engine: Engine, request: wire.GetGroups) -> wire.Groups:
    library = engine.need()
    with library.db.read() as connection:
        return wire.Groups(queue.groups(connection, library.paths.thumbs, request.ids[:32]))


def _culled(engine: Engine, label: str, group: str = "", image: int = 0) -> wire.Changed:
    return answers.changed(engine, label, _CULLED, group=group, image=image)


def _pick(engine: Engine, request: wire.Pick) -> wire.Changed:
    label = decide.pick(engine.need(), request.group_id, request.winner, request.also)
    return _culled(engine, label, request.group_id, request.winner)


def _reject(engine: Engine, request: wire.Reject) -> wire.Changed:
    label = decide.reject(engine.need(), request.group_id, request.images, request.tags)
    if request.tags:
        api_vision.taught(engine)
    return _culled(engine, label, request.group_id, request.images[0])


def _reopen(engine: Engine, request: wire.Reopen) -> wire.Changed:
    return _culled(engine, decide.reopen(engine.need(), request.group_id), request.group_id)


def _flag(engine: Engine, request: wire.Flag) -> wire.Changed:
    return _culled(engine, decide.flag(engine.need(), request.image_id, on=request.on), "", request.image_id)


def _keepers(engine: Engine, request: wire.GetKeepers) -> views.Keepers:
    library = engine.need()
    with library.db.read() as connection:
        return queue.keepers(connection, library.paths.thumbs, *answers.page(request.offset, request.limit))


def _turned(engine: Engine, record: Record, label: str) -> wire.Changed:
    """What an undo or a redo answers: the group to show, or the match as it was shown."""
    if record.kind in api_ranking.KINDS:
        return api_ranking.turned(engine, record, label)
    if record.kind in api_thinning.KINDS:
        return api_thinning.turned(engine, record, label)
    if record.kind in api_cropping.KINDS:
        return api_cropping.turned(engine, record, label)
    if record.kind == "same":
        return api_same.turned(engine, record, label)
    if record.kind == "check":
        return api_vision.turned(engine, record, label)
    if api_insight.is_ours(record):
        return api_insight.turned(engine, record, label)
    with engine.need().db.read() as connection:
        group = queue.group_of(connection, record.set_id, record.images)
        image = next(iter(history.image_ids(connection, record)), 0) if record.kind in ("flag", "unflag") else 0
    return _culled(engine, label, group, image)


def _undo(engine: Engine, _: object) -> wire.Changed:
    record, label = engine.need().undo()
    return _turned(engine, record, f"Undid: {label}")


def _redo(engine: Engine, _: object) -> wire.Changed:
    record, label = engine.need().redo()
    return _turned(engine, record, f"Redid: {label}")


def _save_place(engine: Engine, request: wire.SavePlace) -> wire.Ok:
    library = engine.need()
    if not library.read_only:
        place = wire.Place(request.screen, request.group_id, request.image_id, request.order, request.least)
        library.remember("place", msgspec.json.encode(place).decode())
    return wire.Ok()


def _settings(engine: Engine, _: object) -> wire.SettingsAnswer:
    library = engine.need()
    items = [wire.SettingView(**item) for item in settings_file.views(library.settings)]
    return wire.SettingsAnswer(to_text(library.paths.settings), items)


def _set_setting(engine: Engine, request: wire.SetSetting) -> wire.Changed:
    if request.key == "stages.pattern":  # a regular expression has more ways to be wrong than a range can say
        from engine.intake.names import compile_pattern

        compile_pattern(str(request.value))
    if request.key == "ranking.judge":
        from engine.ranking.judges import check

        request = msgspec.structs.replace(request, value=check(str(request.value)))
    engine.need().change_setting(request.key, request.value)
    return answers.changed(engine, f"Changed {request.key}", [*answers.EVERYWHERE, "settings"])


def _export(engine: Engine, request: wire.ExportKeepers) -> wire.JobRef:
    library = engine.need()

    def work(progress: Any) -> str:
        from engine.export.keepers import export_keepers

        report = export_keepers(library, to_path(request.to) if request.to else None, request.link, progress)
        if not library.read_only:
            library.remember("exported_to", report.to)
        return report.sentence()

    return wire.JobRef(engine.jobs.start("export", work))


_HANDLERS: dict[type[wire.Request], Callable[[Engine, Any], object]] = {
    wire.Hello: answers.hello,
    wire.OpenLibrary: _open,
    wire.GetStatus: lambda engine, _: answers.library_status(engine),
    wire.ChooseFolder: _choose,
    wire.ChooseFile: _choose_file,
    wire.Reveal: _reveal,
    wire.AddSources: _add_sources,
    wire.StartCull: _start_cull,
    wire.CancelJob: _cancel,
    wire.GetQuarantine: _quarantine,
    wire.GetQueue: _queue,
    wire.GetGroups: _groups,
    wire.Pick: _pick,
    wire.Reject: _reject,
    wire.Reopen: _reopen,
    wire.Flag: _flag,
    wire.GetKeepers: _keepers,
    wire.Undo: _undo,
    wire.Redo: _redo,
    wire.SavePlace: _save_place,
    wire.GetSettings: _settings,
    wire.SetSetting: _set_setting,
    wire.ExportKeepers: _export,
    **api_ranking.HANDLERS,
    **api_thinning.HANDLERS,
    **api_vision.HANDLERS,
    **api_cropping.HANDLERS,
    **api_ask.HANDLERS,
    **api_same.HANDLERS,
    **api_learning.HANDLERS,
    **api_insight.HANDLERS,
}
