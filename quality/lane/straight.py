"""A file of which no row breaks a rule, shown by its table in short.

Belongs here: judging that small table by the rules and the SQL of the long way. Does not: what is known (scope), rows (rows),
problems of the file as a whole (quality.check).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from data.contracts import Contract
from data.readers import RawTable
from data.repeats import has_repeats
from quality.cells import Cells, Context, gather
from quality.columns import Matching
from quality.lane.rows import KEY, rows_from, sources_of
from quality.lane.scope import knows_contract, knows_rules
from quality.lane.short import in_short, stand_in
from quality.rule import Rule
from quality.rules import derive_rules
from quality.tagging import judge_rows, stored_columns
from quality.typed_words import WordJudge


@dataclass(frozen=True)
class Straight:
    """A file of good rows only: `good` as the long way gives it, but that its texts may be spelled out; the `rules` it keeps.

    `seen` holds every text that is in the file, for who looks for personal numbers.
    """

    good: pa.Table
    seen: RawTable
    rules: tuple[Rule, ...]
    cells: Cells


def straight(
    connection: duckdb.DuckDBPyConnection,
    raw: RawTable,
    contract: Contract,
    matching: Matching,
    context: Context,
    folder: Path,
) -> Straight | None:
    """Return the rows of a file of which none breaks a rule and no two have one key; None if that is not so, or not sure.

    Parameters
    ----------
    raw
        As `read_safely` gives it with `cells="typed"`.
    folder
        Where what is worked out may lie.
    """
    short = in_short(raw, contract, matching) if not raw.ragged and knows_contract(contract, matching) else None
    if short is None:
        return None
    cells = gather(short.table, contract, matching, context)
    rules = derive_rules(contract, context, frozenset(cells.sources))
    if cells.problems or not knows_rules(rules) or any(name not in cells.sources for name in contract.key):
        return None
    judged = judge_rows(WordJudge(connection, contract, rules), cells)
    if len(pc.list_flatten(judged["_rules"])):
        return None
    connection.register("judged", judged)
    told = connection.sql(f"select {stored_columns(contract, cells)} from judged").to_arrow_table()
    good = rows_from(sources_of(short, told, contract, matching), short.raw, contract, folder)
    if good[KEY].null_count or has_repeats(good[KEY]):
        return None
    return Straight(good, stand_in(short), tuple(rules), cells)
