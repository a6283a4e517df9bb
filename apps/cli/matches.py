"""`zonelab match`: which column of the contract each header of a file is, and confirming what was guessed.

Belongs here: arguments and the table. Does not: guessing and remembering (quality.matches, quality.match_memory).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from apps.cli.answer import Answer, Show, table
from apps.cli.door import offer
from apps.cli.files import ContractOption, FileArgument, RequiredZone, UserOption, existing
from data.messages import Language, Refused, Text, WrongUsage

if TYPE_CHECKING:
    from rich.console import Console

    from quality.matches import ColumnMatch

ConfirmOption = Annotated[
    list[str] | None,
    typer.Option(
        "--confirm", metavar="HEADER=COLUMN", help="Remember this for the zone; HEADER= alone: do not load it."
    ),
]
GuessesOption = Annotated[
    bool, typer.Option("--confirm-guesses", help="Remember every guess of this file for the zone.")
]


def match(
    file: FileArgument,
    contract: ContractOption,
    zone: RequiredZone,
    actor: UserOption,
    confirm: ConfirmOption = None,
    *,
    confirm_guesses: GuessesOption = False,
) -> Answer:
    """Show what each header of a file is taken for; guesses are loaded only after they were confirmed for the zone."""
    from apps.cli.workspace import opened
    from data.contracts import load_contract
    from data.reference import check_zone
    from quality.desk import check_at_desk, confirm_matches

    agreed, place_of = load_contract(contract), check_zone(zone)
    place, ledger = opened()
    existing(file)
    pairs = dict(_pair(text) for text in confirm or [])
    report = check_at_desk(file, agreed, workspace=place, ledger=ledger, zone=place_of)
    if confirm_guesses:
        pairs = {each.header: each.column for each in report.columns if each.status == "guessed"} | pairs
    if not report.columns:
        raise Refused(report.problems[0].code, report.problems[0].message)
    if pairs:
        confirm_matches(place, ledger, agreed, place_of, pairs, actor=actor)
        report = check_at_desk(file, agreed, workspace=place, ledger=ledger, zone=place_of)
    missing = [told.column for told in report.problems if told.code == "E-COL-01"]
    columns = [
        {
            "header": each.header,
            "column": each.column,
            "status": each.status,
            "score": each.score,
            "examples": list(each.examples),
        }
        for each in report.columns
    ]
    document: dict[str, Any] = {"contract": agreed.name, "zone": place_of, "columns": columns, "missing": missing}
    return Answer(document, _shown(report.columns, missing), exit_code=1 if missing else 0)


def _pair(text: str) -> tuple[str, str | None]:
    header, equals, column = text.rpartition("=")
    if not equals or not header:
        raise WrongUsage(
            "E-MATCH-02",
            Text(en="--confirm takes HEADER=COLUMN.", zh="--confirm 的写法为 表头=列名。"),
        )
    return header, column or None


def _shown(columns: tuple[ColumnMatch, ...], missing: list[str | None]) -> Show:
    pairs = [("your column", "您的列"), ("our variable", "平台变量"), ("status", "状态"), ("examples", "示例")]

    def show(out: Console, language: Language) -> None:
        from quality.matches import status_words

        headings = [Text(en=en, zh=zh) for en, zh in pairs]
        rows: list[list[object]] = [
            [each.header, each.column, status_words(each.status).get(language), ", ".join(each.examples)]
            for each in columns
        ]
        out.print(table(Text(en="Columns", zh="列"), headings, rows, language))
        if missing:
            names = ", ".join(map(str, missing))
            out.print(Text(en=f"Missing: {names}", zh=f"缺少：{names}").get(language), markup=False)

    return show


def register(app: typer.Typer) -> None:
    """Add the command."""
    offer(app, "match")(match)
