"""Real generated images of five tools give prompt, seed and model wherever the file holds them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image

from engine.intake.metadata import read_generation

FOLDERS = ("comfyui_examples", "creativeai_comfy", "sd_parsers", "supagruen_sd")
NO_MODEL = {"invokeai_dream1.png"}  # its command line names none


def chunks(path: Path) -> tuple[str, dict[str, str], bytes]:
    with Image.open(path) as image:
        image.load()
        return image.format or "", dict(getattr(image, "text", {})), image.info.get("exif", b"")


def generated(folder: Path) -> list[Path]:
    paths = [p for name in FOLDERS for p in sorted((folder / name).rglob("*")) if p.suffix in {".png", ".jpg", ".webp"}]
    known = ("parameters", "prompt", "Dream", "invokeai_metadata", "Comment")
    found = []
    for path in paths:
        if path.stat().st_size:
            _, text, exif = chunks(path)
            if any(key in text for key in known) or b"UNICODE" in exif:
                found.append(path)
    if not found:
        pytest.skip("../shared/data holds no generated images")
    return found


def test_prompt_seed_and_model_are_found_wherever_they_are(shared_data: Path) -> None:
    paths = generated(shared_data)
    for path in paths:
        found = read_generation(*chunks(path))
        assert found.prompt, path
        assert found.seed.isdigit(), path
        assert found.model or path.name in NO_MODEL, path
        assert found.steps, path
        assert found.sampler, path
    assert len(paths) >= 20


def test_what_is_found_stands_in_the_file(shared_data: Path) -> None:
    for path in generated(shared_data):
        form, text, exif = chunks(path)
        found = read_generation(form, text, exif)
        raw = " ".join(text.values())
        for start in range(2):
            raw += exif[start:].decode("utf-16-be", "replace")
        for value in (
            found.seed,
            found.model,
            found.sampler,
            *re.findall("[a-z ]{4,}", f"{found.prompt}\n{found.negative}"),
        ):
            assert value in raw, (path, value)


def test_the_drawing_says_the_same_as_the_graph(shared_data: Path) -> None:
    compared = 0
    for path in generated(shared_data):
        form, text, exif = chunks(path)
        if "workflow" in text:
            graph, drawing = (read_generation(form, {k: text[k]}, exif) for k in ("prompt", "workflow"))
            assert (graph.prompt, graph.negative, graph.seed) == (drawing.prompt, drawing.negative, drawing.seed), path
            assert (graph.model, graph.sampler, graph.width) == (drawing.model, drawing.sampler, drawing.width), path
            compared += 1
    assert compared >= 10
