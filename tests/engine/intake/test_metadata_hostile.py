"""No metadata, however made, raises, hangs or gets past the caps."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.intake.metadata import read_generation
from engine.intake.model import Generation

CHUNKS = ("parameters", "prompt", "workflow", "invokeai_metadata", "sd-metadata", "Dream", "Description", "Comment")
LABELS = ("class_type", "inputs", "KSampler", "positive", "negative", "seed", "text", "model", "nodes", "links", "id")
MORE = ("type", "widgets_values", "mode", "outputs", "definitions", "subgraphs", "add_noise", "latent_image", "1", "2")

KEY = st.one_of(st.sampled_from(LABELS + MORE), st.text(max_size=3))
LEAF = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), KEY)
TREE = st.recursive(
    LEAF, lambda t: st.one_of(st.lists(t, max_size=4), st.dictionaries(KEY, t, max_size=6)), max_leaves=25
)
LINK = st.tuples(st.sampled_from("1234"), st.integers(-1, 2)).map(list)
NODE = st.fixed_dictionaries(
    {
        "class_type": st.sampled_from(("KSampler", "SaveImage", "CLIPTextEncode", "X")),
        "inputs": st.dictionaries(KEY, st.one_of(LINK, LEAF, st.lists(LEAF, max_size=3)), max_size=6),
    }
)
GRAPH = st.dictionaries(st.sampled_from("1234"), NODE, max_size=4)


def check(found: Generation) -> None:
    for name in found.__struct_fields__:
        value: Any = getattr(found, name)
        if isinstance(value, int):
            assert 0 <= value <= 1_000_000
            continue
        long = name in {"prompt", "negative"}
        assert len(value) <= (20_000 if long else 500)
        value.encode()
        assert not [c for c in value if unicodedata.category(c) == "Cc" and not (long and c == "\n")]


@given(st.dictionaries(st.sampled_from((*CHUNKS, "Software", "seed")), st.text(st.characters(), max_size=60)))
def test_any_text_is_read(text: dict[str, str]) -> None:
    check(read_generation("PNG", text, b""))


@given(st.sampled_from(CHUNKS), TREE)
def test_any_json_is_read(chunk: str, tree: Any) -> None:
    check(read_generation("PNG", {chunk: json.dumps(tree), "Software": "NovelAI"}, b""))


@given(GRAPH)
def test_any_graph_is_read(graph: dict[str, Any]) -> None:
    check(read_generation("PNG", {"prompt": json.dumps(graph)}, b""))


@given(st.lists(st.dictionaries(KEY, TREE, max_size=6), max_size=4), TREE, TREE)
def test_any_drawing_is_read(nodes: list[Any], links: Any, inner: Any) -> None:
    value = {"nodes": nodes, "links": links, "definitions": {"subgraphs": [inner, {"id": "X", "nodes": nodes}]}}
    check(read_generation("PNG", {"workflow": json.dumps(value)}, b""))


def numbered(count: int, make: Any) -> str:
    return json.dumps({str(i): {"class_type": "KSampler", "inputs": make(i)} for i in range(count)})


SAMPLERS = numbered(5_000, lambda i: {"seed": 1, "positive": [str(i + 1), 0], "latent_image": [str(i + 1), 0]})
FAN = numbered(300, lambda i: {f"image{k}": [str(k), 0] for k in range(300)} | {"positive": ["1", 0]})


@pytest.mark.parametrize("chunk", CHUNKS)
@pytest.mark.parametrize(
    "bomb",
    [
        *("[" * 100_000, '{"a":' * 100_000, '{"a":' + "9" * 100_000 + "}", "{" * 10, "x" * 5_000_000, SAMPLERS, FAN),
        *("a:" + " " * 100_000, "a: " * 50_000, 'a: "' * 50_000, "Steps: 1\n" * 50_000, "\n" * 200_000, " " * 200_000),
        *("a\nSteps: 1, " + "a" * 60 + ":" + " " * 9_000, "x--no x" * 20_000 + "\n", "[" * 40_000 + "Job ID:"),
        *('"' + "\\a" * 100_000, '"' + "[" * 100_000 + '" -S', "\ud83d" * 100_000, "Negative prompt:" * 10_000),
    ],
    ids=lambda bomb: bomb[:8].encode("ascii", "replace").decode(),
)
def test_texts_made_to_hang_do_not(chunk: str, bomb: str) -> None:
    check(read_generation("PNG", {chunk: bomb}, b""))
