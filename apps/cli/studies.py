"""`zonelab estimate`, `replicate`: the study from the command line.

Belongs here: arguments, coefficient tables. Does not: statistics (experiments).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apps.cli.answer import Answer, Show, table
from apps.cli.door import offer
from apps.cli.files import existing
from data.messages import Language, Text

if TYPE_CHECKING:
    from rich.console import Console

SpecArgument = Annotated[Path, typer.Argument(metavar="SPEC.yml", help="An analysis spec.")]
DataOption = Annotated[Path, typer.Option("--data", metavar="FILE", help="CSV or Parquet.")]
StudyArgument = Annotated[str | None, typer.Argument(metavar="[STUDY]", help="A published study; none: all.")]

TERMS = ("term", "group", "estimate", "std_error", "statistic", "df", "p_value", "conf_low", "conf_high")


def estimate(spec: SpecArgument, data: DataOption) -> Answer:
    """Run one analysis on a file."""
    from experiments.estimate import estimate_file

    result = estimate_file(existing(spec), existing(data))
    document = result.to_dict()
    return Answer(document, _coefficients(document))


def _coefficients(document: dict[str, Any]) -> Show:
    used = [name for name in TERMS if any(entry.get(name) is not None for entry in document["estimates"])]

    def show(out: Console, language: Language) -> None:
        size = f"n = {document['n_obs']:,}, clusters = {document['n_clusters']}"
        title = Text(en=f"{document['estimator']} · {size}", zh=f"{document['estimator']} · {size}")
        columns = [Text(en=name, zh=name) for name in used]
        out.print(
            table(title, columns, [[entry.get(name) for name in used] for entry in document["estimates"]], language)
        )
        for warning in document["warnings"]:
            out.print(f"! {warning['code']}: {warning['message'][language]}", markup=False)

    return show


def replicate(study: StudyArgument = None) -> Answer:
    """Reproduce published numbers through the platform's own way: submit, lake, panel, estimate."""
    from apps.cli.workspace import opened
    from experiments.replications import replicate as reproduce

    place, _ = opened()
    rows = reproduce(study, place)
    names = ["study", "term", "published", "estimate", "difference", "agrees"]

    def show(out: Console, language: Language) -> None:
        title = Text(en="Published and reproduced", zh="已发表值与复现值")
        out.print(table(title, [Text(en=n, zh=n) for n in names], [[row[n] for n in names] for row in rows], language))

    return Answer(rows, show, exit_code=0 if all(row["agrees"] for row in rows) else 1)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    offer(app, "estimate")(estimate)
    offer(app, "replicate")(replicate)
