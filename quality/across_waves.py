"""A wave against the one before: who is missing (W-PANEL-02), whose values changed more than is plausible (W-PANEL-03).

Belongs here: the comparison in SQL, after the tagged pass. Does not: rosters (roster), instruments whose codes change, keys
within a wave (tagging). Both are warnings: people move away, and values do change.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from data.contracts import BetweenWaves, Column, Contract
from data.duck import quote_name
from data.messages import Text
from quality.beside import Beside
from quality.messages import shown_id
from quality.names import names
from quality.problems import LISTED, Problem, folded, problem
from quality.wave_order import latest_before

UNITS = {
    "person": Text(en="people", zh="人"),
    "organisation": Text(en="organisations", zh="家机构"),
    "device": Text(en="devices", zh="台设备"),
    "clinic": Text(en="clinics", zh="家诊所"),
}
OTHER_UNITS = Text(en="units", zh="个单元")


def wave_problems(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    beside: Beside,
    present: frozenset[str],
    hidden: frozenset[str],
) -> list[Problem]:
    """Compare each wave of the file with the one before it, in the archive or in the file.

    Parameters
    ----------
    connection
        With the table `judged` of the tagged pass.
    present
        Contract columns that the file or its context has.
    hidden
        Contract columns whose values must not be shown.

    Returns
    -------
    list of Problem
        Nothing for a table without waves in its key, or while the archive was not asked. People whom the archive holds for the
        wave already are not missing. Rows that break a rule count as present, and are not compared.
    """
    needed = {*contract.panel_unit, str(contract.wave_column)}
    if beside.earlier is None or not contract.panel_unit or not needed <= present:
        return []
    _prepare(connection, contract, beside.earlier)
    found: list[Problem] = []
    for wave, before in _pairs(connection):
        found.extend(_missing(connection, contract, wave, before))
        for column in contract.columns:
            if column.between_waves is not None and column.name in present:
                found.extend(_changes(connection, column, wave, before, hide=column.name in hidden))
    return found


def _prepare(connection: duckdb.DuckDBPyConnection, contract: Contract, earlier: str) -> None:
    """Create `panel_rows`: wave, unit, whether from the file, row, whether good, and the columns that are compared."""
    units = [contract.column(name) for name in contract.panel_unit]
    wave = contract.column(str(contract.wave_column))
    compared = [column for column in contract.columns if column.between_waves is not None]
    ours = ", ".join(f"{names(column).value} as {_compared(column)}" for column in compared)
    theirs = ", ".join(f"{quote_name(column.name)} as {_compared(column)}" for column in compared)
    unit = ", ".join(f"cast({names(column).value} as varchar)" for column in units)
    their_unit = ", ".join(f"cast({quote_name(column.name)} as varchar)" for column in units)
    connection.execute(
        "create or replace temp table panel_rows as "
        f"select cast({names(wave).value} as varchar) as wave, [{unit}] as unit, true as ours, _row, "
        f"len(_rules) = 0 as good{', ' if ours else ''}{ours} from judged where _found is null "
        f"union all by name select cast({quote_name(wave.name)} as varchar) as wave, [{their_unit}] as unit, false as ours, "
        f"cast(null as bigint) as _row, true as good{', ' if theirs else ''}{theirs} from ({earlier})"
    )


def _compared(column: Column) -> str:
    return quote_name(f"c_{column.name}")


def _pairs(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    waves = dict(
        connection.execute(
            "select wave, bool_or(ours) from panel_rows where good and wave is not null group by wave"
        ).fetchall()
    )
    before = {wave: latest_before(wave, waves) for wave, ours in sorted(waves.items()) if ours}
    return [(wave, found) for wave, found in before.items() if found is not None]


def _missing(connection: duckdb.DuckDBPyConnection, contract: Contract, wave: str, before: str) -> Iterator[Problem]:
    counted = connection.execute(
        "select count(*) from (select unit from panel_rows where wave = $before and good "
        "except select unit from panel_rows where wave = $wave)",
        {"wave": wave, "before": before},
    ).fetchone()
    if counted and counted[0]:
        units = UNITS.get(contract.unit, OTHER_UNITS)
        yield problem("W-PANEL-02", {"w": before, "units": units}, count=int(counted[0]))


def _changes(
    connection: duckdb.DuckDBPyConnection, column: Column, wave: str, before: str, *, hide: bool
) -> Iterator[Problem]:
    value = _compared(column)
    query = (
        f"select n._row, cast(o.{value} as varchar), cast(n.{value} as varchar) from panel_rows n "
        f"join (select unit, any_value({value}) as {value} from panel_rows where wave = $before and good group by unit) o "
        f"using (unit) where n.wave = $wave and n.ours and n.good and ({_implausible(column.between_waves, value)}) "
        "order by n._row"
    )
    rows = connection.execute(query, {"wave": wave, "before": before}).fetchall()
    for row, old, new in rows[:LISTED]:
        values = {"old": shown_id(old, hidden=hide), "new": shown_id(new, hidden=hide), "w": before}
        yield problem("W-PANEL-03", values, row=row, column=column)
    if len(rows) > LISTED:
        yield folded("W-PANEL-03", row=rows[LISTED][0], count=len(rows) - LISTED, column=column)


def _implausible(bounds: BetweenWaves | None, value: str) -> str:
    """Return the condition between `n` (new) and `o` (old); it is not met where either is absent."""
    if bounds is None or bounds.constant:
        return f"n.{value} <> o.{value}"
    limits = ((bounds.rise_at_most, f"n.{value} - o.{value}"), (bounds.fall_at_most, f"o.{value} - n.{value}"))
    return " or ".join(f"{change} > {limit!r}" for limit, change in limits if limit is not None)
