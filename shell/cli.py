"""The `pickwise` command: the same engine as the window, for the terminal and for scripts.

Light on purpose: `pickwise --help` must answer at once, so everything beyond typer is imported by the command that
needs it. With `--json` a command prints exactly one JSON object on stdout; everything else goes to stderr.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from shell import cli_crop, cli_folders, cli_learning, cli_metrics, cli_models, cli_search, cli_thinning, cli_vision

COMMANDS = (
    "cull", "rescan", "status", "doctor", "demo", "rankings", "export", "dupes", "sets", "restore", "approve",
    "compare-folders", "mark-cropped", "vision", "crop", "search", "models", "comparisons", "simulate", "undo",
    "redo", "log", "rebuild", "train",
    "metrics", "promote",
)  # fmt: skip

INTERRUPTED = 130

app = typer.Typer(
    name="pickwise",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # half of the time `--help` took went into Markdown
    context_settings={"help_option_names": ["-h", "--help"]},
    help="From a folder of thousands of near-identical images to the few worth keeping.\n\n"
    "`pickwise` opens the window; `pickwise FOLDER` opens it on a folder of images or a library.",
)

LibraryOption = Annotated[
    Path | None, typer.Option("--library", help="The library folder; default: the one that holds the folder.")
]
JudgeOption = Annotated[str | None, typer.Option(help="Whose ranking; default: as the settings say.")]
MergedOption = Annotated[bool, typer.Option("--merged", help="The order of all judges together.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]


@app.command()
def cull(
    folders: Annotated[list[Path], typer.Argument(help="Folders of images.", metavar="FOLDER…")],
    library: LibraryOption = None,
    json: JsonOption = False,
    recursive: Annotated[
        bool | None, typer.Option(help="Look in subfolders too (default: as the library says).")
    ] = None,
) -> None:
    """Scan, measure, group and pick; write reports/groups.csv and reports/picks.csv."""
    from shell.commands import cull as command

    command.cull(folders, library, recursive=recursive, as_json=json)


@app.command()
def rescan(library: LibraryOption = None, json: JsonOption = False) -> None:
    """Look for new, changed, moved and missing files in a library's sources, and cull again."""
    from shell.commands import cull as command

    command.rescan(library, as_json=json)


@app.command()
def status(library: LibraryOption = None, json: JsonOption = False) -> None:
    """What the library holds."""
    from shell.commands import look as command

    command.status(library, as_json=json)


@app.command()
def doctor(library: LibraryOption = None, json: JsonOption = False) -> None:
    """What this machine has: Python, decoders, processors, disk, window toolkit."""
    from shell.commands import look as command

    command.doctor(library, as_json=json)


@app.command()
def log(
    library: LibraryOption = None,
    json: JsonOption = False,
    limit: Annotated[int, typer.Option(help="How many decisions to show, newest first.", min=1)] = 20,
) -> None:
    """The decisions made, newest first, and which of them are undone."""
    from shell.commands import history as command

    command.log(library, limit, as_json=json)


@app.command()
def undo(library: LibraryOption = None, json: JsonOption = False) -> None:
    """Take back the last decision."""
    from shell.commands import history as command

    command.turn(library, "undo", as_json=json)


@app.command()
def redo(library: LibraryOption = None, json: JsonOption = False) -> None:
    """Do again what was undone last."""
    from shell.commands import history as command

    command.turn(library, "redo", as_json=json)


@app.command()
def rebuild(library: LibraryOption = None, json: JsonOption = False) -> None:
    """Recompute verdicts, flags and history from the journal."""
    from shell.commands import history as command

    command.rebuild(library, as_json=json)


@app.command()
def rankings(
    csv: Annotated[Path | None, typer.Option(help="Write the whole table to this file.")] = None,
    top: Annotated[int | None, typer.Option(help="Only the best so many.", min=1)] = None,
    judge: JudgeOption = None,
    merged: MergedOption = False,
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """The images in the order of your picks, best first."""
    from shell.commands import rankings as command

    command.rankings(csv, top, judge, library, merged=merged, as_json=json)


@app.command()
def export(
    to: Annotated[Path | None, typer.Option(help="The target folder; default: one in the library's exports.")] = None,
    top: Annotated[int | None, typer.Option(help="Export the best so many, numbered.", min=1)] = None,
    min_score: Annotated[float | None, typer.Option(help="Export all that score this or more, numbered.")] = None,
    keepers: Annotated[bool, typer.Option("--keepers", help="Export every keeper with its companions.")] = False,
    judge: JudgeOption = None,
    merged: MergedOption = False,
    link: Annotated[str, typer.Option(help="copy, hard or symlink.")] = "copy",
    library: LibraryOption = None,
    json: JsonOption = False,
    apply: Annotated[
        bool, typer.Option("--apply/--dry-run", help="Write the files; otherwise only say what would be.")
    ] = False,
) -> None:
    """Copy or link the images that stay, never overwriting."""
    from shell.commands import export as command

    wanted = command.Wanted(keepers, top, min_score, judge, merged)
    command.export(wanted, to, library, link=link, as_json=json, apply=apply)


cli_thinning.join(app)
cli_folders.join(app)
cli_vision.join(app)
cli_learning.join(app)
cli_metrics.join(app)
cli_crop.join(app)
cli_search.join(app)
cli_models.join(app)

comparisons = typer.Typer(help="Who won against whom, as CSV: export FILE, import FILE; both take --json.")
app.add_typer(comparisons, name="comparisons")


@comparisons.command("export")
def comparisons_export(
    file: Annotated[Path, typer.Argument(help="The CSV file to write.", metavar="FILE")],
    judge: JudgeOption = None,
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Write every comparison of a judge, oldest first."""
    from shell.commands import comparisons as command

    command.export(file, library, judge, as_json=json)


@comparisons.command("import")
def comparisons_import(
    file: Annotated[Path, typer.Argument(help="The CSV file to read.", metavar="FILE")],
    judge: JudgeOption = None,
    library: LibraryOption = None,
    json: JsonOption = False,
) -> None:
    """Add the comparisons of a file to a judge's; one undo takes them back."""
    from shell.commands import comparisons as command

    command.load(file, library, judge, as_json=json)


@app.command()
def simulate(
    items: Annotated[int, typer.Option(help="How many images.", min=2)] = 5000,
    picks: Annotated[int, typer.Option(help="How many picks the judge makes.", min=1)] = 3000,
    up: Annotated[int, typer.Option(help="Images shown at once.", min=2, max=9)] = 4,
    noise: Annotated[float, typer.Option(help="How unsteady the judge is; images spread by 1.", min=0.0)] = 0.3,
    seeds: Annotated[int, typer.Option(help="Play it so often and average.", min=1)] = 2,
    top: Annotated[int, typer.Option(help="How many of the best are wanted.", min=1)] = 100,
    families: Annotated[int, typer.Option(help="Near-duplicates of each image; one is shown.", min=1)] = 1,
    features: Annotated[float, typer.Option(help="Correlation of a prior guess with the truth.", min=0.0)] = 0.0,
    learn: Annotated[
        float, typer.Option(help="Share of the truth that features explain, whose weights are learned.", min=0.0)
    ] = 0.0,
    judge: Annotated[str, typer.Option(help="steady, logistic, draws, tired or moody.")] = "steady",
    json: JsonOption = False,
) -> None:
    """Let simulated judges rank simulated images: how much of the top each strategy finds."""
    from shell.commands import simulate as command

    command.simulate(items, picks, up, noise, seeds, top, families, features, judge, learn, as_json=json)


@app.command()
def demo(
    folder: Annotated[Path | None, typer.Argument(help="Where to make it; default: beside your libraries.")] = None,
    json: JsonOption = False,
) -> None:
    """Make a small library that shows everything, and cull it."""
    from shell.commands import cull as command

    command.demo(folder, as_json=json)


@app.command()
def window(
    place: Annotated[Path | None, typer.Argument(help="A folder of images or a library.")] = None,
    library: LibraryOption = None,
) -> None:
    """Open the window (the same as `pickwise PLACE`)."""
    from shell.commands import window as command

    command.window(place, library)


def arguments(given: list[str]) -> list[str]:
    """Put `window` before anything that is not a command: `pickwise`, `pickwise FOLDER`."""
    names = {*COMMANDS, "window", "--help", "-h"}
    return given if given and given[0] in names else ["window", *given]


def main() -> None:
    """Run; exits 0, 1 when it failed, 2 for wrong use."""
    multiprocessing.freeze_support()
    from engine.errors import PickwiseError, WrongUse

    try:
        code = app(arguments(sys.argv[1:]), prog_name="pickwise", standalone_mode=False)
        if code == INTERRUPTED:  # typer answers Ctrl+C so
            raise KeyboardInterrupt
    except PickwiseError as error:
        _fail(error.code, error.message, error.hint, 2 if isinstance(error, WrongUse) else 1)
    except KeyboardInterrupt:
        _fail("stopped", "Stopped.", "What was finished is kept; run it again to go on.", 1)
    except BrokenPipeError:  # whoever read our output has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:
        if hasattr(error, "format_message"):  # typer's own: the command line is malformed
            _fail("wrong_use", error.format_message(), "See `pickwise --help`.", 2)
        if os.environ.get("PICKWISE_TRACE"):
            raise
        hint = "If it comes again, report it with what it says when PICKWISE_TRACE=1 is set."
        _fail("fault", f"Something went wrong in Pickwise: {error!r}.", hint, 1)


def _fail(code: str, message: str, hint: str, status: int) -> NoReturn:
    """Say it to the person, and to a script that asked for JSON; then exit."""
    sys.stderr.write(f"{message}\n" + (f"{hint}\n" if hint else ""))
    if "--json" in sys.argv:
        import msgspec

        body = {"error": {"code": code, "message": message, "hint": hint}}
        sys.stdout.write(msgspec.json.encode(body).decode() + "\n")
    sys.exit(status)


if __name__ == "__main__":
    main()
