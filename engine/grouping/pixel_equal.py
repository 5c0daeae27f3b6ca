"""Which files hold the same picture pixel by pixel, such as a PNG saved again by another program.

Only files of one size and one pHash can, so few are read, each content once, in worker processes. A file is left
alone when it is gone, cannot be decoded, or is no longer what the library knows. So is one of which 8-bit colours may
not be all there is to see: more frames, more bits a channel, a format that may have either. Transparency and colour
profile count as pixels.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from engine.grouping.hamming import U64
from engine.library.text import to_path
from engine.progress import Progress, Quiet

if TYPE_CHECKING:
    from PIL import Image

Size = tuple[int, int]
_FORMATS = ["PNG", "JPEG", "WEBP", "TIFF", "BMP", "GIF", "TGA", "QOI"]
_MODES = {"1", "L", "LA", "P", "PA", "RGB", "RGBA"}
_PNG_DEPTH = 24  # where a PNG says its bits a channel
_TIFF_DEPTH = 258  # the tag with which a TIFF does


class Task(NamedTuple):
    """One content to read.

    Attributes:
        content: the content hash.
        paths: text form of the files that had it.
        pixels: width x height, as the library knows it.
    """

    content: str
    paths: list[str]
    pixels: int


def pixel_contents(
    contents: Sequence[str],
    paths: Sequence[str],
    sizes: Sequence[Size],
    hashes: U64,
    progress: Progress | None = None,
) -> list[str]:
    """The contents again, but those of equal pixels replaced by the least of them.

    Args:
        contents: content hashes (`engine.intake.digest`), "" where unknown.
        paths: text form of the paths.
        sizes: (width, height) of each.
        hashes: shape (n,), the pHash of each.
        progress: told how many contents are read; Cancelled comes from its `step`.

    Raises:
        WorkersFailed: the worker processes cannot be used.
    """
    tasks = _candidates(contents, paths, sizes, hashes)
    if not tasks:
        return list(contents)
    least: dict[str, str] = {}
    same = _digests(tasks, progress or Quiet())
    for content, pixels in same.items():
        least[pixels] = min(content, least.get(pixels, content))
    return [least[same[content]] if content in same else content for content in contents]


def _candidates(contents: Sequence[str], paths: Sequence[str], sizes: Sequence[Size], hashes: U64) -> list[Task]:
    """Each content that shares size and pHash with another one."""
    places: dict[str, list[str]] = {}
    alike: defaultdict[tuple[Size, int], dict[str, int]] = defaultdict(dict)
    for content, path, size, value in zip(contents, paths, sizes, hashes.tolist(), strict=True):
        if content:
            places.setdefault(content, []).append(path)
            alike[size, value][content] = size[0] * size[1]
    return [
        Task(content, places[content], n) for some in alike.values() if len(some) > 1 for content, n in some.items()
    ]


def _digests(tasks: list[Task], progress: Progress) -> dict[str, str]:
    from engine.intake import pool

    progress.phase("compare", len(tasks))
    found: dict[str, str] = {}
    for task, answer in pool.run(pixel_digest, tasks, beat=lambda: progress.step(len(found))):
        found[task.content] = "" if isinstance(answer, pool.Died) else answer
        progress.step(len(found), task.paths[0])
    return {content: pixels for content, pixels in found.items() if pixels}


def pixel_digest(task: Task) -> str:
    """32 hex digits of all there is to see in a file, "" where it is to be left alone. Runs in a worker."""
    from engine.errors import Unreadable
    from engine.intake.digest import content_hash

    for path in task.paths:
        with suppress(OSError):
            data = to_path(path).read_bytes()
            if content_hash(data) == task.content:
                with suppress(Unreadable):
                    return _digest(data, task.pixels)
                return ""
    return ""


def _digest(data: bytes, pixels: int) -> str:
    from engine.intake.decode import decode
    from engine.intake.digest import stream_hash

    more = _beside_colours(data, pixels)
    if more is None:
        return ""
    picture = decode(data, full_jpeg=True, max_pixels=pixels)
    size = b"%d %d %d " % (picture.width, picture.height, len(more))
    return stream_hash([size, more, picture.rgb.tobytes()])


def _beside_colours(data: bytes, pixels: int) -> bytes | None:
    """Colour profile and transparency, where there are any; None where the 8-bit colours may not be all there is."""
    import warnings

    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
                if image.width * image.height > pixels or not _is_plain(image, data):
                    return None
                return (image.info.get("icc_profile") or b"") + _transparency(image)
    except Exception:  # noqa: BLE001 - decoders raise what they like
        return None


def _is_plain(image: Image.Image, data: bytes) -> bool:
    depth = 8
    if image.format == "PNG":
        depth = data[_PNG_DEPTH]
    elif image.format == "TIFF":
        depth = max(image.tag_v2.get(_TIFF_DEPTH, (1,)))  # type: ignore[attr-defined]
    return depth <= 8 and image.mode in _MODES and getattr(image, "n_frames", 1) == 1


def _transparency(image: Image.Image) -> bytes:
    from PIL import ImageOps

    if not image.has_transparency_data:
        return b""
    alpha = ImageOps.exif_transpose(image.convert("RGBA")).getchannel("A")
    return b"" if alpha.getextrema() == (255, 255) else b" alpha " + alpha.tobytes()
