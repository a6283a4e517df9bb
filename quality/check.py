"""Checking a file against a contract: every problem in one pass, nothing stored.

Belongs here: the order of the steps and the report. Does not: reading (data.readers), matching (columns), rules (rules), SQL
(tagging), personal numbers (privacy), storing (intake).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from data.arrow_files import let_go
from data.contracts import Contract, load_contract
from data.duck import open_duckdb
from data.messages import PlatformFailed, Refused, Text
from data.readers import FileContent, RawTable, read_safely, staged
from data.readers.open import scratch_folder
from data.readers.spelling import plain_table
from data.reference import check_zone
from quality.across_waves import wave_problems
from quality.beside import NOTHING, Beside
from quality.cells import Cells, Context, gather
from quality.check_report import CheckReport
from quality.columns import Matching, match_columns
from quality.declared import undeclared
from quality.identity_gate import Gate, Passed, pass_through, trial_gate
from quality.instruments import frame_problems, label_problems
from quality.matches import match_problems, propose_matches, with_matches
from quality.privacy import PrivacyScan, masked, scan
from quality.problems import Problem, in_order, problem
from quality.roster import count_problems, roster_rules
from quality.row_problems import row_problems
from quality.rules import derive_rules
from quality.tagging import bad_rows, good_rows, judge_pieces
from quality.words import coded_pieces

__all__ = ["CheckReport", "check_cells", "check_content", "check_file", "threads_for", "unreadable_report"]

SMALL_TABLE = 50_000


@dataclass(frozen=True)
class _Cut:
    """A table's pieces, and the folder in which what is worked out of them may lie."""

    pieces: Sequence[RawTable]
    folder: Path


def check_file(
    path: Path,
    contract: str | Contract,
    *,
    zone: str | None = None,
    wave: str | None = None,
    beside: Beside = NOTHING,
) -> CheckReport:
    """Check a file; store nothing.

    Parameters
    ----------
    path
        A file of any format that `data.readers` recognises by its content.
    contract
        A contract, its name, or the path of its YAML file.
    zone, wave
        What a submission would say. Not said: columns that would be filled from them are not checked when absent.
    beside
        What the platform knows beside the file (`quality.beside.look_beside`); `quality.desk.check_at_desk` asks for it.

    Returns
    -------
    CheckReport
        A file that cannot be read gives a report of no rows with one E-FILE problem.

    Raises
    ------
    NotFound
        The file, contract or zone does not exist.
    PlatformFailed
        E-SYS-02: the contract holds a pattern that the engine does not know.
    """
    if zone is not None:
        check_zone(zone)
    agreed = contract if isinstance(contract, Contract) else load_contract(contract)
    try:
        with staged(Path(path)) as opened:
            return check_content(opened, agreed, Context(zone, wave), beside)
    except Refused as refusal:
        return unreadable_report(Path(path).name, "", agreed, refusal)


def check_content(
    opened: FileContent, contract: Contract, context: Context, beside: Beside = NOTHING, gate: Gate | None = None
) -> CheckReport:
    """Check a staged file, so that what is checked is what is stored; see `check_file`.

    Without a `gate` direct identifiers are replaced under a key that is thrown away, and cannot be looked for in the archive.
    """
    known = with_matches(contract, beside.matches)
    if gate is None and contract.replaced_columns:
        beside = replace(beside, earlier=None, rosters={}, asked=False)
    try:
        raw = read_safely(opened.path, contract=known, folder=opened.folder, cells="spelled")
        if contract.replaced_columns or (gate is not None and gate.is_withdrawn is not None):
            raw = raw.plain()  # what goes through the gate is changed text by text
    except Refused as refusal:
        return unreadable_report(opened.name, opened.sha256, contract, refusal)
    try:
        spill = opened.folder if raw.table.num_rows >= SMALL_TABLE else None
        with open_duckdb(threads=threads_for(raw.table.num_rows), spill=spill) as connection:
            matching, pieces = match_columns(raw, known), coded_pieces(raw, opened.folder)
            private = scan(connection, raw, known, matching, pieces)  # before the gate, which withholds what is unknown
            passed = pass_through(raw, known, matching, gate or trial_gate())
            behind = pieces if passed.raw is raw else coded_pieces(passed.raw, opened.folder)
            report = _check_table(
                connection, passed, _Cut(behind, opened.folder), matching, private, contract, context, beside
            )
            return _told_apart(report, opened, raw, matching, private, contract, beside)
    except duckdb.Error:
        raise _broken_rules(contract) from None  # DuckDB's own words may quote a cell


def _told_apart(
    report: CheckReport,
    opened: FileContent,
    raw: RawTable,
    matching: Matching,
    private: PrivacyScan,
    contract: Contract,
    beside: Beside,
) -> CheckReport:
    """Add what the sender sees of the own file: which column is which, and its cells with personal data masked."""
    replaced = {name for column in contract.replaced_columns for name in matching.cells.get(column.name, ())}
    columns = propose_matches(raw, contract, matching, remembered=beside.matches, hidden=private.columns | replaced)
    return replace(
        report,
        file_name=opened.name,
        sha256=opened.sha256,
        problems=in_order([*report.problems, *match_problems(columns, contract)], contract),
        columns=columns,
        sheet=masked(raw, private),
        archive_asked=beside.asked,
    )


def check_cells(raw: RawTable, contract: Contract) -> CheckReport:
    """Check cells that came in no file (a correction's), by the same rules; see `check_file`."""
    with scratch_folder() as folder, open_duckdb(threads=1) as connection:
        matching, pieces = match_columns(raw, contract), coded_pieces(raw, folder)
        private = scan(connection, raw, contract, matching, pieces)
        return _check_table(
            connection, Passed(raw), _Cut(pieces, folder), matching, private, contract, Context(), NOTHING
        )


def _broken_rules(contract: Contract) -> PlatformFailed:
    return PlatformFailed(
        "E-SYS-02",
        Text(
            en=f"The rules of contract {contract.name} could not be run; look for a pattern that is not RE2 (look-ahead).",
            zh=f"数据约定 {contract.name} 的规则无法执行；请检查是否有 RE2 不支持的正则（如前瞻断言）。",
        ),
    )


def threads_for(rows: int) -> int:
    """Return DuckDB threads for so many rows: handing a small table to a second thread costs more than it saves (a third)."""
    return 1 if rows < SMALL_TABLE else 2


def unreadable_report(file_name: str, sha256: str, contract: Contract, refusal: Refused) -> CheckReport:
    """Return the report of a file that could not be read."""
    told = Problem(code=refusal.code, severity="error", message=refusal.text)
    return CheckReport(contract.name, file_name, sha256, 0, 0, 0, (told,))


def _check_table(
    connection: duckdb.DuckDBPyConnection,
    passed: Passed,
    cut: _Cut,
    matching: Matching,
    private: PrivacyScan,
    contract: Contract,
    context: Context,
    beside: Beside,
) -> CheckReport:
    raw, pieces = passed.raw, cut.pieces
    first = gather(pieces[0], contract, matching, context)
    present = frozenset(first.sources)
    rules = [*derive_rules(contract, context, present), *roster_rules(connection, contract, beside, present)]
    every = chain([first], (gather(piece, contract, matching, context) for piece in pieces[1:]))
    judged = judge_pieces(connection, every, contract, rules, cut.folder, few=len(pieces) == 1)
    cells = judged.cells
    notes = [problem(note.code, note.values) for note in raw.notes]
    found = [*matching.problems, *private.problems, *passed.problems, *cells.problems]
    found += frame_problems(connection, contract, present) + label_problems(raw, contract, matching)
    found += undeclared(raw, contract, matching)
    general = [
        *notes,
        *found,
        *_unsaid(contract, context, cells),
        *count_problems(contract, beside, raw.table.num_rows),
    ]
    blocked = sorted({told.code for told in general if told.severity == "error"})
    hidden = _hidden(contract, matching, private)
    per_row = row_problems(connection, raw, contract, rules, hidden)
    per_row += wave_problems(connection, contract, beside, present, hidden)
    bad = bad_rows(connection, rules, blocked)
    good = None if blocked else good_rows(connection, judged, contract, folder=cut.folder)
    rows_good = good.num_rows if good is not None else 0
    if len(pieces) > 1:
        let_go()
    return CheckReport(
        contract=contract.name,
        file_name="",
        sha256="",
        rows_read=raw.table.num_rows,
        rows_good=rows_good,
        rows_bad=raw.table.num_rows - rows_good,
        problems=in_order([*general, *per_row], contract),
        checks=len(rules) + 1,
        good=good,
        bad=None if private.problems else _bad_table(raw, bad),
        texts=None if private.problems else raw.table,
        must_not_be_kept=bool(private.problems),
        left_out=passed.left_out,
        pairs=passed.pairs,
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
    rows = plain_table(raw.table.filter(pc.is_in(raw.table["_row"], value_set=bad["_row"].combine_chunks())))
    return rows.append_column("codes", bad["codes"]).append_column("reasons", bad["reasons"])
