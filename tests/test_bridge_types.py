"""build/bridge_types.py: the page's types say what the engine's schema says, and are up to date."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType
from typing import Literal, get_args

import pytest

from engine import wire

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bridge_types", ROOT / "build" / "bridge_types.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def text(generator: ModuleType) -> str:
    return str(generator.generate())


def test_the_committed_types_are_up_to_date(text: str) -> None:
    assert (ROOT / "ui" / "src" / "bridge.gen.ts").read_text(encoding="utf-8") == text


def test_every_method_has_its_call(text: str) -> None:
    for request, answer in wire.METHODS.items():
        assert f'  "{request.__struct_config__.tag}": [{request.__name__}, {answer.__name__}];\n' in text


def test_every_event_is_in_the_union_with_its_tag(text: str) -> None:
    for event in get_args(wire.AnyEvent):
        assert re.search(rf'export interface {event.__name__} {{\n  type: "{event.__struct_config__.tag}";', text)
        assert re.search(rf"export type AnyEvent = .*\b{event.__name__}\b", text)


def test_requests_have_no_tag_and_may_leave_out_what_has_a_default(text: str) -> None:
    assert "export interface Pick {\n  groupId: string;\n  winner: number;\n  also?: number[];\n}" in text
    assert "export type Undo = Record<string, never>;" in text


def test_answers_are_always_whole(text: str) -> None:
    names = {answer.__name__ for answer in wire.METHODS.values()}
    bodies = re.findall(r"export interface (\w+) {\n(.*?)}", text, re.DOTALL)
    assert [name for name, body in bodies if name in names and "?:" in body] == []


@pytest.mark.parametrize(
    ("schema", "written"),
    [
        ({"anyOf": [{"type": "number"}, {"type": "null"}]}, "number | null"),
        ({"anyOf": [{"type": "integer"}, {"type": "number"}, {"type": "string"}]}, "number | string"),
        ({"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "null"}]}}, "(string | null)[]"),
        ({"type": "array", "items": {"$ref": "#/$defs/Source"}}, "Source[]"),
        ({"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}]}, "[number, string]"),
        ({"type": "object", "additionalProperties": {"type": "boolean"}}, "Record<string, boolean>"),
        ({"enum": ["b", "a"]}, '"b" | "a"'),
        ({"enum": ["no", "yes"]}, "Answer"),
        ({}, "unknown"),
    ],
)
def test_a_schema_becomes_its_type(generator: ModuleType, schema: dict[str, object], written: str) -> None:
    module = ModuleType("m")
    module.Answer = Literal["yes", "no"]  # type: ignore[attr-defined]
    assert generator.ts_type(schema, generator.literal_aliases(module)) == written


def test_a_docstring_cannot_end_the_comment(generator: ModuleType) -> None:
    assert generator.comment("a */ b\n  c") == "/** a *\\/ b c */\n"


def test_a_stale_file_fails_the_check_and_is_written_without_it(
    generator: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "src" / "bridge.gen.ts"
    monkeypatch.setattr(generator, "OUTPUT", output)
    assert generator.main(["--check"]) == 1
    assert "stale" in capsys.readouterr().err
    assert not output.exists()
    assert generator.main([]) == 0
    assert generator.main(["--check"]) == 0
