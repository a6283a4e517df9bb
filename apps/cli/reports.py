"""`zonelab report`: the impact report of one experiment as a page, PDF, Word file or its results, in one language.

Belongs here: arguments, where it was written. Does not: making documents (experiments.report), who is on record as a reader
(experiments.registry.readings).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from apps.cli.answer import Answer, lines
from apps.cli.door import language, offer
from apps.cli.protocol_arguments import one_of, registry_opened
from data.messages import Language, Text

Form = Literal["html", "pdf", "docx", "json"]

ExperimentArgument = Annotated[str, typer.Argument(metavar="EXPERIMENT", help="Such as SE-2026-0001. 实验编号。")]
FormOption = Annotated[str, typer.Option("--format", metavar="F", help="html, pdf, docx or json. 格式。")]
ReleaseOption = Annotated[str, typer.Option("--release", metavar="ID", help="A release, or latest. 发布版本。")]
FileOption = Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE", help="Where to write it. 输出文件。")]
UserOption = Annotated[str, typer.Option("--as", metavar="USER", help="Who reads. 读者。")]


def report(
    experiment: ExperimentArgument,
    form: FormOption = "pdf",
    out: FileOption = None,
    release_id: ReleaseOption = "latest",
    actor: UserOption = "command-line",
) -> Answer:
    """Write the impact report of an experiment in the language of --lang; it is recorded as a reading of its outcomes.

    按 --lang 的语言生成一项实验的影响评估报告；生成会视为读取其中的结局数据并记入账本。
    """
    from data.durable import write_bytes
    from data.releases import load_release
    from data.stale import marks
    from experiments.registry.readings import note_reading
    from experiments.results import RESULTS, load_results

    asked: Form = one_of("format", form, Form)
    registry, spoken = registry_opened(), language()
    found = load_release(registry.workspace, release_id)
    source = registry.workspace.results / found.release_id / experiment / RESULTS
    for entry in load_results(source)["analyses"]:
        note_reading(registry, found, entry["dataset"], (entry["spec"]["outcome"],), actor)
    content = _content(source, asked, spoken, stale=bool(marks(registry.workspace, f"{found.release_id}/{experiment}")))
    path = (out or Path(f"{experiment}-{found.release_id}.{spoken}.{asked}")).absolute()
    write_bytes(path, content)
    told = {"experiment": experiment, "release_id": found.release_id, "format": asked, "language": spoken}
    marked = Text(en=" · SIMULATED", zh=" · 模拟数据") if found.simulated else Text(en="", zh="")
    where = Text(en=f"Written to {path}{marked.en}", zh=f"已写入 {path}{marked.zh}")
    return Answer({**told, "file": str(path), "simulated": found.simulated}, lines(where))


def _content(source: Path, form: Form, spoken: Language, *, stale: bool) -> bytes:
    """Return the report's bytes: results and page as they lie there (a stale page says so), documents made anew."""
    from experiments.report.files import report_file
    from experiments.results import load_results

    if form == "json":
        return source.read_bytes()
    if form == "html":
        return source.with_name(f"report.{spoken}.html").read_bytes()
    return report_file(load_results(source), spoken, form, stale=stale)


def register(app: typer.Typer) -> None:
    """Add the command."""
    offer(app, "report")(report)
