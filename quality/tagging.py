"""The tagged pass: one SQL pass over the text cells that casts, applies every rule and says which rows break which.

Belongs here: building and running that SQL. Does not: what the rules are (rules), what is said about them (check).
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Sequence

import duckdb
import pyarrow as pa

from data.contracts import MISSING_STATUS, Column, Contract, business_schema, status_name
from data.contracts.record_key import record_key_sql
from data.duck import quote_name, quote_text
from quality.asked import was_asked
from quality.cast import composed, instant, local_time, typed
from quality.cells import Cells
from quality.names import names
from quality.rule import Rule

SQL_TYPES = {
    "string": "varchar",
    "integer": "bigint",
    "number": "double",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamptz",
}
TWIN = "E-KEY-01"


def run_pass(connection: duckdb.DuckDBPyConnection, cells: Cells, contract: Contract, rules: Sequence[Rule]) -> None:
    """Create the temporary tables `judged` (typed rows with `_rules`, the positions of broken rules) and `twins`.

    `_rules` of a ragged row is the first rule alone. `twins` (`_row`, `_other`) lists rows whose key another row has: all of
    them if their values differ, all but the first if they agree.
    """
    connection.register("cells", cells.table)
    connection.execute(f"create or replace temp table typed_rows as {_typed_select(cells, contract)}")
    tags = ", ".join(f"case when {rule.predicate} then {place} end" for place, rule in enumerate(rules) if place)
    broken = f"list_filter([{tags or 'null'}], lambda tag: tag is not null)"
    connection.execute(
        "create or replace temp table judged as select *, "
        f"case when _found is not null then [0] else {broken} end as _rules from typed_rows"
    )
    repeated = connection.execute("select count(rec_key) > count(distinct rec_key) from judged").fetchone()
    twins = (
        _twins_select(contract) if repeated and repeated[0] else "select 0::bigint as _row, 0::bigint as _other limit 0"
    )
    connection.execute(f"create or replace temp table twins as {twins}")


def good_rows(connection: duckdb.DuckDBPyConnection, cells: Cells, contract: Contract) -> pa.Table:
    """Return the rows that break no rule, as `business_schema(contract)` plus `rec_key` and `_row`, by row."""
    columns = ", ".join(_stored(column, present=column.name in cells.sources) for column in contract.columns)
    found = connection.sql(
        f"select {columns}, rec_key, _row from judged anti join twins using (_row) where len(_rules) = 0 order by _row"
    ).to_arrow_table()
    schema = pa.schema([*business_schema(contract), pa.field("rec_key", pa.string()), pa.field("_row", pa.int64())])
    return pa.Table.from_arrays([column.combine_chunks() for column in found.columns], schema=schema)


def bad_rows(connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule], blocked: Sequence[str]) -> pa.Table:
    """Return `_row`, `codes` and `reasons` (`code:column`) of the rows that do not enter, by row.

    These are the rows that break a rule or have a twin; all rows, when `blocked` names codes that concern the whole file.
    """
    connection.execute(
        "create or replace temp table broken as select _row, "
        "case when twins._row is null then _rules else list_append(_rules, $twin) end as places "
        "from judged left join twins using (_row) where $everything or len(_rules) > 0 or twins._row is not null",
        {"twin": len(rules), "everything": bool(blocked)},
    )
    combinations = [row[0] for row in connection.execute("select distinct places from broken").fetchall()]
    connection.register("tags", _tags(combinations, rules, blocked))
    return connection.sql(
        "select _row, codes, reasons from broken join tags using (places) order by _row"
    ).to_arrow_table()


def _tags(combinations: Sequence[list[int]], rules: Sequence[Rule], blocked: Sequence[str]) -> pa.Table:
    """Spell out each combination of broken rules once: rows by the hundred thousand break the same few."""
    codes = [*(rule.code for rule in rules), TWIN]
    reasons = [*(f"{rule.code}:{rule.column.name}" if rule.column else rule.code for rule in rules), TWIN]
    texts = pa.list_(pa.string())
    return pa.table(
        {
            "places": pa.array(combinations, pa.list_(pa.int32())),
            "codes": pa.array([sorted({*blocked, *(codes[place] for place in each)}) for each in combinations], texts),
            "reasons": pa.array([[*blocked, *(reasons[place] for place in each)] for each in combinations], texts),
        }
    )


def record_key(contract: Contract, *, without: Collection[str] = ()) -> str:
    """Return the expression of `rec_key` over the typed columns.

    Parts `without` a value in a mere check (zone or wave not said) are left out.
    """
    columns = [contract.column(name) for name in contract.key if name not in without]
    return record_key_sql([(column, names(column).value) for column in columns])


def _typed_select(cells: Cells, contract: Contract) -> str:
    texts = ", ".join(f"{_text(cells, column)} as {names(column).text}" for column in contract.columns)
    missing = ", ".join(f"{_missing(column)} as {names(column).missing}" for column in contract.columns)
    times = [column for column in contract.columns if column.type == "timestamp"]
    local = "".join(f", {local_time(column, names(column).text)} as {names(column).local}" for column in times)
    values = ", ".join(f"{_value(column)} as {names(column).value}" for column in contract.columns)
    unknown = {name for name in contract.key if name not in cells.sources}
    told_elsewhere = {name for name in unknown if contract.column(name).source != "file"}
    key = record_key(contract, without=told_elsewhere) if unknown == told_elsewhere else "cast(null as varchar)"
    return (
        f"with texts as (select _row, _found, {texts} from cells), "
        f"marked as (select *, {missing}{local} from texts), "
        f"cast_rows as (select *, {values} from marked) "
        f"select *, case when _found is null then {key} end as rec_key from cast_rows"
    )


def _text(cells: Cells, column: Column) -> str:
    found = [quote_name(name) for name in cells.sources.get(column.name, ())]
    if not found:
        return "cast(null as varchar)"
    return composed(tuple(found)) if len(found) > 1 else found[0]


def _missing(column: Column) -> str:
    text = names(column).text
    cases = " ".join(
        f"when {_is_code(column, text, code)} then {MISSING_STATUS[reason]}"
        for code, reason in column.missing_codes.items()
    )
    return f"case {cases} end" if cases else "cast(null as integer)"


def _is_code(column: Column, text: str, code: str) -> str:
    """Compare as numbers where both are (-9 is -9.0), as texts otherwise: a suppressed wage is `#`."""
    with contextlib.suppress(ValueError):
        if column.type in ("integer", "number"):
            return f"try_cast({text} as double) = {float(code)!r}"
    return f"{text} = {quote_text(code)}"


def _value(column: Column) -> str:
    name = names(column)
    cast = instant(column, name.text, name.local) if column.type == "timestamp" else typed(column, name.text)
    return f"cast(case when {name.missing} is null then {cast} end as {SQL_TYPES[column.type]})"


def _stored(column: Column, *, present: bool) -> str:
    name = names(column)
    value = f"{name.value} as {quote_name(column.name)}"
    if not column.has_status:
        return value
    empty = _empty_status(column) if present else str(MISSING_STATUS["not_in_instrument"])
    status = f"coalesce({name.missing}, case when {name.text} is null then {empty} else 0 end)"
    return f"{value}, cast({status} as bigint) as {quote_name(status_name(column))}"


def _empty_status(column: Column) -> str:
    """Return the expression of why a cell is empty: not asked of this row, or missing by error."""
    lost, unasked = MISSING_STATUS["missing_by_error"], MISSING_STATUS["not_applicable"]
    return f"case when {was_asked(column)} then {lost} else {unasked} end" if column.asked_if else str(lost)


def _twins_select(contract: Contract) -> str:
    everything = ", ".join(name for column in contract.columns for name in (names(column).value, names(column).missing))
    return (
        "with many as (select rec_key from judged where rec_key is not null group by rec_key having count(*) > 1), "
        f"alike as (select _row, rec_key, md5(cast(row({everything}) as varchar)) as content "
        "from judged semi join many using (rec_key)), "
        "groups as (select rec_key, list(_row order by _row) as places, count(distinct content) as kinds "
        "from alike group by rec_key) "
        "select _row, case when _row = places[1] then places[2] else places[1] end as _other "
        "from alike join groups using (rec_key) where kinds > 1 or _row <> places[1]"
    )
