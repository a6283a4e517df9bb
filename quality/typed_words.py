"""What the distinct texts of a piece mean: one SQL pass that casts them and applies each rule that looks at its own column only.

Belongs here: building and running that SQL. Does not: rows, and rules that look at several columns (tagging).
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa

from data.contracts import MISSING_STATUS, Column, Contract
from data.duck import quote_name, quote_text
from quality.cast import composed, instant, local_time, typed
from quality.cells import Cells
from quality.names import names
from quality.rule import Rule, is_own
from quality.words import Words

SQL_TYPES = {
    "string": "varchar",
    "integer": "bigint",
    "number": "double",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamptz",
}


class WordJudge:
    """What the distinct texts of a piece mean and which rules of their own column they break.

    Pieces of one file often hold the same texts: then the answer of the piece before stands.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, contract: Contract, rules: Sequence[Rule]) -> None:
        self.connection, self.contract, self.rules = connection, contract, rules
        self.own = [place for place, rule in enumerate(rules) if place and is_own(rule)]
        self._asked: pa.Table | None = None
        self._told: pa.Table | None = None

    def told(self, cells: Cells, words: Mapping[str, Words]) -> pa.Table:
        """Return typed values and `r<place>` for each broken rule, in the order of `words`."""
        asked = _word_table(cells, words)
        if self._told is None or not asked.equals(self._asked):
            self.connection.register("words", asked)
            select = _words_select(cells, self.contract, self.rules, self.own)
            self._asked, self._told = asked, self.connection.sql(select).to_arrow_table()
        return self._told


def _word_table(cells: Cells, words: Mapping[str, Words]) -> pa.Table:
    """Lay the distinct texts of all columns side by side: a row of this table is no row of the file."""
    size = max((each.size for each in words.values()), default=1)
    arrays: dict[str, pa.Array] = {"_row": pa.nulls(size, pa.int64())}
    for column, parts in cells.sources.items():
        for name, texts in zip(parts, words[column].parts, strict=True):
            arrays[name] = pa.concat_arrays([texts, pa.nulls(size - len(texts), pa.string())])
    return pa.table(arrays)


def _words_select(cells: Cells, contract: Contract, rules: Sequence[Rule], own: Sequence[int]) -> str:
    judged = [f"coalesce({rules[place].predicate}, false) as r{place}" for place in own]
    return f"with typed as ({_typed_select(cells, contract)}) select {', '.join(['*', *judged])} from typed"


def _typed_select(cells: Cells, contract: Contract) -> str:
    texts = ", ".join(f"{_text(cells, column)} as {names(column).text}" for column in contract.columns)
    missing = ", ".join(f"{_missing(column)} as {names(column).missing}" for column in contract.columns)
    times = [column for column in contract.columns if column.type == "timestamp"]
    local = "".join(f", {local_time(column, names(column).text)} as {names(column).local}" for column in times)
    values = ", ".join(f"{_value(column)} as {names(column).value}" for column in contract.columns)
    return (
        f"with texts as (select {texts} from words), "
        f"marked as (select *, {missing}{local} from texts) "
        f"select *, {values} from marked"
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
