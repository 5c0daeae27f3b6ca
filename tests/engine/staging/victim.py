"""A process to be killed: stages the images whose paths it reads, and says when it begins."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.engine.staging.ground import staged


def main() -> None:
    home, source, batch, listed = sys.argv[1:]
    images = [Path(line) for line in Path(listed).read_text().split("\n")]
    print("go", flush=True)
    staged(Path(home), Path(source), *images, batch=batch)


if __name__ == "__main__":
    main()
