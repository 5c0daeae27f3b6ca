"""The command line at 20 000 images: memory of a cull, a cull of an unchanged folder, and the time `--help` takes.

    .venv/bin/python -m tests.bench.cull [--count 20000]

Every figure is of a whole process, from its start to its end; times are medians. Memory is the peak resident set of the
main process alone: workers come and go with the work.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench import files
from tests.bench.report import ROOT, Row, finish, median

RUN = "from shell.cli import main; main()"
# as the process ends: VmHWM, because ru_maxrss remembers the parent that forked it
RUN_AND_TELL = """
import atexit, resource, sys
def tell():
    try:
        peak = next(int(l.split()[1]) for l in open("/proc/self/status") if l.startswith("VmHWM")) / 1024
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    sys.stderr.write(f"peak {peak}\\n")
if __name__ == "__main__":
    atexit.register(tell)
    from shell.cli import main
    main()
"""


def pickwise(*arguments: str, home: Path, code: str = RUN) -> tuple[float, str, str]:
    """Run the command in a process of its own: seconds, stdout, stderr. Raises CalledProcessError."""
    environment = {**os.environ, "PICKWISE_HOME": str(home)}
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return time.perf_counter() - began, done.stdout, done.stderr


def run(count: int = 20_000) -> list[Row]:
    folder = files.small(count)
    with tempfile.TemporaryDirectory(dir=files.CACHE) as place:
        home = Path(place)
        arguments = ("cull", str(folder), "--library", str(home / "library"), "--json")
        seconds, out, err = pickwise(*arguments, home=home, code=RUN_AND_TELL)
        first = json.loads(out)
        if (first["images"], first["new"]) != (count, count):
            raise SystemExit(f"the cull took in {first['images']} of {count} images")
        peak = float(err.rpartition("peak ")[2])
        _, out, err = pickwise(*arguments, home=home, code=RUN_AND_TELL)
        if json.loads(out)["new"] or json.loads(out)["images"] != count:
            raise SystemExit("the second cull found new images")
        peak_again = float(err.rpartition("peak ")[2])
        unchanged = median(lambda: pickwise(*arguments, home=home)[0], 5)
        asked = median(lambda: pickwise("--help", home=home)[0], 10)
        shutil.rmtree(home / "library")
    return [
        Row(f"cull of {count} images: peak memory of the main process", peak, "MB", "< 400"),
        Row(f"cull of an unchanged folder of {count} files", unchanged, "s", "< 2", "whole process, median of 5"),
        Row("pickwise --help", asked, "s", "< 0.3", "whole process, median of 10"),
        Row(f"cull of {count} unchanged images: peak memory", peak_again, "MB"),
        Row(f"first cull of {count} PNGs of 64x64", seconds, "s", "", f"{first['groups']} groups"),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20_000)
    finish("cull", "Command line", run(parser.parse_args().count))


if __name__ == "__main__":
    main()
