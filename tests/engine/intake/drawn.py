"""Pictures drawn for tests: natural-like texture with edges, flat art, and the ways a photograph goes wrong."""

from __future__ import annotations

import functools
import io
from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

Rgb = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]


def to_grey(rgb: Rgb) -> Rgb:
    return np.asarray(Image.fromarray(rgb).convert("L"))


def as_pixels(values: npt.ArrayLike) -> Rgb:
    return np.clip(np.asarray(values), 0, 255).astype(np.uint8)


def jpeg(rgb: Rgb, quality: int) -> Rgb:
    buffer = io.BytesIO()
    Image.fromarray(rgb).save(buffer, "JPEG", quality=quality)
    return np.asarray(Image.open(buffer).convert("RGB"))


def texture(shape: tuple[int, int], seed: int, slope: float) -> Floats:
    """Noise whose amplitude falls as 1/f^slope, mean 0 and deviation 1: what grass and skin look like to a spectrum."""
    noise = np.random.default_rng(seed).normal(size=shape)
    frequency = np.hypot(np.fft.fftfreq(shape[0])[:, None], np.fft.rfftfreq(shape[1])[None])
    frequency[0, 0] = 1
    spectrum = np.fft.rfft2(noise) / frequency**slope
    spectrum[0, 0] = 0
    values = np.fft.irfft2(spectrum, shape)
    return np.asarray(values / values.std())


@functools.cache
def photo(seed: int, height: int = 512, width: int = 768) -> Rgb:
    """A sharp natural-like picture: 1/f texture in three correlated channels under forty smooth-edged shapes."""
    random = np.random.default_rng(seed)
    base = 118 + 34 * texture((height, width), seed, 1.15)
    channels = [base + 18 * texture((height, width), seed + 1000 * (c + 1), 1.5) for c in range(3)]
    picture = np.stack(channels, 2)
    detail = picture - 118
    for _ in range(40):
        middle, size = random.integers(0, (width, height)), random.integers(15, 120)
        corners = (middle + random.normal(0, size, (6, 2))).astype(np.int32)
        mask = np.zeros((height, width), np.uint8)
        cv2.fillPoly(mask, [cv2.convexHull(corners)], 255, cv2.LINE_AA)
        share = mask[..., None] / 255
        picture = picture * (1 - share) + share * (random.integers(15, 240, 3) + 0.35 * detail)
    return as_pixels(cv2.GaussianBlur(picture, (0, 0), 0.6))


def disc(height: int, width: int, share: float) -> Floats:
    """A soft-edged ellipse (H,W,1), 0 to 1, that covers `share` of the picture."""
    mask = np.zeros((height, width), np.uint8)
    k = float(np.sqrt(share / np.pi))
    cv2.ellipse(mask, (width // 2, height // 2), (int(k * width), int(k * height)), 0, 0, 360, 255, -1, cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), 0.6)[..., None] / 255.0)


def bokeh(seed: int, share: float, sigma: float) -> Rgb:
    """A sharp subject on `share` of the picture before a background blurred by `sigma`."""
    front, back = photo(seed), cv2.GaussianBlur(photo(seed + 50), (0, 0), sigma)
    mask = disc(*front.shape[:2], share)
    return as_pixels(back * (1 - mask) + front * mask)


def studio(seed: int, ground: int, light: float) -> Rgb:
    """A subject lit by `light` before a plain ground: a product on white, a face out of the dark."""
    subject = as_pixels(photo(seed) * light)
    mask = disc(*subject.shape[:2], 0.25)
    return as_pixels(ground * (1 - mask) + subject * mask)


def night(seed: int) -> Rgb:
    """A dark street with bright lamps."""
    picture, random = photo(seed) * 0.12, np.random.default_rng(seed)
    for _ in range(40):
        x, y, r = random.integers(0, (768, 512, 5))
        cv2.circle(picture, (int(x), int(y)), int(r) + 2, (255, 240, 200), -1, cv2.LINE_AA)
    return as_pixels(cv2.GaussianBlur(picture, (0, 0), 0.7))


def page(ink: tuple[int, int, int], paper: tuple[int, int, int], links: tuple[int, int, int] | None = None) -> Rgb:
    """A screenful of text; every fourth line in the colour of links."""
    image = Image.new("RGB", (800, 600), paper)
    draw = ImageDraw.Draw(image)
    for row, y in enumerate(range(20, 580, 18)):
        color = links if links and row % 4 == 0 else ink
        draw.text((30, y), "The quick brown fox jumps over the lazy dog 0123456789 " * 2, fill=color)
    return np.asarray(image)


def vector(draw: Callable[[ImageDraw.ImageDraw], None], ground: str) -> Rgb:
    """What `draw` puts on a 2400x2400 ground, smoothed down to 600x600."""
    image = Image.new("RGB", (2400, 2400), ground)
    draw(ImageDraw.Draw(image))
    return np.asarray(image.resize((600, 600), Image.Resampling.LANCZOS))


def logo(draw: ImageDraw.ImageDraw) -> None:
    draw.ellipse([450, 450, 1900, 1900], fill=(255, 0, 0))
    draw.rectangle([900, 900, 1400, 1500], fill="white")
    draw.polygon([(1200, 200), (2200, 2200), (300, 2000)], outline=(0, 0, 255), width=40)


def cel(draw: ImageDraw.ImageDraw) -> None:
    """A flat-shaded face against the sky."""
    draw.rectangle([0, 1300, 2400, 2400], fill=(90, 180, 90))
    draw.ellipse([600, 450, 1750, 1750], fill=(255, 224, 200))
    draw.pieslice([560, 370, 1800, 1750], 180, 360, fill=(90, 50, 30))
    for x in (930, 1300):
        draw.ellipse([x, 1030, x + 150, 1240], fill="white", outline="black", width=10)


def lines(draw: ImageDraw.ImageDraw) -> None:
    random = np.random.default_rng(1)
    for _ in range(60):
        x, y, w, h = (int(v) for v in random.integers(0, 1200, 4))
        draw.arc([x, y, x + w + 9, y + h + 9], 20, int(random.integers(60, 350)), fill="black", width=8)


@functools.cache
def art() -> dict[str, Rgb]:
    """Flat and smooth art, none of which has a defect."""
    ramp = np.linspace(0, 255, 600)[None].repeat(600, 0)
    y, x = np.mgrid[:600, :600]
    glow = 255 * np.exp(-((np.hypot(y - 300, x - 300) / 230) ** 2))
    palette = np.array([[20, 20, 40], [200, 60, 60], [240, 220, 130], [60, 150, 80], [255, 255, 255], [90, 90, 200]])
    dots = palette[np.random.default_rng(2).integers(0, 6, (40, 40))]
    grey = to_grey(photo(31))[..., None]
    return {
        "logo on white": vector(logo, "white"),
        "logo on black": vector(logo, "black"),
        "cel shading": vector(cel, "skyblue"),
        "line art": vector(lines, "white"),
        "text on white": page((20, 20, 20), (255, 255, 255)),
        "text on black": page((230, 230, 230), (18, 18, 18)),
        "text with blue links": page((20, 20, 20), (255, 255, 255), (0, 0, 238)),
        "gradient": as_pixels(np.stack([ramp, ramp.T, 255 - ramp], 2)),
        "pastel gradient": as_pixels(np.stack([ramp * 0.2 + 200, ramp.T * 0.2 + 195, ramp * 0 + 225], 2)),
        "glow": as_pixels(np.stack([glow] * 3, 2)),
        "pixel art": as_pixels(dots.repeat(15, 0).repeat(15, 1)),
        "smooth painting": cv2.bilateralFilter(cv2.bilateralFilter(photo(30), 9, 60, 7), 9, 60, 7).astype(np.uint8),
        "black and white": as_pixels(grey.repeat(3, 2)),
        "sepia": as_pixels(grey * np.array([1.07, 0.86, 0.62])),
    }
