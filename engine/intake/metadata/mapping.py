"""Generation settings from any JSON or YAML mapping, by the names its keys go by in the tools in use.

Covers InvokeAI, NovelAI, Fooocus, SwarmUI, Draw Things, Easy Diffusion, SeaArt and hand-written YAML companions alike:
they differ in what they call a thing and how deep they put it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from engine.intake.metadata import a1111
from engine.intake.metadata.clean import build, prompt_text, side, size_pair
from engine.intake.model import Generation

MOST_MAPPINGS = 200  # looked into, breadth first
MOST_PARTS = 200  # of a prompt written as a list

_PLAIN = re.compile(r"[^a-z0-9]")
_ALIASES: dict[str, tuple[str, ...]] = {
    "prompt": ("prompt", "positiveprompt", "positive", "prompttext", "fullprompt", "basecaption", "caption", "c"),
    "negative": ("negativeprompt", "negative", "promptnegative", "uc", "undesiredcontent", "fullnegativeprompt"),
    "seed": ("seed", "noiseseed", "imageseed", "rngseed"),
    "model": (
        *("model", "modelname", "basemodel", "basemodelname", "checkpoint", "checkpointname", "ckpt", "ckptname"),
        *("sdmodelname", "sdmodelcheckpoint", "modelweights", "usestablediffusionmodel", "modelhash"),
    ),
    "sampler": ("sampler", "samplername", "samplingmethod", "scheduler"),
    "steps": ("steps", "samplingsteps", "numinferencesteps", "numsteps"),
    "cfg": ("cfg", "cfgscale", "guidancescale", "guidance", "scale"),
    "width": ("width", "w", "imagewidth"),
    "height": ("height", "h", "imageheight"),
    "size": ("size", "resolution", "dimensions"),
}
_INNER_NAMES = ("name", "modelname", "key", "content", "prompt", "text", "positive", "basecaption")
_SMALL = {"c", "w", "h", "scale", "key"}  # too short to trust outside a mapping that holds other settings


def read(value: Any, origin: str, tool: str = "") -> Generation:
    """Read a decoded mapping, or the first mapping of a list; empty when nothing in it is known."""
    levels = [_keys(mapping) for mapping in _mappings(value)]
    for level in levels:
        text = level.get("parameters")
        if isinstance(text, str) and a1111.looks_like(text):
            return a1111.read(text, origin)
    got = {name: _first(name, levels) for name in _ALIASES}
    size = (side(got["width"]), side(got["height"]))
    return build(
        tool=tool,
        prompt=_words(got["prompt"]),
        negative=_words(got["negative"]),
        seed=got["seed"],
        model=_named(got["model"]),
        sampler=_named(got["sampler"]),
        steps=got["steps"],
        cfg=got["cfg"],
        size=size if all(size) else size_pair(got["size"]),
        origin=origin,
    )


def _mappings(value: Any) -> Iterator[Mapping[Any, Any]]:
    """The mappings inside a value, outer ones first, a bounded number of them."""
    queue, seen = [value], 0
    for item in queue:
        if isinstance(item, Mapping):
            yield item
            inner: Any = item.values()
        elif isinstance(item, list):
            inner = item[:MOST_PARTS]
        else:
            continue
        for child in inner:
            if isinstance(child, (Mapping, list)) and seen < MOST_MAPPINGS:
                queue.append(child)  # the loop goes on over what is added
                seen += 1


def _keys(mapping: Mapping[Any, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in mapping.items():
        if isinstance(key, str) and len(key) <= 100:
            found.setdefault(_PLAIN.sub("", key.lower()), value)
    return found


def _first(name: str, levels: list[dict[str, Any]]) -> Any:
    """The value of the outermost mapping that has one; within a mapping the more usual key wins."""
    for level in levels:
        for alias in _ALIASES[name]:
            value = level.get(alias)
            if value in (None, "", [], {}) or (alias in _SMALL and len(level) < 3):
                continue
            if name in {"prompt", "negative"} and not _words(value):
                continue
            if name in {"model", "sampler"} and not _named(value):
                continue
            if isinstance(value, (str, int, float, list)) or name in {"prompt", "negative", "model", "sampler"}:
                return value
    return None


def _words(value: Any) -> str:
    """A prompt written as text, as a list of texts or of weighted parts, or as a mapping that holds it."""
    if isinstance(value, list):
        parts = (prompt_text(_inner(part)) for part in value[:MOST_PARTS])
        return ", ".join(part for part in parts if part)
    return prompt_text(_inner(value))


def _named(value: Any) -> Any:
    inner = _inner(value)
    return inner if isinstance(inner, (str, int)) and not isinstance(inner, bool) else None


def _inner(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    keys = _keys(value)
    return next((keys[name] for name in _INNER_NAMES if isinstance(keys.get(name), str) and keys[name]), None)
