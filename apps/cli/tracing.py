"""`zonelab trace` and `zonelab reproduce`: a reported number back to the files it came from; a report made again from its pins.

Belongs here: arguments, the chain as lines. Does not: the chain, the comparison (experiments.tracing), who may read what is not
published (experiments.reviewing).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apps.cli.answer import Answer, Show, lines, table
from apps.cli.door import offer
from apps.cli.protocol_arguments import registry_opened
from data.messages import Language, Text

if TYPE_CHECKING:
    from rich.console import Console

SHOWN = 20
"""Submissions and differences that are listed for people; `--json` lists all."""

ReportArgument = Annotated[
    str, typer.Argument(metavar="REPORT", help="SE-yyyy-nnnn, or RELEASE/SE-yyyy-nnnn. 实验编号或 发布版本/实验编号。")
]
NumberArgument = Annotated[
    str | None, typer.Argument(metavar="NUMBER_ID", help="Without one, all ids are listed. 省略时列出全部编号。")
]
UserOption = Annotated[str, typer.Option("--as", metavar="USER", help="Who reads. 读者。")]


def trace(report: ReportArgument, number_id: NumberArgument = None, actor: UserOption = "command-line") -> Answer:
    """Follow a reported number back: result, run, spec and protocol, release, tables, submitted files.

    Exit code 1: something along the chain is not as it was recorded.

    把报告中的一个数字追溯到运行、设定与方案、发布版本、数据表和提交文件。退出码 1：链条上有与登记不符之处。
    """
    from experiments.results import load_results
    from experiments.tracing.chain import trace as chain
    from experiments.tracing.numbers import numbers

    registry = registry_opened()
    reported = opened(registry, report, actor)
    if number_id is None:
        found = [{"number_id": item.number_id, "value": item.value} for item in numbers(load_results(reported.path))]
        return Answer(found, _ids(found))
    link = chain(registry.workspace, registry.ledger, reported, number_id)
    return Answer(link, _chain(link), exit_code=1 if link["problems"] else 0)


def reproduce(report: ReportArgument, actor: UserOption = "command-line") -> Answer:
    """Make a report again from its pins, beside the workspace, and say where it comes out otherwise (exit code 1).

    按固定的发布版本、方案和账本状态重算报告；不写入工作区。有不同之处时退出码为 1。
    """
    from experiments.tracing.reproduce import reproduce as again

    registry = registry_opened()
    found = again(registry.workspace, registry.ledger, opened(registry, report, actor))
    document = found.to_dict()
    return Answer(document, _comparison(document), exit_code=0 if found.identical else 1)


def opened(registry: Any, report: str, actor: str) -> Any:  # noqa: ANN401 - heavy types, imported where they are used
    """Return a report that the user may read (readers: the published copy); whoever reads it is on record."""
    from data.releases import load_release
    from experiments.registry.readings import note_reading
    from experiments.results import load_results
    from experiments.reviewing import reading
    from experiments.reviewing.desk import ReviewDesk

    found = reading.opened(ReviewDesk(registry), report, actor).reported
    release = load_release(registry.workspace, found.release_id)
    for entry in load_results(found.path)["analyses"]:
        note_reading(registry, release, entry["dataset"], (entry["spec"]["outcome"],), actor)
    return found


def _ids(found: list[dict[str, Any]]) -> Show:
    def show(out: Console, language: Language) -> None:
        columns = [Text(en="number", zh="编号"), Text(en="value", zh="数值")]
        out.print(table(Text(en="Numbers", zh="数字"), columns, [list(item.values()) for item in found], language))

    return show


def _chain(link: Mapping[str, Any]) -> Show:
    def show(out: Console, language: Language) -> None:
        columns = [Text(en="link", zh="环节"), Text(en="what", zh="内容")]
        out.print(table(Text(en="Trace", zh="追溯"), columns, _links(link), language))
        out.print(_files(link["submissions"], language))
        for item in link["problems"]:
            out.print(f"{item['where']}: {item[language]}", style="bold", markup=False)

    return show


def _links(link: Mapping[str, Any]) -> list[list[object]]:
    result, run, spec, protocol, release = (link[name] for name in ("result", "run", "spec", "protocol", "release"))
    tables: list[list[object]] = [
        ["table", f"{item['table']} · {item['rows']} rows · sha256 {item['sha256'][:16]}"] for item in link["tables"]
    ]
    return [
        ["number", f"{link['number_id']} = {link['value']!r}"],
        ["result", f"{result['file']} sha256 {result['sha256'][:16]}"],
        ["run", f"{run['run_id']} · code {run['code']['commit'][:12]}{'+' if run['code']['dirty'] else ''}"],
        ["spec", "–" if spec is None else f"sha256 {spec['sha256'][:16]}"],
        ["protocol", f"{protocol['protocol']} · digest {protocol['digest'][:16]}"],
        ["release", f"{release['release_id']} · manifest {release['manifest_sha256'][:16]}"],
        *tables,
    ]


def _files(found: list[dict[str, Any]], language: Language) -> object:
    columns = [
        Text(en="submission", zh="提交"),
        Text(en="file", zh="文件"),
        Text(en="sha256", zh="sha256"),
        Text(en="uploader", zh="提交人角色"),
        Text(en="received", zh="接收时间"),
    ]
    rows = [
        [
            item["submission_id"],
            item["file_name"],
            item["sha256"][:16],
            item["uploader_role"] or "–",
            item["received_at"][:16],
        ]
        for item in found[:SHOWN]
    ]
    title = Text(en="Files behind it: {n}, first {shown} shown", zh="所依据的文件：{n} 个，列出前 {shown} 个")
    return table(title.fill(n=len(found), shown=len(rows)), columns, rows, language)


def _comparison(document: Mapping[str, Any]) -> Show:
    compared = document["compared"]
    if document["identical"]:
        said = Text(en="Identical: {values} values, {files} files.", zh="完全一致：{values} 个值，{files} 个文件。")
        told = [said.fill(**compared)]
    else:
        said = Text(en="NOT identical: {n} differences.", zh="不一致：{n} 处不同。")
        told = [said.fill(n=len(document["differences"])), *map(_difference, document["differences"][:SHOWN])]
    return lines(*told, *(Text(**note) for note in document["notes"]))


def _difference(item: Mapping[str, Any]) -> Text:
    sides = (
        ""
        if item["recorded"] is None and item["recomputed"] is None
        else f" {item['recorded']!r} → {item['recomputed']!r}"
    )
    return Text(en=f"{item['where']}: {item['what']['en']}{sides}", zh=f"{item['where']}：{item['what']['zh']}{sides}")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    offer(app, "trace")(trace)
    offer(app, "reproduce")(reproduce)
