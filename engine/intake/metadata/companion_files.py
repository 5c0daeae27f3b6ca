"""Generation settings from the files beside an image: YAML, JSON, captions.

YAML is never constructed into objects: its events are read into plain text values, so tags mean nothing, aliases and
merge keys are not followed and a seed stays as it is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine.intake.metadata import a1111, comfyui, mapping, workflow
from engine.intake.metadata.clean import EMPTY, build, load_json
from engine.intake.model import Generation
from engine.library.text import to_text

LARGEST_FILE = 1_000_000  # bytes
MOST_FILES = 16
MOST_EVENTS = 20_000  # parts of one YAML file
MOST_NESTING = 40

_YAML = {".yaml", ".yml"}
_JSON = {".json"}
_TEXT = {".txt", ".caption", ".prompt"}
_ORDER = {**dict.fromkeys(_YAML, 0), **dict.fromkeys(_JSON, 1), **dict.fromkeys(_TEXT, 2)}
_OURS = (".crop_suggestions.json", ".crop.json")


def read_all(paths: Sequence[Path]) -> list[Generation]:
    """What each readable companion says, YAML first, then JSON, then captions."""
    known = [p for p in paths if p.suffix.lower() in _ORDER and not p.name.lower().endswith(_OURS)]
    known.sort(key=lambda p: (_ORDER[p.suffix.lower()], p.name))
    found = (_read_one(path) for path in known[:MOST_FILES])
    return [one for one in found if one != EMPTY]


def _read_one(path: Path) -> Generation:
    text = _load(path)
    if not text.strip():
        return EMPTY
    origin = "companion:" + to_text(path.name)
    suffix = path.suffix.lower()
    if suffix in _TEXT:
        return _read_words(text, origin)
    value = load_json(text)
    if value is None and suffix in _YAML:
        value = load_yaml(text)
        value = _loose_lines(text) if value is None else value
    if isinstance(value, str):
        return _read_words(value, origin)
    graph = comfyui.as_graph(value) or workflow.as_prompt(value)
    return comfyui.read(graph, origin) if graph else mapping.read(value, origin)


def _load(path: Path) -> str:
    try:
        if not path.is_file():  # a pipe would never end
            return ""
        with path.open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError):
        return ""
    if len(raw) > LARGEST_FILE:
        return ""
    if raw[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return raw.decode("utf-16", "replace")
    return raw.decode("utf-8-sig", "replace")


def _read_words(text: str, origin: str) -> Generation:
    return a1111.read(text, origin) if a1111.looks_like(text) else build(prompt=text, origin=origin)


def load_yaml(text: str) -> Any:
    """The first document as mappings, lists and texts; None when it is not YAML, too deep or too long."""
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    builder = _Builder()
    try:
        for count, event in enumerate(yaml.parse(text, Loader=loader)):
            if count > MOST_EVENTS or not builder.take(event, yaml.events):
                break
    except (yaml.YAMLError, ValueError, RecursionError):
        return None  # half a file would be half a prompt
    return builder.root if builder.complete else None


def _loose_lines(text: str) -> dict[str, str]:
    """`key: value` lines of a file that is not quite YAML: hand-written prompts hold colons and quotes."""
    pairs = (line.partition(":") for line in text.splitlines()[:1000] if line[:1].isalpha())
    return {key: value.strip().strip("\"'") for key, colon, value in pairs if colon and len(key) < 60}


class _Builder:
    """Builds a value from YAML events without recursion."""

    def __init__(self) -> None:
        self.root: Any = None
        self.complete = False
        self._open: list[Any] = []
        self._keys: list[str | None] = []  # the key that waits for its value, one an open collection

    def take(self, event: Any, events: Any) -> bool:
        """Take one event; False when there is no need of more."""
        if isinstance(event, events.ScalarEvent):
            plain_null = event.style is None and event.value in {"", "~", "null", "Null", "NULL"}
            self._add("" if plain_null else event.value)
        elif isinstance(event, events.AliasEvent):
            self._add("")
        elif isinstance(event, events.CollectionStartEvent):
            if len(self._open) >= MOST_NESTING:
                return False
            made: Any = {} if isinstance(event, events.MappingStartEvent) else []
            self._add(made)
            self._open.append(made)
            self._keys.append(None)
        elif isinstance(event, events.CollectionEndEvent):
            self._open.pop()
            self._keys.pop()
        elif isinstance(event, events.DocumentEndEvent):
            self.complete = True
            return False
        return True

    def _add(self, value: Any) -> None:
        if not self._open:
            self.root = value
        elif isinstance(self._open[-1], list):
            self._open[-1].append(value)
        elif self._keys[-1] is None:
            self._keys[-1] = value if isinstance(value, str) else ""  # a collection as a key names nothing we know
        else:
            self._open[-1].setdefault(self._keys[-1], value)
            self._keys[-1] = None
