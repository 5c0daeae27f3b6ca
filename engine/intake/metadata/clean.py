"""Untrusted values of metadata made safe to keep and to show: short, valid UTF-8, no control characters."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import msgspec

from engine.intake.model import Generation

LONGEST_PROMPT = 20_000  # characters
LONGEST_FIELD = 500
LARGEST_JSON = 4_000_000  # characters; a larger graph is passed over
LARGEST_SIDE = 1_000_000  # pixels

# Controls, line and paragraph separators (turned to newlines before) and the marks that reorder text on the screen.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
_LINE_END = re.compile("\r\n|[\r\u2028\u2029\x85]")
_SIZE = re.compile(r"\(?\s*([0-9]{1,7})\s*[x×,*]\s*([0-9]{1,7})\s*\)?", re.IGNORECASE)
_WHOLE = re.compile(r"[0-9]{1,7}(?:\.0*)?")

_decode = msgspec.json.Decoder().decode


def prompt_text(value: object) -> str:
    """A prompt of at most 20 000 characters with its newlines; "" for what is not text."""
    if not isinstance(value, str):
        return ""
    text = _valid(value[: LONGEST_PROMPT * 2])
    text = _CONTROL.sub("", _LINE_END.sub("\n", text)).replace("\t", " ")
    return text.strip()[:LONGEST_PROMPT].rstrip()


def field_text(value: object) -> str:
    """One line of at most 500 characters from text or a finite number; "" for anything else."""
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, float):
        if not math.isfinite(value):
            return ""
        value = int(value) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, int):
        value = str(value) if abs(value) < 10**60 else ""
    if not isinstance(value, str):
        return ""
    text = prompt_text(value[: LONGEST_FIELD * 4]).replace("\n", " ")
    return text[:LONGEST_FIELD].strip()


def side(value: object) -> int:
    """A width or height in pixels, 1 to 1 000 000; 0 for anything else."""
    text = field_text(value)
    number = int(text.partition(".")[0]) if _WHOLE.fullmatch(text) else 0
    return number if number <= LARGEST_SIDE else 0


def size_pair(value: object) -> tuple[int, int]:
    """Width and height from `512x768`, `(512, 768)` or a list of two; (0, 0) for anything else."""
    if isinstance(value, list) and len(value) == 2:
        return side(value[0]), side(value[1])
    match = _SIZE.match(value) if isinstance(value, str) else None
    return (side(match[1]), side(match[2])) if match else (0, 0)


def load_json(text: str) -> Any:
    """The value of a JSON text, None when there is none; NaN and Infinity, which ComfyUI writes, are read too."""
    if len(text) > LARGEST_JSON or text.lstrip()[:1] not in {"{", "["}:
        return None
    try:
        return _decode(text)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        pass
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def build(
    *,
    tool: object = "",
    prompt: object = "",
    negative: object = "",
    seed: object = "",
    model: object = "",
    sampler: object = "",
    steps: object = "",
    cfg: object = "",
    size: tuple[int, int] = (0, 0),
    origin: str = "",
) -> Generation:
    """A Generation from untrusted values, each cleaned and capped; `origin` only where something was found."""
    found = Generation(
        prompt=prompt_text(prompt),
        negative=prompt_text(negative),
        seed=field_text(seed),
        model=field_text(model),
        sampler=field_text(sampler),
        steps=field_text(steps),
        cfg=field_text(cfg),
        width=size[0] if all(size) else 0,
        height=size[1] if all(size) else 0,
    )
    if found == EMPTY:
        return EMPTY
    return msgspec.structs.replace(found, tool=field_text(tool), origin=field_text(origin))


EMPTY = Generation()


def _valid(text: str) -> str:
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
