"""`zonelab report`: the impact report of an experiment, or the annual report of a zone or of the programme, in one language.

Belongs here: arguments, where it was written. Does not: making documents (experiments.report, experiments.annual), who is on
record as a reader (experiments.registry.readings).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

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

    It is recorded as a reading of the outcomes in it.

    按 --lang 的语言生成影响评估报告，或（--zone、--programme 加 --year）年度报告；生成会视为读取结局数据并记入账本。
    """
    from data.durable import write_bytes
    from data.releases import load_release

    _one(experiment, zone, programme=programme, year=year)
    registry = registry_opened()
    asked = Asked(
        registry, load_release(registry.workspace, release_id), one_of("format", form, Form), language(), actor
    )
    name, content = _impact(asked, experiment) if experiment else _annual(asked, zone, year or 0)
    release = asked.release
    path = (out or Path(f"{name}-{release.release_id}.{asked.language}.{asked.form}")).absolute()
    write_bytes(path, content)
    told = {"experiment": experiment, "zone": zone, "year": year, "release_id": release.release_id}
    kind = {"format": asked.form, "language": asked.language, "file": str(path), "simulated": release.simulated}
    marked = Text(en=" · SIMULATED", zh=" · 模拟数据") if release.simulated else Text(en="", zh="")
    where = Text(en=f"Written to {path}{marked.en}", zh=f"已写入 {path}{marked.zh}")
    return Answer({**told, **kind}, lines(where))


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


def _impact(asked: Asked, experiment: str) -> tuple[str, bytes]:
    """Return the name and the bytes of an impact report; its outcomes are read."""
    from data.stale import marks
    from experiments.results import RESULTS

    source = asked.registry.workspace.results / asked.release.release_id / experiment / RESULTS
    _note(asked, source)
    stale = bool(marks(asked.registry.workspace, f"{asked.release.release_id}/{experiment}"))
    return experiment, _content(source, asked.form, asked.language, stale=stale)


def _annual(asked: Asked, zone: str | None, year: int) -> tuple[str, bytes]:
    """Return the name and the bytes of an annual report; the outcomes of the experiments in it are read."""
    from data.reference import PROGRAMME, check_zone
    from experiments.annual.document import annual
    from experiments.annual.files import annual_file
    from experiments.results import RESULTS, load_results

    chosen = check_zone(zone) if zone and zone != PROGRAMME else None
    place = asked.registry.workspace
    for source in sorted((place.results / asked.release.release_id).glob(f"*/{RESULTS}")):
        if chosen is None or chosen in load_results(source)["design"]["zones"]:
            _note(asked, source)
    document = annual(place, asked.registry.ledger, asked.release, year, chosen)
    return f"{chosen or 'programme'}-{year}", annual_file(document, asked.language, asked.form)


def _note(asked: Asked, source: Path) -> None:
    """Record that the outcomes of some results are read."""
    from experiments.registry.readings import note_reading
    from experiments.results import load_results

    for entry in load_results(source)["analyses"]:
        note_reading(asked.registry, asked.release, entry["dataset"], (entry["spec"]["outcome"],), asked.actor)


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
