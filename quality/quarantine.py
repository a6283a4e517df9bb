"""The quarantine: rows that did not enter, as they were written, with the reasons.

Belongs here: one Parquet file per submission (`_row`, the file's cells as text, `codes`, `reasons`). Does not: why a row is bad.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from data.contracts import Column
from data.durable import adopt_file, write_parquet
from data.paths import Workspace
from data.readers.open import scratch_folder
from data.readers.spelling import plain_table
from quality.check import CheckReport

TEXTS = pa.list_(pa.string())


def quarantine_path(workspace: Workspace, submission_id: str) -> Path:
    """Return where the quarantined rows of a submission lie; the file exists only if there are any."""
    return workspace.quarantine / f"{submission_id}.parquet"


def keep_quarantine(
    workspace: Workspace,
    submission_id: str,
    report: CheckReport,
    conflicts: Sequence[tuple[int, Column]] = (),
    *,
    whole: Sequence[str] = (),
) -> None:
    """Write the bad rows of a report, rows in conflict with the archive, or (`whole`: these codes) every row of the file."""
    if report.bad is None or report.texts is None:
        return
    tables = [report.bad]
    if whole:
        left = pc.invert(pc.is_in(report.texts["_row"], value_set=report.bad["_row"].combine_chunks()))
        rows = plain_table(report.texts.filter(left))
        tables.append(_with_reasons(rows, [list(whole)] * rows.num_rows, [list(whole)] * rows.num_rows))
    if conflicts:
        numbers = pa.array([row for row, _ in conflicts], pa.int64())
        rows = plain_table(report.texts.filter(pc.is_in(report.texts["_row"], value_set=numbers)))
        reasons = [[f"E-KEY-02:{column.name}"] for _, column in conflicts]
        tables.append(_with_reasons(rows, [["E-KEY-02"]] * rows.num_rows, reasons))
    kept = pa.concat_tables(tables).sort_by("_row")
    if kept.num_rows:
        with scratch_folder(workspace.staging) as folder:  # a crash leaves nothing where nobody would look for it again
            write_parquet(folder / "rows.parquet", kept, metadata={})
            adopt_file(folder / "rows.parquet", quarantine_path(workspace, submission_id))


def _with_reasons(rows: pa.Table, codes: list[list[str]], reasons: list[list[str]]) -> pa.Table:
    return rows.append_column("codes", pa.array(codes, TEXTS)).append_column("reasons", pa.array(reasons, TEXTS))
