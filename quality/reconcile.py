"""Good rows against the archive: new, the same, or different from what it holds for the same key.

Belongs here: the comparison, as of one sequence number. Does not: reading or writing the lake (data.lake), verdicts (intake).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from data.contracts import Column, Contract, business_schema
from data.duck import open_duckdb, quote_name
from quality.check import threads_for
from quality.problems import LISTED, Problem, folded, problem
from quality.row_problems import key_label


@dataclass(frozen=True)
class Reconciled:
    """`rows` go to the lake (business columns, `rec_key`, `_row`, `_op`); `unchanged` counts rows that it holds already.

    `conflicts` are (row, contract column that differs first) of rows that may not enter without a reason for correction.
    """

    rows: pa.Table
    unchanged: int
    conflicts: tuple[tuple[int, Column], ...]


def reconcile(good: pa.Table, contract: Contract, archive_select: str, *, is_correction: bool) -> Reconciled:
    """Sort good rows by what the archive holds.

    Parameters
    ----------
    good
        From `CheckReport.good`.
    archive_select
        `Lake.relation_sql` of the contract's table, as of the number that the submission is judged at.
    is_correction
        Whether the sender gave a reason: then differing rows enter as corrections (`_op` C).
    """
    business = business_schema(contract).names
    with open_duckdb(threads=threads_for(good.num_rows)) as connection:
        connection.register("good", good)
        compared = connection.sql(_comparison(business, archive_select)).to_arrow_table()
    difference = compared["_difference"].combine_chunks()
    new, differs = pc.is_null(difference), pc.greater_equal(pc.fill_null(difference, -1), 0)
    enters = pc.or_(new, differs) if is_correction else new
    operations = pc.if_else(new, "I", "C").cast(pa.string())
    rows = good.append_column("_op", operations).filter(enters)
    owners = [_owner(contract, name) for name in business]
    places = compared.filter(differs) if not is_correction else compared.slice(0, 0)
    conflicts = tuple(
        (int(row), owners[place])
        for row, place in zip(places["_row"].to_pylist(), places["_difference"].to_pylist(), strict=True)
    )
    return Reconciled(rows, good.num_rows - rows.num_rows - len(conflicts), conflicts)


def _comparison(business: Sequence[str], archive_select: str) -> str:
    """Return per row the position of the first differing column: NULL for a new key, -1 for a row that agrees."""
    cases = " ".join(
        f"when g.{quote_name(name)} is distinct from a.{quote_name(name)} then {place}"
        for place, name in enumerate(business)
    )
    return (
        f"with archive as ({archive_select}) "
        f"select g._row, case when a.rec_key is null then null {cases} else -1 end as _difference "
        "from good g left join archive a on g.rec_key = a.rec_key order by g._row"
    )


def _owner(contract: Contract, name: str) -> Column:
    return contract.column(name.removesuffix("__st"))


def conflict_problems(conflicts: Sequence[tuple[int, Column]], contract: Contract) -> list[Problem]:
    """Return E-KEY-02 for each conflicting row; per column the rows beyond the first hundred are one entry."""
    label = key_label(contract)
    by_column: dict[str, list[tuple[int, Column]]] = {}
    for row, column in conflicts:
        by_column.setdefault(column.name, []).append((row, column))
    found: list[Problem] = []
    for rows in by_column.values():
        found.extend(problem("E-KEY-02", {"columns": label}, row=row, column=column) for row, column in rows[:LISTED])
        if len(rows) > LISTED:
            row, column = rows[LISTED]
            found.append(folded("E-KEY-02", row=row, count=len(rows) - LISTED, column=column))
    return found
