"""The command that learns from the person's picks; joined to `shell.cli`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def train(
    back: Annotated[bool, typer.Option("--back", help="Go back to the model before the one in use.")] = False,
    files: Annotated[
        list[Path] | None,
        typer.Option("--from", help="First take over session.jsonl, trio_choices.csv …; may be repeated."),
    ] = None,
    library: Annotated[
        Path | None, typer.Option("--library", help="The library folder; default: the one that holds the folder.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Learn from your picks what you like, and recommend an image of each open group."""
    from shell.commands import train as command

    command.run(library, files or [], back=back, as_json=json)


def join(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(train)
