"""Which pixels are of people: MediaPipe's selfie segmentation, from its own wheel."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.vision.people.boxes import Pixels
from engine.vision.people.mediapipe_models import quiet, solutions

WIDE = 1.4  # width to height from which the model made for wide pictures is taken


class Segments:
    """The two segmentation models, each loaded when first needed."""

    def __init__(self) -> None:
        self.models: dict[int, object] = {}

    def close(self) -> None:
        for model in self.models.values():
            model.close()  # type: ignore[attr-defined]
        self.models.clear()

    def find(self, rgb: Pixels) -> npt.NDArray[np.float32]:
        """(H, W) float32, 0 background to 1 person, not to be written to, of (H, W, 3) uint8 RGB."""
        height, width = rgb.shape[:2]
        selection = int(width > WIDE * height)
        if selection not in self.models:
            segmentation = solutions().selfie_segmentation
            self.models[selection] = segmentation.SelfieSegmentation(model_selection=selection)
        with quiet():
            mask = self.models[selection].process(rgb).segmentation_mask  # type: ignore[attr-defined]
        found: npt.NDArray[np.float32] = np.asarray(mask, dtype=np.float32)
        if found.min() >= 0.0 and found.max() <= 1.0:  # nearly always: to look costs a fourth of a copy
            return found
        return np.clip(found, 0.0, 1.0)
