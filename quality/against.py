"""A file beside the archive, before it is sent: what is new, changed, the same, and what was there before and is missing now.

Belongs here: the comparison and its table. Does not: problems of the file itself (check), what a submission would do with changed
rows (reconcile: E-KEY-02, or a reading's version). Values are shown only of rows that the zone itself delivered, and only where
the contract calls a column not sensitive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import duckdb
import pyarrow as pa

from data.access import check_can
from data.contracts import Column, Contract, status_name
from data.duck import open_duckdb, quote_name, quote_text
from data.lake import Lake
from data.ledger import Ledger
from data.messages import Refused, Text
from data.paths import Workspace
from data.standing import gone
from data.submissions import submissions
from quality.check import CheckReport, threads_for
from quality.messages import LONGEST_SHOWN

MOST = 500
"""Changed cells that are listed; all are counted."""


SAME_KEY = "good g join archive a using (rec_key)"


@dataclass(frozen=True)
class ChangedCell:
    """One cell that differs. `old` and `new` are None if the cell is empty, or may not be shown (`is_hidden`)."""

    row: int
    column: str
    old: str | None
    new: str | None
    is_hidden: bool


@dataclass(frozen=True)
class Difference:
    """What a file would bring. `new + changed + same` are its good rows.

    `missing` are rows of the archive that the zone delivered before, within the waves (or the span of time) of this file, and
    that are not in it. `cells` lists the first `MOST` changed cells by row and column, `cells_changed` counts all, `by_column`
    counts them per column of the contract.
    """

    new: int
    changed: int
    same: int
    missing: int
    cells_changed: int
    by_column: dict[str, int]
    cells: tuple[ChangedCell, ...]

    def document(self) -> dict[str, Any]:
        """Return the difference as commands and pages show it: JSON values only."""
        return {**asdict(self), "cells": [asdict(cell) for cell in self.cells]}


def against_archive(
    workspace: Workspace, ledger: Ledger, report: CheckReport, contract: Contract, *, zone: str, actor: str
) -> Difference:
    """Compare the good rows of a checked file with the archive as it stands; nothing is stored.

    Use it before a file is sent again: a page shows it beside the problems of the report, `zonelab check --against-archive`
    prints it. Do not use it to decide what enters: that is decided when the file is submitted.

    Parameters
    ----------
    report
        From `quality.check.check_file`, for this zone and contract.
    zone
        Whose delivery it would be; rows of other zones are nobody's loss, and their values are not shown.
    actor
        Who looks; needs the right to read in that zone.

    Returns
    -------
    Difference
        Rows that break a rule are in no count; they are problems of the report. Deliveries that wait for their review count
        as there; returned and retracted ones do not.

    Raises
    ------
    NotPermitted
        E-ACCESS-01: the actor may not read in the zone.
    Refused
        E-BATCH-05: the file cannot enter as a whole; its problems come first.

    Examples
    --------
    >>> from data.ledger import Ledger                                                           # doctest: +SKIP
    >>> report = check_file(path, contract, zone="deqing", wave="W2")                            # doctest: +SKIP
    >>> against_archive(place, Ledger.open(place), report, contract, zone="deqing", actor="zone.one").missing  # doctest: +SKIP
    3
    """
    check_can(actor, "read", zone, workspace=workspace)
    if report.good is None:
        raise Refused(
            "E-BATCH-05",
            Text(
                en="The file cannot enter as a whole, so it is not compared with the archive. Mend its errors first.",
                zh="该文件整体无法接收，因此未与档案库比较。请先修正错误。",
            ),
        )
    lake = Lake(workspace, ledger)
    select = lake.relation_sql(contract, lake.closed_seq(), gone(ledger))
    return compare(_sent(report.good, report.other_values), select, contract, own=of_zone(ledger, zone))


def _sent(good: pa.Table, other_values: pa.Table | None) -> pa.Table:
    """Return every row without a fault, those included that are faulty only because the archive holds other values."""
    return good if other_values is None else pa.concat_tables([good, other_values])


def of_zone(ledger: Ledger, zone: str) -> list[str]:
    """Return the ids of what the zone delivered, with the corrections of it."""
    sent = {item.submission_id for item in submissions(ledger) if item.zone == zone}
    proposed = ledger.events_of(("correction_proposed",)) if sent else []
    return sorted(sent | {event.detail["correction"] for event in proposed if event.object_id in sent})


def compare(rows: pa.Table, archive: str, contract: Contract, *, own: Sequence[str]) -> Difference:
    """Compare rows with those that the SELECT `archive` yields; `own` lists the submissions that are the zone's."""
    with open_duckdb(threads=threads_for(rows.num_rows)) as connection:
        connection.register("good", rows)
        connection.execute(f"create temp table archive as {archive}")
        connection.execute("create temp table own as select unnest(cast(? as varchar[])) as submission_id", [list(own)])
        return _compared(connection, contract)


def _compared(connection: duckdb.DuckDBPyConnection, contract: Contract) -> Difference:
    any_cell = " or ".join(_cell_differs(column) for column in contract.columns)
    counts = [f"count(*) filter (where {any_cell})"]
    counts += [f"count(*) filter (where {_cell_differs(column)})" for column in contract.columns]
    matched, changed, *per_column = _one(connection, f"select count(*), {', '.join(counts)} from {SAME_KEY}")
    (read,) = _one(connection, "select count(*) from good")
    (missing,) = _one(
        connection,
        "select count(*) from archive a anti join good g using (rec_key) "
        f"where a.submission_id in (from own) and {_within(contract)}",
    )
    found = zip(contract.columns, per_column, strict=True)
    by_column = {column.name: number for column, number in found if number}
    cells = _cells(connection, contract, list(by_column))
    return Difference(read - matched, changed, matched - changed, missing, sum(by_column.values()), by_column, cells)


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[int, ...]:
    return tuple(int(number) for number in connection.execute(query).fetchall()[0])


def _cell_differs(column: Column) -> str:
    names = [column.name, *([status_name(column)] if column.missing_codes else [])]
    return "(" + " or ".join(f"g.{quote_name(name)} is distinct from a.{quote_name(name)}" for name in names) + ")"


def _cells(connection: duckdb.DuckDBPyConnection, contract: Contract, names: Sequence[str]) -> tuple[ChangedCell, ...]:
    """Return the first changed cells by row and, within one, in the order of the contract's columns."""
    parts = []
    for place, column in enumerate(contract.columns):
        if column.name in names:
            old, new = (f"cast({side}.{quote_name(column.name)} as varchar)" for side in ("a", "g"))
            shown = "a.submission_id in (from own)" if column.sensitivity == "none" else "false"
            parts.append(
                f"select g._row as row, {place} as place, {quote_text(column.name)} as name, {old} as old, {new} as new, "
                f"{shown} as shown from {SAME_KEY} where {_cell_differs(column)}"
            )
    if not parts:
        return ()
    query = f"select row, name, old, new, shown from ({' union all '.join(parts)}) order by row, place limit {MOST}"
    return tuple(_cell(*found) for found in connection.execute(query).fetchall())


def _cell(row: int, name: str, old: str | None, new: str | None, shown: bool) -> ChangedCell:  # noqa: FBT001 - a row
    is_hidden = not shown or any(len(text or "") > LONGEST_SHOWN for text in (old, new))
    return ChangedCell(row, name, None if is_hidden else old, None if is_hidden else new, is_hidden)


def _within(contract: Contract) -> str:
    """Return the condition for archive rows that this file could have held: its waves, or its span of time."""
    if contract.wave_column is not None:
        wave = quote_name(contract.wave_column)
        return f"a.{wave} in (select {wave} from good)"
    times = [quote_name(name) for name in contract.key if contract.column(name).type in ("date", "timestamp")]
    spans = [f"a.{name} between (select min({name}) from good) and (select max({name}) from good)" for name in times]
    return " and ".join(spans) or "true"
