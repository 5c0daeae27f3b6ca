"""Learn from everything the person decided, and say of every open group which image they would keep.

Says honestly where there is not enough yet. A run is seconds: images without a vector are embedded first only where
that was asked for.
"""

from __future__ import annotations

import platform
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import Any, NamedTuple

import apsw
import msgspec
import numpy as np

from engine.errors import NotFound, PickwiseError, WrongUse
from engine.learning import bayes, cards, circles, features, fitting, labels, qa, recommend, splits, state
from engine.learning.cards import Card, Metrics
from engine.learning.features import Features
from engine.learning.figures import LOOK, NAMED
from engine.learning.fitting import Fitted, Pairs
from engine.learning.labels import SOURCES, Labels
from engine.library.journal import now
from engine.library.store import Library
from engine.progress import Progress, giving_way

_MOST_DOUBTS = 500  # of groups, and of comparisons
_OFF = "Learning is off in the settings."


class Summary(NamedTuple):
    """What a run did.

    Attributes:
        model: its name, "" where there is not enough yet; why: what is missing then.
        kind: `bayes` or `mlp`.
        pairs, families: learned from; groups: with a recommendation now.
        accuracy, calibration_error, top1: on families held out.
        doubts: decisions worth another look. seconds. notices: sentences for the person.
    """

    model: str = ""
    why: str = ""
    kind: str = ""
    pairs: int = 0
    families: int = 0
    groups: int = 0
    accuracy: float | None = None
    calibration_error: float | None = None
    top1: float | None = None
    doubts: int = 0
    seconds: float = 0.0
    notices: tuple[str, ...] = ()

    def sentence(self) -> str:
        if not self.model:
            return " ".join([self.why, *self.notices])
        right = f", right on {self.accuracy:.0%} of pairs held out" if self.accuracy is not None else ""
        groups = f"{self.groups:,} group{'' if self.groups == 1 else 's'} with a recommendation"
        return " ".join([f"Learned from {self.pairs:,} pairs of {self.families:,} families{right}; {groups}.",
                         *self.notices])  # fmt: skip


class _Data(NamedTuple):
    """Labels whose images are known, as rows of the features."""

    labels: Labels
    pairs: Pairs
    families: int


def train(library: Library, progress: Progress, *, thorough: bool = False) -> Summary:
    """Fit the ranker and fill `predictions` and `recommended`. Hears `learn` and `recommend`.

    Args:
        thorough: embed images that have no vector yet first, and try the network with a hidden layer too.

    Where learning is off, or there is too little to learn from, nothing is said any more and no model is in use.

    Raises:
        Cancelled: the model and the tables are those of before.
        LibraryHeld, LibraryError.
    """
    library.need_write()
    begun = time.monotonic()
    if not library.settings.learning.on:
        return _switched_off(library)
    notices = _embed(library, progress) if thorough else []
    progress.phase("learn")
    with library.db.read() as connection:
        said, counted = labels.read(connection, partial(progress.step, 0)), state.count(connection)
        formed, last = state.formed(connection), state.last(connection)
    loaded, bad = cards.load(library)
    notices += bad
    found = features.read(library, progress, loaded[1].basis if loaded else None)
    data = _data(said, found)
    told = state.State(why="", decisions=counted, last=last, formed=formed)
    if why := _missing(library, data):
        recommend.clear(library, msgspec.structs.replace(told, why=why))
        return Summary(why=why, pairs=len(data.pairs.winner), families=data.families, notices=tuple(notices))
    fitted = _fitted(found, data, loaded[0] if loaded else None, progress, thorough=thorough)
    progress.step(0)
    card = cards.save(library, _card(library, data, fitted), fitted.model)
    try:
        told = _told(told, card.name, data, fitted, progress)
        groups = recommend.fill(library, found, fitted.model, told, progress)
    except BaseException:
        cards.discard(library, card.name)
        raise
    cards.prune(library)
    if not library.settings.learning.on:  # switched off meanwhile
        return _switched_off(library)
    held = fitted.held
    return Summary(
        card.name, "", card.kind, card.pairs, card.families, groups, held.accuracy, held.calibration_error, held.top1,
        len(told.doubts), time.monotonic() - begun, tuple(notices),
    )  # fmt: skip


def revert(library: Library, progress: Progress) -> Summary:
    """Go back to the model before the one in use, and say everything as it would.

    Raises:
        NotFound: there is none.
        WrongUse: learning is off.
        Cancelled, LibraryHeld, LibraryError: as `train`.
    """
    library.need_write()
    if not library.settings.learning.on:
        raise WrongUse(_OFF, "Switch it on first: learning.on.")
    loaded, notices = cards.before(library)
    if loaded is None:
        raise NotFound(" ".join([*notices, "There is no earlier model to go back to."]), "Train one: pickwise train.")
    card, model = loaded
    with library.db.read() as connection:
        told = state.read(connection)
        now_ = state.count(connection), state.last(connection), state.formed(connection)
    found = features.with_basis(library, progress, model.basis)
    told = state.State(card.name, "", *now_, told.doubts, told.cycles, card.metrics.accuracy)
    groups = recommend.fill(library, found, model, told, progress)
    if not library.settings.learning.on:  # switched off meanwhile
        return _switched_off(library)
    said = card.metrics
    return Summary(
        card.name, "", card.kind, card.pairs, card.families, groups, said.accuracy, said.calibration_error, said.top1,
        len(told.doubts), notices=tuple(notices),
    )  # fmt: skip


def _switched_off(library: Library) -> Summary:
    """Say nothing any more; as nothing was learned, so that all of it is news once learning is switched on."""
    with library.db.read() as connection:
        formed = state.formed(connection)
    recommend.clear(library, state.State(why=_OFF, formed=formed))
    return Summary(why=_OFF)


def _fitted(found: Features, data: _Data, before: Card | None, progress: Progress, *, thorough: bool) -> Fitted:
    """A fit that begins where the last one ended; where none comes of that, one that begins anew."""
    deep = thorough or (before is not None and before.kind == "mlp")
    fit = partial(fitting.fit, found.x, found.basis, data.pairs, network=deep, pause=_pause(progress))
    if before is None:
        return fit()
    try:
        return fit(before=bayes.Prior(before.strength, before.tilt, before.strictness))
    except np.linalg.LinAlgError:
        return fit()


def _embed(library: Library, progress: Progress) -> list[str]:
    """Give every image a vector, where a network is installed."""
    from engine.vision.vectors import embed_best

    with library.db.read() as connection:
        images = [
            (str(content), str(path))
            for content, path in connection.execute(
                "SELECT content_hash, filepath FROM images WHERE content_hash IS NOT NULL AND missing_since IS NULL"
                " AND quarantine IS NULL"
            )
        ]
    try:
        return embed_best(library, images, progress)[1] if images else []
    except PickwiseError as error:
        return [f"{error.message} Only measured figures are weighed."]


def _pause(progress: Progress) -> Callable[[], None]:
    def pause() -> None:
        giving_way.pause()
        progress.step(0)

    return pause


def _data(said: Labels, found: Features) -> _Data:
    """The pairs both of whose images were ever measured, and their units."""
    known = found.known
    winner, loser = known.places(said.winner), known.places(said.loser)
    usable = (winner >= 0) & (loser >= 0) & (winner != loser)
    shown = [[int(p) for p in known.places(np.array(family)) if p >= 0] for family in said.families]
    prompts = known.prompts if len(known.ids) else []
    unit = splits.units(known.groups, prompts, [family for family in shown if len(family) > 1])
    kept = said._replace(
        winner=said.winner[usable], loser=said.loser[usable], weight=said.weight[usable], choice=said.choice[usable],
        source=said.source[usable],
    )  # fmt: skip
    winner, loser = winner[usable], loser[usable]
    pairs = Pairs(winner, loser, kept.weight, kept.choice, unit[winner], unit[loser])
    return _Data(kept, pairs, len(np.unique(np.concatenate([pairs.winner_unit, pairs.loser_unit]))))


def _missing(library: Library, data: _Data) -> str:
    """What is missing to learn from, in a sentence; "" where it is enough."""
    wanted = library.settings.learning
    pairs = int(data.pairs.weight.sum())
    if pairs >= wanted.least_pairs and data.families >= wanted.least_families:
        return ""
    return (
        f"Not enough yet: {pairs} pair{'s' * (pairs != 1)} of {data.families} famil"
        f"{'y' if data.families == 1 else 'ies'}; at least {wanted.least_pairs} of {wanted.least_families} are needed."
    )


def _told(told: state.State, name: str, data: _Data, fitted: Fitted, progress: Progress) -> state.State:
    """The state of this run, with what is worth another look."""
    said, doubts = data.labels, dict[str, state.Doubt]()
    for doubted in qa.contradicted(fitted.held.chance, said.weight):
        group = said.subjects[int(said.choice[doubted.pair])]
        if group and group not in doubts:
            doubts[group] = state.Doubt(group, int(said.loser[doubted.pair]), round(doubted.against, 4))
    rounds, alone = circles.find(said, fitted.held.chance, _pause(progress))
    single = [state.Doubt("", one.loser, one.against, one.winner) for one in alone]
    return msgspec.structs.replace(
        told,
        model=name,
        doubts=list(doubts.values())[:_MOST_DOUBTS] + single[:_MOST_DOUBTS],
        cycles=rounds,
        accuracy=fitted.held.accuracy,
    )


def _card(library: Library, data: _Data, fitted: Fitted) -> Card:
    said, model, held = data.labels, fitted.model, fitted.held
    k = model.basis.axes.shape[1]
    weights = {named.name: round(float(w), 5) for named, w in zip(NAMED, model.mean[k:], strict=False)}
    weights[LOOK.name] = round(float(np.linalg.norm(model.mean[:k])), 5)
    times = [said.at[place] for place in np.unique(said.choice)]
    with library.db.read() as connection:
        recommended, agreed = _approvals(connection)
    return Card(
        name=cards.new_name(library.paths), at=now(), version=cards.VERSION,
        kind="mlp" if model.hidden.size else "bayes", embedder=model.basis.embedder, features=cards.feature_names(k),
        pairs=int(said.weight.sum()), choices=len(times), families=data.families,
        images=len(np.unique([said.winner, said.loser])), vectors=model.basis.images,
        sources={SOURCES[s]: n for s, n in sorted(Counter(said.source.tolist()).items())},
        since=min(times, default=""), until=max(times, default=""), **fitted.prior._asdict(), window=fitted.window,
        **model.honesty._asdict(), weights=weights,
        metrics=Metrics(
            accuracy=held.accuracy, loss=held.loss, top1=held.top1, calibration_error=held.calibration_error,
            bins=[cards.Bin(*one) for one in held.bins],
        ),
        recommended=recommended, agreed=agreed, digest="", versions=_versions(),
    )  # fmt: skip


def _approvals(connection: apsw.Connection) -> tuple[int, int]:
    row: Any = connection.execute(
        "SELECT count(*), coalesce(sum(agreed), 0) FROM agreements WHERE kind = 'winner'"
    ).fetchone()
    return int(row[0]), int(row[1])


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version(), "numpy": np.__version__}
    try:
        found["pickwise"] = version("pickwise")
    except PackageNotFoundError:
        found["pickwise"] = ""
    return found
