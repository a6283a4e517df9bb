"""`zonelab check --against-archive`: what a file would change, for people.

Belongs here: one call of the comparison, its table. Does not: comparing (quality.against), the command (files).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.cli.answer import Show, table
from data.messages import Language, Text

if TYPE_CHECKING:
    from rich.console import Console

    from data.contracts import Contract
    from quality.against import Difference
    from quality.check import CheckReport

SHOWN = 30


def compared(report: CheckReport, contract: Contract, *, zone: str, actor: str) -> Difference:
    """Compare a checked file with the settings' workspace."""
    from apps.cli.workspace import opened
    from quality.against import against_archive

    place, ledger = opened()
    return against_archive(place, ledger, report, contract, zone=zone, actor=actor)


def difference_shown(found: Difference) -> Show:
    """Return a `show` of the counts and the first changed cells."""
    summary = Text(
        en=f"Beside the archive: {found.new:,} new, {found.changed:,} changed, {found.same:,} the same; {found.missing:,} rows"
        " that the archive holds are missing here.",
        zh=f"与档案库相比：新增 {found.new:,} 行，改动 {found.changed:,} 行，相同 {found.same:,} 行；档案库已有而此文件缺少"
        f" {found.missing:,} 行。",
    )
    pairs = [("row", "行"), ("column", "列"), ("in the archive", "档案库"), ("in this file", "此文件")]

    def show(out: Console, language: Language) -> None:
        out.print(summary.get(language), markup=False)
        if not found.cells:
            return
        hidden = Text(en="(not shown)", zh="（不显示）").get(language)
        rows = [
            [cell.row, cell.column, *((hidden, hidden) if cell.is_hidden else (cell.old or "", cell.new or ""))]
            for cell in found.cells[:SHOWN]
        ]
        out.print(
            table(Text(en="Changed cells", zh="改动的单元格"), [Text(en=e, zh=z) for e, z in pairs], rows, language)
        )
        if found.cells_changed > SHOWN:
            more = found.cells_changed - SHOWN
            told = Text(
                en=f"… and {more:,} more; --json lists up to 500.", zh=f"……另有 {more:,} 处；--json 最多列出 500 处。"
            )
            out.print(told.get(language), markup=False)

    return show


def in_turn(*shows: Show) -> Show:
    """Return a `show` of several things, one after the other."""

    def show(out: Console, language: Language) -> None:
        for one in shows:
            one(out, language)

    return show
