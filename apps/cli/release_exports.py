"""`zonelab release export | diff`: a release as files of other programs, and what changed between two of them.

Belongs here: arguments, notes as a table. Does not: who may, what is recorded (experiments.exporting), files (quality.exports).
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

from apps.cli.answer import Answer, Show, lines, table
from apps.cli.door import language, offer
from apps.cli.protocol_arguments import one_of, registry_opened
from data.messages import Language, Text

if TYPE_CHECKING:
    from rich.console import Console

    from experiments.exporting import Compared
    from quality.comparing.difference import Distribution
    from quality.exports.dataset import Format
    from quality.exports.write import Exported

Asked = Literal["parquet", "csv", "dta", "sav", "ddi", "datapackage"]
IN_CSV = ("ddi", "datapackage")
"""Documents that lie beside every export; asked for by name, they come with the tables as CSV."""

ReleaseArgument = Annotated[str, typer.Argument(metavar="ID", help="A release, or latest. 发布版本。")]
FormatOption = Annotated[
    str, typer.Option("--format", metavar="F", help="parquet, csv, dta, sav; ddi and datapackage come with csv. 格式。")
]
OutOption = Annotated[
    Path | None, typer.Option("--out", "-o", metavar="DIR", help="A folder that is not there yet. 输出文件夹。")
]
TablesOption = Annotated[
    list[str] | None, typer.Option("--table", metavar="T", help="Only this table; may be repeated. 仅导出该表。")
]
VariablesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--variable", metavar="T.V", help="Only this variable of a table beside its key; repeat. 仅导出该变量。"
    ),
]
BeforeArgument = Annotated[str, typer.Argument(metavar="A", help="The earlier release. 较早的版本。")]
AfterArgument = Annotated[str, typer.Argument(metavar="B", help="The later release, or latest. 较晚的版本。")]
UserOption = Annotated[str, typer.Option("--as", metavar="USER", help="Who acts.")]


def export(
    release_id: ReleaseArgument,
    file_format: FormatOption = "parquet",
    out: OutOption = None,
    tables: TablesOption = None,
    variables: VariablesOption = None,
    actor: UserOption = "command-line",
) -> Answer:
    """Write a release for other programs, labels in the language of --lang; recorded, and a reading of the outcomes in it.

    导出发布版本：标签用 --lang 的语言；导出会记入账本，并视为读取其中的结局数据。
    """
    from data.releases import load_release
    from experiments.exporting import Wanted, export_release

    asked = one_of("format", file_format, Asked)
    chosen = cast("Format", "csv" if asked in IN_CSV else asked)
    registry = registry_opened()
    release = load_release(registry.workspace, release_id)
    folder = out or Path(f"{release.release_id}-{asked}-{language()}")
    wanted = Wanted(release.release_id, chosen, language(), folder, tuple(tables or ()), _by_table(variables or []))
    done = export_release(registry, wanted, actor=actor)
    document = {"folder": str(done.folder), **done.manifest}
    return Answer(document, _shown(done))


def _by_table(variables: list[str]) -> dict[str, tuple[str, ...]]:
    """Return table → variables of what is given as `table.variable`."""
    found: dict[str, list[str]] = {}
    for given in variables:
        name, _, variable = given.partition(".")
        found.setdefault(name, []).append(variable)
    return {name: tuple(chosen) for name, chosen in found.items()}


def _shown(done: Exported) -> Show:
    def show(out: Console, chosen: Language) -> None:
        marked = Text(en=" · SIMULATED", zh=" · 模拟数据") if done.manifest["simulated"] else Text(en="", zh="")
        head = Text(en=f"Written to {done.folder}{marked.en}", zh=f"已写入 {done.folder}{marked.zh}")
        lines(head)(out, chosen)
        columns = [Text(en="file", zh="文件"), Text(en="rows", zh="行"), Text(en="sha256", zh="sha256")]
        rows = [[item["file"], item["rows"], item["sha256"][:16]] for item in done.manifest["tables"]]
        out.print(table(Text(en="Tables", zh="数据表"), columns, rows, chosen))
        if done.notes:
            heads = [Text(en="table", zh="表"), Text(en="column", zh="列"), Text(en="note", zh="说明")]
            told = [[note.table, note.column, note.what.get(chosen)] for note in done.notes]
            out.print(
                table(Text(en="Kept otherwise than in the release", zh="与发布版本不同之处"), heads, told, chosen)
            )

    return show


def diff(before: BeforeArgument, after: AfterArgument, actor: UserOption = "command-line") -> Answer:
    """Tell what changed between two releases: tables, columns, rows by key, values, distributions, and why.

    Numbers about few people or organisations are held back. It is a reading of the outcomes that are shown.

    比较两个发布版本：表、列、行、值、分布及原因；涉及单位过少的数字不显示。
    """
    from experiments.exporting import compare_releases

    found = compare_releases(registry_opened(), before, after, actor=actor)
    document = {
        **asdict(found.found),
        "why": asdict(found.why),
        "changelog": [line.model_dump() for line in found.lines],
    }
    return Answer(document, _difference_shown(found))


def _difference_shown(compared: Compared) -> Show:
    def show(out: Console, chosen: Language) -> None:
        found = compared.found
        lines(Text(en=f"{found.before} → {found.after}", zh=f"{found.before} → {found.after}"), *compared.lines)(
            out, chosen
        )
        heads = [("column", "列"), ("n", "有值"), ("n then", "其后"), ("mean", "均值"), ("mean then", "其后")]
        columns = [Text(en=en, zh=zh) for en, zh in [*heads, ("by code", "按代码"), ("absent", "缺失")]]
        for item in found.tables:
            rows = [_distribution_row(part, chosen) for part in item.distributions]
            out.print(table(Text(en=item.table, zh=item.table), columns, rows, chosen))

    return show


def _distribution_row(part: Distribution, chosen: Language) -> list[object]:
    from quality.exports.statuses import STATUS_LABELS

    held = Text(en="held back", zh="不显示").get(chosen)
    codes = [f"{code} {_both(both, held)}" for code, both in part.codes.items()]
    absent = [f"{STATUS_LABELS[status].get(chosen)} {_both(both, held)}" for status, both in part.missing.items()]
    counts = [held if value is None else value for value in part.valid]
    return [part.column, *counts, *part.mean, "; ".join(codes), "; ".join(absent)]


def _both(both: tuple[int | None, int | None], held: str) -> str:
    return held if None in both else f"{both[0]:,} → {both[1]:,}"


def register(group: typer.Typer) -> None:
    """Add the commands to the group `release`."""
    offer(group, "export")(export)
    offer(group, "diff")(diff)
