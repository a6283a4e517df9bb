"""Counting a released table for its codebook: per variable and wave, by reason of absence, by code, and the spread of numbers.

Belongs here: aggregates with the units behind them, not yet fit to be seen. Does not: what may be shown (protection).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

from data.duck import quote_name
from quality.exports.variables import Variable

NO_REASON = -1
"""In place of a status where a value is absent and the table keeps no reason."""
QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)


@dataclass(frozen=True)
class Count:
    """Rows, and the distinct units that they are of."""

    rows: int = 0
    units: int = 0


@dataclass(frozen=True)
class Spread:
    """Mean, standard deviation, quantiles at `QUANTILES`, least and greatest of the values there are.

    `by_unit`: what all units contribute to the sum, in absolute terms, and its two largest contributors.
    """

    mean: float
    sd: float | None
    quantiles: tuple[float, ...]
    least: float
    greatest: float
    by_unit: tuple[float, float, float] = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Counted:
    """One variable: wave → status → count (0: there is a value), code → count, distinct values, spread of a number."""

    waves: Mapping[str, Mapping[int, Count]]
    valid: Count
    codes: Mapping[str, Count] = field(default_factory=dict)
    distinct: int = 0
    spread: Spread | None = None


@dataclass(frozen=True)
class Frame:
    """How a table is counted: what follows FROM, the columns that make a unit, the wave's column, the order of waves."""

    source: str
    unit: Sequence[str]
    wave: str | None
    order: str | None

    @property
    def unit_sql(self) -> str:
        """The unit as one value."""
        if not self.unit:
            return "1"
        return f"row({', '.join(quote_name(name) for name in self.unit)})"

    @property
    def wave_sql(self) -> str:
        """The wave as text; one empty wave where the table has none."""
        return f"coalesce(CAST({quote_name(self.wave)} AS VARCHAR), '')" if self.wave else "''"


def waves_of(connection: duckdb.DuckDBPyConnection, frame: Frame) -> dict[str, Count]:
    """Return every wave with its rows and units, in order."""
    order = f"min({quote_name(frame.order)})" if frame.order else "1"
    rows = connection.execute(
        f"SELECT {frame.wave_sql} AS wave, count(*), count(DISTINCT {frame.unit_sql}) FROM {frame.source} "
        f"GROUP BY 1 ORDER BY {order}, 1"
    ).fetchall()
    return {str(wave): Count(count, units) for wave, count, units in rows}


def counted(connection: duckdb.DuckDBPyConnection, frame: Frame, variable: Variable) -> Counted:
    """Count one variable: one scan for waves, one for values."""
    name = quote_name(variable.name)
    plain = f"CASE WHEN {name} IS NULL THEN {NO_REASON} ELSE 0 END"
    status = f"coalesce({quote_name(variable.status)}, {plain})" if variable.status else plain
    waves: dict[str, dict[int, Count]] = {}
    sql = f"SELECT {frame.wave_sql}, {status}, count(*), count(DISTINCT {frame.unit_sql}) FROM {frame.source} GROUP BY 1, 2"
    for wave, why, count, units in connection.execute(f"{sql} ORDER BY 1, 2").fetchall():
        waves.setdefault(str(wave), {})[int(why)] = Count(count, units)
    there = f"FROM {frame.source} WHERE {name} IS NOT NULL"
    found = connection.execute(
        f"SELECT count(*), count(DISTINCT {frame.unit_sql}), count(DISTINCT {name}) {there}"
    ).fetchone()
    count, units, distinct = found or (0, 0, 0)
    codes = _codes(connection, frame, variable, there) if variable.codes else {}
    spread = _spread(connection, frame, name, there) if _has_spread(variable) and count else None
    return Counted(waves, Count(count, units), codes, distinct, spread)


def _codes(connection: duckdb.DuckDBPyConnection, frame: Frame, variable: Variable, there: str) -> dict[str, Count]:
    name = quote_name(variable.name)
    code = f"CASE WHEN {name} THEN '1' ELSE '0' END" if variable.kind == "boolean" else f"CAST({name} AS VARCHAR)"
    rows = connection.execute(
        f"SELECT {code}, count(*), count(DISTINCT {frame.unit_sql}) {there} GROUP BY 1 ORDER BY 1"
    ).fetchall()
    found = {str(value): Count(count, units) for value, count, units in rows}
    return {value: found.get(value, Count()) for value in dict.fromkeys((*variable.codes, *found))}


def _has_spread(variable: Variable) -> bool:
    return variable.kind in ("integer", "number") and not variable.codes and not variable.is_coded


def _spread(connection: duckdb.DuckDBPyConnection, frame: Frame, name: str, there: str) -> Spread | None:
    value = f"CAST({name} AS DOUBLE)"
    row = connection.execute(
        f"SELECT avg({value}), stddev_samp({value}), quantile_cont({value}, {list(QUANTILES)}), min({value}), max({value}) "
        f"{there} AND isfinite({value})"
    ).fetchone()
    if row is None or row[0] is None:
        return None
    parts = f"SELECT abs(sum({value})) AS part {there} AND isfinite({value}) GROUP BY {frame.unit_sql}"
    total, most = connection.execute(f"SELECT sum(part), max(part, 2) FROM ({parts})").fetchone() or (0.0, [])
    largest, second = [*most, 0.0, 0.0][:2]
    return Spread(row[0], row[1], tuple(row[2]), row[3], row[4], (total, largest, second))
