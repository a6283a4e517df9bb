"""Checking a file against a contract: every problem in one pass, nothing stored.

Belongs here: the order of the steps, and which way a file takes. Does not: reading (data.readers), matching (columns), the ways
themselves (lane, table_check), personal numbers (privacy), storing (intake).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal, TypeVar

import duckdb

from data.contracts import Contract, load_contract
from data.duck import open_duckdb
from data.messages import PlatformFailed, Refused, Text
from data.readers import FileContent, RawTable, read_safely, staged
from data.readers.number_cells import has_numbers
from data.readers.open import LONG, scratch_folder
from data.readers.parquet import in_texts
from data.reference import check_zone
from quality.beside import NOTHING, Beside
from quality.cells import Context
from quality.check_report import CheckReport
from quality.columns import Matching, match_columns
from quality.identity_gate import Gate, Passed, pass_through, trial_gate
from quality.lane import straight
from quality.matches import match_problems, propose_matches, with_matches
from quality.privacy import PrivacyScan, masked, scan
from quality.problems import Problem, in_order
from quality.table_check import Table, check_table, straight_report
from quality.words import coded_pieces

__all__ = [
    "CheckReport",
    "check_cells",
    "check_content",
    "check_file",
    "read_ahead",
    "threads_for",
    "unreadable_report",
]

SMALL_TABLE = 50_000
Reading = Callable[[], RawTable]
"""Gives the table of a file that is being read, or reads it."""
Report = TypeVar("Report", CheckReport, CheckReport | None)


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


@contextmanager
def read_ahead(opened: FileContent, contract: Contract, beside: Beside = NOTHING) -> Iterator[Reading]:
    """Yield a call that gives the table of a staged file; a long one is read while its bytes are hashed."""
    numbers = opened.size >= LONG and not contract.replaced_columns
    read = _reading(opened, contract, beside, "numbers" if numbers else "typed")
    with ThreadPoolExecutor(1) as apart:
        yield apart.submit(read).result if opened.size >= LONG else read


def _reading(opened: FileContent, contract: Contract, beside: Beside, cells: Literal["typed", "numbers"]) -> Reading:
    known = with_matches(contract, beside.matches)
    return partial(read_safely, opened.path, contract=known, folder=opened.folder, cells=cells)


def check_content(
    opened: FileContent,
    contract: Contract,
    context: Context,
    beside: Beside = NOTHING,
    gate: Gate | None = None,
    reading: Reading | None = None,
) -> CheckReport:
    """Check a staged file, so that what is checked is what is stored; see `check_file`.

    Without a `gate` direct identifiers are replaced under a key that is thrown away, and cannot be looked for in the archive.
    `reading`: the file is being read already (`read_ahead`).
    """
    known = with_matches(contract, beside.matches)
    if gate is None and contract.replaced_columns:
        beside = replace(beside, earlier=None, rosters={}, asked=False)
    asked = _Asked(opened, contract, known, context, beside, gate or trial_gate())
    as_written = _reading(opened, contract, beside, "typed")
    raw = _read(reading or as_written, asked)
    if isinstance(raw, CheckReport):
        return raw
    report = None if asked.is_gated else _judged(_straight_way, raw, asked)
    if report is not None:
        return report
    raw = _read(as_written, asked) if has_numbers(raw) else raw
    return raw if isinstance(raw, CheckReport) else _judged(_long_way, raw, asked)


@dataclass(frozen=True)
class _Asked:
    """What is to be checked against what; `known` is the contract with the headers that people of the zone confirmed."""

    opened: FileContent
    contract: Contract
    known: Contract
    context: Context
    beside: Beside
    gate: Gate

    @property
    def is_gated(self) -> bool:
        """Whether what is in the file goes through the gate, text by text."""
        return bool(self.contract.replaced_columns) or self.gate.is_withdrawn is not None


def _read(reading: Reading, asked: _Asked) -> RawTable | CheckReport:
    try:
        return reading()
    except Refused as refusal:
        return unreadable_report(asked.opened.name, asked.opened.sha256, asked.contract, refusal)


def _judged(
    way: Callable[[duckdb.DuckDBPyConnection, RawTable, _Asked], Report], raw: RawTable, asked: _Asked
) -> Report:
    try:
        spill = asked.opened.folder if raw.table.num_rows >= SMALL_TABLE else None
        with open_duckdb(threads=threads_for(raw.table.num_rows), spill=spill) as connection:
            return way(connection, raw, asked)
    except duckdb.Error:
        raise _broken_rules(asked.contract) from None  # DuckDB's own words may quote a cell


def _straight_way(connection: duckdb.DuckDBPyConnection, raw: RawTable, asked: _Asked) -> CheckReport | None:
    """Check a long file by its distinct texts and the ends of its numbers; None if it is short, or anything may be at fault."""
    if raw.table.num_rows < SMALL_TABLE:
        return None
    matching = match_columns(raw, asked.known)
    found = straight(connection, raw, asked.contract, matching, asked.context, asked.opened.folder)
    if found is None:
        return None
    private = scan(connection, found.seen, asked.known, matching, [found.seen])
    if private.problems:
        return None
    passed = Passed(raw)
    table = Table(passed, matching, private, asked.contract, asked.context, asked.beside, asked.opened.folder)
    report = straight_report(table, found)
    return None if report is None else _told_apart(report, raw, matching, private, asked)


def _long_way(connection: duckdb.DuckDBPyConnection, raw: RawTable, asked: _Asked) -> CheckReport:
    """Check a file row by row."""
    folder, known = asked.opened.folder, asked.known
    raw = raw.plain() if asked.is_gated else in_texts(raw)
    matching, pieces = match_columns(raw, known), coded_pieces(raw, folder)
    private = scan(connection, raw, known, matching, pieces)  # before the gate, which withholds what is unknown
    passed = pass_through(raw, known, matching, asked.gate)
    behind = pieces if passed.raw is raw else coded_pieces(passed.raw, folder)
    table = Table(passed, matching, private, asked.contract, asked.context, asked.beside, folder, behind)
    return _told_apart(check_table(connection, table), raw, matching, private, asked)


def _told_apart(
    report: CheckReport, raw: RawTable, matching: Matching, private: PrivacyScan, asked: _Asked
) -> CheckReport:
    """Add what the sender sees of the own file: which column is which, and its cells with personal data masked."""
    opened, contract, beside = asked.opened, asked.contract, asked.beside
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
        table = Table(Passed(raw), matching, private, contract, Context(), NOTHING, folder, pieces)
        return check_table(connection, table)


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
