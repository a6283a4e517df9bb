"""The Arrow schema that a contract implies, in the canonical types the lake allows.

Belongs here: contract → `pyarrow.Schema`. Does not: casting values (quality.check does, and reports every failure).
"""

from __future__ import annotations

import pyarrow as pa

from data.contracts.model import Column, ColumnType, Contract

ARROW_TYPES: dict[ColumnType, pa.DataType] = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us", tz="UTC"),
}
"""Wide types only: delta-rs narrows silently (2.7 into int32 is stored as 2), so narrow types are never used."""

SYSTEM_FIELDS: tuple[pa.Field, ...] = (
    pa.field("rec_key", pa.binary(), nullable=False),
    pa.field("submission_id", pa.string(), nullable=False),
    pa.field("_row", pa.int64(), nullable=False),
    pa.field("_seq", pa.int64(), nullable=False),
    pa.field("_op", pa.string(), nullable=False),
    pa.field("_ingested_at", pa.timestamp("us", tz="UTC"), nullable=False),
    pa.field("_run_id", pa.string(), nullable=False),
)
"""Bitemporal columns of every lake table; `rec_key` is 16 bytes (`record_key`), `_row` the row that a spreadsheet shows in the
submitted file."""


def status_name(column: Column) -> str:
    """Return the name of the column that says why a value is absent."""
    return f"{column.name}__st"


def business_schema(contract: Contract) -> pa.Schema:
    """Return the contract's columns in order, each with its `__st` companion where it has missing codes."""
    fields: list[pa.Field] = []
    for column in contract.columns:
        fields.append(pa.field(column.name, ARROW_TYPES[column.type]))
        if column.has_status:
            fields.append(pa.field(status_name(column), pa.int64()))
    return pa.schema(fields)


def lake_schema(contract: Contract) -> pa.Schema:
    """Return the schema of the contract's lake table: business columns, then `SYSTEM_FIELDS`."""
    return pa.schema([*business_schema(contract), *SYSTEM_FIELDS])
