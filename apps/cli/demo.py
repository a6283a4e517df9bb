"""`zonelab demo`: three simulated experiments from raw files to report, and a recap with the truth beside each estimate.

Belongs here: the steps in order, the recap for people. Does not: any step (data.demo, runs), any number (recap).
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from apps.cli import recap
from apps.cli.answer import Answer, Show, say, table
from apps.cli.door import language, offer
from apps.cli.runs import exit_code, failure_text, launched
from apps.cli.workspace import opened
from data.messages import Language, PlatformFailed, Refused, Text
from data.settings import load_settings

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from data.releases import Release
    from experiments.registry.store import Registry

ZONE, YEAR = "beijing", 2025
"""The zone and the year whose annual reports the demo ends with: the year of the demo's last waves."""
SeedOption = Annotated[int | None, typer.Option("--seed", metavar="N", help="Seed of the simulation.")]
ScaleOption = Annotated[
    float, typer.Option("--scale", metavar="S", help="Size of the programme; 1 is the standard one.")
]


def demo(seed: SeedOption = None, scale: ScaleOption = 1.0) -> Answer:
    """Run the demo programme: simulated files for the real pilot zones, through every room, to the report."""
    from data.demo import DEFAULT_SEED, deliver, frames, write_files
    from data.releases import load_release
    from data.submissions import submissions
    from experiments.registry.demo_path import prepare
    from experiments.registry.store import Registry
    from experiments.reviewing.demo_path import publish_reports

    chosen = DEFAULT_SEED if seed is None else seed
    units = frames(chosen, scale)
    place, ledger = opened()
    registry = Registry.open(place)
    say(
        Text(en="Registering and assigning three experiments (SIMULATED) …", zh="正在登记并分配三项实验（模拟）……"),
        language(),
    )
    arms = prepare(registry, units, seed=chosen)
    say(Text(en="Writing the demo's files (SIMULATED) …", zh="正在生成演示文件（模拟数据）……"), language())
    manifest = write_files(place, chosen, scale, arms=arms)
    recap.same_programme(place, manifest, submissions(ledger))
    number = deliver(place, manifest)
    say(Text(en=f"Delivering {number} files …", zh=f"正在投递 {number} 个文件……"), language())
    run = succeeded(launched("everything", place, load_settings()))
    release = load_release(place, run["release_id"])
    say(Text(en="Reviewing and publishing the reports (SIMULATED) …", zh="正在评审并发布报告（模拟）……"), language())
    publish_reports(registry, release.release_id)
    came = recap.intake(manifest, submissions(ledger), run["run_id"])
    found = recap.judged(manifest.folder / "truth.json", recap.result_files(place, release.release_id))
    pages = recap.pages(place, release.release_id, run["run_id"])
    yearly = annual_reports(registry, release)
    return told(run, release, came, found, pages, recap.standings(registry, units), yearly)


def annual_reports(registry: Registry, release: Release) -> list[Path]:
    """Write the annual reports of one zone and of the programme, in both languages, as PDF and as their documents."""
    from data.durable import write_bytes
    from experiments.annual.document import annual
    from experiments.annual.files import annual_file
    from experiments.annual.studies import readable_results
    from experiments.registry.demo_path import INVESTIGATOR
    from experiments.reviewing.desk import ReviewDesk

    written = []
    for zone in (ZONE, None):
        found = readable_results(ReviewDesk(registry), release, zone, INVESTIGATOR)
        document = annual(registry, release, YEAR, found, zone)
        folder = registry.workspace.home / "reports" / release.release_id
        name = f"{zone or 'programme'}-{YEAR}"
        write_bytes(folder / f"{name}.json", annual_file(document, "en", "json"))
        for spoken in get_args(Language):
            written.append(folder / f"{name}.{spoken}.pdf")
            write_bytes(written[-1], annual_file(document, spoken, "pdf"))
    return written


def succeeded(run: dict[str, Any]) -> dict[str, Any]:
    """Return the run's outcome if it succeeded; otherwise say which steps failed and why."""
    code = exit_code(run)
    if code == 0:
        return run
    failures = [failure_text(failure) for failure in run["failures"]]
    en, zh = "\n".join(text.en for text in failures), "\n".join(text.zh for text in failures)
    text = Text(en=f"Run {run['run_id']} failed:\n{en}", zh=f"运行 {run['run_id']} 失败：\n{zh}")
    raise (Refused if code == 1 else PlatformFailed)("E-DEMO-03", text)


def told(
    run: dict[str, Any],
    release: Release,
    came: recap.Intake,
    found: list[recap.Judged],
    pages: recap.Pages,
    standings: list[recap.Standing],
    yearly: list[Path],
) -> Answer:
    """Return the answer: INTERFACE.md's keys, then what came in and the checks."""
    document = {
        "release_id": release.release_id,
        "tables": {mart: info.rows for mart, info in release.tables.items()},
        "estimates": [entry.document() for entry in found],
        "report": str(pages.reports[0]) if pages.reports else None,
        "reports": [str(page) for page in pages.reports],
        "pdfs": [str(path) for path in pages.pdfs],
        "annual": [str(path) for path in yearly],
        "validation": str(pages.validation),
        "simulated": release.simulated,
        "run_id": run["run_id"],
        "checks": run["checks"],
        "intake": asdict(came),
        "registrations": [asdict(standing) for standing in standings],
    }
    return Answer(document, shown(document, came, found))


def shown(document: dict[str, Any], came: recap.Intake, found: list[recap.Judged]) -> Show:
    """Return the recap for people."""

    def show(out: Console, language: Language) -> None:
        out.print(Text(en="SIMULATED DATA", zh="模拟数据").get(language), style="bold reverse")
        for text in intake_lines(came):
            out.print(text.get(language), markup=False)
        title, columns = (
            Text(en="Quarantined, by reason", zh="隔离原因"),
            [Text(en="code", zh="代码"), Text(en="times", zh="次数")],
        )
        out.print(table(title, columns, list(came.quarantine.items()), language))
        title, columns = Text(en="Panels", zh="面板"), [Text(en="table", zh="表"), Text(en="rows", zh="行")]
        out.print(table(title, columns, list(document["tables"].items()), language))
        out.print(registrations_table(document["registrations"], language))
        out.print(estimates_table(found, language))
        for text in where_to_look(document):
            out.print(text.get(language), markup=False)

    return show


def intake_lines(came: recap.Intake) -> list[Text]:
    """Return what came in as sentences."""
    c = came
    verdicts = ", ".join(f"{number} {status}" for status, number in sorted(c.submissions.items()))
    return [
        Text(
            en=f"Files: {c.files} delivered, {c.new} new, {c.duplicates} duplicates. Submissions: {verdicts}.",
            zh=f"文件：投递 {c.files} 个，新 {c.new} 个，重复 {c.duplicates} 个。提交：{verdicts}。",
        ),
        Text(
            en=f"Rows: {c.rows_read:,} read = {c.rows_accepted:,} accepted + {c.rows_quarantined:,} in quarantine + "
            f"{c.rows_unchanged:,} unchanged; {c.corrections:,} of the accepted are corrections.",
            zh=f"行：读取 {c.rows_read:,} = 接收 {c.rows_accepted:,} + 隔离 {c.rows_quarantined:,} + 未变 {c.rows_unchanged:,}；"
            f"其中更正 {c.corrections:,} 行。",
        ),
    ]


def estimates_table(found: list[recap.Judged], language: Language) -> Table:
    """Return truth and estimate side by side."""
    pairs = [
        ("experiment", "实验"),
        ("analysis", "分析"),
        ("truth", "真值"),
        ("estimate", "估计"),
        ("low", "下限"),
        ("high", "上限"),
        ("covered", "覆盖"),
        ("", ""),
    ]
    yes, no = Text(en="yes", zh="是").get(language), Text(en="NO", zh="否").get(language)
    harm = Text(en="harm", zh="危害").get(language)
    rows = [
        [
            e.experiment,
            e.analysis,
            e.truth,
            e.estimate,
            e.conf_low,
            e.conf_high,
            yes if e.covered else no,
            harm if e.is_harm else "",
        ]
        for e in found
    ]
    title = Text(en="Truth and estimate, 95 % intervals", zh="真值与估计（95% 区间）")
    return table(title, [Text(en=en, zh=zh) for en, zh in pairs], rows, language)


def registrations_table(found: list[dict[str, Any]], language: Language) -> Table:
    """Return what the registry holds of the demo's experiments."""
    pairs = [("protocol", "方案"), ("assignment", "分配"), ("registered before first data", "先登记后收数")]
    yes, no = Text(en="yes", zh="是").get(language), Text(en="NO", zh="否").get(language)
    rows = [
        [
            f"{entry['experiment']}@{entry['version']}",
            (entry["assignment_sha256"] or "–")[:12],
            yes if entry["registered_before_first_data"] else no,
        ]
        for entry in found
    ]
    title = Text(en="Registered", zh="登记")
    return table(title, [Text(en=en, zh=zh) for en, zh in pairs], rows, language)


def where_to_look(document: dict[str, Any]) -> list[Text]:
    """Return where the reports and the viewer are."""
    pages = [Path(page) for page in document["reports"]]
    return [
        Text(en=f"Release  {document['release_id']}", zh=f"发布版本 {document['release_id']}"),
        *(Text(en=f"Report   {page}", zh=f"报告     {page.with_name('report.zh.html')}") for page in pages),
        *(Text(en=f"PDF      {path}", zh=f"PDF      {path}") for path in document["pdfs"]),
        *(Text(en=f"Annual   {path}", zh=f"年度报告 {path}") for path in document["annual"]),
        Text(en=f"Checks   {document['validation']}", zh=f"检查     {document['validation']}"),
        Text(
            en="Viewer   make serve (or zonelab serve), then http://127.0.0.1:8501",
            zh="查看器   make serve（或 zonelab serve），然后打开 http://127.0.0.1:8501",
        ),
    ]


def register(app: typer.Typer) -> None:
    """Add the command."""
    offer(app, "demo")(demo)
