"""The command `zonelab`: which groups there are.

Belongs here: assembly. Does not: commands. Nothing heavy is imported here: `zonelab --help` answers in under a second.
"""

from __future__ import annotations

import typer

from apps.cli import (
    accounts,
    assign,
    batches,
    concordances,
    contracts,
    corrections,
    demo,
    diagnose,
    feeds,
    files,
    identities,
    matches,
    notices,
    participation,
    programme,
    protocols,
    releases,
    reports,
    reviewing,
    runs,
    serve,
    studies,
    tokens,
    tracing,
    workspace,
)
from apps.cli.door import Door

app = typer.Typer(
    name="zonelab",
    cls=Door,
    help="Longitudinal data platform for social experiments on AI.",
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def zonelab(context: typer.Context) -> None:
    """Longitudinal data platform for social experiments on AI."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


GROUPS = (
    accounts,
    workspace,
    demo,
    contracts,
    concordances,
    files,
    feeds,
    matches,
    participation,
    programme,
    notices,
    batches,
    corrections,
    identities,
    tokens,
    runs,
    protocols,
    studies,
    diagnose,
    assign,
    releases,
    reports,
    reviewing,
    tracing,
    serve,
)
for group in GROUPS:
    group.register(app)


def main() -> None:
    """Run the command line; exit codes as INTERFACE.md promises."""
    app()


if __name__ == "__main__":
    main()
