"""Variables of a statistics package → text cells and labels: one way for SPSS, Stata and SAS.

Belongs here: the text of a value, what is a declared missing code, and the table. Does not: reading files (labelled, portable).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from data.readers.header import tidy
from data.readers.package_dates import Package, kind_of, moment_text
from data.readers.raw import Format, Note, RawTable, VariableInfo, unique_names, without_blank
from data.readers.refusals import refuse
from data.readers.workbook_cells import number_text

Value = float | int | str | None


@dataclass(frozen=True)
class Variable:
    """One variable as its package holds it.

    `values` of a numeric variable are numbers, None (system-missing) or the letter of an extended missing value (``a`` for
    Stata's ``.a``); those of a text variable are texts.
    """

    name: str
    values: Sequence[Value]
    is_text: bool
    label: str | None = None
    format: str | None = None
    value_labels: Mapping[Value, str] = field(default_factory=dict)
    missing: tuple[tuple[Value, Value], ...] = ()


def package_table(
    variables: Sequence[Variable],
    package: Package,
    kind: Format,
    notes: Sequence[Note] = (),
    encoding: str | None = None,
) -> RawTable:
    """Return the table of text cells; rows count from 2, as if the file were opened as a sheet with a header.

    Raises
    ------
    Refused
        E-FILE-02: no variables or no rows.
    """
    if not variables or not variables[0].values:
        raise refuse("E-FILE-02")
    headers = [tidy(variable.name) for variable in variables]
    cells = [_cells(variable, package) for variable in variables]
    rows = pa.chunked_array([pa.array(range(2, len(cells[0]) + 2), pa.int64())])
    columns = [pa.chunked_array([pa.array(column, pa.string())]) for column in cells]
    kept, table = without_blank(headers, columns, rows)
    found = zip(unique_names(headers), variables, cells, strict=True)
    return RawTable(
        columns=tuple(kept),
        table=table,
        format=kind,
        encoding=encoding,
        notes=tuple(notes),
        labels={name: _info(variable, column) for name, variable, column in found},
    )


def _cells(variable: Variable, package: Package) -> list[str | None]:
    if variable.is_text:
        return [str(value) or None if value is not None else None for value in variable.values]
    kind = kind_of(package, variable.format)
    if kind is None:
        return [value_text(value) for value in variable.values]
    return [
        moment_text(package, kind, value)
        if isinstance(value, float | int) and value == value and not _declared(value, variable)  # noqa: PLR0124
        else value_text(value)
        for value in variable.values
    ]


def value_text(value: Value) -> str | None:
    """Return the text of a number or extended missing value; None for system-missing.

    >>> value_text(9.0), value_text("a"), value_text(float("nan")), value_text(-1000.3)
    ('9', '.a', None, '-1000.3')
    """
    if value is None or value != value:  # noqa: PLR0124 - the test for not-a-number
        return None
    return f".{value}" if isinstance(value, str) else number_text(float(value))


def _declared(value: Value, variable: Variable) -> bool:
    return any(_within(value, low, high) for low, high in variable.missing)


def _within(value: Value, low: Value, high: Value) -> bool:
    if isinstance(value, str) or isinstance(low, str) or isinstance(high, str):
        return value == low
    return value is not None and low is not None and high is not None and low <= value <= high


def _info(variable: Variable, cells: list[str | None]) -> VariableInfo:
    def text(value: Value) -> str:
        return str(value) if variable.is_text else value_text(value) or ""

    single = [text(low) for low, high in variable.missing if low == high]
    ranges = [
        (float(low), float(high))
        for low, high in variable.missing
        if low != high and not isinstance(low, str | None) and not isinstance(high, str | None)
    ]
    met = {
        shown
        for value, shown in zip(variable.values, cells, strict=True)
        if shown is not None and (_declared(value, variable) or (not variable.is_text and isinstance(value, str)))
    }
    return VariableInfo(
        label=variable.label or None,
        value_labels={text(value): label for value, label in variable.value_labels.items()},
        missing_codes=(*single, *sorted(met - set(single))),
        missing_ranges=tuple(ranges),
        format=variable.format,
    )
