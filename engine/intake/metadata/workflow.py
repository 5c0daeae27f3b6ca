"""ComfyUI's `workflow`, the drawing of a graph, as the graph it draws; for images that carry no `prompt`.

Nodes hold their values by place, not by name, and links by number. Where a node says which of its inputs are widgets
the names come from there, else from the table of ComfyUI's own nodes. A subgraph's nodes are taken in with the
outer node's id before theirs, and the links through its border joined.
"""

from __future__ import annotations

from typing import Any

MOST_NODES = 20_000
MOST_NESTING = 8
MOST_DETOURS = 100
MOST_LEVELS = 64  # uses of a subgraph in all

_INPUT, _OUTPUT = -10, -20  # ids that a subgraph's border has inside it
_CONTROL = ("fixed", "increment", "decrement", "randomize")  # and a bool in the first years
_WIDGETS: dict[str, tuple[str, ...]] = {
    "KSampler": ("seed", "steps", "cfg", "sampler_name", "scheduler", "denoise"),
    "KSamplerAdvanced": ("add_noise", "noise_seed", "steps", "cfg", "sampler_name", "scheduler"),
    "SamplerCustom": ("add_noise", "noise_seed", "cfg"),
    "RandomNoise": ("noise_seed",),
    "KSamplerSelect": ("sampler_name",),
    "BasicScheduler": ("scheduler", "steps", "denoise"),
    "CLIPTextEncode": ("text",),
    "CLIPTextEncodeFlux": ("clip_l", "t5xxl", "guidance"),
    "FluxGuidance": ("guidance",),
    "CheckpointLoaderSimple": ("ckpt_name",),
    "unCLIPCheckpointLoader": ("ckpt_name",),
    "CheckpointLoader": ("config_name", "ckpt_name"),
    "UNETLoader": ("unet_name", "weight_dtype"),
    "EmptyLatentImage": ("width", "height", "batch_size"),
    "EmptySD3LatentImage": ("width", "height", "batch_size"),
    "PrimitiveNode": ("value",),
    "PrimitiveString": ("value",),
    "PrimitiveStringMultiline": ("value",),
    "PrimitiveInt": ("value",),
}
_MUTED, _BYPASSED = 2, 4  # node modes


def as_prompt(workflow: Any) -> dict[str, dict[str, Any]]:
    """The graph that a decoded `workflow` draws; empty when it is none."""
    if not isinstance(workflow, dict):
        return {}
    inner = workflow.get("definitions")
    inner = inner.get("subgraphs") if isinstance(inner, dict) else None
    subgraphs = (
        {g["id"]: g for g in inner if isinstance(g, dict) and isinstance(g.get("id"), str)}
        if isinstance(inner, list)
        else {}
    )
    graph: dict[str, dict[str, Any]] = {}
    _Drawing(graph, subgraphs).take(workflow, "", [], 0)
    return graph


class _Drawing:
    def __init__(self, graph: dict[str, dict[str, Any]], subgraphs: dict[str, Any]) -> None:
        self.graph = graph
        self.subgraphs = subgraphs
        self.levels = 0

    def take(self, level: dict[str, Any], prefix: str, outside: list[Any], depth: int) -> list[Any]:
        """Add one level's nodes; `outside` feeds its border, the answer is what its border gives."""
        nodes = [n for n in _list(level.get("nodes")) if isinstance(n, dict) and isinstance(n.get("id"), (int, str))]
        links = _links(level.get("links"))
        made: dict[str, list[Any]] = {}
        sources = _Sources(prefix, links, outside, made)
        for node in nodes:
            if node.get("mode") == _BYPASSED:
                sources.bypass(node)
        nodes = [n for n in nodes if isinstance(n.get("type", ""), str) and isinstance(n.get("mode", 0), int)]
        nested = [n for n in nodes if n.get("type") in self.subgraphs and n.get("mode") != _BYPASSED]
        for node in nested:
            if depth < MOST_NESTING and self.levels < MOST_LEVELS:
                self.levels += 1
                feeds = [sources.of(i.get("link")) for i in _list(node.get("inputs")) if isinstance(i, dict)]
                made[str(node["id"])] = self.take(
                    self.subgraphs[node["type"]], f"{prefix}{node['id']}:", feeds, depth + 1
                )
        for node in nodes:
            if (
                node.get("mode") not in {_MUTED, _BYPASSED}
                and node.get("type") not in self.subgraphs
                and len(self.graph) < MOST_NODES
            ):
                self.graph[f"{prefix}{node['id']}"] = {
                    "class_type": str(node.get("type", "")),
                    "inputs": _inputs(node, sources),
                    "_meta": {"title": str(node.get("title", ""))},
                }
        return sources.given()


class _Sources:
    """Where each link of one level begins, as the `[node id, output]` of a graph."""

    def __init__(
        self, prefix: str, links: dict[Any, list[Any]], outside: list[Any], made: dict[str, list[Any]]
    ) -> None:
        self.prefix, self.links, self.outside, self.made = prefix, links, outside, made
        self.detours: dict[tuple[str, int], Any] = {}  # output of a bypassed node -> the link of its input

    def bypass(self, node: dict[str, Any]) -> None:
        """A bypassed node hands each output the first connected input of the same type."""
        inputs = [i for i in _list(node.get("inputs")) if isinstance(i, dict) and i.get("link") is not None]
        for slot, output in enumerate(_list(node.get("outputs"))):
            kind = output.get("type") if isinstance(output, dict) else None
            link = next((i["link"] for i in inputs if i.get("type") == kind), None)
            self.detours[str(node["id"]), slot] = link

    def of(self, link: Any) -> Any:
        found = self.links.get(link) if isinstance(link, (int, str)) else None
        for _ in range(MOST_DETOURS):
            if found is None or (str(found[0]), found[1]) not in self.detours:
                break
            link = self.detours[str(found[0]), found[1]]
            found = self.links.get(link) if isinstance(link, (int, str)) else None
        if found is None:
            return None
        origin, slot = found[0], found[1]
        if origin == _INPUT:
            return self.outside[slot] if 0 <= slot < len(self.outside) else None
        inner = self.made.get(str(origin))
        if inner is not None:
            return inner[slot] if 0 <= slot < len(inner) else None
        return [f"{self.prefix}{origin}", slot]

    def given(self) -> list[Any]:
        slots = {end[3]: key for key, end in self.links.items() if end[2] == _OUTPUT}
        return [self.of(slots.get(slot)) for slot in range(min(100, max(slots, default=-1) + 1))]


def _links(value: Any) -> dict[Any, list[Any]]:
    """Link id -> [origin id, origin slot, target id, target slot]; drawn as lists outside and mappings inside."""
    found: dict[Any, list[Any]] = {}
    for link in _list(value):
        if isinstance(link, dict):
            link = [link.get(k) for k in ("id", "origin_id", "origin_slot", "target_id", "target_slot")]  # noqa: PLW2901
        if isinstance(link, list) and len(link) >= 5 and isinstance(link[0], (int, str)):
            ends = link[1:5]
            if isinstance(ends[1], int) and isinstance(ends[3], int):
                found[link[0]] = ends
    return found


def _inputs(node: dict[str, Any], sources: _Sources) -> dict[str, Any]:
    inputs: dict[str, Any] = {}
    drawn = [i for i in _list(node.get("inputs")) if isinstance(i, dict) and isinstance(i.get("name"), str)]
    values = node.get("widgets_values")
    if isinstance(values, dict):
        inputs.update({k: v for k, v in values.items() if isinstance(k, str)})
    else:
        names = _WIDGETS.get(str(node.get("type"))) or tuple(i["name"] for i in drawn if i.get("widget"))
        inputs.update(_by_place(names, _list(values)))
    for one in drawn:
        source = sources.of(one.get("link"))
        if source is not None:
            inputs[one["name"]] = source
    return inputs


def _by_place(names: tuple[str, ...], values: list[Any]) -> dict[str, Any]:
    """Widget values under their names; the control after a seed has a place and no name."""
    found: dict[str, Any] = {}
    at = 0
    for name in names:
        found[name] = values[at] if at < len(values) else None
        at += 1
        if "seed" in name and at < len(values) and (isinstance(values[at], bool) or values[at] in _CONTROL):
            at += 1
    return found


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
