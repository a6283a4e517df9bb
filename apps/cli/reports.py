"""`zonelab report`: the impact report of an experiment, or the annual report of a zone or of the programme, in one language.

Belongs here: arguments, where it was written. Does not: making documents (experiments.report, experiments.annual), who is on
record as a reader (experiments.registry.readings).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from apps.cli.answer import Answer, lines
from apps.cli.door import language, offer
from apps.cli.protocol_arguments import one_of, registry_opened
from data.messages import Language, Text, WrongUsage

if TYPE_CHECKING:
    from data.releases import Release
    from experiments.registry.store import Registry

Form = Literal["html", "pdf", "docx", "json"]

ExperimentArgument = Annotated[
    str | None, typer.Argument(metavar="EXPERIMENT", help="Such as SE-2026-0001. 实验编号。")
]
FormOption = Annotated[str, typer.Option("--format", metavar="F", help="html, pdf, docx or json. 格式。")]
ReleaseOption = Annotated[str, typer.Option("--release", metavar="ID", help="A release, or latest. 发布版本。")]
FileOption = Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE", help="Where to write it. 输出文件。")]
UserOption = Annotated[str, typer.Option("--as", metavar="USER", help="Who reads. 读者。")]
ZoneOption = Annotated[
    str | None, typer.Option("--zone", metavar="Z", help="Annual report of a zone. 试点区年度报告。")
]
ProgrammeOption = Annotated[bool, typer.Option("--programme", help="Annual report of the programme. 项目年度报告。")]
YearOption = Annotated[int | None, typer.Option("--year", metavar="Y", help="Year of an annual report. 报告年度。")]


@dataclass(frozen=True)
class Asked:
    """Which report, of which release, for whom."""

    registry: Registry
    release: Release
    form: Form
    language: Language
    actor: str


def report(
    experiment: ExperimentArgument = None,
    form: FormOption = "pdf",
    out: FileOption = None,
    release_id: ReleaseOption = "latest",
    actor: UserOption = "command-line",
    zone: ZoneOption = None,
    programme: ProgrammeOption = False,  # noqa: FBT002 - a flag
    year: YearOption = None,
) -> Answer:
    """Write the impact report of an experiment, or with --zone or --programme and --year an annual report, in --lang.

    It is recorded as a reading of the outcomes in it. Who reads published reports only gets what was published.

    按 --lang 的语言生成影响评估报告，或（--zone、--programme 加 --year）年度报告；生成会视为读取结局数据并记入账本。
    """
    from data.durable import write_bytes
    from data.releases import load_release

    _one(experiment, zone, programme=programme, year=year)
    registry = registry_opened()
    asked = Asked(
        registry, load_release(registry.workspace, release_id), one_of("format", form, Form), language(), actor
    )
    name, content, published = _impact(asked, experiment) if experiment else _annual(asked, zone, year or 0)
    release = asked.release
    path = (out or Path(f"{name}-{release.release_id}.{asked.language}.{asked.form}")).absolute()
    write_bytes(path, content)
    told = {"experiment": experiment, "zone": zone, "year": year, "release_id": release.release_id}
    kind = {"format": asked.form, "language": asked.language, "published": published, "file": str(path)}
    marked = Text(en=" · SIMULATED", zh=" · 模拟数据") if release.simulated else Text(en="", zh="")
    where = Text(en=f"Written to {path}{marked.en}", zh=f"已写入 {path}{marked.zh}")
    return Answer({**told, **kind, "simulated": release.simulated}, lines(where))


def _one(experiment: str | None, zone: str | None, *, programme: bool, year: int | None) -> None:
    """Refuse anything but one report: an experiment, or a zone or the programme with a year."""
    if sum((experiment is not None, zone is not None, programme)) == 1 and (experiment is not None) == (year is None):
        return
    raise WrongUsage(
        "E-USAGE-22",
        Text(
            en="Say which report: an EXPERIMENT, or --zone Z --year Y, or --programme --year Y.",
            zh="请指明报告：实验编号，或 --zone Z --year Y，或 --programme --year Y。",
        ),
    )


def _impact(asked: Asked, experiment: str) -> tuple[str, bytes, bool]:
    """Return the name and the bytes of an impact report, and whether it is published; its outcomes are read."""
    from experiments.results import load_results
    from experiments.reviewing import reading
    from experiments.reviewing.desk import ReviewDesk

    opened = reading.opened(ReviewDesk(asked.registry), f"{asked.release.release_id}/{experiment}", asked.actor)
    _note(asked, load_results(opened.path))
    content = reading.content(asked.registry.workspace, opened, asked.form, asked.language)
    return experiment, content, opened.is_public or opened.record.state == "published"


def _annual(asked: Asked, zone: str | None, year: int) -> tuple[str, bytes, bool]:
    """Return the name and the bytes of an annual report, which nobody publishes here; outcomes in it are read."""
    from data.reference import PROGRAMME, check_zone
    from experiments.annual.document import annual
    from experiments.annual.files import annual_file
    from experiments.annual.studies import readable_results
    from experiments.reviewing.desk import ReviewDesk

    chosen = check_zone(zone) if zone and zone != PROGRAMME else None
    found = readable_results(ReviewDesk(asked.registry), asked.release, chosen, asked.actor)
    for item in found:
        _note(asked, item.document)
    made = annual(asked.registry, asked.release, year, found, chosen)
    return f"{chosen or 'programme'}-{year}", annual_file(made, asked.language, asked.form), False


def _note(asked: Asked, document: dict[str, Any]) -> None:
    """Record that the outcomes of some results are read."""
    from experiments.registry.readings import note_reading

    for entry in document["analyses"]:
        note_reading(asked.registry, asked.release, entry["dataset"], (entry["spec"]["outcome"],), asked.actor)


def register(app: typer.Typer) -> None:
    """Add the command."""
    offer(app, "report")(report)
