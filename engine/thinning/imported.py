"""Groups that another program found, over the images of the library."""

from __future__ import annotations

from engine.errors import WrongUse
from engine.grouping import czkawka as results
from engine.grouping.by_content import by_content
from engine.thinning.how import How
from engine.thinning.photos import Photos
from engine.thinning.way import Way


def czkawka(photos: Photos, how: How) -> Way:
    """The groups of Czkawka's result file; images of its reference folder stay.

    Raises:
        NotFound, WrongUse: the file cannot be read, or is no such result.
    """
    if how.file is None:
        raise WrongUse("No result file of Czkawka was named.", "Name one.")
    place = {path: at for at, path in enumerate(photos.paths)}
    kept = results.within(results.read(how.file), place)
    labels, first = [""] * len(photos), list[int]()
    for number, group in enumerate(kept.groups, 1):
        for image in group.images:
            labels[image] = labels[image] or str(number)  # an image that is listed twice stays in its first group
        if group.reference is not None:
            first.append(group.reference)
    return Way(by_content(labels), 0, kept.outside, [], first)
