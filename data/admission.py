"""What the lake demands of rows before it takes them: exact columns and types, no nulls in its own, fresh keys.

Belongs here: refusing, with the differing columns or counts named. Does not: the contract's rules about values (quality), which
have spoken before. delta-rs would cast in silence (2.7 into an integer column is stored as 2), so nothing is left to it.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from data.asof import empty_select
from data.contracts import Contract, business_schema, lake_schema
from data.duck import open_duckdb, parquet_source
from data.key_index import key_numbers
from data.key_span import key_span
from data.messages import Refused, Text
from data.repeats import has_repeats
from data.table_head import INDEXED_ROWS, TableHead

GIVEN = ("rec_key", "_row", "_op")
"""System columns that the caller brings; the lake adds the others."""
OPERATIONS = ("I", "C", "R")


def expected_schema(contract: Contract) -> pa.Schema:
    """Return the schema of the rows that `Lake.append` takes."""
    schema = lake_schema(contract)
    return pa.schema([*business_schema(contract), *(schema.field(name) for name in GIVEN)])


def check_rows(contract: Contract, rows: pa.Table) -> pa.Table:
    """Return `rows` in the contract's column order.

    Raises
    ------
    Refused
        E-LAKE-01 for columns or types, E-LAKE-02 for nulls, operations and repeated keys.
    """
    expected = expected_schema(contract)
    _refuse_differences(contract.name, expected, rows.schema)
    ordered = rows.select(expected.names)
    for name in (*contract.key, *GIVEN):
        _refuse_count(contract.name, ordered[name].null_count, f"no value in {name}", f"{name} 为空")
    strange = set(ordered["_op"].unique().to_pylist()) - set(OPERATIONS)
    unknown = pc.sum(pc.is_in(ordered["_op"], value_set=pa.array(sorted(strange)))).as_py() if strange else 0
    _refuse_count(contract.name, unknown, "an operation other than I, C, R", "操作不是 I、C、R")
    twice = has_repeats(ordered["rec_key"])
    repeated = ordered.num_rows - pc.count_distinct(ordered["rec_key"]).as_py() if twice else 0
    _refuse_count(contract.name, repeated, "a rec_key that comes twice in this append", "本次追加中重复的 rec_key")
    return ordered


def columns_to_add(contract: Contract, table: TableHead | None) -> list[pa.Field]:
    """Return the columns that the contract has and the stored table lacks; none if there is no table yet.

    Raises
    ------
    Refused
        E-LAKE-01: a column was removed or changed its type since the table was created.
    """
    if table is None:
        return []
    expected, stored = lake_schema(contract), table.schema
    added = [field for field in expected if field.name not in stored.names]
    _refuse_differences(contract.name, pa.schema([f for f in expected if f not in added]), stored)
    return added


def check_new_keys(contract: Contract, rows: pa.Table, table: TableHead | None) -> None:
    """Make sure that inserted keys are new: a second insert of a key would make two rows of one unit.

    Only files are opened that may hold one of the keys: where the index knows a file's keys and none is of these, it is not.

    Raises
    ------
    Refused
        E-LAKE-02: the archive holds some of the keys; they must come as corrections, or not at all.
    """
    if table is None:
        return
    inserts = rows if rows["_op"].unique().to_pylist() == ["I"] else rows.filter(pc.equal(rows["_op"], "I"))
    if not inserts.num_rows:
        return
    stored = table.may_hold(key_numbers(inserts["rec_key"]) if inserts.num_rows <= INDEXED_ROWS else None)
    if not stored:
        return
    known = f"{empty_select(lake_schema(contract))} UNION ALL BY NAME SELECT * FROM {parquet_source(stored)}"
    near = f"SELECT rec_key FROM ({known}) WHERE {key_span(contract, inserts)}"
    with open_duckdb() as connection:
        connection.register("fresh", inserts.select(["rec_key"]))
        found = connection.execute(
            f"SELECT count(*) FROM fresh SEMI JOIN ({near}) s ON fresh.rec_key = s.rec_key"
        ).fetchone()
    _refuse_count(
        contract.name, int(found[0]) if found else 0, "an inserted key that the archive holds", "插入的键已在档案库中"
    )


def check_unmoved(table: str, last: int, judged_at: int | None) -> None:
    """Make sure that rows which replace others were compared with the table as it is: its newest append is `last`.

    Raises
    ------
    Refused
        E-LAKE-06: another append came in between; compare again.
    """
    if judged_at is not None and last > judged_at:
        raise Refused(
            "E-LAKE-06",
            Text(
                en=f"Table {table} was compared at number {judged_at} and has moved on to {last}. Compare again.",
                zh=f"表 {table} 比较时的序号为 {judged_at}，现已变为 {last}。请重新比较。",
            ),
        )


def _refuse_differences(table: str, expected: pa.Schema, found: pa.Schema) -> None:
    missing = [name for name in expected.names if name not in found.names]
    extra = [name for name in found.names if name not in expected.names]
    twice = sorted({name for name in found.names if found.names.count(name) > 1})
    shared = [name for name in expected.names if found.names.count(name) == 1]
    other = [
        f"{name} ({found.field(name).type} instead of {expected.field(name).type})"
        for name in shared
        if not _plain(found.field(name).type).equals(expected.field(name).type)
    ]
    parts = {"missing": missing, "not expected": extra, "twice": twice, "other type": other}
    if not any(parts.values()):
        return
    named = "; ".join(f"{what}: {', '.join(names)}" for what, names in parts.items() if names)
    raise Refused(
        "E-LAKE-01",
        Text(
            en=f"The rows do not have the columns of table {table}. {named}. Nothing was stored, nothing is cast.",
            zh=f"数据行与表 {table} 的列不一致（{named}）。未存入任何内容，也不做类型转换。",
        ),
    )


def _plain(kind: pa.DataType) -> pa.DataType:
    """Return the type of a column's values, however they are held: texts may be dictionary-encoded."""
    return kind.value_type if pa.types.is_dictionary(kind) and pa.types.is_string(kind.value_type) else kind


def _refuse_count(table: str, count: int, en: str, zh: str) -> None:
    if count:
        raise Refused(
            "E-LAKE-02",
            Text(
                en=f"{count} row(s) for table {table} have {en}. Nothing was stored.",
                zh=f"表 {table} 有 {count} 行：{zh}。未存入任何内容。",
            ),
        )
