"""What goes wrong with a photograph, made on purpose: each way has the name of the defect it must be given."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from tests.engine.intake.drawn import Rgb, as_pixels, jpeg

LINEAR = np.where(
    np.arange(256) / 255 <= 0.04045, np.arange(256) / 255 / 12.92, ((np.arange(256) / 255 + 0.055) / 1.055) ** 2.4
)


def encoded(linear: npt.NDArray[np.float64]) -> Rgb:
    """Linear light, 0 to 1, as sRGB pixels."""
    light = np.clip(linear, 0, 1)
    return as_pixels(255 * np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055) + 0.5)


def exposed(rgb: Rgb, times: float) -> Rgb:
    """Exposed `times` as long, in linear light."""
    return encoded(LINEAR * times)[rgb]


def blurred(rgb: Rgb, sigma: float) -> Rgb:
    return as_pixels(cv2.GaussianBlur(rgb, (0, 0), sigma))


def grainy(rgb: Rgb, sigma: float) -> Rgb:
    return as_pixels(rgb + np.random.default_rng(0).normal(0, sigma, rgb.shape))


def starved(rgb: Rgb, photons: int = 20) -> Rgb:
    """Shot noise of so few photons at white, as a very high ISO gives."""
    return encoded(np.random.default_rng(0).poisson(LINEAR[rgb] * photons) / photons)


WAYS: dict[str, tuple[str, Callable[[Rgb], Rgb]]] = {
    "blur 2": ("blur", lambda a: blurred(a, 2)),
    "blur 2, q75": ("blur", lambda a: jpeg(blurred(a, 2), 75)),
    "blur 2, q95": ("blur", lambda a: jpeg(blurred(a, 2), 95)),
    "blur 2.5": ("blur", lambda a: blurred(a, 2.5)),
    "blur 3": ("blur", lambda a: blurred(a, 3)),
    "blur 3, grain 6": ("blur", lambda a: grainy(blurred(a, 3), 6)),
    "blur 5, q85": ("blur", lambda a: jpeg(blurred(a, 5), 85)),
    "blur 8, q75": ("blur", lambda a: jpeg(blurred(a, 8), 75)),
    "under, linear": ("dark", lambda a: exposed(a, 1 / 8)),
    "under, linear, q85": ("dark", lambda a: jpeg(exposed(a, 1 / 8), 85)),
    "under, naive": ("dark", lambda a: as_pixels(a / 8)),
    "over, linear": ("bright", lambda a: exposed(a, 8)),
    "over, linear, q90": ("bright", lambda a: jpeg(exposed(a, 8), 90)),
    "over, naive": ("bright", lambda a: as_pixels(a * 8.0)),
    "over, naive, q90": ("bright", lambda a: jpeg(as_pixels(a * 8.0), 90)),
    "noise 20": ("noise", lambda a: grainy(a, 20)),
    "noise 25": ("noise", lambda a: grainy(a, 25)),
    "noise 25, q90": ("noise", lambda a: jpeg(grainy(a, 25), 90)),
    "noise 40": ("noise", lambda a: grainy(a, 40)),
    "noise 40, q90": ("noise", lambda a: jpeg(grainy(a, 40), 90)),
    "shot noise": ("noise", starved),
    "shot noise, q90": ("noise", lambda a: jpeg(starved(a), 90)),
}
