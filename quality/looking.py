"""What a sender is shown before anything is kept: what was read, and which column is which.

Belongs here: one look at a file, as values. Does not: how its rows stand to the archive (prospect), the checks (check), the
matching (columns, matches), drawing (apps.viewer).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from data.contracts import Column, Contract
from data.ethics_gate import holds, today
from data.ledger import Ledger
from data.paths import Workspace
from data.readers import RawTable
from quality.beside import look_beside
from quality.check import CheckReport, check_file
from quality.matches import ColumnMatch
from quality.roster import ExpectedCount, expected_rows


@dataclass(frozen=True)
class Look:
    """A file as it was read and judged.

    Attributes
    ----------
    raw
        The file as text; None when it could not be read or must not be kept.
    cells
        Column of the contract → names in `raw` (one, or its parts in order).
    matches, missing
        What each header of the file is; required columns that it lacks.
    """

    report: CheckReport
    raw: RawTable | None = None
    cells: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    matches: tuple[ColumnMatch, ...] = ()
    missing: tuple[Column, ...] = ()


def look(path: Path, contract: Contract, *, zone: str, wave: str | None, workspace: Workspace, ledger: Ledger) -> Look:
    """Read and check a file beside the archive, as submitting it now would; nothing is stored.

    Rows whose key the archive holds with other values are no problem here: `prospect` counts them, and their sender says why.
    """
    report = check_file(path, contract, zone=zone, wave=wave, beside=look_beside(workspace, ledger, contract, zone))
    missing = {told.column for told in report.problems if told.code == "E-COL-01"}
    return Look(
        report,
        raw=None if report.must_not_be_kept or report.sheet is None else report.sheet.plain(),
        cells={} if report.must_not_be_kept or report.sheet is None else _cells(report.columns, report.sheet),
        matches=report.columns,
        missing=tuple(column for column in contract.columns if column.name in missing),
    )


def awaited(
    workspace: Workspace, ledger: Ledger, contract: Contract, zone: str, wave: str | None
) -> ExpectedCount | None:
    """Return how many rows a file of the zone should have; None where nothing says so."""
    return expected_rows(contract, look_beside(workspace, ledger, contract, zone), wave)


def ethics_problems(ledger: Ledger, contract: Contract, zone: str) -> list[str]:
    """Return the experiments for which no ethics decision is in force, so that intake would refuse the file."""
    return sorted({hold.experiment_id for hold in holds(ledger, zone=zone, contract=contract.name, on=today())})


def _cells(matches: tuple[ColumnMatch, ...], raw: RawTable) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for match in matches:
        if match.column is not None and match.status != "guessed":
            found[match.column] = (*found.get(match.column, ()), raw.names[match.place - 1])
    return found
