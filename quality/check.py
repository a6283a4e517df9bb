"""Checking a file against a contract: every problem in one pass, nothing stored.

Belongs here: the order of the steps and the report. Does not: reading (data.readers), matching (columns), rules (rules), SQL
(tagging), personal numbers (privacy), storing (intake).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from data.contracts import Contract, load_contract
from data.duck import open_duckdb
from data.messages import PlatformFailed, Refused, Text
from data.readers import FileContent, RawTable, open_file, read_content
from data.reference import check_zone
from quality.cells import Cells, Context, gather
from quality.columns import Matching, match_columns
from quality.messages import NOT_CHECKED, message, shown
from quality.privacy import PrivacyScan, scan
from quality.problems import LISTED, Problem, folded, in_order, problem
from quality.rules import Rule, derive_rules, names
from quality.tagging import bad_rows, good_rows, run_pass

SMALL_TABLE = 50_000


@dataclass(frozen=True)
class CheckReport:
    """What a file is worth under a contract.

    Attributes
    ----------
    rows_read, rows_good, rows_bad
        Rows with any text; those that break no rule; the others. `rows_read = rows_good + rows_bad`.
    problems
        One entry per (code, column, row) for the first hundred rows of each (code, column), one more that counts the rest.
    good
        The good rows in the contract's types plus `rec_key` and `_row`; None when the file as a whole cannot enter.
    bad
        The other rows as text under the file's headers, with `_row`, `codes` and `reasons` (`code:column`); None when the file
        could not be read or must not be kept.
    texts
        All rows as text; None like `bad`.
    must_not_be_kept
        Personal numbers were found where none belong: no byte of this file may be stored.
    """

    contract: str
    file_name: str
    sha256: str
    rows_read: int
    rows_good: int
    rows_bad: int
    problems: tuple[Problem, ...]
    checks: int = 0
    good: pa.Table | None = None
    bad: pa.Table | None = None
    texts: pa.Table | None = None
    must_not_be_kept: bool = False

    @property
    def ok(self) -> bool:
        """Whether nothing has to be fixed; warnings do not count."""
        return not any(problem.severity == "error" for problem in self.problems)

    @property
    def enters(self) -> bool:
        """Whether the good rows may enter: the file was read and no problem concerns it as a whole."""
        return self.good is not None

    @property
    def summary(self) -> Text:
        """What was and what was not checked (OK-01)."""
        return message("OK-01", {"n": self.rows_good, "k": self.checks, "list": NOT_CHECKED})

    def as_json(self) -> dict[str, Any]:
        """Return the report as the command prints it; the status is what a submission would get."""
        status = "rejected" if not self.enters else "quarantined" if self.rows_bad else "accepted"
        return {
            "contract": self.contract,
            "file_name": self.file_name,
            "sha256": self.sha256,
            "ok": self.ok,
            "status": status,
            "rows_read": self.rows_read,
            "rows_accepted": self.rows_good,
            "rows_quarantined": self.rows_bad,
            "problems": [problem.model_dump(mode="json") for problem in self.problems],
            "summary": self.summary.model_dump(),
        }


def check_file(
    path: Path, contract: str | Contract, *, zone: str | None = None, wave: str | None = None
) -> CheckReport:
    """Check a file; store nothing.

    Parameters
    ----------
    path
        A CSV, TSV, XLSX or Parquet file.
    contract
        A contract, its name, or the path of its YAML file.
    zone, wave
        What a submission would say. Not said: columns that would be filled from them are not checked when absent.

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
        opened = open_file(Path(path))
    except Refused as refusal:
        return unreadable_report(Path(path).name, "", agreed, refusal)
    return check_content(opened, agreed, Context(zone, wave))


def check_content(opened: FileContent, contract: Contract, context: Context) -> CheckReport:
    """Check bytes that were read once, so that what is checked is what is stored; see `check_file`."""
    try:
        raw = read_content(opened.content, contract=contract)
    except Refused as refusal:
        return unreadable_report(opened.name, opened.sha256, contract, refusal)
    try:
        with open_duckdb(threads=threads_for(raw.table.num_rows)) as connection:
            return _check_table(connection, raw, contract, context, opened.name, opened.sha256)
    except duckdb.Error:
        raise _broken_rules(contract) from None  # DuckDB's own words may quote a cell


def check_cells(raw: RawTable, contract: Contract) -> CheckReport:
    """Check cells that came in no file (a correction's), by the same rules; see `check_file`."""
    with open_duckdb(threads=1) as connection:
        return _check_table(connection, raw, contract, Context(), "", "")


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
    raw: RawTable,
    contract: Contract,
    context: Context,
    file_name: str,
    sha256: str,
) -> CheckReport:
    matching = match_columns(raw, contract)
    private = scan(connection, raw, contract, matching)
    cells = gather(raw, contract, matching, context)
    rules = derive_rules(contract, context, frozenset(cells.sources))
    run_pass(connection, cells, contract, rules)
    notes = [problem(note.code, note.values) for note in raw.notes]
    general = [*notes, *matching.problems, *private.problems, *_unsaid(contract, context, cells), *cells.problems]
    blocked = sorted({told.code for told in general if told.severity == "error"})
    per_row = _row_problems(connection, raw, contract, rules, _hidden(contract, matching, private))
    bad = bad_rows(connection, rules, blocked)
    good = None if blocked else good_rows(connection, cells, contract)
    rows_good = good.num_rows if good is not None else 0
    return CheckReport(
        contract=contract.name,
        file_name=file_name,
        sha256=sha256,
        rows_read=raw.table.num_rows,
        rows_good=rows_good,
        rows_bad=raw.table.num_rows - rows_good,
        problems=in_order([*general, *per_row], contract),
        checks=len(rules) + 1,
        good=good,
        bad=None if private.problems else _bad_table(raw, bad),
        texts=None if private.problems else raw.table,
        must_not_be_kept=bool(private.problems),
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


def _row_problems(
    connection: duckdb.DuckDBPyConnection,
    raw: RawTable,
    contract: Contract,
    rules: Sequence[Rule],
    hidden: frozenset[str],
) -> list[Problem]:
    counts = connection.execute("select tag, count(*) from (select unnest(_rules) as tag from judged) group by tag")
    found: list[Problem] = []
    for place, count in sorted(counts.fetchall()):
        rule = rules[place]
        text = names(rule.column).text if rule.column else "cast(_found as varchar)"
        rows = connection.execute(
            f"select _row, {text} from judged where list_contains(_rules, $1) order by _row limit {LISTED + 1}", [place]
        ).fetchall()
        found.extend(_rule_problem(rule, row, value, raw, hidden) for row, value in rows[:LISTED])
        if count > LISTED:
            found.append(folded(rule.code, row=rows[LISTED][0], count=count - LISTED, column=rule.column))
    return [*found, *_twin_problems(connection, contract, hidden)]


def _rule_problem(rule: Rule, row: int, value: str | None, raw: RawTable, hidden: frozenset[str]) -> Problem:
    if rule.column is None:
        return problem(rule.code, {"found": value, "width": len(raw.columns)}, row=row)
    told = shown(value, hidden=rule.column.name in hidden)
    return problem(rule.code, {**rule.values, "value": told}, row=row, column=rule.column)


def _twin_problems(connection: duckdb.DuckDBPyConnection, contract: Contract, hidden: frozenset[str]) -> list[Problem]:
    values = ", ".join(f"cast({names(contract.column(name)).text} as varchar)" for name in contract.key)
    rows = connection.execute(
        f"select _row, _other, [{values}] from twins join judged using (_row) order by _row"
    ).fetchall()
    label = key_label(contract)
    found: list[Problem] = []
    for row, other, key in rows[:LISTED]:
        told = "" if hidden.intersection(contract.key) else f" ({', '.join(part for part in key if part)})"
        found.append(
            problem("E-KEY-01", {"a": min(row, other), "b": max(row, other), "columns": label, "key": told}, row=row)
        )
    if len(rows) > LISTED:
        found.append(folded("E-KEY-01", row=rows[LISTED][0], count=len(rows) - LISTED, column=None))
    return found


def key_label(contract: Contract) -> Text:
    """Return the labels of the key's columns, for messages."""
    labels = [contract.column(name).label for name in contract.key]
    return Text(en=", ".join(label.en for label in labels), zh="、".join(label.zh for label in labels))


def _bad_table(raw: RawTable, bad: pa.Table) -> pa.Table:
    """Return the raw cells of the bad rows beside their codes and reasons; both are in the order of rows."""
    rows = raw.table.filter(pc.is_in(raw.table["_row"], value_set=bad["_row"].combine_chunks()))
    return rows.append_column("codes", bad["codes"]).append_column("reasons", bad["reasons"])
