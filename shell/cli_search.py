"""The command that finds images by words; joined to `shell.cli`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def search(
    words: Annotated[list[str], typer.Argument(help="What to look for.", metavar="WORDS…")],
    top: Annotated[int, typer.Option(help="How many images.", min=1)] = 20,
    library: Annotated[
        Path | None, typer.Option("--library", help="The library folder; default: the one that holds the folder.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Find images by words, where weights of CLIP are installed."""
    from shell.commands import search as command

    command.search(" ".join(words), top, library, as_json=json)


def join(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(search)
