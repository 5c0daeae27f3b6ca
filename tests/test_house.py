"""The house's rules, read from the source: who may import whom, how long a file may be, what no file may say."""

from __future__ import annotations

import ast
import json
import os
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NOT_OURS = {".git", ".venv", "node_modules", "dist", "out", "__pycache__"}
WRITTEN_BY_TOOLS = {"bridge.gen.ts", "package-lock.json", "constraints.txt"}
TEXT = {".py", ".ts", ".tsx", ".css", ".html", ".mjs", ".sh", ".md", ".toml", ".json", ".txt", ""}

# Data flows from left to right; packages of one column do not know each other.
COLUMNS = [
    ["library"],
    ["intake"],
    ["vision"],
    ["grouping"],
    ["culling"],
    ["ranking", "cropping"],
    ["learning"],
    ["staging", "export"],
    ["thinning"],
    ["lab", "demo"],
]
COLUMN = {package: index for index, column in enumerate(COLUMNS) for package in column}
FOR_EVERYONE = {"errors", "progress"}
ABOVE_THE_DOMAIN = {
    "answers", "api", "api_ask", "api_cropping", "api_insight", "api_learning", "api_ranking", "api_same",
    "api_thinning", "api_vision", "demo", "following", "jobs", "wire", "wire_base", "wire_cropping", "wire_learning",
    "wire_ranking", "wire_thinning", "wire_vision",
}  # fmt: skip
OPEN_WINDOWS = {"shell/app.py", "shell/dialogs.py", "shell/selftest.py"}
HEAVY = {"torch", "open_clip", "mediapipe", "onnxruntime", "timm"}
SLOW_TO_IMPORT = HEAVY | {"faiss", "cv2", "scipy", "PIL", "yaml", "kornia_rs", "simplejpeg", "webview", "shell"}
HOLDS_MODELS = ("engine/vision/", "engine/learning/")


@cache
def files() -> list[Path]:
    """Every text file of the project."""
    found: list[Path] = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [
            f for f in folders if f not in NOT_OURS and not f.endswith((".egg-info", "_cache", ".hypothesis"))
        ]
        found += [Path(folder, name) for name in names if Path(name).suffix in TEXT]
    return sorted(found)


def name_of(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def modules(*tops: str) -> list[tuple[str, ast.Module]]:
    """Path and tree of every Python file below these folders."""
    return [
        (name_of(file), ast.parse(file.read_bytes()))
        for file in files()
        if file.suffix == ".py" and name_of(file).startswith(tuple(f"{top}/" for top in tops))
    ]


def imports(tree: ast.Module, path: str = "", *, only_at_top: bool = False) -> set[str]:
    """Dotted names of all that a module imports, relative ones made absolute."""
    found: set[str] = set()
    nodes = _top_level(tree) if only_at_top else ast.walk(tree)
    package = path.removesuffix(".py").split("/")[:-1]
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else []
            origin = ".".join([*base, *([node.module] if node.module else [])])
            found |= {origin} | {f"{origin}.{alias.name}" for alias in node.names}
    return found


def _top_level(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run when the module is imported."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        yield node
        yield from _top_level(node)


def roots(names: set[str]) -> set[str]:
    return {name.split(".")[0] for name in names}


def domain_faults(path: str, tree: ast.Module) -> list[str]:
    """What a domain module imports from its right, its own column, or from above."""
    package = path.split("/")[1]
    faults = []
    for name in sorted(imports(tree, path)):
        parts = name.split(".")
        if parts[0] != "engine" or len(parts) < 2 or parts[1] in FOR_EVERYONE or parts[1] == package:
            continue
        if parts[1] in ABOVE_THE_DOMAIN or COLUMN.get(parts[1], -1) >= COLUMN[package]:
            faults.append(f"{path} imports {name}")
    return faults


def test_the_engine_knows_neither_the_shell_nor_the_window() -> None:
    assert [
        p for p, tree in modules("engine") if roots(imports(tree, p)) & {"shell", "webview", "qtpy", "PySide6"}
    ] == []


def test_only_three_modules_open_windows() -> None:
    assert {
        p for p, tree in modules("engine", "shell", "build") if "webview" in roots(imports(tree, p))
    } <= OPEN_WINDOWS


def test_every_package_of_the_engine_has_its_place_in_the_flow() -> None:
    folders = {p.split("/")[1] for p, _ in modules("engine") if p.count("/") > 1}
    assert folders <= set(COLUMN) | ABOVE_THE_DOMAIN


def test_domain_packages_import_only_from_their_left() -> None:
    faults = [f for p, tree in modules(*(f"engine/{package}" for package in COLUMN)) for f in domain_faults(p, tree)]
    assert faults == []


@pytest.mark.parametrize(
    "line",
    ["import engine.wire", "from engine import api", "from engine.culling import picks", "from ..jobs import Job"],
)
def test_an_import_from_the_right_or_above_is_a_fault(line: str) -> None:
    assert domain_faults("engine/grouping/families.py", ast.parse(line))


@pytest.mark.parametrize(
    "line", ["from engine.errors import Unreadable", "from engine.intake import hashes", "import re"]
)
def test_an_import_from_the_left_is_no_fault(line: str) -> None:
    assert domain_faults("engine/grouping/families.py", ast.parse(line)) == []


def test_models_are_imported_lazily_and_only_where_they_live() -> None:
    everywhere = modules("engine", "shell", "build")
    outside = [p for p, t in everywhere if roots(imports(t, p)) & HEAVY and not p.startswith(HOLDS_MODELS)]
    eager = [p for p, t in everywhere if roots(imports(t, p, only_at_top=True)) & HEAVY]
    assert (outside, eager) == ([], [])


def test_a_lazy_import_is_told_from_an_eager_one() -> None:
    tree = ast.parse("import re\nclass A:\n    import cv2\n    def f(self):\n        import torch\n")
    assert roots(imports(tree, only_at_top=True)) == {"re", "cv2"}


def test_importing_the_api_is_cheap() -> None:
    """At most 150 ms of processor time, best of fifteen, and nothing slow is loaded by it."""
    code = (
        "import sys, time, json; start = time.process_time(); import engine.api;"
        "print(json.dumps([time.process_time() - start, sorted({m.split('.')[0] for m in sys.modules})]))"
    )
    for _ in range(15):  # a busy machine makes any one run slower
        seconds, loaded = json.loads(subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True))
        assert set(loaded) & SLOW_TO_IMPORT == set()
        if seconds < 0.150:
            return
    pytest.fail("importing engine.api took 150 ms and more in every run")


def test_files_are_short() -> None:
    code = [f for f in files() if f.suffix in {".py", ".ts", ".tsx", ".css", ".mjs", ".sh"}]
    lengths = {name_of(f): f.read_bytes().count(b"\n") for f in code if f.name not in WRITTEN_BY_TOOLS}
    assert {name: n for name, n in lengths.items() if n > 400} == {}
    assert statistics.median(lengths.values()) < 150


def test_every_module_says_what_it_is_for() -> None:
    assert [p for p, tree in modules("engine", "shell", "build") if tree.body and not ast.get_docstring(tree)] == []


def test_the_page_reaches_python_through_one_file() -> None:
    pages = [f for f in (ROOT / "ui" / "src").rglob("*.ts*") if f.name != "bridge.ts"]
    assert [name_of(f) for f in pages if re.search(r"\bpywebview\b", f.read_text(encoding="utf-8"))] == []


def test_build_is_no_package() -> None:
    assert not (ROOT / "build" / "__init__.py").exists()


def test_the_page_lock_pins_content_and_names_no_address() -> None:
    packages = json.loads((ROOT / "ui" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert [name for name, entry in packages.items() if name and "integrity" not in entry] == []


def test_constraints_are_names_and_versions_only() -> None:
    lines = (ROOT / "build" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][0-9A-Za-z.]*", line)] == []
    assert lines == sorted(set(lines), key=str.lower)


def test_no_file_names_a_registry_or_a_place_on_this_machine() -> None:
    here = [
        re.escape(f"{place}/") for place in {str(ROOT), str(ROOT.parent / "shared"), str(Path.home())} if len(place) > 1
    ]
    registry = r"//[\w.-]*(?:registry|pypi|npmjs|pythonhosted)[\w.-]*"
    unwanted = re.compile("|".join([registry, *(rf"(?<![\w.]){place}" for place in here)]))
    assert [name_of(f) for f in files() if unwanted.search(f.read_text(encoding="utf-8", errors="replace"))] == []


def test_every_command_is_in_the_readme() -> None:
    import typer

    from shell import cli

    apps = [value for value in vars(cli).values() if isinstance(value, typer.Typer)]
    commands = {name for app in apps for name in typer.main.get_group(app).commands}
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert commands
    assert {name for name in commands if not re.search(rf"`(?:pickwise )?{name}\b", readme)} == set()


def test_no_module_needs_itself_to_be_loaded() -> None:
    """A cycle of imports shows only where the module that closes it is asked for first, as a click may do."""
    trees = {
        name.removesuffix(".py").replace("/", ".").removesuffix(".__init__"): (name, tree) for name, tree in both()
    }
    needs = {
        module: {
            other for other in imports(tree, name, only_at_top=True) if other in trees and not _is_package(other, trees)
        }
        for module, (name, tree) in trees.items()
    }
    assert _cycle(needs) == []


def test_a_cycle_is_seen() -> None:
    assert _cycle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert _cycle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def both() -> list[tuple[str, ast.Module]]:
    return modules("engine", "shell")


def _is_package(module: str, trees: dict[str, tuple[str, ast.Module]]) -> bool:
    return trees[module][0].endswith("/__init__.py")


def _cycle(needs: dict[str, set[str]]) -> list[str]:
    """A way from a module back to itself; [] where there is none."""
    done: set[str] = set()

    def follow(module: str, way: list[str]) -> list[str]:
        if module in way:
            return [*way[way.index(module) :], module]
        if module in done:
            return []
        found = next((found for other in sorted(needs[module]) if (found := follow(other, [*way, module]))), [])
        done.add(module)
        return found

    return next((found for module in sorted(needs) if (found := follow(module, []))), [])
