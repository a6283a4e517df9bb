"""The plainest template: one line of headings that the readers know again, as CSV that spreadsheets open.

Belongs here: which headings, in which language. Does not: the workbook with lists and notes (template), reading a filled one
(data.readers).
"""

from __future__ import annotations

import csv
import io
from collections import Counter

from data.contracts.model import Column, Contract
from data.messages import Language


def blank_csv(contract: Contract, language: Language = "en") -> bytes:
    """Return the header line of a file for `contract`, UTF-8 with mark.

    The zone is left out: it comes from who submits. A label that two columns share gives way to the column's name.

    >>> from data.contracts import load_contract
    >>> blank_csv(load_contract("clinic_assignment"), "zh").decode("utf-8-sig").split(",")[0]
    '诊所编号'
    """
    asked = [column for column in contract.columns if column.source != "zone"]
    labels = Counter(label for column in contract.columns for label in (column.label.en, column.label.zh))
    sink = io.StringIO()
    csv.writer(sink).writerow([_heading(column, labels, language) for column in asked])
    return sink.getvalue().encode("utf-8-sig")


def _heading(column: Column, labels: Counter[str], language: Language) -> str:
    label = column.label.get(language)
    own = 2 if column.label.en == column.label.zh else 1
    return label if label and labels[label] == own else column.name
