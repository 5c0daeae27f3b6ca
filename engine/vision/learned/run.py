"""Learn from the person's tags: fit what has enough labels, score every image that was looked at, keep the scores.

Nothing is fitted again whose labels and vectors are those of before, and nothing scored again that was scored with the
same classifiers. A run that is stopped keeps the vectors it worked out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import apsw

from engine.errors import WorkersFailed
from engine.library.journal import now
from engine.library.store import Library
from engine.library.tags import PART_OF, TAGS, Part
from engine.progress import Progress, giving_way
from engine.vision import checks, embedders, look_rows
from engine.vision.cache import Cache
from engine.vision.learned import labels, part_vectors, state, store
from engine.vision.learned.labels import Item, Label
from engine.vision.learned.part_vectors import Bag
from engine.vision.learned.store import Card
from engine.vision.seen import Cue

if TYPE_CHECKING:
    from engine.vision.learned.fit import Fitted

_SEEN = """
    SELECT i.content_hash, min(i.filepath), max(l.version), max(f.width), max(f.height) FROM images i
    JOIN looked l ON l.image_id = i.id AND l.content = i.content_hash JOIN features f ON f.image_id = i.id
    WHERE i.missing_since IS NULL AND i.quarantine IS NULL GROUP BY i.content_hash
"""
_BAGS_AT_ONCE = 256  # bags between two looks at whether to stop


class Learned(NamedTuple):
    """What a run did.

    Attributes:
        on: tags whose detector is on; fitted: those that were fitted now.
        changed: the doubts are others now.
        notices: sentences for the person.
    """

    on: tuple[str, ...] = ()
    fitted: tuple[str, ...] = ()
    changed: bool = False
    notices: tuple[str, ...] = ()

    def sentence(self) -> str:
        names = ", ".join(tag.replace("_", " ") for tag in self.on)
        enough = [] if self.notices else ["There is not enough to learn from yet."]
        return " ".join([*([f"Learned from your tags: {names}."] if self.on else enough), *self.notices])


def learn(library: Library, progress: Progress) -> Learned:
    """Bring the detectors and their doubts up to date with what the person said. Hears `parts`, `learn` and `score`.

    Raises:
        Cancelled: what was worked out is kept, the doubts are those of before.
        LibraryHeld, LibraryError.
    """
    library.need_write()
    with library.db.read() as connection:
        counts = labels.counts(connection)
        before = state.read(connection)
        chosen = {tag: labels.labels(connection, tag) for tag in TAGS if labels.ready(counts[tag])}
        seen = [Item(*row) for row in connection.execute(_SEEN)] if chosen else []
    if not chosen and not before.on:
        library.write(lambda connection: state.write(connection, state.State(counts)))
        return Learned()
    if chosen and not embedders.installed(embedders.LITE0):
        return _put_off(library, counts, before, "Nothing was learned: the built-in network is not installed.")
    try:
        return _Run(library, progress, counts, before).all(chosen, seen)
    except WorkersFailed as error:
        return _put_off(library, counts, before, error.message)


def _put_off(library: Library, counts: dict[str, tuple[int, int]], before: state.State, why: str) -> Learned:
    """The detectors stay those of before, and not every answer from now on tries again in vain."""
    library.write(lambda connection: state.write(connection, state.State(counts, before.on, before.scored)))
    return Learned(notices=(why,))


class _Run:
    """One run."""

    def __init__(
        self, library: Library, progress: Progress, counts: dict[str, tuple[int, int]], before: state.State
    ) -> None:
        self._library, self._progress = library, progress
        self._counts, self._before = counts, before
        self._notices: list[str] = []
        self._fitted: list[str] = []
        self._done = 0  # tags in this phase

    def all(self, chosen: dict[str, list[Label]], seen: Sequence[Item]) -> Learned:
        on: dict[str, Card] = {}
        with Cache(self._library.paths.vectors) as cache:
            if cache.notice:
                self._notices.append(cache.notice)
            self._fill(cache, {tag: [label.item for label in some] for tag, some in chosen.items()})
            self._progress.phase("learn", len(chosen))
            for self._done, (tag, some) in enumerate(chosen.items()):
                self._progress.step(self._done, tag.replace("_", " "))
                if card := self._card(cache, tag, some):
                    on[tag] = card
            for tag in set(TAGS) - set(on):
                store.remove(self._library.paths, tag)
            scored = _signature([card.signature for card in on.values()], sorted(seen))
            if scored == self._before.scored:
                changed = self._library.write(lambda c: self._keep(c, on, scored, None))
            else:
                self._fill(cache, dict.fromkeys(on, seen))
                rows = self._scored(cache, on, seen)
                changed = self._library.write(lambda c: self._keep(c, on, scored, rows))
        return Learned(tuple(on), tuple(self._fitted), changed, tuple(self._notices))

    def _fill(self, cache: Cache, wanted: dict[str, Sequence[Item]]) -> None:
        """The vectors of the parts that these tags are about."""
        parts: dict[Part, set[Item]] = {}
        for tag, items in wanted.items():
            parts.setdefault(PART_OF[tag], set()).update(items)
        ordered = {part: sorted(items) for part, items in parts.items()}
        told = part_vectors.fill(self._library.paths, cache, ordered, self._progress)
        self._notices += [notice for notice in told if notice not in self._notices]

    def _card(self, cache: Cache, tag: str, some: list[Label]) -> Card | None:
        """The tag's classifier, fitted now where it is not the one of these labels; None where it cannot be."""
        found = dict(part_vectors.bags(cache, PART_OF[tag], [label.item for label in some]))
        usable = [(some[place], bag) for place, bag in sorted(found.items())]
        families = _families([label for label, _ in usable])
        about = [(label.item.content, label.item.version, label.yes, len(bag.boxes)) for label, bag in usable]
        signature = _signature([str(store.VERSION), embedders.LITE0.key], list(zip(about, families, strict=True)))
        card, notice = store.load(self._library.paths, tag)
        if notice:
            self._notices.append(notice)
        if card is not None and card.signature == signature:
            return card
        fitted = self._fit(usable, families)
        if fitted is None:
            return None
        yes = sum(label.yes for label, _ in usable)
        card = Card(
            version=store.VERSION, tag=tag, part=PART_OF[tag], embedder=embedders.LITE0.key, fitted_at=now(),
            signature=signature, yes=yes, no=len(usable) - yes, families=len(set(families)),
            unusable=len(some) - len(usable), strength=fitted.strength, bias=fitted.bias, slope=fitted.slope,
            offset=fitted.offset, average_precision=fitted.average_precision,
            calibration_error=fitted.calibration_error, weights=fitted.weights.astype("<f4").tobytes(),
        )  # fmt: skip
        store.save(self._library.paths, card)
        self._fitted.append(tag)
        return card

    def _fit(self, usable: list[tuple[Label, Bag]], families: list[int]) -> Fitted | None:
        import numpy as np

        from engine.vision.learned.fit import fit

        yes = np.array([label.yes for label, _ in usable], np.bool_)
        if not labels.ready((int(yes.sum()), int((~yes).sum()))):
            return None  # too many of them show no such part
        return fit([bag.vectors for _, bag in usable], yes, np.array(families, np.intp), self._pause)

    def _pause(self) -> None:
        """Let the person's calls go first, and hear whether to stop."""
        giving_way.pause()
        self._progress.step(self._done)

    def _scored(self, cache: Cache, on: dict[str, Card], seen: Sequence[Item]) -> dict[str, list[Cue]]:
        """The doubts of each content."""
        import numpy as np

        from engine.vision.learned.fit import probability

        found: dict[str, list[Cue]] = {}
        parts = sorted({PART_OF[tag] for tag in on})
        self._progress.phase("score", len(parts) * len(seen))
        for turn, part in enumerate(parts):
            cards = [card for tag, card in on.items() if PART_OF[tag] == part]
            weights = np.stack([card.array() for card in cards], axis=1)
            for done, (place, bag) in enumerate(part_vectors.bags(cache, part, seen)):
                if done % _BAGS_AT_ONCE == 0:
                    giving_way.pause()
                    self._progress.step(turn * len(seen) + done)
                scores = (bag.vectors @ weights).astype(np.float64)
                for column, card in enumerate(cards):
                    best = int(scores[:, column].argmax())
                    score = scores[best, column] + card.bias
                    chance = round(float(probability(score, card.slope, card.offset)), 3)
                    if chance >= checks.LEAST:
                        found.setdefault(seen[place].content, []).append(_cue(card, chance, bag.boxes[best].tolist()))
        return found

    def _keep(
        self, connection: apsw.Connection, on: dict[str, Card], scored: str, rows: dict[str, list[Cue]] | None
    ) -> bool:
        quality = {
            tag: state.On(card.signature, card.yes, card.no, card.average_precision, card.calibration_error)
            for tag, card in on.items()
        }
        state.write(connection, state.State(self._counts, quality, scored))
        return rows is not None and look_rows.put_learned(connection, rows)


def _cue(card: Card, chance: float, box: list[float]) -> Cue:
    x1, y1, x2, y2 = (round(value, 1) for value in box)
    text = f"Looks like {card.tag.replace('_', ' ')}, as in {card.yes} images you tagged ({chance:.2f})."
    return Cue("learned", chance, (x1, y1, x2, y2), text, card.tag)


def _families(some: Sequence[Label]) -> list[int]:
    """Numbers of families that hang on their contents and not on how groups are numbered today."""
    first: dict[int, int] = {}
    return [first.setdefault(label.family, len(first)) for label in some]


def _signature(words: list[str], things: Sequence[object]) -> str:
    return hashlib.sha256("\n".join([*words, *map(repr, things)]).encode()).hexdigest()
