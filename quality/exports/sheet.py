"""One released table made ready for export: its variables, what its rows hold, and the query that yields them.

Belongs here: opening the table, putting codes where people were named, order. Does not: how a format writes it (the *_files
modules), who may (experiments.exporting).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pyarrow as pa

from data.codebooks import codebooks
from data.duck import open_duckdb, parquet_source, quote_name
from data.messages import NotFound, Text
from data.releases import Release
from quality.exports.codes import Coder
from quality.exports.facts import Facts, facts_of
from quality.exports.units import open_rows
from quality.exports.variables import Variable, subject_of, variables_of
from quality.marts import mart, marts

MARK = "is_simulated"
"""The column that marks generated rows: part of every extract of a table that has it."""
SIMULATED = Text(en="SIMULATED", zh="模拟数据")


@dataclass(frozen=True)
class Sheet:
    """A released table as it will be exported. `left_out` are columns that nobody declared."""

    name: str
    source: str
    rows: int
    fingerprint: str
    title: Text
    about: Text
    key: tuple[str, ...]
    variables: tuple[Variable, ...]
    facts: Mapping[str, Facts]
    left_out: tuple[str, ...]
    subject: str

    @property
    def personal(self) -> bool:
        """Whether a row is about a person or an organisation."""
        return self.subject != "nobody"


def sheet_of(release: Release, name: str) -> Sheet:
    """Look at a released table: one scan.

    Raises
    ------
    NotFound
        E-REL-03: the release has no such table. E-MART-01: the present code knows no panel of that name.
    """
    path, declared = release.table(name), mart(name)
    source = parquet_source([path])
    with open_duckdb() as connection:
        types = {row[0]: row[1] for row in connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
        variables, left = variables_of(declared, types)
        facts = facts_of(connection, source, variables)
    words = codebooks().panels[name]
    info = release.now(name)
    return Sheet(
        name=name,
        source=source,
        rows=info.rows,
        fingerprint=info.fingerprint,
        title=words.title,
        about=Text(en=declared.description, zh=words.about),
        key=tuple(part for part in declared.meta.key if part in {variable.name for variable in variables}),
        variables=tuple(variables),
        facts=facts,
        left_out=tuple(left),
        subject=subject_of(name),
    )


def part_of(sheet: Sheet, names: Collection[str]) -> Sheet:
    """Return a sheet with the chosen variables, the key, so that tables join, and the mark of simulated rows.

    Raises
    ------
    NotFound
        E-EXPORT-06: the table has no such variable to export.
    """
    known = {variable.name for variable in sheet.variables}
    strange = sorted(set(names) - known)
    if strange:
        raise NotFound(
            "E-EXPORT-06",
            Text(
                en=f"{sheet.name} has no variable {strange[0]} to export.",
                zh=f"{sheet.name} 没有可导出的变量 {strange[0]}。",
            ),
        )
    kept = {*names, *sheet.key, MARK}
    return replace(
        sheet,
        variables=tuple(variable for variable in sheet.variables if variable.name in kept),
        facts={name: facts for name, facts in sheet.facts.items() if name in kept},
    )


def exportable(release: Release) -> list[str]:
    """Return the tables of a release that the present code declares, in the order of the declaration."""
    return [name for name in marts() if name in release.tables and name in codebooks().panels]


@contextmanager
def rows_of(sheet: Sheet, coder: Coder, *, spill: Path) -> Iterator[tuple[duckdb.DuckDBPyConnection, str]]:
    """Yield a connection and the name of a view on it with the table's rows, in which codes stand for the people named.

    Columns have their own names; rows are sorted by whoever selects them, by `order_of`.
    """
    with open_duckdb(spill=spill) as connection:
        present = {row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {sheet.source}").fetchall()}
        columns, joins = [], []
        for number, variable in enumerate(sheet.variables):
            name = quote_name(variable.name)
            columns += [f"t.{quote_name(variable.status)}"] if variable.status else []
            if not variable.is_coded:
                columns.append(f"t.{name}")
                continue
            connection.register(f"codes_{number}", _codes(connection, sheet.source, variable.name, coder))
            joins.append(f"LEFT JOIN codes_{number} ON t.{name} = codes_{number}.value")
            plain = f"WHEN {open_rows(variable.name, present)} THEN CAST(t.{name} AS VARCHAR)"
            columns.append(f"CASE {plain} ELSE codes_{number}.code END AS {name}")
        named = f"SELECT {', '.join(columns)} FROM {sheet.source} t {' '.join(joins)}"
        connection.execute(f"CREATE TEMP VIEW released AS {named}")
        yield connection, "released"


def order_of(sheet: Sheet) -> str:
    """Return the ORDER BY of a table: its key as exported, else every column."""
    names = sheet.key or tuple(variable.name for variable in sheet.variables)
    return f"ORDER BY {', '.join(quote_name(name) for name in names)}"


def _codes(connection: duckdb.DuckDBPyConnection, source: str, name: str, coder: Coder) -> pa.Table:
    column = quote_name(name)
    found = connection.execute(f"SELECT DISTINCT {column} FROM {source} WHERE {column} IS NOT NULL").fetchall()
    values = [row[0] for row in found]
    return pa.table({"value": values, "code": pa.array([coder.code(str(value)) for value in values], pa.string())})
