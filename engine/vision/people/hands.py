"""Hands: 21 points each, by MediaPipe, with a second look at enlarged parts of the picture.

The palm model sees the whole picture at 192 x 192, so that a hand below a tenth of it is lost; looked at again
where arms end, about faces and in tiles, it is found. What the second look adds must be seen alike in two of three
parts about the hand alone; what the first look found must be seen there once more at all.
Zhang et al., "MediaPipe Hands: On-device Real-time Hand Tracking", 2020 (arXiv:2006.10214).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import msgspec

from engine.vision.people import merging, windows
from engine.vision.people.boxes import Pixels, Window, around, cut_out
from engine.vision.people.mediapipe_models import quiet, solutions
from engine.vision.seen import Body, Face, Hand

MOST = 8  # hands a look
ENLARGED = 448  # px, the longer side to which a part is enlarged at least
CHECKS = (2.0, 2.8, 3.6)  # windows about one hand, in its sizes, in which it must be seen again
ALIKE = 2  # of those, in so many with its points in the same places, where the second look alone saw it
LARGEST = 1.2  # a hand's size at most, beside the picture's longer side


class Hands:
    """MediaPipe's hand models: one for the whole, one for its parts. Holds about 30 MB; close when done."""

    def __init__(self) -> None:
        self.model = solutions().hands.Hands(static_image_mode=True, max_num_hands=MOST, model_complexity=1)

    def close(self) -> None:
        self.model.close()

    def first_look(self, rgb: Pixels) -> list[Hand]:
        """Hands of the whole picture, as plain MediaPipe finds them."""
        height, width = rgb.shape[:2]
        return self.look(rgb, Window(0, 0, width, height), 1)

    def look(self, rgb: Pixels, window: Window, side: int = ENLARGED) -> list[Hand]:
        """Hands of a part of the picture, in pixels of the picture."""
        with quiet():
            result = self.model.process(cut_out(rgb, window, side))
        found = zip(result.multi_hand_landmarks or (), result.multi_handedness or (), strict=True)
        return [_hand(marks.landmark, sides.classification[0], window) for marks, sides in found]

    def find(self, rgb: Pixels, bodies: Sequence[Body], faces: Sequence[Face]) -> list[Hand]:
        """All hands of (H, W, 3) uint8 RGB: of the first look where confirmed, then of the second."""
        height, width = rgb.shape[:2]
        picture = (width, height)
        largest = LARGEST * max(picture)
        first = [hand for hand in self.first_look(rgb) if merging.plausible(hand, largest)]
        parts = windows.second_look(picture, first, bodies, faces)
        looks = [self._whole_hands(rgb, part, picture, largest) for part in parts]
        kept = [hand for hand in merging.merged((), first) if self._alike(rgb, hand) >= 1]
        groups = sorted(merging.gathered(looks), key=len, reverse=True)
        new = [merging.most_central(group) for group in groups]
        fresh = [hand for hand in merging.merged(first, new)[len(first) :] if self._alike(rgb, hand) >= ALIKE]
        return kept + [msgspec.structs.replace(hand, second_look=True) for hand in fresh]

    def _whole_hands(self, rgb: Pixels, part: Window, picture: tuple[int, int], largest: float) -> list[Hand]:
        """Hands of a part that its edges do not cut, unless the picture's own edge does."""
        found = [hand for hand in self.look(rgb, part) if merging.plausible(hand, largest)]
        return [hand for hand in found if not part.touches_inner_edge(hand.box, picture, 0.0)]

    def _alike(self, rgb: Pixels, hand: Hand) -> int:
        """In how many looks at the hand alone it is seen with its points in the same places."""
        return sum(any(merging.agree(hand, other) for other in look) for look in self._checks(rgb, hand))

    def _checks(self, rgb: Pixels, hand: Hand) -> Iterator[list[Hand]]:
        for part in windows.about_hand(hand, (rgb.shape[1], rgb.shape[0]), CHECKS):
            yield self.look(rgb, part)


def _hand(marks: Sequence[Any], side: Any, window: Window) -> Hand:
    points = [window.place(mark.x, mark.y) for mark in marks]
    width = window.size[0]
    return Hand(
        points=points,
        depth=[float(mark.z) * width for mark in marks],
        side=own_side(side.label),
        side_score=min(1.0, max(0.5, float(side.score))),
        box=around(points),
    )


def own_side(label: str) -> Literal["left", "right"]:
    """The person's own hand for MediaPipe's label, which is for mirrored pictures (selfies)."""
    return "right" if label == "Left" else "left"
