"""Run every check, each named and timed on its own line; pytest comes last, so that its summary is the last output.

Arguments go to pytest. The exit code is 0 only when every check passed.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
CHECKS = [
    ("page bundle", [PYTHON, "build/page.py"]),
    ("ruff check", [PYTHON, "-m", "ruff", "check", "."]),
    ("ruff format", [PYTHON, "-m", "ruff", "format", "--check", "."]),
    ("mypy strict", [PYTHON, "-m", "mypy"]),
    ("tsc strict", [PYTHON, "build/page.py", "run", "--silent", "check"]),
    ("bridge types", [PYTHON, "build/bridge_types.py", "--check"]),
]
# Each worker begins with half of the files, one after the other, so what a file prepares is seldom prepared twice.
WORKERS = ["-n", "2", "--dist", "worksteal"]


def check(name: str, command: list[str]) -> bool:
    """Run one check, print its line and, when it failed, what it said."""
    start = time.perf_counter()
    done = subprocess.run(
        command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    word = "FAILED" if done.returncode else "ok"
    print(f"{name:<14}{word:<8}{time.perf_counter() - start:6.1f} s", flush=True)
    if done.returncode:
        print(done.stdout.rstrip(), flush=True)
    return done.returncode == 0


def main(arguments: list[str]) -> int:
    failed = [name for name, command in CHECKS if not check(name, command)]
    if failed:
        print(f"Failed: {', '.join(failed)}. The tests run all the same.", flush=True)
    command = [PYTHON, "-m", "pytest", *WORKERS, *arguments]
    tests = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, check=False)
    return int(bool(failed)) or tests.returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
