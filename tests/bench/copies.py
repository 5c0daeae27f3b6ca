"""Which copies are found, and what is taken for one that is none: every way beside imagededup, on the same files.

    .venv/bin/python -m tests.bench.copies [--photos 100]

Edits of real photos and the labelled copies of `pdq_bridge` are the copies; look-alike garments, the frames of a burst,
portraits of one person and all other photos are what must not be taken for one. Each way sets copies aside as `pickwise
dupes` does, originals first: recall is the share of copies set beside their own original, precision the share of what
was set aside that is a copy of what stays for it. The photos are those that no threshold was chosen on.
"""

from __future__ import annotations

import argparse
import logging
import re
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from engine.culling.run import add_sources, cull
from engine.grouping.by_pairs import by_pairs
from engine.library.store import Library
from engine.progress import Quiet
from engine.thinning import photos, ways
from engine.thinning.how import how
from tests.bench import edits
from tests.bench.report import ROOT, Row, finish

DATA = ROOT.parent / "shared" / "data"
BRIDGE = "copies of pdq_bridge"
_NAME = re.compile(r"(?P<photo>.+)__(?P<edit>[\w-]+)\.\w+")
_LOOSE = 10  # bits: what imagededup takes for a copy where it is told nothing else


class Tally(NamedTuple):
    """What one way found: recall by kind of copy, and of how many set aside how many are copies of what stays."""

    recall: dict[str, float]
    aside: int
    right: int

    @property
    def precision(self) -> float:
        return self.right / self.aside if self.aside else 1.0

    def of(self, kinds: list[str]) -> float:
        return float(np.mean([self.recall[kind] for kind in kinds]))


def write(folder: Path, count: int) -> dict[str, str]:
    """Make the files; answers with the kind of each copy by the second part of its name."""
    kinds = {f"e{n}": kind for n, kind in enumerate([*edits.EDITS, *edits.TURNS])}
    every = {**edits.EDITS, **edits.TURNS}
    for name, picture in _edited(count):
        _write(folder / f"{name}__0", *edits.encoded(picture, ".png"))
        for mark, kind in kinds.items():
            _write(folder / f"{name}__{mark}", *every[kind](picture))
    for group, file in _alone():
        shutil.copyfile(file, folder / f"{group}-{file.stem}__0{file.suffix}")
    for file in sorted((DATA / "pdq_bridge").rglob("*.*")):
        if file.suffix in (".jpg", ".png"):
            mark = "0" if file.stem == "aaa-orig" else "b-" + file.stem
            shutil.copyfile(file, folder / f"bridge__{mark}{file.suffix}")
            kinds[mark] = BRIDGE
    return kinds


def _write(stem: Path, suffix: str, data: bytes) -> None:
    stem.with_name(stem.name + suffix).write_bytes(data)


def _edited(count: int) -> Iterator[tuple[str, Image.Image]]:
    """Photos to edit, none of those that thresholds were chosen on; and three frames of the burst."""
    taming = sorted((DATA / "taming_photos").rglob("*.jpg"))[1::2]
    people = sorted((DATA / "human_samples").glob("*.jpg"))[1::2]
    nature = sorted((DATA / "immich_assets" / "albums" / "nature").glob("*.jpg"))[1::2]
    chosen = [*people, *nature, *taming][: max(count * 2 // 3, 1)]
    for file in chosen:
        yield f"photo-{file.stem}", edits.load(file)
    for file in sorted((DATA / "sam2_bedroom_burst").rglob("*.jpg"))[::13][:3]:
        yield f"burst-{file.stem}", edits.load(file)
    for place, file in enumerate(sorted((DATA / "supagruen_sd").rglob("*.webp"))[6:][: count - len(chosen)]):
        grid, corner = edits.load(file), place % 4
        w, h = grid.width // 2, grid.height // 2
        x, y = corner % 2 * w, corner // 2 * h
        yield f"ai-{file.stem}", grid.crop((x, y, x + w, y + h))


def _alone() -> Iterator[tuple[str, Path]]:
    """What has no copy here: garments, the other frames of the burst, the other portraits."""
    yield from (("garment", file) for file in sorted((DATA / "clothing_cc0_small").rglob("*.jpg")))
    frames = sorted((DATA / "sam2_bedroom_burst").rglob("*.jpg"))
    yield from (("burst", file) for place, file in enumerate(frames) if place % 13 or place > 26)
    yield from (("portrait", file) for file in sorted((DATA / "human_samples").glob("*.jpg"))[::2])


def tally(names: list[str], hub: np.ndarray, kinds: dict[str, str]) -> Tally:
    """Judge what was set aside: `hub` is the place of each image's keeper, its own where it stays."""
    parts = [_NAME.fullmatch(name) for name in names]
    photo = [part["photo"] if part else name for part, name in zip(parts, names, strict=True)]
    hits: dict[str, list[bool]] = defaultdict(list)
    for place, part in enumerate(parts):
        keeper = int(hub[place])
        if part and part["edit"] != "0":
            kept = parts[keeper]
            hits[kinds[part["edit"]]].append(keeper != place and kept is not None and photo[keeper] == photo[place])
    aside = [place for place in range(len(names)) if hub[place] != place]
    right = sum(photo[int(hub[place])] == photo[place] for place in aside)
    return Tally({kind: float(np.mean(found)) for kind, found in hits.items()}, len(aside), right)


def _ours(library: Library, seen: photos.Photos, order: np.ndarray) -> dict[str, Callable[[], np.ndarray]]:
    def gathered(by: str, *, turned: bool = False) -> Callable[[], np.ndarray]:
        def run() -> np.ndarray:
            way = ways.near(library, seen, how(library.settings.thinning, by=by, orientations=turned), Quiet())
            return way.near.gather(order)

        return run

    return {
        "pHash": gathered("phash"),
        "both": gathered("both"),
        "embedding": gathered("embedding"),
        "pHash, any way up": gathered("phash", turned=True),
        "embedding, any way up": gathered("embedding", turned=True),
    }


def _imagededup(folder: Path, seen: photos.Photos, order: np.ndarray, bits: int) -> np.ndarray:
    """Its pairs, set aside in the same way."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:  # it brings torch, and FAISS is in this process
        found = pool.submit(_pairs, folder, bits).result()
    place = {name: at for at, name in enumerate(seen.names)}
    pairs = [(place[one], place[other]) for one, other in found if one in place and other in place]
    one, other = np.array(pairs, np.int64).reshape(-1, 2).T
    return np.asarray(by_pairs(len(seen), one, other).gather(order))


def _pairs(folder: Path, bits: int) -> list[tuple[str, str]]:
    logging.disable()
    from imagededup.methods import PHash

    found = PHash(verbose=False).find_duplicates(image_dir=folder, max_distance_threshold=bits)
    return [(one, other) for one, others in found.items() for other in others]


def run(count: int = 100) -> list[Row]:
    if not DATA.is_dir():
        print("The real images (../shared/data) are not on this machine: no figures about copies.")
        return []
    with tempfile.TemporaryDirectory(prefix="pickwise-copies-") as temporary:
        folder = Path(temporary, "files")
        folder.mkdir()
        kinds = write(folder, count)
        with Library(Path(temporary, "library")) as library:
            add_sources(library, [folder])
            cull(library, Quiet())
            with library.db.read() as connection:
                seen = photos.read(connection, library.settings)
            return _rows(folder, library, seen, kinds)


def _rows(folder: Path, library: Library, seen: photos.Photos, kinds: dict[str, str]) -> list[Row]:
    order = np.array(sorted(range(len(seen)), key=lambda p: ("__0." not in seen.names[p], seen.names[p])), np.int64)
    found = {name: tally(seen.names, way(), kinds) for name, way in _ours(library, seen, order).items()}
    if find_spec("imagededup") is None:
        print("imagededup is not installed: no figures beside it; it is in the extra `bench`.")
    else:
        for bits in (8, _LOOSE):
            found[f"imagededup's PHash, {bits} bits"] = tally(seen.names, _imagededup(folder, seen, order, bits), kinds)
    print(table(found, len(seen)))
    held = [*edits.EDITS, BRIDGE]
    rows = []
    for name, one in found.items():
        goals = (">= 0.95", ">= 0.99") if name == "embedding" else ("", "")
        rows.append(Row(f"copies found by {name}", one.of(held), "", goals[0], "mean over the kinds of copy"))
        rows.append(Row(f"precision of {name}", one.precision, "", goals[1], f"{one.right} of {one.aside} set aside"))
    return rows


def table(found: dict[str, Tally], images: int) -> str:
    """Markdown: a row a kind of copy, a column a way."""
    lines = [f"| {images} images | " + " | ".join(found) + " |", "|---" * (len(found) + 1) + "|"]

    def line(what: str, of: Callable[[Tally], str]) -> str:
        return f"| {what} | " + " | ".join(map(of, found.values())) + " |"

    kinds = [*edits.EDITS, BRIDGE, *edits.TURNS]
    lines += [line(kind, lambda one, kind=kind: f"{one.recall.get(kind, 0):.3f}") for kind in kinds]
    lines.append(line("**precision**", lambda one: f"{one.precision:.3f}"))
    lines.append(line("set aside wrongly", lambda one: str(one.aside - one.right)))
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=100)
    finish("copies", "Copies", run(parser.parse_args().photos))


if __name__ == "__main__":
    main()
