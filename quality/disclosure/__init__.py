"""Disclosure control: whatever number leaves the platform passes here, or it stays (rules R0 to R17 of domain/trust.md).

Belongs here: names that other rooms use. Does not: rules (their modules, see README), wording (apps.viewer). The gate
(`quality.disclosure.gate`) is imported where a table is judged: it brings solvers that a page of single counts does not need.
"""

from __future__ import annotations

from quality.disclosure.outputs import TOTAL, About, Amount, Cell, CountTable, Key, MagnitudeTable
from quality.disclosure.threshold import MIN_CELL, Share, count_shown, line_held, share

__all__ = [
    "MIN_CELL",
    "TOTAL",
    "About",
    "Amount",
    "Cell",
    "CountTable",
    "Key",
    "MagnitudeTable",
    "Share",
    "count_shown",
    "line_held",
    "share",
]
