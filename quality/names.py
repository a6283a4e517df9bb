"""How the columns of one contract column are called in the SQL of the tagged pass.

Belongs here: those names. Does not: the SQL (tagging, rules, asked).
"""

from __future__ import annotations

from dataclasses import dataclass

from data.contracts import Column
from data.duck import quote_name


@dataclass(frozen=True)
class Names:
    """Quoted names: cleaned text, typed value, missing status, local reading of a time."""

    text: str
    value: str
    missing: str
    local: str


def names(column: Column | str) -> Names:
    """Return the quoted SQL names of a column's text, value, missing status and (times only) local reading."""
    name = column if isinstance(column, str) else column.name
    return Names(*(quote_name(f"{prefix}_{name}") for prefix in ("x", "v", "m", "n")))
