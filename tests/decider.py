"""A process to be killed: decides group after group through the engine, and says each decision once it is answered.

    python tests/decider.py LIBRARY SEED

One JSON line a decision that was acknowledged: `{"kind", "group"}`. Every so often a setting is changed and the groups
are formed anew meanwhile.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from engine.api import Engine
from engine.library.store import Library


def ask(engine: Engine, name: str, **body: Any) -> Any:
    return json.loads(engine.call(name, json.dumps({"type": name, **body})))


def decide(engine: Engine, rng: random.Random, keys: list[str]) -> tuple[str, Any]:
    """One decision of some kind; the answer may be an error where the groups have just changed."""
    kind = rng.choice(["pick", "pick", "pick", "reject", "reopen", "flag", "undo", "redo"])
    if kind in ("undo", "redo"):
        return kind, ask(engine, f"history.{kind}")
    found = ask(engine, "cull.groups", ids=[rng.choice(keys)])["groups"]
    if not found:
        return kind, {"error": "gone"}
    group, image = found[0]["id"], rng.choice(found[0]["members"])["id"]
    body = {
        "pick": {"groupId": group, "winner": image},
        "reject": {"groupId": group, "images": [image], "tags": ["toes"]},
        "reopen": {"groupId": group},
        "flag": {"imageId": image, "on": True},
    }[kind]
    return kind, ask(engine, f"cull.{kind}", **body)


def main(root: Path, seed: int) -> None:
    engine, rng = Engine(), random.Random(seed)
    engine.library = Library(root)
    for number in range(1_000_000):
        if number % 40 == 5:
            ask(engine, "settings.set", key="groups.phash_distance", value=rng.choice([0, 4, 8]))
            ask(engine, "cull.start")
        if number % 10 == 0:
            keys = [item["id"] for item in ask(engine, "cull.queue", which="all")["items"]]
        kind, answer = decide(engine, rng, keys)
        if "error" not in answer:
            sys.stdout.write(json.dumps({"kind": kind, "group": answer["groupId"]}) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
