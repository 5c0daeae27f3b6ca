"""What the demo library holds: which takes of which scenes, under which names, and what is wrong with some of them."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Literal, NamedTuple

from engine.demo import landscapes, studies
from engine.demo.take import Scene, Take

Fault = Literal["", "blur", "soft", "dark", "noise", "truncated"]
Notes = Literal["", "parameters", "comfyui", "yaml", "caption"]


class Shot(NamedTuple):
    """One file of the demo.

    Attributes:
        name: below the demo's folder, with forward slashes; the suffix says the format.
        scene, seed: what is painted; one seed is one family.
        take: a variant of the family; equal takes are the same picture.
        detail, scale: see Take.
        fault: what is done to the finished picture.
        notes: where the generation settings are told: in the PNG, or in a companion.
        prompt: what they say was asked for.
        sideways: a JPEG stored turned, with the EXIF orientation that puts it upright.
    """

    name: str
    scene: Scene
    seed: int
    take: int
    detail: float = 1.0
    scale: float = 1.0
    fault: Fault = ""
    notes: Notes = ""
    prompt: str = ""
    wide: bool = False
    sideways: bool = False


class _Family(NamedTuple):
    stamp: str
    scene: Scene
    prompt: str
    stages: tuple[str, ...]
    fault: Fault = ""
    notes: Notes = ""
    folder: str = ""
    wide: bool = False


# The last stage of a family is the one with the fault. Stages after a colon are second takes of the same stage.
_FAMILIES = (
    _Family("20250705_230713", landscapes.lake, "mountain lake at dusk, mirror reflection", ("1", "1.5", "2", "3"),
            notes="parameters"),
    _Family("20250705_231140", landscapes.dunes, "desert dunes, caravan, late light", ("1", "2", "3"), "blur",
            "parameters"),
    _Family("20250705_232208", studies.still_life, "still life, blue jug, oranges, window light", ("1", "2", "3"),
            "dark", "yaml"),
    _Family("20250705_233951", landscapes.city, "city skyline at night, full moon", ("1", "1.5", "2", "3"), "noise",
            "caption", wide=True),
    _Family("20250706_081522", studies.shapes, "abstract composition, circles and bars", ("1", "2", "3", "3:b"),
            notes="comfyui"),
    _Family("20250706_082744", landscapes.aurora, "aurora over a winter forest, cabin", ("1", "2", "3"),
            notes="parameters"),
    _Family("20250706_084103", studies.flowers, "poppies, dark background", ("1", "1.5", "2", "3"), notes="yaml"),
    _Family("20250706_090236", landscapes.sea, "sailing boat, woodcut waves", ("1", "2", "3"), notes="parameters",
            folder="prints"),
    _Family("20250706_091817", studies.figures, "three dancers, paper cut", ("1", "2", "3"), notes="caption",
            folder="prints"),
    _Family("20250706_093355", landscapes.lighthouse, "lighthouse in the fog", ("1.5", "2", "3"), notes="comfyui"),
    _Family("20250706_095120", studies.planet, "ringed planet, two moons", ("1", "2"), notes="parameters"),
)  # fmt: skip

_DETAIL = {"1": (0.0, 0.75), "1.5": (0.35, 0.75), "2": (0.7, 1.0), "3": (1.0, 1.0)}


def shots() -> list[Shot]:
    """Every file, in the order it is drawn."""
    found: list[Shot] = []
    for seed, family in enumerate(_FAMILIES, 1):
        found += _staged(seed, family)
    return found + _others()


def _staged(seed: int, family: _Family) -> list[Shot]:
    made = []
    for take, entry in enumerate(family.stages):
        stage, _, letter = entry.partition(":")
        last = take == len(family.stages) - 1
        word = "generated" if stage in ("1", "1.5") else "refined"
        name = f"{family.stamp}_stage{stage}_{word}{'_' + letter if letter else ''}.png"
        detail, scale = _DETAIL[stage]
        path = f"{family.folder}/{name}" if family.folder else name
        fault = family.fault if last else ""
        shot = Shot(path, family.scene, seed, take, detail, scale, fault, family.notes, family.prompt, family.wide)
        made.append(shot)
    return made


def _others() -> list[Shot]:
    """A family by look alone, an exact copy, a single photo, and a file that was cut short."""
    odd = "balloons\nlast try.png" if os.name != "nt" else "balloons last try.png"
    paint: Callable[..., Shot] = lambda name, take, **more: Shot(name, landscapes.balloons, 21, take, **more)  # noqa: E731
    return [
        paint("balloons.png", 0, scale=0.75, detail=0.5, fault="soft"),
        paint("balloons ✨ final 🎈.png", 1, notes="caption", prompt="hot-air balloons over morning hills"),
        paint(odd, 2, fault="soft"),
        Shot(
            "prints/copy of the sailing boat.png", landscapes.sea, 8, 2, prompt=_FAMILIES[7].prompt, notes="parameters"
        ),
        Shot("IMG_0042.jpg", studies.koi, 22, 0, sideways=True),
        Shot("20250706_101502_stage1_generated.png", landscapes.lake, 23, 0, 0.0, 0.75, "truncated"),
    ]


def take_of(shot: Shot) -> Take:
    return Take(shot.seed, shot.take, detail=shot.detail, scale=shot.scale, wide=shot.wide)
