"""The `parameters` text of AUTOMATIC1111's web UI, and of Forge, SD.Next, Fooocus and others that write the same.

The prompt, then `Negative prompt: ...`, then one line of `Key: value` pairs that begins with `Steps:`; each of the
first two may have many lines (https://github.com/AUTOMATIC1111/stable-diffusion-webui, infotext).
"""

from __future__ import annotations

import re

from engine.intake.metadata.clean import EMPTY, LONGEST_PROMPT, build, size_pair
from engine.intake.model import Generation

LONGEST_SETTINGS = 8_000  # characters

_NEGATIVE = re.compile(r"^[ \t]*Negative prompt:[ \t]*", re.MULTILINE)
_STEPS = re.compile(r"^[ \t]*Steps:[ \t]*[0-9]", re.MULTILINE)
_PAIR = re.compile(r"([A-Za-z][\w \-/+]{0,60}): ?(\"(?:\\.|[^\"\\]){0,2000}\"|[^,\n]{0,600})(?:,|\n|$)")
_KNOWN = frozenset({"seed", "sampler", "cfg scale", "model", "model hash", "size"})


def looks_like(text: str) -> bool:
    """True when a text is laid out this way rather than a plain sentence."""
    head = text[: LONGEST_PROMPT * 2]
    return bool(_STEPS.search(head) or _NEGATIVE.search(head))


def read(text: str, origin: str) -> Generation:
    """Read a `parameters` text; a text without settings is all prompt."""
    text = text[: LONGEST_PROMPT * 2 + LONGEST_SETTINGS].replace("\r\n", "\n")
    words, settings = _split(text)
    pairs = _pairs(settings)
    parts = _NEGATIVE.split(words, maxsplit=1)
    found = build(
        tool=_tool(pairs),
        prompt=parts[0],
        negative=parts[1] if len(parts) > 1 else "",
        seed=pairs.get("seed"),
        model=pairs.get("model") or pairs.get("model hash"),
        sampler=pairs.get("sampler"),
        steps=pairs.get("steps"),
        cfg=_guidance(pairs),
        size=size_pair(pairs.get("size")),
        origin=origin,
    )
    return found if found.prompt or found.negative or pairs else EMPTY


def _split(text: str) -> tuple[str, str]:
    """The words and the settings: from the last line that begins with `Steps:`, or a last line full of known keys."""
    starts = [m.start() for m in _STEPS.finditer(text)]
    if starts:
        return text[: starts[-1]], text[starts[-1] :]
    head, _, last = text.rstrip().rpartition("\n")
    if len(_KNOWN & _pairs(last).keys()) >= 2:
        return head, last
    return text, ""


def _pairs(settings: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in _PAIR.findall(settings[:LONGEST_SETTINGS]):
        plain = value[1:-1].replace('\\"', '"').replace("\\\\", "\\") if value.startswith('"') else value
        found.setdefault(key.strip().lower(), plain.strip())
    return found


def _guidance(pairs: dict[str, str]) -> str:
    """Forge writes Flux's guidance as its own key and leaves the plain one at 1."""
    plain, distilled = pairs.get("cfg scale", ""), pairs.get("distilled cfg scale", "")
    return distilled if distilled and plain in {"", "1", "1.0"} else plain


def _tool(pairs: dict[str, str]) -> str:
    app, version = pairs.get("app", ""), pairs.get("version", "")
    if app:
        return app
    if version.startswith(("f", "neo")):
        return "Forge"
    for name in ("ComfyUI", "Fooocus", "SD.Next"):
        if name.lower() in version.lower():
            return name
    return "A1111" if pairs else ""
