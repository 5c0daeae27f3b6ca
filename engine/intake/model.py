"""What intake learns about one image: plain values that cross a process boundary as msgpack."""

from __future__ import annotations

import msgspec


class Quality(msgspec.Struct, frozen=True):
    """Measured on the decoded pixels (see `quality.py` for the sources of each measure).

    Attributes:
        laplacian: variance of the 4-neighbour Laplacian of the grey image, grey levels squared, >= 0; of evenly spread
            rows where the picture is tall.
        blur_px: Gaussian sigma, in pixels of the original image, of its sharpest edges; 0 where there is no edge to
            judge by (flat art, empty sky), so an image without edges is never called blurred.
        sharpness: 0 (soft) to 1 (crisp), from `blur_px`; 1 where there is nothing to judge by.
        brightness: mean grey level, 0 to 1.
        contrast: standard deviation of grey, 0 to 1.
        clipped_low: share of pixels at black, 0 to 1.
        clipped_high: share of pixels at white, 0 to 1.
        p01, p99: 1st and 99th percentile of grey, 0 to 1: the tones the picture really uses.
        noise: standard deviation of the sensor-like noise in the original, grey levels (0 to 255).
        cast: distance of the mean colour from neutral in CIE Lab a*b*, >= 0.
        detail: entropy of the grey histogram, bits, 0 to 8.
        p999: grey level below which 99.9 % of the pixels are, 0 to 1: the brightest tone that is not a speck.
        blown: share of the lit part whose highlights are lost in some channel, 0 to 1.
        crushed: share of the picture whose shadows are lost, 0 to 1. In both, plain white or black backdrops and flat
            graphics do not count, see `exposure.py`.
    """

    laplacian: float
    blur_px: float
    sharpness: float
    brightness: float
    contrast: float
    clipped_low: float
    clipped_high: float
    p01: float
    p99: float
    noise: float
    cast: float
    detail: float
    p999: float
    blown: float
    crushed: float


class Generation(msgspec.Struct, frozen=True, omit_defaults=True):
    """How an image was made, as its own metadata or a companion says. Untrusted text; every field may be empty."""

    tool: str = ""
    prompt: str = ""
    negative: str = ""
    seed: str = ""
    model: str = ""
    sampler: str = ""
    steps: str = ""
    cfg: str = ""
    width: int = 0
    height: int = 0
    origin: str = ""  # "png:parameters", "png:prompt", "exif", "companion:a.yaml"


class Measured(msgspec.Struct, frozen=True):
    """One image after its one pass.

    Attributes:
        content_hash: of the file's bytes, hex, 128 bits (see `digest.py`).
        size_bytes, mtime_ns: of the file that was read, from the open file itself.
        format: "PNG", "JPEG", "WEBP" ... as the content says, not the name.
        width, height: pixels, after EXIF orientation.
        phash, dhash: 64 bits each, as `int(str(imagehash), 16)`.
        taken_at: EXIF DateTimeOriginal as naive ISO 8601 `YYYY-MM-DDTHH:MM:SS`, or "".
        quality: see Quality.
        generation: see Generation, from the file's own metadata only.
    """

    content_hash: str
    size_bytes: int
    mtime_ns: int
    format: str
    width: int
    height: int
    phash: int
    dhash: int
    taken_at: str
    quality: Quality
    generation: Generation
