"""The command that looks at the images; joined to `shell.cli`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def vision(
    library: Annotated[
        Path | None, typer.Option("--library", help="The library folder; default: the one that holds the folder.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Find hands, faces, poses and what looks wrong in the images not looked at yet; doubts go to review."""
    from shell.commands import vision as command

    command.vision(library, as_json=json)


def join(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(vision)
