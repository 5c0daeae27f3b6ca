"""build/run and build/test: what they find, what they install, what they say, and that they heal."""

from __future__ import annotations

import importlib.util
import os
import shlex
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ["build/run", "build/test", "build/setup.sh", ".ci/run"]


def bash(script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a few lines after sourcing build/setup.sh, as the commands do."""
    setup = shlex.quote(str(ROOT / "build" / "setup.sh"))
    return subprocess.run(
        ["bash", "-c", f"set -eu\n. {setup}\n{script}"],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "build" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def program(folder: Path, name: str, body: str) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    file.chmod(0o755)
    return file


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_parses(script: str) -> None:
    assert subprocess.run(["bash", "-n", ROOT / script], capture_output=True).stderr == b""


@pytest.mark.parametrize("script", ["build/run", "build/test", ".ci/run"])
def test_a_command_can_be_started_as_written(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)


def test_ci_runs_build_test() -> None:
    assert "build/test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


# ---- finding Python


def test_a_shim_of_an_absent_version_is_passed_over(tmp_path: Path) -> None:
    program(tmp_path, "python3.12", "echo 'no such version' >&2; exit 127")
    program(tmp_path, "python3.11", f'exec {shlex.quote(sys.executable)} "$@"')
    found = bash("find_python", PATH=f"{tmp_path}:{os.defpath}")
    assert found.stdout.strip() == sys.executable


def test_an_interpreter_that_is_too_old_is_passed_over(tmp_path: Path) -> None:
    program(tmp_path, "python3.12", "exit 1  # what an assertion in an older one gives")
    program(tmp_path, "python3", f'exec {shlex.quote(sys.executable)} "$@"')
    assert bash("find_python", PATH=f"{tmp_path}:{os.defpath}").returncode == 0


def test_without_a_fitting_python_the_sentence_says_what_installs_one() -> None:
    answer = bash("OLDEST=98; NEWEST=99; uname() { echo Darwin; }; find_python || how_to_get_python; echo went on")
    assert answer.returncode == 1
    assert answer.stderr.strip().endswith("brew install python@3.12")
    assert answer.stdout == ""


# ---- system packages

DEBIAN = """
is_debian() { true; }
apt-cache() { case $2 in libasound2t64) echo 'Version: 1' ;; *) return 1 ;; esac; }
apt-get() { echo "apt-get $*" >>"$LOG"; }
"""


def test_without_root_the_one_line_to_run_names_only_what_is_missing(tmp_path: Path) -> None:
    script = (
        DEBIAN
        + "id() { echo 1000; }; installed() { [ $1 = libnss3 ]; }; need_packages libnss3 'libasound2t64|libasound2'"
    )
    answer = bash(script, LOG=str(tmp_path / "log"))
    assert answer.returncode == 1
    assert answer.stderr.splitlines()[-1].strip() == "sudo apt-get install -y libasound2t64"
    assert not (tmp_path / "log").exists()


def test_root_installs_what_is_missing(tmp_path: Path) -> None:
    script = DEBIAN + "id() { echo 0; }; installed() { [ $1 = libnss3 ]; }; need_packages libnss3 libegl1"
    assert bash(script, LOG=str(tmp_path / "log")).returncode == 0
    log = (tmp_path / "log").read_text(encoding="utf-8").splitlines()
    assert log[0].startswith("apt-get update")
    assert log[1].endswith("install -y -qq --no-install-recommends libegl1")


def test_an_older_name_of_a_package_counts(tmp_path: Path) -> None:
    script = DEBIAN + "installed() { [ $1 = libasound2 ]; }; need_packages 'libasound2t64|libasound2'"
    assert bash(script, LOG=str(tmp_path / "log")).returncode == 0
    assert not (tmp_path / "log").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux brings its own web engine")
def test_every_system_library_the_window_links_to_is_there() -> None:
    spec = importlib.util.find_spec("PySide6")
    assert spec
    assert spec.origin
    qt = Path(spec.origin).parent / "Qt"
    engine = ["lib/libQt6WebEngineCore.so.6", "libexec/QtWebEngineProcess"]
    platforms = [f"plugins/platforms/libq{name}.so" for name in ("offscreen", "xcb", "wayland")]
    answer = subprocess.run(["ldd", *(qt / part for part in engine + platforms)], capture_output=True, text=True)
    assert answer.returncode == 0
    assert [line.strip() for line in answer.stdout.splitlines() if "not found" in line] == []


# ---- the virtual environment

FAKE_VENV = """
VENV="$HERE"; PY="$REAL"
pip_install() { echo "$*" >>"$HERE/pip.log"; [ ! -e "$HERE/no network" ] || exit 1; }
"""


@pytest.fixture
def venv(tmp_path: Path) -> Path:
    folder = tmp_path / "a venv"
    folder.mkdir()
    (folder / "pyvenv.cfg").write_text(f"command = python -m venv {folder}\n", encoding="utf-8")
    return folder


def install(venv: Path, kind: str = "dev") -> int:
    done = bash(f"{FAKE_VENV}\ninstall_packages {kind}", HERE=str(venv), REAL=sys.executable)
    return done.returncode


def installs(venv: Path) -> int:
    return len((venv / "pip.log").read_text(encoding="utf-8").splitlines())


def test_an_interrupted_set_up_is_done_again_and_then_no_more(venv: Path) -> None:
    (venv / "no network").touch()
    assert install(venv) != 0
    assert not list(venv.glob("pickwise-*"))
    (venv / "no network").unlink()
    assert install(venv) == 0
    done = installs(venv)
    assert install(venv) == 0
    assert installs(venv) == done


def test_what_build_test_set_up_is_enough_for_build_run_but_not_the_other_way(venv: Path) -> None:
    assert install(venv, "dev") == 0
    done = installs(venv)
    assert install(venv, "run") == 0
    assert installs(venv) == done
    (venv / "pickwise-dev").unlink()
    assert install(venv, "dev") == 0
    assert installs(venv) > done


def test_changed_pins_are_installed(venv: Path) -> None:
    assert install(venv) == 0
    done = installs(venv)
    (venv / "pickwise-dev").write_text("what older pins gave\n", encoding="utf-8")
    assert install(venv) == 0
    assert installs(venv) > done


def test_a_moved_environment_is_not_trusted(venv: Path) -> None:
    check = f"{FAKE_VENV}\nvenv_is_sound"
    assert bash(check, HERE=str(venv), REAL=sys.executable).returncode == 0
    moved = venv.rename(venv.with_name("moved"))
    assert bash(check, HERE=str(moved), REAL=sys.executable).returncode != 0


# ---- the page


def test_the_bundle_is_made_again_when_a_source_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = load("page")
    ui, calls = tmp_path / "ui", []
    (ui / "src").mkdir(parents=True)
    for name in ("package.json", "package-lock.json", "src/main.tsx"):
        (ui / name).write_text("{}", encoding="utf-8")

    def npm(*arguments: str) -> int:
        calls.append(arguments[0])
        for made in ("node_modules", "dist"):
            (ui / made).mkdir(exist_ok=True)
        (ui / "dist" / "index.html").touch()
        return 0

    monkeypatch.setattr(page, "ROOT", tmp_path)
    monkeypatch.setattr(page, "UI", ui)
    monkeypatch.setattr(page, "npm", npm)
    for _ in range(2):
        assert page.bundle() == 0
    assert calls == ["ci", "run"]
    (ui / "src" / "main.tsx").write_text("changed", encoding="utf-8")
    assert page.bundle() == 0
    assert calls == ["ci", "run", "run"]
    (ui / "package-lock.json").write_text("[]", encoding="utf-8")
    assert page.bundle() == 0
    assert calls == ["ci", "run", "run", "ci", "run"]


def test_a_node_that_is_old_or_does_not_run_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = load("page")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.defpath}")
    program(tmp_path, "npm", "echo 10")
    program(tmp_path, "node", "echo v16.20.1")
    assert page.machine_npm() is None
    program(tmp_path, "node", "exit 127")
    assert page.machine_npm() is None
    program(tmp_path, "node", "echo v18.0.0")
    assert page.machine_npm() == [str(tmp_path / "npm")]


# ---- the checks


def test_every_check_runs_and_one_failure_fails_the_whole(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    checks = load("checks")
    good, bad = [sys.executable, "-c", "print('quiet')"], [sys.executable, "-c", "raise SystemExit('it is wrong')"]
    monkeypatch.setattr(checks, "CHECKS", [("first", bad), ("second", good)])
    assert checks.main(["--version"]) == 1
    out, err = capfd.readouterr()
    lines = (out + err).splitlines()
    assert lines[0].split()[:2] == ["first", "FAILED"]
    assert lines[1] == "it is wrong"
    assert lines[2].split()[:2] == ["second", "ok"]
    assert lines[-1].startswith("pytest ")


# ---- the commands themselves


@pytest.mark.parametrize(("arguments", "sentence"), [(["/nowhere at all"], "no folder"), (["a", "b"], "one folder")])
def test_build_run_refuses_wrong_use_before_any_set_up(arguments: list[str], sentence: str) -> None:
    done = subprocess.run([ROOT / "build" / "run", *arguments], capture_output=True, text=True, timeout=10)
    assert done.returncode == 2
    assert sentence in done.stderr
