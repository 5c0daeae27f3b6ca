"""The commands about any folder, library or not: `compare-folders`, `mark-cropped`; joined to `shell.cli`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]


def compare_folders(
    a: Annotated[Path, typer.Argument(help="A folder.", metavar="A")],
    b: Annotated[Path, typer.Argument(help="Another folder.", metavar="B")],
    extensions: Annotated[str, typer.Option(help="Only these, as in png,jpg; default: those of images.")] = "",
    recursive: Annotated[bool, typer.Option("--recursive", help="Compare paths below the folders too.")] = False,
    json: JsonOption = False,
) -> None:
    """Find files with the same name in two folders, equal or different; changes nothing."""
    from shell.commands import compare as command

    command.compare_folders(a, b, extensions, recursive=recursive, as_json=json)


def mark_cropped(
    folder: Annotated[Path, typer.Argument(help="A folder of cropped images.", metavar="DIR")],
    json: JsonOption = False,
    apply: Annotated[
        bool, typer.Option("--apply/--dry-run", help="Write the files; otherwise only say what would be.")
    ] = False,
) -> None:
    """Write an empty .cropped file beside every image of a folder and of those below it."""
    from shell.commands import crop_marks as command

    command.mark(folder, as_json=json, apply=apply)


def join(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (compare_folders, mark_cropped):
        app.command()(command)
