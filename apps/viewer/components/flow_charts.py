"""Charts of moves, reasons, transitions and sensor days, each with a text that says a number.

Belongs here: marks and scales. Does not: numbers, tables beside them (components.explorer). Every cell that may be seen has its
number printed on it, or in the table below; colour only repeats it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import altair as alt
import pandas as pd

from apps.viewer.components.charts import BLUE, INK, VERMILION, Figure, plain
from apps.viewer.flow_reads import KINDS, Move
from apps.viewer.language import N_, number, percent, t

MOVES: dict[str, tuple[str, str]] = {
    "stayed": (N_("seen again"), BLUE),
    "left": (N_("not seen any more"), VERMILION),
    "came_back": (N_("came back"), "#009E73"),
    "away": (N_("still not seen"), "#8A949C"),
}
"""What a unit did → its name and colour."""
_DARK = 0.55
_ROW = 34
_UPRIGHT = 4
"""Column heads that have room beside each other on a narrow screen."""


@dataclass(frozen=True)
class Cell:
    """One cell of a heat map: column, row, count; None: held back."""

    column: str
    row: str
    units: int | None


def moves(found: Sequence[Move]) -> Figure:
    """Draw what units did from period to period as bars in parts; a period with parts held back has a gap."""
    names = [t(MOVES[kind][0]) for kind in KINDS]
    shown = [move for move in found if move.units]
    frame = pd.DataFrame(
        [
            {"period": m.period, "kind": t(MOVES[m.kind][0]), "units": m.units, "place": KINDS.index(m.kind)}
            for m in shown
        ]
    )
    periods = list(dict.fromkeys(move.period for move in found))
    colour = alt.Color(
        "kind:N",
        scale=alt.Scale(domain=names, range=[MOVES[kind][1] for kind in KINDS]),
        legend=alt.Legend(title=None, orient="top", labelFontSize=13, labelLimit=260, columns=2),
    )
    base = alt.Chart(frame).encode(
        y=alt.Y("period:O", sort=periods, title=None, scale=alt.Scale(domain=periods)),
        x=alt.X("units:Q", stack="zero", title=None, axis=alt.Axis(tickCount=5)),
        order=alt.Order("place:Q"),
    )
    chart = alt.layer(base.mark_bar(stroke="white", strokeWidth=1).encode(color=colour)).properties(
        height=100 + 26 * len(periods), width="container"
    )
    said = "; ".join(
        f"{m.period} {t(MOVES[m.kind][0])} {number(m.units)}" for m in shown if m.period == shown[-1].period
    )
    return Figure(plain(chart), t("Stacked bars. Moves between periods, the last: {said}.", said=said))


def heat(cells: Sequence[Cell], caption: str, *, of_row: bool = False) -> Figure:
    """Draw counts as a heat map with the number printed in each cell; `of_row` shades by the share of the row's shown units."""
    rows = list(dict.fromkeys(cell.row for cell in cells))
    columns = list(dict.fromkeys(cell.column for cell in cells))
    base = alt.Chart(_shaded(cells, of_row=of_row)).encode(
        x=alt.X("column:O", sort=columns, title=None, axis=_heads(columns)),
        y=alt.Y("row:O", sort=rows, title=None, axis=alt.Axis(labelLimit=150)),
    )
    shade = alt.Color("shade:Q", scale=alt.Scale(domain=[0, 1], range=["#F4F7F9", "#00598C"]), legend=None)
    ink = alt.condition(f"datum.shade > {_DARK}", alt.value("white"), alt.value(INK))
    chart = alt.layer(
        base.mark_rect(stroke="white", strokeWidth=2).encode(color=shade),
        base.mark_text(fontSize=13).encode(text="said:N", color=ink),
    ).properties(height=40 + _ROW * len(rows), width="container")
    most = max((cell for cell in cells if cell.units is not None), key=lambda cell: cell.units or 0)
    text = t(
        "Heat map. {caption}. The largest: {row}, {column}: {n}.",
        caption=caption,
        row=most.row,
        column=most.column,
        n=number(most.units),
    )
    return Figure(plain(chart), text)


def _shaded(cells: Sequence[Cell], *, of_row: bool) -> pd.DataFrame:
    """Return the cells with their shade: a share of the row's shown units, or of the largest cell."""
    totals: dict[str, int] = {}
    for cell in cells:
        key = cell.row if of_row else ""
        totals[key] = totals.get(key, 0) + (cell.units or 0) if of_row else max(totals.get(key, 0), cell.units or 0)
    return pd.DataFrame(
        [
            {
                "column": cell.column,
                "row": cell.row,
                "shade": (cell.units or 0) / (totals[cell.row if of_row else ""] or 1),
                "said": "·" if cell.units is None else number(cell.units),
            }
            for cell in cells
        ]
    )


def _heads(columns: Sequence[str]) -> alt.Axis:
    """Return the axis of column heads: slanted where they would lie on each other on a phone."""
    slanted = len(columns) > _UPRIGHT and any(len(head) > 2 for head in columns)  # noqa: PLR2004 - as wide as a cell
    turned: dict[str, Any] = {"labelAngle": -35, "labelAlign": "left"} if slanted else {"labelAngle": 0}
    return alt.Axis(orient="top", labelLimit=110, labelOverlap=False, **turned)


def calendar(days: Sequence[tuple[str, date, float | None]], what: str) -> Figure:
    """Draw one row a zone or device and one mark a day, bluer the more of it was measured; a day without record is white."""
    frame = pd.DataFrame([{"row": row, "day": pd.Timestamp(day), "share": share} for row, day, share in days])
    rows = list(dict.fromkeys(frame["row"]))
    scale = alt.Scale(domain=[0, 1], range=["#F6C49F", "#00598C"], interpolate="rgb")
    legend = alt.Legend(title=None, format="%", orient="top", gradientLength=180, tickCount=4)
    chart = (
        alt.Chart(frame)
        .mark_rect()
        .encode(
            x=alt.X("yearmonthdate(day):O", title=None, axis=_months(frame["day"])),
            y=alt.Y("row:O", sort=rows, title=None, axis=alt.Axis(labelLimit=130)),
            color=alt.Color("share:Q", scale=scale, legend=legend),
        )
        .properties(height=90 + 22 * len(rows), width="container")
    )
    known = frame.dropna(subset=["share"])
    worst = known.loc[known["share"].idxmin()]
    said = t(
        "Calendar of {what}: on average {mean} of the hours were measured; the least {least}: {row}, {day}.",
        what=what,
        mean=percent(known["share"].mean()),
        least=percent(worst["share"]),
        row=worst["row"],
        day=f"{worst['day']:%Y-%m-%d}",
    )
    return Figure(plain(alt.layer(chart)), said)


def _months(days: Any) -> alt.Axis:  # noqa: ANN401 - a pandas column
    """Return an axis with a label at the first day of each month."""
    firsts = sorted({pd.Timestamp(day.year, day.month, 1) for day in days} & set(days))
    shown = [alt.DateTime(year=day.year, month=day.month, date=1) for day in firsts]
    return alt.Axis(values=shown, format="%Y-%m", labelAngle=0, labelOverlap=True, grid=False)
