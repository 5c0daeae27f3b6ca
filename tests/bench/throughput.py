"""What each model gives in the pipeline beside its bare call, and what a worker takes. Under three minutes.

    .venv/bin/python -m tests.bench.throughput

A step is all our code does for a finding: cutting out, resizing, second looks, reading what the model says, judging it.
Its bare side is the same calls of the same model on the very inputs it was given, recorded before. Decoding is in
neither. Both take turns on the same real photos, 1600 px long; a ratio is the median over the photos. Times are of the
processor, all threads of the process together, as the machine may be shared; the ratio by the clock stands beside.

Then one worker, as `pickwise vision` starts it, looks at twenty photos with everything on: its time and peak of memory.
"""

from __future__ import annotations

import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np

from engine.intake import pool
from engine.intake.measure import init_worker, read_file
from engine.vision import checkpoints, embed_work, look_work, vectors
from engine.vision.embedders import LITE0, Embedder, weights
from engine.vision.people.boxes import Pixels
from engine.vision.people.finder import Finder
from engine.vision.people.mediapipe_models import quiet
from engine.vision.pictures import Picture
from engine.vision.saliency import store
from engine.vision.saliency.masks import Saliency
from tests.bench.report import ROOT, Row, finish

SHARED = ROOT.parent / "shared"
MODELS = SHARED / "models"
DATA = SHARED / "data"
GOAL = ">= 0.9"
YUNET, U2NET, CLIP = "yunet_n_dynamic.onnx", "u2netp.onnx", "ViT-B-32"
LOOKED = 20
TURNS = 2
STARTS = 20
Model = tuple[Any, str]  # an object and the name of what is called on it


class Timed(NamedTuple):
    """Seconds of the processor, and by the clock."""

    processor: float
    clock: float


class Calls:
    """A model whose calls are recorded, so that the bare side can make them again."""

    def __init__(self, holder: Any, name: str) -> None:
        self.holder, self.name, self.call = holder, name, getattr(holder, name)
        self.given: list[tuple[Any, ...]] = []

    def __enter__(self) -> Calls:
        setattr(self.holder, self.name, self._record)
        return self

    def __exit__(self, *_: object) -> None:
        setattr(self.holder, self.name, self.call)

    def _record(self, *given: Any) -> Any:
        self.given.append(given)
        return self.call(*given)

    def again(self) -> None:
        for given in self.given:
            self.call(*given)


def timed(work: Callable[[], object]) -> Timed:
    processor, clock = time.process_time(), time.perf_counter()
    work()
    return Timed(time.process_time() - processor, time.perf_counter() - clock)


class Sides(NamedTuple):
    """One step on one picture: all of it, its bare calls, how many these are, how often each side ran."""

    whole: Timed
    bare: Timed
    calls: int
    turns: int


def beside(whole: Callable[[], object], models: list[Model], turns: int = TURNS) -> Sides:
    """Both sides of one step on one picture, by turns."""
    with ExitStack() as stack:
        calls = [stack.enter_context(Calls(*model)) for model in models]
        whole()
    count = sum(len(call.given) for call in calls)

    def bare() -> None:
        for call in calls:
            call.again()

    ours, theirs = [], []
    for turn in range(turns if count else 0):
        for side in ((whole, ours), (bare, theirs))[:: 1 if turn % 2 else -1]:
            side[1].append(timed(side[0]))
    return Sides(_sum(ours), _sum(theirs), count, turns)


def _sum(some: list[Timed]) -> Timed:
    return Timed(sum(one.processor for one in some), sum(one.clock for one in some))


def steps(photos: list[Pixels], yunet: Path | None, u2net: Path | None) -> list[Row]:
    """A row a model of a look."""
    found: dict[str, list[Sides]] = defaultdict(list)
    with Finder(yunet) as finder, Finder() as alone, tempfile.TemporaryDirectory() as folder, quiet():
        saliency = Saliency(u2net)
        for place, rgb in enumerate(photos):
            for name, whole, models in _people(rgb, finder, alone):
                found[name].append(beside(whole, models))
            if saliency.by == "u2net" and place % 2 == 0:
                session = saliency._network.session
                found["saliency, U^2-Net"].append(beside(partial(_masked, saliency, rgb, folder), [(session, "run")]))
    return [_row(name, sides) for name, sides in found.items()]


def _people(rgb: Pixels, finder: Finder, alone: Finder) -> Iterator[tuple[str, Callable[[], object], list[Model]]]:
    """Each step with the models it calls."""
    faces, hands, poses = finder.faces, finder.hands, finder.bodies
    seen = faces.find(rgb)
    bodies = poses.find(rgb, seen)
    finder.person_mask(rgb)  # loads the model that suits this shape
    segments = [(model, "process") for model in finder.segments.models.values()]
    ranges = [(model, "process") for model in alone.faces.ranges]
    yield "hands", lambda: hands.find(rgb, bodies, seen), [(hands.model, "process")]
    yield "faces, MediaPipe", lambda: alone.faces.by_mediapipe(rgb), ranges
    if (yunet := faces.yunet) is not None:
        yield "faces, YuNet", lambda: yunet.find(rgb), [(yunet.model, "run")]
    yield "face mesh", lambda: [faces.points(rgb, face.box) for face in seen], [(faces.mesh, "process")]
    yield "poses", lambda: poses.find(rgb, seen), [(poses.model, "process")]
    yield "segmentation", lambda: finder.person_mask(rgb), segments


def _masked(saliency: Saliency, rgb: Pixels, folder: str) -> None:
    height, width = rgb.shape[:2]
    store.save(Path(folder), "0" * 32, saliency.mask(rgb), width=width, height=height, by=saliency.by)


def embedders(photos: list[Pixels], checkpoint: Path) -> list[Row]:
    """A row a network, on one batch of thumbnails: preparing them, the network, and the bytes that are kept."""
    import torch

    from engine.vision import lite0
    from engine.vision.clip import Clip

    small = [cv2.resize(rgb, (512, 512 * rgb.shape[0] // rgb.shape[1])) for rgb in photos]
    batch = [small[place % len(small)] for place in range(vectors.BATCH)]
    built_in, clip = lite0.Lite0(weights(LITE0)), Clip(CLIP, checkpoint)
    networks: list[tuple[str, Any, Model, int]] = [
        ("embedder, EfficientNet-Lite0", built_in, (lite0, "_features"), 5),
        ("embedder, OpenCLIP ViT-B/32", clip, (clip._network._network, "encode_image"), 3),
    ]
    rows = []
    for name, network, model, times in networks:

        def whole(network: Any = network) -> None:
            for vector in network.embed(batch):
                vector.astype(np.float16).tobytes()

        with torch.inference_mode():
            rows.append(_row(name, [beside(whole, [model], 1) for _ in range(times)], "batches of 16"))
    return rows


def make_checkpoint(folder: str) -> Path:
    """ViT-B/32 with random weights: as fast as with others."""
    import open_clip
    from safetensors.torch import save_file

    file = Path(folder, "open_clip_random.safetensors")
    save_file(open_clip.create_model(CLIP, pretrained=None).state_dict(), file)
    return file


class Looked(NamedTuple):
    """Of one picture in a worker: seconds to look, of that to decode and to count fingers; peak memory, bytes."""

    whole: float
    decode: float
    digits: float
    peak: int


def looked(masks: str, batch: tuple[Picture, ...]) -> Looked:
    """Runs in a worker."""
    from engine.vision.cues import digits

    with Spent(look_work, "pixels") as decode, Spent(digits, "judge") as fingers:
        whole = timed(lambda: look_work.process(masks, batch)).clock
    return Looked(whole, decode.seconds, fingers.seconds, peak())


def embedded(folder: str, batch: tuple[Picture, ...]) -> Looked:
    """Runs in a worker; there are no thumbnails, so it decodes."""
    return Looked(timed(lambda: embed_work.process(folder, batch)).clock, 0.0, 0.0, peak())


class Spent:
    """The seconds that a function of a module takes, by the clock."""

    def __init__(self, module: Any, name: str) -> None:
        self.module, self.name, self.call, self.seconds = module, name, getattr(module, name), 0.0

    def __enter__(self) -> Spent:
        setattr(self.module, self.name, self._run)
        return self

    def __exit__(self, *_: object) -> None:
        setattr(self.module, self.name, self.call)

    def _run(self, *given: Any) -> Any:
        began = time.perf_counter()
        try:
            return self.call(*given)
        finally:
            self.seconds += time.perf_counter() - began


def peak() -> int:
    """The most memory this process has held, bytes."""
    try:
        told = re.search(r"^VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    except OSError:
        told = None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(told[1]) * 1024 if told else most * (1 if sys.platform == "darwin" else 1024)


def workers(files: list[Path], yunet: Path | None, u2net: Path | None, checkpoint: Path) -> Iterator[Row]:
    """What one worker of each kind takes."""
    pictures = [Picture(read_file(file).hash, str(file)) for file in files]
    clip = Embedder("clip", "0", 512, 0.9, 0.9, (), CLIP, checkpoint, None, checkpoints.digest(checkpoint))
    with tempfile.TemporaryDirectory() as folder:
        ready = partial(look_work.prepare, str(yunet or ""), str(u2net or ""))
        found = _of_worker(partial(looked, folder), [(picture,) for picture in pictures], ready)
        for name, embedder in (("EfficientNet-Lite0", LITE0), ("ViT-B/32", clip)):
            work = partial(embedded, folder)
            answers = _of_worker(work, [tuple(pictures[: vectors.BATCH])], partial(embed_work.prepare, embedder))
            yield Row(f"peak memory of a worker that embeds, {name}", answers[-1].peak / 1e6, "MB")
    whole = [one.whole for one in found]
    note = f"{len(found)} photos, everything on"
    yield Row("peak memory of a worker that looks", found[-1].peak / 1e6, "MB", "", note)
    yield Row("seconds a photo, median", statistics.median(whole), "s", "", note)
    yield Row("photos a second, one worker", len(whole) / sum(whole), "", "", note)
    yield Row("share of that: decoding", sum(one.decode for one in found) / sum(whole), "")
    yield Row("share of that: counting fingers", sum(one.digits for one in found) / sum(whole), "")


def _of_worker(work: Any, tasks: list[Any], prepare: Any) -> list[Looked]:
    answers = [answer for _, answer in pool.run(work, tasks, 1, prepare=prepare)]
    if died := [answer for answer in answers if isinstance(answer, pool.Died)]:
        raise RuntimeError(died[0].reason)
    return answers


def start() -> Row:
    """Of `import engine.api`; that it loads nothing heavy is a test of the house."""
    code = "import time; t = time.process_time(); import engine.api; print(time.process_time() - t)"
    runs = [float(subprocess.check_output([sys.executable, "-c", code], cwd=ROOT)) for _ in range(STARTS)]
    note = f"median of {STARTS}, of the processor; least {min(runs) * 1000:.0f}"
    return Row("import engine.api", statistics.median(runs) * 1000, "ms", "", note)


def run() -> list[Row]:
    portraits, taming = (sorted((DATA / name).rglob("*.jpg")) for name in ("human_samples", "taming_photos"))
    if not portraits or not taming:
        print("The real photos (../shared/data) are not on this machine: no figures about throughput.")
        return [start()]
    init_worker()
    yunet, u2net = ((file if file.is_file() else None) for file in (MODELS / YUNET, MODELS / U2NET))
    files = portraits[:: len(portraits) // 8] + taming[:: len(taming) // 16]
    photos = [look_work.pixels(Picture(read_file(file).hash, str(file)))[0] for file in files[1::3]]
    rows = steps(photos, yunet, u2net)
    with tempfile.TemporaryDirectory() as folder:
        checkpoint = make_checkpoint(folder)
        rows += embedders(photos, checkpoint)
        rows += workers(files[:LOOKED], yunet, u2net, checkpoint)
    return [*rows, start()]


def _row(name: str, measured: list[Sides], unit: str = "photos") -> Row:
    some = [sides for sides in measured if sides.calls]
    ratio, clock = (statistics.median(one.bare[n] / one.whole[n] for one in some) for n in (0, 1))
    calls = sum(one.calls for one in some)
    each = sum(one.bare.processor for one in some) / sum(one.calls * one.turns for one in some) * 1000
    note = f"by the clock {clock:.2f}; {len(some)} {unit}, {calls} calls of {each:.1f} ms"
    return Row(f"{name}: beside the bare model", ratio, "", GOAL, note)


if __name__ == "__main__":
    finish("throughput", "Throughput", run())
