"""The sealed frame: who could be drawn, as one canonical text whose hash is committed before the draw.

Belongs here: the columns that an assignment uses, as text cells sorted by unit; that text, its hash, reading it back. Does not:
drawing (mechanisms). Only these columns are kept, so a name in another column never gets into a document.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from numbers import Integral, Real
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.ledger import canonical
from experiments.design.messages import refusal
from experiments.registry.schema.design import AssignmentSpec

Kind = Literal["text", "number"]
Cell = str | None
ROWS_NAMED = 5
JOIN = ":"


@dataclass(frozen=True)
class SealedFrame:
    """The used columns of a frame, sorted by unit id; equal content gives an equal `text` and `sha256` whatever the order was.

    A number is written as decimal text (3.0 as ``3``), text is in NFC, a missing cell is null.
    """

    unit_id: str
    columns: tuple[tuple[str, Kind], ...]
    rows: tuple[tuple[Cell, ...], ...]

    @cached_property
    def text(self) -> str:
        """The canonical JSON of the frame document."""
        content = {
            "columns": [list(pair) for pair in self.columns],
            "rows": [list(row) for row in self.rows],
            "unit_id": self.unit_id,
        }
        return canonical({"kind": "frame", "schema": 1, **content})

    @cached_property
    def sha256(self) -> str:
        """The sha256 of `text`."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the columns kept."""
        return tuple(name for name, _ in self.columns)

    def __len__(self) -> int:
        """Return the number of units."""
        return len(self.rows)

    def cells(self, name: str) -> tuple[Cell, ...]:
        """Return a column; `a:b` is the pair of two columns joined by a colon."""
        places = [self.names.index(part) for part in name.split(JOIN)]
        if len(places) == 1:
            return tuple(row[places[0]] for row in self.rows)
        return tuple(_joined([row[place] for place in places]) for row in self.rows)

    @cached_property
    def _read(self) -> dict[str, list[str]]:
        return {}

    def texts(self, names: Sequence[str]) -> list[str]:
        """Return the cells of one or more columns without missing values, joined where there are several."""
        name = JOIN.join(names)
        if name not in self._read:  # a frame is drawn thousands of times in a diagnosis
            self._read[name] = [str(cell) for cell in self.cells(name)]
        return self._read[name]

    @cached_property
    def ids(self) -> list[str]:
        """Unit ids, sorted."""
        return self.texts([self.unit_id])

    def kind(self, name: str) -> Kind:
        """Return whether a column holds numbers or text."""
        return dict(self.columns)[name]

    def numbers(self, name: str) -> npt.NDArray[np.float64]:
        """Return a column of numbers; missing is NaN."""
        return np.array([np.nan if cell is None else float(cell) for cell in self.cells(name)], dtype=float)


def seal(frame: pd.DataFrame, spec: AssignmentSpec) -> SealedFrame:
    """Return the sealed frame of a table with one row a unit.

    Parameters
    ----------
    frame
        Any order, any further columns; types as a file gives them (an id read as 7 or 7.0 is the unit ``7``).
    spec
        Names the columns.

    Raises
    ------
    Refused
        E-ASSIGN-01 no row, -02 a column is missing, -03 a unit stands twice, -04 a cell is missing, -09 not a number, -16 a colon
        in a cell of columns that are joined by one.
    """
    if frame.empty:
        raise refusal("E-ASSIGN-01")
    roles = used_columns(spec, frame.columns)
    _present(frame, roles)
    kinds: dict[str, Kind] = {name: _kind(frame[name], role) for name, role in roles.items()}
    table = {name: [_cell(value, kinds[name]) for value in frame[name]] for name in roles}
    _complete(table, roles)
    _numeric(kinds, roles, table)
    _apart(table, spec)
    keys = [_joined(parts) for parts in zip(*(table[part] for part in spec.unit_id.split(JOIN)), strict=True)]
    _once(keys, spec.unit_id)
    order = sorted(range(len(keys)), key=keys.__getitem__)
    return SealedFrame(
        spec.unit_id, tuple(kinds.items()), tuple(tuple(table[name][place] for name in kinds) for place in order)
    )


def opened_frame(text: str) -> SealedFrame:
    """Return the frame of a frame document.

    Raises
    ------
    Refused
        E-ASSIGN-15: it is not one.
    """
    try:
        content = json.loads(text)
        columns = tuple((str(name), kind) for name, kind in content["columns"])
        return SealedFrame(content["unit_id"], columns, tuple(tuple(row) for row in content["rows"]))
    except (ValueError, KeyError, TypeError) as error:
        raise refusal("E-ASSIGN-15", problem=type(error).__name__) from error


def used_columns(spec: AssignmentSpec, present: Iterable[str] = ()) -> dict[str, str]:
    """Return the columns that an assignment reads, each with its role, in the order in which the frame document has them."""
    roles: dict[str, str] = {}
    asked: list[tuple[str, str]] = [(part, "unit") for part in spec.unit_id.split(JOIN)]
    if spec.zone_column in set(present):
        asked.append((spec.zone_column, "zone"))
    asked += [(part, "cluster") for part in (spec.cluster or "").split(JOIN) if part]
    asked += [(part, "stratum") for name in spec.strata for part in name.split(JOIN)]
    if spec.threshold is not None:
        asked.append((spec.threshold.variable, "running variable"))
    if spec.method == "external":
        asked.append((external_column(spec), "arm"))
        asked += [(spec.columns["period"], "period")] if "period" in spec.columns else []
    asked += [(name, "balance criterion") for name in (spec.rerandomisation.covariates if spec.rerandomisation else ())]
    asked += [(name, "baseline") for name in spec.balance_covariates]
    for name, role in asked:
        roles.setdefault(name, role)
    return roles


def external_column(spec: AssignmentSpec) -> str:
    """Return the frame's column that holds the arm of an assignment that others made: `columns.arm`, else `arm`."""
    return spec.columns.get("arm", "arm")


def _present(frame: pd.DataFrame, roles: dict[str, str]) -> None:
    missing = [name for name in roles if name not in frame.columns]
    if missing:
        role = ", ".join(dict.fromkeys(roles[name] for name in missing))
        known = ", ".join(map(str, frame.columns))
        raise refusal("E-ASSIGN-02", columns=", ".join(missing), role=role, known=known)


def _kind(column: pd.Series, role: str) -> Kind:
    if role not in ("running variable", "balance criterion", "baseline"):
        return "text"
    filled = column.dropna()
    is_number = pd.api.types.is_numeric_dtype(column) or all(isinstance(value, Real) for value in filled)
    return "number" if is_number else "text"


def _cell(value: object, kind: Kind) -> Cell:
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, Real) and bool(pd.isna(value))):
        return None
    if isinstance(value, bool | np.bool_):
        return str(int(value)) if kind == "number" else str(bool(value))
    if isinstance(value, Integral):
        return str(int(value))
    if isinstance(value, Real):
        number = float(value)
        return str(int(number)) if number.is_integer() else repr(number)
    return unicodedata.normalize("NFC", str(value)).strip() or None


OPTIONAL = frozenset({"baseline", "period"})
"""A missing baseline value is counted in the balance table; a unit without a period is never treated."""


def _complete(table: dict[str, list[Cell]], roles: dict[str, str]) -> None:
    for name, cells in table.items():
        empty = [row for row, cell in enumerate(cells, start=1) if cell is None]
        if empty and roles[name] not in OPTIONAL:
            raise refusal("E-ASSIGN-04", n=len(empty), column=name, role=roles[name], rows=some_rows(empty))


def _numeric(kinds: dict[str, Kind], roles: dict[str, str], table: dict[str, list[Cell]]) -> None:
    for name, role in roles.items():
        endless = kinds[name] == "number" and not {"inf", "-inf"}.isdisjoint(table[name])
        if endless or (role == "running variable" and kinds[name] != "number"):
            raise refusal("E-ASSIGN-09", column=name, role=role)


def _apart(table: dict[str, list[Cell]], spec: AssignmentSpec) -> None:
    """Make sure that joined cells can be told apart: a:b with c, and a with b:c, would be one block."""
    for name in (spec.unit_id, spec.cluster or "", JOIN.join(spec.strata)):
        for part in name.split(JOIN) if JOIN in name else ():
            rows = [row for row, cell in enumerate(table[part], start=1) if JOIN in (cell or "")]
            if rows:
                raise refusal("E-ASSIGN-16", n=len(rows), column=part, rows=some_rows(rows), pair=name)


def _once(keys: list[str], column: str) -> None:
    seen: set[str] = set()
    again = []
    for row, key in enumerate(keys, start=1):
        if key in seen:
            again.append(row)
        seen.add(key)
    if again:
        raise refusal("E-ASSIGN-03", n=len(again), column=column.rsplit(JOIN, maxsplit=1)[-1], rows=some_rows(again))


def some_rows(rows: Sequence[int]) -> str:
    """Return the first rows as text.

    >>> some_rows([1, 2, 3, 4, 5, 6])
    '1, 2, 3, 4, 5, …'
    """
    return ", ".join(map(str, rows[:ROWS_NAMED])) + (", …" if len(rows) > ROWS_NAMED else "")


def _joined(parts: Sequence[Cell]) -> str:
    return JOIN.join(str(part) for part in parts)
