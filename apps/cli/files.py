"""`zonelab check` and `zonelab submit`: a file against its contract, stored or not.

Belongs here: arguments, the list of problems as a table. Does not: what is a problem (quality).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apps.cli.answer import Answer, Show, table
from apps.cli.differences import compared, difference_shown, in_turn
from apps.cli.door import offer
from data.messages import Language, NotFound, Text, WrongUsage

if TYPE_CHECKING:
    from rich.console import Console

    from data.contracts import Contract
    from quality.check import CheckReport
    from quality.problems import Problem

FileArgument = Annotated[
    Path,
    typer.Argument(
        metavar="FILE", help="CSV, XLSX, XLS, SPSS, Stata, SAS, Parquet, JSON, fixed width, or a ZIP of one."
    ),
]
ContractOption = Annotated[str, typer.Option("--contract", metavar="C", help="A contract's name, or a path to one.")]
WaveOption = Annotated[
    str | None, typer.Option("--wave", metavar="W", help="The wave, where the file does not say it.")
]
ZoneOption = Annotated[str | None, typer.Option("--zone", metavar="Z", help="A pilot zone, or programme.")]
RequiredZone = Annotated[str, typer.Option("--zone", metavar="Z", help="A pilot zone, or programme.")]
UserOption = Annotated[str, typer.Option("--as", metavar="USER", help="Who acts.")]
ReasonOption = Annotated[
    str | None, typer.Option("--correction", metavar="REASON", help="Why rows that are already in may be replaced.")
]
AnswerOption = Annotated[
    list[str] | None,
    typer.Option(
        "--answer", metavar="CODE:REASON", help="What you say to a remark (W-…); may be repeated. Reviewers read it."
    ),
]
AnnotatedOption = Annotated[
    Path | None,
    typer.Option(
        "--annotated", metavar="OUT.xlsx", help="Write a copy of the file, faulty cells filled and commented."
    ),
]
ErrorsOption = Annotated[
    Path | None, typer.Option("--errors", metavar="OUT.csv", help="Write the list of errors, one line a faulty cell.")
]

AgainstOption = Annotated[
    bool,
    typer.Option("--against-archive", help="Also tell what is new, changed, the same and missing; needs --zone, --as."),
]
ReaderOption = Annotated[str | None, typer.Option("--as", metavar="USER", help="Who looks at the archive.")]

SHOWN = 30


def check(
    file: FileArgument,
    contract: ContractOption,
    zone: ZoneOption = None,
    wave: WaveOption = None,
    annotated: AnnotatedOption = None,
    errors: ErrorsOption = None,
    against: AgainstOption = False,  # noqa: FBT002 - a flag of the command line
    actor: ReaderOption = None,
) -> Answer:
    """Check a file against a contract; nothing is stored. Exit code 1 if it has errors.

    With a zone, and where there is a workspace, it is checked beside the archive: roster, earlier waves, keys.
    """
    from data.contracts import load_contract
    from quality.desk import annotated_copy, errors_csv

    if against and (zone is None or actor is None):
        raise WrongUsage(
            "E-BATCH-08",
            Text(en="--against-archive needs --zone and --as.", zh="--against-archive 需要 --zone 和 --as。"),
        )
    agreed = load_contract(contract)
    report = _checked(existing(file), agreed, known_zone(zone), wave)
    if annotated is not None:
        annotated.write_bytes(annotated_copy(report, agreed))
    if errors is not None:
        errors.write_bytes(errors_csv(report, agreed))
    document = _document(report)
    summary = Text(
        en=f"{report.rows_read:,} rows read: {report.rows_good:,} good, {report.rows_bad:,} bad.",
        zh=f"读取 {report.rows_read:,} 行：合格 {report.rows_good:,} 行，不合格 {report.rows_bad:,} 行。",
    )
    show = problem_list(summary, document["problems"])
    if against and report.good is not None:
        difference = compared(report, agreed, zone=str(zone), actor=str(actor))
        document["against_archive"] = difference.document()
        show = in_turn(show, difference_shown(difference))
    return Answer(document, show, exit_code=0 if report.ok else 1)


def _document(report: CheckReport) -> dict[str, Any]:
    told = {"contract": report.contract, "file": report.file_name, "sha256": report.sha256, "ok": report.ok}
    rows = {"rows_read": report.rows_read, "rows_good": report.rows_good, "rows_bad": report.rows_bad}
    return {**told, **rows, "problems": [problem_document(problem) for problem in report.problems]}


def _checked(file: Path, contract: Contract, zone: str | None, wave: str | None) -> CheckReport:
    """Check beside the archive if a zone is named and there is an archive; a check creates no workspace."""
    from data.ledger import Ledger
    from data.paths import Workspace
    from data.settings import load_settings
    from quality.check import check_file
    from quality.desk import check_at_desk

    settings = load_settings()
    place = Workspace(settings.home)
    if zone is None or not (place.catalog.exists() or settings.ledger_url):
        return check_file(file, contract, zone=zone, wave=wave)
    return check_at_desk(file, contract, workspace=place, ledger=Ledger.open(place, settings), zone=zone, wave=wave)


def submit(
    file: FileArgument,
    contract: ContractOption,
    zone: RequiredZone,
    actor: UserOption,
    wave: WaveOption = None,
    correction: ReasonOption = None,
    answer: AnswerOption = None,
) -> Answer:
    """Check a file and take in its good rows; bad rows go to quarantine with reasons. The same bytes twice: duplicate."""
    from apps.cli.workspace import opened
    from data.contracts import load_contract
    from data.reference import check_zone
    from quality.intake import submit as take_in

    place, _ = opened()
    result = take_in(
        existing(file),
        contract=load_contract(contract),
        zone=check_zone(zone),
        wave=wave,
        actor=actor,
        workspace=place,
        correction_reason=correction,
        answers=_answers(answer or []),
    )
    document = result.model_dump(mode="json")
    return Answer(
        document, submission_shown(document), exit_code=1 if result.status in ("quarantined", "rejected") else 0
    )


def _answers(given: list[str]) -> dict[str, str]:
    """Return code → reason of answers written CODE:REASON; what is wrong with them is said when they are kept."""
    return {code.strip(): reason for code, _, reason in (text.partition(":") for text in given)}


def existing(file: Path) -> Path:
    """Return the path if there is a file.

    Raises
    ------
    NotFound
        There is none.
    """
    if not file.is_file():
        raise NotFound("E-FILE-00", Text(en=f"There is no file {file}.", zh=f"没有文件 {file}。"))
    return file


def known_zone(zone: str | None) -> str | None:
    """Return the zone if there is one of that id, None if none is named."""
    from data.reference import check_zone

    return None if zone is None else check_zone(zone)


def problem_document(problem: Problem) -> dict[str, Any]:
    """Return a problem as INTERFACE.md writes it."""
    return {
        "code": problem.code,
        "severity": problem.severity,
        "row": problem.row,
        "column": problem.column,
        "count": problem.count,
        "message": problem.message.model_dump(),
    }


def submission_shown(document: dict[str, Any]) -> Show:
    """Return the submission's summary and problems for people."""
    d = document
    unchanged = d.get("rows_unchanged", 0)
    summary = Text(
        en=f"{d['submission_id']}: {d['status']}. {d['rows_read']:,} rows read: {d['rows_accepted']:,} accepted, "
        f"{d['rows_quarantined']:,} in quarantine, {unchanged:,} unchanged.",
        zh=f"{d['submission_id']}：{d['status']}。读取 {d['rows_read']:,} 行：接收 {d['rows_accepted']:,} 行，"
        f"隔离 {d['rows_quarantined']:,} 行，未变 {unchanged:,} 行。",
    )
    return problem_list(summary, d["problems"])


def problem_list(summary: Text, problems: list[dict[str, Any]]) -> Show:
    """Return a `show` of a summary and the first problems."""
    pairs = [("severity", "级别"), ("row", "行"), ("column", "列"), ("count", "次数"), ("what", "问题")]

    def show(out: Console, language: Language) -> None:
        out.print(summary.get(language), markup=False)
        if not problems:
            return
        rows = [
            [p["severity"], p["row"], p["column"], p["count"], f"{p['code']}: {p['message'][language]}"]
            for p in problems
        ]
        columns = [Text(en=en, zh=zh) for en, zh in pairs]
        out.print(table(Text(en="Problems", zh="问题"), columns, rows[:SHOWN], language))
        if len(rows) > SHOWN:
            more = len(rows) - SHOWN
            out.print(
                Text(en=f"… and {more:,} more; --json lists all.", zh=f"……另有 {more:,} 条；--json 列出全部。").get(
                    language
                )
            )

    return show


def register(app: typer.Typer) -> None:
    """Add the commands."""
    offer(app, "check")(check)
    offer(app, "submit")(submit)
