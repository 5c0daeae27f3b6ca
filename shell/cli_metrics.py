"""The commands about how good the recommendations are, and what that allows; joined to `shell.cli`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

LibraryOption = Annotated[
    Path | None, typer.Option("--library", help="The library folder; default: the one that holds the folder.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]


def metrics(library: LibraryOption = None, json: JsonOption = False) -> None:
    """How often recommendations are right, by checks drawn by chance; what crops take; which gates are open."""
    from shell.commands import metrics as command

    command.metrics(library, as_json=json)


def promote(
    kind: Annotated[str, typer.Option(help="winner or crop.")] = "winner",
    library: LibraryOption = None,
    json: JsonOption = False,
    apply: Annotated[
        bool, typer.Option("--apply/--dry-run", help="Decide them; otherwise only say how many there are.")
    ] = False,
) -> None:
    """Decide all groups (or crops) that the model is sure of, where its gate is open; one undo takes them back."""
    from shell.commands import metrics as command

    command.promote_all(library, kind, as_json=json, apply=apply)


def join(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(metrics)
    app.command()(promote)
