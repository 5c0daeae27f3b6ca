"""Prompts, seeds and models are read from what each tool writes."""

from __future__ import annotations

import json

import pytest

from engine.intake.metadata import merge, read_generation
from engine.intake.model import Generation

A1111 = """a duck, (lake:1.2)
second line
Negative prompt: snow
ice
Steps: 15, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 5.5, Seed: 235284042, Size: 512x400, Model hash: c0d1, \
Model: duck, v2?, Lora hashes: "Seed: 1, b: 2", Version: v1.9.0"""


def png(**text: str) -> Generation:
    return read_generation("PNG", text, b"")


def test_a1111_parameters_are_read() -> None:
    found = png(parameters=A1111)
    assert (found.prompt, found.negative) == ("a duck, (lake:1.2)\nsecond line", "snow\nice")
    assert (found.seed, found.sampler, found.steps, found.cfg) == ("235284042", "DPM++ 2M", "15", "5.5")
    assert (found.model, found.width, found.height) == ("duck", 512, 400)
    assert (found.tool, found.origin) == ("A1111", "png:parameters")


@pytest.mark.parametrize(
    ("settings", "tool"),
    [
        ("Steps: 4, Seed: 1, Version: f2.0.1v1.10.1", "Forge"),
        ("Steps: 4, Seed: 1, App: SD.Next, Version: 9c", "SD.Next"),
        ("Steps: 4, Seed: 1, Version: ComfyUI", "ComfyUI"),
        ("Seed: 1, Sampler: Euler, Steps: 4", "A1111"),
    ],
)
def test_relatives_of_a1111_are_told_apart(settings: str, tool: str) -> None:
    found = png(parameters="a duck\n" + settings)
    assert (found.tool, found.prompt, found.seed, found.steps) == (tool, "a duck", "1", "4")


def test_forges_distilled_guidance_is_the_guidance() -> None:
    assert png(parameters="x\nSteps: 4, CFG scale: 1, Distilled CFG Scale: 3.5").cfg == "3.5"


def test_a_prompt_alone_is_a_prompt() -> None:
    assert png(parameters="just a duck") == Generation(prompt="just a duck", origin="png:parameters")


def test_a_prompt_that_speaks_of_steps_stays_whole() -> None:
    found = png(parameters="stone\nSteps: leading up\nSteps: 20, Seed: 3")
    assert (found.prompt, found.seed) == ("stone\nSteps: leading up", "3")


def test_invokeai_is_read() -> None:
    meta = {"positive_prompt": "a hare", "negative_prompt": "fog", "seed": 5, "model": {"model_name": "jugger"}}
    found = png(invokeai_metadata=json.dumps({**meta, "width": 1024, "height": 768, "cfg_scale": 8.0, "steps": 35}))
    assert (found.tool, found.prompt, found.negative, found.seed) == ("InvokeAI", "a hare", "fog", "5")
    assert (found.model, found.cfg, found.width, found.height) == ("jugger", "8", 1024, 768)
    old = png(Dream='"a \\"big\\" hare [fog]" -s 50 -S 42 -W 512 -H 768 -C 7.5 -A k_lms')
    assert (old.prompt, old.negative, old.seed, old.cfg) == ('a "big" hare', "fog", "42", "7.5")
    assert (old.steps, old.sampler, old.width, old.height) == ("50", "k_lms", 512, 768)


def test_novelai_is_read() -> None:
    comment = json.dumps({"steps": 28, "sampler": "k_euler", "seed": 9, "scale": 10.0, "uc": "lowres"})
    found = png(Software="NovelAI", Source="NovelAI Diffusion V4", Description="a cat", Comment=comment)
    assert (found.tool, found.prompt, found.negative, found.cfg) == ("NovelAI", "a cat", "lowres", "10")
    assert (found.model, found.seed) == ("NovelAI Diffusion V4", "9")


def test_fooocus_and_swarmui_are_read() -> None:
    fooocus = {
        "base_model": "jugger",
        "prompt": "a fish",
        "full_prompt": ["a fish", "style"],
        "resolution": "(768, 1280)",
    }
    found = png(parameters=json.dumps({**fooocus, "seed": "6952411511246973023", "guidance_scale": 4.0}))
    assert (found.tool, found.prompt, found.seed) == ("Fooocus", "a fish", "6952411511246973023")
    assert (found.model, found.width, found.height) == ("jugger", 768, 1280)
    swarm = {"sui_image_params": {"prompt": "a fox", "negativeprompt": "x", "model": "sdxl", "seed": 1, "cfgscale": 7}}
    assert png(parameters=json.dumps(swarm)).prompt == "a fox"
    assert png(parameters=json.dumps(swarm)).tool == "SwarmUI"


def test_midjourney_is_read() -> None:
    found = png(Description="a fox in snow --no people, cars --ar 16:9 --seed 77 --v 6.1 Job ID: 0f-1")
    assert (found.tool, found.prompt, found.negative) == ("Midjourney", "a fox in snow", "people, cars")
    assert (found.seed, found.model) == ("77", "Midjourney v6.1")


def test_one_chunk_a_setting_is_read() -> None:
    found = png(prompt="a fox", seed="3", use_stable_diffusion_model="sd-v1-5", sampler_name="euler_a", width="512")
    assert (found.tool, found.prompt, found.seed, found.model) == ("Easy Diffusion", "a fox", "3", "sd-v1-5")


def test_ordinary_chunks_say_nothing() -> None:
    assert png(Title="x", Description="a photo of us", Software="GIMP", Comment="hello") == Generation()


def test_values_are_cleaned_and_capped() -> None:
    found = png(
        parameters="a\x00\x1b[31m\u202eb\r\nc\ud800" + "x" * 30_000 + f"\nSteps: 4, Model: {'m' * 550}, Seed: 1"
    )
    assert found.prompt.startswith("a[31mb\nc\ufffdx")
    assert len(found.prompt) == 20_000
    assert found.model == "m" * 500


def test_merging_keeps_what_the_image_says_itself() -> None:
    own = Generation(prompt="own", seed="1", origin="png:parameters")
    beside = Generation(prompt="beside", model="m", width=5, height=6, origin="companion:a.yaml")
    joined = Generation(prompt="own", seed="1", model="m", width=5, height=6, origin="png:parameters, companion:a.yaml")
    assert merge(own, beside) == joined
    assert merge(Generation(), beside) == beside
    assert merge(own, Generation()) == own
    assert merge(joined, beside) == joined
