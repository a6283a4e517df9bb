"""Good rows against the archive: new, the same, or different from what it holds for the same key.

Belongs here: the comparison, as of one sequence number, and the rule for overlapping readings. Does not: reading or writing the
lake (data.lake), verdicts (intake). Readings form a join: newer beats older, equal ones agree, different ones of one version
cancel each other; so the table ends the same in whatever order files arrive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from data.arrow_files import repeated
from data.contracts import Column, Contract, business_schema
from data.duck import open_duckdb, quote_name, quote_text
from data.key_span import key_span
from quality.check import threads_for
from quality.problems import LISTED, Problem, folded, problem
from quality.row_problems import key_label

CORRECTION = "COR-"
"""How the ids of corrections begin: a value that two people have corrected is not cancelled by a reading."""


@dataclass(frozen=True)
class Archive:
    """What a file is compared with, as SQL.

    `last_word` is `Lake.last_word_sql` of the table as of the number at which the file is judged; `keys` is `Lake.keys_sql` where
    submissions are hidden from it, so that a key that came with one of them is not inserted again; else None.
    """

    last_word: str
    keys: str | None = None


@dataclass(frozen=True)
class Reconciled:
    """`rows` go to the lake (business columns, `rec_key`, `_row`, `_op`); `unchanged` counts rows that add nothing to it.

    `conflicts` are (row, contract column that differs first) of rows that may not enter without a reason for correction; `late`
    are rows older than what the archive holds (counted in `unchanged`), `cancelled` rows that contradict it (they enter as R).
    """

    rows: pa.Table
    unchanged: int
    conflicts: tuple[tuple[int, Column], ...] = ()
    late: tuple[int, ...] = ()
    cancelled: tuple[int, ...] = ()

    @property
    def replaces(self) -> bool:
        """Whether any row takes the place of another."""
        return any(operation != "I" for operation in self.rows["_op"].unique().to_pylist())


def reconcile(good: pa.Table, contract: Contract, archive: Archive, *, is_correction: bool) -> Reconciled:
    """Sort good rows by what the archive holds.

    Parameters
    ----------
    good
        From `CheckReport.good`.
    archive
        What to compare with.
    is_correction
        Whether the sender gave a reason: then differing rows enter as corrections (`_op` C), by whatever rule.
    """
    near = f"select * from ({archive.last_word}) where {key_span(contract, good)}"
    with open_duckdb(threads=threads_for(good.num_rows)) as connection:
        if archive.keys is None and connection.execute(f"select 1 from ({near}) limit 1").fetchone() is None:
            return Reconciled(good.append_column("_op", repeated(pa.scalar("I"), good.num_rows)), 0)
        connection.register("good", good)
        compared = (
            connection.sql(_comparison(contract, replace(archive, last_word=near))).to_arrow_table().combine_chunks()
        )
    if contract.overlap == "latest_reading" and not is_correction:
        return _readings(good, compared)
    return _first_come(good, compared, contract, is_correction=is_correction)


def _first_come(good: pa.Table, compared: pa.Table, contract: Contract, *, is_correction: bool) -> Reconciled:
    new, differs = pc.is_null(compared["_difference"]), _differs(compared)
    rows = _entering(good, compared, pc.or_(new, differs) if is_correction else new)
    owners = [_owner(contract, name) for name in business_schema(contract).names]
    places = compared.filter(differs) if not is_correction else compared.slice(0, 0)
    conflicts = tuple(
        (int(row), owners[place])
        for row, place in zip(places["_row"].to_pylist(), places["_difference"].to_pylist(), strict=True)
    )
    return Reconciled(rows, good.num_rows - rows.num_rows - len(conflicts), conflicts)


def _readings(good: pa.Table, compared: pa.Table) -> Reconciled:
    """Sort readings by their version; see the charter."""
    new, differs = pc.is_null(compared["_difference"]), _differs(compared)
    newer, late = (pc.fill_null(pc.equal(compared["_age"], age), False) for age in (1, -1))  # noqa: FBT003 - pyarrow's
    open_tie = pc.and_(pc.equal(pc.fill_null(compared["_age"], 1), 0), pc.invert(compared["_closed"]))
    cancels = pc.and_(differs, open_tie)
    enters = pc.or_(pc.or_(new, newer), cancels)
    rows = _entering(good, compared, enters, cancels)
    return Reconciled(
        rows,
        good.num_rows - rows.num_rows,
        late=tuple(compared["_row"].filter(late).to_pylist()),
        cancelled=tuple(compared["_row"].filter(cancels).to_pylist()),
    )


def _differs(compared: pa.Table) -> pa.ChunkedArray:
    return pc.greater_equal(pc.fill_null(compared["_difference"], -1), 0)


def _entering(
    good: pa.Table, compared: pa.Table, enters: pa.ChunkedArray, cancels: pa.ChunkedArray | None = None
) -> pa.Table:
    operations = pc.if_else(compared["_known"], "C", "I")
    if cancels is not None:
        operations = pc.if_else(cancels, "R", operations)
    return good.append_column("_op", operations.cast(pa.string())).filter(enters)


def _comparison(contract: Contract, archive: Archive) -> str:
    """Return the query: per row of the file, by row, how it stands to the last word on its key.

    `_difference` is the position of the first differing column, NULL for a key of which nothing stands, -1 for a row that
    agrees; `_known` tells whether the key ever came; `_age` is 1, 0 or -1 as the row's version is greater, equal or smaller;
    `_closed` tells that no reading of this version can change it (cancelled already, or corrected by people).
    """
    cases = " ".join(
        f"when g.{quote_name(name)} is distinct from a.{quote_name(name)} then {place}"
        for place, name in enumerate(business_schema(contract).names)
    )
    version = quote_name(contract.reading_version) if contract.reading_version else None
    age = f"cast(sign(cast(g.{version} > a.{version} as int) - cast(g.{version} < a.{version} as int)) as int)"
    known = f"a.rec_key is not null or g.rec_key in ({archive.keys})" if archive.keys else "a.rec_key is not null"
    return (
        f"with archive as ({archive.last_word}) "
        f"select g._row, case when a.rec_key is null then null {cases} else -1 end as _difference, "
        f"{known} as _known, case when a.rec_key is null then null else {age if version else '0'} end as _age, "
        f"coalesce(a._op = 'R' or starts_with(a.submission_id, {quote_text(CORRECTION)}), false) as _closed "
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


def reading_problems(split: Reconciled, contract: Contract) -> list[Problem]:
    """Return W-KEY-03 for readings that contradict the archive and W-KEY-04 for late ones, each once with its count."""
    told = {"W-KEY-03": split.cancelled, "W-KEY-04": split.late}
    label = key_label(contract)
    return [problem(code, {"columns": label, "row": rows[0]}, count=len(rows)) for code, rows in told.items() if rows]
