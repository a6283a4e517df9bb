"""Counting a table's difference: one statement that joins both releases, groups by unit and sums; large tables in parts.

Belongs here: the aggregates and their numbers, not yet fit to be seen. Does not: what may be shown (difference). Every number
comes with the units behind it and the units in which it differs.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from data.duck import open_duckdb, quote_text
from quality.comparing.pair import Pair, Part, joined_sql, quick_hash, status_of
from quality.exports.statuses import STATUS_LABELS
from quality.exports.variables import Variable

SIDES = ("a", "b")
STATE_BYTES = 16
PART_BYTES = 192 * 2**20
"""What a part may need: with its surroundings it stays below what a connection that spills keeps (data.duck)."""


@dataclass(frozen=True)
class Number:
    """A count of rows before and after, the units behind each, and the units for which it is not the same in both."""

    rows: tuple[int, int]
    units: tuple[int, int]
    differs: int


@dataclass(frozen=True)
class Moments:
    """Mean and standard deviation before and after; None without values. The sd needs two."""

    mean: tuple[float | None, float | None]
    sd: tuple[float | None, float | None]


@dataclass(frozen=True)
class Counted:
    """What was counted of a table. Names are columns, and codes or statuses within them."""

    rows: Number
    added: tuple[int, int]
    removed: tuple[int, int]
    changed: tuple[int, int]
    values: Mapping[str, tuple[int, int]]
    valid: Mapping[str, Number]
    moved: Mapping[str, int]
    moments: Mapping[str, Moments]
    codes: Mapping[str, Mapping[str, Number]]
    missing: Mapping[str, Mapping[int, Number]]


def counted(pair: Pair, *, spill: Path) -> Counted:
    """Count a pair: in one pass, or in as many as keep it within memory; each takes its share of the units.

    Parameters
    ----------
    pair
        The table in both releases.
    spill
        An existing folder for what does not fit into memory.
    """
    grouped = dict(_by_unit(pair))
    columns = ", ".join(f"{sql} AS {name}" for name, sql in grouped.items())
    told = dict(_over_units(pair))
    total = ", ".join(f"{sql} AS {name}" for name, sql in told.items())
    found: Counter[str] = Counter()
    with open_duckdb(spill=spill) as connection:
        parts = _parts(connection, pair, len(grouped))
        for number in range(parts):
            by_unit = f"SELECT {columns} FROM ({joined_sql(pair, Part(number, parts))}) GROUP BY unit"
            row = connection.execute(f"SELECT {total} FROM ({by_unit})").fetchone() or ()
            found.update(dict(zip(told, (value or 0 for value in row), strict=True)))
    return _told(pair, found)


def _parts(connection: duckdb.DuckDBPyConnection, pair: Pair, width: int) -> int:
    """Return into how many parts of the units the count is divided, so that memory does not grow with the table."""
    needed = 0
    for source in pair.sources:
        asked = f"SELECT count(*), approx_count_distinct({quick_hash(pair.unit)}) FROM {source}"
        rows, units = connection.execute(asked).fetchone() or (0, 0)
        needed += (rows * (len(pair.common) + 3) + units * width) * STATE_BYTES
    return max(1, math.ceil(needed / PART_BYTES))


def _by_unit(pair: Pair) -> Iterator[tuple[str, str]]:
    """Yield the aggregates of one unit."""
    positions = range(len(pair.common))
    both = "in_a AND in_b"
    yield "rows_a", "count_if(in_a)"
    yield "rows_b", "count_if(in_b)"
    yield "added", "count_if(NOT in_a)"
    yield "removed", "count_if(NOT in_b)"
    changes = [f"a_{p} IS DISTINCT FROM b_{p}" for p in positions]
    yield "changed", f"count_if({both} AND ({' OR '.join(changes) or 'false'}))"
    for position in positions:
        yield f"c_{position}", f"count_if({both} AND {changes[position]})"
    for position, variable in _described(pair):
        for side in SIDES:
            yield f"n_{position}{side}", f"count({side}_{position})"
            yield from _of_variable(pair, position, variable, side)


def _of_variable(pair: Pair, position: int, variable: Variable, side: str) -> Iterator[tuple[str, str]]:
    column = f"{side}_{position}"
    if _is_measured(variable):
        value = f"CAST({column} AS DOUBLE)"
        yield f"s_{position}{side}", f"coalesce(sum({value}) FILTER (isfinite({value})), 0)"
        yield f"q_{position}{side}", f"coalesce(sum({value} * {value}) FILTER (isfinite({value})), 0)"
    for number, code in enumerate(variable.codes):
        value = (
            f"CAST(CAST({column} AS INTEGER) AS VARCHAR)"
            if variable.kind == "boolean"
            else f"CAST({column} AS VARCHAR)"
        )
        yield f"k_{position}_{number}{side}", f"count_if({value} = {quote_text(code)})"
    status = _status_position(pair, variable)
    if status is not None:
        for number in STATUS_LABELS:
            yield f"t_{position}_{number}{side}", f"count_if({side}_{status} = {number})"


def _over_units(pair: Pair) -> Iterator[tuple[str, str]]:
    """Yield what is summed over units: rows, units with any, units that differ."""
    yield from _number("rows", "rows_a", "rows_b")
    for name in ("added", "removed", "changed", *(f"c_{position}" for position in range(len(pair.common)))):
        yield f"{name}_r", f"sum({name})"
        yield f"{name}_u", f"count_if({name} > 0)"
    for position, variable in _described(pair):
        yield from _number(f"n_{position}", f"n_{position}a", f"n_{position}b")
        status = _status_position(pair, variable)
        reasons = "" if status is None else f" OR c_{status} > 0"
        yield f"m_{position}", f"count_if(c_{position} > 0{reasons} OR added > 0 OR removed > 0)"
        if _is_measured(variable):
            for part in ("s", "q"):
                for side in SIDES:
                    yield f"{part}_{position}{side}", f"sum({part}_{position}{side})"
        for number, _ in enumerate(variable.codes):
            name = f"k_{position}_{number}"
            yield from _number(name, f"{name}a", f"{name}b")
        if _status_position(pair, variable) is not None:
            for number in STATUS_LABELS:
                name = f"t_{position}_{number}"
                yield from _number(name, f"{name}a", f"{name}b")


def _number(name: str, before: str, after: str) -> Iterator[tuple[str, str]]:
    yield f"{name}_ra", f"sum({before})"
    yield f"{name}_rb", f"sum({after})"
    yield f"{name}_ua", f"count_if({before} > 0)"
    yield f"{name}_ub", f"count_if({after} > 0)"
    yield f"{name}_d", f"count_if({before} <> {after})"


def _described(pair: Pair) -> Iterator[tuple[int, Variable]]:
    """Yield the variables that have a distribution: measured, coded, or with a reason of absence."""
    for variable in pair.variables:
        if not variable.is_coded and (_is_measured(variable) or variable.codes or variable.status):
            yield pair.common.index(variable.name), variable


def _is_measured(variable: Variable) -> bool:
    return variable.kind in ("integer", "number") and not variable.codes


def _status_position(pair: Pair, variable: Variable) -> int | None:
    name = status_of(variable.name)
    return pair.common.index(name) if variable.status is not None and name in pair.common else None


def _told(pair: Pair, found: Mapping[str, Any]) -> Counted:
    described = list(_described(pair))
    return Counted(
        rows=_read(found, "rows"),
        added=_both(found, "added"),
        removed=_both(found, "removed"),
        changed=_both(found, "changed"),
        values={name: _both(found, f"c_{position}") for position, name in enumerate(pair.common)},
        valid={variable.name: _read(found, f"n_{position}") for position, variable in described},
        moved={variable.name: int(found[f"m_{position}"]) for position, variable in described},
        moments={item.name: _moments(found, position) for position, item in described if _is_measured(item)},
        codes={
            variable.name: {code: _read(found, f"k_{position}_{n}") for n, code in enumerate(variable.codes)}
            for position, variable in described
            if variable.codes
        },
        missing={
            variable.name: {status: _read(found, f"t_{position}_{status}") for status in STATUS_LABELS}
            for position, variable in described
            if _status_position(pair, variable) is not None
        },
    )


def _both(found: Mapping[str, Any], name: str) -> tuple[int, int]:
    return int(found[f"{name}_r"]), int(found[f"{name}_u"])


def _read(found: Mapping[str, Any], name: str) -> Number:
    rows = int(found[f"{name}_ra"]), int(found[f"{name}_rb"])
    return Number(rows, (int(found[f"{name}_ua"]), int(found[f"{name}_ub"])), int(found[f"{name}_d"]))


def _moments(found: Mapping[str, Any], position: int) -> Moments:
    sides = [
        _moment(int(found[f"n_{position}_r{side}"]), found[f"s_{position}{side}"], found[f"q_{position}{side}"])
        for side in SIDES
    ]
    return Moments((sides[0][0], sides[1][0]), (sides[0][1], sides[1][1]))


def _moment(n: int, total: float, squares: float) -> tuple[float | None, float | None]:
    """Return mean and sd to four significant digits, which hides in which order a machine has added."""
    if n == 0:
        return None, None
    mean = total / n
    spread = max(squares - n * mean * mean, 0.0) / (n - 1) if n > 1 else None
    return float(f"{mean:.4g}"), None if spread is None else float(f"{math.sqrt(spread):.4g}")
