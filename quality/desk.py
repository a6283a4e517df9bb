"""The upload desk: one call that checks a file beside the archive, keys included, and what its sender gets in hand.

Belongs here: the order of those steps. Does not: the check (check), the comparison with the archive (reconcile), the two files
to download (annotated, errors_file), storing (intake). Nothing is stored here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from data.contracts import Column, Contract
from data.lake import Lake
from data.ledger import Ledger
from data.paths import Workspace
from data.readers.spelling import plain_table
from data.standing import gone
from quality.annotated import annotated_copy
from quality.beside import look_beside
from quality.check import CheckReport, check_file
from quality.errors_file import errors_csv
from quality.match_memory import confirm_matches, remembered_matches
from quality.matches import propose_matches
from quality.problems import in_order
from quality.reconcile import Archive, conflict_problems, reconcile
from quality.roster import expected_rows

__all__ = [
    "annotated_copy",
    "check_at_desk",
    "confirm_matches",
    "errors_csv",
    "expected_rows",
    "look_beside",
    "propose_matches",
    "remembered_matches",
]

KNOWN = "E-KEY-02"


def check_at_desk(
    path: Path, contract: Contract, *, workspace: Workspace, ledger: Ledger, zone: str | None, wave: str | None = None
) -> CheckReport:
    """Check a file as a submission of the zone would be judged now; store nothing.

    Parameters
    ----------
    path, contract, zone, wave
        As in `check_file`. Without a zone there is no roster, no earlier wave and no archive to compare with.

    Returns
    -------
    CheckReport
        Beside what `check_file` finds: headers read as the zone confirmed them, E-PANEL-01, W-PANEL-02 and -03, W-ROWS-01, and
        rows whose key the archive holds with other values (E-KEY-02), which count as bad.
    """
    beside = look_beside(workspace, ledger, contract, zone)
    report = check_file(path, contract, zone=zone, wave=wave, beside=beside)
    if zone is None or report.good is None or not report.good.num_rows:
        return report
    lake, hidden = Lake(workspace, ledger), gone(ledger)
    as_of = lake.closed_seq()
    known = lake.keys_sql(contract, as_of) if hidden else None
    return with_known_keys(report, contract, Archive(lake.last_word_sql(contract, as_of, hidden), known))


def with_known_keys(report: CheckReport, contract: Contract, archive: Archive) -> CheckReport:
    """Return the report with E-KEY-02 for the good rows that the archive holds with other values.

    Parameters
    ----------
    report
        Of a file that may enter (`report.enters`).
    archive
        What the archive holds of the contract's table.
    """
    if report.good is None:
        return report
    conflicts = reconcile(report.good, contract, archive, is_correction=False).conflicts
    if not conflicts:
        return report
    rows = pa.array([row for row, _ in conflicts], pa.int64())
    is_known = pc.is_in(report.good["_row"], value_set=rows)
    good = report.good.filter(pc.invert(is_known))
    texts = report.texts
    more = None if texts is None else plain_table(texts.filter(pc.is_in(texts["_row"], value_set=rows)))
    return replace(
        report,
        rows_good=good.num_rows,
        rows_bad=report.rows_read - good.num_rows,
        problems=in_order([*report.problems, *conflict_problems(conflicts, contract)], contract),
        good=good,
        other_values=report.good.filter(is_known),
        bad=None if report.bad is None or more is None else _joined(report.bad, _reasoned(more, conflicts)),
        faulty=None
        if report.faulty is None
        else _joined(report.faulty, _reasoned(pa.table({"_row": rows}), conflicts)),
    )


def _reasoned(rows: pa.Table, conflicts: Sequence[tuple[int, Column]]) -> pa.Table:
    columns = dict(conflicts)
    reasons = [[f"{KNOWN}:{columns[row].name}"] for row in rows["_row"].to_pylist()]
    texts = pa.list_(pa.string())
    codes = pa.array([[KNOWN]] * rows.num_rows, texts)
    return rows.append_column("codes", codes).append_column("reasons", pa.array(reasons, texts))


def _joined(first: pa.Table, second: pa.Table) -> pa.Table:
    return pa.concat_tables([first, second.select(first.column_names).cast(first.schema)]).sort_by("_row")
