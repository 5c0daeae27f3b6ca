"""The commands that thin: `dupes`, `sets`, `restore`, `approve`; joined to `shell.cli`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

LibraryOption = Annotated[
    Path | None, typer.Option("--library", help="The library folder; default: the one that holds the folder.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
ApplyOption = Annotated[
    bool, typer.Option("--apply/--dry-run", help="Move the files; otherwise only say what would be.")
]
BatchArgument = Annotated[str | None, typer.Argument(help="One batch; default: all.", metavar="BATCH")]


def dupes(
    by: Annotated[str | None, typer.Option(help="content, phash, embedding, both, time or name.")] = None,
    threshold: Annotated[
        float | None, typer.Option(help="Bits for phash, cosine for embedding and both, seconds for time.")
    ] = None,
    orientations: Annotated[
        bool | None, typer.Option(help="Find rotated and mirrored copies too (phash, embedding).")
    ] = None,
    keep: Annotated[
        str | None, typer.Option(help="Who stays: stage, rating, resolution, newest, quality or folder.")
    ] = None,
    folder: Annotated[Path | None, typer.Option(help="Keep what is in this folder.")] = None,
    origin: Annotated[
        tuple[str, Path] | None, typer.Option("--from", help="Groups of another program.", metavar="czkawka FILE")
    ] = None,
    library: LibraryOption = None,
    json: JsonOption = False,
    apply: ApplyOption = False,
) -> None:
    """Find copies, write reports/dupes.csv, and set those that go aside in _review_dupes."""
    from shell.commands import thinning as command

    asked = command.Asked(by, threshold, orientations, keep, folder, origin)
    command.dupes(asked, library, as_json=json, apply=apply)


def sets(library: LibraryOption = None, json: JsonOption = False, apply: ApplyOption = False) -> None:
    """Find stage sets of another timestamp that show the same, and set them aside in delete_review."""
    from shell.commands import thinning as command

    command.sets(library, as_json=json, apply=apply)


def restore(
    batch: BatchArgument = None, library: LibraryOption = None, json: JsonOption = False, apply: ApplyOption = False
) -> None:
    """Put staged images back where they were; without --apply, list what is staged."""
    from shell.commands import thinning as command

    command.settle("restore", batch, library, as_json=json, apply=apply)


def approve(
    batch: BatchArgument = None, library: LibraryOption = None, json: JsonOption = False, apply: ApplyOption = False
) -> None:
    """Send staged images to the system's Trash; without --apply, list what is staged."""
    from shell.commands import thinning as command

    command.settle("approve", batch, library, as_json=json, apply=apply)


def join(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (dupes, sets, restore, approve):
        app.command()(command)
