"""A table against a contract, row by row: every problem in one pass, good and bad rows.

Belongs here: the long way, which says what is wrong; the report of either way. Does not: reading, privacy, identity and the order
of the steps (check), files without a fault (lane), rules (rules), SQL (tagging).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from data.arrow_files import let_go
from data.contracts import Contract
from data.readers import RawTable
from data.readers.spelling import plain_table
from quality.across_waves import wave_problems
from quality.beside import Beside
from quality.cells import Cells, Context, gather
from quality.check_report import CheckReport
from quality.columns import Matching
from quality.declared import undeclared
from quality.identity_gate import Passed
from quality.instruments import frame_problems, label_problems
from quality.lane import Straight
from quality.privacy import PrivacyScan
from quality.problems import Problem, in_order, problem
from quality.roster import count_problems, roster_rules
from quality.row_problems import row_problems
from quality.rule import Rule
from quality.rules import derive_rules
from quality.tagging import bad_rows, good_rows, judge_pieces

FAULTY = pa.schema([("_row", pa.int64()), ("codes", pa.list_(pa.string())), ("reasons", pa.list_(pa.string()))])


@dataclass(frozen=True)
class Table:
    """A table that is to be checked, and all that is known of it.

    `pieces` are its rows where they were spelled out; what is worked out of them may lie in `folder`.
    """

    passed: Passed
    matching: Matching
    private: PrivacyScan
    contract: Contract
    context: Context
    beside: Beside
    folder: Path
    pieces: Sequence[RawTable] = field(default=(), repr=False)

    @property
    def raw(self) -> RawTable:
        """The rows behind the identity gate."""
        return self.passed.raw


def check_table(connection: duckdb.DuckDBPyConnection, table: Table) -> CheckReport:
    """Check a table row by row."""
    contract, context, pieces = table.contract, table.context, table.pieces
    first = gather(pieces[0], contract, table.matching, context)
    present = frozenset(first.sources)
    rules = [*derive_rules(contract, context, present), *roster_rules(connection, contract, table.beside, present)]
    every = chain([first], (gather(piece, contract, table.matching, context) for piece in pieces[1:]))
    judged = judge_pieces(connection, every, contract, rules, table.folder, few=len(pieces) == 1)
    general = general_problems(table, judged.cells) + frame_problems(connection, contract, present)
    blocked = sorted({told.code for told in general if told.severity == "error"})
    hidden = _hidden(contract, table.matching, table.private)
    per_row = row_problems(connection, table.raw, contract, rules, hidden)
    per_row += wave_problems(connection, contract, table.beside, present, hidden)
    bad = bad_rows(connection, rules, blocked)
    good = None if blocked else good_rows(connection, judged, contract, folder=table.folder)
    if len(pieces) > 1:
        let_go()
    return _report(table, rules, [*general, *per_row], good, bad)


def straight_report(table: Table, found: Straight) -> CheckReport | None:
    """Return the report of a table of good rows only; None if the file as a whole may not enter."""
    general = general_problems(table, found.cells)
    if any(told.severity == "error" for told in general):
        return None
    return _report(table, found.rules, general, found.good, FAULTY.empty_table())


def general_problems(table: Table, cells: Cells) -> list[Problem]:
    """Return the problems of the file as a whole, and of its cells where they are told by count."""
    contract, raw = table.contract, table.raw
    return [
        *(problem(note.code, note.values) for note in raw.notes),
        *table.matching.problems,
        *table.private.problems,
        *table.passed.problems,
        *cells.problems,
        *label_problems(raw, contract, table.matching),
        *undeclared(raw, contract, table.matching),
        *_unsaid(contract, table.context, cells),
        *count_problems(contract, table.beside, raw.table.num_rows),
    ]


def _report(
    table: Table, rules: Sequence[Rule], problems: Sequence[Problem], good: pa.Table | None, bad: pa.Table
) -> CheckReport:
    raw, rows_good = table.raw, good.num_rows if good is not None else 0
    return CheckReport(
        contract=table.contract.name,
        file_name="",
        sha256="",
        rows_read=raw.table.num_rows,
        rows_good=rows_good,
        rows_bad=raw.table.num_rows - rows_good,
        problems=in_order(problems, table.contract),
        checks=len(rules) + 1,
        good=good,
        bad=None if table.private.problems else _bad_table(raw, bad),
        texts=None if table.private.problems else raw.table,
        must_not_be_kept=bool(table.private.problems),
        left_out=table.passed.left_out,
        pairs=table.passed.pairs,
        rules=tuple(rules),
        faulty=bad,
    )


def _unsaid(contract: Contract, context: Context, cells: Cells) -> list[Problem]:
    """E-WAVE-01: a submission (it always says its zone) whose wave nobody says."""
    return [
        problem("E-WAVE-01", column=column)
        for column in contract.columns
        if context.zone is not None and column.source == "wave" and column.required and column.name not in cells.sources
    ]


def _hidden(contract: Contract, matching: Matching, private: PrivacyScan) -> frozenset[str]:
    """Return the contract columns whose values are not shown: sensitive ones, and any that hold personal numbers."""
    return frozenset(
        column.name
        for column in contract.columns
        if column.sensitivity != "none" or private.columns.intersection(matching.cells.get(column.name, ()))
    )


def _bad_table(raw: RawTable, bad: pa.Table) -> pa.Table:
    """Return the raw cells of the bad rows beside their codes and reasons; both are in the order of rows."""
    rows = plain_table(
        raw.table.slice(0, 0)
        if not bad.num_rows
        else raw.table.filter(pc.is_in(raw.table["_row"], value_set=bad["_row"].combine_chunks()))
    )
    return rows.append_column("codes", bad["codes"]).append_column("reasons", bad["reasons"])
