"""What the rows of a table hold that a format may not be able to keep: one scan of the file.

Belongs here: counts per variable, no value but the ends of a number's range. Does not: what follows from them (sheet, notes).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb

from data.duck import quote_name
from quality.exports.statuses import LAST
from quality.exports.variables import Variable

EXACT = 2**53
"""Whole numbers above it are not all kept by a double, which is what Stata and SPSS have."""
FORMULA = r"^\s*[=+\-@\t\r\x00]"
"""Texts that a spreadsheet takes for a formula."""


@dataclass(frozen=True)
class Facts:
    """One variable's rows: what is absent, what of its text or number a format may lose.

    `unfit` are rows whose value and status contradict each other or whose status is unknown: then the companion column stays.
    """

    nulls: int = 0
    unfit: int = 0
    statuses: tuple[int, ...] = field(default=())
    least: float | None = None
    greatest: float | None = None
    bytes: int = 0
    empty: int = 0
    trailing: int = 0
    formulas: int = 0
    beyond: int = 0
    fine: int = 0

    @property
    def folds(self) -> bool:
        """Whether value and status can stand in one cell and be told apart again."""
        return self.unfit == 0


def facts_of(connection: duckdb.DuckDBPyConnection, source: str, variables: Sequence[Variable]) -> dict[str, Facts]:
    """Return the facts of each variable.

    Parameters
    ----------
    connection
        Where the query runs.
    source
        What follows FROM: the released file.
    variables
        Its variables.
    """
    asked = [(variable.name, name, sql) for variable in variables for name, sql in _asked(variable).items()]
    if not asked:
        return {}
    row = connection.execute(f"SELECT {', '.join(sql for _, _, sql in asked)} FROM {source}").fetchone() or ()
    told: dict[str, dict[str, Any]] = {variable.name: {} for variable in variables}
    for (variable, name, _), value in zip(asked, row, strict=True):
        told[variable][name] = tuple(sorted(value or ())) if name == "statuses" else value
    return {
        name: Facts(**{key: value for key, value in found.items() if value is not None}) for name, found in told.items()
    }


def _asked(variable: Variable) -> dict[str, str]:
    name = quote_name(variable.name)
    asked = {"nulls": f"count_if({name} IS NULL)"}
    if variable.status is not None:
        status = quote_name(variable.status)
        known = f"coalesce({status} BETWEEN 0 AND {LAST}, false)"
        asked["unfit"] = f"count_if(NOT {known} OR ({name} IS NOT NULL AND {status} <> 0))"
        asked["statuses"] = f"list_distinct(list(DISTINCT {status}) FILTER ({known} AND {status} <> 0))"
    return asked | ({} if variable.is_coded else _BY_KIND[variable.kind](name))


def _of_text(name: str) -> dict[str, str]:
    return {
        "bytes": f"max(strlen({name}))",
        "empty": f"count_if({name} = '')",
        "trailing": f"count_if({name} LIKE '% ')",
        "formulas": f"count_if(regexp_matches({name}, '{FORMULA}'))",
    }


def _of_number(name: str) -> dict[str, str]:
    finite = f"isfinite(CAST({name} AS DOUBLE))"
    return {
        "least": f"min(CAST({name} AS DOUBLE)) FILTER ({finite})",
        "greatest": f"max(CAST({name} AS DOUBLE)) FILTER ({finite})",
        "beyond": f"count_if(NOT {finite})",
    }


def _of_whole(name: str) -> dict[str, str]:
    return {
        "least": f"CAST(min({name}) AS DOUBLE)",
        "greatest": f"CAST(max({name}) AS DOUBLE)",
        "beyond": f"count_if({name} > {EXACT} OR {name} < -{EXACT})",
    }


def _of_moment(name: str) -> dict[str, str]:
    return {"fine": f"count_if(epoch_us({name}) % 1000 <> 0)"}


_BY_KIND = {
    "string": _of_text,
    "number": _of_number,
    "integer": _of_whole,
    "boolean": lambda _: {},
    "date": lambda _: {},
    "timestamp": _of_moment,
}
