"""The tagged pass: from what is known of the texts to rows with their keys, and which rows break which rules.

Belongs here: spreading it over the rows, rules that look at several columns, good and bad rows. Does not: single texts
(typed_words), what the rules are (rules), what is said about them (check).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.arrow_files import let_go, store_batches
from data.contracts import MISSING_STATUS, Column, Contract, business_schema, status_name
from data.contracts.record_key import record_keys
from data.duck import quote_name
from data.repeats import has_repeats
from quality.accepted import all_rows
from quality.asked import was_asked
from quality.cells import Cells
from quality.names import names
from quality.problems import problem
from quality.rule import Rule
from quality.typed_words import WordJudge
from quality.words import Words, words_of


@dataclass(frozen=True)
class Judged:
    """The table behind the view `judged`, and the last piece's cells with what was changed in those of all."""

    cells: Cells
    table: pa.Table


GOOD, JUDGED = "good.arrow", "judged-{}.arrow"
BATCH_ROWS = 65_536
TWIN = "E-KEY-01"


def judge_rows(judge: WordJudge, cells: Cells) -> pa.Table:
    """Return typed rows with `rec_key` and `_rules`, the positions of broken rules; of a ragged row the first rule alone.

    What a text means and which rules of its own column it breaks is worked out once for each distinct text.
    """
    connection, contract, rules = judge.connection, judge.contract, judge.rules
    words = {column: words_of([cells.table[part] for part in parts]) for column, parts in cells.sources.items()}
    own, told = judge.own, judge.told(cells, words)
    rows = _spread(cells, contract, words, told)
    broken = [(place, _broken(told[f"r{place}"], words[_name(rules[place])])) for place in own]
    connection.register("rows", rows)
    broken += _broken_together(connection, rules, [place for place in range(1, len(rules)) if place not in own])
    keys = _keys(cells, contract, rows)
    found = cells.table["_found"].is_valid().to_numpy()
    return rows.append_column("rec_key", keys).append_column("_rules", places_of_rules(broken, found))


def judge_pieces(
    connection: duckdb.DuckDBPyConnection,
    every: Iterable[Cells],
    contract: Contract,
    rules: Sequence[Rule],
    folder: Path,
    *,
    few: bool,
) -> Judged:
    """Make the views `judged` of all pieces and `twins`.

    Unless the pieces are `few`, what was judged lies in `folder`, not in memory. `twins` (`_row`, `_other`) are the rows whose
    key another row has: all of them if their values differ, all but the first if they agree.
    """
    kept: list[pa.Table] = []
    judge = WordJudge(connection, contract, rules)
    changed: Counter[tuple[str, str]] = Counter()
    for place, cells in enumerate(every):
        judged = judge_rows(judge, cells)
        kept.append(judged if few else store_batches(folder / JUDGED.format(place), judged.schema, judged.to_batches()))
        changed.update({(told.code, told.column or ""): told.count for told in cells.problems})
        if not few:
            let_go()
    whole = pa.concat_tables(kept)
    connection.register("judged", whole)
    nobody = "select 0::bigint as _row, 0::bigint as _other limit 0"
    twins = _twins_select(contract) if has_repeats(whole["rec_key"]) else nobody
    connection.execute(f"create or replace temp table twins as {twins}")
    told = [problem(code, column=contract.column(name), count=n) for (code, name), n in changed.items()]
    return Judged(replace(cells, problems=tuple(told)), whole)


def good_rows(connection: duckdb.DuckDBPyConnection, judged: Judged, contract: Contract, *, folder: Path) -> pa.Table:
    """Return the rows that break no rule, as `business_schema(contract)` plus `rec_key` and `_row`, by row.

    What is not in `judged` already is written to `folder` and mapped from there, so that a long table takes no memory; the file
    may go afterwards.
    """
    any_bad = connection.execute("select 1 from broken limit 1").fetchone() is not None
    if not any_bad and not any(column.has_status for column in contract.columns):
        return all_rows(judged.table, contract, folder / GOOD)
    columns = stored_columns(contract, judged.cells)
    any_twins = connection.execute("select 1 from twins limit 1").fetchone()
    alone = "anti join twins using (_row)" if any_twins else ""  # a join shuffles rows; without it they come in order
    order = "order by _row" if any_twins else ""
    found = connection.sql(f"select {columns}, rec_key, _row from judged {alone} where len(_rules) = 0 {order}")
    schema = pa.schema([*business_schema(contract), pa.field("rec_key", pa.binary()), pa.field("_row", pa.int64())])
    return store_batches(folder / GOOD, schema, found.to_arrow_reader(BATCH_ROWS))


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


def places_of_rules(broken: Sequence[tuple[int, np.ndarray]], ragged: np.ndarray) -> pa.ListArray:
    """Return per row the places of the rules that it breaks; a ragged row breaks the first alone.

    >>> places_of_rules([(2, np.array([0, 1])), (1, np.array([0, 2]))], np.array([False, False, True])).to_pylist()
    [[1, 2], [2], [0]]
    """
    told = [*((place, rows[~ragged[rows]]) for place, rows in broken), (0, np.flatnonzero(ragged))]
    rows = np.concatenate([rows for _, rows in told])
    places = np.concatenate([np.full(len(rows), place, dtype=np.int32) for place, rows in told])
    order = np.lexsort((places, rows))
    ends = np.cumsum(np.bincount(rows, minlength=len(ragged)))
    return pa.ListArray.from_arrays(pa.array(np.concatenate([[0], ends]), pa.int32()), pa.array(places[order]))


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


def _spread(cells: Cells, contract: Contract, words: Mapping[str, Words], told: pa.Table) -> pa.Table:
    """Give each row what was told of its texts; texts stay spelled out, for few are ever looked at."""
    arrays: dict[str, Any] = {"_row": cells.table["_row"], "_found": cells.table["_found"]}
    rows = cells.table.num_rows
    for column in contract.columns:
        for name in vars(names(column)).values():
            plain = name.strip('"')
            if plain in told.column_names:
                arrays[plain] = _at(told[plain], words.get(column.name), rows)
    return pa.table(arrays)


def _at(told: pa.ChunkedArray, words: Words | None, rows: int) -> pa.Array | pa.ChunkedArray:
    if pa.types.is_int32(told.type) and told.null_count == len(told):
        return pa.nulls(rows)  # no missing code: this type takes no room, and DuckDB reads it as int32
    if words is None:
        return pa.nulls(rows, told.type)
    values = told.slice(0, words.size).combine_chunks()
    if pa.types.is_string(told.type):
        return pa.DictionaryArray.from_arrays(pa.array(words.codes), values, safe=False)  # places are ours
    return values.take(pa.array(words.codes))


def _broken(told: pa.ChunkedArray, words: Words) -> np.ndarray:
    """Return the positions of the rows whose text breaks the rule."""
    breaks = told.slice(0, words.size).to_numpy()
    return np.flatnonzero(breaks[words.codes]) if breaks.any() else np.array([], dtype=np.int64)


def _broken_together(
    connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule], places: Sequence[int]
) -> list[tuple[int, np.ndarray]]:
    """Judge the rules that look at several columns, row by row."""
    if not places:
        return []
    judged = ", ".join(f"coalesce({rules[place].predicate}, false) as r{place}" for place in places)
    told = connection.sql(f"select {judged} from rows").to_arrow_table()
    return [(place, np.flatnonzero(told[f"r{place}"].to_numpy())) for place in places]


def _name(rule: Rule) -> str:
    return rule.column.name if rule.column is not None else ""


def _keys(cells: Cells, contract: Contract, rows: pa.Table) -> pa.Array:
    """Return `rec_key` of each row; null for a ragged row, and where a part is empty or no such value.

    Parts without a value in a mere check (zone or wave not said) are left out.
    """
    parts = [contract.column(name) for name in contract.key if name in cells.sources]
    lost = [name for name in contract.key if name not in cells.sources and contract.column(name).source == "file"]
    if lost or not parts:
        return pa.nulls(rows.num_rows, pa.binary())
    keys = record_keys([(column, rows[names(column).value.strip('"')]) for column in parts])
    return pc.if_else(rows["_found"].is_null(), keys, None) if rows["_found"].null_count < rows.num_rows else keys


def stored_columns(contract: Contract, cells: Cells) -> str:
    """Return the select list of the business columns from what was judged."""
    return ", ".join(_stored(column, present=column.name in cells.sources) for column in contract.columns)


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
