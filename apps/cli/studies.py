"""`zonelab estimate`, `replicate`: the study from the command line.

Belongs here: arguments, coefficient tables. Does not: statistics (experiments).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apps.cli.answer import Answer, Show, say, table
from apps.cli.door import language, offer
from apps.cli.files import existing
from apps.cli.protocol_arguments import ReaderOption
from data.messages import Language, Text

if TYPE_CHECKING:
    from rich.console import Console

SpecArgument = Annotated[Path, typer.Argument(metavar="SPEC.yml", help="An analysis spec.")]
EitherOption = Annotated[Path | None, typer.Option("--data", metavar="FILE", help="CSV, Parquet, .dta or .sav.")]
CubesOption = Annotated[list[Path] | None, typer.Option("--cubes", metavar="FILE", help="Cubes of zones, several.")]
MoreCubes = Annotated[
    list[Path] | None, typer.Argument(metavar="[CUBE ...]", help="Further cubes.", show_default=False)
]
FolderOption = Annotated[Path | None, typer.Option("--data", metavar="DIR", help="Folder of published data files.")]
TableOption = Annotated[Path | None, typer.Option("--table", metavar="FILE", help="Write the comparison as Markdown.")]
StudyArgument = Annotated[str | None, typer.Argument(metavar="[STUDY]", help="A published study; none: all.")]

TERMS = ("term", "group", "estimate", "std_error", "statistic", "df", "p_value", "conf_low", "conf_high")


def estimate(
    spec: SpecArgument,
    more: MoreCubes = None,
    data: EitherOption = None,
    cubes: CubesOption = None,
    reader: ReaderOption = None,
) -> Answer:
    """Run one analysis on a file, or on the cubes of several zones (--cubes A B C) as if on all their rows.

    If the file is a released table, the experiments concerned record that its outcomes were read.
    """
    from experiments.estimate import estimate_file

    files = [*(cubes or []), *(more or [])]
    if (data is None) == (not cubes):
        raise typer.BadParameter("Give either --data FILE or --cubes FILE [FILE ...].")
    if data is None:
        return _pooled(existing(spec), [existing(file) for file in files])
    if more:
        raise typer.BadParameter("Further files belong to --cubes.")
    note_reading(existing(spec), existing(data), reader or "")
    result = estimate_file(spec, data)
    document = result.to_dict()
    return Answer(document, _coefficients(document))


def _pooled(spec: Path, files: list[Path]) -> Answer:
    from experiments.estimators import method
    from experiments.estimators.onescan.exchange import estimate_cubes
    from experiments.spec import load_spec

    loaded = load_spec(spec)
    method(loaded.estimator).check(loaded)
    document = estimate_cubes(loaded, files).to_dict()
    return Answer(document, _coefficients(document))


def note_reading(spec: Path, data: Path, reader: str) -> None:
    """Record, before the file is opened, who reads a released table of this workspace; other files are nobody's outcomes."""
    from data.paths import Workspace
    from data.settings import load_settings
    from experiments.frames import file_digest
    from experiments.registry.readings import note_reading as record_reading
    from experiments.registry.readings import table_of
    from experiments.registry.store import Registry
    from experiments.sample import spec_columns
    from experiments.spec import load_spec

    place = Workspace(load_settings().home)
    found = table_of(place, file_digest(data)) if place.releases.is_dir() else None
    if found is not None:
        release, table = found
        record_reading(Registry.open(place), release, table, spec_columns(load_spec(spec)), reader)


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


def replicate(study: StudyArgument = None, data: FolderOption = None, table_file: TableOption = None) -> Answer:
    """Reproduce published numbers and say for each whether ours agrees; a study without its data is skipped with a word."""
    from apps.cli.workspace import opened
    from data.durable import write_text
    from data.settings import load_settings
    from experiments.replications import replicate as reproduce
    from experiments.replications.shown import markdown

    place, _ = opened()
    found = reproduce(study, place, data or load_settings().replication_data)
    for name, text in found.skipped.items():
        say(Text(en=f"{name}: skipped. {text.en}", zh=f"{name}：跳过。{text.zh}"), language())
    if table_file is not None:
        write_text(table_file, markdown(found))
    return Answer(found.rows, _compared(found.rows), exit_code=0 if all(row["agrees"] for row in found.rows) else 1)


def _compared(rows: list[dict[str, Any]]) -> Show:
    names = ["study", "analysis", "term", "published", "estimate", "difference", "agrees"]

    def show(out: Console, language: Language) -> None:
        title = Text(en="Published and reproduced", zh="已发表值与复现值")
        out.print(table(title, [Text(en=n, zh=n) for n in names], [[row[n] for n in names] for row in rows], language))

    return show


def register(app: typer.Typer) -> None:
    """Add the commands."""
    offer(app, "estimate")(estimate)
    offer(app, "replicate")(replicate)
