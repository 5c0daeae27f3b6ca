"""The words behind a sampler's `positive` or `negative` input, through whatever nodes stand between."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from engine.intake.metadata.clean import LONGEST_PROMPT

MOST_VISITS = 2_000  # nodes in one walk
MOST_DEPTH = 150
LONGEST_NAME = 80  # characters of an input's name

_ROLES = {"positive": "negative", "negative": "positive"}
_WORDY = re.compile(
    r"(?i)^(.*prompt.*|.*text.*|.*string.*|value|positive|negative|clip_[lgh]|t5.*|llama|qwen.*|caption|tags?)"
    r"[_ ]?[0-9a-z]?$"
)
_NOT_WORDS = re.compile(
    r"(?i)(delimiter|separator|filename|prefix|mode|weight|interpretation|normaliz|preset|template|type|format|path"
    r"|seed|device|_name$|style)"
)
_NOT_CONDITIONING = re.compile(
    r"(?i)^(clip|model.*|vae|image.*|mask.*|control.*|clip_vision.*|latent.*|samples.*|pixels|noise|sampler|sigmas"
    r"|style_model|seed|width|height|steps|cfg|strength|guidance)$"
)

Graph = dict[str, dict[str, Any]]


def texts(graph: Graph, key: str, role: str) -> str:
    """Every different text that reaches the role's input of a node, one after the other."""
    walk = _Walk(graph, role)
    inputs = graph[key]["inputs"]
    own = [name for name in inputs if _role_of(name) == role]
    neutral: tuple[str, ...] = ("text_embeds", "guider", "basic_pipe", "pipe", "detailer_pipe", "context")
    if role == "positive":
        neutral = (*neutral, "conditioning", "prompt", "text")
    for name in own or [name for name in neutral if name in inputs]:
        walk.value(inputs[name], 0)
    return "\n".join(dict.fromkeys(text.strip() for text in walk.found))


class _Walk:
    """One depth-first walk up from a sampler, collecting texts in the order of the inputs."""

    def __init__(self, graph: Graph, role: str) -> None:
        self.graph = graph
        self.role = role
        self.seen: set[str] = set()
        self.found: list[str] = []
        self.length = 0

    def value(self, value: Any, depth: int) -> None:
        """Take a text, or follow a link."""
        if isinstance(value, str):
            if value.strip() and self.length < LONGEST_PROMPT:
                self.found.append(value[:LONGEST_PROMPT])
                self.length += len(value)
        elif isinstance(value, list) and len(value) == 2 and isinstance(value[0], (str, int)):
            self.node(str(value[0]), depth + 1)

    def node(self, key: str, depth: int) -> None:
        node = self.graph.get(key)
        if node is None or key in self.seen or len(self.seen) > MOST_VISITS or depth > MOST_DEPTH:
            return
        self.seen.add(key)
        if "zeroout" in node["class_type"].lower():
            return
        inputs = node["inputs"]
        names = self._wanted(inputs)
        glue = inputs.get("delimiter")
        before = len(self.found)
        for name in names:
            self.value(inputs[name], depth)
        if isinstance(glue, str) and len(self.found) > before + 1:
            self.found[before:] = [glue.join(self.found[before:])[:LONGEST_PROMPT]]

    def _wanted(self, inputs: dict[str, Any]) -> list[str]:
        """The inputs that may lead to words: those named for the role where there are any, never the other role's."""
        own = [name for name in inputs if _role_of(name) == self.role and not _NOT_WORDS.search(name)]
        if own:
            return own
        if any(_role_of(name) for name in inputs) and "conditioning" not in inputs:
            return [name for name in inputs if "pipe" in name or name == "context"] or self._neutral(inputs)
        if isinstance(inputs.get("populated_text"), str) and inputs["populated_text"]:
            return ["populated_text"]
        return self._neutral(inputs)

    def _neutral(self, inputs: dict[str, Any]) -> list[str]:
        return [
            name
            for name, value in inputs.items()
            if not _role_of(name) and (_is_words(name) if isinstance(value, str) else _may_lead(name, value))
        ]


def _role_of(name: str) -> str:
    lowered = name.lower()
    return next((role for role in _ROLES if role in lowered), "")


@lru_cache(maxsize=512)
def _is_words(name: str) -> bool:
    return len(name) <= LONGEST_NAME and bool(_WORDY.match(name)) and not _NOT_WORDS.search(name)


def _may_lead(name: str, value: Any) -> bool:
    return isinstance(value, list) and not _NOT_CONDITIONING.match(name)
