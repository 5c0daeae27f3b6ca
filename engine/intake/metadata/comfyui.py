"""ComfyUI's `prompt` graph read backwards, from the image to the words it came from.

A graph is a mapping from a node's id to `{"class_type", "inputs"}`; an input is a value or a link `[node id, output]`.
Custom nodes are many, so nodes are known by the names of their inputs, not by their class. Where one sampler refines
another's image (a second pass, a refiner, a face fix) the first in the line tells how the picture was made; where
several are composed into one, the last does. Every walk marks what it has seen, so loops end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from engine.intake.metadata.clean import EMPTY, build, side
from engine.intake.metadata.comfyui_text import texts
from engine.intake.model import Generation

MOST_VISITS = 1_000  # nodes in one walk
MOST_PASSES = 40  # samplers one after the other

Graph = dict[str, dict[str, Any]]

_IMAGE_KEYS = re.compile(r"(?i)(latent|sample|image|pixel|pipe|context|bus|input|any|value|source|video|frames)")
_NOT_IMAGE = re.compile(r"(?i)(clip|mask|control|reference|embed|model|cond)")
_SEEDS = ("seed", "noise_seed", "rng_seed")
_SETTINGS = (*_SEEDS, "steps", "sampler_name", "sigmas", "noise")
_GUIDES = ("positive", "guider", "text_embeds", "conditioning", "basic_pipe", "pipe", "detailer_pipe", "context")
_MODEL_FILES = (
    *("ckpt_name", "unet_name", "base_ckpt_name", "gguf_name", "model_name", "checkpoint", "ckpt", "diffusion_model"),
    *("model_path", "model"),
)
_ASIDE = ("guider", "noise", "sampler", "sigmas", "basic_pipe", "pipe", "context", "detailer_pipe")


def as_graph(value: Any) -> Graph:
    """The nodes of a decoded `prompt`, ids as text; empty when it is no graph."""
    if isinstance(value, dict) and isinstance(value.get("prompt"), dict):
        value = value["prompt"]
    if not isinstance(value, dict):
        return {}
    return {
        str(key): node
        for key, node in value.items()
        if isinstance(node, dict) and isinstance(node.get("inputs"), dict) and isinstance(node.get("class_type"), str)
    }


def read(graph: Graph, origin: str) -> Generation:
    """What made the image of a graph; empty when nothing in it is known."""
    last = next(_samplers_above(graph, _outputs(graph)), None)
    if last is None:
        last = next((key for key in graph if _is_sampler(graph[key])), None)
    if last is None:
        return _without_sampler(graph, origin)
    base = _first_pass(graph, last)
    return build(
        tool="ComfyUI",
        prompt=texts(graph, base, "positive"),
        negative=texts(graph, base, "negative"),
        seed=_seed(graph, base),
        model=_model(graph, base),
        sampler=_setting(graph, base, ("sampler_name", "sampler")),
        steps=_setting(graph, base, ("steps",)),
        cfg=_setting(graph, base, ("cfg", "guidance", "cfg_scale")),
        size=_size(graph, base),
        origin=origin,
    )


def target(graph: Graph, value: Any) -> str | None:
    """The id of the node that a link points to; None for a value that is no link."""
    if isinstance(value, list) and len(value) == 2 and isinstance(value[1], int) and isinstance(value[0], (str, int)):
        key = str(value[0])
        return key if key in graph else None
    return None


def _outputs(graph: Graph) -> list[str]:
    """Nodes that save an image, then those that preview one, then any that nothing else uses."""
    used = {key for node in graph.values() for value in node["inputs"].values() if (key := target(graph, value))}
    ends = [key for key in graph if key not in used]
    rank = {key: _rank(graph[key]["class_type"].lower()) for key in graph if key not in used or _rank_saves(graph, key)}
    return sorted(rank, key=lambda key: rank[key]) or ends or list(graph)


def _rank_saves(graph: Graph, key: str) -> bool:
    return "save" in graph[key]["class_type"].lower()


def _rank(name: str) -> int:
    return 0 if "save" in name else 1 if "preview" in name or "output" in name else 2


def _is_sampler(node: dict[str, Any]) -> bool:
    inputs = node["inputs"]
    return any(k in inputs for k in _GUIDES) and any(k in inputs for k in _SETTINGS) and "ckpt_name" not in inputs


def _samplers_above(graph: Graph, starts: list[str]) -> Iterator[str]:
    """The nearest samplers up the image and latent links of each start, depth first in the order of the inputs."""
    seen: set[str] = set()
    stack = starts[::-1]
    while stack and len(seen) < MOST_VISITS:
        key = stack.pop()
        if key in seen:
            continue
        seen.add(key)
        if _is_sampler(graph[key]):
            yield key
        else:
            stack.extend(_image_links(graph, key)[::-1])


def _image_links(graph: Graph, key: str) -> list[str]:
    return [
        other
        for name, value in graph[key]["inputs"].items()
        if (not name or _IMAGE_KEYS.search(name)) and not _NOT_IMAGE.search(name) and (other := target(graph, value))
    ]


def _first_pass(graph: Graph, key: str) -> str:
    seen = {key}
    while len(seen) < MOST_PASSES:
        above = list(_samplers_above(graph, _image_links(graph, key)))
        if len(above) != 1 or above[0] in seen:
            return key
        key = above[0]
        seen.add(key)
    return key


def _seed(graph: Graph, key: str) -> Any:
    """The sampler's own seed; a sampler that adds no noise continues another's, whose seed counts."""
    seen: set[str] = set()
    while graph[key]["inputs"].get("add_noise") in ("disable", False) and len(seen) < MOST_PASSES:
        seen.add(key)
        key = next(_samplers_above(graph, _image_links(graph, key)), key)
    return _setting(graph, key, _SEEDS)


def _setting(graph: Graph, key: str, names: tuple[str, ...]) -> Any:
    """A plain value by name, on the node, behind a link of that name, or on the node's guider, noise and the like."""
    seen: set[str] = set()
    stack = [key]
    while stack and len(seen) < 60:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        inputs = graph[node]["inputs"]
        wanted = names if node == key else (*names, "value", "int", "float", "number", "string")
        for name in wanted:
            value = inputs.get(name)
            if isinstance(value, (str, int, float)) and not isinstance(value, bool) and value != "":
                return value
        links = [inputs.get(name) for name in (*_ASIDE, *names)[::-1]]
        if "guidance" in names:
            links = [inputs.get("positive"), inputs.get("conditioning"), *links]
        stack.extend(other for value in links if (other := target(graph, value)))
    return None


def _model(graph: Graph, key: str) -> Any:
    """The file of the first model loader up the model links."""
    seen: set[str] = set()
    stack = [key]
    while stack and len(seen) < MOST_VISITS:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        inputs = graph[node]["inputs"]
        if node != key or "ckpt_name" in inputs:
            for name in _MODEL_FILES:
                value = inputs.get(name)
                value = value.get("content") if isinstance(value, dict) else value
                if isinstance(value, str) and value:
                    return value
        links = [v for n, v in inputs.items() if n.lower() in {"", *_ASIDE[:1], *_ASIDE[4:]} or "model" in n.lower()]
        if len(links) == 0:
            links = [inputs.get(name) for name in (*_MODEL_FILES, "positive", "text_embeds")]
        stack.extend(other for value in links[::-1] if (other := target(graph, value)))
    return None


def _size(graph: Graph, key: str) -> tuple[int, int]:
    """The size of the empty latent that the sampler starts from."""
    seen: set[str] = set()
    stack = [key]
    while stack and len(seen) < MOST_VISITS:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        for width, height in (("width", "height"), ("empty_latent_width", "empty_latent_height")):
            size = side(_setting(graph, node, (width,))), side(_setting(graph, node, (height,)))
            if all(size):
                return size
        stack.extend(_image_links(graph, node)[::-1])
    return 0, 0


def _without_sampler(graph: Graph, origin: str) -> Generation:
    """A graph of one-node services: the node with a prompt and a seed, else every encoded text by its title."""
    for key, node in graph.items():
        inputs = node["inputs"]
        if ("prompt" in inputs or "positive" in inputs) and any(name in inputs for name in _SEEDS):
            return build(
                tool="ComfyUI",
                prompt=texts(graph, key, "positive"),
                negative=texts(graph, key, "negative"),
                seed=_setting(graph, key, _SEEDS),
                model=_model(graph, key) or inputs.get("model"),
                origin=origin,
            )
    encoders = [key for key, node in graph.items() if "TextEncode" in node["class_type"]]
    negative = [k for k in encoders if "neg" in str(graph[k].get("_meta", "")).lower()]
    positive = [k for k in encoders if k not in negative]
    if not encoders:
        return EMPTY
    return build(
        tool="ComfyUI",
        prompt=texts(graph, positive[0], "positive") if positive else "",
        negative=texts(graph, negative[0], "negative") if negative else "",
        origin=origin,
    )
