"""`zonelab programme status`: what each zone has met, what is missing, what is overdue, as of a day.

Belongs here: arguments, tables. Does not: the judgement (quality.programme), the marts (dbt_project).
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apps.cli.answer import Answer, Show, lines, table
from apps.cli.differences import in_turn
from apps.cli.door import offer
from data.messages import Language, Text, WrongUsage

if TYPE_CHECKING:
    from rich.console import Console

    from data.codebooks import ColumnWords
    from quality.programme import ProgrammeStatus, ZoneStatus

DayOption = Annotated[str, typer.Option("--as-of", metavar="DATE", help="The day, as 2026-01-31. 截至日期。")]
ZoneOption = Annotated[list[str] | None, typer.Option("--zone", metavar="Z", help="Only this zone; may be repeated.")]
ReleaseOption = Annotated[str, typer.Option("--release", metavar="ID", help="A release, or latest. 发布版本。")]


def status(as_of: DayOption, zone: ZoneOption = None, release: ReleaseOption = "latest") -> Answer:
    """Tell per zone the state of its life cycle, conditions met and not met, missing documents, overdue annual reports.

    各试点区的生命周期阶段、申报条件、缺少的文件与逾期的年度报告（截至指定日期）。
    """
    from apps.cli.workspace import opened
    from data.reference import check_zone
    from data.releases import load_release
    from quality.programme import programme_status

    chosen = tuple(check_zone(name) for name in zone or ())
    found = programme_status(load_release(opened()[0], release), day(as_of), chosen)
    return Answer(found.document(), in_turn(_head(found), _zones(found), _targets(found)))


def day(written: str) -> date:
    """Return a day as written.

    >>> day("2026-01-31")
    datetime.date(2026, 1, 31)
    """
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise WrongUsage(
            "E-USAGE-21",
            Text(
                en=f"--as-of {written}: write a day as 2026-01-31.", zh=f"--as-of {written}：请按 2026-01-31 书写日期。"
            ),
        ) from error


def _head(found: ProgrammeStatus) -> Show:
    simulated = Text(en=" SIMULATED data.", zh="模拟数据。") if found.is_simulated else Text(en="", zh="")
    late = sum(len(zone.overdue) for zone in found.zones)
    return lines(
        Text(
            en=f"As of {found.as_of}, by {found.release_id}: {late} annual reports overdue.{simulated.en}",
            zh=f"截至 {found.as_of}，依据 {found.release_id}：{late} 份年度报告逾期。{simulated.zh}",
        )
    )


def _zones(found: ProgrammeStatus) -> Show:
    heads = (
        ("zone", "试点区"),
        ("state", "阶段"),
        ("since", "自"),
        ("met", "已具备"),
        ("not met", "未具备"),
        ("no data", "无数据"),
        ("missing documents", "缺少文件"),
        ("overdue", "逾期报告"),
        ("candidates", "推广候选"),
    )

    def show(out: Console, language: Language) -> None:
        columns = [Text(en=en, zh=zh) for en, zh in heads]
        year = found.as_of.year - 1
        title = Text(en=f"Zones; conditions of {year}", zh=f"试点区；申报条件按 {year} 年")
        out.print(table(title, columns, [_row(zone, language) for zone in found.zones], language))

    return show


def _row(zone: ZoneStatus, language: Language) -> list[object]:
    names = _words("fct_zone_condition", "condition_id")
    return [
        zone.zone_id,
        _named(_words("fct_zone_state", "state_code"), (zone.state,) if zone.state else (), language),
        str(zone.since or ""),
        len(zone.conditions["met"]),
        _named(names, zone.conditions["not_met"], language),
        _named(names, zone.conditions["no_data"], language),
        _named(_kinds(), zone.missing_documents, language),
        ", ".join(map(str, zone.overdue)),
        len(zone.candidates),
    ]


def _words(mart: str, column: str) -> dict[str, Text]:
    from data.codebooks import codebooks

    found: ColumnWords = codebooks().panels[mart].columns[column]
    return found.codes or {}


def _kinds() -> dict[str, Text]:
    from data.contracts import load_contract

    return load_contract("zone_document").column("kind_code").codes or {}


def _named(words: dict[str, Text], codes: tuple[str, ...], language: Language) -> str:
    return "; ".join(words[code].get(language) if code in words else code for code in codes)


def _targets(found: ProgrammeStatus) -> Show:
    if not found.targets:
        return lines(Text(en="No zone has reported a figure for a target.", zh="尚无试点区上报目标相关数据。"))
    heads = (("target", "目标"), ("year", "年度"), ("bn RMB", "十亿元"), ("of", "目标值"), ("share", "比例"))
    reporting = ("zones reporting", "已上报试点区")

    def show(out: Console, language: Language) -> None:
        columns = [Text(en=en, zh=zh) for en, zh in (*heads, reporting)]
        rows: list[list[Any]] = [
            [
                row["target_id"],
                str(row["year"]),
                row["zones_bn_rmb"],
                row["threshold_bn_rmb"],
                None if row["zones_share"] is None else f"{row['zones_share']:.1%}",
                f"{row['zones_reporting']}/{row['zones_expected']}",
            ]
            for row in found.targets
        ]
        title = Text(en="National targets: the zones' sum is a lower bound", zh="国家目标：试点区合计仅为下限")
        out.print(table(title, columns, rows, language))

    return show


def register(app: typer.Typer) -> None:
    """Add the group `programme`."""
    group = typer.Typer(help="Where the zones and the programme stand. 试点区与项目进展。", no_args_is_help=True)
    offer(group, "status")(status)
    app.add_typer(group, name="programme")
