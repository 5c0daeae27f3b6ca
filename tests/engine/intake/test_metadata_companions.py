"""Files beside an image are read for how it was made, and none of them can do harm."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.intake.metadata import read_companions
from engine.intake.model import Generation

YAML = """
# made by hand
prompt: |
  a hare
  at dawn
negative_prompt: "fog, rain"
seed: 0123
model: sdxl-base
settings:
  sampler: euler
  steps: 20
  cfg_scale: 7.5
  size: 512x768
"""


def read(folder: Path, **files: str | bytes) -> Generation:
    paths = []
    for name, content in files.items():
        path = folder / f"a.{name}"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        paths.append(path)
    return read_companions(paths)


def test_yaml_is_read_as_it_is_written(tmp_path: Path) -> None:
    found = read(tmp_path, yaml=YAML)
    assert (found.prompt, found.negative, found.seed) == ("a hare\nat dawn", "fog, rain", "0123")
    assert (found.model, found.sampler, found.steps, found.cfg) == ("sdxl-base", "euler", "20", "7.5")
    assert (found.width, found.height, found.origin) == (512, 768, "companion:a.yaml")


def test_captions_are_prompts_and_parameters_are_parsed(tmp_path: Path) -> None:
    assert read(tmp_path, caption="a hare\n") == Generation(prompt="a hare", origin="companion:a.caption")
    assert read(tmp_path, txt="a hare\nNegative prompt: fog\nSteps: 4, Seed: 9").seed == "9"
    assert read(tmp_path, txt="a hare".encode("utf-16")).prompt == "a hare"


def test_json_of_settings_and_of_graphs_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, json='{"meta": {"Prompt": "a hare", "Seed": 4}}').seed == "4"
    graph = {
        "1": {"class_type": "KSampler", "inputs": {"seed": 7, "steps": 4, "positive": ["2", 0]}},
        "2": {"class_type": "CLIPTextEncode", "inputs": {"text": "a hare"}},
    }
    assert read(tmp_path, json=json.dumps(graph)).prompt == "a hare"


def test_yaml_goes_before_json_before_captions_and_gaps_are_filled(tmp_path: Path) -> None:
    found = read(tmp_path, txt="caption", json='{"prompt": "from json", "seed": 4}', yaml="prompt: from yaml")
    assert (found.prompt, found.seed) == ("from yaml", "4")
    assert found.origin == "companion:a.yaml, companion:a.json"


def test_almost_yaml_is_read_line_by_line(tmp_path: Path) -> None:
    found = read(tmp_path, yaml="prompt: a hare, style: ink\nseed: 5\n")
    assert (found.prompt, found.seed) == ("a hare, style: ink", "5")


def test_other_files_say_nothing(tmp_path: Path) -> None:
    crop = '{"prompt": "x", "seed": 1}'
    (tmp_path / "a.png.crop_suggestions.json").write_text(crop)
    assert read_companions([tmp_path / "a.png.crop_suggestions.json", tmp_path / "absent.yaml"]) == Generation()
    assert read(tmp_path, cropped="", xmp="<x/>", yaml="", json="[]", txt=" \n") == Generation()


@pytest.mark.parametrize(
    "bomb",
    [
        "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(f"{c}: &{c} [{','.join(['*a'] * 9)}]\n" for c in "bcdefghij"),
        "a: &a {k: v}\n" + "".join(f"m{i}: &m{i} {{<<: [{','.join(['*a'] * 50)}]}}\n" for i in range(100)),
        "[" * 200_000,
        "- " * 200_000,
        "{" * 100_000,
        "&a [*a]",
        "? " * 100_000,
        "prompt: !!python/object/apply:os.system ['true']\n",
        "x" * 1_000_001,
        "a: 1\n" * 100_000,
        "\x00\x01",
        "%YAML 9.9\n---\n@",
    ],
)
def test_bombs_do_nothing(tmp_path: Path, bomb: str) -> None:
    found = read(tmp_path, yaml=bomb, json=bomb)
    assert (found.seed, found.negative, found.model) == ("", "", "")
    assert len(found.prompt) <= 20_000


def test_a_tag_is_only_text(tmp_path: Path) -> None:
    assert read(tmp_path, yaml="prompt: !!python/name:os.system hare\n").prompt == "hare"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_a_pipe_is_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.yaml")
    (tmp_path / "a.txt").mkdir()
    assert read_companions([tmp_path / "a.yaml", tmp_path / "a.txt"]) == Generation()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200), st.sampled_from(["yaml", "json", "txt", "caption", "yml"]))
def test_noise_is_survived(tmp_path: Path, noise: bytes, kind: str) -> None:
    found = read(tmp_path, **{kind: noise})
    found.prompt.encode()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text("abc:-[]{}&*!|>'\"#%@,? \n\tprompt", max_size=80))
def test_any_yaml_like_text_is_survived(tmp_path: Path, text: str) -> None:
    found = read(tmp_path, yaml="prompt: " + text)
    assert len(found.prompt) <= 20_000
