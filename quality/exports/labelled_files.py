"""Stata and SPSS: labels in one language, and the reason of an absence in the cell, as these programs keep it.

Belongs here: these two files. Does not: which code means what (layout, statuses). pyreadstat writes a table from memory: of the
formats of exports these two alone need as much memory as the table has cells.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.duck import quote_name
from data.messages import Language
from quality.exports.codes import Coder
from quality.exports.layout import Dialect, Field, cut, status_labels
from quality.exports.names import SPSS, STATA
from quality.exports.sheet import Sheet, order_of, rows_of
from quality.exports.variables import Variable

if TYPE_CHECKING:
    import pandas as pd

STATA_FILE = Dialect(
    STATA,
    "letters",
    label=80,
    value_label=32_000,
    text=2045,
    doubles=True,
    null_text=False,
    milliseconds=True,
    labels_text=0,
)
SPSS_FILE = Dialect(
    SPSS,
    "numbers",
    label=255,
    value_label=120,
    text=32_767,
    doubles=True,
    null_text=False,
    milliseconds=True,
    labels_text=8,
    trims=True,
)
STATA_118 = 14
"""pyreadstat's number for format 118: UTF-8, read by every edition from Stata 14 on; 119 is read by Stata/MP alone."""
RANGE_FROM = 4
"""SPSS declares three missing values one by one, more as a range."""

STATA_DAYS = "CAST({x} - DATE '1960-01-01' AS DOUBLE)"
STATA_TIME = "CAST(epoch_ms({x}) + 315619200000 AS DOUBLE)"
SPSS_DAYS = "CAST({x} - DATE '1582-10-14' AS DOUBLE) * 86400"
SPSS_TIME = "CAST(epoch_ms({x}) AS DOUBLE) / 1000 + 12219379200"


def write_dta(sheet: Sheet, fields: tuple[Field, ...], coder: Coder, path: Path, language: Language) -> None:
    """Write a table for Stata: .a for status 1 to .q for 17, with labels on values and letters."""
    import pyreadstat

    frame = _frame(sheet, fields, coder, path, date=STATA_DAYS, time=STATA_TIME)
    formats = {"date": "%tdCCYY-NN-DD", "timestamp": "%tcCCYY-NN-DD_HH:MM:SS"}
    pyreadstat.write_dta(
        frame,
        str(path),
        file_label=cut(sheet.title.get(language), STATA_FILE.label),
        column_labels=[item.label for item in fields],
        version=STATA_118,
        variable_value_labels={item.name: _labels(item, language) for item in fields if _labels(item, language)},
        missing_user_values={item.name: sorted(map(str, item.missing.values())) for item in fields if item.folds},
        variable_format={item.name: formats[item.variable.kind] for item in fields if item.variable.kind in formats},
    )


def write_sav(sheet: Sheet, fields: tuple[Field, ...], coder: Coder, path: Path, language: Language) -> None:
    """Write a table for SPSS: codes declared user-missing stand where a value is absent."""
    import pyreadstat

    frame = _frame(sheet, fields, coder, path, date=SPSS_DAYS, time=SPSS_TIME)
    formats = {"date": "SDATE10", "timestamp": "DATETIME23.3", "integer": "F12.0", "boolean": "F8.0", "number": "F12.4"}
    pyreadstat.write_sav(
        frame,
        str(path),
        file_label=cut(sheet.title.get(language), 64),
        column_labels=[item.label for item in fields],
        compress=False,
        variable_value_labels={item.name: _labels(item, language) for item in fields if _labels(item, language)},
        missing_ranges={item.name: _missing(item) for item in fields if item.folds},
        variable_format={item.name: formats[item.variable.kind] for item in fields if item.variable.kind in formats},
    )


def _frame(sheet: Sheet, fields: tuple[Field, ...], coder: Coder, path: Path, *, date: str, time: str) -> pd.DataFrame:
    """Return the table as both programs hold it: numbers as doubles, with the code of an absence in its cell."""
    import pandas as pd

    asked = [f"{_number(item.variable, date, time)} AS c{number}" for number, item in enumerate(fields)]
    asked += [f"{quote_name(str(item.variable.status))} AS s{n}" for n, item in enumerate(fields) if item.folds]
    with rows_of(sheet, coder, spill=path.parent) as (connection, view):
        found = connection.execute(f"SELECT {', '.join(asked)} FROM {view} {order_of(sheet)}").to_arrow_table()
    columns: dict[str, Any] = {}
    for number, item in enumerate(fields):
        values = found[f"c{number}"].to_pandas()
        statuses = found[f"s{number}"].to_numpy() if item.folds else None
        columns[item.name] = values if statuses is None else _folded(values, statuses, item.missing)
    return pd.DataFrame(columns)


def _folded(values: pd.Series, statuses: Any, missing: Mapping[int, str | float]) -> pd.Series:  # noqa: ANN401 - a numpy array
    lettered = any(isinstance(code, str) for code in missing.values())
    made = values.astype(object) if lettered else values.copy()
    for status, code in missing.items():
        made[statuses == status] = code
    return made


def _number(variable: Variable, date: str, time: str) -> str:
    name = quote_name(variable.name)
    if variable.kind == "string":
        return f"CAST({name} AS VARCHAR)"
    if variable.kind == "date":
        return date.format(x=name)
    if variable.kind == "timestamp":
        return time.format(x=name)
    plain = f"CAST({name} AS INTEGER)" if variable.kind == "boolean" else name
    return f"CASE WHEN isfinite(CAST({plain} AS DOUBLE)) THEN CAST({plain} AS DOUBLE) END"


def _labels(item: Field, language: Language) -> dict[Any, str]:
    texts = item.variable.kind == "string"
    values = {code if texts else int(code): label for code, label in item.value_labels.items()}
    return {**values, **status_labels(item, language)}


def _missing(item: Field) -> list[Any]:
    codes = sorted(float(code) for code in item.missing.values())
    if len(codes) >= RANGE_FROM:
        return [{"lo": codes[0], "hi": codes[-1]}]
    return list(codes)
