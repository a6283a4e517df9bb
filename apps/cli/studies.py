"""`zonelab estimate`, `replicate`: the study from the command line.

Belongs here: arguments, coefficient tables. Does not: statistics (experiments).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apps.cli.answer import Answer, Show, lines, say, table
from apps.cli.door import language, offer
from apps.cli.files import existing
from apps.cli.protocol_arguments import ReaderOption
from data.messages import Language, Text, WrongUsage

if TYPE_CHECKING:
    from rich.console import Console

    from data.paths import Workspace

SpecArgument = Annotated[Path, typer.Argument(metavar="SPEC.yml", help="An analysis spec.")]
NeededData = Annotated[Path, typer.Option("--data", metavar="FILE", help="CSV, Parquet, Stata or SPSS.")]
DataOption = Annotated[Path | None, typer.Option("--data", metavar="FILE", help="CSV, Parquet, Stata or SPSS.")]
CubesArgument = Annotated[
    list[Path] | None, typer.Argument(metavar="[CUBE]...", help="With --cubes: files of `cube export`.")
]
CubesOption = Annotated[bool, typer.Option("--cubes", help="Pool the cubes named.")]
CurveOption = Annotated[
    Path | None, typer.Option("--curve", metavar="CURVE.yml", help="What a specification curve varies.")
]
PlotOption = Annotated[Path | None, typer.Option("--plot", metavar="FILE.svg", help="Draw the curve.")]
OutputOption = Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="Where to write.")]
ONE_SOURCE = Text(
    en="Name one source: --data FILE, or --cubes and the files.",
    zh="请指定一个数据来源：--data 文件，或 --cubes 加文件名。",
)
FolderOption = Annotated[Path | None, typer.Option("--data", metavar="DIR", help="Folder of published data files.")]
TableOption = Annotated[
    Path | None,
    typer.Option(
        "--table", metavar="FILE", help="Write the comparison as Markdown; between its marks in a page that has them."
    ),
]
StudyArgument = Annotated[str | None, typer.Argument(metavar="[STUDY]", help="A published study; none: all.")]

MOST_REFUSED = 10
"""Refused specifications that are shown; the answer holds all."""
TERMS = ("term", "group", "estimate", "std_error", "statistic", "df", "p_value", "conf_low", "conf_high")


def estimate(
    spec: SpecArgument,
    cube_files: CubesArgument = None,
    data: DataOption = None,
    reader: ReaderOption = None,
    curve: CurveOption = None,
    plot: PlotOption = None,
    *,
    cubes: CubesOption = False,
) -> Answer:
    """Run one analysis on a file, or with --cubes on what several zones exported: SPEC.yml --cubes A B C.

    With --curve the analysis is run in every way that CURVE.yml declares, and all of them are tested together.
    If the file is a released table, the experiments concerned record that its outcomes were read.
    """
    from experiments.estimate import estimate_cubes, estimate_file

    files = cube_files or []
    if curve is not None and data is not None and not cubes and not files:
        return _curve(existing(spec), existing(curve), existing(data), reader or "", plot)
    if cubes and files and data is None:
        result = estimate_cubes(existing(spec), [existing(path) for path in files])
    elif data is not None and not cubes and not files:
        _note_reading(existing(spec), existing(data), reader or "")
        result = estimate_file(spec, data)
    else:
        raise WrongUsage("E-CUBE-05", ONE_SOURCE)
    document = result.to_dict()
    return Answer(document, _coefficients(document))


def _curve(spec: Path, curve: Path, data: Path, reader: str, picture: Path | None) -> Answer:
    """Estimate a specification curve; the sums of a released table are kept for the next one."""
    from data.durable import write_text
    from experiments.curve.plot import alt_text, plot
    from experiments.estimate import estimate_curve

    place = _note_reading(spec, data, reader, curve)
    found = estimate_curve(spec, curve, data, place)
    if picture is not None:
        write_text(picture, plot(found.curve, language()))
    document = found.to_dict()
    show = _coefficients(document)

    def shown(out: Console, spoken: Language) -> None:
        show(out, spoken)
        out.print(alt_text(found.curve).get(spoken), markup=False)
        for refused in found.curve.refused[:MOST_REFUSED]:
            out.print(f"! {refused.code}: {refused.message[spoken]} {refused.choice}", markup=False)

    return Answer(document, shown)


def cube_export(spec: SpecArgument, data: NeededData, output: OutputOption, reader: ReaderOption = None) -> Answer:
    """Write the sums of a file that a pooled analysis needs, without its rows and without small groups.

    Read by `zonelab estimate SPEC.yml --cubes`, with the cubes of other zones, it gives what all rows together would.
    """
    from experiments.estimate import export_cube

    _note_reading(existing(spec), existing(data), reader or "")
    made = export_cube(spec, data, output)
    document = {
        "cube": output.name,
        "groups": len(made.cube.groups),
        "units": made.cube.units,
        "rows": made.cube.rows,
        "withheld": {"groups": made.groups, "units": made.units, "rows": made.rows},
    }
    said = Text(
        en=f"{output.name}: {made.cube.units:,} units in {len(made.cube.groups)} groups; withheld for their size: "
        f"{made.units:,} units in {made.groups} groups.",
        zh=f"{output.name}：{made.cube.units:,} 个单位，{len(made.cube.groups)} 个组；因组过小未导出：{made.units:,} 个单位，"
        f"{made.groups} 个组。",
    )
    return Answer(document, lines(said))


def _note_reading(spec: Path, data: Path, reader: str, curve: Path | None = None) -> Workspace | None:
    """Record, before the file is opened, who reads a released table of this workspace; other files are nobody's outcomes.

    Returns the workspace of such a table.
    """
    from data.paths import Workspace
    from data.settings import load_settings
    from experiments.curve.declared import load_curve
    from experiments.frames import file_digest
    from experiments.registry.readings import note_reading, table_of
    from experiments.registry.store import Registry
    from experiments.sample import spec_columns
    from experiments.spec import load_spec

    place = Workspace(load_settings().home)
    found = table_of(place, file_digest(data)) if place.releases.is_dir() else None
    if found is None:
        return None
    release, table = found
    specs = [load_spec(spec)] if curve is None else load_curve(curve).specs(load_spec(spec))
    columns = dict.fromkeys(name for one in specs for name in spec_columns(one))
    note_reading(Registry.open(place), release, table, list(columns), reader)
    return place


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
    from experiments.replications.shown import written

    place, _ = opened()
    found = reproduce(study, place, data or load_settings().replication_data)
    for name, text in found.skipped.items():
        say(Text(en=f"{name}: skipped. {text.en}", zh=f"{name}：跳过。{text.zh}"), language())
    if table_file is not None:
        page = table_file.read_text(encoding="utf-8") if table_file.is_file() else ""
        write_text(table_file, written(found, page))
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
    group = typer.Typer(
        help="Sums instead of rows, for analyses across zones. 汇总表。", pretty_exceptions_enable=False
    )
    offer(group, "export")(cube_export)
    app.add_typer(group, name="cube")
