"""A small CLIP of random weights, as a person's own network stands in the models folder, and what open_clip says of it.

Run as a process of its own (`make`), so that a test's process never loads torch.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

NAME = "tiny"
WORDS = "red coat, hand on hip"
CONFIG = {
    "embed_dim": 32,
    "vision_cfg": {"image_size": 64, "layers": 2, "width": 64, "head_width": 32, "patch_size": 16},
    "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 2},
}


def make(folder: Path, thumbs: list[Path]) -> Path:
    """Write into a folder: open_clip_tiny.safetensors and tiny.json; other.safetensors, of another network; evil.pt,
    which makes the file `ran` when it is unpickled, and evil.txt, what `Clip` says of it; expected.npy, the vectors of
    the thumbnails and, last, of WORDS; half.npy, the same by `Clip` in half precision.
    """
    folder.mkdir(parents=True, exist_ok=True)
    root = Path(__file__).resolve().parents[3]
    command = [sys.executable, "-m", "tests.engine.vision.tinyclip", str(folder), *map(str, thumbs)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return folder / f"open_clip_{NAME}.safetensors"


class _Evil:
    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> Any:
        return Path.touch, (self.file,)


def _main(folder: Path, thumbs: list[Path]) -> None:
    import numpy as np
    import open_clip
    import torch
    from PIL import Image
    from safetensors.torch import save_file

    description = folder / f"{NAME}.json"
    description.write_text(json.dumps(CONFIG), encoding="utf-8")
    torch.manual_seed(7)
    file = folder / f"open_clip_{NAME}.safetensors"
    save_file(open_clip.CLIP(**json.loads(json.dumps(CONFIG))).state_dict(), file)
    save_file({"logit_scale": torch.ones(1)}, folder / "other.safetensors")
    torch.save({"state_dict": _Evil(folder / "ran")}, folder / "evil.pt")

    open_clip.add_model_config(description)
    network, _, prepare = open_clip.create_model_and_transforms(NAME, pretrained=str(file))
    network.eval()
    with torch.inference_mode():
        pictures = torch.stack([prepare(Image.open(thumb)) for thumb in thumbs])
        text = open_clip.get_tokenizer(NAME)([WORDS])
        found = [network.encode_image(pictures, normalize=True), network.encode_text(text, normalize=True)]
    np.save(folder / "expected.npy", torch.cat(found).numpy())
    _tried(folder, description, file, thumbs)


def _tried(folder: Path, description: Path, file: Path, thumbs: list[Path]) -> None:
    import numpy as np
    from PIL import Image

    from engine.vision.clip import BadWeights, Clip
    from engine.vision.device import Placed

    try:
        Clip(NAME, folder / "evil.pt", description)
    except BadWeights as error:
        (folder / "evil.txt").write_text(str(error), encoding="utf-8")
    clip = Clip(NAME, file, description)
    clip._network = Placed(clip._network._network, "cpu", in_half=True)
    found = [clip.embed([np.asarray(Image.open(thumb)) for thumb in thumbs]), clip.words(WORDS)]
    assert clip._network.half
    np.save(folder / "half.npy", np.concatenate(found))


if __name__ == "__main__":
    _main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
