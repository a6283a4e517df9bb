"""What a sender is shown before anything is kept: what was read, and which column is which.

Belongs here: one look at a file, as values. Does not: how its rows stand to the archive (prospect), the checks (check), the
matching (columns), drawing (apps.viewer).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from data.contracts import Column, Contract
from data.ethics_gate import holds, today
from data.ledger import Ledger
from data.messages import Refused
from data.readers import RawTable, read_file
from data.readers.header import fold
from quality.check import CheckReport, check_file
from quality.columns import Matching, match_columns

EXAMPLES = 3
TELLING = re.compile(r"\d[\d -]{3,}\d")
"""A header with so many digits may itself be somebody's number: it is told by its position."""
LONGEST_EXAMPLE = 24

How = Literal["name", "label", "alias", "part", "ignored", "missing"]


@dataclass(frozen=True)
class Match:
    """One line of the table of columns.

    `header` is the file's (None: the file lacks the column), `column` the contract's (None: it will not be loaded). `examples`
    are empty where values are not shown.
    """

    header: str | None
    column: Column | None
    how: How
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Look:
    """A file as it was read and judged. `raw` and `matching` are None when it could not be read or must not be kept."""

    report: CheckReport
    matches: tuple[Match, ...] = ()
    raw: RawTable | None = None
    matching: Matching | None = None


def look(path: Path, contract: Contract, *, zone: str, wave: str | None) -> Look:
    """Read and check a file once, and say which of its columns is which; nothing is stored."""
    report = check_file(path, contract, zone=zone, wave=wave)
    try:
        raw = read_file(path, contract=contract)
    except Refused:
        return Look(report)  # the report says why
    matching = match_columns(raw, contract)
    matches = _matches(raw, contract, matching, show=not report.must_not_be_kept)
    if report.must_not_be_kept:
        return Look(report, matches)
    return Look(report, matches, raw, matching)


def ethics_problems(ledger: Ledger, contract: Contract, zone: str) -> list[str]:
    """Return the experiments for which no ethics decision is in force, so that intake would refuse the file."""
    return sorted({hold.experiment_id for hold in holds(ledger, zone=zone, contract=contract.name, on=today())})


def _matches(raw: RawTable, contract: Contract, matching: Matching, *, show: bool) -> tuple[Match, ...]:
    owner = {name: contract.column(column) for column, names in matching.cells.items() for name in names}
    found = [
        _match(raw, name, f"({place})" if TELLING.search(header) else header, owner.get(name), show=show)
        for place, (name, header) in enumerate(zip(raw.names, raw.columns, strict=True), start=1)
    ]
    absent = [contract.column(name) for name in matching.missing]
    return (*found, *(Match(None, column, "missing") for column in absent if column.source == "file"))


def _match(raw: RawTable, name: str, header: str, column: Column | None, *, show: bool) -> Match:
    if column is None:
        return Match(header, None, "ignored")  # an unknown column may hold anything: its values are not shown
    values = _examples(raw.table[name]) if show and column.sensitivity == "none" else ()
    return Match(header, column, _how(header, column), values)


def _how(header: str, column: Column) -> How:
    folded = fold(header)
    if folded == fold(column.name):
        return "name"
    if folded in {fold(column.label.en), fold(column.label.zh)}:
        return "label"
    return "alias" if folded in {fold(alias) for alias in column.aliases} else "part"


def _examples(cells: pa.ChunkedArray) -> tuple[str, ...]:
    distinct = pc.unique(cells.slice(0, 200).drop_null())[:EXAMPLES].to_pylist()
    return tuple(value[:LONGEST_EXAMPLE] for value in distinct)
