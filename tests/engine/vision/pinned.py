"""A manifest of small made-up models, for tests that need right and wrong files of them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import tomlkit

WHOLE = b"the numbers of a network " * 400
ENTRY = {
    "name": "net",
    "file": "net.onnx",
    "address": "https://example.org/releases/v1/net.onnx",
    "sha256": hashlib.sha256(WHOLE).hexdigest(),
    "size": len(WHOLE),
    "licence": "MIT",
    "what_for": "what it is for",
    "without": "the next best",
    "modules": ["msgspec"],
}


def write(file: Path, *entries: dict[str, object]) -> Path:
    """A manifest of these models (default: one), each given as what differs from ENTRY."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(tomlkit.dumps({"models": [ENTRY | entry for entry in entries or ({},)]}), "utf-8")
    return file
