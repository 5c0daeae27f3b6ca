"""The commands about weights: `models list`, `models fetch`, `models verify`; joined to `shell.cli`."""

from __future__ import annotations

from typing import Annotated

import typer

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]

models = typer.Typer(help="Weights of networks: list, fetch [NAME…], verify; all take --json.")


@models.command("list")
def listed(json: JsonOption = False) -> None:
    """Say which models there are, which are here, and what is used in place of those that are not."""
    from shell.commands import models as command

    command.show(as_json=json)


@models.command()
def fetch(
    names: Annotated[list[str] | None, typer.Argument(help="Which; default: all missing.", metavar="NAME…")] = None,
    json: JsonOption = False,
) -> None:
    """Download models from their pinned addresses into your data folder; kept only when their sha256 is right."""
    from shell.commands import models as command

    command.fetch(names or [], as_json=json)


@models.command()
def verify(json: JsonOption = False) -> None:
    """Read every model that is here and check size and sha256; exits 1 when one is wrong."""
    from shell.commands import models as command

    command.verify(as_json=json)


def join(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(models, name="models")
