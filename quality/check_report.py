"""The report of one checked file: what was read, what is wrong, which rows may enter.

Belongs here: the record and what follows from it (may it enter, its summary, its JSON). Not here: checking (check).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from data.messages import Text
from data.readers import RawTable
from quality.identity_gate import Replaced
from quality.matches import ColumnMatch
from quality.messages import NOT_CHECKED, NOT_CHECKED_BESIDE, message
from quality.problems import Problem
from quality.rule import Rule


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
    other_values
        Rows that break no rule and whose key the archive holds with other values (E-KEY-02): they need a reason for correction.
        None where the archive was not asked, or holds none.
    bad
        The other rows as text under the file's headers, with `_row`, `codes` and `reasons` (`code:column`); None when the file
        could not be read or must not be kept.
    texts
        All rows as text; None like `bad`.
    must_not_be_kept
        Personal data were found where none belong: no byte of this file may be stored.
    left_out
        Rows of people who withdrew their consent, in none of the counts above, and cells that named them: what came is not
        kept as it came.
    pairs
        Whose identifiers were replaced by which pseudonyms, for the vault.
    columns
        What each header of the file was taken for, guesses included.
    rules
        The rules that the rows were held against.
    faulty
        `_row`, `codes` and `reasons` of every row that does not enter, as in `bad` and without a cell.
    sheet
        The file as it was read, private columns masked: for its sender's eyes (the annotated copy), never for storing.
    archive_asked
        Whether rosters and earlier waves were compared.
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
    other_values: pa.Table | None = None
    bad: pa.Table | None = None
    texts: pa.Table | None = None
    must_not_be_kept: bool = False
    left_out: int = 0
    pairs: Replaced = field(default_factory=dict, repr=False)
    columns: tuple[ColumnMatch, ...] = ()
    rules: tuple[Rule, ...] = field(default=(), repr=False)
    faulty: pa.Table | None = field(default=None, repr=False)
    sheet: RawTable | None = field(default=None, repr=False)
    archive_asked: bool = False

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
        left = NOT_CHECKED_BESIDE if self.archive_asked else NOT_CHECKED
        return message("OK-01", {"n": self.rows_good, "k": self.checks, "list": left})

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
