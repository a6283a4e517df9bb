"""The cells of a correction as the contract reads them: texts → typed values, by the rules that judge a whole file.

Belongs here: reading cells of one column. Does not: the rules (quality.check), comparing with what stands (judgement).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from data.contracts import Column, Contract, status_name
from data.messages import Text
from data.readers.raw import ROW, RawTable
from quality.check import check_cells

PLACE = "zonelab_cell"
"""The key of the small table in which cells are checked: their place in the correction."""


@dataclass(frozen=True)
class Typed:
    """One cell as read: the values of its column and, where it has missing codes, of its companion; or the problem's code."""

    values: dict[str, Any]
    code: str | None = None


def read_cells(contract: Contract, column: Column, texts: Sequence[str]) -> list[Typed]:
    """Read cells of one column as a file of that contract would be read; an empty text is an empty cell."""
    place = Column(name=PLACE, type="string", label=Text(en="place", zh="位置"), required=True)
    small = contract.model_copy(update={"columns": (place, column), "key": (PLACE,), "wave_column": None})
    numbers = pa.chunked_array([pa.array(range(len(texts)), pa.int64())])
    cells = {
        PLACE: numbers.cast(pa.string()),
        column.name: pa.chunked_array([pa.array([text or None for text in texts], pa.string())]),
        ROW: numbers,
    }
    report = check_cells(RawTable(columns=(PLACE, column.name), table=pa.table(cells), format="csv"), small)
    names = [column.name, *([status_name(column)] if column.missing_codes else [])]
    found = {row[ROW]: {name: row[name] for name in names} for row in (report.good.to_pylist() if report.good else ())}
    errors = [told for told in report.problems if told.severity == "error"]
    codes = {told.row: told.code for told in errors}
    whole = next((told.code for told in errors), "E-BATCH-19")
    return [
        Typed(found[number]) if number in found else Typed({}, codes.get(number, whole)) for number in range(len(texts))
    ]
