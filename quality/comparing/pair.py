"""One table of two releases, side by side: columns in both, and the SQL that joins rows by a hash of their key.

Belongs here: names, types, the join. Does not: what is counted (counting), what may be shown (difference).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from data.duck import open_duckdb, parquet_source, quote_name
from data.releases import Release
from quality.exports.variables import STATUS, Variable, subject_of, variables_of
from quality.marts import MartMeta, marts


@dataclass(frozen=True)
class Pair:
    """A table as it is in both releases. `unit` is what a cell's size is counted in."""

    name: str
    sources: tuple[str, str]
    types: tuple[Mapping[str, str], Mapping[str, str]]
    key: tuple[str, ...]
    unit: tuple[str, ...]
    variables: tuple[Variable, ...]
    personal: bool

    @property
    def common(self) -> tuple[str, ...]:
        """Columns of both that are no part of the key, in the order of the first."""
        return tuple(name for name in self.types[0] if name in self.types[1] and name not in self.key)


def pair_of(before: Release, after: Release, name: str) -> Pair:
    """Open a table of both releases; a panel that the present code does not declare has every common column as its key."""
    sources = parquet_source([before.table(name)]), parquet_source([after.table(name)])
    types = _types(sources[0]), _types(sources[1])
    declared = marts().get(name)
    shared = [column for column in types[0] if column in types[1]]
    meta = declared.meta if declared else MartMeta(key=tuple(shared) or ("",))
    whole = set(meta.key) <= set(shared)
    key = meta.key if whole else tuple(shared)
    variables = variables_of(declared, {column: types[1][column] for column in shared})[0] if declared else []
    unit = meta.unit if meta.unit and set(meta.unit) <= set(shared) else key
    same = tuple(item for item in variables if types[0][item.name] == types[1][item.name] and item.name not in key)
    return Pair(name, sources, types, key, unit, same, subject_of(name) != "nobody")


@dataclass(frozen=True)
class Part:
    """Every `of`-th unit by hash, counted from `number`: all rows of a unit of both releases are in one part."""

    number: int = 0
    of: int = 1


def joined_sql(pair: Pair, part: Part) -> str:
    """Return the SELECT that joins both by the 128-bit hash of the key: `in_a`, `in_b`, `unit`, a_0, b_0, a_1, … of `common`."""
    sides = [_side_sql(pair, number, part) for number in (0, 1)]
    columns = [
        f"a.v{position} AS a_{position}, b.v{position} AS b_{position}" for position, _ in enumerate(pair.common)
    ]
    told = ", ".join(["a.k IS NOT NULL AS in_a", "b.k IS NOT NULL AS in_b", "coalesce(a.u, b.u) AS unit", *columns])
    return f"SELECT {told} FROM ({sides[0]}) a FULL JOIN ({sides[1]}) b ON a.k = b.k AND a.n = b.n"


def _side_sql(pair: Pair, side: int, part: Part) -> str:
    """Return one side's rows: hashed key with the number of its repetition, hashed unit, values."""
    both = [pair.types[0], pair.types[1]]
    values = []
    for position, name in enumerate(pair.common):
        column = quote_name(name)
        alike = both[0][name] == both[1][name]
        values.append(f"{column if alike else f'CAST({column} AS VARCHAR)'} AS v{position}")
    key = hashed(pair.key)
    chosen = ", ".join(
        [f"{key} AS k", f"{hashed(pair.unit)} AS u", f"row_number() OVER (PARTITION BY {key}) AS n", *values]
    )
    if _is_key(pair):
        chosen = ", ".join([f"{key} AS k", f"{hashed(pair.unit)} AS u", "1 AS n", *values])
    chosen_part = f" WHERE {quick_hash(pair.unit)} % {part.of} = {part.number}" if part.of > 1 else ""
    return f"SELECT {chosen} FROM {pair.sources[side]}{chosen_part}"


def _is_key(pair: Pair) -> bool:
    """Tell whether dbt has tested that the key is unique: only a declared key is."""
    declared = marts().get(pair.name)
    return declared is not None and declared.meta.key == pair.key


def quick_hash(columns: tuple[str, ...]) -> str:
    """Return SQL for DuckDB's own hash of some columns: quick, and good for nothing but dividing units into parts."""
    return f"hash({', '.join(f'CAST({quote_name(name)} AS VARCHAR)' for name in columns) or '0'})"


def hashed(columns: tuple[str, ...]) -> str:
    """Return SQL for the md5 of some columns as a number; lengths keep neighbours apart, N is null.

    >>> hashed(("a",)).startswith("md5_number(coalesce(strlen(CAST(")
    True
    """
    texts = [f"CAST({quote_name(name)} AS VARCHAR)" for name in columns]
    parts = [f"coalesce(strlen({text}) || ':' || {text}, 'N')" for text in texts] or ["''"]
    return f"md5_number({' || '.join(parts)})"


def status_of(name: str) -> str:
    """Return the name of a column's companion."""
    return f"{name}{STATUS}"


def _types(source: str) -> dict[str, str]:
    with open_duckdb() as connection:
        return {row[0]: row[1] for row in connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
