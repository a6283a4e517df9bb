"""One released table made ready for export: its variables, what its rows hold, and the query that yields them.

Belongs here: opening the table, putting codes where people were named, order. Does not: how a format writes it (the *_files
modules), who may (experiments.exporting).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from data.codebooks import codebooks
from data.duck import open_duckdb, parquet_source, quote_name
from data.messages import Text
from data.releases import Release
from quality.exports.codes import Coder
from quality.exports.facts import Facts, facts_of
from quality.exports.variables import Variable, subject_of, variables_of
from quality.marts import mart, marts

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


def exportable(release: Release) -> list[str]:
    """Return the tables of a release that the present code declares, in the order of the declaration."""
    return [name for name in marts() if name in release.tables and name in codebooks().panels]


@contextmanager
def rows_of(sheet: Sheet, coder: Coder, *, spill: Path) -> Iterator[tuple[duckdb.DuckDBPyConnection, str]]:
    """Yield a connection and the name of a view on it with the table's rows, in which codes stand for the people named.

    Columns have their own names; rows are sorted by whoever selects them, by `order_of`.
    """
    coded = [variable.name for variable in sheet.variables if variable.is_coded]
    with open_duckdb(spill=spill) as connection:
        columns, joins = ["t.*"], []
        for number, name in enumerate(coded):
            connection.register(f"codes_{number}", _codes(connection, sheet.source, name, coder))
            joins.append(f"LEFT JOIN codes_{number} ON t.{quote_name(name)} = codes_{number}.value")
            columns.append(f"codes_{number}.code AS {quote_name(f'{name} code')}")
        named = f"SELECT {', '.join(columns)} FROM {sheet.source} t {' '.join(joins)}"
        renames = ", ".join(f"{quote_name(f'{name} code')} AS {quote_name(name)}" for name in coded)
        gone = ", ".join(quote_name(name) for item in coded for name in (item, f"{item} code"))
        kept = f"* EXCLUDE ({gone}), {renames}" if coded else "*"
        connection.execute(f"CREATE TEMP VIEW released AS SELECT {kept} FROM ({named})")
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
