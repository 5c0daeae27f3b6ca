"""Write ui/src/bridge.gen.ts from engine/wire.py, so that the page and engine share one schema.

    python build/bridge_types.py            write the file
    python build/bridge_types.py --check    change nothing; exit 1 when the file is stale

Requests lose their tag, since the page says it as the name of the call: `call("cull.pick", { groupId, winner })`.
Only a request's defaulted field may be left out (`?`); answers and events are always written in full.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, get_args, get_origin

import msgspec

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from engine import wire, wire_base  # noqa: E402 - found through the line above, with or without an installed package
from engine.culling import views  # noqa: E402
from engine.ranking import views as rank_views  # noqa: E402

OUTPUT = ROOT / "ui" / "src" / "bridge.gen.ts"
HEAD = "// Written by build/bridge_types.py from engine/wire.py: change that file, then run `build/bridge_types.py`.\n"
WORD = re.compile(r"[A-Za-z_$][\w$]*")
Schema = dict[str, Any]
Aliases = dict[frozenset[object], str]


def literal_aliases(*modules: ModuleType) -> Aliases:
    """The named `Literal` types of these modules, by their set of values."""
    found: Aliases = {}
    for module in modules:
        for name, value in vars(module).items():
            if get_origin(value) is Literal:
                found.setdefault(frozenset(get_args(value)), name)
    return found


def spell(values: list[object]) -> str:
    return " | ".join(msgspec.json.encode(value).decode() for value in values)


def ts_type(schema: Schema, aliases: Aliases) -> str:
    """The TypeScript type of one JSON Schema node."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(ts_type(part, aliases) for part in schema["anyOf"]))
    if "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        return aliases.get(frozenset(values)) or spell(values)
    match schema.get("type"):
        case "string" | "boolean" | "null" as plain:
            return str(plain)
        case "integer" | "number":
            return "number"
        case "array" if "prefixItems" in schema:
            return "[" + ", ".join(ts_type(part, aliases) for part in schema["prefixItems"]) + "]"
        case "array":
            inner = ts_type(schema.get("items") or {}, aliases)
            return f"({inner})[]" if " | " in inner else f"{inner}[]"
        case "object":
            return f"Record<string, {ts_type(schema.get('additionalProperties') or {}, aliases)}>"
    return "unknown"


def comment(text: str) -> str:
    return "/** " + " ".join(text.split()).replace("*/", "*\\/") + " */\n" if text else ""


def interface(name: str, schema: Schema, aliases: Aliases, *, request: bool) -> str:
    """One Struct: a request without its tag, or an answer or event as it is always written."""
    head = comment(schema.get("description", ""))
    lines = []
    for key, node in schema["properties"].items():
        if request and key == "type":
            continue
        mark = "?" if request and key not in schema["required"] else ""
        lines.append(f"  {key if WORD.fullmatch(key) else spell([key])}{mark}: {ts_type(node, aliases)};\n")
    if not lines:
        return f"{head}export type {name} = Record<string, never>;\n"
    return f"{head}export interface {name} {{\n{''.join(lines)}}}\n"


def generate() -> str:
    """The whole text of bridge.gen.ts; the same for the same wire.py."""
    requests, answers = list(wire.METHODS), list(wire.METHODS.values())
    _, structs = msgspec.json.schema_components([*requests, *answers, wire.ErrorBody, wire.AnyEvent])
    aliases = literal_aliases(wire, wire_base, views, rank_views)
    asked = {request.__name__ for request in requests}
    blocks = [HEAD]
    blocks += [f"export type {name} = {spell(sorted(values, key=str))};\n" for values, name in aliases.items()]
    blocks += [interface(name, structs[name], aliases, request=name in asked) for name in sorted(structs)]
    events = " | ".join(event.__name__ for event in get_args(wire.AnyEvent))
    blocks.append(f"export type AnyEvent = {events};\n")
    calls = [f'  "{r.__struct_config__.tag}": [{r.__name__}, {a.__name__}];\n' for r, a in wire.METHODS.items()]
    doc = comment("Every call: its name, what it is given, what it answers.")
    blocks.append(f"{doc}export interface Methods {{\n{''.join(calls)}}}\n")
    return "\n".join(blocks)


def main(arguments: list[str]) -> int:
    text = generate()
    current = OUTPUT.read_text(encoding="utf-8") if OUTPUT.exists() else ""
    if "--check" in arguments:
        if current != text:
            print("ui/src/bridge.gen.ts is stale: run `python build/bridge_types.py`.", file=sys.stderr)
        return int(current != text)
    if current != text:
        OUTPUT.parent.mkdir(parents=True, exist_ok=True)
        OUTPUT.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
