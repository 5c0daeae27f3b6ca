"""Which image stands at which place of a ranking's arrays, with room for images that come later."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_NOBODY = np.iinfo(np.int64).max


class Places:
    """Ids to places (0..room-1) and back.

    Attributes:
        count: how many places are taken; they come first.
        room: how many places there are.
    """

    def __init__(self, ids: Ints) -> None:
        """Args: ids: (n,) ascending."""
        self.count = len(ids)
        self.room = self.count + self.count // 8 + 256
        self._ids = np.full(self.room, _NOBODY)
        self._ids[: self.count] = ids
        self._of = {int(image): place for place, image in enumerate(ids)}

    @property
    def ids(self) -> Ints:
        """(count,) the images by place, ascending."""
        return self._ids[: self.count]

    def find(self, images: Iterable[int]) -> list[int]:
        """The places of those images that have one, in order."""
        return [self._of[image] for image in images if image in self._of]

    def at(self, places: Iterable[int]) -> list[int]:
        """The images at these places; those that are not taken are left out."""
        return [int(self._ids[place]) for place in places if place < self.count]

    def take_in(self, ids: Ints) -> bool:
        """Give every new image a place.

        Args:
            ids: (m,) all images there are now, ascending; those that went keep their place.

        Returns:
            False where there is no room, or one would stand out of order: begin anew.
        """
        fresh = np.setdiff1d(ids, self.ids, assume_unique=True)
        if not len(fresh):
            return True
        if self.count + len(fresh) > self.room or (self.count and fresh[0] < self.ids[-1]):
            return False
        self._ids[self.count : self.count + len(fresh)] = fresh
        self._of.update((int(image), place) for place, image in enumerate(fresh, self.count))
        self.count += len(fresh)
        return True

    def mask(self, ids: Ints, chosen: Mask) -> Mask:
        """(room,) bool, set at the places of the chosen ones.

        Args:
            ids: (m,) images that have a place, ascending.
            chosen: (m,) bool.
        """
        mask = np.zeros(self.room, bool)
        mask[np.searchsorted(self.ids, ids[chosen])] = True
        return mask
