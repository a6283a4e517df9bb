"""`zonelab cube export`: what a zone hands out instead of rows.

Belongs here: arguments, the line that says what left. Does not: sums and small cells (experiments.estimators.onescan); pooling
is `zonelab estimate SPEC --cubes A B C` (studies).
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from apps.cli.answer import Answer
from apps.cli.door import offer
from apps.cli.files import existing
from apps.cli.protocol_arguments import ReaderOption
from data.messages import Language, Text

if TYPE_CHECKING:
    from rich.console import Console

SpecArgument = Annotated[Path, typer.Argument(metavar="SPEC.yml", help="The analysis that the cubes are for.")]
DataOption = Annotated[Path, typer.Option("--data", metavar="FILE", help="This zone's rows.")]
TargetOption = Annotated[Path, typer.Option("-o", "--output", metavar="FILE.parquet", help="Where the cube goes.")]


def export(spec: SpecArgument, data: DataOption, target: TargetOption, reader: ReaderOption = None) -> Answer:
    """Write a zone's sums by cohort and attrition pattern; cells of fewer than ten units are held back and counted."""
    from apps.cli.studies import note_reading
    from experiments.estimators import method
    from experiments.estimators.onescan.exchange import export_cube
    from experiments.spec import load_spec

    loaded = load_spec(existing(spec))
    method(loaded.estimator).check(loaded)
    note_reading(spec, existing(data), reader or "")
    found = asdict(export_cube(loaded, data, target))

    def show(out: Console, language: Language) -> None:
        text = Text(
            en="{units} units in {cells} cells written; {held_units} units held back in small cells.",
            zh="已写入 {cells} 个单元、{units} 个单位；因单元过小保留 {held_units} 个单位。",
        ).fill(**found)
        out.print(text.get(language), markup=False)

    return Answer({"file": str(target), **found}, show)


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="Sums that zones share instead of rows.", pretty_exceptions_enable=False)
    offer(group, "export")(export)
    app.add_typer(group, name="cube")
