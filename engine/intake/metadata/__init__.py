"""How an image was made, from its own metadata and from its companions. Every input is untrusted; nothing here raises.

clean            capped, valid text from untrusted values
exif             orientation, time taken, comments
a1111            the `parameters` text of AUTOMATIC1111, Forge, SD.Next
comfyui          ComfyUI's graph; comfyui_text finds its words, workflow reads the drawing of it
mapping          any JSON or YAML mapping, by the names its keys go by
other            InvokeAI, NovelAI, Midjourney, Easy Diffusion
companion_files  YAML, JSON and caption files
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from engine.intake.metadata import a1111, comfyui, companion_files, exif, other, workflow
from engine.intake.metadata.clean import EMPTY, field_text, load_json
from engine.intake.metadata.exif import exif_orientation, exif_taken_at
from engine.intake.model import Generation

__all__ = ["exif_orientation", "exif_taken_at", "merge", "read_companions", "read_generation"]


def read_generation(format: str, text: dict[str, str], exif: bytes) -> Generation:  # noqa: A002 - the header's word
    """How an image was made, as the file itself says.

    Args:
        format: "PNG", "JPEG", "WEBP" ... as the content says.
        text: its text chunks, by keyword.
        exif: its EXIF block, with or without the leading `Exif\\0\\0`; b"" when there is none.

    Returns:
        A Generation whose prompts have at most 20 000 characters and other texts 500, valid UTF-8 without control
        characters but for the newlines of prompts; empty when nothing is known.
    """
    place = "png" if format.upper() == "PNG" else format.lower()[:10]
    found = _from_text(text, place)
    return found if found != EMPTY or len(exif) < 20 else _from_exif(exif)


def read_companions(paths: Sequence[Path]) -> Generation:
    """How an image was made, as the files beside it say; YAML goes before JSON, JSON before captions."""
    found = EMPTY
    for one in companion_files.read_all(paths):
        found = merge(found, one)
    return found


def merge(own: Generation, companion: Generation) -> Generation:
    """One answer from two: each field from `own` where it has one, else from `companion`; the size as a pair."""
    if own == EMPTY or companion == EMPTY:
        return companion if own == EMPTY else own
    names = ("tool", "prompt", "negative", "seed", "model", "sampler", "steps", "cfg")
    texts = {name: getattr(own, name) or getattr(companion, name) for name in names}
    size = (own.width, own.height) if own.width else (companion.width, companion.height)
    added = size != (own.width, own.height) or any(texts[name] != getattr(own, name) for name in names)
    origin = ", ".join(filter(None, (own.origin, companion.origin))) if added else own.origin
    return Generation(**texts, width=size[0], height=size[1], origin=field_text(origin))


def _from_text(text: dict[str, str], place: str) -> Generation:
    if not text:
        return EMPTY
    found = _words_or_json(text.get("parameters", ""), f"{place}:parameters")
    if found == EMPTY:
        found = _graph(text.get("prompt", ""), text.get("workflow", ""), place + ":")
    return found if found != EMPTY else other.read(text)


def _from_exif(block: bytes) -> Generation:
    tags, order = exif.read_tags(block)
    comment = exif.comment_text(tags.get(exif.COMMENT, b""), order)
    notes = [_note(tags.get(tag, b"")) for tag in (exif.DESCRIPTION, exif.MAKE, exif.MODEL)]
    for text in (comment, notes[0]):
        if text.lstrip().startswith("{") or a1111.looks_like(text):
            found = _words_or_json(text, "exif")
            if found != EMPTY:
                return found
    labelled = dict(note.split(":", 1) for note in notes if note[:7].lower() == "prompt:" or note[:9] == "workflow:")
    labelled = {key.lower(): value for key, value in labelled.items()}
    return _graph(labelled.get("prompt", ""), labelled.get("workflow", ""), "exif:")


def _note(raw: bytes) -> str:
    return raw.decode("utf-8", "replace").strip("\0")


def _words_or_json(text: str, origin: str) -> Generation:
    if not text:
        return EMPTY
    if text.lstrip().startswith("{"):
        value = load_json(text)
        if value is not None:
            graph = comfyui.as_graph(value)
            return comfyui.read(graph, origin) if graph else other.from_json(value, origin)
    return a1111.read(text, origin)


def _graph(prompt: str, drawing: str, place: str) -> Generation:
    """ComfyUI's graph, or the drawing of it where there is none."""
    if prompt:
        graph = comfyui.as_graph(load_json(prompt))
        found = comfyui.read(graph, place.rstrip(":") if place == "exif:" else place + "prompt") if graph else EMPTY
        if found != EMPTY:
            return found
    if not drawing:
        return EMPTY
    graph = workflow.as_prompt(load_json(drawing))
    return comfyui.read(graph, "exif" if place == "exif:" else place + "workflow") if graph else EMPTY
