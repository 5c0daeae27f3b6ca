"""Which files of one folder move together: images with their companions, and images that share companions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import NamedTuple

from engine.intake.companions import companions_in, is_image_name


class Family(NamedTuple):
    """Images (sorted) that move as one, and all companions that go with them."""

    images: list[str]
    companions: list[str]
    owner: list[int]  # of each companion: the first image that owns it

    def numbers(self, image: str) -> list[int]:
        """The places of an image's companions among images and companions together."""
        place = self.images.index(image)
        return [len(self.images) + n for n, owner in enumerate(self.owner) if owner == place]


def families(names: Sequence[str], wanted: Collection[str]) -> tuple[list[Family], list[str]]:
    """Families of the wanted images among the files of a folder; and the companions that stay.

    A companion stays where one of its images stays. Where all of them go, they go together.
    """
    pairs = companions_in(names, lambda name: name in wanted or is_image_name(name))
    owners: dict[str, list[str]] = defaultdict(list)
    for image, companions in pairs.items():
        for name in companions:
            owners[name].append(image)
    heads = {image: image for image in wanted}
    stays = []
    for name, images in owners.items():
        going = [image for image in images if image in wanted]
        if going and len(going) < len(images):
            stays.append(name)
        elif going:
            _join(heads, going)
    return _gather(heads, {n: i for n, i in owners.items() if all(image in wanted for image in i)}), sorted(stays)


def _head(heads: dict[str, str], image: str) -> str:
    while heads[image] != image:
        image = heads[image]
    return image


def _join(heads: dict[str, str], images: list[str]) -> None:
    tops = sorted(_head(heads, image) for image in images)
    for top in tops[1:]:
        heads[top] = tops[0]


def _gather(heads: dict[str, str], owners: dict[str, list[str]]) -> list[Family]:
    images: dict[str, list[str]] = defaultdict(list)
    for image in sorted(heads):
        images[_head(heads, image)].append(image)
    companions: dict[str, list[str]] = defaultdict(list)
    for name in sorted(owners):
        companions[_head(heads, owners[name][0])].append(name)
    return [
        Family(members, companions[head], [min(members.index(i) for i in owners[n]) for n in companions[head]])
        for head, members in images.items()
    ]
