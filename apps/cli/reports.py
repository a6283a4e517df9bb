"""`zonelab report`: the impact report of one experiment as a page, PDF, Word file or its results, in one language.

Belongs here: arguments, where it was written. Does not: making documents (experiments.report), who is on record as a reader
(experiments.registry.readings).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from apps.cli.answer import Answer, lines
from apps.cli.door import language, offer
from apps.cli.protocol_arguments import one_of, registry_opened
from data.messages import Language, Text

if TYPE_CHECKING:
    from data.paths import Workspace
    from experiments.reviewing.reading import Readable

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

    Who reads published reports only gets the public copy.

    按 --lang 的语言生成一项实验的影响评估报告；生成会视为读取其中的结局数据并记入账本。
    """
    from data.durable import write_bytes
    from data.releases import load_release
    from experiments.registry.readings import note_reading
    from experiments.results import load_results
    from experiments.reviewing import reading
    from experiments.reviewing.desk import ReviewDesk

    asked: Form = one_of("format", form, Form)
    registry, spoken = registry_opened(), language()
    found = load_release(registry.workspace, release_id)
    opened = reading.opened(ReviewDesk(registry), f"{found.release_id}/{experiment}", actor)
    for entry in load_results(opened.path)["analyses"]:
        note_reading(registry, found, entry["dataset"], (entry["spec"]["outcome"],), actor)
    content = _content(registry.workspace, opened, asked, spoken)
    path = (out or Path(f"{experiment}-{found.release_id}.{spoken}.{asked}")).absolute()
    write_bytes(path, content)
    told: dict[str, object] = {
        "experiment": experiment,
        "release_id": found.release_id,
        "format": asked,
        "language": spoken,
    }
    marked = Text(en=" · SIMULATED", zh=" · 模拟数据") if found.simulated else Text(en="", zh="")
    where = Text(en=f"Written to {path}{marked.en}", zh=f"已写入 {path}{marked.zh}")
    public = {"published": opened.is_public or opened.record.state == "published"}
    return Answer({**told, **public, "file": str(path), "simulated": found.simulated}, lines(where))


def _content(workspace: Workspace, opened: Readable, form: Form, spoken: Language) -> bytes:
    """Return the report's bytes: of the public copy what was published, else results and page as they lie there."""
    from experiments.reviewing.reading import content

    return content(workspace, opened, form, spoken)


def register(app: typer.Typer) -> None:
    """Add the command."""
    offer(app, "report")(report)
