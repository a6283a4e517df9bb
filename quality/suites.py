"""Suites: the contract's demands on a table as it stands, judged per zone and wave; raw tables and marts.

Belongs here: measure → judge → store → page, as named steps. Does not: the metrics (metrics,
mart_metrics), the verdict (judge), files on their way in (check).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from data import standing
from data.contracts import Contract, contract_digest
from data.duck import open_duckdb
from data.durable import write_parquet
from data.lake import Lake
from data.ledger import Ledger
from data.paths import Workspace
from quality.drift import drift_aggregates, drift_metrics, with_drift
from quality.judge import judge
from quality.mart_metrics import group_rows_sql, mart_frame_sql, mart_metrics
from quality.marts import Mart
from quality.metrics import Metric, contract_metrics, failing_rows_sql, frame_sql
from quality.outcomes import CheckOutcome, run_folder, store
from quality.validation_page import write_page

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CheckOutcome", "validate_mart", "validate_table"]


def validate_table(
    workspace: Workspace, ledger: Ledger, contract: Contract, *, as_of_seq: int | None = None, run_id: str
) -> list[CheckOutcome]:
    """Judge a lake table as of a sequence number and store the result.

    Use it on what is in the archive; `quality.check.check_file` is for files that are not yet.

    Parameters
    ----------
    as_of_seq
        A closed sequence number; None means the newest.
    run_id
        Names the folder: ``validations/<run_id>/<contract>.json``. If rows fail, ``<contract>.failing.parquet`` beside it lists
        submission_id, _row (as a spreadsheet shows it) and rule_id.

    Returns
    -------
    list of CheckOutcome
        One per rule of the contract, passed ones too. A table without rows passes, with ``groups`` 0 in the metadata.
    """
    lake = Lake(workspace, ledger)
    seq = lake.closed_seq() if as_of_seq is None else lake.pin(as_of_seq).as_of_seq  # a pin refuses what is not closed
    held = {item.submission_id for item in standing.excluded(ledger, seq)}
    relation = lake.relation_sql(contract, seq, held)
    metrics = contract_metrics(contract)
    followed = drift_metrics(contract)
    with open_duckdb() as connection:
        frame = measure(connection, frame_sql(contract, relation, metrics, drift_aggregates(contract)))
        outcomes = judge(contract.name, with_drift(contract, frame), [*metrics, *followed])
        _keep_failing_rows(connection, relation, _failed(outcomes, metrics), _failing_path(workspace, run_id, contract))
    facts = {"as_of_seq": seq, "contract_digest": contract_digest(contract), "layer": "lake", **group_facts(frame)}
    store(workspace, run_id, contract.name, outcomes, facts)
    write_page(workspace, run_id)
    return outcomes


def validate_mart(
    connection: duckdb.DuckDBPyConnection, mart: Mart, relation: str, before: str | None
) -> tuple[list[CheckOutcome], dict[str, Any]]:
    """Judge a mart against its own rules and the last generation; the caller stores the result.

    Parameters
    ----------
    relation
        The built table, as SQL.
    before
        The same mart of the last generation, as SQL; None before the first one.

    Returns
    -------
    outcomes and facts
        As `store` takes them.
    """
    metrics = mart_metrics(mart)
    frame = measure(connection, mart_frame_sql(mart, relation, group_rows_sql(mart, before), metrics))
    return judge(mart.name, frame, metrics), {"contract_digest": mart.digest, "layer": "mart", **group_facts(frame)}


def measure(connection: duckdb.DuckDBPyConnection, sql: str) -> pd.DataFrame:
    """Return a metrics frame."""
    return connection.execute(sql).df()


def group_facts(frame: pd.DataFrame) -> dict[str, Any]:
    """Return rows in all and per zone and wave, as the page shows them."""
    groups = [
        {"zone": str(zone), "wave": str(wave), "rows": int(rows)}
        for zone, wave, rows in zip(frame["zone"], frame["wave"], frame["rows"], strict=True)
    ]
    return {"rows": int(frame["rows"].sum()), "groups": groups}


def _failed(outcomes: list[CheckOutcome], metrics: list[Metric]) -> list[Metric]:
    broken = {outcome.name for outcome in outcomes if not outcome.passed}
    return [metric for metric in metrics if metric.rule_id in broken and metric.predicate]


def _keep_failing_rows(connection: duckdb.DuckDBPyConnection, relation: str, failed: list[Metric], path: Path) -> None:
    path.unlink(missing_ok=True)
    if failed:
        write_parquet(path, connection.sql(failing_rows_sql(relation, failed)).to_arrow_table())


def _failing_path(workspace: Workspace, run_id: str, contract: Contract) -> Path:
    return run_folder(workspace, run_id) / f"{contract.name}.failing.parquet"
