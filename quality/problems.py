"""One problem of a file, and how many of one kind are told one by one.

Belongs here: the `Problem` record and its folding. Does not: finding problems (check, privacy, intake).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from data.contracts import Column, Contract
from data.messages import Text
from quality.messages import message

Severity = Literal["error", "warning", "info"]

LISTED = 100
"""Rows told one by one for each (code, column); the rest is one entry that counts them."""


class Problem(BaseModel):
    """What is wrong, where: `row` as a spreadsheet shows it (None: the file), `count` rows or cells concerned."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    severity: Severity
    row: int | None = None
    column: str | None = None
    count: int = 1
    message: Text


def problem(
    code: str,
    values: Mapping[str, object] | None = None,
    *,
    row: int | None = None,
    column: Column | None = None,
    name: str | None = None,
    count: int = 1,
) -> Problem:
    """Build a problem from the catalogue; `label`, `name`, `row` and `n` come from the other arguments unless given."""
    labels = {"label": column.label if column else name, "name": column.name if column else name}
    given = {"row": row, "n": count, **labels, **(values or {})}
    return Problem(
        code=code,
        severity=_severity(code),
        row=row,
        column=column.name if column else name,
        count=count,
        message=message(code, given),
    )


def folded(code: str, *, row: int, count: int, column: Column | None) -> Problem:
    """Build the entry that stands for the rows beyond `LISTED`."""
    label = column.label if column else Text(en="row", zh="行")
    text = message("MORE-01", {"n": count, "row": row, "code": code, "label": label})
    return Problem(
        code=code, severity=_severity(code), row=row, column=column.name if column else None, count=count, message=text
    )


def _severity(code: str) -> Severity:
    return "error" if code.startswith("E-") else "warning" if code.startswith("W-") else "info"


def in_order(problems: Sequence[Problem], contract: Contract) -> tuple[Problem, ...]:
    """Sort: the file's own problems first, then by row, then by column as the contract orders them."""
    places = {column.name: place for place, column in enumerate(contract.columns)}
    return tuple(
        sorted(
            problems,
            key=lambda p: (
                p.row is not None,
                p.row or 0,
                p.severity != "error",
                places.get(p.column or "", -1),
                p.code,
            ),
        )
    )
