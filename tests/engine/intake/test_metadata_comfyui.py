"""ComfyUI graphs are read backwards from the image, whatever stands between."""

from __future__ import annotations

import json
from typing import Any

from engine.intake.metadata import read_generation
from engine.intake.model import Generation


def node(kind: str, **inputs: Any) -> dict[str, Any]:
    return {"class_type": kind, "inputs": inputs}


def read(graph: dict[str, Any], key: str = "prompt") -> Generation:
    return read_generation("PNG", {key: json.dumps(graph)}, b"")


def plain(**more: Any) -> dict[str, Any]:
    return {
        "save": node("SaveImage", images=["decode", 0]),
        "decode": node("VAEDecode", samples=["k", 0], vae=["ckpt", 2]),
        "k": node(
            "KSampler",
            seed=42,
            steps=20,
            cfg=7.5,
            sampler_name="euler",
            scheduler="karras",
            denoise=1.0,
            model=["lora", 0],
            positive=["pos", 0],
            negative=["neg", 0],
            latent_image=["empty", 0],
        ),
        "lora": node("LoraLoader", lora_name="l.safetensors", model=["ckpt", 0], clip=["ckpt", 1]),
        "ckpt": node("CheckpointLoaderSimple", ckpt_name="m.safetensors"),
        "pos": node("CLIPTextEncode", text="a hare", clip=["lora", 1]),
        "neg": node("CLIPTextEncode", text="fog", clip=["lora", 1]),
        "empty": node("EmptyLatentImage", width=512, height=768, batch_size=1),
        **more,
    }


WANTED = Generation(
    tool="ComfyUI",
    prompt="a hare",
    negative="fog",
    seed="42",
    model="m.safetensors",
    sampler="euler",
    steps="20",
    cfg="7.5",
    width=512,
    height=768,
    origin="png:prompt",
)


def test_a_plain_graph_is_read_in_full() -> None:
    assert read(plain()) == WANTED


def test_not_a_number_in_the_json_is_read_past() -> None:
    graph = plain()
    graph["empty"]["is_changed"] = [float("nan")]
    assert "NaN" in json.dumps(graph)
    assert read(graph) == WANTED


def test_text_and_seed_may_come_by_link() -> None:
    more = {
        "pos": node("CLIPTextEncode", text=["cat", 0], clip=["ckpt", 1]),
        "cat": node("StringConcatenate", string_a=["one", 0], string_b="hare", delimiter=" "),
        "one": node("PrimitiveString", value="a"),
        "seeds": node("Seed (rgthree)", seed=7),
    }
    graph = plain(**more)
    graph["k"]["inputs"]["seed"] = ["seeds", 0]
    assert (read(graph).prompt, read(graph).seed) == ("a hare", "7")


def test_controlnet_keeps_the_two_roles_apart() -> None:
    graph = plain(cn=node("ControlNetApplyAdvanced", positive=["pos", 0], negative=["neg", 0], strength=1.0))
    graph["k"]["inputs"] |= {"positive": ["cn", 0], "negative": ["cn", 1]}
    assert read(graph) == WANTED


def test_a_negative_zeroed_out_is_empty() -> None:
    graph = plain(neg=node("ConditioningZeroOut", conditioning=["pos", 0]))
    assert (read(graph).prompt, read(graph).negative) == ("a hare", "")


def test_flux_style_samplers_are_read() -> None:
    graph = {
        "save": node("SaveImage", images=["d", 0]),
        "d": node("VAEDecode", samples=["s", 0]),
        "s": node(
            "SamplerCustomAdvanced",
            noise=["n", 0],
            guider=["g", 0],
            sampler=["ss", 0],
            sigmas=["bs", 0],
            latent_image=["e", 0],
        ),
        "n": node("RandomNoise", noise_seed=99),
        "g": node("BasicGuider", model=["u", 0], conditioning=["f", 0]),
        "f": node("FluxGuidance", guidance=3.5, conditioning=["t", 0]),
        "t": node("CLIPTextEncode", text="a hare", clip=["c", 0]),
        "c": node("DualCLIPLoader", clip_name1="t5", clip_name2="l"),
        "ss": node("KSamplerSelect", sampler_name="euler"),
        "bs": node("BasicScheduler", steps=8, scheduler="simple", model=["u", 0]),
        "u": node("UNETLoader", unet_name="flux1-dev.safetensors"),
        "e": node("EmptySD3LatentImage", width=1024, height=1024, batch_size=1),
    }
    found = read(graph)
    assert (found.prompt, found.seed, found.model) == ("a hare", "99", "flux1-dev.safetensors")
    assert (found.sampler, found.steps, found.cfg, found.width) == ("euler", "8", "3.5", 1024)


def test_a_loader_that_holds_everything_is_read() -> None:
    graph = {
        "k": node("KSampler (Efficient)", seed=1, steps=5, cfg=2, positive=["l", 1], negative=["l", 2], model=["l", 0]),
        "l": node("Efficient Loader", ckpt_name="e.ckpt", positive="a hare", negative="fog", empty_latent_width=512),
    }
    assert (read(graph).prompt, read(graph).negative, read(graph).model) == ("a hare", "fog", "e.ckpt")


def test_a_second_pass_does_not_hide_the_first() -> None:
    second = {
        "save": node("SaveImage", images=["d2", 0]),
        "d2": node("VAEDecode", samples=["k2", 0]),
        "k2": node("KSampler", seed=2, steps=9, positive=["p2", 0], latent_image=["up", 0], model=["ckpt", 0]),
        "up": node("LatentUpscale", samples=["k", 0], width=1024, height=1536),
        "p2": node("CLIPTextEncode", text="sharp"),
    }
    assert read(plain(**second)) == WANTED


def test_a_sampler_that_adds_no_noise_takes_the_seed_before_it() -> None:
    graph = plain(mix=node("LatentComposite", samples_to=["k", 0], samples_from=["k3", 0]))
    graph["k3"] = {**graph["k"], "inputs": {**graph["k"]["inputs"], "seed": 3}}
    graph["last"] = node(
        "KSamplerAdvanced", add_noise="disable", noise_seed=0, positive=["p", 0], latent_image=["mix", 0]
    )
    graph["p"] = node("CLIPTextEncode", text="all of it")
    graph["decode"]["inputs"]["samples"] = ["last", 0]
    assert (read(graph).prompt, read(graph).seed) == ("all of it", "42")


def test_loops_end() -> None:
    graph = plain(pos=node("ConditioningCombine", conditioning_1=["pos", 0], conditioning_2=["pos2", 0]))
    graph["pos2"] = node("ConditioningConcat", conditioning_to=["pos", 0], conditioning_from=["pos3", 0])
    graph["pos3"] = node("CLIPTextEncode", text="a hare")
    graph["lora"]["inputs"]["model"] = ["lora", 0]
    graph["empty"] = node("Reroute", latent=["k", 0])
    found = read(graph)
    assert (found.prompt, found.model, found.width) == ("a hare", "", 0)


def test_a_huge_graph_is_read() -> None:
    chain = {f"c{i}": node("ConditioningSetArea", conditioning=[f"c{i + 1}", 0]) for i in range(20_000)}
    graph = plain(**chain)
    graph["k"]["inputs"]["negative"] = ["c0", 0]
    assert (read(graph).prompt, read(graph).negative) == ("a hare", "")


def drawn(
    kind: str, key: int, values: list[Any], inputs: dict[str, int] | None = None, mode: int = 0
) -> dict[str, Any]:
    links = [{"name": name, "type": name, "link": link} for name, link in (inputs or {}).items()]
    outputs = [{"type": "model"}]
    return {"id": key, "type": kind, "mode": mode, "inputs": links, "outputs": outputs, "widgets_values": values}


def test_the_drawing_of_a_graph_is_read_where_there_is_no_graph() -> None:
    nodes = [
        drawn(
            "KSampler", 1, [42, "randomize", 20, 7.5, "euler", "karras", 1], {"model": 1, "positive": 2, "negative": 3}
        ),
        drawn("Patch", 9, [], {"model": 5}, mode=4),
        drawn("CheckpointLoaderSimple", 2, ["m.safetensors"]),
        drawn("CLIPTextEncode", 3, ["a hare"]),
        drawn("CLIPTextEncode", 4, ["fog"]),
    ]
    links = [[1, 9, 0, 1, 0, "MODEL"], [5, 2, 0, 9, 0, "MODEL"], [2, 3, 0, 1, 1, "C"], [3, 4, 0, 1, 2, "C"]]
    found = read({"nodes": nodes, "links": links}, "workflow")
    assert (found.prompt, found.negative, found.seed) == ("a hare", "fog", "42")
    assert (found.model, found.sampler, found.steps, found.cfg) == ("m.safetensors", "euler", "20", "7.5")
    assert found.origin == "png:workflow"


def test_a_subgraph_is_read_through_its_border() -> None:
    inner = {
        "id": "sub-1",
        "nodes": [drawn("KSampler", 1, [42, "fixed", 20, 7, "euler", "simple", 1], {"positive": 1})],
        "links": [
            {"id": 1, "origin_id": -10, "origin_slot": 0, "target_id": 1, "target_slot": 1},
            {"id": 2, "origin_id": 1, "origin_slot": 0, "target_id": -20, "target_slot": 0},
        ],
    }
    outer = [
        drawn("sub-1", 5, [], {"positive": 7}),
        drawn("CLIPTextEncode", 6, ["a hare"]),
        drawn("SaveImage", 8, ["x"], {"images": 9}),
    ]
    links = [[7, 6, 0, 5, 0, "C"], [9, 5, 0, 8, 0, "IMAGE"]]
    found = read({"nodes": outer, "links": links, "definitions": {"subgraphs": [inner]}}, "workflow")
    assert (found.prompt, found.seed) == ("a hare", "42")


def test_subgraphs_inside_themselves_end() -> None:
    inner = {"id": "s", "nodes": [drawn("s", i, []) for i in range(30)], "links": []}
    assert read({"nodes": inner["nodes"], "definitions": {"subgraphs": [inner]}}, "workflow") == Generation()
