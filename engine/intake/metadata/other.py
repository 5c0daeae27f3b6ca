"""Tools with a metadata chunk of their own: InvokeAI, NovelAI, Midjourney and whoever writes JSON."""

from __future__ import annotations

import re
import shlex
from itertools import pairwise
from typing import Any

from engine.intake.metadata import mapping
from engine.intake.metadata.clean import EMPTY, LONGEST_PROMPT, build, load_json, side
from engine.intake.model import Generation

_JSON_CHUNKS = {
    "invokeai_metadata": "InvokeAI",
    "sd-metadata": "InvokeAI",
    "generation_data": "",
    "sui_image_params": "SwarmUI",
    "metadata": "",
    "Comment": "",
    "comment": "",
}
_MIDJOURNEY = re.compile(r"\s--(?:v|ar|niji|seed|style|stylize|s|chaos|c|q|quality|iw|raw|no)\b|Job ID:")
_NEGATIVE = re.compile(r"\[([^\[\]]*)\]")


def read(text: dict[str, str]) -> Generation:
    """What a PNG's text chunks say in the formats of this module; empty when they say nothing."""
    for key, tool in _JSON_CHUNKS.items():
        value = load_json(text.get(key, ""))
        if isinstance(value, dict):
            found = _json(value, text, tool, f"png:{key}")
            if found != EMPTY:
                return found
    if "Dream" in text:
        return _dream(text["Dream"])
    description = text.get("Description", "")
    if "NovelAI" in text.get("Software", ""):
        return build(tool="NovelAI", prompt=description, origin="png:Description")
    if _MIDJOURNEY.search(description[:LONGEST_PROMPT]):
        return midjourney(description, "png:Description")
    return _easy_diffusion(text)


def from_json(value: Any, origin: str) -> Generation:
    """A JSON value found where others keep text (`parameters`, an EXIF comment)."""
    if not isinstance(value, dict):
        return EMPTY
    if "sui_image_params" in value:
        return mapping.read(value, origin, "SwarmUI")
    if isinstance(value.get("Comment"), str):  # NovelAI's JPEG and WebP: the PNG chunks as one JSON object
        inner = load_json(value["Comment"])
        return mapping.read(inner, origin, "NovelAI") if inner else EMPTY
    if "base_model" in value and ("full_prompt" in value or "performance" in value):
        return mapping.read(value, origin, "Fooocus")
    return mapping.read(value, origin, "NovelAI" if "uc" in value and "scale" in value else "")


def midjourney(text: str, origin: str) -> Generation:
    """A Midjourney description: the prompt, its `--options`, the job."""
    words = text[: LONGEST_PROMPT * 2].partition("Job ID:")[0].rstrip()
    options = dict(re.findall(r"--(v|niji|seed)[ =]([0-9.]{1,20})", words))
    version = f"v{options['v']}" if "v" in options else f"niji {options['niji']}" if "niji" in options else ""
    excluded = re.search(r"--no ([^\n]{0,500}?)(?=\s--|$)", words)
    return build(
        tool="Midjourney",
        prompt=words.split(" --", 1)[0],
        negative=excluded[1] if excluded else "",
        seed=options.get("seed"),
        model=f"Midjourney {version}".strip(),
        origin=origin,
    )


def _json(value: dict[str, Any], text: dict[str, str], tool: str, origin: str) -> Generation:
    if tool == "InvokeAI":
        found = mapping.read({**value, "model": value.get("model_weights") or value.get("model")}, origin, tool)
        return _split_brackets(found) if "image" in value else found
    if "NovelAI" in text.get("Software", ""):
        named = {"prompt": text.get("Description", ""), "model": text.get("Source", "")}
        return mapping.read({**named, **value}, origin, "NovelAI")
    return mapping.read(value, origin, tool)


def _split_brackets(found: Generation) -> Generation:
    """InvokeAI's early prompts keep the negative one in square brackets."""
    negative = " ".join(_NEGATIVE.findall(found.prompt))
    if found.negative or not negative:
        return found
    return build(
        tool=found.tool,
        prompt=_NEGATIVE.sub("", found.prompt),
        negative=negative,
        seed=found.seed,
        model=found.model,
        sampler=found.sampler,
        steps=found.steps,
        cfg=found.cfg,
        size=(found.width, found.height),
        origin=found.origin,
    )


def _dream(line: str) -> Generation:
    """InvokeAI's first format, a command line: `"prompt [negative]" -s 50 -S 42 -W 512 -H 768 -C 7 -A k_lms`."""
    match = re.match(r'\s*"((?:\\.|[^"\\])*)"(.*)\Z', line[: LONGEST_PROMPT * 2], re.DOTALL)
    if not match:
        return EMPTY
    try:
        words = shlex.split(match[2][:2000])
    except ValueError:
        words = match[2][:2000].split()
    options = dict(pairwise(words))
    found = build(
        tool="InvokeAI",
        prompt=match[1].replace('\\"', '"'),
        seed=options.get("-S"),
        sampler=options.get("-A"),
        steps=options.get("-s"),
        cfg=options.get("-C"),
        size=(side(options.get("-W", "")), side(options.get("-H", ""))),
        origin="png:Dream",
    )
    return _split_brackets(found)


def _easy_diffusion(text: dict[str, str]) -> Generation:
    """One chunk a setting, by the names that JSON would use."""
    if not ({"prompt", "Prompt"} & text.keys() and {"seed", "Seed"} & text.keys()):
        return EMPTY
    tool = "Easy Diffusion" if any("stable_diffusion_model" in key for key in text) else ""
    return mapping.read(dict(text), "png:prompt", tool)
