"""Parquet and CSV: written in pieces, so that memory does not grow with the table.

Belongs here: these two files. Does not: Stata and SPSS (labelled_files). Parquet carries the labels of both languages in the
metadata of its columns; CSV is UTF-8 with the mark that spreadsheets look for, a codebook beside it.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from data.duck import quote_name
from data.messages import Language
from quality.exports.codes import Coder
from quality.exports.facts import FORMULA
from quality.exports.layout import Dialect, Field
from quality.exports.sheet import Sheet, order_of, rows_of
from quality.exports.statuses import STATUS_LABELS, code_written
from quality.exports.variables import Variable

PARQUET = Dialect(None, "companion")
CSV = Dialect(None, "companion", guards_formulas=True)
BATCH = 65_536
BOM = b"\xef\xbb\xbf"


def write_parquet(sheet: Sheet, fields: tuple[Field, ...], coder: Coder, path: Path, about: dict[str, str]) -> None:
    """Write a table with its labels.

    Parameters
    ----------
    about
        What the file says of itself: release, fingerprint, whether simulated.
    """
    columns = ", ".join(quote_name(item.name) for item in fields)
    with rows_of(sheet, coder, spill=path.parent) as (connection, view):
        reader = connection.execute(f"SELECT {columns} FROM {view} {order_of(sheet)}").to_arrow_reader(BATCH)
        schema = pa.schema(
            [part.with_metadata(_metadata(item.variable)) for part, item in zip(reader.schema, fields, strict=True)],
            about,
        )
        with pq.ParquetWriter(path, schema, compression="zstd") as writer:
            for batch in reader:
                writer.write_batch(pa.record_batch(batch.columns, schema=schema))


def write_csv(sheet: Sheet, fields: tuple[Field, ...], coder: Coder, path: Path) -> None:
    """Write a table as text: an absent text is an empty cell, an empty one is `""`; a time is in UTC."""
    columns = ", ".join(_as_text(item.variable) for item in fields)
    options = pa_csv.WriteOptions(include_header=True, quoting_style="needed")
    with rows_of(sheet, coder, spill=path.parent) as (connection, view), path.open("wb") as file:
        file.write(BOM)
        reader = _reader(connection, f"SELECT {columns} FROM {view} {order_of(sheet)}")
        with pa_csv.CSVWriter(file, reader.schema, write_options=options) as writer:
            for batch in reader:
                writer.write_batch(batch)


def write_codebook(rows: Iterator[tuple[str, Field]], path: Path, language: Language) -> None:
    """Write what the columns mean, one line a column and one a code: a spreadsheet for those who have no other program."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["table", "column", "type", "label", "unit", "grade", "code", "meaning"])
        for table, item in rows:
            variable = item.variable
            head = [table, item.name, variable.kind, variable.label.get(language), variable.unit or "", variable.grade]
            writer.writerow([*head, "", ""])
            for code, text in variable.codes.items():
                writer.writerow([*head, code, text.get(language)])
            for status, absence in item.missing.items():
                writer.writerow([*head, code_written(absence), STATUS_LABELS[status].get(language)])


def _reader(connection: duckdb.DuckDBPyConnection, select: str) -> pa.RecordBatchReader:
    return connection.execute(select).to_arrow_reader(BATCH)


def _metadata(variable: Variable) -> dict[str, str]:
    told: dict[str, str] = {
        "label_en": variable.label.en,
        "label_zh": variable.label.zh,
        "description": variable.description,
        "grade": variable.grade,
    }
    if variable.unit is not None:
        told["unit"] = variable.unit
    if variable.codes:
        told["codes"] = json.dumps(
            {code: text.model_dump() for code, text in variable.codes.items()}, ensure_ascii=False
        )
    return told


def _as_text(variable: Variable) -> str:
    name = quote_name(variable.name)
    if variable.kind == "string":
        return f"CASE WHEN regexp_matches({name}, '{FORMULA}') THEN '''' || {name} ELSE {name} END AS {name}"
    if variable.kind == "timestamp":
        return f"strftime(CAST({name} AS TIMESTAMP), '%Y-%m-%dT%H:%M:%S.%fZ') AS {name}"
    return name
