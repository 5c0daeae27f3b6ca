"""The commands about crops: `crop propose` and `crop apply`; joined to `shell.cli`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

LibraryOption = Annotated[
    Path | None, typer.Option("--library", help="The library folder; default: the one that holds the folder.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]

crop = typer.Typer(help="Crops in the original's shape: propose, apply; both take --json.")


@crop.callback()
def crops() -> None:
    """Crops in the original's shape: propose, apply; both take --json."""


@crop.command()
def propose(
    library: LibraryOption = None,
    json: JsonOption = False,
    again: Annotated[bool, typer.Option("--again", help="Make all proposals anew.")] = False,
    look: Annotated[
        bool, typer.Option("--look/--no-look", help="First look at those of them not looked at yet.")
    ] = True,
    apply: Annotated[
        bool,
        typer.Option("--apply/--dry-run", help="Write the sidecars beside the images; otherwise keep to the library."),
    ] = False,
) -> None:
    """Propose crops for every image that waits for one; with --apply write NAME.crop_suggestions.json beside each."""
    from shell.commands import crop as command

    command.propose(library, again=again, look=look, as_json=json, apply=apply)


@crop.command()
def apply(
    library: LibraryOption = None,
    json: JsonOption = False,
    apply: Annotated[
        bool, typer.Option("--apply/--dry-run", help="Write the copies; otherwise only say what would be written.")
    ] = False,
) -> None:
    """Write a cropped copy of every decided crop that has none into exports/cropped; one undo takes all back."""
    from shell.commands import crop as command

    command.write_copies(library, as_json=json, apply=apply)


def join(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(crop, name="crop")
