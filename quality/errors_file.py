"""The list of errors as .csv: one line for every faulty cell, in both languages, for a spreadsheet on any desk.

Belongs here: the file's columns and the escaping of what spreadsheets would run. Does not: which cells are faulty (marks).
"""

from __future__ import annotations

import csv
import io

from data.contracts import Contract
from quality.check import CheckReport
from quality.marks import find_marks

HEADERS = ("row 行", "column 列", "code 代码", "severity 级别", "count 数量", "problem", "问题")
SEVERITIES = {"error": "error 错误", "warning": "warning 警告", "info": "information 提示"}
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def errors_csv(report: CheckReport, contract: Contract) -> bytes:
    """Return the list of errors of a checked file, UTF-8 with a byte-order mark so that Excel opens it in Chinese.

    Problems of the whole file come first (no row), then every faulty cell, then warnings. Sensitive values are not in it; a cell
    that a spreadsheet would take for a formula begins with an apostrophe.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEADERS)
    for told in report.problems:
        if told.row is None:
            text = told.message
            writer.writerow(_line("", told.column or "", told.code, told.severity, told.count, text.en, text.zh))
    for mark in find_marks(report, contract):
        if mark.row is not None:
            row, text = str(mark.row), mark.text
            writer.writerow(_line(row, mark.column or "", mark.code, mark.severity, 1, text.en, text.zh))
    return out.getvalue().encode("utf-8-sig")


def _line(row: str, column: str, code: str, severity: str, count: int, en: str, zh: str) -> list[str]:
    return [safe_cell(text) for text in (row, column, code, SEVERITIES[severity], str(count), en, zh)]


def safe_cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula.

    >>> safe_cell("=HYPERLINK(1)"), safe_cell("wait_min")
    ("'=HYPERLINK(1)", 'wait_min')
    """
    return f"'{text}" if text.startswith(DANGEROUS) else text
