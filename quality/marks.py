"""Every faulty cell of a checked file, with what is wrong and how to put it right: beyond the hundred that are told one by one.

Belongs here: rows and columns of the report → places in the file. Does not: writing them down (annotated, errors_file).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from data.contracts import Contract
from data.messages import Text
from quality.check import CheckReport
from quality.messages import message, shown, shown_id
from quality.problems import LISTED, Problem
from quality.row_problems import key_label

WHOLE_ROW, KEY, ABSENT = "E-ROW-01", "E-KEY-01", "E-COL-01"


@dataclass(frozen=True)
class Mark:
    """One fault of one cell, of a header (`row` None), or of a whole row (`places` empty).

    Attributes
    ----------
    row
        As a spreadsheet shows it.
    column
        The contract's column, or the header of a column that the contract does not know.
    places
        Positions in the file, from 1; more than one for a date in parts or a key.
    """

    code: str
    severity: Literal["error", "warning"]
    row: int | None
    column: str | None
    places: tuple[int, ...]
    text: Text


def find_marks(report: CheckReport, contract: Contract) -> Iterator[Mark]:
    """Yield the marks of a file: headers first, then errors by row, then warnings.

    A required column that is absent is a mark of a header without a place. What concerns the file as a whole (a wave that
    nobody said) has no cell and no mark: it stands in the report.
    """
    places = _places(report, contract)
    yield from _header_marks(report, places)
    yield from _error_marks(report, contract, places)
    for told in _told_singly(report):
        if told.severity == "warning":
            found = places.get(told.column or "", ())
            yield Mark(told.code, "warning", told.row, told.column, found, told.message)


def _places(report: CheckReport, contract: Contract) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for match in report.columns:
        if match.column is not None and match.status != "guessed":
            found[match.column] = (*found.get(match.column, ()), match.place)
        found.setdefault(match.header, (match.place,))
    found[KEY] = tuple(place for name in contract.key for place in found.get(name, ()))
    return found


def _header_marks(report: CheckReport, places: dict[str, tuple[int, ...]]) -> Iterator[Mark]:
    for told in report.problems:
        if told.severity == "error" and told.row is None and told.column is not None and told.code != "E-WAVE-01":
            found = () if told.code == ABSENT else places.get(told.column, ())
            yield Mark(told.code, "error", None, told.column, found, told.message)


def _error_marks(report: CheckReport, contract: Contract, places: dict[str, tuple[int, ...]]) -> Iterator[Mark]:
    if report.faulty is None:
        return
    told = {(p.row, p.code, p.column): p for p in _told_singly(report)}
    words = _Words(report, contract)
    for row, reasons in zip(report.faulty["_row"].to_pylist(), report.faulty["reasons"].to_pylist(), strict=True):
        for reason in reasons:
            code, _, column = reason.partition(":")
            if not column and code not in (WHOLE_ROW, KEY):
                continue  # a fault of the whole file, repeated in every row
            found = places.get(column or code, ())
            known = told.get((row, code, column or None))
            text = known.message if known is not None else words.of(row, code, column)
            yield Mark(code, "error", row, column or None, found, text)


def _told_singly(report: CheckReport) -> Iterator[Problem]:
    """Yield the problems of rows that are told one by one; the entry after the hundredth of a kind counts the rest."""
    seen: Counter[tuple[str, str | None]] = Counter()
    for told in report.problems:
        kind = (told.code, told.column)
        seen[kind] += told.row is not None
        if told.row is not None and seen[kind] <= LISTED:
            yield told


class _Words:
    """The message of a fault that the report only counts: without the value, from the rule that was broken."""

    def __init__(self, report: CheckReport, contract: Contract) -> None:
        self._contract = contract
        self._rules = {(rule.code, rule.column.name if rule.column else ""): rule.values for rule in report.rules}
        self._width = len(report.columns)

    def of(self, row: int, code: str, column: str) -> Text:
        label = self._contract.column(column).label if column else Text(en="", zh="")
        values = {
            "value": shown(None, hidden=True),
            "id": shown_id(None, hidden=True),
            "columns": key_label(self._contract),
            "key": "",
            "a": row,
            "b": "…",
            "found": "…",
            "width": self._width,
            **self._rules.get((code, column), {}),
        }
        return message(code, {**values, "row": row, "label": label, "name": column})
